//! What a model is worth on text that it was not trained on.

use luanma::Model;
use sha2::{Digest, Sha256};

use crate::Failure;
use crate::sources::Source;

/// Bits per character, pooled.
#[derive(Clone, Copy, Default)]
struct Bits {
    chars: usize,
    nats: f64,
    folded: f64,
}

impl Bits {
    fn add(&mut self, other: Bits) {
        self.chars += other.chars;
        self.nats += other.nats;
        self.folded += other.folded;
    }

    fn row(&self, name: &str) -> String {
        let bits = |nats: f64| -nats / self.chars.max(1) as f64 / std::f64::consts::LN_2;
        format!("{:7.3} {:7.3} {:9}  {name}", bits(self.nats), bits(self.folded), self.chars)
    }
}

/// Prints bits per character by text, and pooled over texts whose name starts with `zh` and over the others.
pub(crate) fn print(model: &Model, texts: &[Source], every: usize) -> Result<(), Failure> {
    if texts.is_empty() {
        return Ok(());
    }
    println!("   bits  folded     chars  (every {every}. line)");
    let mut pooled = [Bits::default(); 2];
    for text in texts {
        let name = text.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut sum = Bits::default();
        let mut number = 0;
        text.lines(|line| {
            if number % every.max(1) == 0 {
                let likelihood = model.likelihood(&format!("{line}\n"));
                sum.add(Bits { chars: likelihood.chars(), nats: likelihood.nats(), folded: likelihood.folded_nats() });
            }
            number += 1;
            Ok(())
        })?;
        println!("{}", sum.row(&name));
        pooled[usize::from(!name.starts_with("zh"))].add(sum);
    }
    println!("{}", pooled[0].row("Chinese"));
    println!("{}", pooled[1].row("others"));
    Ok(())
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

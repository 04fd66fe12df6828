//! Makes `src/lattice/variants.txt`, the simplified and traditional forms of characters, from fields of the Unihan database.
//!
//! Each input holds one field, a character and its value on a line, with a tab between them: kSimplifiedVariant or
//! kTraditionalVariant, which the file's name tells.
//!
//! ```text
//! cargo run --example make_variants -- unihan_kSimplifiedVariant.tsv unihan_kTraditionalVariant.tsv -o src/lattice/variants.txt
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::PathBuf;

use clap::Parser;

/// Makes the table of variants from fields of the Unihan database.
#[derive(Parser)]
struct Options {
    /// Files with a character, a tab and the value of a Unihan field on each line.
    #[arg(required = true)]
    fields: Vec<PathBuf>,
    /// Where to write the table.
    #[arg(short, long)]
    output: PathBuf,
}

const HEADER: &str = "# Characters, their simplified forms and their traditional forms, as far as GBK or Big5 has one of two. Made by \
                      examples/make_variants.rs from the Unihan database of Unicode; Unicode licence, https://www.unicode.org/license.txt";

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let mut table: BTreeMap<char, [BTreeSet<char>; 2]> = BTreeMap::new();
    for path in &options.fields {
        let is_traditional = path.to_string_lossy().contains("Traditional");
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        for (number, line) in text.lines().enumerate() {
            let malformed = || format!("{}:{}: {line:?}", path.display(), number + 1);
            let (character, value) = line.split_once('\t').ok_or_else(malformed)?;
            let c = character.chars().next().ok_or_else(malformed)?;
            for other in value.split_whitespace() {
                let hex = other.strip_prefix("U+").ok_or_else(malformed)?;
                let other = u32::from_str_radix(hex, 16).ok().and_then(char::from_u32).ok_or_else(malformed)?;
                let (traditional, simplified) = if is_traditional { (other, c) } else { (c, other) };
                if is_in_pages(traditional) || is_in_pages(simplified) {
                    table.entry(traditional).or_default()[0].insert(simplified);
                    table.entry(simplified).or_default()[1].insert(traditional);
                }
            }
        }
    }
    let mut output = format!("{HEADER}\n");
    for (c, [simplified, traditional]) in &table {
        output.push(*c);
        for forms in [simplified, traditional] {
            output.push('\t');
            output.extend(forms);
        }
        output.push('\n');
    }
    std::fs::write(&options.output, &output)?;
    eprintln!("{} characters, {} bytes", table.len(), output.len());
    Ok(())
}

/// Whether damage may show a character: encodings that texts are misread in have it.
fn is_in_pages(c: char) -> bool {
    let mut buffer = [0; 4];
    let text = c.encode_utf8(&mut buffer);
    [encoding_rs::GBK, encoding_rs::BIG5].iter().any(|page| !page.encode(text).2)
}

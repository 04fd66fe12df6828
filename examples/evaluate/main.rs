//! Measures repairs: runs the library over cases with known truth and tells how many come out right.
//!
//! ```text
//! cargo run --release --example evaluate
//! cargo run --release --example evaluate -- --by class --by len --svg pictures cases.jsonl.gz
//! ```
//!
//! A case is a JSON object a line: {"class", "chain", "len", "lang", "clean", "damaged"}, with "bytes" (base64) in place of
//! "damaged" where the encoding is unknown. Classes that end in "escape" are run with escapes undone. Without any cases, the
//! program makes some from sentences of its own.

mod calibration;
mod cases;
mod charts;
mod damage;
mod run;
mod sentences;
mod tables;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use luanma::{Fixer, FixerBuilder};

use calibration::Calibration;
use cases::Damaged;
use tables::By;

/// Measures repairs against the truth.
///
/// exact: repaired to the very original. cer: character errors left, over the original's length; before: those of the damaged
/// text. harmed: clean texts that were changed. worse: answers further from the truth than the damage was.
#[derive(Debug, Parser)]
struct Args {
    /// Files of cases, one JSON object a line, .gz or not; without any, cases are made from built-in sentences
    cases: Vec<PathBuf>,

    /// What to group by; may be given several times
    #[arg(long, value_enum, default_values_t = [By::Class])]
    by: Vec<By>,

    /// Show so many failures of each group
    #[arg(long, value_name = "N", default_value_t = 0)]
    failures: usize,

    /// Write pictures into this folder
    #[arg(long, value_name = "DIR")]
    svg: Option<PathBuf>,

    /// Leave spans alone whose confidence is lower (0 to 1)
    #[arg(long, value_name = "X")]
    min_confidence: Option<f64>,

    /// Built-in cases of each kind and length
    #[arg(long, value_name = "N", default_value_t = 3)]
    per_class: usize,

    /// Repairs at a time; as many as there are processors unless told
    #[arg(short = 'j', long, value_name = "N")]
    threads: Option<std::num::NonZeroUsize>,
}

fn main() -> ExitCode {
    match evaluate(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("evaluate: {error}");
            ExitCode::FAILURE
        }
    }
}

fn evaluate(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let cases = if args.cases.is_empty() {
        damage::cases(args.per_class)?
    } else {
        let mut all = Vec::new();
        for path in &args.cases {
            all.extend(cases::read(path)?);
        }
        all
    };
    let options = || -> FixerBuilder {
        match args.min_confidence {
            Some(confidence) => Fixer::builder().min_confidence(confidence),
            None => Fixer::builder(),
        }
    };
    let threads = args.threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, usize::from);
    let (judged, took) = run::run(&options().build(), &options().escapes(true).build(), &cases, threads);

    for by in &args.by {
        println!("{}", tables::table(*by, &cases, &judged, args.failures));
    }
    let calibration = Calibration::of(&judged);
    println!("{}", calibration.table());
    let size: usize = cases
        .iter()
        .map(|case| match &case.damaged {
            Damaged::Text(text) => text.len(),
            Damaged::Bytes(bytes) => bytes.len(),
        })
        .sum();
    let (megabytes, seconds) = (size as f64 / 1e6, took.as_secs_f64());
    println!(
        "{} cases, {megabytes:.2} MB, repaired in {seconds:.2} s summed over the threads ({:.3} MB/s)",
        cases.len(),
        megabytes / seconds.max(1e-9)
    );
    let panicked = judged.iter().filter(|judged| judged.panicked).count();
    if panicked > 0 {
        println!("the library panicked on {panicked} of them");
    }
    if let Some(folder) = &args.svg {
        std::fs::create_dir_all(folder)?;
        charts::draw(folder, &cases, &judged, &calibration)?;
        println!("pictures are in {}", folder.display());
    }
    Ok(())
}

//! Trains a model from plain text: `train_model TEXT... -o model.bin`.
//!
//! ```text
//! cargo run --release --example train_model -- corpora/train --words corpora/freq --variants corpora/freq \
//!     -o src/model/zh.bin
//! ```
//!
//! Texts are files or folders of `.txt`, also compressed (`.xz`, `.gz`, `.zst`), or standard input (`-`); UTF-8, one
//! paragraph a line. Equal text in equal order gives equal bytes; the files of a folder are taken by name.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use luanma::{Counter, Model, Survey, TrainOptions};

mod measure;
mod sources;
#[path = "../unihan/mod.rs"]
mod unihan;

use sources::Source;

/// Trains a character model from plain text.
#[derive(Parser)]
struct Arguments {
    /// Files, folders, or `-` for standard input.
    #[arg(required = true)]
    texts: Vec<PathBuf>,
    /// Where the model goes.
    #[arg(short, long)]
    output: PathBuf,
    /// Word lists, or folders of them: a word a line, then its frequency. They are read as enumerations.
    #[arg(long)]
    words: Vec<PathBuf>,
    /// Unihan variant lists (character, tab, `U+...`), or folders of them; without, those of the embedded model.
    #[arg(long)]
    variants: Vec<PathBuf>,
    /// Weight of texts whose name contains a word, as in `zht_=2`; 0 leaves them out. The last that fits counts.
    #[arg(long, value_parser = sources::weight)]
    weight: Vec<(String, u32)>,
    /// Texts to measure the model on.
    #[arg(long)]
    dev: Vec<PathBuf>,
    /// Measure every nth line only.
    #[arg(long, default_value_t = 1)]
    dev_every: usize,
    /// Largest size of the model in bytes.
    #[arg(long)]
    max_bytes: Option<usize>,
    /// Characters that stand less often are told apart by kind only.
    #[arg(long)]
    min_count: Option<u64>,
    /// What n-grams without an ideograph are worth compared to those with one.
    #[arg(long)]
    other_languages: Option<f64>,
    /// Bits of probabilities, as in `5,5,4`.
    #[arg(long, value_delimiter = ',')]
    probability_bits: Vec<u32>,
    /// Bits of back-off weights.
    #[arg(long, value_delimiter = ',')]
    backoff_bits: Vec<u32>,
    /// Folder for temporary files.
    #[arg(long)]
    temp: Option<PathBuf>,
}

type Failure = Box<dyn std::error::Error>;

impl Arguments {
    fn options(&self) -> Result<TrainOptions, Failure> {
        let mut options = TrainOptions::default();
        if let Some(bytes) = self.max_bytes {
            options.max_bytes = bytes;
        }
        if let Some(count) = self.min_count {
            options.min_count = count;
        }
        if let Some(worth) = self.other_languages {
            options.other_languages = worth;
        }
        if let Some(folder) = &self.temp {
            options.temp_dir.clone_from(folder);
        }
        bits(&self.probability_bits, &mut options.probability_bits)?;
        bits(&self.backoff_bits, &mut options.backoff_bits)?;
        Ok(options)
    }
}

/// Takes a list of bits from the command line.
fn bits<const N: usize>(given: &[u32], option: &mut [u32; N]) -> Result<(), Failure> {
    if !given.is_empty() {
        *option = given.try_into().map_err(|_| format!("{} numbers of bits where {N} belong", given.len()))?;
    }
    Ok(())
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("train_model: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let options = arguments.options()?;
    let mut texts = sources::find(&arguments.texts, &arguments.weight, &options.temp_dir)?;
    texts.extend(sources::find_words(&arguments.words, &options.temp_dir)?);
    let variants = if arguments.variants.is_empty() {
        Model::embedded().variants()
    } else {
        sources::variants(&arguments.variants)?
    };
    let mut survey = Survey::new(options, variants);
    read("characters", &texts, |line, source| {
        match line {
            None => survey.begin_text(),
            Some(line) => survey.add_line(line, source.weight),
        }
        Ok(())
    })?;
    let mut counter: Counter = survey.finish();
    read("n-grams", &texts, |line, source| match line {
        None => Ok(()),
        Some(line) => Ok(counter.add_line(line, source.weight)?),
    })?;
    let spinner = indicatif::ProgressBar::new_spinner();
    spinner.enable_steady_tick(std::time::Duration::from_millis(200));
    let (model, report) = counter.finish(|what| {
        spinner.set_message(what.to_owned());
        if spinner.is_hidden() {
            eprintln!("{what}");
        }
    })?;
    spinner.finish_and_clear();
    std::fs::write(&arguments.output, model.as_bytes())?;
    let [pairs, triples, quadruples] = report.ngrams;
    println!("{}: {} bytes, CRC-32 {:08x}", arguments.output.display(), model.as_bytes().len(), report.checksum);
    println!("SHA-256 {}", measure::sha256(model.as_bytes()));
    println!("{} characters, {} tokens, {} further forms", report.characters, report.tokens, report.forms);
    println!("{pairs} pairs, {triples} triples, {quadruples} quadruples");
    let dev = sources::find(&arguments.dev, &[], &std::env::temp_dir())?;
    measure::print(&model, &dev, arguments.dev_every)
}

/// Reads all texts; hands out `None` where one begins, then its lines.
fn read(
    what: &'static str,
    texts: &[Source],
    mut each: impl FnMut(Option<&str>, &Source) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let bar = indicatif::ProgressBar::new(texts.iter().map(Source::bytes).sum());
    let style = indicatif::ProgressStyle::with_template("{prefix:>10} {wide_bar} {bytes}/{total_bytes} {eta}")?;
    bar.set_style(style);
    bar.set_prefix(what);
    for source in texts {
        each(None, source)?;
        source.lines(|line| each(Some(line), source))?;
        bar.inc(source.bytes());
    }
    bar.finish_and_clear();
    Ok(())
}

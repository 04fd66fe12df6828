//! Repairs mojibake in files, folders, standard input or JSON lines.
//!
//! ```text
//! cargo run --release --example repair -- page.txt > repaired.txt
//! cargo run --release --example repair -- --in-place --backup .orig src/
//! cargo run --release --example repair -- --explain page.txt
//! cargo run --release --example repair -- --jsonl < questions.jsonl > answers.jsonl
//! ```
//!
//! `--help` tells the rest.

mod args;
mod binary;
mod explain;
mod files;
mod flow;
mod guard;
mod jsonl;
mod log;
mod output;
mod pipeline;
mod place;
mod report;
mod show;
mod sources;
mod visible;

use std::fmt::Display;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Parser;
use luanma::Fixer;

use args::Args;
use explain::Painter;
use log::Log;
use output::{Output, interrupted, leave};
use show::Show;
use visible::visible;

const FINE: i32 = 0;
const SOME_FAILED: i32 = 1;
const USAGE: i32 = 2;

fn main() {
    let args = Args::parse();
    if let Err(error) = ctrlc::set_handler(|| interrupted()) {
        tell(format_args!("an interruption may leave a temporary file behind: {error}"));
    }
    let code = match args.fixer() {
        Ok(fixer) if args.jsonl => json_lines(fixer, &args),
        Ok(fixer) => whole_files(fixer, &args),
        Err(error) => {
            let path = args.model.as_deref().unwrap_or("the embedded model".as_ref());
            tell(format_args!("{}: {error}", path.display()));
            USAGE
        }
    };
    // A thread may still wait for input that nobody needs any more.
    leave(code)
}

fn whole_files(fixer: Fixer, args: &Args) -> i32 {
    let log = Arc::new(Log::new(args.quiet));
    let entries = match sources::collect(args, &log) {
        Ok(entries) => entries,
        Err(error) => {
            tell(error);
            return USAGE;
        }
    };
    log.expect_files(entries.len() as u64);
    let show = match (args.explain, args.json) {
        (true, _) => Show::Explanation(Painter::for_stdout()),
        (_, true) => Show::Json,
        _ => Show::Text,
    };
    let done = files::run(fixer, entries, show, args.backup.clone(), args.threads(), &log);
    end(&log, "standard output", done)
}

fn json_lines(fixer: Fixer, args: &Args) -> i32 {
    let log = Arc::new(Log::new(args.quiet));
    if let Some(same) = args.inputs.iter().find(|input| args.output.as_ref().is_some_and(|out| is_same(input, out))) {
        tell(format_args!("{}: the answers would be written over the questions", same.display()));
        return USAGE;
    }
    let inputs = if args.inputs.is_empty() { vec![PathBuf::from("-")] } else { args.inputs.clone() };
    let name = args.output.as_ref().map_or("standard output".into(), |path| path.display().to_string());
    let opened = match &args.output {
        Some(path) => Output::file(path, None),
        None => Ok(Output::stdout()),
    };
    let done = opened.and_then(|mut out| {
        jsonl::run(fixer, inputs, &mut out, args.threads(), &log)?;
        out.finish()
    });
    end(&log, &name, done)
}

/// Tells what became of the output and gives the exit code.
fn end(log: &Log, output: &str, done: io::Result<()>) -> i32 {
    log.finish();
    match done {
        // Whoever read our output has had enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        Err(error) => log.failure(output, format_args!("cannot write: {error}")),
        Ok(()) => {}
    }
    if log.failures() == 0 { FINE } else { SOME_FAILED }
}

/// Whether both are one regular file, by whatever names.
fn is_same(one: &Path, other: &Path) -> bool {
    one.is_file() && matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// For what ends the program before there is any work; nobody is left to be told when this cannot be written.
fn tell(message: impl Display) {
    let _ = writeln!(io::stderr(), "repair: {}", visible(&message.to_string()));
}

//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use luanma::{Annotations, Encoding, Fixer, LossPolicy, Model, ModelError, Script};

const AFTER_HELP: &str = "\
What happens to files:
  Repaired text goes to standard output, file after file, unless --output or --in-place says otherwise. A file is written
  whole or not at all: the text goes to a temporary file in the same folder, reaches the disk, and takes the name in one move.
  Permissions are kept. With --in-place, files in which nothing was repaired are not touched.
  In folders, hidden files and links are passed over (see --hidden, --follow).
  Texts longer than 4 MiB are repaired piece by piece, in little memory; --json and --explain take up to 64 MiB.
  Files that are not UTF-8 are read as bytes of unknown encoding and written as UTF-8; binary files stay as they are.

JSON lines (--jsonl):
  {\"id\": 1, \"text\": \"...\"} or {\"id\": 2, \"bytes\": \"base64\"} in, one a line;
  {\"id\": 1, \"text\": \"...\", \"changed\": true, \"confidence\": 0.98, \"chain\": \"utf-8 as gbk\", \"spans\": [...]} out, in the same order.
  Positions are byte offsets in UTF-8. A broken line is answered with {\"error\": \"...\", \"line\": 3}, and the run goes on;
  so is one of more than 64 MiB.

Exit codes:
  0    everything was processed, whether or not there was anything to repair
  1    some input could not be processed or some output not be written; the rest was
  2    the command line makes no sense, or the model cannot be used
  130  interrupted; no half-written file is left behind";

/// Repairs mojibake in files, folders, standard input or JSON lines.
#[derive(Debug, Parser)]
#[command(name = "repair", version, after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Files and folders; standard input where there are none, or for "-"
    #[arg(value_name = "FILE")]
    pub(crate) inputs: Vec<PathBuf>,

    /// Write to this file, or into this folder when several files or a folder are given
    #[arg(short, long, value_name = "FILE_OR_DIR", conflicts_with = "in_place")]
    pub(crate) output: Option<PathBuf>,

    /// Replace each file by its repaired text
    #[arg(short, long, conflicts_with = "jsonl", requires = "inputs")]
    pub(crate) in_place: bool,

    /// Keep each replaced file under its name with this suffix; an older backup is never overwritten
    #[arg(long, value_name = "SUFFIX", requires = "in_place", value_parser = suffix)]
    pub(crate) backup: Option<String>,

    /// Show each repaired span with its chain, confidence and losses instead of the text
    #[arg(short, long, conflicts_with_all = ["json", "jsonl"])]
    pub(crate) explain: bool,

    /// Print one JSON report a file, one a line, instead of the text
    #[arg(long, conflicts_with = "jsonl")]
    pub(crate) json: bool,

    /// Read JSON lines and answer each with one
    #[arg(long)]
    pub(crate) jsonl: bool,

    /// Also undo escape notations of bytes: %E4%B9, \xe4, =E4, &#228;
    #[arg(long)]
    pub(crate) escapes: bool,

    /// The script that repaired text is to be in
    #[arg(long, value_enum, default_value_t)]
    pub(crate) script: ScriptArg,

    /// Leave spans alone whose confidence is lower (0 to 1)
    #[arg(long, value_name = "X", value_parser = probability)]
    pub(crate) min_confidence: Option<f64>,

    /// Undo at most so many steps of damage
    #[arg(long, value_name = "N")]
    pub(crate) max_layers: Option<usize>,

    /// Consider only this encoding; may be given several times
    #[arg(long = "encoding", value_name = "NAME")]
    pub(crate) encodings: Vec<Encoding>,

    /// What to do where a character was lost
    #[arg(long, value_enum, default_value_t)]
    pub(crate) on_loss: LossArg,

    /// What to do with readings written after characters, as in 網(wǎng)
    #[arg(long, value_enum, default_value_t)]
    pub(crate) annotations: AnnotationsArg,

    /// Judge by this model instead of the embedded one
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,

    /// Follow links in folders
    #[arg(long)]
    pub(crate) follow: bool,

    /// Also take hidden files and folders in folders
    #[arg(long)]
    pub(crate) hidden: bool,

    /// How many texts to repair at a time; as many as there are processors unless told
    #[arg(short = 'j', long, value_name = "N")]
    pub(crate) threads: Option<std::num::NonZeroUsize>,

    /// No notes, no summary, no progress bar; only what went wrong
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum ScriptArg {
    /// The script that the text is in
    #[default]
    Keep,
    /// Simplified characters
    Simplified,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum LossArg {
    /// Put the likeliest character there
    #[default]
    Restore,
    /// Put U+FFFD there
    Mark,
    /// Leave the whole span as it is
    Leave,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum AnnotationsArg {
    /// Remove them where they were put in over a whole page
    #[default]
    Remove,
    /// Leave them
    Keep,
}

impl Args {
    /// The repairer that these options ask for.
    pub(crate) fn fixer(&self) -> Result<Fixer, ModelError> {
        let mut builder = Fixer::builder()
            .escapes(self.escapes)
            .script(match self.script {
                ScriptArg::Keep => Script::Keep,
                ScriptArg::Simplified => Script::Simplified,
            })
            .on_loss(match self.on_loss {
                LossArg::Restore => LossPolicy::Restore,
                LossArg::Mark => LossPolicy::Mark,
                LossArg::Leave => LossPolicy::Leave,
            })
            .annotations(match self.annotations {
                AnnotationsArg::Remove => Annotations::Remove,
                AnnotationsArg::Keep => Annotations::Keep,
            });
        if let Some(confidence) = self.min_confidence {
            builder = builder.min_confidence(confidence);
        }
        if let Some(layers) = self.max_layers {
            builder = builder.max_layers(layers);
        }
        if !self.encodings.is_empty() {
            builder = builder.encodings(self.encodings.iter().copied());
        }
        if let Some(path) = &self.model {
            builder = builder.model(Model::from_file(path)?);
        }
        Ok(builder.build())
    }

    pub(crate) fn threads(&self) -> usize {
        self.threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, std::num::NonZeroUsize::get)
    }
}

fn probability(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(x) if (0.0..=1.0).contains(&x) => Ok(x),
        _ => Err("a number from 0 to 1 is wanted".to_owned()),
    }
}

fn suffix(text: &str) -> Result<String, String> {
    if text.is_empty() || text.contains(std::path::is_separator) {
        return Err("a suffix such as .orig is wanted, not empty and without a slash".to_owned());
    }
    Ok(text.to_owned())
}

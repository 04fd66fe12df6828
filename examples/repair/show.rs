//! What goes to standard output for each file: its text, an explanation or a report.

use luanma::Repair;

use crate::explain::Painter;
use crate::report::{Report, verdict};
use crate::sources::{Entry, Source, Target};

/// What the user wants to see.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Show {
    Text,
    Explanation(Painter),
    Json,
}

impl Show {
    /// Whether the repaired text itself goes to standard output.
    pub(crate) fn text_of(self, entry: &Entry) -> bool {
        matches!((self, &entry.target), (Show::Text, Target::Stdout))
    }

    /// What to say of a repair. `source` is the text as given, where it was a text.
    pub(crate) fn repair(self, entry: &Entry, source: Option<&str>, repair: &Repair<'_>) -> Vec<u8> {
        match self {
            Show::Text => Vec::new(),
            Show::Explanation(painter) => painter.explain(&entry.source.to_string(), source, repair),
            Show::Json => {
                let mut report = Report::new(repair).with_spans_text(source, repair.text());
                // Otherwise the text has a place of its own.
                if matches!(entry.target, Target::Stdout) {
                    report.text = Some(repair.text());
                }
                json(entry, report)
            }
        }
    }

    /// What to say of a binary file.
    pub(crate) fn binary(self, entry: &Entry) -> Vec<u8> {
        match self {
            Show::Text => Vec::new(),
            Show::Explanation(painter) => painter.heading(&entry.source.to_string(), "binary"),
            Show::Json => json(entry, Report::binary()),
        }
    }

    /// What to say of a file that could not be processed, beside the message that the user gets in any case.
    pub(crate) fn failure(self, entry: &Entry, error: String) -> Vec<u8> {
        match self {
            Show::Text | Show::Explanation(_) => Vec::new(),
            Show::Json => json(entry, Report::failure(error)),
        }
    }
}

impl Painter {
    fn explain(self, name: &str, source: Option<&str>, repair: &Repair<'_>) -> Vec<u8> {
        let about = format!("{}, confidence {:.3}", verdict(repair.verdict()), repair.confidence());
        let mut out = self.heading(name, &about);
        self.spans(name, source, repair, &mut out);
        out
    }
}

fn json(entry: &Entry, mut report: Report<'_>) -> Vec<u8> {
    if let Source::File(path) = &entry.source {
        report = report.with_path(path);
    }
    let mut line = Vec::new();
    // Neither a string nor a number can fail to be written to memory.
    let _ = serde_json::to_writer(&mut line, &report);
    line.push(b'\n');
    line
}

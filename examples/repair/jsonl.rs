//! JSON lines: a question a line, an answer a line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use luanma::{Fixer, Repair};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::guard::guarded;
use crate::log::Log;
use crate::output::Output;
use crate::pipeline::{Sink, ordered};
use crate::report::Report;

/// How much is read at a time, and thus about how much text a batch holds.
const BUFFER: usize = 1 << 17;
/// A longer line is refused, and passed over without being held: what is held, and what repair needs beside it, is thus
/// bounded. Documents are far shorter.
pub(crate) const LONGEST_LINE: usize = 64 << 20;
/// Lines a batch. One line at a time costs twice the time where nothing is damaged; many keep the first answers waiting where
/// each line takes long.
const BATCH: usize = 16;
/// Batches begun before the first is done with, for each thread; what lets short texts overtake a long one.
const AHEAD: usize = 16;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[derive(Deserialize)]
struct Question<'q> {
    #[serde(borrow, default)]
    id: Option<&'q RawValue>,
    text: Option<String>,
    bytes: Option<String>,
}

#[derive(Serialize)]
struct Refusal<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'r RawValue>,
    error: &'r str,
    line: u64,
}

/// Lines with their numbers, from 1.
pub(crate) type Numbered = Vec<(u64, Line)>;

/// A line of a stream.
pub(crate) enum Line {
    Whole(Vec<u8>),
    /// More than [`LONGEST_LINE`].
    TooLong,
}

/// Lines that were at hand together.
pub(crate) struct Batch {
    pub(crate) place: Arc<Place>,
    pub(crate) lines: Numbered,
}

/// Where lines come from.
pub(crate) enum Place {
    Stdin,
    File(PathBuf),
}

/// Answers to a batch, one a line, and how many questions that were.
pub(crate) struct Answers {
    pub(crate) lines: Vec<u8>,
    questions: u64,
}

/// Answers every line of the inputs.
pub(crate) fn run(
    fixer: Fixer,
    inputs: Vec<PathBuf>,
    out: &mut Output,
    threads: usize,
    log: &Arc<Log>,
) -> io::Result<()> {
    let batches = Batches { inputs: inputs.into_iter(), open: None, log: Arc::clone(log) };
    let told = Arc::clone(log);
    let work = move |batch: Batch| answer_all(&fixer, &batch, &told);
    ordered(threads, AHEAD, batches, work, &mut Lines { out, log })
}

struct Lines<'o> {
    out: &'o mut Output,
    log: &'o Log,
}

impl Sink<Answers> for Lines<'_> {
    fn take(&mut self, answers: Answers) -> io::Result<()> {
        use io::Write;
        self.out.write_all(&answers.lines)?;
        self.log.advance(answers.questions);
        Ok(())
    }

    fn idle(&mut self) -> io::Result<()> {
        use io::Write;
        self.out.flush()
    }
}

pub(crate) fn answer_all(fixer: &Fixer, batch: &Batch, log: &Log) -> Answers {
    let mut lines = Vec::new();
    for (number, line) in &batch.lines {
        let start = lines.len();
        let refused = match line {
            Line::Whole(line) => answer(fixer, line, &mut lines),
            Line::TooLong => Err((None, format!("the line is longer than {} MiB", LONGEST_LINE >> 20))),
        };
        if let Err((id, error)) = refused {
            lines.truncate(start);
            log.answered_failure(format_args!("{}:{number}", batch.place), &error);
            // Neither a string nor a number can fail to be written to memory.
            let _ = serde_json::to_writer(&mut lines, &Refusal { id, error: &error, line: *number });
        }
        lines.push(b'\n');
    }
    Answers { lines, questions: batch.lines.len() as u64 }
}

fn answer<'q>(fixer: &Fixer, line: &'q [u8], answers: &mut Vec<u8>) -> Result<(), (Option<&'q RawValue>, String)> {
    let question: Question<'q> = serde_json::from_slice(line).map_err(|e| (None, reason(&e)))?;
    let id = question.id;
    let refuse = |error: String| (id, error);
    let bytes;
    let given = match (&question.text, &question.bytes) {
        (Some(text), None) => Given::Text(text),
        (None, Some(encoded)) => {
            bytes = BASE64.decode(encoded).map_err(|e| refuse(format!("\"bytes\" is not base64: {e}")))?;
            Given::Bytes(&bytes)
        }
        (None, None) => return Err(refuse("neither \"text\" nor \"bytes\" is there".to_owned())),
        (Some(_), Some(_)) => return Err(refuse("both \"text\" and \"bytes\" are there".to_owned())),
    };
    let repair: Repair<'_> = guarded(|| match given {
        Given::Text(text) => fixer.fix_and_explain(text),
        Given::Bytes(bytes) => fixer.fix_bytes(bytes),
    })
    .map_err(|bug| refuse(bug.to_string()))?;
    let mut report = Report::new(&repair);
    report.id = id;
    report.text = Some(repair.text());
    serde_json::to_writer(answers, &report).map_err(|e| refuse(e.to_string()))
}

enum Given<'g> {
    Text(&'g str),
    Bytes(&'g [u8]),
}

/// The parser counts lines too, but sees only one; the column is worth telling.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    if error.is_data() { what.to_owned() } else { format!("not JSON: {what} at byte {}", error.column()) }
}

/// Reads whatever lines are at hand, so that one who asks a single question is answered at once.
struct Batches {
    inputs: std::vec::IntoIter<PathBuf>,
    open: Option<Lined>,
    log: Arc<Log>,
}

pub(crate) struct Lined {
    pub(crate) place: Arc<Place>,
    reader: BufReader<Box<dyn Read + Send>>,
    number: u64,
    /// Why reading ended, once the lines before that are on their way.
    failed: Option<io::Error>,
}

impl Iterator for Batches {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        loop {
            let Some(open) = &mut self.open else {
                let path = self.inputs.next()?;
                self.open = Lined::open(path, &self.log);
                continue;
            };
            match open.batch() {
                Ok(Some(lines)) => return Some(Batch { place: Arc::clone(&open.place), lines }),
                Ok(None) => self.open = None,
                Err(error) => {
                    self.log.failure(
                        format_args!("{}:{}", open.place, open.number + 1),
                        format_args!("cannot read: {error}"),
                    );
                    self.open = None;
                }
            }
        }
    }
}

impl Lined {
    fn open(path: PathBuf, log: &Log) -> Option<Self> {
        let (place, source): (Place, Box<dyn Read + Send>) = if path == Path::new("-") {
            (Place::Stdin, Box::new(io::stdin()))
        } else {
            match File::open(&path) {
                Ok(file) => (Place::File(path), Box::new(file)),
                Err(error) => {
                    log.failure(path.display(), format_args!("cannot read: {error}"));
                    return None;
                }
            }
        };
        Some(Lined::over(place, source))
    }

    pub(crate) fn over(place: Place, source: Box<dyn Read + Send>) -> Self {
        Lined { place: Arc::new(place), reader: BufReader::with_capacity(BUFFER, source), number: 0, failed: None }
    }

    /// The next lines that are not blank; `None` at the end.
    pub(crate) fn batch(&mut self) -> io::Result<Option<Numbered>> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut lines = Vec::new();
        loop {
            let line = match self.line() {
                Ok(None) => return Ok(if lines.is_empty() { None } else { Some(lines) }),
                Ok(Some(line)) => line,
                Err(error) if lines.is_empty() => return Err(error),
                Err(error) => {
                    self.failed = Some(error);
                    return Ok(Some(lines));
                }
            };
            self.number += 1;
            match line {
                Line::Whole(mut line) => {
                    if self.number == 1 && line.starts_with("\u{feff}".as_bytes()) {
                        line.drain(.."\u{feff}".len());
                    }
                    if !line.trim_ascii().is_empty() {
                        lines.push((self.number, Line::Whole(line)));
                    }
                }
                Line::TooLong => lines.push((self.number, Line::TooLong)),
            }
            if !lines.is_empty() && (lines.len() == BATCH || !self.reader.buffer().contains(&b'\n')) {
                return Ok(Some(lines));
            }
        }
    }

    /// The next line with its end; `None` at the end of the stream.
    fn line(&mut self) -> io::Result<Option<Line>> {
        let mut line = Vec::new();
        self.reader.by_ref().take(LONGEST_LINE as u64).read_until(b'\n', &mut line)?;
        if line.len() < LONGEST_LINE || line.ends_with(b"\n") {
            return Ok((!line.is_empty()).then_some(Line::Whole(line)));
        }
        drop(line);
        self.reader.skip_until(b'\n')?;
        Ok(Some(Line::TooLong))
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Stdin => f.write_str("standard input"),
            Place::File(path) => path.display().fmt(f),
        }
    }
}

//! Whole files: read, repaired, written.

use std::borrow::Cow;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use luanma::{Fixer, Repair, Verdict};

use crate::explain::Painter;
use crate::guard::guarded;
use crate::log::Log;
use crate::output::{Draft, Output};
use crate::pipeline::{Sink, ordered};
use crate::report::{Report, verdict};
use crate::sources::{Entry, Source, Target};

/// What goes to standard output.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Show {
    Text,
    Explanation(Painter),
    Json,
}

/// Why a file was not processed. The file is as it was.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("cannot read: {0}")]
    Read(#[source] io::Error),
    #[error("cannot write {}: {error}", path.display())]
    Write {
        path: PathBuf,
        #[source]
        error: io::Error,
    },
    #[error("is no regular file and cannot be replaced")]
    NotRegular,
    #[error(
        "some of its bytes belong to no encoding tried; converting it would lose them; give --backup to have it replaced"
    )]
    WouldLose,
    #[error("{0}")]
    Bug(String),
}

/// What became of one file.
#[derive(Debug)]
struct Done {
    name: String,
    print: Vec<u8>,
    notes: Vec<String>,
    result: Result<Verdict, Trouble>,
}

struct Job {
    fixer: Fixer,
    show: Show,
    backup: Option<String>,
}

/// Repairs every entry.
pub(crate) fn run(
    fixer: Fixer,
    entries: Vec<Entry>,
    show: Show,
    backup: Option<String>,
    threads: usize,
    log: &Arc<Log>,
) -> io::Result<()> {
    let summary = entries.len() > 1 || entries.iter().any(|e| !matches!(e.target, Target::Stdout));
    let job = Job { fixer, show, backup };
    let mut tally = Tally { out: Output::stdout(), log, files: 0, repaired: 0 };
    ordered(threads, entries.into_iter(), move |entry| job.process(&entry), &mut tally)?;
    tally.out.flush()?;
    if summary {
        log.note(format_args!("{} processed, {} repaired, {} failed", tally.files, tally.repaired, log.failures()));
    }
    Ok(())
}

struct Tally<'l> {
    out: Output,
    log: &'l Log,
    files: usize,
    repaired: usize,
}

impl Sink<Done> for Tally<'_> {
    fn take(&mut self, done: Done) -> io::Result<()> {
        for note in &done.notes {
            self.log.note(format_args!("{}: {note}", done.name));
        }
        match &done.result {
            Ok(verdict) => {
                self.files += 1;
                self.repaired += usize::from(*verdict == Verdict::Repaired);
            }
            Err(trouble) => self.log.failure(&done.name, trouble),
        }
        self.out.write_all(&done.print)?;
        self.log.advance(1);
        Ok(())
    }

    fn idle(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Job {
    fn process(&self, entry: &Entry) -> Done {
        let mut done =
            Done { name: entry.source.to_string(), print: Vec::new(), notes: Vec::new(), result: Ok(Verdict::Clean) };
        done.result = self.try_process(entry, &mut done.print, &mut done.notes);
        done
    }

    fn try_process(&self, entry: &Entry, print: &mut Vec<u8>, notes: &mut Vec<String>) -> Result<Verdict, Trouble> {
        let (bytes, read_from) = read(&entry.source).map_err(Trouble::Read)?;
        if let (Target::InPlace, Some(there)) = (&entry.target, &read_from)
            && !there.is_file()
        {
            return Err(Trouble::NotRegular);
        }
        let utf8 = std::str::from_utf8(&bytes).ok();
        let repair = match utf8 {
            Some(text) => Some(guarded(|| self.fixer.fix_and_explain(text)).map_err(Trouble::Bug)?),
            None if cannot_be_text(&bytes) => None,
            None => {
                let repair = guarded(|| self.fixer.fix_bytes(&bytes)).map_err(Trouble::Bug)?;
                if looks_binary(repair.text()) { None } else { Some(repair) }
            }
        };
        let Some(repair) = repair else {
            if !entry.found {
                notes.push("looks binary; left as it is".to_owned());
            }
            return self.pass_on(entry, bytes, read_from.as_ref(), print).map(|()| Verdict::Clean);
        };
        if utf8.is_none() {
            notes.push(match repair.encoding() {
                Some(encoding) => format!("not UTF-8; read as {encoding}"),
                None => "not UTF-8, and no encoding fits".to_owned(),
            });
        }
        match repair.verdict() {
            Verdict::Doubtful => notes.push("may be damaged, but no explanation is sure enough".to_owned()),
            Verdict::BeyondRepair => notes.push("is damaged beyond repair; left as it is".to_owned()),
            _ => {}
        }
        let verdict = repair.verdict();
        self.show(entry, utf8, &repair, print);
        let lost = utf8.is_none() && repair.text().contains(char::REPLACEMENT_CHARACTER);
        let repaired = match repair.into_text() {
            Cow::Owned(text) => Some(text.into_bytes()),
            Cow::Borrowed(text) if text.len() == bytes.len() => None,
            Cow::Borrowed(text) => Some(text.as_bytes().to_vec()),
        };
        match &entry.target {
            Target::InPlace => {
                if let (Some(repaired), Source::File(path), Some(there)) = (repaired, &entry.source, &read_from)
                    && repaired != bytes
                {
                    if lost && self.backup.is_none() {
                        return Err(Trouble::WouldLose);
                    }
                    self.replace(path, there, &repaired)?;
                }
            }
            _ => self.pass_on(entry, repaired.unwrap_or(bytes), read_from.as_ref(), print)?,
        }
        Ok(verdict)
    }

    fn show(&self, entry: &Entry, source: Option<&str>, repair: &Repair<'_>, print: &mut Vec<u8>) {
        match self.show {
            Show::Text => {}
            Show::Explanation(painter) => {
                painter.explain(&entry.source.to_string(), verdict(repair.verdict()), source, repair, print);
            }
            Show::Json => {
                let mut report = Report::new(repair).with_spans_text(source, repair.text());
                if let Source::File(path) = &entry.source {
                    report = report.with_path(path);
                }
                if matches!(entry.target, Target::Stdout) {
                    report.text = Some(repair.text());
                }
                // Neither a string nor a number can fail to be written to memory.
                let _ = serde_json::to_writer(&mut *print, &report);
                print.push(b'\n');
            }
        }
    }

    /// Gives the text on to where it is to go, unless an explanation goes there or it is there already.
    fn pass_on(
        &self,
        entry: &Entry,
        text: Vec<u8>,
        like: Option<&Metadata>,
        print: &mut Vec<u8>,
    ) -> Result<(), Trouble> {
        match &entry.target {
            Target::InPlace => Ok(()),
            Target::Stdout => {
                if matches!(self.show, Show::Text) {
                    *print = text;
                }
                Ok(())
            }
            Target::File(path) => {
                write(path, &text, like).map_err(|error| Trouble::Write { path: path.clone(), error })
            }
        }
    }

    fn replace(&self, path: &Path, there: &Metadata, text: &[u8]) -> Result<(), Trouble> {
        let trouble = |error| Trouble::Write { path: path.to_owned(), error };
        // A link keeps pointing to its file, which is the one that is replaced.
        let real = fs::canonicalize(path).map_err(trouble)?;
        let backup = self.backup.as_ref().map(|suffix| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        });
        if let Some(backup) = &backup
            && fs::symlink_metadata(backup).is_ok()
        {
            return Err(Trouble::Write { path: backup.clone(), error: io::ErrorKind::AlreadyExists.into() });
        }
        let mut draft = Draft::of(&real, Some(there)).map_err(trouble)?;
        draft.write_all(text).map_err(trouble)?;
        draft.commit(backup.as_deref(), || unchanged(&real, there)).map_err(trouble)
    }
}

fn read(source: &Source) -> io::Result<(Vec<u8>, Option<Metadata>)> {
    let mut bytes = Vec::new();
    match source {
        Source::Stdin => {
            io::stdin().lock().read_to_end(&mut bytes)?;
            Ok((bytes, None))
        }
        Source::File(path) => {
            let mut file = File::open(path)?;
            let there = file.metadata()?;
            file.read_to_end(&mut bytes)?;
            Ok((bytes, Some(there)))
        }
    }
}

fn write(path: &Path, text: &[u8], like: Option<&Metadata>) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut out = Output::file(path, like.filter(|there| there.is_file()))?;
    out.write_all(text)?;
    out.finish()
}

/// Someone else may write to the file while we think about it; their work must not be lost.
fn unchanged(path: &Path, there: &Metadata) -> io::Result<()> {
    let now = fs::metadata(path)?;
    let same = now.len() == there.len() && now.modified().ok() == there.modified().ok();
    if same { Ok(()) } else { Err(io::Error::other("it was changed while it was being repaired")) }
}

/// Three zero bytes in a row hold a NUL in UTF-16 too, however they are aligned.
fn cannot_be_text(bytes: &[u8]) -> bool {
    bytes.windows(3).any(|w| w == [0, 0, 0])
}

/// Whether a text has control characters that no text file has; escape sequences, form feeds and the DOS end mark are fine.
fn looks_binary(text: &str) -> bool {
    text.bytes().any(|b| matches!(b, 0..=7 | 0x0e..=0x19 | 0x1c..=0x1f))
}

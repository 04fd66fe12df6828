//! Whole files: read, repaired, written.

use std::borrow::Cow;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;

use luanma::{Encoding, Fixer, Verdict};

use crate::binary::is_binary;
use crate::flow::{Flow, Passed, Stopped};
use crate::guard::{Bug, guarded};
use crate::log::Log;
use crate::output::Output;
use crate::pipeline::{Sink, ordered};
use crate::place::{NotWritten, replace, write};
use crate::show::Show;
use crate::sources::{Entry, Source, Target};

/// Files begun before the first is done with, for each thread; they are held in memory, and may be large.
const AHEAD: usize = 4;

/// Longer texts are repaired piece by piece, so that memory does not grow with them.
const HELD: u64 = 4 << 20;
/// Reports tell of a text as a whole, and none are made of longer ones.
const LONGEST_REPORTED: u64 = 64 << 20;

/// Why a file was not processed. It is as it was.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("cannot read: {0}")]
    Read(#[source] io::Error),
    #[error(transparent)]
    Write(#[from] NotWritten),
    #[error("is no regular file and cannot be replaced")]
    NotRegular,
    #[error(
        "some of its bytes fit no encoding, and converting it would lose them; with --backup it is replaced all the same"
    )]
    WouldLose,
    #[error("is longer than {} MiB; --json and --explain report of whole texts, which have to be held", LONGEST_REPORTED >> 20)]
    TooLong,
    #[error(transparent)]
    Bug(#[from] Bug),
}

/// How a file's bytes were taken.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Taken {
    AsUtf8,
    AsBytes(Option<Encoding>),
    AsBinary,
}

/// What became of one file.
struct Done {
    verdict: Verdict,
    taken: Taken,
    print: Print,
}

/// What goes to standard output.
enum Print {
    Bytes(Vec<u8>),
    /// A long text, repaired as it is written; what became of it is known afterwards.
    Flow(Box<Flow>),
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
    let work = move |entry: Entry| {
        let done = job.process(&entry);
        (entry, done)
    };
    let mut tally = Tally { out: Output::stdout(), show, log, processed: 0, repaired: 0, converted: 0 };
    ordered(threads, AHEAD, entries.into_iter(), work, &mut tally)?;
    tally.out.flush()?;
    if summary {
        let Tally { processed, repaired, converted, .. } = tally;
        let failed = log.failures();
        log.note(format_args!("{processed} processed, {repaired} repaired, {converted} converted, {failed} failed"));
    }
    Ok(())
}

struct Tally<'l> {
    out: Output,
    show: Show,
    log: &'l Log,
    processed: usize,
    repaired: usize,
    /// Read as something other than UTF-8, which is what they are written in.
    converted: usize,
}

impl Sink<(Entry, Result<Done, Trouble>)> for Tally<'_> {
    fn take(&mut self, (entry, done): (Entry, Result<Done, Trouble>)) -> io::Result<()> {
        let done = match done {
            Ok(Done { print: Print::Flow(flow), .. }) => match flow.write_to(&mut self.out) {
                Ok(passed) => Ok(Done { print: Print::Bytes(Vec::new()), ..Done::of(&passed) }),
                Err(Stopped::Write(error)) => return Err(error),
                Err(Stopped::Read(error)) => Err(Trouble::Read(error)),
                Err(Stopped::Bug(bug)) => Err(bug.into()),
            },
            done => done,
        };
        let print = match done {
            Ok(done) => {
                self.processed += 1;
                self.repaired += usize::from(done.verdict == Verdict::Repaired);
                self.converted += usize::from(matches!(done.taken, Taken::AsBytes(_)));
                self.tell(&entry, &done);
                done.print
            }
            Err(trouble) => {
                self.log.failure(&entry.source, &trouble);
                Print::Bytes(self.show.failure(&entry, trouble.to_string()))
            }
        };
        if let Print::Bytes(bytes) = print {
            self.out.write_all(&bytes)?;
        }
        self.log.advance(1);
        Ok(())
    }

    fn idle(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Tally<'_> {
    fn tell(&self, entry: &Entry, done: &Done) {
        let name = &entry.source;
        match done.taken {
            Taken::AsUtf8 => {}
            Taken::AsBytes(Some(encoding)) => self.log.note(format_args!("{name}: not UTF-8; read as {encoding}")),
            Taken::AsBytes(None) => self.log.note(format_args!("{name}: not UTF-8, and in no encoding for sure")),
            // A folder may hold thousands of pictures.
            Taken::AsBinary if entry.found => {}
            Taken::AsBinary => self.log.note(format_args!("{name}: looks binary; left as it is")),
        }
        match done.verdict {
            Verdict::Doubtful => {
                self.log.note(format_args!("{name}: may be damaged, but no explanation is sure enough; left as it is"));
            }
            Verdict::BeyondRepair => self.log.note(format_args!("{name}: damaged beyond repair; left as it is")),
            _ => {}
        }
    }
}

impl Job {
    fn process(&self, entry: &Entry) -> Result<Done, Trouble> {
        if let (Target::InPlace, Source::File(path)) = (&entry.target, &entry.source)
            && !fs::metadata(path).map_err(Trouble::Read)?.is_file()
        {
            return Err(Trouble::NotRegular);
        }
        let limit = if matches!(self.show, Show::Text) { HELD } else { LONGEST_REPORTED };
        let Input { bytes, rest, there } = Input::read(&entry.source, limit).map_err(Trouble::Read)?;
        if let Some(rest) = rest {
            return match self.show {
                Show::Text => self.process_long(entry, bytes, rest, there.as_ref()),
                Show::Explanation(_) | Show::Json => Err(Trouble::TooLong),
            };
        }
        let utf8 = std::str::from_utf8(&bytes).ok();
        let repair = match utf8 {
            Some(text) => Some(guarded(|| self.fixer.fix_and_explain(text))?),
            None if is_binary(&bytes) => None,
            None => Some(guarded(|| self.fixer.fix_bytes(&bytes))?),
        };
        let Some(repair) = repair else {
            let print = self.show.binary(entry);
            let print = self.deliver(entry, bytes, None, there.as_ref())?.unwrap_or(print);
            return Ok(Done { verdict: Verdict::Clean, taken: Taken::AsBinary, print: Print::Bytes(print) });
        };
        let taken = if utf8.is_some() { Taken::AsUtf8 } else { Taken::AsBytes(repair.encoding()) };
        if utf8.is_none()
            && matches!(entry.target, Target::InPlace)
            && self.backup.is_none()
            && repair.text().contains(char::REPLACEMENT_CHARACTER)
        {
            return Err(Trouble::WouldLose);
        }
        let verdict = repair.verdict();
        let print = self.show.repair(entry, utf8, &repair);
        let text = match repair.into_text() {
            Cow::Borrowed(text) if text.len() == bytes.len() => None,
            text => Some(text.into_owned().into_bytes()),
        };
        let print = self.deliver(entry, bytes, text, there.as_ref())?.unwrap_or(print);
        Ok(Done { verdict, taken, print: Print::Bytes(print) })
    }

    /// Repairs what is too long to be held; what goes to standard output only when its turn has come.
    fn process_long(
        &self,
        entry: &Entry,
        head: Vec<u8>,
        rest: Box<dyn Read + Send>,
        there: Option<&Metadata>,
    ) -> Result<Done, Trouble> {
        let flow = Flow::new(&self.fixer, &entry.source, head, rest).map_err(Trouble::Read)?;
        let taken = if matches!(flow, Flow::Binary(_)) { Taken::AsBinary } else { Taken::AsUtf8 };
        let passed = match (&entry.target, &entry.source, there) {
            (Target::Stdout, ..) => {
                return Ok(Done { verdict: Verdict::Clean, taken, print: Print::Flow(Box::new(flow)) });
            }
            (Target::File(path), ..) => write(path, there, |out| flow.write_to(out).map_err(|e| stopped(e, path)))?,
            (Target::InPlace, Source::File(path), Some(there)) => {
                replace(path, there, self.backup.as_deref(), |out| {
                    let passed = flow.write_to(out).map_err(|e| stopped(e, path))?;
                    if passed.lost && self.backup.is_none() {
                        return Err(Trouble::WouldLose);
                    }
                    let is_new = passed.verdict == Verdict::Repaired || passed.is_converted();
                    Ok((passed, is_new))
                })?
            }
            (Target::InPlace, ..) => return Err(Trouble::NotRegular),
        };
        Ok(Done { print: Print::Bytes(Vec::new()), ..Done::of(&passed) })
    }

    /// Brings the text to where it is to go; gives it back if that is standard output. Without a new `text`, the old one is
    /// meant.
    fn deliver(
        &self,
        entry: &Entry,
        old: Vec<u8>,
        text: Option<Vec<u8>>,
        there: Option<&Metadata>,
    ) -> Result<Option<Vec<u8>>, Trouble> {
        match (&entry.target, &entry.source) {
            (Target::Stdout, _) if self.show.text_of(entry) => return Ok(Some(text.unwrap_or(old))),
            (Target::Stdout, _) => {}
            (Target::File(path), _) => write(path, there, |out| put(out, text.as_deref().unwrap_or(&old), path))?,
            (Target::InPlace, Source::File(path)) => {
                if let (Some(text), Some(there)) = (text.filter(|text| *text != old), there) {
                    replace(path, there, self.backup.as_deref(), |out| put(out, &text, path).map(|()| ((), true)))?;
                }
            }
            (Target::InPlace, Source::Stdin) => {}
        }
        Ok(None)
    }
}

fn put(out: &mut impl Write, text: &[u8], path: &Path) -> Result<(), Trouble> {
    out.write_all(text).map_err(|error| NotWritten::new(path, error).into())
}

fn stopped(stopped: Stopped, path: &Path) -> Trouble {
    match stopped {
        Stopped::Read(error) => Trouble::Read(error),
        Stopped::Write(error) => NotWritten::new(path, error).into(),
        Stopped::Bug(bug) => bug.into(),
    }
}

impl Done {
    fn of(passed: &Passed) -> Self {
        let taken = match passed.encoding {
            None => Taken::AsBinary,
            encoding if passed.is_converted() => Taken::AsBytes(encoding),
            Some(_) => Taken::AsUtf8,
        };
        Done { verdict: passed.verdict, taken, print: Print::Bytes(Vec::new()) }
    }
}

/// What was read of a source.
struct Input {
    bytes: Vec<u8>,
    /// What follows, where there is more than was asked for.
    rest: Option<Box<dyn Read + Send>>,
    there: Option<Metadata>,
}

impl Input {
    fn read(source: &Source, limit: u64) -> io::Result<Self> {
        let (mut reader, there): (Box<dyn Read + Send>, _) = match source {
            Source::Stdin => (Box::new(io::stdin()), None),
            Source::File(path) => {
                let file = File::open(path)?;
                let there = file.metadata()?;
                (Box::new(file), Some(there))
            }
        };
        let mut bytes = Vec::new();
        reader.by_ref().take(limit + 1).read_to_end(&mut bytes)?;
        let rest = (bytes.len() as u64 > limit).then_some(reader);
        Ok(Input { bytes, rest, there })
    }
}

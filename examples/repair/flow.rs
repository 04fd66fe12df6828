//! Texts that are too long to be held: read, repaired and written piece by piece.

use std::fs::File;
use std::io::{self, BufRead, Chain, Cursor, Read, Write};

use luanma::{Encoding, FixReader, Fixer, Verdict};

use crate::binary::{begins_in_utf16, is_odd_control};
use crate::guard::{Bug, guarded};
use crate::sources::Source;

/// Bytes looked at or copied at a time.
const BUFFER: usize = 1 << 17;
/// U+FFFD in UTF-8.
const MARK: &[u8] = "\u{fffd}".as_bytes();

/// What was read to see how long it is, and what follows.
pub(crate) type Long = Chain<Cursor<Vec<u8>>, Box<dyn Read + Send>>;

/// A long text on its way.
pub(crate) enum Flow {
    Repaired {
        reader: FixReader<Long>,
        is_utf8: bool,
    },
    /// No text: it stays as it is.
    Binary(Long),
}

/// What is known of a text once it has passed.
#[derive(Debug)]
pub(crate) struct Passed {
    pub(crate) verdict: Verdict,
    /// `None` for what is no text.
    pub(crate) encoding: Option<Encoding>,
    pub(crate) is_utf8: bool,
    /// Whether bytes that fit no encoding became marks.
    pub(crate) lost: bool,
}

impl Passed {
    /// Whether it was text, but not in UTF-8, which is what it is written in.
    pub(crate) fn is_converted(&self) -> bool {
        self.encoding.is_some() && !self.is_utf8
    }
}

/// Why a text did not pass.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    #[error("cannot read: {0}")]
    Read(#[source] io::Error),
    #[error(transparent)]
    Write(io::Error),
    #[error(transparent)]
    Bug(#[from] Bug),
}

impl Flow {
    /// Looks at a long text, all of it where it can be read twice, and makes it ready.
    pub(crate) fn new(fixer: &Fixer, source: &Source, head: Vec<u8>, rest: Box<dyn Read + Send>) -> io::Result<Self> {
        let look = match source {
            Source::File(path) if path.is_file() => look(File::open(path)?)?,
            _ => look(head.as_slice())?,
        };
        let is_text = look.is_utf8 || if look.has_nul { begins_in_utf16(&head) } else { !look.has_odd_controls };
        let long = Cursor::new(head).chain(rest);
        Ok(match is_text {
            true => Flow::Repaired { reader: fixer.reader(long), is_utf8: look.is_utf8 },
            false => Flow::Binary(long),
        })
    }

    /// Writes it all, repaired.
    pub(crate) fn write_to(self, out: &mut impl Write) -> Result<Passed, Stopped> {
        match self {
            Flow::Binary(mut long) => {
                let mut buffer = vec![0; BUFFER];
                loop {
                    match long.read(&mut buffer) {
                        Ok(0) => break,
                        Ok(length) => out.write_all(&buffer[..length]).map_err(Stopped::Write)?,
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        Err(error) => return Err(Stopped::Read(error)),
                    }
                }
                Ok(Passed { verdict: Verdict::Clean, encoding: None, is_utf8: false, lost: false })
            }
            Flow::Repaired { mut reader, is_utf8 } => {
                let mut lost = false;
                loop {
                    guarded(|| reader.fill_buf().map(drop))?.map_err(Stopped::Read)?;
                    // At hand now.
                    let text = reader.fill_buf().map_err(Stopped::Read)?;
                    if text.is_empty() {
                        break;
                    }
                    lost |= !is_utf8 && text.windows(MARK.len()).any(|bytes| bytes == MARK);
                    out.write_all(text).map_err(Stopped::Write)?;
                    let length = text.len();
                    reader.consume(length);
                }
                Ok(Passed { verdict: reader.verdict(), encoding: reader.encoding(), is_utf8, lost })
            }
        }
    }
}

struct Look {
    is_utf8: bool,
    has_nul: bool,
    has_odd_controls: bool,
}

/// Looks through bytes of which not all may be there: a character cut off at the end says nothing.
fn look(mut bytes: impl Read) -> io::Result<Look> {
    let mut look = Look { is_utf8: true, has_nul: false, has_odd_controls: false };
    let mut buffer = Vec::with_capacity(BUFFER);
    loop {
        let held = buffer.len();
        if bytes.by_ref().take((BUFFER - held) as u64).read_to_end(&mut buffer)? == 0 {
            return Ok(look);
        }
        look.has_nul |= buffer[held..].contains(&0);
        look.has_odd_controls |= buffer[held..].iter().copied().any(is_odd_control);
        let sound = match std::str::from_utf8(&buffer) {
            Ok(_) => buffer.len(),
            Err(error) => {
                look.is_utf8 &= error.error_len().is_none();
                error.valid_up_to()
            }
        };
        if look.is_utf8 {
            buffer.drain(..sound);
        } else {
            buffer.clear();
        }
    }
}

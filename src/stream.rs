//! Texts of any length in little memory: read piece by piece, each piece repaired as a text of its own.
//!
//! A piece ends at a line end, which no damage that we know of spans. In a line that is longer than a piece it ends where it
//! makes no difference: where the texts before and after it are repaired apart as they are together.

use std::io::{self, BufRead, Read};

use crate::codec::shows_byte;
use crate::{Encoding, Fixer, Verdict, bytes};

/// Bytes of text that a piece has about. A repair needs some fifty times as much memory; and finding the chain of a piece
/// takes as long as repairing a hundred kilobytes of it.
const PIECE: usize = if cfg!(test) { 4 << 10 } else { 512 << 10 };
/// Bytes read at once.
const READ: usize = if cfg!(test) { 1 << 10 } else { 64 << 10 };
/// Characters on both sides of a place that are repaired to see whether it is a good one to cut at.
const BESIDE: usize = 256;
/// Places that are tried where text could well end: blanks and stops, which are mostly good ones.
const STOPS_TRIED: usize = 8;
/// Places that are tried after these, one after the other: of UTF-8 read as GBK each third one is good.
const PLACES_TRIED: usize = 24;

/// Repairs text as it is read, in constant memory.
///
/// What it gives is UTF-8. What it reads may be UTF-8 or bytes of unknown encoding, which is found from how they begin; bytes
/// that are malformed in it are what [`fix_bytes`](crate::fix_bytes) makes of them. Ordinary texts come out as they do from
/// [`fix_text`](crate::fix_text). What differs: pieces of some hundred kilobytes know nothing of each other, so that a text's
/// only damage is judged by the evidence of its piece.
///
/// ```
/// use std::io::Read;
///
/// # fn main() -> std::io::Result<()> {
/// let file = "打开窗户\n鎵撳紑绐楁埛\n".as_bytes();
/// let mut text = String::new();
/// luanma::Fixer::default().reader(file).read_to_string(&mut text)?;
/// assert_eq!(text, "打开窗户\n打开窗户\n");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct FixReader<R> {
    fixer: Fixer,
    source: R,
    /// Whether the source has come to its end.
    ended: bool,
    /// How to read the source, once it is known.
    encoding: Option<Encoding>,
    /// Bytes not decoded yet: the start of the source, later a character that is not there as a whole.
    bytes: Vec<u8>,
    /// Text not repaired yet, and whether it may show malformed bytes.
    text: String,
    is_shown: bool,
    /// Repaired text, and how much of it has been given.
    out: String,
    given: usize,
    verdict: Verdict,
}

impl Fixer {
    /// Repairs what a source reads, in constant memory; see [`FixReader`].
    pub fn reader<R: Read>(&self, source: R) -> FixReader<R> {
        FixReader {
            fixer: self.clone(),
            source,
            ended: false,
            encoding: None,
            bytes: Vec::new(),
            text: String::new(),
            is_shown: false,
            out: String::new(),
            given: 0,
            verdict: Verdict::Clean,
        }
    }
}

impl<R> FixReader<R> {
    /// What became of the text as far as it has been read: repaired where anything was, otherwise beyond repair or doubtful
    /// where any of it is.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The encoding that the bytes are read in, once some have been read.
    pub fn encoding(&self) -> Option<Encoding> {
        self.encoding
    }
}

impl<R: Read> FixReader<R> {
    /// Has the next piece repaired. Nothing is lost where reading fails: it may be tried again.
    fn next_piece(&mut self) -> io::Result<()> {
        while self.text.len() < PIECE && !self.ended {
            self.read_more()?;
        }
        let cut = if self.ended && self.text.len() < PIECE { self.text.len() } else { self.place_to_cut() };
        let piece = &self.text[..cut];
        let marked = self.is_shown.then(|| bytes::marked(piece));
        let repair = self.fixer.fix_decoded(self.is_shown.then_some(piece), marked.as_deref().unwrap_or(piece));
        if rank(repair.verdict()) > rank(self.verdict) {
            self.verdict = repair.verdict();
        }
        self.out.clear();
        self.out.push_str(repair.text());
        self.given = 0;
        self.text.drain(..cut);
        Ok(())
    }

    /// Reads and decodes.
    fn read_more(&mut self) -> io::Result<()> {
        let read = self.source.by_ref().take(READ as u64).read_to_end(&mut self.bytes);
        self.ended = read? == 0;
        let encoding = match self.encoding {
            Some(encoding) => encoding,
            None => {
                let (encoding, mark) = match std::str::from_utf8(&self.bytes) {
                    Ok(_) => (Encoding::Utf8, 0),
                    // A character is cut off where this part of the source ends; a short source may be at its end.
                    Err(error) if error.error_len().is_none() && !self.ended => {
                        if self.bytes.len() < READ {
                            return Ok(());
                        }
                        (Encoding::Utf8, 0)
                    }
                    Err(_) => self.fixer.encoding_of(&self.bytes),
                };
                self.bytes.drain(..mark);
                *self.encoding.insert(encoding)
            }
        };
        let bytes = std::mem::take(&mut self.bytes);
        let consumed = match (encoding, std::str::from_utf8(&bytes)) {
            (Encoding::Utf8, Ok(text)) => {
                self.take_in(text, false);
                text.len()
            }
            _ => {
                let may_show = self.is_shown || self.fixer.may_show() && !self.text.contains(shows_byte);
                let decoded = bytes::decode_loosely(encoding, &bytes, !self.ended, may_show);
                self.take_in(&decoded.text, decoded.is_shown);
                decoded.consumed
            }
        };
        self.bytes = bytes;
        self.bytes.drain(..consumed);
        Ok(())
    }

    /// Adds to the text. What shows malformed bytes must not be taken for what stands in the text, nor the other way round.
    fn take_in(&mut self, text: &str, is_shown: bool) {
        if self.is_shown && !is_shown && text.contains(shows_byte) {
            self.text = bytes::marked(&self.text);
            self.is_shown = false;
        }
        self.is_shown |= is_shown;
        self.text.push_str(text);
    }

    /// Where the next piece ends.
    fn place_to_cut(&self) -> usize {
        let text = &self.text;
        let half = ceil_char_boundary(text, PIECE / 2);
        // What is beside the last place must be there.
        let most = ceil_char_boundary(text, PIECE - BESIDE * char::MAX.len_utf8());
        if let Some(at) = text[half..most].rfind('\n') {
            return half + at + 1;
        }
        let stops = text[half..most].char_indices().rev().filter(|(_, c)| is_stop(*c));
        let stops = stops.map(|(at, c)| half + at + c.len_utf8()).take(STOPS_TRIED);
        let places = text[half..most].char_indices().rev().map(|(at, _)| half + at).take(PLACES_TRIED);
        stops.chain(places).find(|&at| self.is_apart(at)).unwrap_or(most)
    }

    /// Whether the texts on both sides of a place are repaired apart as they are together.
    fn is_apart(&self, at: usize) -> bool {
        let (before, after) = self.text.split_at(at);
        let from = before.char_indices().rev().take(BESIDE).last().map_or(at, |(from, _)| from);
        let to = at + after.char_indices().nth(BESIDE).map_or(after.len(), |(to, _)| to);
        let (left, right, both) = (&self.text[from..at], &self.text[at..to], &self.text[from..to]);
        let (left, right) = (self.fixer.fix_text(left), self.fixer.fix_text(right));
        let both = self.fixer.fix_text(both);
        both.strip_prefix(&*left) == Some(&*right)
    }
}

fn is_stop(c: char) -> bool {
    matches!(c, ' ' | '\t' | '。' | '！' | '？' | '；' | '，' | '.' | ',' | ';')
}

/// The first boundary of a character at or after a byte offset.
fn ceil_char_boundary(text: &str, at: usize) -> usize {
    (at..text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len())
}

/// Which of two verdicts speaks for both.
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Clean => 0,
        Verdict::Doubtful => 1,
        Verdict::BeyondRepair => 2,
        Verdict::Repaired => 3,
    }
}

impl<R: Read> BufRead for FixReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.given == self.out.len() && !(self.ended && self.text.is_empty()) {
            self.next_piece()?;
        }
        Ok(&self.out.as_bytes()[self.given..])
    }

    fn consume(&mut self, amount: usize) {
        self.given = (self.given + amount).min(self.out.len());
    }
}

impl<R: Read> Read for FixReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests;

//! Text → the items of a notation, line by line.

use std::ops::Range;

use super::Notation;
use crate::chain::{
    ByteNotation, TextNotation, byte_escape_at, is_byte_escape, is_text_escape, slashes, text_escape_at,
};

/// A character or an escape of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    /// The character; of an escaped byte, the character of that number.
    pub(super) c: char,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    Escaped,
    /// Stands for nothing: a soft line break.
    Break,
}

impl Item {
    pub(super) fn is_wide_escape(&self) -> bool {
        self.kind == Kind::Escaped && !self.c.is_ascii()
    }
}

/// How often escapes may themselves be escaped.
pub(super) const DEEPEST: usize = 3;

/// The longest escape after its introducer.
const LONGEST: usize = 16;

/// Lines as the notation has them, without their ends.
pub(super) fn lines(text: &str, notation: Notation) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        if start >= text.len() {
            return None;
        }
        let mut end = start;
        loop {
            end += text[end..].find('\n').unwrap_or(text.len() - end);
            let is_soft = notation == Notation::Bytes(ByteNotation::QuotedPrintable)
                && text[start..end].trim_end_matches([' ', '\t', '\r']).ends_with('=');
            if !is_soft || end + 1 >= text.len() {
                break;
            }
            end += 1;
        }
        let line = start..end;
        start = end + 1;
        Some(line)
    })
}

/// The items of a line and how often its escapes were escaped; nothing if it has none beyond ASCII.
pub(super) fn items(text: &str, line: Range<usize>, notation: Notation) -> Option<(Vec<Item>, usize)> {
    let (introducers, again) = match notation {
        Notation::Bytes(ByteNotation::Percent) => ("%", "25"),
        Notation::Bytes(ByteNotation::QuotedPrintable) => ("=", ""),
        Notation::Bytes(ByteNotation::Angle) => ("<", ""),
        Notation::Bytes(_) | Notation::Text(TextNotation::Json) => ("\\", ""),
        Notation::Text(TextNotation::JavaScript) => ("%", ""),
        Notation::Text(TextNotation::UPlus) => ("<#", ""),
        Notation::Text(_) => ("&", "amp;"),
    };
    let bytes = &text.as_bytes()[..line.end];
    if !text[line.clone()].contains(|c| introducers.contains(c)) {
        return None;
    }
    let slashes = slashes(&bytes[line.start..], |after| match notation {
        Notation::Bytes(notation) => is_byte_escape(notation, after),
        Notation::Text(notation) => is_text_escape(notation, after),
    });
    let depths = if again.is_empty() { 1..=1 } else { 1..=DEEPEST };
    for depth in depths {
        let scanner = Scanner { bytes, notation, slashes, introducers, again: again.repeat(depth - 1) };
        if scanner.is_worth_it(&line) {
            let items = scanner.items(text, line);
            return items.iter().any(Item::is_wide_escape).then_some((items, depth));
        }
    }
    None
}

struct Scanner<'a> {
    /// The text up to the line's end.
    bytes: &'a [u8],
    notation: Notation,
    slashes: usize,
    /// Each is the beginning of an escape.
    introducers: &'static str,
    /// What stands between the introducer and the rest of an escape that was escaped again.
    again: String,
}

impl Scanner<'_> {
    fn escape_at(&self, at: usize) -> Option<(Option<char>, usize)> {
        let introducer = self.bytes[at];
        if !self.introducers.as_bytes().contains(&introducer) {
            return None;
        }
        if self.again.is_empty() {
            return self.plain_escape_at(&self.bytes[at..]);
        }
        let rest = self.bytes[at + 1..].strip_prefix(self.again.as_bytes())?;
        let mut buffer = [0; LONGEST];
        let len = rest.len().min(LONGEST - 1);
        buffer[0] = introducer;
        buffer[1..1 + len].copy_from_slice(&rest[..len]);
        let (c, len) = self.plain_escape_at(&buffer[..1 + len])?;
        Some((c, len + self.again.len()))
    }

    fn plain_escape_at(&self, rest: &[u8]) -> Option<(Option<char>, usize)> {
        match self.notation {
            Notation::Bytes(notation) => {
                byte_escape_at(notation, rest, self.slashes).map(|(byte, len)| (byte.map(char::from), len))
            }
            Notation::Text(notation) => text_escape_at(notation, rest, self.slashes).map(|(c, len)| (Some(c), len)),
        }
    }

    /// Whether there is an escape beyond ASCII. `%E9` alone is no escape of JavaScript's, which Percent does not know either.
    fn is_worth_it(&self, line: &Range<usize>) -> bool {
        let least = if self.notation == Notation::Text(TextNotation::JavaScript) { '\u{100}' } else { '\u{80}' };
        line.clone().any(|at| self.escape_at(at).is_some_and(|(c, _)| c.is_some_and(|c| c >= least)))
    }

    fn items(&self, text: &str, line: Range<usize>) -> Vec<Item> {
        let mut address = Address::default();
        let mut out = Vec::new();
        let mut at = line.start;
        while let Some(c) = text[at..line.end].chars().next() {
            let escape = self.escape_at(at).filter(|_| !(c == '%' && address.is_inside()));
            let (c, len, kind) = match escape {
                Some((Some(c), len)) => (c, len, Kind::Escaped),
                Some((None, len)) => ('\0', len, Kind::Break),
                None => (c, c.len_utf8(), Kind::Plain),
            };
            address.next(c, kind);
            out.push(Item { c, start: at, end: at + len, kind });
            at += len;
        }
        out
    }
}

/// Where in an absolute address the line is: percent escapes are part of it behind its host, and it would not work without.
#[derive(Default)]
enum Address {
    /// In a word that may become an address after so many of the characters `://`.
    #[default]
    Start,
    Scheme(usize),
    Host,
    Inside,
    /// In a word that has escapes before any address: the whole text was escaped, addresses and all.
    Escaped,
}

impl Address {
    const MARK: &[char] = &[':', '/', '/'];

    fn is_inside(&self) -> bool {
        matches!(self, Address::Inside)
    }

    fn next(&mut self, c: char, kind: Kind) {
        let ends =
            kind == Kind::Plain && (!c.is_ascii() || c.is_ascii_whitespace() || matches!(c, '"' | '\'' | '<' | '>'));
        *self = match *self {
            _ if ends => Address::Start,
            Address::Inside => Address::Inside,
            _ if kind != Kind::Plain => Address::Escaped,
            Address::Escaped => Address::Escaped,
            Address::Host if matches!(c, '/' | '?' | '#') => Address::Inside,
            Address::Host => Address::Host,
            Address::Start | Address::Scheme(_) => {
                let seen = if let Address::Scheme(seen) = *self { seen } else { 0 };
                match Self::MARK.get(seen) == Some(&c) {
                    true if seen + 1 == Self::MARK.len() => Address::Host,
                    true => Address::Scheme(seen + 1),
                    false => Address::Scheme(usize::from(c == Self::MARK[0])),
                }
            }
        };
    }
}

//! Escape notations of bytes and characters, undone on request: a URL or a string literal in fine text is no damage.
//!
//! Runs of a notation are found line by line ([`scan`]). The bytes of a line are read in every encoding, and the reading
//! has to be likelier as text than as arbitrary bytes ([`read`]). Notations that name their encoding are simpler
//! ([`named`]). What was undone stands in for its source while the ordinary repair runs over the whole text, and both
//! are reported together ([`merge`]).

mod hex;
mod merge;
mod named;
mod read;
mod scan;

use std::ops::Range;

use crate::chain::{ByteNotation, Chain, Step, TextNotation, hex_may_be_in};
use crate::{Encoding, Model, Repair};

/// What undoing may use.
pub(crate) struct Options<'a> {
    pub(crate) model: &'a Model,
    pub(crate) encodings: Option<&'a [Encoding]>,
    pub(crate) min_confidence: f64,
    /// The ordinary repair.
    pub(crate) repair: &'a dyn for<'t> Fn(&'t str) -> Repair<'t>,
}

impl Options<'_> {
    fn allows(&self, encoding: Encoding) -> bool {
        self.encodings.is_none_or(|list| list.contains(&encoding))
    }
}

/// A stretch of the text with its escapes undone.
#[derive(Clone, Debug)]
struct Piece {
    /// Bytes of the text as it was given.
    source: Range<usize>,
    text: String,
    /// Where in the source each character of `text` begins: byte of `text`, byte of the source.
    starts: Vec<(usize, usize)>,
    chain: Chain,
    /// Log-likelihood as arbitrary bytes, and as text, in nats.
    before: f64,
    after: f64,
    confidence: f64,
}

/// Gain over arbitrary bytes, in nats, from which a reading of two characters and more is taken. Of 1,080 strings of 3 to 32
/// random bytes eight gain more; of 150 strings of four or eight Chinese characters in GBK, Big5 and UTF-8 all do.
const LEAST_GAIN: f32 = 0.5;
/// The same for a single character, of which a chance pair of bytes easily makes a common one.
const LEAST_GAIN_OF_ONE: f32 = 3.0;
/// How fast a reading becomes sure.
const GAIN_SCALE: f32 = 1.0;

fn confidence(gain: f32) -> f64 {
    1.0 / (1.0 + (-f64::from((gain - LEAST_GAIN) / GAIN_SCALE)).exp())
}

/// Every notation but nothing but digits starts its escapes with one of these.
const INTRODUCERS: &[char] = &['%', '\\', '=', '&', '+', '~', '<', '#'];

/// The notations whose escapes are single characters or bytes. Of two that claim the same place the first has it.
const NOTATIONS: &[Notation] = &[
    Notation::Bytes(ByteNotation::BackslashX),
    Notation::Bytes(ByteNotation::Octal),
    Notation::Text(TextNotation::Json),
    Notation::Text(TextNotation::Html),
    Notation::Text(TextNotation::JavaScript),
    Notation::Bytes(ByteNotation::Percent),
    Notation::Bytes(ByteNotation::QuotedPrintable),
    Notation::Bytes(ByteNotation::BackslashHex),
    Notation::Bytes(ByteNotation::Angle),
    Notation::Text(TextNotation::UPlus),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Notation {
    Bytes(ByteNotation),
    Text(TextNotation),
}

impl Notation {
    /// Whether much else is written like a byte of it: names of keys, beginnings of names after a backslash. Some in a row still make
    /// a character.
    fn is_weak(self) -> bool {
        matches!(self, Notation::Bytes(ByteNotation::BackslashHex | ByteNotation::Angle))
    }

    /// The steps that made escapes of a text, the first first. What was escaped again is ASCII by then.
    fn steps(self, written: Option<Encoding>, depth: usize) -> Vec<Step> {
        (0..depth)
            .map(|i| match self {
                Notation::Text(notation) => Step::Spelled { notation },
                Notation::Bytes(notation) => {
                    let written = written.filter(|_| i == 0).unwrap_or(Encoding::Utf8);
                    Step::Escaped { written, notation }
                }
            })
            .collect()
    }
}

/// Whether a text may hold escapes; most that does holds none.
pub(crate) fn may_be_in(text: &str) -> bool {
    text.contains(INTRODUCERS) || hex_may_be_in(text)
}

/// Repairs a text in which escapes can be undone; nothing if there are none, and the ordinary repair has it all.
pub(crate) fn repair<'a>(text: &'a str, options: &Options<'_>) -> Option<Repair<'a>> {
    if !may_be_in(text) {
        return None;
    }
    let mut pieces = named::pieces(text, options);
    for &notation in NOTATIONS {
        add(&mut pieces, read::pieces(text, notation, options));
    }
    add(&mut pieces, hex::pieces(text, options));
    for notation in [TextNotation::Utf7, TextNotation::Utf7Imap] {
        add(&mut pieces, named::utf7(text, notation, options));
    }
    pieces.retain(|piece| piece.confidence >= options.min_confidence);
    (!pieces.is_empty()).then(|| merge::report(text, pieces, options))
}

/// Adds pieces where nothing is known yet; both lists are in text order.
fn add(pieces: &mut Vec<Piece>, more: Vec<Piece>) {
    if more.is_empty() {
        return;
    }
    let known = pieces.len();
    for piece in more {
        let next = pieces[..known].partition_point(|p| p.source.end <= piece.source.start);
        if next == known || pieces[next].source.start >= piece.source.end {
            pieces.push(piece);
        }
    }
    pieces.sort_by_key(|p| p.source.start);
}

/// Whether a character can stand in a text: no control, no place for private use, nothing that is no character.
fn is_text(c: char) -> bool {
    !matches!(c, '\0'..='\x1F' | '\x7F'..='\u{9F}' | '\u{E000}'..='\u{F8FF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FFF0}'..='\u{FFFF}' | '\u{E0000}'..)
        && (c as u32) & 0xFFFE != 0xFFFE
}

#[cfg(test)]
mod tests;

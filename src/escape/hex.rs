//! Bytes as nothing but hexadecimal digits: what databases and telephones show.

use std::ops::Range;

use super::named::{cost, piece};
use super::{Options, Piece, confidence, is_text};
use crate::Encoding;
use crate::chain::{ByteNotation, Chain, Step, hex_run_at};

/// What bytes are written in, the commoner of two that agree first. Those of single bytes read any number as text.
const WRITERS: &[Encoding] = {
    use Encoding::*;
    &[Utf8, Utf16Be, Gb18030, Utf16Le, Big5, ShiftJis, EucJp, EucKr]
};

/// What an arbitrary digit costs, in nats: one of sixteen.
const DIGIT: f32 = 2.77;
/// How much rarer than numbers text in hexadecimal is, in UTF-8 and in encodings in which nearly any bytes are text. Of 100,000 random
/// numbers of 8 to 64 digits none is text then, nor is one in 150 MB of sources; of Chinese pieces of two characters in UTF-8 230 of 231
/// are, of those of four in GBK 117 of 211 (with -12 all, and eleven numbers of the sources).
const IS_RARE: f32 = -8.0;
const IS_RARER: f32 = -20.0;

/// The runs of digits that are text.
pub(super) fn pieces(text: &str, options: &Options<'_>) -> Vec<Piece> {
    let bytes = text.as_bytes();
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'\\';
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let begins = is_part(bytes[at]) && !at.checked_sub(1).is_some_and(|before| is_part(bytes[before]));
        let (len, is_run) = if begins { hex_run_at(&bytes[at..]) } else { (1, false) };
        if is_run {
            out.extend(run(text, at..at + len, options));
            at += len;
        } else {
            // The last word of what makes no run may begin another.
            at += bytes[at..at + len].iter().rposition(|&b| b == b' ').map_or(len, |blank| blank + 1).max(1);
        }
    }
    out
}

/// Characters that are looked at for whether they are few and come again and again, as of a number that repeats its digits.
const VARIED: usize = 16;

/// What a run of digits is in the encoding in which it is likeliest text.
fn run(text: &str, source: Range<usize>, options: &Options<'_>) -> Option<Piece> {
    let digits = &text[source.clone()];
    let before = -DIGIT * digits.bytes().filter(u8::is_ascii_hexdigit).count() as f32;
    let read = |&written: &Encoding| {
        let step = Step::Escaped { written, notation: ByteNotation::Hex };
        let undone = Chain::new([step]).undo(digits).ok()?;
        let is_all_text = !undone.is_ascii() && undone.chars().all(|c| is_text(c) || c.is_ascii_whitespace());
        let prior = if written == Encoding::Utf8 { IS_RARE } else { IS_RARER };
        is_all_text.then(|| (cost(&undone, options), prior, undone, step))
    };
    let readings = WRITERS.iter().filter(|e| options.allows(**e)).filter_map(read);
    let (after, prior, undone, step) =
        readings.reduce(|best, next| if next.0 + next.1 > best.0 + best.1 { next } else { best })?;
    let gain = after - before + prior;
    let first: Vec<char> = undone.chars().take(VARIED).collect();
    let distinct = (0..first.len()).filter(|&i| !first[..i].contains(&first[i])).count();
    if gain <= 0.0 || distinct < 2 || distinct * 2 <= first.len() {
        return None;
    }
    piece(text, source, undone, step, (before.into(), after.into()), confidence(gain))
}

//! Whether text of pairs of bytes may have come out of step: a question that is cheap to ask before the search is.
//!
//! Where a byte was lost, each character that is seen is the second half of one that was meant and the first half of the
//! next. So the halves of neighbours that touch make characters that were meant, which are common ones mostly; two
//! halves of fine text make one by chance only. Where a byte that looks like ASCII is such a half, it stands alone among
//! ideographs.

use crate::codec::{Encoding, Parse};
use crate::model::Model;

/// What costs more than this, in nats, asks for an explanation.
const ODD: f32 = -8.0;
/// A character that is meant is likelier than this without context, in nats: so are the commonest two thousand, in either script.
const COMMON: f32 = -10.0;

/// Whether anything in a stretch with the given scores looks like it.
pub(crate) fn is_possible(model: &Model, text: &[char], scores: &[f32]) -> bool {
    (0..text.len()).any(|i| {
        let before = i.checked_sub(1).and_then(|i| text.get(i)).copied();
        let after = text.get(i + 1).copied();
        let wide = |c: Option<char>| c.is_some_and(|c| !c.is_ascii());
        let in_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let odd = |i: usize| scores.get(i).is_some_and(|&score| score < ODD);
        match text[i] {
            // Marks, readings, and halves that look like ASCII.
            '?' | '\u{fffd}' => wide(before) || wide(after),
            '(' => wide(before) && after.is_some_and(char::is_lowercase),
            '@'..='~' => (wide(before) || wide(after)) && !in_word(before) && !in_word(after),
            c if c.is_ascii() => false,
            c => after.is_some_and(|after| (odd(i) || odd(i + 1)) && touch(model, c, after)),
        }
    })
}

/// Whether the second half of one and the first half of the next make a common character.
fn touch(model: &Model, left: char, right: char) -> bool {
    let halves = |c: char| match Encoding::Gbk.forms(c).first().map(|form| &**form) {
        Some(&[lead, trail]) => Some((lead, trail)),
        _ => None,
    };
    let (Some((_, trail)), Some((lead, _))) = (halves(left), halves(right)) else { return false };
    match Encoding::Gbk.parse(&[trail, lead]) {
        Parse::Char { c, len: 2 } => model.unigram(c) > COMMON,
        _ => false,
    }
}

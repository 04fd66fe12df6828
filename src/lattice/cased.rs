//! A pass that brought all letters of a damaged text to one case, or the first letters of its words to another.

use super::{Folded, Folds};
use crate::codec::{Encoding, LONGEST_CODE, Parse};
use crate::model::Model;

/// What a pass made of the letters of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cased {
    Small,
    Capital,
    /// Capitals where words begin, and small letters behind them.
    Words,
}

/// Letters beyond ASCII that a text must have to tell of it: all of one case, or as words have them.
const TELLING: usize = 2;
const TELLING_OF_WORDS: usize = 4;

impl Cased {
    pub(super) const ALL: [Cased; 3] = [Cased::Small, Cased::Capital, Cased::Words];

    /// What the letters of a text tell; nothing where they are of either case anywhere.
    pub(crate) fn of(text: &[char]) -> Option<Cased> {
        let (mut small, mut capital, mut words, mut high) = (false, false, true, 0);
        let mut before = None;
        for &c in text {
            let is_small = !c.to_uppercase().eq([c]);
            let is_capital = !c.to_lowercase().eq([c]);
            small |= is_small;
            capital |= is_capital;
            high += usize::from(!c.is_ascii() && (is_small || is_capital));
            words &= match before {
                Some(Place::Letter) => !is_capital,
                Some(Place::Sign) => !is_small,
                _ => true,
            };
            if small && capital && !words {
                return None;
            }
            before = Some(match (is_small || is_capital, c.is_alphanumeric()) {
                (true, _) => Place::Letter,
                (false, true) => Place::Other,
                (false, false) => Place::Sign,
            });
        }
        let (cased, least) = match (small, capital) {
            (true, true) => (Cased::Words, TELLING_OF_WORDS),
            (true, false) => (Cased::Small, TELLING),
            _ => (Cased::Capital, TELLING),
        };
        (high >= least).then_some(cased)
    }

    /// The letters that there are none of any more where they were.
    pub(super) fn lost(self) -> &'static [Folded] {
        match self {
            Cased::Small => &[Folded::Capital],
            Cased::Capital => &[Folded::Small],
            Cased::Words => &[Folded::Capital, Folded::Small],
        }
    }

    /// The byte of a page of single bytes that a character may have been before, if that is another one.
    pub(crate) fn before(self, c: char, page: Encoding) -> Option<u8> {
        Folds::of(page).before_case(c, self)
    }
}

/// What stands before a character: a letter that has two cases, one that has not or a digit, anything else.
enum Place {
    Letter,
    Other,
    Sign,
}

/// Makes of each byte the one that it may have been before, where it has one (`other`), or leaves it, whichever way makes longer and then
/// commoner characters of an encoding from left to right.
pub(crate) fn recase(bytes: &mut [u8], other: &[Option<u8>], written: Encoding, model: &Model) {
    let mut at = 0;
    while at < bytes.len() {
        let end = bytes.len().min(at + LONGEST_CODE);
        let code = &bytes[at..end];
        // ASCII that is no part of a character stays: any text would make as much sense.
        if code[0].is_ascii() {
            at += 1;
            continue;
        }
        let choices = 1usize << other[at..end].iter().flatten().count();
        let mut best: Option<(u8, f32, [u8; LONGEST_CODE])> = None;
        for choice in 0..choices {
            let (mut choice, mut bytes) = (choice, [0; LONGEST_CODE]);
            for (i, to) in bytes[..code.len()].iter_mut().enumerate() {
                *to = code[i];
                if let Some(other) = other[at + i] {
                    *to = if choice % 2 == 1 { other } else { code[i] };
                    choice /= 2;
                }
            }
            if let Parse::Char { c, len } = written.parse(&bytes[..code.len()]) {
                let common = model.unigram(c);
                if best.is_none_or(|best| (len, common) > (best.0, best.1)) {
                    best = Some((len, common, bytes));
                }
            }
        }
        let len = best.map_or(1, |(len, _, found)| {
            let len = usize::from(len);
            bytes[at..at + len].copy_from_slice(&found[..len]);
            len
        });
        at += len;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_one_case_tell() {
        let of = |text: &str| Cased::of(&text.chars().collect::<Vec<_>>());
        assert_eq!(of("è¯·å…ˆ, ok"), Some(Cased::Small));
        assert_eq!(of("È¯·Å…ˆ, OK"), Some(Cased::Capital));
        assert_eq!(of("È¯·å…ˆ"), None);
        assert_eq!(of("è¯·å…ˆ, OK"), None);
        assert_eq!(of("Ã¨Ë†Ç, Ok"), None);
        assert_eq!(of("È¯·Å…Ëè, Ok"), Some(Cased::Words));
        assert_eq!(of("请先é"), None);
    }

    #[test]
    fn bytes_are_what_makes_characters() {
        // 请先保存 in GBK as windows-1252 and in small letters: the third and the fourth byte were capitals.
        let bytes: &mut [u8] = &mut [0xE7, 0xEB, 0xEF, 0xE8, 0xB1, 0xA3, 0xB4, 0xE6];
        let letters = [true, true, true, true, false, false, false, true];
        let other: Vec<_> = bytes.iter().zip(letters).map(|(b, is_letter)| is_letter.then_some(b - 0x20)).collect();
        assert_eq!(Cased::Small.before('ç', Encoding::Windows1252), Some(0xC7));
        recase(bytes, &other, Encoding::Gb18030, &Model::default());
        assert_eq!(Encoding::Gb18030.decode(bytes).as_deref(), Some("请先保存"));
    }
}

//! What the malformed bytes of a text in UTF-8 may be: some of a character's, or a word of another encoding.

use crate::codec::{Encoding, shows_byte};

/// The bytes that a text in UTF-8 shows as characters of x-user-defined, because they were malformed.
pub(super) struct Shown {
    /// How many there are in a row at most, but for single characters that are the second half of a pair.
    longest: usize,
    /// Whether nothing but ASCII is beside them, and whether a letter is beside one.
    in_ascii: bool,
    in_word: bool,
}

/// So many bytes in a row are no characters of UTF-8 that have lost some of their bytes, or got one more, and so many in ASCII.
const FOREIGN: usize = 6;
const FOREIGN_IN_ASCII: usize = 4;
/// So many letters of single bytes make a word.
const FOREIGN_WORD: usize = 3;

impl Shown {
    pub(super) fn of(text: &[char]) -> Shown {
        let is_shown = |c: &char| shows_byte(*c);
        let (mut shown, mut row) = (Shown { longest: 0, in_ascii: true, in_word: false }, 0);
        for (i, c) in text.iter().enumerate() {
            let beside = [i.wrapping_sub(1), i + 1].map(|i| text.get(i));
            if is_shown(c) {
                row += 1;
                shown.longest = shown.longest.max(row);
                shown.in_ascii &= beside.into_iter().flatten().all(|c| c.is_ascii() || is_shown(c));
                shown.in_word |= beside.into_iter().flatten().any(char::is_ascii_alphabetic);
            } else if !('@'..='~').contains(c) || !beside.into_iter().flatten().all(is_shown) {
                row = 0;
            }
        }
        shown
    }

    /// Whether they may be of another encoding.
    pub(super) fn may_be(&self, written: Encoding) -> bool {
        let least = match (self.in_ascii, written.is_single_byte()) {
            (true, true) if self.in_word => 1,
            (true, true) => FOREIGN_WORD,
            (true, false) => FOREIGN_IN_ASCII,
            (false, true) => usize::MAX,
            (false, false) => FOREIGN,
        };
        self.longest >= least
    }
}

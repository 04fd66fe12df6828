//! What a text as a whole tells of its damage.

use super::conversion::Converted;
use super::{Lacks, NARROW, Unfolded, is_any_mark, is_c1, is_han, is_private_use};
use crate::model::{Leaning, Model};

/// What a text as a whole tells about the losses of a step: a text that still holds C1 controls was not stripped of them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Evidence {
    pub(crate) has_c1: bool,
    pub(crate) has_private_use: bool,
    pub(crate) has_nbsp: bool,
    pub(crate) has_soft_hyphen: bool,
    pub(crate) has_euro: bool,
    /// Whether something stands that may be a mark of a decoder.
    pub(crate) has_marks: bool,
    /// Characters beyond ASCII, and blanks and low lines behind one.
    pub(crate) high: u32,
    pub(crate) blanks: [u32; 2],
    /// Whether something stands that each of [`NARROW`] has no byte for, or too little to tell.
    pub(crate) is_wider: [bool; 2],
    /// What the text has of all that later passes make something else of.
    pub(crate) unfolded: Unfolded,
    /// The script that the text may have been converted to after it was damaged.
    pub(crate) converted: Option<Converted>,
    /// Han text has ASCII commas, and nothing fullwidth is left.
    pub(crate) width_folded: bool,
    /// Readings stand after characters all over the text: the script that wrote them also cuts before stop marks.
    pub(crate) annotated: bool,
    /// The text is in traditional characters with marks in ASCII, as such scripts leave it whether they annotate it or not.
    pub(crate) is_page: bool,
    /// What the reader of the text lacks of its encoding, as far as the text tells.
    pub(crate) lacks: Lacks,
}

impl Evidence {
    pub(crate) fn of(model: &Model, text: &[char]) -> Evidence {
        let mut e = Evidence::default();
        let mut traditional = 0i32;
        let (mut ascii_marks, mut wide_marks) = (0u32, 0u32);
        let mut before = ' ';
        for &c in text {
            e.unfolded.see(c);
            if !c.is_ascii() && !is_any_mark(c) {
                for (is_wider, page) in e.is_wider.iter_mut().zip(NARROW) {
                    *is_wider = *is_wider || !page.can_write(c);
                }
                e.high += 1;
            }
            if !before.is_ascii() {
                e.blanks[0] += u32::from(c == ' ');
                e.blanks[1] += u32::from(c == '_');
            }
            match c {
                c if is_c1(c) => e.has_c1 = true,
                '\u{a0}' => e.has_nbsp = true,
                '€' => e.has_euro = true,
                c if is_any_mark(c) => e.has_marks = true,
                '\u{ad}' => e.has_soft_hyphen = true,
                c if is_private_use(c) => e.has_private_use = true,
                ',' if is_han(before) => ascii_marks += 1,
                '！'..='～' => wide_marks += 1,
                _ => {
                    traditional += match model.leaning(c) {
                        Leaning::Traditional => 1,
                        Leaning::Simplified => -1,
                        Leaning::Neither => 0,
                    }
                }
            }
            before = c;
        }
        e.is_wider = e.is_wider.map(|is_wider| is_wider || e.high < TELLING);
        e.converted = Converted::of(text);
        e.width_folded = ascii_marks > 0 && wide_marks == 0;
        e.is_page = e.width_folded && traditional > 0;
        e
    }
}

/// So many characters beyond ASCII, all of a page, tell that a text was brought to it. With 1 `¬´` is half of a mark.
const TELLING: u32 = 4;

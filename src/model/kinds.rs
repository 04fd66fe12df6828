//! Kinds of characters that the vocabulary leaves out.
//!
//! A kind is a token of its own, so that a rare ideograph is still known to stand where ideographs stand. What no clean
//! text holds has a fixed probability instead: training text has none of it by cleaning, not by nature.

use unicode_normalization::char::is_combining_mark;

/// Number of kinds, and so of the tokens set aside for them.
pub(crate) const KINDS: usize = 22;

/// Probability of one given C1 control, private-use character or unassigned code point, in nats. A rare ideograph of the
/// vocabulary has about e^-14 without context, and clean text has fewer of these than of those.
const SUSPICIOUS: f32 = -14.0;
/// Probability of a C0 control: as rare in text, but some are used as separators.
const CONTROL: f32 = -12.0;
/// Probability of U+FFFD, which honest texts quote now and then.
const REPLACEMENT: f32 = -11.0;

/// What a character outside the vocabulary is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    Han,
    HanCompat,
    HanAstral,
    Kana,
    HalfKana,
    Hangul,
    Latin,
    Greek,
    Cyrillic,
    Hebrew,
    Arabic,
    Thai,
    Letter,
    Mark,
    Symbol,
    BoxDrawing,
    Emoji,
    PrivateUse,
    C0,
    C1,
    Replacement,
    Unassigned,
}

/// All kinds in the order of their tokens.
const ALL: [Kind; KINDS] = [
    Kind::Han,
    Kind::HanCompat,
    Kind::HanAstral,
    Kind::Kana,
    Kind::HalfKana,
    Kind::Hangul,
    Kind::Latin,
    Kind::Greek,
    Kind::Cyrillic,
    Kind::Hebrew,
    Kind::Arabic,
    Kind::Thai,
    Kind::Letter,
    Kind::Mark,
    Kind::Symbol,
    Kind::BoxDrawing,
    Kind::Emoji,
    Kind::PrivateUse,
    Kind::C0,
    Kind::C1,
    Kind::Replacement,
    Kind::Unassigned,
];

impl Kind {
    /// The probability of one character of this kind, where it does not come from the table.
    pub(crate) fn fixed(self) -> Option<f32> {
        match self {
            Kind::PrivateUse | Kind::C1 | Kind::Unassigned => Some(SUSPICIOUS),
            Kind::C0 => Some(CONTROL),
            Kind::Replacement => Some(REPLACEMENT),
            _ => None,
        }
    }
}

/// Blocks whose characters are symbols or punctuation where they are not letters; what is neither there nor a letter,
/// digit or mark counts as unassigned.
const SYMBOL_BLOCKS: &[(u32, u32)] = &[
    (0x0020, 0x007E),
    (0x00A0, 0x00FF),
    (0x02B0, 0x0385),
    (0x0387, 0x0387),
    (0x0482, 0x0489),
    (0x055A, 0x058F),
    (0x05BE, 0x05F4),
    (0x0600, 0x06FF),
    (0x0964, 0x0970),
    (0x0E3F, 0x0E5B),
    (0x0F01, 0x0FDA),
    (0x104A, 0x104F),
    (0x1360, 0x1368),
    (0x17D4, 0x17DC),
    (0x1800, 0x180E),
    (0x1FBD, 0x1FFE),
    (0x2000, 0x2BFF),
    (0x2CE5, 0x2CFF),
    (0x2E00, 0x303F),
    (0x3099, 0x30FF),
    (0x3190, 0x33FF),
    (0x4DC0, 0x4DFF),
    (0xA490, 0xA4C6),
    (0xFE00, 0xFE6F),
    (0xFEFF, 0xFEFF),
    (0xFF00, 0xFFFC),
    (0x1D000, 0x1D7FF),
    (0x1F000, 0x1FBFF),
    (0xE0000, 0xE01EF),
];

/// The kind of a character.
pub(crate) fn kind_of(c: char) -> Kind {
    let cp = c as u32;
    match cp {
        0x00..=0x1F | 0x7F => Kind::C0,
        0x80..=0x9F => Kind::C1,
        0xFFFD => Kind::Replacement,
        0xE000..=0xF8FF | 0xF_0000..=0x10_FFFF => Kind::PrivateUse,
        0xFDD0..=0xFDEF => Kind::Unassigned,
        _ if cp & 0xFFFE == 0xFFFE => Kind::Unassigned,
        0x2500..=0x259F => Kind::BoxDrawing,
        0x4E00..=0x9FFF => Kind::Han,
        0x3400..=0x4DBF | 0xF900..=0xFAFF | 0x2E80..=0x2FDF => Kind::HanCompat,
        0x2_0000..=0x3_23AF => Kind::HanAstral,
        0x3041..=0x3096 | 0x309D..=0x309F | 0x30A1..=0x30FA | 0x30FC..=0x30FF | 0x31F0..=0x31FF => Kind::Kana,
        0xFF61..=0xFF9F => Kind::HalfKana,
        0x1100..=0x11FF | 0x3131..=0x318E | 0xAC00..=0xD7A3 => Kind::Hangul,
        0x2600..=0x27BF | 0x1_F000..=0x1_FAFF | 0xFE0F => Kind::Emoji,
        // What damage is mostly made of, told without a search; a test holds it to the rule.
        0xC0..=0xD6 | 0xD8..=0xF6 | 0xF8..=0x24F => Kind::Latin,
        0x391..=0x3A1 | 0x3A3..=0x3C9 => Kind::Greek,
        0x400..=0x481 | 0x48A..=0x52F => Kind::Cyrillic,
        0x5D0..=0x5EA => Kind::Hebrew,
        0x620..=0x64A => Kind::Arabic,
        0xE01..=0xE30 => Kind::Thai,
        0xA0..=0xA9 | 0xAB..=0xB4 | 0xB6..=0xB9 | 0xBB..=0xBF | 0xD7 | 0xF7 => Kind::Symbol,
        0x2010..=0x205E | 0x20A0..=0x20BF | 0x2190..=0x24B5 | 0x25A0..=0x25FF => Kind::Symbol,
        _ => kind_by_properties(c),
    }
}

/// The kind of a character by its properties in the Unicode Character Database.
fn kind_by_properties(c: char) -> Kind {
    let cp = c as u32;
    let is_in_symbol_block = || SYMBOL_BLOCKS.iter().any(|&(first, last)| (first..=last).contains(&cp));
    match c {
        _ if is_combining_mark(c) => Kind::Mark,
        _ if c.is_alphabetic() => script_of(cp),
        _ if c.is_numeric() || is_in_symbol_block() => Kind::Symbol,
        _ => Kind::Unassigned,
    }
}

/// The kind of a letter.
fn script_of(cp: u32) -> Kind {
    match cp {
        0x00..=0x24F | 0x250..=0x2AF | 0x1E00..=0x1EFF | 0xFF21..=0xFF5A => Kind::Latin,
        0x370..=0x3FF | 0x1F00..=0x1FFF => Kind::Greek,
        0x400..=0x52F => Kind::Cyrillic,
        0x590..=0x5FF => Kind::Hebrew,
        0x600..=0x77F | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC => Kind::Arabic,
        0xE00..=0xE7F => Kind::Thai,
        _ => Kind::Letter,
    }
}

/// The kind of a token; of those that stand for no kind "unassigned".
pub(crate) fn of_token(token: u16) -> Kind {
    let kind = token.checked_sub(FIRST_KIND).and_then(|kind| ALL.get(usize::from(kind)));
    kind.copied().unwrap_or(Kind::Unassigned)
}

/// The token of a kind.
pub(crate) const fn token_of(kind: Kind) -> u16 {
    FIRST_KIND + kind as u16
}

/// Token 0 stands for "nothing there", token 1 for the end of a line; the kinds follow.
pub(crate) const FIRST_KIND: u16 = 2;
/// The token of the end of a line, and as context of its beginning.
pub(crate) const LINE: u16 = 1;
/// The first token that stands for a character.
pub(crate) const FIRST_CHAR: u16 = FIRST_KIND + KINDS as u16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_stand_for_their_kinds() {
        assert!(
            ALL.iter().enumerate().all(|(index, &kind)| kind as usize == index && of_token(token_of(kind)) == kind)
        );
        assert_eq!(of_token(LINE), Kind::Unassigned);
        assert_eq!(of_token(FIRST_CHAR), Kind::Unassigned);
    }

    #[test]
    fn what_is_told_by_range_is_what_properties_say() {
        let told =
            [0xA0..=0x24F, 0x391..=0x3C9, 0x400..=0x52F, 0x5D0..=0x5EA, 0x620..=0x64A, 0xE01..=0xE30, 0x2010..=0x24B5];
        for c in told.into_iter().flatten().filter_map(char::from_u32) {
            if !matches!(kind_of(c), Kind::BoxDrawing | Kind::Emoji) {
                assert_eq!(kind_of(c), kind_by_properties(c), "{c:?}");
            }
        }
    }
}

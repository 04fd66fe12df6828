//! Where decoders differ: vendors added rows that not every program has, and some programs read a pair as another character.

use std::ops::RangeInclusive;

use super::{Encoding, Form};

/// Pairs of leads and trails.
#[derive(Debug)]
pub(crate) struct Rows {
    leads: RangeInclusive<u8>,
    trails: RangeInclusive<u8>,
}

/// Extensions of one encoding at most.
pub(crate) const MOST_EXTENSIONS: usize = 2;

const fn rows(leads: RangeInclusive<u8>, trails: RangeInclusive<u8>) -> Rows {
    Rows { leads, trails }
}

/// Python's codecs and Windows' code pages (as unicode.org maps them) against the index files of the Encoding Standard.
const BIG5: [&[Rows]; MOST_EXTENSIONS] = [
    // Names of control characters: of ETEN, not of HKSCS.
    &[rows(0xA3..=0xA3, 0xC0..=0xFE)],
    // HKSCS, and kana and Cyrillic of ETEN: not of code page 950.
    &[
        rows(0x81..=0xA0, 0x40..=0xFE),
        rows(0xC6..=0xC6, 0xA1..=0xFE),
        rows(0xC7..=0xC8, 0x40..=0xFE),
        rows(0xFA..=0xFE, 0x40..=0xFE),
    ],
];
/// Vertical forms, and characters that came with GB 18030.
const GBK: [&[Rows]; 1] = [&[
    rows(0xA2..=0xA2, 0xE3..=0xE3),
    rows(0xA3..=0xA3, 0xA0..=0xA0),
    rows(0xA6..=0xA6, 0xD9..=0xF3),
    rows(0xA8..=0xA8, 0xBC..=0xBF),
    rows(0xA9..=0xA9, 0x89..=0x95),
    rows(0xFE..=0xFE, 0x50..=0xA0),
]];
/// NEC's row 13 and the ideographs that IBM selected.
const EUC_JP: [&[Rows]; 1] = [&[rows(0xAD..=0xAD, 0xA1..=0xFE), rows(0xF9..=0xFC, 0xA1..=0xFE)]];

/// Characters that other programs read where the Encoding Standard has another one: private use in GB 18030 before 2022, a dot of GB 2312, and
/// marks and signs of the first tables of Big5 and JIS X 0208, as Python and Java have them.
const GBK_VENDORS: &[(char, u16)] = &[
    ('\u{e5e5}', 0xA3A0),
    ('\u{e78d}', 0xA6D9),
    ('\u{e78e}', 0xA6DA),
    ('\u{e78f}', 0xA6DB),
    ('\u{e790}', 0xA6DC),
    ('\u{e791}', 0xA6DD),
    ('\u{e792}', 0xA6DE),
    ('\u{e793}', 0xA6DF),
    ('\u{e794}', 0xA6EC),
    ('\u{e795}', 0xA6ED),
    ('\u{e796}', 0xA6F3),
    ('\u{e7c7}', 0xA8BC),
    ('\u{e81e}', 0xFE59),
    ('\u{e826}', 0xFE61),
    ('\u{e82b}', 0xFE66),
    ('\u{e82c}', 0xFE67),
    ('\u{e832}', 0xFE6D),
    ('\u{e843}', 0xFE7E),
    ('\u{e854}', 0xFE90),
    ('\u{e864}', 0xFEA0),
    ('・', 0xA1A4),
];
const BIG5_VENDORS: &[(char, u16)] = &[
    ('•', 0xA145),
    ('､', 0xA14E),
    ('‾', 0xA1C2),
    ('∼', 0xA1E3),
    ('♁', 0xA1F2),
    ('☉', 0xA1F3),
    ('¥', 0xA244),
    ('¢', 0xA246),
    ('£', 0xA247),
    ('▓', 0xF9FE),
];
const SHIFT_JIS_VENDORS: &[(char, u16)] =
    &[('〜', 0x8160), ('‖', 0x8161), ('−', 0x817C), ('¢', 0x8191), ('£', 0x8192), ('¬', 0x81CA)];
const EUC_JP_VENDORS: &[(char, u16)] =
    &[('〜', 0xA1C1), ('‖', 0xA1C2), ('−', 0xA1DD), ('¢', 0xA1F1), ('£', 0xA1F2), ('¬', 0xA2CC)];

impl Encoding {
    /// What vendors added to the encoding, as rows that a decoder has all of or none of.
    pub(crate) fn extensions(self) -> &'static [&'static [Rows]] {
        match self {
            Encoding::Big5 => &BIG5,
            Encoding::Gbk | Encoding::Gb18030 => &GBK,
            Encoding::EucJp => &EUC_JP,
            _ => &[],
        }
    }

    /// The extension that a pair belongs to, if any.
    pub(crate) fn extension_of(self, lead: u8, trail: u8) -> Option<usize> {
        let is_in = |rows: &&[Rows]| rows.iter().any(|rows| rows.leads.contains(&lead) && rows.trails.contains(&trail));
        self.extensions().iter().position(is_in)
    }

    /// The bytes that some program has read as a character which the Encoding Standard's decoder never gives.
    pub(crate) fn vendor_form(self, c: char) -> Option<Form> {
        let table = match self {
            Encoding::Gbk | Encoding::Gb18030 => GBK_VENDORS,
            Encoding::Big5 => BIG5_VENDORS,
            Encoding::ShiftJis => SHIFT_JIS_VENDORS,
            Encoding::EucJp => EUC_JP_VENDORS,
            _ => &[],
        };
        let found = table.iter().find(|(other, _)| *other == c);
        found.map(|(_, pair)| Form::new(&pair.to_be_bytes()))
    }
}

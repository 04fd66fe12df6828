//! Pairs that the Encoding Standard's decoders read and others do not: vendors added rows, and not every program has all of them.

use std::ops::RangeInclusive;

use super::Encoding;

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
}

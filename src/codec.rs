//! Encodings as relations between bytes and characters.
//!
//! A decoder is a function from bytes to characters, but its inverse is not: GBK `€` is 80 or A2E3, and Big5, Shift_JIS,
//! EUC-JP and gb18030 have duplicates too. Everything here is therefore derived from the decoders, so that whatever
//! decodes also comes back: [`Encoding::forms`] names all byte sequences of a character, the usual one first.

mod extensions;
mod forms;
mod four_byte;
mod inverse;
mod labels;
mod multi;
mod single;
mod standard;
mod unicode;

use std::ops::RangeInclusive;
use std::sync::OnceLock;

pub(crate) use extensions::MOST_EXTENSIONS;
pub(crate) use forms::{Form, Forms, Parse};
use multi::Multi;
use single::Single;
use standard::{has_four_byte, well_formed_prefix};
pub(crate) use unicode::utf8_length;

/// An encoding that text can be written or read in.
///
/// Labels are those of the Encoding Standard where it has the encoding, in lower case; the usual aliases are understood.
/// Decoding follows browsers. In particular the windows-125x pages pass bytes that they leave undefined in 80 to 9F
/// through as C1 controls.
///
/// ```
/// # fn main() -> Result<(), luanma::ChainError> {
/// use luanma::Encoding;
///
/// let encoding: Encoding = "CP936".parse()?;
/// assert_eq!(encoding, Encoding::Gbk);
/// assert_eq!(encoding.to_string(), "gbk");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// GB 18030, with its four-byte sequences.
    Gb18030,
    /// GBK as Windows (cp936) and browsers read it, with the user-defined pairs and 80 as the euro sign, but without four-byte sequences.
    Gbk,
    /// Big5 with the Hong Kong supplement.
    Big5,
    /// Shift_JIS with the NEC and IBM extensions (cp932).
    ShiftJis,
    /// EUC-JP with JIS X 0212.
    EucJp,
    /// EUC-KR with the extensions of Windows (cp949).
    EucKr,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// windows-1250, Central European.
    Windows1250,
    /// windows-1251, Cyrillic.
    Windows1251,
    /// windows-1252, Western European.
    Windows1252,
    /// windows-1253, Greek.
    Windows1253,
    /// windows-1254, Turkish.
    Windows1254,
    /// windows-1255, Hebrew.
    Windows1255,
    /// windows-1256, Arabic.
    Windows1256,
    /// windows-1257, Baltic.
    Windows1257,
    /// windows-1258, Vietnamese.
    Windows1258,
    /// windows-874, Thai.
    Windows874,
    /// True Latin-1: every byte is the character of the same number.
    Iso8859_1,
    /// ISO 8859-2, Central European.
    Iso8859_2,
    /// ISO 8859-3, South European.
    Iso8859_3,
    /// ISO 8859-4, North European.
    Iso8859_4,
    /// ISO 8859-5, Cyrillic.
    Iso8859_5,
    /// ISO 8859-6, Arabic.
    Iso8859_6,
    /// ISO 8859-7, Greek.
    Iso8859_7,
    /// ISO 8859-8, Hebrew.
    Iso8859_8,
    /// ISO 8859-10, Nordic.
    Iso8859_10,
    /// ISO 8859-13, Baltic.
    Iso8859_13,
    /// ISO 8859-14, Celtic.
    Iso8859_14,
    /// ISO 8859-15, Western European with the euro sign.
    Iso8859_15,
    /// ISO 8859-16, South-Eastern European.
    Iso8859_16,
    /// KOI8-R, Russian.
    Koi8R,
    /// KOI8-U, Ukrainian.
    Koi8U,
    /// PTCP154, Kazakh and other Asian Cyrillic.
    Ptcp154,
    /// Mac OS Roman.
    Macintosh,
    /// DOS page 437, United States.
    Cp437,
    /// DOS page 850, Western European.
    Cp850,
    /// DOS page 852, Central European.
    Cp852,
    /// DOS page 857, Turkish.
    Cp857,
    /// DOS page 866, Russian.
    Cp866,
    /// x-user-defined: bytes beyond ASCII are U+F780 to U+F7FF, so that scripts can read any bytes as text.
    XUserDefined,
}

/// Radicals, kana, ideographs, Hangul: no page of single bytes has any of them, as a test shows.
const EAST_ASIAN: RangeInclusive<char> = '\u{2e80}'..='\u{d7ff}';

/// Whether a character is a byte beyond ASCII in x-user-defined, which no other encoding has but by private use.
pub(crate) fn shows_byte(c: char) -> bool {
    ('\u{f780}'..='\u{f7ff}').contains(&c)
}

/// The longest code of a character in any encoding.
pub(crate) const LONGEST_CODE: usize = 4;

/// What the encodings other than the Unicode ones are read and written with.
enum Table {
    Single(Box<Single>),
    Multi(Box<Multi>),
}

/// One place for each encoding's table, filled when it is first needed: most programs need a few of them.
static TABLES: [OnceLock<Table>; Encoding::ALL.len()] = [const { OnceLock::new() }; Encoding::ALL.len()];

impl Encoding {
    /// Every encoding, in the order of their declaration.
    ///
    /// ```
    /// use luanma::Encoding;
    /// assert!(Encoding::ALL.contains(&Encoding::Gb18030));
    /// ```
    pub const ALL: &'static [Encoding] = {
        use Encoding::*;
        &[
            Utf8,
            Gb18030,
            Gbk,
            Big5,
            ShiftJis,
            EucJp,
            EucKr,
            Utf16Le,
            Utf16Be,
            Windows1250,
            Windows1251,
            Windows1252,
            Windows1253,
            Windows1254,
            Windows1255,
            Windows1256,
            Windows1257,
            Windows1258,
            Windows874,
            Iso8859_1,
            Iso8859_2,
            Iso8859_3,
            Iso8859_4,
            Iso8859_5,
            Iso8859_6,
            Iso8859_7,
            Iso8859_8,
            Iso8859_10,
            Iso8859_13,
            Iso8859_14,
            Iso8859_15,
            Iso8859_16,
            Koi8R,
            Koi8U,
            Ptcp154,
            Macintosh,
            Cp437,
            Cp850,
            Cp852,
            Cp857,
            Cp866,
            XUserDefined,
        ]
    };

    /// Whether each byte is a character of its own.
    pub(crate) fn is_single_byte(self) -> bool {
        use Encoding::*;
        !matches!(self, Utf8 | Gb18030 | Gbk | Big5 | ShiftJis | EucJp | EucKr | Utf16Le | Utf16Be)
    }

    /// Whether each code unit is two bytes.
    pub(crate) fn is_utf16(self) -> bool {
        matches!(self, Encoding::Utf16Le | Encoding::Utf16Be)
    }

    /// Whether some character has more than one form, so that bytes cannot be had back from characters alone. Not so EUC-KR:
    /// where KS X 1001 has a hanja twice, Unicode has it twice too.
    pub(crate) fn has_duplicates(self) -> bool {
        use Encoding::*;
        matches!(self, Gb18030 | Gbk | Big5 | ShiftJis | EucJp)
    }

    /// All byte sequences that decode to `c`, the usual one first; empty if there is none.
    pub(crate) fn forms(self, c: char) -> Forms {
        match self {
            Encoding::Utf8 => Forms::one(unicode::utf8_form(c)),
            Encoding::Utf16Le => Forms::one(unicode::utf16_form(c, u16::to_le_bytes)),
            Encoding::Utf16Be => Forms::one(unicode::utf16_form(c, u16::to_be_bytes)),
            // Spares the tables of some thirty pages where a text is all ideographs.
            _ if self.is_single_byte() && EAST_ASIAN.contains(&c) => Forms::default(),
            _ => match self.table() {
                Table::Single(table) => table.forms(c),
                Table::Multi(table) => table.forms(c),
            },
        }
    }

    /// The code that stands for two characters at once; Big5 has four such codes.
    pub(crate) fn pair_form(self, first: char, second: char) -> Option<Form> {
        match self {
            Encoding::Big5 => match self.table() {
                Table::Multi(table) => table.pair_form(first, second),
                Table::Single(_) => None,
            },
            _ => None,
        }
    }

    /// Whether `c` is the first of two characters with a common code.
    pub(crate) fn starts_pair(self, c: char) -> bool {
        self == Encoding::Big5 && matches!(c, 'Ê' | 'ê')
    }

    /// Reads the first character of `bytes`; at most four bytes matter.
    pub(crate) fn parse(self, bytes: &[u8]) -> Parse {
        match self {
            Encoding::Utf8 => unicode::parse_utf8(bytes),
            Encoding::Utf16Le => unicode::parse_utf16(bytes, u16::from_le_bytes),
            Encoding::Utf16Be => unicode::parse_utf16(bytes, u16::from_be_bytes),
            _ => match self.table() {
                Table::Single(table) => table.parse(bytes),
                Table::Multi(table) => table.parse(bytes),
            },
        }
    }

    /// Decodes the whole of `bytes`, or nothing if they are malformed anywhere. A byte order mark is a character like others.
    pub(crate) fn decode(self, bytes: &[u8]) -> Option<String> {
        let Some(decoder) = self.decoder() else {
            return match self.decode_prefix(bytes) {
                (text, consumed) if consumed == bytes.len() => Some(text),
                _ => None,
            };
        };
        let Some(text) = decoder.decode_without_bom_handling_and_without_replacement(bytes) else {
            return self.decode_windows_932(bytes);
        };
        let text = text.into_owned();
        (self != Encoding::Gbk || !has_four_byte(bytes, &text)).then_some(text)
    }

    /// Shift_JIS as Windows reads it, where the Encoding Standard rejects `bytes`.
    fn decode_windows_932(self, bytes: &[u8]) -> Option<String> {
        if self != Encoding::ShiftJis {
            return None;
        }
        let (text, consumed) = self.decode_parsed(bytes);
        (consumed == bytes.len()).then_some(text)
    }

    /// Decodes `bytes` as far as they are well-formed, and tells how many were consumed.
    pub(crate) fn decode_prefix(self, bytes: &[u8]) -> (String, usize) {
        if let Some(decoder) = self.decoder() {
            let (text, consumed) = well_formed_prefix(decoder, bytes);
            if self == Encoding::ShiftJis && matches!(bytes.get(consumed), Some(0xA0 | 0xFD..)) {
                return self.decode_parsed(bytes);
            }
            if self != Encoding::Gbk || !has_four_byte(&bytes[..consumed], &text) {
                return (text, consumed);
            }
        }
        self.decode_parsed(bytes)
    }

    fn decode_parsed(self, bytes: &[u8]) -> (String, usize) {
        let mut text = String::with_capacity(bytes.len());
        let mut at = 0;
        loop {
            match self.parse(&bytes[at..]) {
                Parse::Char { c, len } => {
                    text.push(c);
                    at += usize::from(len);
                }
                Parse::Pair { first, second, len } => {
                    text.extend([first, second]);
                    at += usize::from(len);
                }
                Parse::Incomplete | Parse::Malformed => return (text, at),
            }
        }
    }

    /// Writes `text` in usual forms.
    ///
    /// # Errors
    ///
    /// The byte offset in `text` of the first character that has no form.
    pub(crate) fn encode(self, text: &str) -> Result<Vec<u8>, usize> {
        match self {
            Encoding::Utf8 => Ok(text.as_bytes().to_vec()),
            Encoding::Utf16Le => Ok(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            Encoding::Utf16Be => Ok(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            _ => match self.table() {
                Table::Single(table) => table.encode(text),
                Table::Multi(table) => table.encode(text),
            },
        }
    }

    /// Where in `text` the character begins that wrote the byte numbered `wanted`.
    pub(crate) fn character_at(self, text: &str, wanted: usize) -> usize {
        let mut written = 0;
        for (offset, c) in text.char_indices() {
            // The second half of a code for two characters has no form and counts nothing: near enough for a message.
            written += self.forms(c).first().map_or(0, |form| form.len());
            if written > wanted {
                return offset;
            }
        }
        text.len()
    }

    /// Whether `c` has a form.
    pub(crate) fn can_write(self, c: char) -> bool {
        !self.forms(c).is_empty()
    }

    /// Whether bytes are the usual form of `c`.
    pub(crate) fn is_usual(self, c: char, bytes: &[u8]) -> bool {
        self == Encoding::Utf8 || self.forms(c).first().is_some_and(|form| **form == *bytes)
    }

    /// Appends the usual form of `c`; false if there is none.
    pub(crate) fn write_usual(self, c: char, bytes: &mut Vec<u8>) -> bool {
        if c.is_ascii() {
            bytes.push(c as u8);
            return true;
        }
        let length = bytes.len();
        if let Some(form) = self.forms(c).first() {
            bytes.extend_from_slice(form);
        }
        bytes.len() > length
    }

    fn table(self) -> &'static Table {
        TABLES[self as usize].get_or_init(|| {
            if self.is_single_byte() {
                Table::Single(Box::new(Single::new(self)))
            } else if let Some(decoder) = self.decoder() {
                Table::Multi(Box::new(Multi::new(decoder, self == Encoding::Gb18030)))
            } else {
                unreachable!("only single-byte pages lack a decoder")
            }
        })
    }
}

#[cfg(test)]
mod tests;

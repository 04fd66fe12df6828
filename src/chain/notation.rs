//! Notations of bytes and of characters in ASCII, as steps of a chain.
//!
//! Writing chooses the commonest spelling of each notation and never one that reading would take for something else, so
//! what was shown reads back as it was. Reading understands more spellings than writing uses, and leaves what is no
//! escape as it stands.

mod bytes;
mod entities;
mod hex;
mod hz;
mod mime;
mod text;
mod utf7;

use std::fmt;
use std::str::FromStr;

use super::by_label;
use crate::{ChainError, Encoding};

/// How bytes are shown in ASCII. Bytes that are ASCII stand for themselves where the notation allows.
///
/// ```
/// # fn main() -> Result<(), luanma::ChainError> {
/// let chain: luanma::Chain = "utf-8 as percent-escapes".parse()?;
/// assert_eq!(chain.apply("50% 好")?, "50%25 %E5%A5%BD");
/// assert_eq!(chain.undo("50%25 %e5%a5%bd")?, "50% 好");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ByteNotation {
    /// `%E5`: percent-encoding, RFC 3986 section 2.1.
    Percent,
    /// `\xe5`: hexadecimal escapes of C (ISO/IEC 9899, 6.4.4.4), always two digits, as Python shows bytes; with two
    /// backslashes where all escapes have them. Reading understands `\'e5` (RTF) and `\udce5` (bytes in a string of Python,
    /// PEP 383) as well. Other backslash escapes stay as they stand.
    BackslashX,
    /// `\E5`: distinguished names of LDAP, RFC 4514 section 2.4; with two backslashes where all escapes have them.
    BackslashHex,
    /// `\345`: octal escapes of C (ISO/IEC 9899, 6.4.4.4), always three digits, as Git and Qt show bytes; with two
    /// backslashes where all escapes have them. Other backslash escapes stay as they stand.
    Octal,
    /// `=E5`: quoted-printable, RFC 2045 section 6.7. Soft line breaks are read, but none are written.
    QuotedPrintable,
    /// `<e5>`: how R, less and Vim show bytes that they cannot show as text.
    Angle,
    /// `E5A5BD`: all bytes as hexadecimal digits, as `HEX()` of MySQL gives them. Reading understands the prefixes `0x` and `\x` (of
    /// PostgreSQL's `bytea`) and blanks between bytes as well; anything else is an error.
    Hex,
    /// `=?utf-8?B?5aW9?=`: encoded words of mail headers in base64, RFC 2047. Reading understands both kinds of word, and
    /// takes their bytes in the step's encoding, whatever they call it: gb2312 is often gb18030.
    MimeB,
    /// `=?utf-8?Q?=E5=A5=BD?=`: encoded words in hexadecimal, RFC 2047; otherwise as [`ByteNotation::MimeB`].
    MimeQ,
}

/// How characters are spelled out in ASCII.
///
/// ```
/// # fn main() -> Result<(), luanma::ChainError> {
/// let chain: luanma::Chain = "utf-8 as windows-1252 | text as html-references".parse()?;
/// assert_eq!(chain.apply("é")?, "&#195;&#169;");
/// assert_eq!(chain.undo("&Atilde;&copy;")?, "é");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum TextNotation {
    /// `\u597d`: escapes of JSON strings, RFC 8259 section 7; with two backslashes where all escapes have them. Reading
    /// understands `\u{597d}` (Rust, Swift, ECMA-262), `\x{597d}` (Perl) and `\U0000597d` (C, Python) as well. Other backslash
    /// escapes stay as they stand.
    Json,
    /// `%u597D`, and `%E9` below U+0100: what `escape` of JavaScript writes, ECMA-262 annex B.2.1.
    JavaScript,
    /// `&#22909;`, `&#x597d;`, `&eacute;`: character references of HTML with the names of HTML 4.01, section 24. Numbers from 128
    /// to 159 are the C1 controls, although browsers take them for windows-1252. Like browsers, reading can do without the
    /// semicolon after a number beyond ASCII.
    Html,
    /// `<U+597D>`: how R shows characters that a page lacks. Reading understands `#U597d` and `#L01f600` (Info-ZIP) as well.
    UPlus,
    /// `+WX0-`: UTF-7, RFC 2152.
    Utf7,
    /// `&WX0-`: names of mailboxes, RFC 3501 section 5.1.3.
    Utf7Imap,
    /// `~{:C~}`: HZ, RFC 1843, for the characters of GB 2312.
    Hz,
}

impl ByteNotation {
    /// Every notation, in the order of their declaration.
    ///
    /// ```
    /// assert!(luanma::ByteNotation::ALL.contains(&luanma::ByteNotation::Percent));
    /// ```
    pub const ALL: &'static [ByteNotation] = {
        use ByteNotation::*;
        &[Percent, BackslashX, BackslashHex, Octal, QuotedPrintable, Angle, Hex, MimeB, MimeQ]
    };

    /// The name that [`Step`](crate::Step)s are printed with.
    ///
    /// ```
    /// assert_eq!(luanma::ByteNotation::Octal.label(), "octal-escapes");
    /// ```
    pub fn label(self) -> &'static str {
        match self {
            ByteNotation::Percent => "percent-escapes",
            ByteNotation::BackslashX => "backslash-x",
            ByteNotation::BackslashHex => "backslash-hex",
            ByteNotation::Octal => "octal-escapes",
            ByteNotation::QuotedPrintable => "quoted-printable",
            ByteNotation::Angle => "angle-brackets",
            ByteNotation::Hex => "hex",
            ByteNotation::MimeB => "mime-b",
            ByteNotation::MimeQ => "mime-q",
        }
    }

    /// Shows bytes that were written in an encoding.
    pub(super) fn show(self, written: Encoding, bytes: &[u8]) -> String {
        match self {
            ByteNotation::MimeB | ByteNotation::MimeQ => mime::show(self, written, bytes),
            ByteNotation::Hex => hex::show(bytes),
            _ => bytes::show(self, bytes),
        }
    }

    /// Reads the bytes and decodes them; the error is an offset in `text`.
    pub(super) fn undo(self, written: Encoding, text: &str) -> Result<String, usize> {
        let mut bytes = Vec::with_capacity(text.len());
        self.read(text, |_, some| bytes.extend_from_slice(some))?;
        written.decode(&bytes).ok_or_else(|| {
            // Where the first byte came from that makes no sense.
            let (sound, mut seen, mut place) = (written.decode_prefix(&bytes).1, 0, text.len());
            let _ = self.read(text, |offset, some| {
                if (seen..seen + some.len()).contains(&sound) {
                    place = offset;
                }
                seen += some.len();
            });
            place
        })
    }

    /// Hands on the bytes, with the offset where they are shown; the error is the offset of a character that is not ASCII, or no
    /// digit where there are only digits.
    fn read(self, text: &str, take: impl FnMut(usize, &[u8])) -> Result<(), usize> {
        if let Some(offset) = text.bytes().position(|b| !b.is_ascii()) {
            return Err(offset);
        }
        match self {
            ByteNotation::MimeB | ByteNotation::MimeQ => mime::read(text.as_bytes(), take),
            ByteNotation::Hex => return hex::read(text.as_bytes(), take),
            _ => bytes::read(self, text.as_bytes(), take),
        }
        Ok(())
    }
}

impl TextNotation {
    /// Every notation, in the order of their declaration.
    ///
    /// ```
    /// assert!(luanma::TextNotation::ALL.contains(&luanma::TextNotation::Hz));
    /// ```
    pub const ALL: &'static [TextNotation] = {
        use TextNotation::*;
        &[Json, JavaScript, Html, UPlus, Utf7, Utf7Imap, Hz]
    };

    /// The name that [`Step`](crate::Step)s are printed with.
    ///
    /// ```
    /// assert_eq!(luanma::TextNotation::Utf7.label(), "utf-7");
    /// ```
    pub fn label(self) -> &'static str {
        match self {
            TextNotation::Json => "json-escapes",
            TextNotation::JavaScript => "javascript-escapes",
            TextNotation::Html => "html-references",
            TextNotation::UPlus => "u-plus",
            TextNotation::Utf7 => "utf-7",
            TextNotation::Utf7Imap => "utf-7-imap",
            TextNotation::Hz => "hz",
        }
    }

    /// Spells a text out; the error is the offset of a character that the notation lacks.
    pub(super) fn show(self, text: &str) -> Result<String, usize> {
        match self {
            TextNotation::Utf7 | TextNotation::Utf7Imap => Ok(utf7::show(self, text)),
            TextNotation::Hz => hz::show(text),
            _ => Ok(text::show(self, text)),
        }
    }

    /// Reads what was spelled out; the error is the offset of what the notation does not allow.
    pub(super) fn read(self, text: &str) -> Result<String, usize> {
        match self {
            TextNotation::Utf7 | TextNotation::Utf7Imap => utf7::read(self, text),
            TextNotation::Hz => hz::read(text),
            _ => Ok(text::read(self, text)),
        }
    }
}

pub(crate) use bytes::{escape_at as byte_escape_at, is_escape as is_byte_escape, slashes};
pub(crate) use hex::{may_be_in as hex_may_be_in, run_at as hex_run_at};
pub(crate) use hz::run_at as hz_run_at;
pub(crate) use mime::{gap_at as mime_gap_at, word_at};
pub(crate) use text::{escape_at as text_escape_at, is_escape as is_text_escape};
pub(crate) use utf7::{digit as utf7_digit, introducer as utf7_introducer, run_at as utf7_run_at};

impl fmt::Display for ByteNotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}

impl fmt::Display for TextNotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}

impl FromStr for ByteNotation {
    type Err = ChainError;

    fn from_str(s: &str) -> Result<Self, ChainError> {
        by_label(Self::ALL, Self::label, s)
    }
}

impl FromStr for TextNotation {
    type Err = ChainError;

    fn from_str(s: &str) -> Result<Self, ChainError> {
        by_label(Self::ALL, Self::label, s)
    }
}

#[cfg(test)]
mod tests;

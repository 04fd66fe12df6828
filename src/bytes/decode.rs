//! Reads bytes that may be malformed.
//!
//! In UTF-8 what is malformed is not lost: it is shown byte by byte, as characters of x-user-defined, to the stages that look for damage. What
//! nothing comes of is a mark in the end.

use crate::codec::{Encoding, LONGEST_CODE, Parse, shows_byte};

/// What bytes read in an encoding.
pub(crate) struct Decoded {
    pub(crate) text: String,
    /// Bytes that fit nowhere.
    pub(super) malformed: usize,
    /// Bytes that were read: all of them, but for a character that is cut off.
    pub(crate) consumed: usize,
    /// Whether bytes that fit nowhere in UTF-8 stand as characters of x-user-defined, so that what is left of a character is not lost. They
    /// are as long as U+FFFD, which stands for them elsewhere and where nothing comes of them ([`marked`]).
    pub(crate) is_shown: bool,
}

/// Decodes loosely, and shows bytes that fit nowhere where that is wanted and nothing else is taken for them. Where the bytes are `cut` off from
/// more of them, a character cut off with them is left.
pub(crate) fn decode_loosely(encoding: Encoding, bytes: &[u8], cut: bool, may_show: bool) -> Decoded {
    let (mut text, mut at) = encoding.decode_prefix(bytes);
    let mut malformed = 0;
    let mut is_shown = may_show
        && encoding == Encoding::Utf8
        && at < bytes.len()
        && !bytes.windows(2).any(|w| matches!(w, [0xEF, 0x9E | 0x9F]));
    if is_shown {
        // The line that is malformed may be so from its beginning on.
        at = text.rfind('\n').map_or(0, |end| end + 1);
        text.truncate(at);
    }
    while at < bytes.len() {
        if is_shown && let Some(foreign) = foreign(bytes, at) {
            malformed += foreign.iter().filter(|byte| !byte.is_ascii()).count();
            text.extend(foreign.iter().map(|&byte| shown(byte)));
            at += foreign.len();
            continue;
        }
        match encoding.parse(&bytes[at..bytes.len().min(at + LONGEST_CODE)]) {
            Parse::Char { c, len } => {
                text.push(c);
                at += len as usize;
            }
            Parse::Pair { first, second, len } => {
                text.extend([first, second]);
                at += len as usize;
            }
            parse @ (Parse::Incomplete | Parse::Malformed) => {
                if let Some(c) = surrogates(&bytes[at..]).filter(|_| encoding == Encoding::Utf8) {
                    text.push(c);
                    at += SURROGATES;
                    continue;
                }
                if parse == Parse::Incomplete && cut {
                    break;
                }
                text.push(if is_shown { shown(bytes[at]) } else { char::REPLACEMENT_CHARACTER });
                malformed += 1;
                at += 1;
            }
        }
    }
    is_shown &= malformed > 0;
    Decoded { text, malformed, consumed: at, is_shown }
}

/// Malformed bytes that a run of bytes beyond ASCII has at least if it is no UTF-8, but for lost bytes.
const FOREIGN: usize = 3;

/// Whether bytes are of another encoding than UTF-8: malformed in many places, and what is not may be so by chance.
fn is_foreign(run: &[u8]) -> bool {
    let (mut malformed, mut long, mut at) = (0, 0, 0);
    while at < run.len() {
        match Encoding::Utf8.parse(&run[at..run.len().min(at + LONGEST_CODE)]) {
            Parse::Char { len, .. } => {
                long += usize::from(len > 2);
                at += usize::from(len);
            }
            _ if surrogates(&run[at..]).is_some() => at += SURROGATES,
            _ => {
                malformed += 1;
                at += 1;
            }
        }
    }
    malformed >= FOREIGN && malformed > long
}

/// The line, or the run of bytes beyond ASCII, that begins at a place and is of another encoding than UTF-8: programs write to the same file.
fn foreign(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let rest = &bytes[at..];
    let until = |is_end: fn(&u8) -> bool| &rest[..rest.iter().position(is_end).unwrap_or(rest.len())];
    let before = at.checked_sub(1).map(|before| bytes[before]);
    if before.is_none_or(|b| b == b'\n') {
        let line = until(|&b| b == b'\n');
        if is_foreign(line) {
            return Some(line);
        }
    }
    let begins = !rest[0].is_ascii() && before.is_none_or(|b| b.is_ascii());
    begins.then(|| until(u8::is_ascii)).filter(|run| is_foreign(run))
}

/// The character that shows a byte: itself in ASCII.
fn shown(byte: u8) -> char {
    match Encoding::XUserDefined.parse(&[byte]) {
        Parse::Char { c, .. } => c,
        _ => char::REPLACEMENT_CHARACTER,
    }
}

/// Bytes of a character beyond the basic plane in CESU-8 (Unicode technical report 26): two surrogates, each as if it were a character.
const SURROGATES: usize = 6;

/// The character that begins so; databases and Java write them into what is called UTF-8.
fn surrogates(bytes: &[u8]) -> Option<char> {
    let &[0xED, a, b, 0xED, c, d, ..] = bytes else { return None };
    let unit = |a: u8, b: u8| {
        let is_unit = a >= 0xA0 && [a, b].iter().all(|byte| (0x80..=0xBF).contains(byte));
        is_unit.then(|| 0xD000 | u16::from(a & 0x3F) << 6 | u16::from(b & 0x3F))
    };
    char::decode_utf16([unit(a, b)?, unit(c, d)?]).next()?.ok()
}

/// A text with U+FFFD for what shows a malformed byte.
pub(crate) fn marked(text: &str) -> String {
    text.replace(shows_byte, "\u{fffd}")
}

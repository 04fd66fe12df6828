//! UTF-8 and UTF-16, which need no tables.

use super::{Form, Parse};

pub(super) fn utf8_form(c: char) -> Form {
    let mut bytes = [0; 4];
    let len = c.encode_utf8(&mut bytes).len();
    Form::padded(bytes, len)
}

pub(super) fn utf16_form(c: char, to_bytes: fn(u16) -> [u8; 2]) -> Form {
    let mut units = [0; 2];
    let len = 2 * c.encode_utf16(&mut units).len();
    let ([a, b], [c, d]) = (to_bytes(units[0]), to_bytes(units[1]));
    Form::padded([a, b, c, d], len)
}

/// Bytes of the character of UTF-8 that a byte begins; nothing where it begins none.
pub(crate) fn utf8_length(lead: u8) -> Option<usize> {
    match lead {
        0x00..=0x7F => Some(1),
        0xC2..=0xDF => Some(2),
        0xE0..=0xEF => Some(3),
        0xF0..=0xF4 => Some(4),
        _ => None,
    }
}

/// Strict: no surrogates, nothing longer than it must be. The second byte's range tells all of that (Unicode, table 3-7).
pub(super) fn parse_utf8(bytes: &[u8]) -> Parse {
    let Some(&lead) = bytes.first() else { return Parse::Incomplete };
    let (len, second_range) = match lead {
        0x00..=0x7F => return Parse::Char { c: char::from(lead), len: 1 },
        0xC2..=0xDF => (2, 0x80..=0xBF),
        0xE0 => (3, 0xA0..=0xBF),
        0xED => (3, 0x80..=0x9F),
        0xE1..=0xEF => (3, 0x80..=0xBF),
        0xF0 => (4, 0x90..=0xBF),
        0xF1..=0xF3 => (4, 0x80..=0xBF),
        0xF4 => (4, 0x80..=0x8F),
        _ => return Parse::Malformed,
    };
    let tail = &bytes[1..bytes.len().min(len)];
    let mut code = u32::from(lead) & (0x7F >> len);
    for (i, &byte) in tail.iter().enumerate() {
        let fits = if i == 0 { second_range.contains(&byte) } else { (0x80..=0xBF).contains(&byte) };
        if !fits {
            return Parse::Malformed;
        }
        code = code << 6 | u32::from(byte & 0x3F);
    }
    if tail.len() + 1 < len {
        return Parse::Incomplete;
    }
    match char::from_u32(code) {
        Some(c) => Parse::Char { c, len: len as u8 },
        None => Parse::Malformed,
    }
}

pub(super) fn parse_utf16(bytes: &[u8], from_bytes: fn([u8; 2]) -> u16) -> Parse {
    let is_low = |unit: u16| (0xDC00..0xE000).contains(&unit);
    // A lone byte is fine if some byte after it makes a unit that may stand there: both ends of the range are tried.
    let may_start = |byte: u8, fits: &dyn Fn(u16) -> bool| (0..=0xFF).any(|other| fits(from_bytes([byte, other])));
    match *bytes {
        [] => Parse::Incomplete,
        [a] => {
            if may_start(a, &|unit| !is_low(unit)) {
                Parse::Incomplete
            } else {
                Parse::Malformed
            }
        }
        [a, b, ..] => {
            let unit = from_bytes([a, b]);
            if !(0xD800..0xE000).contains(&unit) {
                return Parse::of_unit(unit, 2);
            }
            if is_low(unit) {
                return Parse::Malformed;
            }
            match *bytes {
                [_, _, c, d, ..] => {
                    let low = from_bytes([c, d]);
                    match char::decode_utf16([unit, low]).next() {
                        Some(Ok(c)) => Parse::Char { c, len: 4 },
                        _ => Parse::Malformed,
                    }
                }
                [_, _, c] if !may_start(c, &is_low) => Parse::Malformed,
                _ => Parse::Incomplete,
            }
        }
    }
}

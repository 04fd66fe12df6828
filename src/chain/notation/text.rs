//! Escapes of single characters: `\u597d`, `%u597D`, `&#22909;`, `<U+597D>`.

use super::TextNotation;
use super::bytes::{hex_byte, hex_digit, slashes};
use super::entities;

/// The escape at the start of `rest`: its character and its length. Backslashes are as many as [`slashes`] says.
pub(crate) fn escape_at(notation: TextNotation, rest: &[u8], slashes: usize) -> Option<(char, usize)> {
    match notation {
        TextNotation::Json => {
            let after = rest.strip_prefix(&b"\\\\"[..slashes])?;
            match code_point(after) {
                Some((c, len)) => Some((c, slashes + len)),
                None => character(rest, slashes, |rest| unit(rest.strip_prefix(&b"\\\\"[..slashes])?)),
            }
        }
        TextNotation::UPlus => u_plus(rest),
        TextNotation::JavaScript if rest[0] == b'%' => {
            if let Some(byte) = hex_byte(&rest[1..]) {
                return Some((byte as char, 3));
            }
            character(rest, 1, |rest| unit(rest.strip_prefix(b"%")?))
        }
        TextNotation::Html if rest[0] == b'&' => reference(rest),
        _ => None,
    }
}

/// Characters of `u597d`.
const UNIT: usize = 5;

/// The UTF-16 unit of four digits after a letter.
fn unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"u")?;
    Some(u16::from_be_bytes([hex_byte(digits)?, hex_byte(digits.get(2..)?)?]))
}

/// What follows the backslashes of an escape.
pub(crate) fn is_escape(notation: TextNotation, after: &[u8]) -> bool {
    notation == TextNotation::Json && (unit(after).is_some() || code_point(after).is_some())
}

/// The character of `u{597d}`, `x{597d}` or `U0000597d`, and the length of that.
fn code_point(after: &[u8]) -> Option<(char, usize)> {
    match after {
        [b'U', digits @ ..] => Some((character_of(digits.get(..8)?, 16)?, 9)),
        [b'u' | b'x', b'{', digits @ ..] => {
            let len = digits.iter().take(MOST_DIGITS + 1).position(|&b| b == b'}')?;
            Some((character_of(&digits[..len], 16)?, len + 3))
        }
        _ => None,
    }
}

/// The character of `<U+597D>`, `#U597d` or `#L01f600`, and the length of that.
fn u_plus(rest: &[u8]) -> Option<(char, usize)> {
    match rest {
        [b'<', b'U', b'+', digits @ ..] => {
            let len = digits.iter().take(MOST_DIGITS + 1).position(|&b| b == b'>').filter(|&len| len >= 4)?;
            Some((character_of(&digits[..len], 16)?, len + 4))
        }
        [b'#', b'U', digits @ ..] => Some((character_of(digits.get(..4)?, 16)?, 6)),
        [b'#', b'L', digits @ ..] => Some((character_of(digits.get(..6)?, 16)?, 8)),
        _ => None,
    }
}

/// One unit, or the two of a character beyond U+FFFF; `unit_at` reads one with its introducer.
fn character(rest: &[u8], introducer: usize, unit_at: impl Fn(&[u8]) -> Option<u16>) -> Option<(char, usize)> {
    let len = introducer + UNIT;
    let first = unit_at(rest)?;
    if let Some(c) = char::from_u32(first.into()) {
        return Some((c, len));
    }
    let second = unit_at(rest.get(len..)?)?;
    let c = char::decode_utf16([first, second]).next()?.ok()?;
    Some((c, 2 * len))
}

/// More digits than any character's number has, leading zeros included.
const MOST_DIGITS: usize = 8;

fn reference(rest: &[u8]) -> Option<(char, usize)> {
    let (start, radix) = match rest {
        [_, b'#', b'x' | b'X', ..] => (3, 16),
        [_, b'#', ..] => (2, 10),
        _ => {
            let len = rest[1..].iter().take(entities::LONGEST + 1).position(|&b| b == b';')?;
            let name = std::str::from_utf8(&rest[1..1 + len]).ok()?;
            return entities::character(name).map(|c| (c, len + 2));
        }
    };
    let is_digit = |b: &u8| hex_digit(*b).is_some_and(|digit| u32::from(digit) < radix);
    let len = rest[start..].iter().take_while(|b| is_digit(b)).count();
    let c = character_of(&rest[start..start + len], radix)?;
    let is_closed = rest.get(start + len) == Some(&b';');
    (is_closed || !c.is_ascii()).then_some((c, start + len + usize::from(is_closed)))
}

/// The character of a number, which has a digit, and no more than any character's has; zero is none in HTML, nor in text.
fn character_of(digits: &[u8], radix: u32) -> Option<char> {
    if digits.len() > MOST_DIGITS {
        return None;
    }
    let mut number = 0u32;
    for &digit in digits {
        let digit = hex_digit(digit).map(u32::from).filter(|&digit| digit < radix)?;
        number = number.checked_mul(radix)?.checked_add(digit)?;
    }
    char::from_u32(number).filter(|&c| c != '\0')
}

pub(super) fn read(notation: TextNotation, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut at, mut plain) = (0, 0);
    let slashes = slashes(text.as_bytes(), |after| is_escape(notation, after));
    while at < text.len() {
        match escape_at(notation, &text.as_bytes()[at..], slashes) {
            Some((c, len)) => {
                out.push_str(&text[plain..at]);
                out.push(c);
                at += len;
                plain = at;
            }
            None => at += 1,
        }
    }
    out.push_str(&text[plain..]);
    out
}

pub(super) fn show(notation: TextNotation, text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for (at, c) in text.char_indices() {
        let is_escaped = !c.is_ascii()
            || match notation {
                // A backslash must not make an escape of what follows, nor a pair with the backslash of one.
                TextNotation::Json => {
                    let next = text.as_bytes().get(at + 1);
                    c == '\\' && next.is_some_and(|&b| !b.is_ascii() || matches!(b, b'\\' | b'u' | b'U' | b'x'))
                }
                TextNotation::JavaScript => c == '%',
                _ => c.is_ascii() && escape_at(notation, &text.as_bytes()[at..], 1).is_some(),
            };
        match notation {
            _ if !is_escaped => out.push(c),
            TextNotation::Json => {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")))
            }
            TextNotation::JavaScript if c <= '\u{FF}' => out.push_str(&format!("%{:02X}", u32::from(c))),
            TextNotation::JavaScript => {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("%u{unit:04X}")))
            }
            TextNotation::UPlus if c <= '\u{FFFF}' => out.push_str(&format!("<U+{:04X}>", u32::from(c))),
            TextNotation::UPlus => out.push_str(&format!("<U+{:08X}>", u32::from(c))),
            _ if c == '&' => out.push_str("&amp;"),
            _ => out.push_str(&format!("&#{};", u32::from(c))),
        }
    }
    out
}

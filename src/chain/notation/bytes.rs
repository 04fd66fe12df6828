//! Escapes of single bytes: `%E5`, `\xe5`, `\345`, `=E5`, `<e5>`.

use super::ByteNotation;

/// The escape at the start of `rest`: its byte, or none for a soft line break, and its length. Backslashes are as many as
/// [`slashes`] says.
pub(crate) fn escape_at(notation: ByteNotation, rest: &[u8], slashes: usize) -> Option<(Option<u8>, usize)> {
    match notation {
        ByteNotation::Percent => (rest[0] == b'%').then(|| hex_byte(&rest[1..])).flatten().map(|b| (Some(b), 3)),
        ByteNotation::QuotedPrintable if rest[0] == b'=' => match hex_byte(&rest[1..]) {
            Some(byte) => Some((Some(byte), 3)),
            None => soft_break(rest).map(|len| (None, len)),
        },
        ByteNotation::BackslashX | ByteNotation::BackslashHex | ByteNotation::Octal => {
            let (byte, len) = after_backslashes(notation, rest.strip_prefix(&b"\\\\"[..slashes])?)?;
            Some((Some(byte), slashes + len))
        }
        ByteNotation::Angle => match rest {
            [b'<', high, low, b'>', ..] => Some((Some(hex_byte(&[*high, *low])?), 4)),
            _ => None,
        },
        _ => None,
    }
}

/// How many backslashes introduce escapes in a text: two where each of its escapes has an even number of them, so that the
/// text was escaped again, else one.
pub(crate) fn slashes(text: &[u8], is_escape: impl Fn(&[u8]) -> bool) -> usize {
    let (mut run, mut found) = (0usize, false);
    for (at, &byte) in text.iter().enumerate() {
        if byte == b'\\' {
            run += 1;
            continue;
        }
        if run > 0 && is_escape(&text[at..]) {
            if run % 2 == 1 {
                return 1;
            }
            found = true;
        }
        run = 0;
    }
    if found { 2 } else { 1 }
}

/// Whether an escape follows backslashes.
pub(crate) fn is_escape(notation: ByteNotation, after: &[u8]) -> bool {
    after_backslashes(notation, after).is_some()
}

/// The byte of an escape without its backslashes, and its length.
fn after_backslashes(notation: ByteNotation, after: &[u8]) -> Option<(u8, usize)> {
    let is_high = |byte: &u8| !byte.is_ascii();
    match (notation, after) {
        (ByteNotation::Octal, digits) => Some((octal_byte(digits)?, 3)),
        (ByteNotation::BackslashX, [b'x' | b'\'', digits @ ..]) => Some((hex_byte(digits)?, 3)),
        (ByteNotation::BackslashX, [b'u', b'd' | b'D', b'c' | b'C', digits @ ..]) => {
            Some((hex_byte(digits).filter(is_high)?, 5))
        }
        (ByteNotation::BackslashHex, digits) => Some((hex_byte(digits)?, 2)),
        _ => None,
    }
}

/// Two hexadecimal digits of either case.
pub(super) fn hex_byte(digits: &[u8]) -> Option<u8> {
    match digits {
        [high, low, ..] => Some(hex_digit(*high)? << 4 | hex_digit(*low)?),
        _ => None,
    }
}

pub(super) fn hex_digit(digit: u8) -> Option<u8> {
    (digit as char).to_digit(16).map(|d| d as u8)
}

/// Three octal digits, at most 377.
fn octal_byte(digits: &[u8]) -> Option<u8> {
    match digits {
        [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => Some((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0')),
        _ => None,
    }
}

/// The length of `=` with the line end after it; mail programs leave blanks between.
fn soft_break(rest: &[u8]) -> Option<usize> {
    let blanks = rest[1..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    match &rest[1 + blanks..] {
        [b'\r', b'\n', ..] => Some(blanks + 3),
        [b'\n', ..] => Some(blanks + 2),
        _ => None,
    }
}

/// Hands on each byte with the offset where it is shown.
pub(super) fn read(notation: ByteNotation, text: &[u8], mut take: impl FnMut(usize, &[u8])) {
    let slashes = slashes(text, |after| is_escape(notation, after));
    let mut at = 0;
    while at < text.len() {
        match escape_at(notation, &text[at..], slashes) {
            Some((byte, len)) => {
                take(at, byte.as_slice());
                at += len;
            }
            None => {
                take(at, &text[at..at + 1]);
                at += 1;
            }
        }
    }
}

pub(super) fn show(notation: ByteNotation, bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 3);
    for (i, &byte) in bytes.iter().enumerate() {
        let next = bytes.get(i + 1);
        // A backslash must not make an escape of what follows, nor a pair with the backslash of one.
        let before_escape = |digit: fn(&u8) -> bool| next.is_some_and(|b| !b.is_ascii() || *b == b'\\' || digit(b));
        let is_escaped = !byte.is_ascii()
            || match notation {
                ByteNotation::Percent => byte == b'%',
                ByteNotation::BackslashX => byte == b'\\' && before_escape(|b| matches!(b, b'x' | b'u' | b'\'')),
                ByteNotation::BackslashHex => byte == b'\\' && before_escape(u8::is_ascii_hexdigit),
                ByteNotation::Octal => byte == b'\\' && before_escape(|b| matches!(b, b'0'..=b'3')),
                ByteNotation::Angle => escape_at(notation, &bytes[i..], 1).is_some(),
                _ => byte == b'=',
            };
        if !is_escaped {
            out.push(byte as char);
            continue;
        }
        match notation {
            ByteNotation::Percent => out.push_str(&format!("%{byte:02X}")),
            ByteNotation::BackslashX => out.push_str(&format!("\\x{byte:02x}")),
            ByteNotation::BackslashHex => out.push_str(&format!("\\{byte:02X}")),
            ByteNotation::Octal => out.push_str(&format!("\\{byte:03o}")),
            ByteNotation::Angle => out.push_str(&format!("<{byte:02x}>")),
            _ => out.push_str(&format!("={byte:02X}")),
        }
    }
    out
}

//! Escapes of single bytes: `%E5`, `\xe5`, `\345`, `=E5`.

use super::ByteNotation;

/// The escape that starts at `at`: its byte, or none for a soft line break, and its length.
pub(crate) fn escape_at(notation: ByteNotation, text: &[u8], at: usize) -> Option<(Option<u8>, usize)> {
    let rest = &text[at..];
    match notation {
        ByteNotation::Percent => (rest[0] == b'%').then(|| hex_byte(&rest[1..])).flatten().map(|b| (Some(b), 3)),
        ByteNotation::QuotedPrintable if rest[0] == b'=' => match hex_byte(&rest[1..]) {
            Some(byte) => Some((Some(byte), 3)),
            None => soft_break(rest).map(|len| (None, len)),
        },
        ByteNotation::BackslashX => {
            let slashes =
                backslashes(text, at, |after| after.first() == Some(&b'x') && hex_byte(&after[1..]).is_some())?;
            Some((hex_byte(&rest[slashes + 1..]), slashes + 3))
        }
        ByteNotation::Octal => {
            let slashes = backslashes(text, at, |after| octal_byte(after).is_some())?;
            Some((octal_byte(&rest[slashes..]), slashes + 3))
        }
        _ => None,
    }
}

/// How many backslashes introduce the escape at `at`, one or two. Of more in a row the first ones are pairs that stand for
/// backslashes.
pub(super) fn backslashes(text: &[u8], at: usize, is_escape: impl Fn(&[u8]) -> bool) -> Option<usize> {
    let slashes = text[at..].iter().take(3).take_while(|&&b| b == b'\\').count();
    if !matches!(slashes, 1 | 2) || !is_escape(&text[at + slashes..]) {
        return None;
    }
    let before = text[..at].iter().rev().take_while(|&&b| b == b'\\').count();
    (before % 2 == 0).then_some(slashes)
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
    let mut at = 0;
    while at < text.len() {
        match escape_at(notation, text, at) {
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
                ByteNotation::BackslashX => byte == b'\\' && before_escape(|&b| b == b'x'),
                ByteNotation::Octal => byte == b'\\' && before_escape(|b| matches!(b, b'0'..=b'3')),
                _ => byte == b'=',
            };
        if !is_escaped {
            out.push(byte as char);
            continue;
        }
        match notation {
            ByteNotation::Percent => out.push_str(&format!("%{byte:02X}")),
            ByteNotation::BackslashX => out.push_str(&format!("\\x{byte:02x}")),
            ByteNotation::Octal => out.push_str(&format!("\\{byte:03o}")),
            _ => out.push_str(&format!("={byte:02X}")),
        }
    }
    out
}

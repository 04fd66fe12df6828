//! UTF-7 (RFC 2152): runs of UTF-16 in base64 between `+` and `-`, or between `&` and `-` in names of mailboxes (RFC 3501).

use super::TextNotation;
use super::mime::base64_digit;

/// What begins a run.
pub(crate) fn introducer(notation: TextNotation) -> char {
    if notation == TextNotation::Utf7Imap { '&' } else { '+' }
}

/// The value of a digit of base64; names of mailboxes have `,` instead of `/`, which parts them.
pub(crate) fn digit(notation: TextNotation, byte: u8) -> Option<u8> {
    match (notation, byte) {
        (TextNotation::Utf7Imap, b'/') => None,
        (TextNotation::Utf7Imap, b',') => base64_digit(b'/'),
        _ => base64_digit(byte),
    }
}

/// The characters that the base64 run at `at` holds, and its length with introducer and `-`; the introducer and `-` are the
/// introducer itself.
pub(crate) fn run_at(notation: TextNotation, text: &[u8], at: usize) -> Option<(String, usize)> {
    let introducer = introducer(notation);
    if text.get(at).copied() != u8::try_from(introducer).ok() {
        return None;
    }
    let digits = text[at + 1..].iter().map_while(|&b| digit(notation, b));
    let (mut units, mut pending, mut bits, mut len) = (Vec::new(), 0u32, 0, 0);
    for digit in digits {
        pending = (pending << 6 | u32::from(digit)) & 0x3F_FFFF;
        bits += 6;
        len += 1;
        if bits >= 16 {
            bits -= 16;
            units.push((pending >> bits) as u16);
        }
    }
    let is_closed = text.get(at + 1 + len) == Some(&b'-');
    if len == 0 {
        return is_closed.then(|| (introducer.to_string(), 2));
    }
    // What is left over of the last digit is padding.
    let may_end = is_closed || notation == TextNotation::Utf7;
    if bits >= 6 || pending & ((1 << bits) - 1) != 0 || units.is_empty() || !may_end {
        return None;
    }
    Some((String::from_utf16(&units).ok()?, 1 + len + usize::from(is_closed)))
}

pub(super) fn read(notation: TextNotation, text: &str) -> Result<String, usize> {
    let mut out = String::with_capacity(text.len());
    let (mut at, mut plain) = (0, 0);
    while let Some(next) = text[at..].find(introducer(notation)) {
        at += next;
        let (run, len) = run_at(notation, text.as_bytes(), at).ok_or(at)?;
        out.push_str(&text[plain..at]);
        out.push_str(&run);
        at += len;
        plain = at;
    }
    out.push_str(&text[plain..]);
    Ok(out)
}

/// Every run is closed by `-`, which is always allowed.
pub(super) fn show(notation: TextNotation, text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    let introducer = introducer(notation);
    // RFC 2152 has no direct form for the backslash and the tilde.
    let is_direct = |c: char| c.is_ascii() && (notation == TextNotation::Utf7Imap || !matches!(c, '\\' | '~'));
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if is_direct(c) {
            out.push(c);
            if c == introducer {
                out.push('-');
            }
            rest = &rest[1..];
            continue;
        }
        let run = &rest[..rest.find(is_direct).unwrap_or(rest.len())];
        rest = &rest[run.len()..];
        let bytes: Vec<u8> = run.encode_utf16().flat_map(u16::to_be_bytes).collect();
        out.push(introducer);
        let digits = super::mime::base64(&bytes);
        match notation {
            TextNotation::Utf7Imap => out.push_str(&digits.trim_end_matches('=').replace('/', ",")),
            _ => out.push_str(digits.trim_end_matches('=')),
        }
        out.push('-');
    }
    out
}

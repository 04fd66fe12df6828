//! UTF-7 (RFC 2152): runs of UTF-16 in base64 between `+` and `-`.

use super::mime::base64_digit;

/// The characters that the base64 run at `at` holds, and its length with `+` and `-`; `+-` is a plus sign.
pub(crate) fn run_at(text: &[u8], at: usize) -> Option<(String, usize)> {
    if text.get(at) != Some(&b'+') {
        return None;
    }
    let digits = text[at + 1..].iter().map_while(|&b| base64_digit(b));
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
        return is_closed.then(|| ("+".to_owned(), 2));
    }
    // What is left over of the last digit is padding.
    if bits >= 6 || pending & ((1 << bits) - 1) != 0 || units.is_empty() {
        return None;
    }
    Some((String::from_utf16(&units).ok()?, 1 + len + usize::from(is_closed)))
}

pub(super) fn read(text: &str) -> Result<String, usize> {
    let mut out = String::with_capacity(text.len());
    let (mut at, mut plain) = (0, 0);
    while at < text.len() {
        if text.as_bytes()[at] != b'+' {
            at += 1;
            continue;
        }
        let (run, len) = run_at(text.as_bytes(), at).ok_or(at)?;
        out.push_str(&text[plain..at]);
        out.push_str(&run);
        at += len;
        plain = at;
    }
    out.push_str(&text[plain..]);
    Ok(out)
}

/// Every run is closed by `-`, which is always allowed.
pub(super) fn show(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    // RFC 2152 has no direct form for the backslash and the tilde.
    let is_direct = |c: char| c.is_ascii() && !matches!(c, '\\' | '~');
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if is_direct(c) {
            out.push(c);
            if c == '+' {
                out.push('-');
            }
            rest = &rest[1..];
            continue;
        }
        let run = &rest[..rest.find(is_direct).unwrap_or(rest.len())];
        rest = &rest[run.len()..];
        let bytes: Vec<u8> = run.encode_utf16().flat_map(u16::to_be_bytes).collect();
        out.push('+');
        out.push_str(super::mime::base64(&bytes).trim_end_matches('='));
        out.push('-');
    }
    out
}

//! All bytes as hexadecimal digits, `E5A5BD`.

use super::bytes::hex_byte;

/// What tools write before the digits.
const PREFIXES: [&[u8]; 3] = [b"0x", b"0X", b"\\x"];

/// Fewer bytes than this are not taken for any in the middle of a text.
const LEAST: usize = 4;

/// What may be bytes at the beginning of `rest`, a prefix, if there is one, and pairs of digits with a blank between each two or none: its
/// length, and whether it is some bytes indeed and no letter or digit goes on.
pub(crate) fn run_at(rest: &[u8]) -> (usize, bool) {
    let prefix = prefix(rest);
    let (bytes, len) = pairs(&rest[prefix..]);
    let ends = rest.get(prefix + len).is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'_');
    (prefix + len, bytes >= LEAST && ends)
}

/// Whether there are digits enough for a run of them.
pub(crate) fn may_be_in(text: &str) -> bool {
    let mut digits = 0;
    text.bytes().any(|b| {
        digits = if b.is_ascii_hexdigit() { digits + 1 } else { digits * usize::from(b == b' ') };
        digits >= 2 * LEAST
    })
}

fn prefix(rest: &[u8]) -> usize {
    PREFIXES.iter().find(|prefix| rest.starts_with(prefix)).map_or(0, |prefix| prefix.len())
}

/// How many pairs of digits there are, and how long they are with the blanks between.
fn pairs(digits: &[u8]) -> (usize, usize) {
    let blank = usize::from(digits.get(2) == Some(&b' '));
    let (mut count, mut len) = (0, 0);
    loop {
        let next = if count == 0 { 0 } else { len + blank };
        let is_parted = next == len || digits.get(len) == Some(&b' ');
        if !is_parted || digits.get(next..).and_then(hex_byte).is_none() {
            return (count, len);
        }
        (count, len) = (count + 1, next + 2);
    }
}

/// Hands on each byte with the offset where it is shown; the error is the offset of what is no byte.
pub(super) fn read(text: &[u8], mut take: impl FnMut(usize, &[u8])) -> Result<(), usize> {
    let start = prefix(text);
    let (count, len) = pairs(&text[start..]);
    if start + len < text.len() {
        return Err(start + len);
    }
    let step = if count > 1 { (len - 2) / (count - 1) } else { 2 };
    for at in (start..start + len).step_by(step) {
        take(at, hex_byte(&text[at..]).as_slice());
    }
    Ok(())
}

pub(super) fn show(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

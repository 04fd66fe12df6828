//! Telling text of unknown encoding from what is no text at all, before anything is made of it.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// Whether bytes that are not UTF-8 are no text in any other encoding either.
///
/// In encodings that hold ASCII, no byte of another character is a control's. UTF-16 holds NUL bytes as soon as there is a line
/// end or a space, and is then checked as what it claims to be.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    if bytes.contains(&0) { !is_text_in_utf16(bytes) } else { bytes.iter().copied().any(is_odd_control) }
}

fn is_text_in_utf16(bytes: &[u8]) -> bool {
    is_text_in(UTF_16LE, bytes) || is_text_in(UTF_16BE, bytes)
}

/// Whether a long text is UTF-16, judged by how it begins, which may end in half a character.
pub(crate) fn begins_in_utf16(head: &[u8]) -> bool {
    // Without a NUL it would be ideographs from end to end: other text reads so.
    let claims = head.contains(&0) || head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    if !claims {
        return false;
    }
    let whole = head.len() / 2 * 2;
    is_text_in_utf16(&head[..whole]) || is_text_in_utf16(&head[..whole.saturating_sub(2)])
}

fn is_text_in(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    text.is_some_and(|text| !text.bytes().any(is_odd_control))
}

/// Controls that no text file has. Backspaces, form feeds, escape sequences and the end mark of DOS do occur.
pub(crate) fn is_odd_control(byte: u8) -> bool {
    matches!(byte, 0..=7 | 0x0e..=0x19 | 0x1c..=0x1f)
}

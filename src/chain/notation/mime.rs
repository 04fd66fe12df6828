//! Encoded words of mail headers (RFC 2047): `=?gb2312?B?xOO6ww==?=`.

use super::ByteNotation;
use super::bytes::hex_byte;
use crate::Encoding;
use crate::codec::Parse;

/// No word is longer (RFC 2047 section 2).
const LONGEST_WORD: usize = 75;

/// Few writers heed the limit, but the end of a word must not be searched for through the whole text.
const MOST_BODY: usize = 16 * LONGEST_WORD;

/// An encoded word as it stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word<'a> {
    /// What the word calls its encoding.
    pub(crate) charset: &'a str,
    pub(crate) is_base64: bool,
    pub(crate) bytes: Vec<u8>,
    /// Its length in the text.
    pub(crate) len: usize,
}

/// The word that starts at `at`.
pub(crate) fn word_at(text: &[u8], at: usize) -> Option<Word<'_>> {
    let rest = text.get(at..)?.strip_prefix(b"=?")?;
    let name = rest.iter().take(LONGEST_WORD).position(|&b| b == b'?')?;
    let charset = std::str::from_utf8(&rest[..name]).ok().filter(|c| c.bytes().all(|b| b.is_ascii_graphic()))?;
    let (kind, body) = match &rest[name..] {
        [_, kind, b'?', body @ ..] => (kind, body),
        _ => return None,
    };
    let is_inside = |b: &&u8| **b != b'?' && b.is_ascii() && !b.is_ascii_control();
    let body_len = body.iter().take(MOST_BODY).take_while(is_inside).count();
    if !body[body_len..].starts_with(b"?=") {
        return None;
    }
    let body = &body[..body_len];
    let is_base64 = kind.eq_ignore_ascii_case(&b'b');
    let bytes = match kind {
        b'b' | b'B' => from_base64(body)?,
        b'q' | b'Q' => from_q(body),
        _ => return None,
    };
    // A language may follow the name (RFC 2231 section 5).
    let charset = charset.split('*').next().unwrap_or(charset);
    Some(Word { charset, is_base64, bytes, len: "=?".len() + name + "?B?".len() + body.len() + "?=".len() })
}

fn from_q(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        match (body[at], hex_byte(&body[at + 1..])) {
            (b'=', Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'_', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    out
}

pub(super) fn base64_digit(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'a'..=b'z' => Some(digit - b'a' + 26),
        b'0'..=b'9' => Some(digit - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

fn from_base64(body: &[u8]) -> Option<Vec<u8>> {
    let padding = body.iter().rev().take(2).take_while(|&&b| b == b'=').count();
    let mut out = Vec::with_capacity(body.len() * 3 / 4);
    for group in body[..body.len() - padding].chunks(4) {
        let mut bits = 0u32;
        for i in 0..4 {
            bits = bits << 6 | group.get(i).map_or(Some(0), |&b| base64_digit(b)).map(u32::from)?;
        }
        // A single digit is less than a byte.
        let whole = group.len().checked_sub(1).filter(|&whole| whole > 0)?;
        out.extend_from_slice(&bits.to_be_bytes()[1..1 + whole]);
    }
    Some(out)
}

pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, &b| bits << 8 | u32::from(b)) << (8 * (3 - group.len()));
        for i in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * i) & 63) as usize];
            out.push(if i <= group.len() { digit as char } else { '=' });
        }
    }
    out
}

/// Blanks between words, which are no part of the text (RFC 2047 section 6.2).
pub(crate) fn gap_at(text: &[u8], at: usize) -> usize {
    text[at..].iter().take_while(|b| b.is_ascii_whitespace()).count()
}

/// Hands on the bytes of words, and what stands between them and plain text.
pub(super) fn read(text: &[u8], mut take: impl FnMut(usize, &[u8])) {
    let mut at = 0;
    while at < text.len() {
        let Some(word) = word_at(text, at) else {
            take(at, &text[at..at + 1]);
            at += 1;
            continue;
        };
        take(at, &word.bytes);
        at += word.len;
        let gap = gap_at(text, at);
        if text[at + gap..].starts_with(b"=?") && word_at(text, at + gap).is_some() {
            at += gap;
        }
    }
}

/// Plain where that reads back alike; else in as many words as the limit asks for, each of whole characters.
pub(super) fn show(notation: ByteNotation, written: Encoding, bytes: &[u8]) -> String {
    let is_plain = bytes.iter().all(|&b| b.is_ascii() && (!b.is_ascii_control() || b.is_ascii_whitespace()))
        && !bytes.windows(2).any(|pair| pair == b"=?");
    if is_plain {
        return bytes.iter().map(|&b| b as char).collect();
    }
    let room = LONGEST_WORD - "=??B??=".len() - written.label().len();
    let mut out = String::new();
    let (mut start, mut at, mut size) = (0, 0, 0);
    while start < bytes.len() {
        let len = match bytes.get(at..at + 1).map(|_| written.parse(&bytes[at..bytes.len().min(at + 4)])) {
            Some(Parse::Char { len, .. } | Parse::Pair { len, .. }) => usize::from(len),
            Some(Parse::Incomplete | Parse::Malformed) => 1,
            None => 0,
        };
        let added = bytes[at..at + len].iter().map(|&b| if is_safe(b) || b == b' ' { 1 } else { 3 }).sum::<usize>();
        let fits = match notation {
            ByteNotation::MimeB => (at + len - start).div_ceil(3) * 4 <= room,
            _ => size + added <= room,
        };
        if len > 0 && fits {
            at += len;
            size += added;
            continue;
        }
        let (kind, body) = match notation {
            ByteNotation::MimeB => ('B', base64(&bytes[start..at])),
            _ => ('Q', q(&bytes[start..at])),
        };
        let blank = if start > 0 { " " } else { "" };
        out.push_str(&format!("{blank}=?{written}?{kind}?{body}?="));
        (start, size) = (at, 0);
    }
    out
}

/// Bytes that stand for themselves anywhere in a header (RFC 2047 section 5, rule 3).
fn is_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'!' | b'*' | b'+' | b'-' | b'/')
}

fn q(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |out, &byte| match byte {
        b' ' => out + "_",
        _ if is_safe(byte) => out + (byte as char).encode_utf8(&mut [0; 4]),
        _ => out + &format!("={byte:02X}"),
    })
}

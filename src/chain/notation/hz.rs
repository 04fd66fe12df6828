//! HZ (RFC 1843): the pairs of GB 2312 with seven bits, between `~{` and `~}`.

use crate::Encoding;
use crate::codec::Parse;

/// The characters of the run `~{…~}` at `at`, and its length. A run also ends with its line.
pub(crate) fn run_at(text: &[u8], at: usize) -> Option<(String, usize)> {
    if !text[at..].starts_with(b"~{") {
        return None;
    }
    let mut out = String::new();
    let mut end = at + 2;
    loop {
        match text.get(end..)? {
            [b'~', b'}', ..] => return Some((out, end + 2 - at)),
            [b'\n' | b'\r', ..] => return Some((out, end - at)),
            [row @ 0x21..=0x77, cell @ 0x21..=0x7E, ..] => match Encoding::Gbk.parse(&[row | 0x80, cell | 0x80]) {
                Parse::Char { c, .. } => out.push(c),
                _ => return None,
            },
            _ => return None,
        }
        end += 2;
    }
}

pub(super) fn read(text: &str) -> Result<String, usize> {
    let mut out = String::with_capacity(text.len());
    let (mut at, mut plain) = (0, 0);
    while let Some(tilde) = text[at..].find('~') {
        at += tilde;
        let (run, len) = match text.as_bytes()[at + 1..] {
            [b'{', ..] => run_at(text.as_bytes(), at).ok_or(at)?,
            [b'~', ..] => ("~".to_owned(), 2),
            [b'\n', ..] => (String::new(), 2),
            _ => ("~".to_owned(), 1),
        };
        out.push_str(&text[plain..at]);
        out.push_str(&run);
        at += len;
        plain = at;
    }
    out.push_str(&text[plain..]);
    Ok(out)
}

pub(super) fn show(text: &str) -> Result<String, usize> {
    let mut out = String::with_capacity(text.len() * 2);
    let mut in_run = false;
    for (offset, c) in text.char_indices() {
        if in_run == c.is_ascii() {
            out.push_str(if in_run { "~}" } else { "~{" });
            in_run = !in_run;
        }
        match c {
            '~' => out.push_str("~~"),
            _ if c.is_ascii() => out.push(c),
            _ => match Encoding::Gbk.forms(c).first().map(|form| &**form) {
                Some(&[row @ 0xA1..=0xF7, cell @ 0xA1..=0xFE]) => {
                    out.extend([(row & 0x7F) as char, (cell & 0x7F) as char]);
                }
                _ => return Err(offset),
            },
        }
    }
    if in_run {
        out.push_str("~}");
    }
    Ok(out)
}

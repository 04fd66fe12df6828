//! Tables of text, searched as they stand, so that a program that needs none of them pays nothing.

/// What stands behind a key and a tab in a table that is sorted by the bytes of its keys, after a line that tells the source.
pub(crate) fn look_up<'t>(table: &'t str, key: &[u8]) -> Option<&'t str> {
    let mut rest = table;
    while !rest.is_empty() {
        let (before, line, after) = middle_line(rest);
        match line.split_once('\t') {
            Some((found, value)) => match key.cmp(found.as_bytes()) {
                std::cmp::Ordering::Equal => return Some(value),
                std::cmp::Ordering::Less => rest = before,
                std::cmp::Ordering::Greater => rest = after,
            },
            // The line that tells the source.
            None => rest = after,
        }
    }
    None
}

/// The line around the middle, and what is before and after it.
fn middle_line(text: &str) -> (&str, &str, &str) {
    // Bytes, for the middle may be inside a character.
    let start = text.as_bytes()[..text.len() / 2].iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
    let end = text[start..].find('\n').map_or(text.len(), |i| start + i);
    (&text[..start], &text[start..end], text.get(end + 1..).unwrap_or(""))
}

//! What the structure of a text tells of a character that a reader has eaten: it closes what is open, ends a line, or begins
//! a tag.
//!
//! The model knows what follows a character, not that a quotation mark opened twenty characters ago. In source files and
//! lists this is what mostly is known of the character after the last one of a string, a comment or an item, and in pages of
//! the one after an element's text.

use std::ops::Range;

/// Blanks that a line begins with where it is indented, at least.
const INDENT: usize = 4;

/// What structure tells of the character that each mark of a text has eaten.
pub(super) fn told(text: &[char], is_mark: impl Fn(char) -> bool) -> Vec<Option<char>> {
    if !text.iter().any(|&c| is_mark(c)) {
        return Vec::new();
    }
    let mut told = vec![None; text.len()];
    for i in (0..text.len()).filter(|&i| is_mark(text[i]) && begins_line(&text[i + 1..])) {
        told[i] = Some('\n');
    }
    let mut start = 0;
    for end in 0..=text.len() {
        if end == text.len() || text[end] == '\n' || told[end] == Some('\n') {
            close(text, start..end, &is_mark, &mut told);
            start = end + 1;
        }
    }
    told
}

/// Whether a line begins here: indented, an item of a list, or a heading.
fn begins_line(rest: &[char]) -> bool {
    let blanks = rest.iter().take_while(|&&c| c == ' ').count();
    if blanks >= INDENT {
        return rest.get(blanks).is_some_and(char::is_ascii_graphic);
    }
    let count = |is: fn(&char) -> bool| rest.iter().take_while(|&c| is(c)).count();
    let (hashes, digits) = (count(|&c| c == '#'), count(char::is_ascii_digit));
    match rest {
        ['\t', next, ..] => next.is_ascii(),
        ['-' | '*' | '+', ' ', ..] => true,
        ['#', ..] => rest.get(hashes) == Some(&' '),
        _ => digits > 0 && matches!(rest[digits..], ['.', ' ', ..]),
    }
}

/// Marks of a line that stand where something is to be closed that is open before them and not closed after them.
fn close(text: &[char], line: Range<usize>, is_mark: &impl Fn(char) -> bool, told: &mut [Option<char>]) {
    let chars = &text[line.clone()];
    let count = |wanted: char| chars.iter().filter(|&&c| c == wanted).count() as i32;
    let strong = |at: usize| chars[at..].starts_with(&['*', '*']) && chars.get(at + 2) != Some(&'*');
    let mut missing_quote = count('"') % 2 == 1;
    let mut missing_brackets = count('(') - count(')');
    let (mut in_quotes, mut in_brackets, mut is_strong) = (false, 0, false);
    let mut at = 0;
    while at < chars.len() {
        match chars[at] {
            '"' if at == 0 || chars[at - 1] != '\\' => in_quotes = !in_quotes,
            '(' => in_brackets += 1,
            ')' => in_brackets -= 1,
            '*' if strong(at) => {
                is_strong = !is_strong;
                at += 1;
            }
            c if is_mark(c) => {
                let place = &mut told[line.start + at];
                let ends =
                    chars.get(at + 1).is_none_or(|c| matches!(c, ',' | ';' | ':' | ')' | ']' | '}' | '，' | '；'));
                if is_tag_without_bracket(&chars[at + 1..]) {
                    *place = Some('<');
                } else if is_strong && chars.get(at + 1) == Some(&'*') && chars.get(at + 2) != Some(&'*') {
                    *place = Some('*');
                    is_strong = false;
                    at += 1;
                } else if ends && in_quotes && missing_quote {
                    *place = Some('"');
                    (in_quotes, missing_quote) = (false, false);
                } else if ends && in_brackets > 0 && missing_brackets > 0 && !in_quotes {
                    *place = Some(')');
                    in_brackets -= 1;
                    missing_brackets -= 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// Whether a closing tag begins here, or a line break, but for its bracket.
fn is_tag_without_bracket(rest: &[char]) -> bool {
    let letters = |rest: &[char]| rest.iter().take_while(|c| c.is_ascii_alphanumeric()).count();
    match rest {
        ['/', name @ ..] => letters(name) > 0 && name.get(letters(name)) == Some(&'>'),
        ['b', 'r', '>', ..] | ['b', 'r', '/', '>', ..] | ['b', 'r', ' ', '/', '>', ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn structure_tells_what_was_eaten() {
        for (text, eaten) in [
            ("\"name\": \"姓名?,", "\""),
            ("print(\"完成?)", "\""),
            ("\"你好?, 世界\"", ""),
            ("call(参数?;", ")"),
            ("**标题?*：正文", "*"),
            ("**标题**?*", ""),
            ("效率?- 第二项", "\n"),
            ("流程：?1. 第一步", "\n"),
            ("数目?        let x = 1;", "\n"),
            ("\"数目?    \"名称?,", "\n\""),
            ("<p>你好?/p>", "<"),
            ("第一行?br />第二行?br>", "<<"),
            ("一?/二>", ""),
            ("真的?他说", ""),
            ("真的?", ""),
        ] {
            let text: Vec<char> = text.chars().collect();
            let told: String = super::told(&text, |c| c == '?').into_iter().flatten().collect();
            assert_eq!(told, eaten, "{text:?}");
        }
        assert!(super::told(&['a', 'b'], |c| c == '?').is_empty());
    }
}

//! What is open in a line and was closed by a character that was eaten.

use std::ops::Range;

use super::Told;

/// A string that began with a quotation mark, and the marks in it at which it may end.
struct Open {
    quote: char,
    /// The last mark before something that follows a string, and the last one before a blank.
    at: Option<usize>,
    before_blank: Option<usize>,
}

impl Open {
    fn new(quote: char) -> Open {
        Open { quote, at: None, before_blank: None }
    }

    fn end(&self) -> Option<usize> {
        self.at.or(self.before_blank)
    }
}

/// Marks of a line that stand where something is to be closed that is open before them and not closed after them.
pub(super) fn close(text: &[char], line: Range<usize>, is_mark: &impl Fn(char) -> bool, told: &mut [Told]) {
    let chars = &text[line.clone()];
    let told = &mut told[line.start..line.end];
    quotes(chars, is_mark, told);
    for (open, close) in [('(', ')'), ('[', ']')] {
        brackets(chars, (open, close), is_mark, told);
    }
    strong(chars, is_mark, told);
    for at in (0..chars.len()).filter(|&at| is_mark(chars[at])) {
        let rest = &chars[at + 1..];
        if is_tag_without_bracket(rest) {
            told[at] = Told::Eaten('<');
        } else if rest.starts_with(&['.', '.']) && rest.get(2) != Some(&'.') || is_extension(rest) {
            told[at] = Told::Eaten('.');
        } else if told[at] == Told::Nothing
            && matches!(rest, ['"' | '\'' | ')' | ']' | '}' | ',' | ';' | ':' | '\t', ..] | ['<', '/', ..])
        {
            told[at] = Told::Complete;
        }
    }
}

/// Strings that do not end before another begins, or before the line does.
fn quotes(chars: &[char], is_mark: &impl Fn(char) -> bool, told: &mut [Told]) {
    let mut open: Option<Open> = None;
    let mut at = 0;
    while at < chars.len() {
        let (before, next) = (at.checked_sub(1).map(|i| chars[i]), chars.get(at + 1));
        // What a string stands behind, and what stands behind it.
        let begins = before.is_none_or(|c| matches!(c, ' ' | '\t' | '(' | '[' | '{' | ',' | '=' | ':' | '>' | '+'));
        match (&mut open, chars[at]) {
            (_, '"') if chars[at..].starts_with(&['"', '"', '"']) => at += 2,
            (_, '"' | '\'') if before == Some('\\') => {}
            (Some(string), quote @ ('"' | '\'')) if string.quote == quote => {
                let is_another = begins && next.is_some_and(|c| c.is_alphanumeric());
                let end = string.end().filter(|_| is_another);
                end.into_iter().for_each(|end| told[end] = Told::Eaten(quote));
                open = end.map(|_| Open::new(quote));
            }
            (None, quote @ ('"' | '\'')) if quote == '"' || begins => {
                open = Some(Open::new(quote));
            }
            (Some(string), c) if is_mark(c) => match next {
                next if stands_behind(next) || next == Some(&'>') => string.at = Some(at),
                Some(' ') => string.before_blank = Some(at),
                _ => {}
            },
            _ => {}
        }
        at += 1;
    }
    if let Some((string, end)) = open.and_then(|string| Some((string.quote, string.end()?))) {
        told[end] = Told::Eaten(string);
    }
}

/// Whether a character, or the end of the line, stands behind strings and brackets.
fn stands_behind(next: Option<&char>) -> bool {
    next.is_none_or(|c| matches!(c, ',' | ';' | ':' | ')' | ']' | '}' | '，' | '；'))
}

/// Brackets that are not closed, outside of strings or inside.
fn brackets(chars: &[char], (open, close): (char, char), is_mark: &impl Fn(char) -> bool, told: &mut [Told]) {
    let count = |wanted: char| chars.iter().filter(|&&c| c == wanted).count();
    let mut missing = count(open).saturating_sub(count(close));
    let mut depth = 0;
    for (at, &c) in chars.iter().enumerate() {
        let ends = || {
            let next = chars.get(at + 1);
            stands_behind(next) || close == ']' && next == Some(&'(')
        };
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
        } else if is_mark(c) && told[at] == Told::Nothing && depth > 0 && missing > 0 && ends() {
            told[at] = Told::Eaten(close);
            depth -= 1;
            missing -= 1;
        }
    }
}

/// Words of Markdown that begin with two asterisks and end with one.
fn strong(chars: &[char], is_mark: &impl Fn(char) -> bool, told: &mut [Told]) {
    let is_strong = |at: usize| chars[at..].starts_with(&['*', '*']) && chars.get(at + 2) != Some(&'*');
    let mut is_open = false;
    let mut at = 0;
    while at < chars.len() {
        if is_strong(at) {
            is_open = !is_open;
            at += 1;
        } else if is_mark(chars[at]) && is_open && chars.get(at + 1) == Some(&'*') && chars.get(at + 2) != Some(&'*') {
            told[at] = Told::Eaten('*');
            is_open = false;
            at += 1;
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

/// Whether a file name ends here with a common extension, but for its dot.
fn is_extension(rest: &[char]) -> bool {
    let length = rest.iter().take_while(|c| c.is_ascii_lowercase() || c.is_ascii_digit()).count();
    let ends = rest.get(length).is_none_or(|c| matches!(c, '\n' | '"' | '\'' | ')' | ']' | ',' | ';' | '<'));
    let name: String = rest[..length.min(LONGEST_EXTENSION)].iter().collect();
    ends && EXTENSIONS.contains(&name.as_str())
}

/// What names of files end with that people send each other.
const EXTENSIONS: [&str; 27] = [
    "txt", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "pdf", "csv", "zip", "rar", "7z", "exe", "apk", "jpg", "jpeg",
    "png", "gif", "mp3", "mp4", "avi", "mkv", "flac", "lrc", "srt", "htm", "html",
];
const LONGEST_EXTENSION: usize = 5;

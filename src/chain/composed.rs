//! What a decomposition took apart, put together again.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::compose;

/// A text with what a decomposition took apart put together again, as far as nothing else looks like that.
#[derive(Debug)]
pub(crate) struct Composed {
    pub(crate) text: String,
    /// Behind each composed character: byte of `text`, byte of the source.
    places: Vec<(usize, usize)>,
}

impl Composed {
    /// Nothing where there is nothing to compose.
    pub(crate) fn of(text: &str) -> Option<Composed> {
        Composed::with(text, true)
    }

    /// The same with what only a compatibility decomposition takes apart, or without.
    pub(super) fn with(text: &str, compatibility: bool) -> Option<Composed> {
        let whole = |first, second, third| match whole(first, second, third) {
            Some((c, _)) if !compatibility && !is_canonical(c) => None,
            whole => whole,
        };
        let first = first_joining(text)?;
        // A fraction begins two characters before what makes it one.
        let start = text[..first].char_indices().rev().nth(1).map_or(0, |(at, _)| at);
        let mut composed = Composed { text: text[..start].to_owned(), places: Vec::new() };
        let out = &mut composed.text;
        let mut chars = text[start..].char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let (last, after) = (out.chars().next_back(), chars.peek().map(|&(_, c)| c));
            let is_alone = |c: Option<char>| !c.is_some_and(|c| matches!(c, '\u{3ac}'..='\u{3ce}'));
            if c == MU && compatibility && is_alone(last) && is_alone(after) {
                out.push(MICRO);
                composed.places.push((out.len(), start + at + c.len_utf8()));
                continue;
            }
            let Some(last) = last.filter(|_| joins(c)) else {
                out.push(c);
                continue;
            };
            let Some((whole, used)) = whole(last, c, after) else {
                out.push(c);
                continue;
            };
            out.truncate(out.len() - last.len_utf8());
            out.push(whole);
            let mut end = start + at + c.len_utf8();
            for _ in 0..used {
                end += chars.next().map_or(0, |(_, c)| c.len_utf8());
            }
            // What several marks make is one character.
            composed.places.pop_if(|place| place.0 + whole.len_utf8() > out.len());
            composed.places.push((out.len(), end));
        }
        (!composed.places.is_empty()).then_some(composed)
    }

    /// Where a place of the composed text was.
    pub(crate) fn source(&self, place: usize) -> usize {
        let next = self.places.partition_point(|&(composed, _)| composed <= place);
        next.checked_sub(1).map_or(place, |before| self.places[before].1 + place - self.places[before].0)
    }
}

/// Bytes that are looked at together for what joins.
const CHUNK: usize = 64;

/// Where the first character stands that [`joins`]. Nearly no text has one, which is found out at the speed of memory.
fn first_joining(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let joining = |from: usize, to: usize| {
        let from = (from..to).find(|&at| text.is_char_boundary(at))?;
        let mut places = text[from..].char_indices().map(|(at, c)| (from + at, c)).take_while(|(at, _)| *at < to);
        places.find(|(_, c)| joins(*c)).map(|(at, _)| at)
    };
    let mut at = 0;
    while let Some(chunk) = bytes[at..].first_chunk::<{ CHUNK + 2 }>() {
        // All at once, without a branch.
        let mut any = 0;
        for i in 0..CHUNK {
            let (a, b, c) = (chunk[i], chunk[i + 1], chunk[i + 2]);
            let is_mark = u8::from(a & 0xFE == 0xCC);
            let is_mu = u8::from(a == 0xCE) & u8::from(b == 0xBC);
            let is_hangul = u8::from(a == 0xE1) & u8::from(b & 0xFC == 0x84);
            let is_fraction = u8::from(a == 0xE2) & u8::from(b == 0x81) & u8::from(c == 0x84);
            let is_voicing = u8::from(a == 0xE3) & u8::from(b == 0x82) & u8::from((c == 0x99) | (c == 0x9A));
            any |= is_mark | is_mu | is_hangul | is_fraction | is_voicing;
        }
        if any != 0
            && let Some(found) = joining(at, at + CHUNK)
        {
            return Some(found);
        }
        at += CHUNK;
    }
    joining(at, bytes.len())
}

/// Whether a character may make one character with the one before it: of the first bytes that [`first_joining`] looks for.
fn joins(c: char) -> bool {
    is_accent(c)
        || matches!(c, MU | '\u{1161}'..='\u{1175}' | '\u{11a8}'..='\u{11c2}' | FRACTION | '\u{3099}' | '\u{309a}')
}

/// Whether a character is an accent that stands apart from its letter.
pub(crate) fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// A letter of Greek, that a compatibility decomposition makes of the sign.
const MU: char = 'μ';
const MICRO: char = 'µ';

const FRACTION: char = '\u{2044}';

/// Whether nothing but a canonical decomposition takes a character apart that does at all.
fn is_canonical(c: char) -> bool {
    c.nfd().nth(1).is_some()
}

/// The character that two are, or three, and how many of those after the second are in it.
fn whole(first: char, second: char, third: Option<char>) -> Option<(char, usize)> {
    let spacing = |mark| match mark {
        '\u{301}' => Some('´'),
        '\u{303}' => Some('˜'),
        '\u{304}' => Some('¯'),
        '\u{306}' => Some('˘'),
        '\u{307}' => Some('˙'),
        '\u{308}' => Some('¨'),
        '\u{30a}' => Some('˚'),
        '\u{30b}' => Some('˝'),
        '\u{327}' => Some('¸'),
        '\u{328}' => Some('˛'),
        _ => None,
    };
    match (first, second, third) {
        ('1', FRACTION, Some('2')) => Some(('½', 1)),
        ('1', FRACTION, Some('4')) => Some(('¼', 1)),
        ('3', FRACTION, Some('4')) => Some(('¾', 1)),
        (' ', mark, _) => spacing(mark).map(|c| (c, 0)),
        _ => compose(first, second).map(|c| (c, 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_joins_is_found_wherever_it_stands() {
        let all: Vec<char> = ('\0'..=char::MAX).filter(|&c| joins(c)).collect();
        for &c in &all {
            for before in [0, 1, 30, 61, 62, 63, 64, 65, 127, 200] {
                let text = format!("{}{c}{}", "a".repeat(before), "中é".repeat(40));
                assert_eq!(first_joining(&text), Some(before), "{c:?} after {before}");
            }
        }
        assert_eq!(first_joining(&"中é€ガß".repeat(100)), None);
    }
}

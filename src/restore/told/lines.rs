//! Where a line ended, and what parts the columns and words of one.

use std::collections::{HashMap, HashSet};

use super::Told;

/// Blanks that a line begins with where it is indented, at least.
const INDENT: usize = 4;
/// Characters by which the beginnings of lines are compared, at most and at least.
const SHAPE: usize = 8;
const LEAST_SHAPE: usize = 3;
/// Words of ASCII that stand behind a blank, for each that does not, in text that parts them.
const PARTED: usize = 4;

/// Marks behind which a line begins.
pub(super) fn end(text: &[char], is_mark: &impl Fn(char) -> bool, told: &mut [Told]) {
    let (starts, inside) = shapes(text, is_mark);
    let tabs_part = text.windows(2).any(|pair| pair[1] == '\t' && !pair[0].is_whitespace() && !is_mark(pair[0]));
    let is_alike = |rest: &[char]| shape(rest).is_some_and(|shape| starts.contains(&shape) && !inside.contains(&shape));
    let begins_line = |rest: &[char]| is_item(rest, !tabs_part) || is_alike(rest);
    let blank_before = lines_behind_blank_ones(text);
    let ends_with_two = ends_with_two(text, is_mark);
    for at in (0..text.len()).filter(|&at| is_mark(text[at])) {
        let rest = &text[at + 1..];
        if ends_with_two && rest.first() == Some(&'\n') {
            told[at] = Told::Eaten('\r');
            continue;
        }
        let is_blank_line = || rest.first() == Some(&'\n') && blank_before.get(&whole(&rest[1..])) == Some(&true);
        if begins_line(rest) || is_blank_line() {
            told[at] = Told::Eaten('\n');
        }
    }
}

/// Whether lines end with a carriage return and a line feed, but for those that end with a mark.
fn ends_with_two(text: &[char], is_mark: &impl Fn(char) -> bool) -> bool {
    let ends = |is: &dyn Fn(char) -> bool| text.windows(2).filter(|pair| pair[1] == '\n' && is(pair[0])).count();
    let two = ends(&|c| c == '\r');
    two > 0 && two > ends(&|c| c != '\r' && !is_mark(c))
}

/// Whether a line begins here that is indented, an item of a list, or a heading.
fn is_item(rest: &[char], tabs_indent: bool) -> bool {
    let blanks = rest.iter().take_while(|&&c| c == ' ').count();
    if blanks >= INDENT {
        return rest.get(blanks).is_some_and(char::is_ascii_graphic);
    }
    let count = |is: fn(&char) -> bool| rest.iter().take_while(|&c| is(c)).count();
    let (hashes, digits) = (count(|&c| c == '#'), count(char::is_ascii_digit));
    match rest {
        ['\t', next, ..] => tabs_indent && next.is_ascii(),
        ['-' | '*' | '+', ' ', ..] => true,
        ['#', ..] => rest.get(hashes) == Some(&' '),
        _ => digits > 0 && matches!(rest[digits..], ['.', ' ', ..]),
    }
}

/// How a line begins: its first ASCII characters up to one that is neither a letter nor a digit, all digits alike.
fn shape(line: &[char]) -> Option<u64> {
    let mut shape = 0;
    for (i, &c) in line.iter().take(SHAPE).enumerate() {
        if !matches!(c, ' '..='~') {
            return None;
        }
        shape = shape << 8 | u64::from(if c.is_ascii_digit() { '0' } else { c });
        if i + 1 >= LEAST_SHAPE && !c.is_ascii_alphanumeric() {
            return Some(shape);
        }
    }
    None
}

/// The shapes of the lines of a text, and of what stands inside of lines and may begin one.
fn shapes(text: &[char], is_mark: &impl Fn(char) -> bool) -> (HashSet<u64>, HashSet<u64>) {
    let (mut starts, mut inside) = (HashSet::new(), HashSet::new());
    for at in 0..text.len() {
        let before = at.checked_sub(1).map(|i| text[i]);
        match before {
            None | Some('\n') => starts.extend(shape(&text[at..])),
            Some(c) if is_mark(c) || c.is_ascii_alphanumeric() || c == ' ' && text[at] == ' ' => {}
            Some(_) => inside.extend(shape(&text[at..])),
        }
    }
    (starts, inside)
}

/// A whole line of ASCII, all digits alike.
fn whole(line: &[char]) -> String {
    let line = line.iter().take_while(|&&c| c != '\n');
    line.map(|&c| if c.is_ascii_digit() { '0' } else { c }).filter(char::is_ascii).take(2 * SHAPE).collect()
}

/// Of short lines whether each that is alike stands behind a blank line.
fn lines_behind_blank_ones(text: &[char]) -> HashMap<String, bool> {
    let mut all = HashMap::new();
    let mut lines = text.split(|&c| c == '\n');
    let mut before = lines.next();
    for line in lines {
        if line.len() < SHAPE && !line.is_empty() && line.iter().all(char::is_ascii) {
            // What stands behind the mark in question is one of them.
            let is_blank = before.is_some_and(<[char]>::is_empty);
            all.entry(whole(line)).and_modify(|any| *any |= is_blank).or_insert(is_blank);
        }
        before = Some(line);
    }
    all
}

/// Marks between the columns of a table, and between words.
pub(super) fn part(text: &[char], is_mark: &impl Fn(char) -> bool, told: &mut [Told]) {
    for separator in ['\t', ',', '|'] {
        columns(text, separator, is_mark, told);
    }
    if parts_words(text, is_mark) {
        let begins_word = |at: usize| text.get(at + 1).is_some_and(|c| c.is_ascii_alphanumeric() || *c == '`');
        for (at, told) in told.iter_mut().enumerate().filter(|(_, told)| **told == Told::Nothing) {
            if is_mark(text[at]) && begins_word(at) {
                *told = Told::Eaten(' ');
            }
        }
    }
}

/// Rows that have less columns than others have them parted by as many marks.
fn columns(text: &[char], separator: char, is_mark: &impl Fn(char) -> bool, told: &mut [Told]) {
    let rows = || text.split(|&c| c == '\n').filter(|row| !row.is_empty());
    let count = |row: &[char]| row.iter().filter(|&&c| c == separator).count();
    let most = rows().map(count).max().unwrap_or(0);
    let full = rows().filter(|row| count(row) == most).count();
    if most == 0 || full < 2 || full * 2 < rows().count() {
        return;
    }
    let mut start = 0;
    for row in text.split(|&c| c == '\n') {
        let missing = most - count(row);
        let may_part = |at: &usize| {
            let next = row.get(at + 1).is_some_and(|&c| c != separator);
            is_mark(row[*at]) && next && told[start + at] == Told::Nothing
        };
        let marks: Vec<usize> = (0..row.len()).filter(may_part).collect();
        if missing > 0 && marks.len() == missing {
            marks.iter().for_each(|at| told[start + at] = Told::Eaten(separator));
        }
        start += row.len() + 1;
    }
}

/// Whether blanks stand between words of ASCII and what else the text is in.
fn parts_words(text: &[char], is_mark: &impl Fn(char) -> bool) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric();
    let is_other = |c: char| c.is_alphabetic() && !c.is_ascii() && !is_mark(c);
    let meet = |a: char, b: char| is_word(a) && is_other(b) || is_other(a) && is_word(b);
    let parted = text.windows(3).filter(|near| near[1] == ' ' && meet(near[0], near[2])).count();
    let joined = text.windows(2).filter(|near| meet(near[0], near[1])).count();
    parted > 0 && parted >= PARTED * joined
}

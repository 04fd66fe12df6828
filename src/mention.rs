//! Text that speaks of damage: what it shows as an example is what it means to show.
//!
//! A span is taken for an example where its original stands in the same line, as words of their own ("ÖÜ½ÜÂ×" for "周杰伦"), or where it stands in
//! quotation marks in a line that names such damage (乱码, mojibake) or an encoding other than UTF-8, or right beside such a
//! name. Nothing else is: quotation marks alone are what fields of JSON and source code stand in.

use crate::Chain;
use crate::codec::Encoding;
use crate::repair::LossKind;
use crate::select::{Draft, DraftLoss};

/// Quotation marks and brackets, opening and closing.
const QUOTES: [(char, char); 19] = [
    ('„', '“'),
    ('„', '”'),
    ('‚', '‘'),
    ('"', '"'),
    ('\'', '\''),
    ('`', '`'),
    ('“', '”'),
    ('‘', '’'),
    ('「', '」'),
    ('『', '』'),
    ('«', '»'),
    ('《', '》'),
    ('<', '>'),
    ('(', ')'),
    ('（', '）'),
    ('[', ']'),
    ('【', '】'),
    ('/', '/'),
    ('|', '|'),
];
/// What damaged text is called, and its best-known piece.
const NAMES: [&str; 10] =
    ["乱码", "亂碼", "乱碼", "mojibake", "garbled", "文字化け", "кракозябр", "锟斤拷", "烫烫烫", "烫烫屯屯"];
/// Characters of the line that are looked at on both sides.
const NEAR: usize = 120;
/// Undamaged characters that an example may begin or end with.
const EDGE: usize = 4;
/// How near an example without quotation marks stands to the name of such damage.
const BESIDE: usize = 10;
/// Letters of other scripts for each ideograph in text that the model knows.
const SHARE: usize = 8;
/// Words of a line that make it prose, in which code quotes what it shows; in a statement of SQL they are names and types.
const PROSE: usize = 2;
/// Letters and ideographs that the same text does not have twice by chance, at least.
const LETTERS: usize = 4;
const IDEOGRAPHS: usize = 2;

/// Whether quotation marks or brackets stand right around `from..to`.
pub(crate) fn quoted(text: &[char], from: usize, to: usize) -> bool {
    let before = from.checked_sub(1).and_then(|i| text.get(i));
    before.zip(text.get(to)).is_some_and(|(&b, &a)| QUOTES.contains(&(b, a)))
}

/// Whether a repair would change what the text only speaks of.
pub(crate) fn is_example(draft: &Draft, text: &[char]) -> bool {
    let line_start = text[..draft.from].iter().rev().take(NEAR).take_while(|&&c| c != '\n').count();
    let line_end = text[draft.to..].iter().take(NEAR).take_while(|&&c| c != '\n').count();
    let (before, after) = (&text[draft.from - line_start..draft.from], &text[draft.to..draft.to + line_end]);
    let names_damage = |line: &str| NAMES.iter().any(|name| line.contains(name));
    let beside = [&before[before.len().saturating_sub(BESIDE)..], &after[..after.len().min(BESIDE)]];
    if says_itself(draft, text, [before, after]) || beside.into_iter().any(|part| names_damage(&lowercase(part))) {
        return true;
    }
    let around = |is: &dyn Fn(usize, usize) -> bool| {
        (0..=EDGE.min(draft.from))
            .any(|b| (0..=EDGE).any(|a| draft.to + a < text.len() && is(draft.from - b, draft.to + a)))
    };
    let is_code = |from: usize, to: usize| quoted(text, from, to) && text[to] == '`';
    // A reading may have taken the end of the code for half of a character.
    let is_code_broken = text[..draft.from].last() == Some(&'`') && text[draft.from..draft.to].contains(&'`');
    let is_prose = || words(before) + words(after) >= PROSE;
    if (is_code_broken || around(&is_code)) && is_prose() {
        return true;
    }
    around(&|from, to| quoted(text, from, to))
        && [before, after].into_iter().map(lowercase).any(|line| names_damage(&line) || names_encoding(&line))
}

/// Whether the line around a draft says what the draft does, as words of their own.
fn says_itself(draft: &Draft, text: &[char], around: [&[char]; 2]) -> bool {
    let stands_apart =
        |from: Option<&char>, to: Option<&char>| [from, to].into_iter().flatten().all(|c| !c.is_alphanumeric());
    if !stands_apart(text[..draft.from].last(), text.get(draft.to)) {
        return false;
    }
    let original = original(draft);
    let is_quoted = quoted(text, draft.from, draft.to) && !original.is_empty();
    let is_distinct = is_distinct(&original);
    (is_quoted || is_distinct)
        && around.into_iter().map(lowercase).any(|line| {
            let in_quotes = |&(open, close): &(char, char)| line.contains(&format!("{open}{original}{close}"));
            let as_words = |(at, found): (usize, &str)| {
                let (head, tail) = (&line[..at], &line[at + found.len()..]);
                stands_apart(head.chars().next_back().as_ref(), tail.chars().next().as_ref())
            };
            is_quoted && QUOTES.iter().any(in_quotes)
                || is_distinct && line.match_indices(original.as_str()).any(as_words)
        })
}

fn lowercase(text: &[char]) -> String {
    text.iter().flat_map(|c| c.to_lowercase()).collect()
}

/// What a draft says that the same line may say: all of it, and where something was lost its longest piece that was not.
fn original(draft: &Draft) -> String {
    let mut rest = 0;
    let mut pieces = Vec::new();
    for loss in &draft.losses {
        pieces.push(&draft.text[rest..loss.at.max(rest)]);
        rest = loss.at + loss.restored.len();
    }
    pieces.push(&draft.text[rest.min(draft.text.len())..]);
    let apart = pieces.into_iter().flat_map(|piece| match draft.losses.is_empty() {
        true => vec![piece],
        false => piece.split(|c: char| !c.is_alphanumeric()).collect(),
    });
    apart.max_by_key(|piece| piece.len()).unwrap_or_default().trim().to_lowercase()
}

/// Whether the model knows the language around a draft well enough to guess what was lost: it was made for text with
/// ideographs, and of others it knows the letters.
pub(crate) fn is_known_language(draft: &Draft, text: &[char]) -> bool {
    let is_known =
        |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{ac00}'..='\u{d7a3}') || crate::lattice::is_han(c);
    let (mut known, mut other) = (0, 0);
    let near = text[draft.from.saturating_sub(NEAR)..draft.from].iter().chain(text[draft.to..].iter().take(NEAR));
    let mut lost = draft.losses.iter().flat_map(|l| l.at..l.at + l.restored.len()).collect::<Vec<_>>();
    lost.sort_unstable();
    let kept = draft.text.char_indices().filter(|(at, _)| lost.binary_search(at).is_err()).map(|(_, c)| c);
    for c in kept.chain(near.copied().filter(|&c| is_known(c))) {
        match is_known(c) {
            true => known += 1,
            false => other += usize::from(c.is_alphabetic()),
        }
    }
    known > 0 && known * SHARE >= other
}

/// Whether a chain tells punctuation that lost a byte from letters: of its three bytes in UTF-8 two are left where pairs were read.
pub(crate) fn tells_punctuation(chain: &Chain) -> bool {
    chain.is_utf8() && chain.last_reader().is_some_and(|read| !read.is_single_byte())
}

/// How sure it is that such a mark is the one that was, where the model knows the language little: of 24 texts 18 come back, and dashes of the
/// wrong length in four.
pub(crate) const OF_PUNCTUATION: f64 = 0.85;

/// Whether what was marked is a quotation mark, a dash or the like, or a blank, which are used alike in all languages.
pub(crate) fn is_punctuation(loss: &DraftLoss) -> bool {
    loss.kind == LossKind::Mark && loss.restored.chars().all(|c| c == ' ' || matches!(c, '\u{2010}'..='\u{203a}'))
}

/// Words of small letters outside of code in a part of a line.
fn words(line: &[char]) -> usize {
    let line: String = line.iter().collect();
    line.split('`')
        .filter(|part| !part.is_empty())
        .flat_map(str::split_whitespace)
        .filter(|word| word.len() > 1 && word.chars().all(|c| c.is_lowercase()))
        .count()
}

/// Whether a text is long enough not to stand in a line twice by chance.
fn is_distinct(text: &str) -> bool {
    let count = |is: fn(char) -> bool| text.chars().filter(|&c| is(c)).count();
    count(crate::lattice::is_han) >= IDEOGRAPHS || count(|c| c.is_alphabetic() && !c.is_ascii()) >= LETTERS
}

/// Whether a word of a line is the name of an encoding other than UTF-8.
fn names_encoding(line: &str) -> bool {
    let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    let is_name = |word: &str| {
        let has_letter = word.bytes().any(|b| b.is_ascii_alphabetic());
        let is_other = |e: Encoding| !matches!(e, Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be);
        // Names that are words of a language say nothing.
        has_letter && !WORDS.contains(&word) && word.parse::<Encoding>().is_ok_and(is_other)
    };
    words.into_iter().any(is_name)
}

/// Names of encodings that are words, too.
const WORDS: [&str; 6] = ["chinese", "korean", "japanese", "arabic", "greek", "hebrew"];

#[cfg(test)]
mod tests {
    use crate::{Fixer, Verdict, fix_text};

    #[test]
    fn examples_stay_as_they_are() {
        for text in [
            "如果看到「鎵撳紑绐楁埛」，这就是乱码。",
            "显示成乱码 æ‰“å¼€çª—æˆ· 的时候",
            "decoding it as latin-1 gives \"æ‰“å¼€çª—æˆ·\" and worse",
            "鎵撳紑绐楁埛 -> 打开窗户",
            "\"打开窗户\" turns into \"æ‰“å¼€çª—æˆ·\"",
        ] {
            assert_eq!(fix_text(text), text);
        }
    }

    #[test]
    fn quotation_marks_alone_are_no_example() {
        for (damaged, text) in [
            (r#"{"name": "æ‰“å¼€çª—æˆ·"}"#, r#"{"name": "打开窗户"}"#),
            ("msg = '鎵撳紑绐楁埛'; // utf-8", "msg = '打开窗户'; // utf-8"),
            // In another line the same words may stand undamaged.
            ("打开窗户\n鎵撳紑绐楁埛", "打开窗户\n打开窗户"),
        ] {
            assert_eq!(fix_text(damaged), text);
        }
    }

    #[test]
    fn an_example_is_reported_as_doubtful() {
        let repair = Fixer::default().fix_and_explain("乱码：鎵撳紑绐楁埛");
        assert_eq!(repair.verdict(), Verdict::Doubtful);
        assert_eq!(repair.spans().len(), 1);
    }
}

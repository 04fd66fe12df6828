//! Which stretches of a text ask for an explanation: those that cost the model far more than text does.

use std::ops::Range;

use crate::chain::is_accent;
use crate::codec::Encoding;
use crate::lattice::{is_any_mark, is_c1, is_han, is_private_use};
use crate::model::{Context, Model};

/// What a character of fine text costs at most on average over a few characters, in nats: Han, and all else. Stretches
/// are suspicious for what they cost above that.
const FINE_HAN: f32 = 7.0;
const FINE_OTHER: f32 = 3.5;
/// Nats above fine text that make a stretch suspicious. No repair is worth less than entering a span costs
/// (`score::ENTER`), and no character is free, so what is below this cannot be repaired.
const SUSPICIOUS: f32 = 6.0;
/// Characters of context that a stretch is searched with on both sides: a weaker sign of damage near its end is searched with what follows it.
/// With 16 parts of a few short fields stay as they are; with 40 more guesses than that go wrong.
const MARGIN: usize = 24;
/// Stretches nearer than this are searched together.
const JOIN: usize = 40;
/// Stretches are cut at about this length, and searched in pieces of no more, to bound memory.
pub(crate) const LONGEST: usize = 4000;

/// Characters that bring the model into the state that a part of a text is read in: a few for the n-grams, the others for
/// script and width.
const WARM_UP: usize = 48;

/// The model's score of each character of a text, and its state before each.
pub(crate) struct Costs {
    pub(crate) scores: Vec<f32>,
    pub(crate) contexts: Vec<Context>,
}

/// What `c` after `before` costs in fine text at most: the model knows few texts of most languages, but a letter among
/// letters of its own script, a rare ideograph among ideographs, a symbol, a run of the same sign are no signs of damage by
/// themselves. Minus the logarithm of how many such characters are in use, doubled for what a flat choice among them misses.
pub(crate) fn floor(before: char, c: char) -> f32 {
    floor_of(before, c, script(c))
}

fn floor_of(before: char, c: char, own: Script) -> f32 {
    use Script::*;
    let flat: f32 = match (script(before), own) {
        // Pages are full of words that may be broken here, and of blanks that may not. Of 12,000 lines with soft hyphens in their words
        // 5,593 were changed when each cost 30 nats, and 13 are now; of 10,146 damaged texts one is restored otherwise.
        (Lower(_) | Upper(_) | Arabic | Hebrew | Thai | Hangul | Kana | Han, _) if c == SOFT_HYPHEN => {
            hidden(before, -9.0)
        }
        (Lower(_) | Arabic | Hebrew | Thai | Hangul, _) if c == NO_BREAK_SPACE => hidden(before, -5.0),
        (_, Lower(_) | Arabic | Hebrew | Thai | Hangul) if before == SOFT_HYPHEN => -7.0,
        (_, Suspicious) => return -30.0,
        (Lower(_) | Upper(_), _) if is_accent(c) => ACCENT,
        (_, Lower(_) | Upper(_)) if is_accent(before) => ACCENT,
        (_, Upper(_)) if is_lead(c) && before.is_lowercase() => INSIDE_WORD,
        _ if is_lead(before) && is_tail(c) => INSIDE_WORD,
        (Thai, Thai) | (Arabic, Arabic) => -5.0,
        (Hebrew, Hebrew) => -4.5,
        (Kana, Kana) => -6.5,
        (Kana, Tone) => -3.0,
        (Lower(a), Lower(b)) if a == b => -6.0,
        (Hangul, Hangul) | (Sign, Sign) => -8.0,
        (Lower(a), Upper(b)) if a == b && !c.is_ascii() => INSIDE_WORD,
        (Lower(0), Lower(2)) | (Lower(2), Lower(0)) => INSIDE_WORD,
        (Upper(a), Upper(b)) if a == b => -9.0,
        (HalfKana, HalfKana) => -5.0,
        (Upper(a), Lower(b)) if a == b && c.is_ascii() => -7.0,
        // Capitals begin words.
        (Lower(_), Upper(_)) => -11.0,
        (_, Upper(_) | Lower(_)) => -10.0,
        (_, Thai | Arabic | Hebrew) => -9.5,
        // Â£, Ã©: UTF-8 read as a Latin page, of which each second character of two is such a sign.
        (Lower(_) | Upper(_), Symbol) if !before.is_ascii() => -13.0,
        (Han | Kana, Han | Kana) => IDEOGRAPH,
        (Lower(_) | Upper(_), Han) if is_letter_as_pair(c) => INSIDE_WORD,
        (_, Han) => -12.5,
        // Two of them begin each paragraph of a book, and of many a page.
        _ if c == '\u{3000}' && matches!(before, '\n' | '\u{3000}') => INDENT,
        // Pages indent with them, too.
        _ if c == NO_BREAK_SPACE && matches!(before, '\n' | NO_BREAK_SPACE) => -4.0,
        // Behind names.
        (Lower(_) | Upper(_), _) if matches!(c, '™' | '®') => -7.0,
        // Neither a mark of punctuation nor a line.
        (Lower(_) | Upper(_), Sign) if matches!(c, '\u{2070}'..='\u{24ff}' | '\u{25a0}'..='\u{2fff}') => -11.0,
        (_, Wide | Sign | Kana | HalfKana) => -9.0,
        _ => -11.0,
    };
    match (c as u32).wrapping_sub(before as u32) {
        // A rule, which no other signs explain: of 2,000 random boxes 84 less are changed, and 17 of 3,360 texts of noise. An alphabet in its order.
        0 if own == Sign => flat.max(-1.5),
        0 => flat.max(-5.0),
        1 if matches!(own, Lower(_) | HalfKana) => flat.max(-4.5),
        1 | 2 if !c.is_ascii() => flat.max(-6.0),
        _ => flat,
    }
}

const SOFT_HYPHEN: char = '\u{ad}';
const NO_BREAK_SPACE: char = '\u{a0}';

/// What costs so much after a letter that is no byte above ASCII in Latin-1: of those some encodings make other characters together with it.
fn hidden(before: char, cost: f32) -> f32 {
    if ('\u{80}'..='\u{ff}').contains(&before) { cost - 3.0 } else { cost }
}

/// What an accent costs at most that stands apart from its letter, and the letter behind it: text of macOS is full of them.
const ACCENT: f32 = -6.0;

/// What an ideographic space costs at most at the beginning of a line, and after such a one. The texts that the model has seen begin without.
const INDENT: f32 = -2.5;

/// What an ideograph after another one costs at most.
const IDEOGRAPH: f32 = -12.0;

/// Whether a character is an ideograph that the model knows well enough: [`floor`] says nothing of it. Most characters are.
fn is_ordinary(model: f32, before: char, c: char) -> bool {
    let follows = (c as u32).wrapping_sub(before as u32) <= 2;
    matches!(c, '\u{4e00}'..='\u{9fff}') && model >= IDEOGRAPH && !follows
}

/// What stands inside a word of hardly any fine text: one such pair in some hundred million characters. The first bytes of all of Latin-1 in
/// UTF-8, as a Latin page shows them, stand neither after a small letter nor before a symbol or a mark; capitals with accents not after
/// small letters; letters not beside those of another alphabet; ideographs that are Latin letters misread ([`is_letter_as_pair`]) not behind
/// letters. With -15 for all but the first 27 of 9,771 texts in other languages than Chinese come out worse.
const INSIDE_WORD: f32 = -18.0;

fn is_lead(c: char) -> bool {
    matches!(c, 'Â' | 'Ã')
}

/// What second bytes are in windows-1252, but for marks that stand after a word.
fn is_tail(c: char) -> bool {
    matches!(c, '\u{a1}'..='¿' | 'Œ' | 'œ' | 'Š' | 'š' | 'Ÿ' | 'Ž' | 'ž' | 'ƒ') || script(c) == Script::Sign
}

/// Whether an ideograph is a Latin letter that was read as a pair: in UTF-8, or in a Latin page together with a letter of ASCII.
pub(crate) fn is_letter_as_pair(c: char) -> bool {
    let is_letter = |form: &[u8]| matches!(form, [0xC3..=0xC5, 0x80..=0xBF] | [0xC0..=0xFF, b'a'..=b'z']);
    [Encoding::Gbk, Encoding::Big5, Encoding::EucJp]
        .into_iter()
        .any(|e| e.forms(c).first().is_some_and(|form| is_letter(form)))
}

/// What a character of fine text costs after `before` by what the model says of it. Its texts hold some controls of Latin-1, too, all of
/// them damage.
pub(crate) fn meant(model: f32, before: char, c: char) -> f32 {
    match c {
        _ if is_ordinary(model, before, c) => model,
        _ if is_c1(c) => model.min(CONTROL),
        // The model has seen some, all of them damage.
        _ if is_lead(c) && before.is_lowercase() => INSIDE_WORD,
        _ => model.max(floor(before, c)),
    }
}

/// A control of Latin-1: windows-1252 read as what its name was to be.
const CONTROL: f32 = -18.0;

/// What a restored character costs after `before` by what the model says of it, `rare` being what one that the model does not
/// know costs more than in fine text. No text was meant to hold controls and characters of private use.
pub(crate) fn restored(model: f32, before: char, c: char, rare: f32) -> f32 {
    if is_ordinary(model, before, c) {
        return model;
    }
    let own = script(c);
    let floor = || floor_of(before, c, own);
    match c {
        '\u{40000}'.. => UNASSIGNED,
        SOFT_HYPHEN | char::REPLACEMENT_CHARACTER => model.max(floor() + rare),
        _ if own == Script::Suspicious => model.min(floor()),
        _ if !in_use(c) => model.min(UNUSED),
        // Of one language, which the model knows.
        'Ơ' | 'ơ' | 'Ư' | 'ư' => model,
        ' ' if before == '\u{a0}' => model.min(TWO_BLANKS),
        // Less than nothing.
        _ if rare == f32::MIN => model,
        _ => model.max(floor() + rare),
    }
}

/// Planes without characters: what comes out of four bytes by chance, instead of up to eight odd letters.
const UNASSIGNED: f32 = -120.0;

/// What a restored letter that is in no language's alphabet costs at least: one in some ten million characters of text is such, and
/// bytes make every third letter one.
const UNUSED: f32 = -18.0;

/// A space after a no-break space.
const TWO_BLANKS: f32 = -7.0;

/// Whether a character is no letter, or one that texts are written in today: of Latin, Greek and Cyrillic the alphabets of Europe
/// and Vietnam. What is left are phonetic, historical and minority letters, of which bytes make any by chance.
fn in_use(c: char) -> bool {
    match c {
        'À'..='ž' | 'Ơ' | 'ơ' | 'Ư' | 'ư' | 'Ș'..='ț' | 'Ạ'..='ỹ' => true,
        'Ǎ'..='ǜ' | 'Ά'..='ώ' | 'Ё'..='џ' | 'Ґ' | 'ґ' => true,
        // Accents alone, letters in circles and brackets, Braille, units in squares.
        '¨' | '¯' | '¸' | '\u{249c}'..='\u{24e9}' | '\u{2801}'..='\u{28ff}' | '\u{3300}'..='\u{33ff}' => false,
        'ſ'..='\u{52f}' | '\u{1d00}'..='\u{1eff}' | '\u{2c00}'..='\u{2dff}' | '\u{a640}'..='\u{a7ff}' => false,
        // Line ends in UTF-16 whose bytes stand the other way round.
        '\u{a00}' | '\u{d00}' => false,
        // Scripts of history or of few readers, and ideographs that are rarer than any in print.
        '\u{7c0}'..='\u{85f}' | '\u{1680}'..='\u{16ff}' | '\u{10000}'..='\u{1eeff}' | '\u{20000}'.. => false,
        _ => true,
    }
}

/// What a character costs in noise, which says nothing but what kind of character it is: a flat choice among those of its kind. Ciphers,
/// tables of letters and bytes by chance are such; most damaged text would be, too, if it were not for what it says when it is undone.
pub(crate) fn noise(c: char) -> f32 {
    match script(c) {
        // One character in fifty. With 2 the same noise is changed, and of 1,920 texts with marks as many come back.
        _ if is_any_mark(c) => -4.0,
        // 20,000 of them, 11,172 and 6,400.
        Script::Han => -9.9,
        Script::Hangul => -9.3,
        Script::Suspicious if is_private_use(c) => -8.8,
        // Few pages have signs other than dashes, quotation marks, boxes and blocks.
        Script::Sign if !matches!(c, '\u{2010}'..='\u{2044}' | '\u{2500}'..='\u{25a0}') => -7.0,
        // The upper half of a page, ln 128. With 5.5 48 of 3,360 texts of noise more are changed, and two of 1,611 cases of one layer and two
        // of 3,400 short names more come back.
        _ => -4.85,
    }
}

/// What characters are told apart by here.
#[derive(Clone, Copy, PartialEq)]
enum Script {
    Suspicious,
    Hangul,
    Thai,
    Arabic,
    Hebrew,
    /// Small letters: Latin, Greek, Cyrillic.
    Lower(u8),
    Upper(u8),
    Han,
    /// Hiragana, katakana, and Bopomofo, which is written like them.
    Kana,
    /// Marks of tones that follow Bopomofo.
    Tone,
    HalfKana,
    /// Fullwidth and small forms.
    Wide,
    /// Symbols of Latin-1.
    Symbol,
    /// Punctuation and symbols past Latin-1.
    Sign,
    Other,
}

fn script(c: char) -> Script {
    let letter = |group: u8| if c.is_lowercase() { Script::Lower(group) } else { Script::Upper(group) };
    match c {
        // Most characters.
        '\u{4e00}'..='\u{9fff}' => Script::Han,
        '\u{0}'..='\u{8}'
        | '\u{e}'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{e000}'..='\u{f8ff}'
        | '\u{fff0}'..='\u{ffff}' => Script::Suspicious,
        SOFT_HYPHEN | '\u{f0000}'.. => Script::Suspicious,
        'a'..='z' => Script::Lower(0),
        'A'..='Z' => Script::Upper(0),
        '\u{a1}'..='¿' | '×' | '÷' => Script::Symbol,
        'ſ' => Script::Other,
        // No letters.
        '\u{375}' | '\u{378}' | '\u{379}' | '\u{37e}' | '\u{380}'..='\u{385}' | '\u{387}' => Script::Other,
        '\u{38b}' | '\u{38d}' | '\u{3a2}' | '\u{3f6}' | '\u{482}'..='\u{489}' => Script::Other,
        'À'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => letter(0),
        '\u{370}'..='\u{3ff}' => letter(1),
        '\u{400}'..='\u{52f}' => letter(2),
        '\u{590}'..='\u{5ff}' => Script::Hebrew,
        '\u{600}'..='\u{6ff}' => Script::Arabic,
        '\u{e00}'..='\u{e7f}' => Script::Thai,
        '\u{2000}'..='\u{2bff}' | '\u{3000}'..='\u{303f}' => Script::Sign,
        '\u{3040}'..='\u{312f}' | '\u{31a0}'..='\u{31bf}' => Script::Kana,
        'ˇ' | 'ˊ' | 'ˋ' | '˙' => Script::Tone,
        '\u{ac00}'..='\u{d7a3}' => Script::Hangul,
        '\u{fe30}'..='\u{fe6f}' | '\u{ff01}'..='\u{ff5e}' => Script::Wide,
        '\u{ff61}'..='\u{ff9f}' => Script::HalfKana,
        _ if is_han(c) => Script::Han,
        _ => Script::Other,
    }
}

/// The costs of a part of a text, `lead` being what stands before it.
pub(crate) fn costs(model: &Model, lead: &str, text: &[char]) -> Costs {
    let mut context = model.start();
    let mut costs = Costs { scores: Vec::with_capacity(text.len()), contexts: Vec::with_capacity(text.len() + 1) };
    let mut before = '\n';
    let warm = lead.chars().rev().take(WARM_UP).collect::<Vec<_>>();
    for c in warm.into_iter().rev() {
        context = model.step(&context, c).1;
        before = c;
    }
    for &c in text {
        let (score, next) = model.step(&context, c);
        costs.contexts.push(context);
        costs.scores.push(meant(score, before, c));
        context = next;
        before = c;
    }
    costs.contexts.push(context);
    costs
}

/// What characters cost above fine text.
pub(crate) fn excess(text: &[char], scores: &[f32]) -> f32 {
    text.iter().zip(scores).map(|(&c, &score)| (-score - fine(c)).max(0.0)).sum()
}

fn fine(c: char) -> f32 {
    if is_han(c) { FINE_HAN } else { FINE_OTHER }
}

/// The first piece of a stretch that is searched at once, of so many characters at most; the last two are of a length.
pub(crate) fn piece(stretch: &Range<usize>, longest: usize) -> Range<usize> {
    let length = match stretch.len() {
        all if all <= longest => all,
        all if all < 2 * longest => all.div_ceil(2),
        _ => longest,
    };
    stretch.start..stretch.start + length
}

/// Suspicious stretches with their margins, as ranges of characters, in order and apart from each other. Nothing of `glosses`
/// (`overlay::glosses`) is fine.
pub(crate) fn suspects(text: &[char], scores: &[f32], glosses: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let (mut sum, mut start, mut best, mut best_end) = (0.0f32, 0, 0.0f32, 0);
    let mut close = |start: usize, best: f32, end: usize| {
        if best > SUSPICIOUS {
            let wide = start.saturating_sub(MARGIN)..(end + MARGIN).min(text.len());
            match found.last_mut() {
                Some(last) if wide.start <= last.end + JOIN => last.end = wide.end,
                last => {
                    let done = last.map_or(0, |l| l.end);
                    found.push(wide.start.max(done)..wide.end.max(done));
                }
            }
        }
    };
    let mut glosses = glosses.iter().peekable();
    for (i, (&c, &score)) in text.iter().zip(scores).enumerate() {
        while glosses.next_if(|gloss| gloss.end <= i).is_some() {}
        let in_gloss = glosses.peek().is_some_and(|gloss| gloss.start <= i);
        sum += -score - if in_gloss { 0.0 } else { fine(c) };
        if sum <= 0.0 || best - sum > 3.0 * SUSPICIOUS {
            close(start, best, best_end);
            (sum, start, best) = (0.0, i + 1, 0.0);
        } else if sum > best {
            (best, best_end) = (sum, i + 1);
            if i - start >= LONGEST {
                close(start, best, best_end);
                (sum, start, best) = (0.0, i + 1, 0.0);
            }
        }
    }
    close(start, best, best_end);
    found.retain(|r| !r.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_what_unicode_calls_alphabetic() {
        for c in ('À'..='\u{24f}').chain('\u{370}'..='\u{52f}').chain('\u{1e00}'..='\u{1eff}') {
            let is_letter = matches!(script(c), Script::Lower(_) | Script::Upper(_));
            assert_eq!(is_letter, c.is_alphabetic() && c != 'ſ', "{c:?}");
        }
    }
}

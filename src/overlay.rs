//! Damage above the bytes: readings that a script wrote after characters, as in 網(wǎng).

use std::ops::Range;

use crate::model::{Leaning, Model};
use crate::reading;

/// A reading in brackets, as it stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gloss {
    /// The characters of each of its syllables.
    characters: Vec<&'static str>,
    /// Observed characters from where it was looked for to its closing bracket, both included.
    pub(crate) len: usize,
}

impl Gloss {
    /// Whether the reading is one of the character's.
    pub(crate) fn reads(&self, c: char) -> bool {
        self.characters.iter().any(|characters| characters.contains(c))
    }

    /// The characters that it is a reading of; one that has several of its syllables stands there as often.
    pub(crate) fn characters(&self) -> impl Iterator<Item = char> {
        self.characters.iter().flat_map(|characters| characters.chars())
    }
}

/// No toned syllable is longer than `zhuāng`.
const LONGEST: usize = 6;
/// Readings that one gloss may list.
const MOST_READINGS: usize = 4;

/// What a gloss begins with: a bracket, or the mark that has eaten it.
pub(crate) const BRACKET: char = '(';
pub(crate) const MARK: char = '?';

/// The gloss `(wǎng)` at `text[at]`, if one that begins so stands there.
pub(crate) fn gloss_at(text: &[char], at: usize, beginning: char) -> Option<Gloss> {
    (text.get(at) == Some(&beginning))
        .then(|| syllables(text, at + 1))
        .flatten()
        .map(|(characters, end)| Gloss { characters, len: end - at })
}

/// The readings that a script wrote all over a text; none where people did. Such scripts make a text traditional first and annotate
/// common characters of that; people gloss rare characters, names, and what has several readings, in either script.
pub(crate) fn glosses(model: &Model, text: &[char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut by_script, mut by_hand, mut across) = (0, 0, false);
    for at in 1..text.len() {
        let before = text[at - 1];
        let is_of_list = || model.leaning(before) == Leaning::Traditional && model.unigram(before) > COMMON;
        let gloss = match (gloss_at(text, at, BRACKET), gloss_at(text, at, MARK)) {
            (Some(gloss), _) => {
                let whose = if is_of_list() { &mut by_script } else { &mut by_hand };
                *whose += u32::from(gloss.reads(before));
                gloss
            }
            (_, Some(gloss)) => {
                across = true;
                gloss
            }
            _ => continue,
        };
        found.push(at..at + gloss.len);
    }
    if across || by_script > by_hand { found } else { Vec::new() }
}

/// The frequency, in nats, of a character that hardly anybody needs to be told the reading of; the rarest of the lists has -11.6.
const COMMON: f32 = -12.0;

/// The characters of a syllable, or of each of several between slashes, from `from` up to a closing bracket; the index after that.
fn syllables(text: &[char], from: usize) -> Option<(Vec<&'static str>, usize)> {
    let mut found = Vec::new();
    let mut at = from;
    while found.len() < MOST_READINGS && at < text.len() {
        let end = at + text[at..].iter().take(LONGEST).take_while(|&&c| is_pinyin_letter(c)).count();
        let syllable: String = text[at..end].iter().collect();
        found.push(reading::characters(&syllable)?);
        // Some such scripts leave a blank after the syllable.
        let blank = (text.get(end) == Some(&' ')) as usize;
        match text.get(end + blank) {
            Some(')') => return Some((found, end + blank + 1)),
            Some('/') => at = end + blank + 1,
            _ => return None,
        }
    }
    None
}

fn is_pinyin_letter(c: char) -> bool {
    c.is_ascii_lowercase() || "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿɡɑ".contains(c)
}

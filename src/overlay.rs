//! Damage above the bytes: readings that a script wrote after characters, as in 網(wǎng).

use crate::reading;

/// A reading in brackets, as it stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gloss {
    syllable: String,
    /// Observed characters from where it was looked for to its closing bracket, both included.
    pub(crate) len: usize,
}

impl Gloss {
    /// Whether the reading is one of the character's.
    pub(crate) fn reads(&self, c: char) -> bool {
        reading::has_reading(c, &self.syllable)
    }
}

/// No toned syllable is longer than `zhuāng`.
const LONGEST: usize = 6;

/// The gloss `(wǎng)` at `text[at]`, if one stands there.
pub(crate) fn gloss_at(text: &[char], at: usize) -> Option<Gloss> {
    (text.get(at) == Some(&'(')).then(|| syllable(text, at + 1)).flatten().map(|(syllable, end)| Gloss { syllable, len: end - at })
}

/// The gloss `?wǎng)` at `text[at]`: the mark has eaten the opening bracket.
pub(crate) fn gloss_after_mark(text: &[char], at: usize) -> Option<Gloss> {
    (text.get(at) == Some(&'?')).then(|| syllable(text, at + 1)).flatten().map(|(syllable, end)| Gloss { syllable, len: end - at })
}

/// A syllable from `from` up to a closing bracket; the index after that.
fn syllable(text: &[char], from: usize) -> Option<(String, usize)> {
    let mut end = from;
    while end < text.len() && end - from <= LONGEST && is_pinyin_letter(text[end]) {
        end += 1;
    }
    let letters = text.get(from..end)?;
    // Some such scripts leave a blank after the syllable.
    let blank = (text.get(end) == Some(&' ')) as usize;
    if text.get(end + blank) != Some(&')') {
        return None;
    }
    let syllable: String = letters.iter().collect();
    reading::is_syllable(&syllable).then_some((syllable, end + blank + 1))
}

fn is_pinyin_letter(c: char) -> bool {
    c.is_ascii_lowercase() || "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿɡɑ".contains(c)
}

//! A conversion to simplified or traditional characters that a text went through after it was damaged.

use super::is_han;
use crate::codec::{Encoding, Form};
use crate::{score, table};

/// A character, a tab, its simplified forms, a tab and its traditional forms on each line, sorted; after a line that tells the source.
const TABLE: &str = include_str!("variants.txt");

/// The script that a text may have been converted to, and by how many of its characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Converted {
    is_simplified: bool,
    count: u32,
}

impl Converted {
    /// Nothing where characters of both scripts, or of none, tell of no conversion.
    pub(crate) fn of(text: &[char]) -> Option<Converted> {
        let (mut simplified, mut traditional) = (0, 0);
        for &c in text.iter().filter(|&&c| is_han(c)) {
            let Some([simple, full]) = forms(c) else { continue };
            let is_other = |forms: &str| forms.contains(is_converted) && !forms.contains(c);
            traditional += u32::from(is_other(simple));
            simplified += u32::from(is_other(full));
            if simplified > 0 && traditional > 0 {
                return None;
            }
        }
        let count = simplified + traditional;
        (count > 0).then_some(Converted { is_simplified: simplified > 0, count })
    }

    /// What it costs that a character is a converted one, in text that a reader made. Of the characters of one script only that
    /// misread bytes make, GBK has as many of the other; other encodings have few simplified ones.
    fn cost(self, read: Encoding) -> f32 {
        let tells = self.is_simplified || matches!(read, Encoding::Gbk | Encoding::Gb18030);
        let each = if tells { score::OF_ONE_SCRIPT } else { 0.0 };
        score::CONVERTED + (score::CONVERSION + each * self.count as f32).min(0.0)
    }
}

/// The bytes under a reader that a character may have had before a conversion, with what that costs. One that the reader has no bytes for
/// was converted, if anything; others may have been where the text tells so.
pub(crate) fn before_conversion(
    c: char,
    read: Encoding,
    converted: Option<Converted>,
) -> impl Iterator<Item = (Form, f32)> {
    use Encoding::{Big5, EucKr, Gb18030, Gbk, ShiftJis};
    let is_read = is_han(c) && matches!(read, Gbk | Gb18030 | Big5 | ShiftJis | EucKr);
    let is_foreign = is_read && !read.can_write(c);
    let converted = converted.filter(|_| !is_foreign);
    let may_be = is_foreign || converted.is_some() && is_read;
    let [simplified, traditional] = may_be.then(|| forms(c)).flatten().unwrap_or_default();
    let is_meant =
        move |is_simplified: bool| converted.is_none_or(|converted| converted.is_simplified == is_simplified);
    let others =
        traditional.chars().filter(move |_| is_meant(true)).chain(simplified.chars().filter(move |_| is_meant(false)));
    let cost = converted.map_or(score::CONVERTED, |converted| converted.cost(read));
    others.filter(move |other| *other != c).filter_map(move |other| Some((*read.forms(other).first()?, cost)))
}

/// Whether conversions know a character: those beyond the first block few do.
fn is_converted(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

/// The simplified and the traditional forms of a character.
fn forms(c: char) -> Option<[&'static str; 2]> {
    let (simplified, traditional) = table::look_up(TABLE, c.encode_utf8(&mut [0; 4]).as_bytes())?.split_once('\t')?;
    Some([simplified, traditional])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        let keys: Vec<&str> = TABLE.lines().skip(1).filter_map(|line| line.split('\t').next()).collect();
        assert!(keys.is_sorted() && keys.len() > 5000);
        assert_eq!(forms('发'), Some(["", "發髮"]));
    }

    #[test]
    fn a_text_tells_its_conversion() {
        let of = |text: &str| {
            let converted = Converted::of(&text.chars().collect::<Vec<_>>());
            converted.map(|converted| (converted.is_simplified, converted.count))
        };
        assert_eq!(of("颱風過後，漁港裡的船隻陸續出海"), Some((false, 8)));
        assert_eq!(of("车站门口的书报亭"), Some((true, 3)));
        assert_eq!(of("鎵撳紑绐楁埛"), None);
        assert_eq!(of("山水"), None);
    }
}

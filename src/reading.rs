//! The readings of characters, as pages write them after a character: 網(wǎng).

use crate::table;

/// One syllable a line, sorted by its bytes, with a tab between it and its characters; after a line that tells the source.
const TABLE: &str = include_str!("reading/pinyin.txt");

/// The longest syllables, such as `chuǎng` and `zhuāng`, have seven bytes.
const LONGEST: usize = 7;

/// The characters that are read as a syllable, which has its tone mark; `None` if there are none.
pub(crate) fn characters(syllable: &str) -> Option<&'static str> {
    let mut buffer = [0; LONGEST];
    let wanted = fold(syllable, &mut buffer)?;
    table::look_up(TABLE, wanted)
}

/// The syllable with the letters that the table has: GBK has letters of its own for g and a, ɡ (A8C0) and ɑ (A8BB).
fn fold<'a>(syllable: &str, buffer: &'a mut [u8; LONGEST]) -> Option<&'a [u8]> {
    let mut len = 0;
    for c in syllable.chars() {
        let c = match c {
            'ɡ' => 'g',
            'ɑ' => 'a',
            // Neither letter nor end of a syllable.
            '\t' | '\n' => return None,
            c => c,
        };
        let place = buffer.get_mut(len..len + c.len_utf8())?;
        c.encode_utf8(place);
        len += c.len_utf8();
    }
    (len > 0).then_some(&buffer[..len])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Encoding;

    #[test]
    fn characters_have_their_readings() {
        for (c, syllable) in [
            ('網', "wǎng"),
            ('网', "wǎng"),
            ('經', "jīng"),
            ('行', "háng"),
            ('行', "xíng"),
            ('女', "nǚ"),
            ('綠', "lǜ"),
            ('裝', "zhuāng"),
            ('的', "de"),
            ('阿', "a"),
            ('广', "ɡuǎnɡ"),
            ('巴', "bɑ"),
        ] {
            assert!(characters(syllable).is_some_and(|all| all.contains(c)), "{c} {syllable}");
        }
        for (c, syllable) in [('網', "wāng"), ('網', ""), ('a', "a"), ('\t', "a"), ('網', "wǎng\t"), ('#', "#")] {
            assert!(characters(syllable).is_none_or(|all| !all.contains(c)), "{c} {syllable}");
        }
    }

    #[test]
    fn every_line_is_found_and_nothing_else() {
        let mut last = "";
        for line in TABLE.lines().skip(1) {
            let (syllable, characters) = line.split_once('\t').unwrap();
            assert!(last < syllable && syllable.len() <= LONGEST, "{syllable}");
            assert_eq!(super::characters(syllable), Some(characters), "{syllable}");
            assert!(characters.chars().is_sorted());
            assert!(characters.chars().all(|c| Encoding::Gbk.can_write(c)), "{syllable}");
            last = syllable;
        }
        for s in [
            "",
            "#",
            "# Toned",
            "q",
            "wangg",
            "網",
            "wǎng\t網",
            "\n",
            "zzzzzz",
            "wàng\u{301}",
            "zhuangzhuangzhuang",
            "\u{10FFFF}",
        ] {
            assert_eq!(super::characters(s), None, "{s:?}");
        }
    }
}

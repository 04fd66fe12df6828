//! Which places of a text are worth a closer look, found at about the speed at which its characters can be read.
//!
//! One pass over the bytes, without allocation. Each character adds what it is rarer than characters of fine text are (a
//! table lookup), and commoner ones take it away again: a running sum, as in [`detect`](crate::detect), but of frequencies
//! and without context. Where the sum exceeds a limit stands something unusual; all else is left alone unseen. What damage
//! makes of a text is unusual in this sense nearly always, because it knows nothing of frequencies. The exceptions are
//! readings inserted in brackets, and single bytes of ASCII that once were half of a character: they are looked for where
//! ASCII and other characters meet.

use std::ops::Range;

use crate::detect::is_letter_as_pair;
use crate::model::Model;

/// Code points with a weight; all others have [`RAREST`].
pub(crate) const WEIGHED: usize = 0x1_0000;
/// What the characters below [`WEIGHED`] add, in steps.
pub(crate) type Weights = [i8; WEIGHED];

/// Steps of a nat.
const NAT: i32 = 4;
/// A character as frequent as this (e^-10, one in 22,000) says nothing. An ideograph costs e^6.7 on average; a code point
/// taken by chance costs more than this.
const MIDDLE: f32 = 10.0;
/// What a rare character adds at most: two of them in a row may happen, with names.
const RAREST: i32 = 6 * NAT;
/// What a common character takes away at most.
const COMMONEST: i32 = 4 * NAT;
/// What an ASCII character takes away.
const ASCII: i32 = NAT;
/// Letters and symbols up to U+2000 and box drawing, which are common in some language and still what bytes turn into in a
/// single-byte reading, where they come in twos and threes.
const LETTER: i32 = 3 * NAT + NAT / 2;
/// What no fine text has, and what marks damage wherever it stands.
const CERTAIN: i32 = 31 * NAT;
/// Ideographs of uninitialised memory, which are not that rare (`beyond`).
const MEMORY: i32 = 2 * NAT + NAT / 2;

/// A reading in brackets, once: some writers have such glosses.
const READING: i32 = 8 * NAT;

/// An ideograph inside a word of ASCII that is a Latin letter misread (M眉nchen): what else stands there has other bytes. Of 100 German lines
/// in UTF-8 that were read as GBK or Big5 87 come back, and 46 without it.
const LETTER_IN_WORD: i32 = 8 * NAT;

/// A text of at most so many bytes is looked at where the sum exceeds the second number: the longer a text, the more chances
/// it has to look unusual somewhere without being damaged, and the less is the repair of one small place worth of the time
/// that all those take. Damage of twenty characters exceeds the last limit nearly always, of eight characters mostly.
const LIMITS: [(usize, i32); 5] =
    [(240, NAT), (16 << 10, 3 * NAT), (64 << 10, 6 * NAT), (512 << 10, 12 * NAT), (usize::MAX, 20 * NAT)];
/// Limits up to this are not lowered where damage is found.
const CLOSE: i32 = 3 * NAT;
/// The limit at which fine and damaged text differ most, for texts of any length.
const MIDDLE_LIMIT: i32 = 6 * NAT;
/// So many bytes on both sides of an unusual place are looked at as well: what `detect` joins and adds as a margin, and some
/// more to begin with a context.
pub(crate) const AROUND: usize = 192;
/// Texts up to so many bytes are looked at as a whole or not at all, and so are those of which places make up this share.
const WHOLE: usize = 2000;
const WHOLE_SHARE: usize = 2;
/// ASCII runs longer than this are skipped by a call.
const LONG_RUN: usize = 32;

/// How unusual a place must be to be looked at, for a text of so many bytes.
pub(crate) fn limit(bytes: usize) -> i32 {
    LIMITS.iter().find(|l| bytes <= l.0).map_or(CLOSE, |l| l.1)
}

/// The limit where a text has turned out to be damaged: more damage is likely then.
pub(crate) fn closer_limit(limit: i32) -> Option<i32> {
    LIMITS.iter().rev().map(|l| l.1).find(|&closer| closer < limit && closer >= CLOSE)
}

/// What a character of the given frequency (in nats; `None` outside the vocabulary) adds.
pub(crate) fn weight(c: char, frequency: Option<f32>) -> i8 {
    let frequency = frequency.map_or(RAREST, |nats| ((-nats - MIDDLE) * NAT as f32).round() as i32);
    let weight = frequency.clamp(-COMMONEST, RAREST);
    let weight = match c {
        '\0'..='\x7f' => -ASCII,
        '\u{80}'..='\u{9f}' | 'Â' | 'Ã' | '\u{e000}'..='\u{f8ff}' | '\u{fff0}'.. => CERTAIN,
        '锟' | '踝' | '쏙' | '鐃' => CERTAIN,
        '\u{a0}' | '·' => 0,
        '\u{a1}'..='\u{1fff}' | '\u{2500}'..='\u{259f}' => weight.max(LETTER),
        // Fullwidth letters and digits: one width of ASCII, whatever the model has seen of it.
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => weight.clamp(-ASCII, 0),
        '烫' | '屯' | '葺' => weight.max(MEMORY),
        _ => weight,
    };
    weight as i8
}

/// The places of a text that are worth a closer look: ranges of bytes on character boundaries, in order and apart from each
/// other, with what stands around.
pub(crate) fn places(model: &Model, text: &str, limit: i32) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = Vec::new();
    let mut covered = 0;
    let whole = 0..text.len();
    let found = |at: usize| {
        if text.len() <= WHOLE {
            places = vec![whole.clone()];
            return Next::Enough;
        }
        let place = boundary(text, at.saturating_sub(AROUND))..boundary(text, at + AROUND);
        match places.last_mut() {
            Some(last) if place.start <= last.end => {
                covered += place.end - last.end;
                last.end = place.end;
            }
            _ => {
                covered += place.len();
                places.push(place);
            }
        }
        Next::Skip
    };
    scan(model.weights(), text, limit, found);
    if covered * WHOLE_SHARE > text.len() { vec![whole] } else { places }
}

/// Places are looked at in parts that end with the first line end after so many bytes, or without one after twice as many.
const PART: usize = 32 << 10;

/// The parts of a place, which bound what is known of it at a time.
pub(crate) fn parts(text: &str, place: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = place.start;
    std::iter::from_fn(move || {
        if at == place.end {
            return None;
        }
        let (least, most) = (place.end.min(at + PART), place.end.min(at + 2 * PART));
        let line_end = text.as_bytes()[least..most].iter().position(|&b| b == b'\n');
        let end = line_end.map_or_else(|| boundary(text, most), |length| least + length + 1);
        let part = at..end;
        at = end;
        Some(part)
    })
}

/// The first boundary of characters from `at` on.
pub(crate) fn boundary(text: &str, at: usize) -> usize {
    (at..text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len())
}

/// The end of the first such place.
pub(crate) fn first(model: &Model, text: &str, limit: i32) -> Option<usize> {
    let mut first = None;
    scan(model.weights(), text, limit, |at| {
        first = Some(at);
        Next::Enough
    });
    first
}

/// How many such places there are, neighbours counted once.
pub(crate) fn count(model: &Model, text: &str) -> usize {
    let mut count = 0;
    scan(model.weights(), text, MIDDLE_LIMIT, |_| {
        count += 1;
        Next::Skip
    });
    count
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// What stands near is looked at anyway.
    Skip,
    Enough,
}

/// Tells of each place where the sum exceeds the limit.
fn scan(weights: &Weights, text: &str, limit: i32, mut found: impl FnMut(usize) -> Next) {
    let bytes = text.as_bytes();
    let mut rest = bytes;
    let mut sum = 0i32;
    while let Some(&first) = rest.first() {
        if first & 0xF0 == 0xE0 {
            // Chinese, mostly: the innermost loop, four characters of three bytes at once. It goes below nothing instead of
            // above, where the bound takes no branch: whether a character undoes all before it cannot be foreseen.
            let mut below = -sum;
            while let Some(bytes) = rest.first_chunk::<14>()
                && let (Some(&first), Some(&second)) = (bytes.first_chunk(), bytes.last_chunk())
            {
                let [first, second] = [first, second].map(u64::from_le_bytes);
                if ((first ^ TWO_LEADS) | (second ^ TWO_LEADS)) & TWO_LEADS_MASK != 0 {
                    break;
                }
                let [one, two] = weights_of_two(weights, first);
                let [three, four] = weights_of_two(weights, second);
                let one = (below - one).min(0);
                let two = (one - two).min(0);
                let three = (two - three).min(0);
                let four = (three - four).min(0);
                if (one + limit) | (two + limit) | (three + limit) | (four + limit) < 0 {
                    break;
                }
                below = four;
                rest = &rest[12..];
            }
            sum = -below;
            while let Some(&[a @ 0xE0..=0xEF, b, c]) = rest.first_chunk() {
                sum = (sum + weight_of(weights, u32::from_le_bytes([a, b, c, 0]))).max(0);
                rest = &rest[3..];
                if sum > limit {
                    break;
                }
            }
        } else if first == b'\n' && rest.get(1).is_some_and(|b| !b.is_ascii()) {
            // The end of a line, as `beside` would have it.
            sum = (sum - ASCII).max(0);
            rest = &rest[1..];
        } else if first < 0x80 {
            let run = ascii_run(rest);
            let before = &bytes[..bytes.len() - rest.len()];
            sum = (sum + beside(&rest[..run], !before.is_empty(), rest.get(run).copied())).max(0);
            if is_letter_in_word(before, rest) {
                sum += LETTER_IN_WORD;
            }
            rest = &rest[run..];
        } else {
            match *rest {
                [a, b, ..] if first < 0xE0 => {
                    let c = usize::from(a & 0x1F) << 6 | usize::from(b & 0x3F);
                    sum = (sum + i32::from(weights[c])).max(0);
                    rest = &rest[2..];
                }
                [_, _, _, _, ..] => {
                    sum += beyond_the_basic_plane(rest);
                    rest = &rest[4..];
                }
                _ => break,
            }
        }
        if sum > limit {
            if found(bytes.len() - rest.len()) == Next::Enough {
                return;
            }
            sum = 0;
            // What is looked at around the next place reaches back over what is skipped here.
            let at = boundary(text, bytes.len() - rest.len() + AROUND / 2);
            rest = &bytes[at..];
        }
    }
}

/// The leads of two characters of three bytes each, as the bits of a little-endian number.
const TWO_LEADS: u64 = 0xE000_00E0;
const TWO_LEADS_MASK: u64 = 0xF000_00F0;

/// What two characters of three bytes each add, which are the lowest ones of a little-endian number.
#[inline(always)]
fn weights_of_two(weights: &Weights, bytes: u64) -> [i32; 2] {
    const fn both(bits: u64) -> u64 {
        bits << 24 | bits
    }
    let two = bytes << 12 & both(0xF000) | bytes >> 2 & both(0xFC0) | bytes >> 16 & both(0x3F);
    [two, two >> 24].map(|c| i32::from(weights[usize::from(c as u16)]))
}

/// What a character of three bytes adds, which are the lowest ones of a little-endian number.
#[inline(always)]
fn weight_of(weights: &Weights, bytes: u32) -> i32 {
    weights_of_two(weights, u64::from(bytes))[0]
}

/// Emoji are common, ideographs of the supplementary planes rare, what lies beyond is no text.
fn beyond_the_basic_plane(rest: &[u8]) -> i32 {
    match rest {
        [0xF0, 0x9F, ..] => 0,
        [0xF0, ..] => RAREST,
        _ => CERTAIN,
    }
}

/// The length of the ASCII at the beginning of some bytes.
#[inline]
fn ascii_run(bytes: &[u8]) -> usize {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let mut run = 0;
    while let Some(&word) = bytes[run..].first_chunk() {
        let high = u64::from_le_bytes(word) & HIGH;
        if high != 0 {
            return run + high.trailing_zeros() as usize / 8;
        }
        run += size_of::<u64>();
        if run >= LONG_RUN {
            return run + encoding_rs::Encoding::ascii_valid_up_to(&bytes[run..]);
        }
    }
    run + bytes[run..].iter().take_while(|b| b.is_ascii()).count()
}

/// What a run of ASCII adds, with other characters before it or not, and the first byte of what follows.
#[inline]
fn beside(run: &[u8], before: bool, after: Option<u8>) -> i32 {
    let fine = -ASCII * (run.len().min(LONG_RUN) as i32);
    if !before || run.len() > LONG_RUN {
        return fine;
    }
    match (run, after) {
        // A reading: 網(wǎng), 學(xué), 鎮(zhèn).
        ([b'(', b'a'..=b'z', ..], _) if is_reading(&run[1..], after) => READING,
        ([b'('], Some(0xC3..=0xC9)) => READING,
        // Halves of characters.
        ([b'?'], Some(_)) => 2 * ASCII,
        ([b'?', b'?'] | [b'?', b'?', b'?'], Some(_)) => 4 * ASCII,
        ([b'A'..=b'Z' | b'a'..=b'z'], Some(_)) => 4 * ASCII,
        ([b'@' | b'[' | b'\\' | b']' | b'^' | b'`' | b'{' | b'}'], Some(_)) => 3 * ASCII,
        // A mark before a stop that was half of the character before it.
        ([b'?', b',' | b';'] | [b'?', b',' | b';', b'A'..=b'Z' | b'a'..=b'z'], Some(_)) => 4 * ASCII,
        ([b',' | b'.' | b'!' | b'?' | b':' | b';', b'A'..=b'Z' | b'a'..=b'z'], Some(_)) => 2 * ASCII,
        ([b'?', b',' | b'!' | b'?' | b';', ..], Some(_)) if run.len() <= 4 => 2 * ASCII,
        ([0..=8 | 14..=31 | 127, ..] | [.., 0..=8 | 14..=31 | 127], _) => CERTAIN,
        _ => fine,
    }
}

/// Whether a word of ASCII goes on with `rest` after an ideograph that may have been one of its letters.
#[inline]
fn is_letter_in_word(before: &[u8], rest: &[u8]) -> bool {
    matches!(rest, [b'a'..=b'z', ..])
        && matches!(before, [.., b'A'..=b'Z' | b'a'..=b'z', 0xE4..=0xE9, _, _])
        && std::str::from_utf8(&before[before.len() - 3..]).is_ok_and(|s| s.chars().all(is_letter_as_pair))
}

/// Letters as far as they go, and then the end of the run or the closing bracket.
fn is_reading(run: &[u8], after: Option<u8>) -> bool {
    /// The longest reading, zhuang, and half of one more.
    const LONGEST: usize = 8;
    let letters = run.iter().take_while(|b| b.is_ascii_lowercase()).count();
    letters <= LONGEST
        && match run.get(letters) {
            None => after.is_some_and(|b| (0xC3..=0xC9).contains(&b)),
            Some(b) => matches!(b, b')' | b'/' | b' '),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places_of(text: &str) -> Vec<Range<usize>> {
        places(&Model::embedded(), text, limit(text.len()))
    }

    #[test]
    fn fine_text_has_no_places_and_damage_is_one() {
        for text in ["请先保存文件，然后关闭窗户。", "The window is open.", "她说：“明天再来。”", ""]
        {
            assert_eq!(places_of(text), [], "{text}");
        }
        for text in ["璇峰厛淇濆瓨鏂囦欢", "æ˜¥å¤©", "網(wǎng)站", "打开\u{fffd}户", "锟斤拷"] {
            let whole = std::iter::once(0..text.len());
            assert!(places_of(text).into_iter().eq(whole), "{text}");
        }
    }

    #[test]
    fn places_are_on_boundaries_and_around_the_damage() {
        let fine = "今天下午我们在图书馆里讨论下个月的计划。".repeat(300);
        let text = format!("{fine}璇峰厛淇濆瓨鏂囦欢骞跺叧闂獥鎴{fine}");
        let places = places_of(&text);
        assert_eq!(places.len(), 1);
        let place = &places[0];
        assert!(text.is_char_boundary(place.start) && text.is_char_boundary(place.end));
        assert!(place.start < fine.len() && place.end > text.len() - fine.len());
        assert!(place.len() < 2000);
    }

    #[test]
    fn limits_rise_with_the_length_and_come_down_step_by_step() {
        let limits: Vec<i32> = [10, 1_000, 50_000, 100_000, 10_000_000].map(limit).to_vec();
        assert!(limits.is_sorted());
        assert_eq!(closer_limit(limit(10_000_000)), Some(limit(100_000)));
        assert_eq!(closer_limit(limit(1_000)), None);
    }
}

//! Bytes of unknown encoding: every encoding reads them, the model says which reading is text.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use crate::codec::{Encoding, Parse};
use crate::model::Model;

/// Bytes that are read to find the encoding; more add time but hardly evidence.
const SAMPLE: usize = 4096;
/// A byte that an encoding cannot decode, in nats: rarer than the rarest character.
const MALFORMED: f32 = -14.0;
/// Log-odds that a valid multi-byte sequence of UTF-8 is no accident: of the byte pairs above ASCII about one in twenty is one.
const VALID_UTF8: f32 = 3.0;
/// Sequences that count for that; more cannot make it surer.
const MOST_VALID: usize = 10;
/// What chardetng's guess is worth, in nats: about as much as three characters.
const GUESSED: f32 = 2.0;

/// The likeliest encoding of `bytes`, the text in it, and whether malformed bytes are [shown](Decoded::is_shown) in it.
pub(crate) fn read<'a>(
    model: &Model,
    bytes: &'a [u8],
    encodings: Option<&[Encoding]>,
    may_show: bool,
) -> (Encoding, Cow<'a, str>, bool) {
    let (encoding, mark) = find(model, bytes, encodings);
    match std::str::from_utf8(bytes) {
        Ok(text) if encoding == Encoding::Utf8 && mark == 0 => (encoding, Cow::Borrowed(text), false),
        _ => {
            let decoded = decode_loosely(encoding, &bytes[mark..], false, may_show);
            (encoding, Cow::Owned(decoded.text), decoded.is_shown)
        }
    }
}

/// The likeliest encoding of `bytes`, judged by how they begin, and the length of its mark at their start.
pub(crate) fn find(model: &Model, bytes: &[u8], encodings: Option<&[Encoding]>) -> (Encoding, usize) {
    if let Some(marked) = byte_order_mark(bytes) {
        return marked;
    }
    if bytes.is_ascii() && !bytes.contains(&0) {
        return (Encoding::Utf8, 0);
    }
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let guess = detector.guess(None, Utf8Detection::Allow);
    let allowed = encodings.unwrap_or(Encoding::ALL);
    let best = allowed
        .iter()
        .map(|&e| {
            let guessed = e.label().eq_ignore_ascii_case(guess.name());
            (rate(model, e, sample, sample.len() < bytes.len()) + if guessed { GUESSED } else { 0.0 }, e)
        })
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    (best.map_or(Encoding::Utf8, |b| b.1), 0)
}

fn byte_order_mark(bytes: &[u8]) -> Option<(Encoding, usize)> {
    match bytes {
        [0xEF, 0xBB, 0xBF, ..] => Some((Encoding::Utf8, 3)),
        [0xFF, 0xFE, ..] => Some((Encoding::Utf16Le, 2)),
        [0xFE, 0xFF, ..] => Some((Encoding::Utf16Be, 2)),
        _ => None,
    }
}

/// Log-likelihood of the bytes in an encoding, in nats: the text's under the model, the encoding's prior, what is malformed.
fn rate(model: &Model, encoding: Encoding, bytes: &[u8], cut: bool) -> f32 {
    let Decoded { text, malformed, .. } = decode_loosely(encoding, bytes, cut, false);
    let mut sum = 0.0;
    model.score_text(text.chars().filter(|&c| c != char::REPLACEMENT_CHARACTER), |score| sum += score);
    let sequences = text.chars().filter(|&c| c > '\x7f').count();
    if encoding == Encoding::Utf8 && malformed == 0 {
        sum += VALID_UTF8 * sequences.min(MOST_VALID) as f32;
    }
    sum + malformed as f32 * MALFORMED + prior(encoding)
}

/// How common an encoding is for bytes without a label, in nats below the commonest; rough ranks of web and archive use.
fn prior(encoding: Encoding) -> f32 {
    use Encoding::*;
    match encoding {
        Utf8 => 0.0,
        Gb18030 | Windows1252 | ShiftJis | Windows1251 | EucKr | Big5 => -1.0,
        Gbk => -1.01,
        EucJp | Windows1250 | Windows1253 | Windows1254 | Windows1255 | Windows1256 | Windows874 | Koi8R => -2.0,
        Utf16Le | Windows1257 | Windows1258 | Iso8859_1 | Iso8859_2 => -3.0,
        _ => -5.0,
    }
}

/// What bytes read in an encoding.
pub(crate) struct Decoded {
    pub(crate) text: String,
    /// Bytes that fit nowhere.
    malformed: usize,
    /// Bytes that were read: all of them, but for a character that is cut off.
    pub(crate) consumed: usize,
    /// Whether bytes that fit nowhere in UTF-8 stand as characters of x-user-defined, so that what is left of a character is not lost. They
    /// are as long as U+FFFD, which stands for them elsewhere and where nothing comes of them ([`marked`]).
    pub(crate) is_shown: bool,
}

/// Decodes loosely, and shows bytes that fit nowhere where that is wanted and nothing else is taken for them. Where the bytes are `cut` off from
/// more of them, a character cut off with them is left.
pub(crate) fn decode_loosely(encoding: Encoding, bytes: &[u8], cut: bool, may_show: bool) -> Decoded {
    let (mut text, mut at) = encoding.decode_prefix(bytes);
    let mut malformed = 0;
    let mut is_shown = may_show
        && encoding == Encoding::Utf8
        && at < bytes.len()
        && !bytes.windows(2).any(|w| matches!(w, [0xEF, 0x9E | 0x9F]));
    if is_shown {
        // The line that is malformed may be so from its beginning on.
        at = text.rfind('\n').map_or(0, |end| end + 1);
        text.truncate(at);
    }
    while at < bytes.len() {
        if is_shown && let Some(foreign) = foreign(bytes, at) {
            malformed += foreign.iter().filter(|byte| !byte.is_ascii()).count();
            text.extend(foreign.iter().map(|&byte| shown(byte)));
            at += foreign.len();
            continue;
        }
        match encoding.parse(&bytes[at..bytes.len().min(at + 4)]) {
            Parse::Char { c, len } => {
                text.push(c);
                at += len as usize;
            }
            Parse::Pair { first, second, len } => {
                text.extend([first, second]);
                at += len as usize;
            }
            Parse::Incomplete | Parse::Malformed
                if encoding == Encoding::Utf8
                    && let Some(c) = surrogates(&bytes[at..]) =>
            {
                text.push(c);
                at += SURROGATES;
            }
            Parse::Incomplete if cut => break,
            Parse::Incomplete | Parse::Malformed => {
                text.push(if is_shown { shown(bytes[at]) } else { char::REPLACEMENT_CHARACTER });
                malformed += 1;
                at += 1;
            }
        }
    }
    is_shown &= malformed > 0;
    Decoded { text, malformed, consumed: at, is_shown }
}

/// Malformed bytes that a run of bytes beyond ASCII has at least if it is no UTF-8, but for lost bytes.
const FOREIGN: usize = 3;

/// Whether bytes are of another encoding than UTF-8: malformed in many places, and what is not may be so by chance.
fn is_foreign(run: &[u8]) -> bool {
    let (mut malformed, mut long, mut at) = (0, 0, 0);
    while at < run.len() {
        match Encoding::Utf8.parse(&run[at..run.len().min(at + 4)]) {
            Parse::Char { len, .. } => {
                long += usize::from(len > 2);
                at += usize::from(len);
            }
            _ if let Some(_) = surrogates(&run[at..]) => at += SURROGATES,
            _ => {
                malformed += 1;
                at += 1;
            }
        }
    }
    malformed >= FOREIGN && malformed > long
}

/// The line, or the run of bytes beyond ASCII, that begins at a place and is of another encoding than UTF-8: programs write to the same file.
fn foreign(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let rest = &bytes[at..];
    let until = |is_end: fn(&u8) -> bool| &rest[..rest.iter().position(is_end).unwrap_or(rest.len())];
    let before = at.checked_sub(1).map(|before| bytes[before]);
    if before.is_none_or(|b| b == b'\n') {
        let line = until(|&b| b == b'\n');
        if is_foreign(line) {
            return Some(line);
        }
    }
    let begins = !rest[0].is_ascii() && before.is_none_or(|b| b.is_ascii());
    begins.then(|| until(u8::is_ascii)).filter(|run| is_foreign(run))
}

/// The character that shows a byte: itself in ASCII.
fn shown(byte: u8) -> char {
    match Encoding::XUserDefined.parse(&[byte]) {
        Parse::Char { c, .. } => c,
        _ => char::REPLACEMENT_CHARACTER,
    }
}

/// Bytes of a character beyond the basic plane in CESU-8 (Unicode technical report 26): two surrogates, each as if it were a character.
const SURROGATES: usize = 6;

/// The character that begins so; databases and Java write them into what is called UTF-8.
fn surrogates(bytes: &[u8]) -> Option<char> {
    let &[0xED, a, b, 0xED, c, d, ..] = bytes else { return None };
    let unit = |a: u8, b: u8| {
        let is_unit = a >= 0xA0 && [a, b].iter().all(|byte| (0x80..=0xBF).contains(byte));
        is_unit.then(|| 0xD000 | u16::from(a & 0x3F) << 6 | u16::from(b & 0x3F))
    };
    char::decode_utf16([unit(a, b)?, unit(c, d)?]).next()?.ok()
}

/// Whether a character may stand for a malformed byte.
pub(crate) fn shows_byte(c: char) -> bool {
    ('\u{f780}'..='\u{f7ff}').contains(&c)
}

/// A text with U+FFFD for what shows a malformed byte.
pub(crate) fn marked(text: &str) -> String {
    text.replace(shows_byte, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use crate::{Encoding, Fixer, LossKind, Verdict, fix_bytes};

    fn streamed(bytes: &[u8]) -> String {
        let mut text = String::new();
        Fixer::default().reader(bytes).read_to_string(&mut text).expect("no error of the source");
        text
    }

    #[test]
    fn what_is_left_of_a_character_in_utf8_tells_it() {
        let text = "请先保存文件，然后重新启动计算机。";
        for lost in ["存", "新", "机"] {
            let at = text.find(lost).expect("it is there");
            let mut bytes = text.as_bytes().to_vec();
            bytes.remove(at + 2);
            let repair = fix_bytes(&bytes);
            assert_eq!(repair.text(), text);
            assert_eq!(repair.spans()[0].chain.to_string(), "utf-8 as x-user-defined");
            assert_eq!(repair.spans()[0].losses[0].kind, LossKind::Vanished);
            assert_eq!(repair.source_text(), text.replace(lost, "\u{fffd}\u{fffd}"));
            assert_eq!(streamed(&bytes), text);
        }
    }

    #[test]
    fn lines_in_another_encoding_are_read_in_it() {
        let fine = "2024-05-01 12:00 用户登录成功，欢迎使用本系统\n";
        for (written, line) in [
            ("gb18030", "2024-05-01 12:01 数据库连接失败，请检查网络设置\n"),
            ("big5", "颱風過後漁港裡的船隻陸續出海\n"),
            ("windows-1251", "Весной здесь цветут яблони, и воздух пахнет мёдом.\n"),
        ] {
            let encoding: Encoding = written.parse().expect("an encoding");
            let foreign = encoding.encode(line).expect("it has these characters");
            let bytes = [fine.as_bytes(), &foreign, fine.as_bytes()].concat();
            let repair = fix_bytes(&bytes);
            assert_eq!(repair.text(), [fine, line, fine].concat());
            assert!(repair.spans().iter().all(|s| s.chain.to_string() == format!("{written} as x-user-defined")));
            assert_eq!(streamed(&bytes), repair.text());
        }
    }

    #[test]
    fn malformed_bytes_of_which_nothing_comes_are_marks() {
        for (bytes, marked) in
            [(&b"\xe5\xa4\xa9\xff\xe5\xa4\xa9"[..], "天\u{fffd}天"), (b"\xe5\xa4\xa9 \xff", "天 \u{fffd}")]
        {
            let repair = fix_bytes(bytes);
            assert_eq!((repair.text(), repair.verdict()), (marked, Verdict::BeyondRepair));
            assert_eq!(streamed(bytes), marked);
        }
        // Then such characters are nothing but what they are.
        let bytes = [&b"\xff "[..], "\u{f7e5}".as_bytes()].concat();
        assert_eq!(fix_bytes(&bytes).text(), "\u{fffd} \u{f7e5}");
        assert_eq!(streamed(&bytes), "\u{fffd} \u{f7e5}");
    }

    #[test]
    fn surrogates_written_as_characters_are_one() {
        let bytes = "今天天气真好".bytes().chain(*b"\xed\xa0\xbd\xed\xb8\x80").collect::<Vec<u8>>();
        assert_eq!(fix_bytes(&bytes).text(), "今天天气真好😀");
        let bytes = "今天天气真好".bytes().chain(*b"\xed\xa0\xbd\xed\xa0\xbd").collect::<Vec<u8>>();
        assert_ne!(fix_bytes(&bytes).verdict(), Verdict::Clean);
    }
}

//! Bytes of unknown encoding: every encoding reads them, the model says which reading is text.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use crate::codec::Encoding;
use crate::model::Model;

mod decode;

use decode::Decoded;
pub(crate) use decode::{decode_loosely, marked};

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

/// The likeliest encoding of `bytes`, the text in it with U+FFFD for what is malformed, and the same with malformed bytes
/// [shown](Decoded::is_shown), if they are.
pub(crate) fn read<'a>(
    model: &Model,
    bytes: &'a [u8],
    encodings: Option<&[Encoding]>,
    may_show: bool,
) -> (Encoding, Cow<'a, str>, Option<String>) {
    let (encoding, mark) = find(model, bytes, encodings);
    match std::str::from_utf8(bytes) {
        Ok(text) if encoding == Encoding::Utf8 && mark == 0 => (encoding, Cow::Borrowed(text), None),
        _ => {
            let decoded = decode_loosely(encoding, &bytes[mark..], false, may_show);
            match decoded.is_shown {
                true => (encoding, Cow::Owned(marked(&decoded.text)), Some(decoded.text)),
                false => (encoding, Cow::Owned(decoded.text), None),
            }
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

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

/// The likeliest encoding of `bytes` and the text in it; what is malformed there becomes U+FFFD.
pub(crate) fn read<'a>(model: &Model, bytes: &'a [u8], encodings: Option<&[Encoding]>) -> (Encoding, Cow<'a, str>) {
    let (encoding, mark) = find(model, bytes, encodings);
    match std::str::from_utf8(bytes) {
        Ok(text) if encoding == Encoding::Utf8 && mark == 0 => (encoding, Cow::Borrowed(text)),
        _ => (encoding, Cow::Owned(decode_loosely(encoding, &bytes[mark..], false).text)),
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
    let Decoded { text, malformed, .. } = decode_loosely(encoding, bytes, cut);
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
    /// Bytes that fit nowhere; U+FFFD stands for each.
    malformed: usize,
    /// Bytes that were read: all of them, but for a character that is cut off.
    pub(crate) consumed: usize,
}

/// Decodes with U+FFFD for each byte that fits nowhere. Where the bytes are `cut` off from more of them, a character cut off
/// with them is left.
pub(crate) fn decode_loosely(encoding: Encoding, bytes: &[u8], cut: bool) -> Decoded {
    let (mut text, mut at) = encoding.decode_prefix(bytes);
    let mut malformed = 0;
    while at < bytes.len() {
        match encoding.parse(&bytes[at..bytes.len().min(at + 4)]) {
            Parse::Char { c, len } => {
                text.push(c);
                at += len as usize;
            }
            Parse::Pair { first, second, len } => {
                text.extend([first, second]);
                at += len as usize;
            }
            Parse::Incomplete if cut => break,
            Parse::Incomplete | Parse::Malformed => {
                text.push(char::REPLACEMENT_CHARACTER);
                malformed += 1;
                at += 1;
            }
        }
    }
    Decoded { text, malformed, consumed: at }
}

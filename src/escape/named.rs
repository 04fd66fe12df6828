//! Notations that say what their bytes are: encoded words, HZ and UTF-7.

use super::{LEAST_GAIN_OF_ONE, Options, Piece, confidence, is_text};
use crate::Encoding;
use crate::chain::{
    ByteNotation, Chain, Step, TextNotation, hz_run_at, mime_gap_at, utf7_digit, utf7_introducer, utf7_run_at, word_at,
};

/// What an arbitrary pair of HZ costs, in nats: 94 times 94 are possible; and a unit of UTF-7.
const HZ_PAIR: f32 = 9.1;
const UTF7_UNIT: f32 = 11.1;
/// What it says for HZ, in nats, that pairs fill a run to its closing bracket: a chance of one in two for each pair, and of
/// little for the brackets.
const HZ_IS_CLOSED: f32 = 6.0;
/// How much rarer than plus signs UTF-7 is, for a whole text: nobody writes it today.
const UTF7_IS_RARE: f32 = -4.0;

/// Encoded words and HZ, in text order.
pub(super) fn pieces(text: &str, options: &Options<'_>) -> Vec<Piece> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].find(['=', '~']) {
        at += next;
        let piece = match bytes.get(at + 1) {
            Some(b'?') => words(text, at, options),
            Some(b'{') => hz(text, at, options),
            _ => None,
        };
        at = piece.as_ref().map_or(at + 1, |piece: &Piece| piece.source.end);
        out.extend(piece);
    }
    out
}

/// The encoded words from `at` on that name the same encoding.
fn words(text: &str, at: usize, options: &Options<'_>) -> Option<Piece> {
    let first = word_at(text.as_bytes(), at)?;
    let mut bytes = first.bytes;
    let mut end = at + first.len;
    loop {
        let next = end + mime_gap_at(text.as_bytes(), end);
        match word_at(text.as_bytes(), next) {
            Some(word) if word.charset.eq_ignore_ascii_case(first.charset) => {
                bytes.extend_from_slice(&word.bytes);
                end = next + word.len;
            }
            _ => break,
        }
    }
    let named: Encoding = first.charset.parse().ok()?;
    // Writers say gb2312 and gbk for whatever Chinese Windows wrote.
    let wider = (named == Encoding::Gbk).then_some(Encoding::Gb18030);
    let (written, decoded) = [Some(named), wider]
        .into_iter()
        .flatten()
        .filter(|&e| options.allows(e))
        .find_map(|e| Some((e, e.decode(&bytes)?)))?;
    if decoded.is_ascii() || !decoded.chars().all(|c| is_text(c) || c.is_ascii_whitespace()) {
        return None;
    }
    let notation = if first.is_base64 { ByteNotation::MimeB } else { ByteNotation::MimeQ };
    let step = Step::Escaped { written, notation };
    // The name is as good as the reading of a long text.
    let cost = |c| options.model.score(&options.model.start(), c);
    let after = decoded.chars().map(cost).sum::<f32>().into();
    piece(text, at..end, decoded, step, (f64::from(bytes.len() as f32) * -4.85, after), 0.99)
}

fn hz(text: &str, at: usize, options: &Options<'_>) -> Option<Piece> {
    let (run, len) = hz_run_at(text.as_bytes(), at)?;
    let cost = cost(&run, options);
    let before = -HZ_PAIR * run.chars().count() as f32;
    let gain = cost - before + HZ_IS_CLOSED;
    if run.is_empty() || gain < LEAST_GAIN_OF_ONE {
        return None;
    }
    let step = Step::Spelled { notation: TextNotation::Hz };
    piece(text, at..at + len, run, step, (before.into(), cost.into()), confidence(gain))
}

/// The runs of UTF-7 of one kind; of a text all or none.
pub(super) fn utf7(text: &str, notation: TextNotation, options: &Options<'_>) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut total = UTF7_IS_RARE;
    let mut at = 0;
    while let Some(next) = text[at..].find(utf7_introducer(notation)) {
        at += next;
        let digits = text.as_bytes()[at + 1..].iter().take_while(|&&b| utf7_digit(notation, b).is_some());
        let end = at + 1 + digits.count();
        if let Some((run, len)) = utf7_run_at(notation, text.as_bytes(), at)
            && run.chars().all(is_text)
            && !run.is_ascii()
        {
            let cost = cost(&run, options);
            let before = -UTF7_UNIT * run.encode_utf16().count() as f32;
            if cost > before {
                total += cost - before;
                let step = Step::Spelled { notation };
                out.extend(piece(text, at..at + len, run, step, (before.into(), cost.into()), 0.0));
            }
        }
        at = end;
    }
    if total < LEAST_GAIN_OF_ONE {
        return Vec::new();
    }
    out.iter_mut().for_each(|piece| piece.confidence = confidence(total));
    out
}

/// What a text costs, on its own.
pub(super) fn cost(run: &str, options: &Options<'_>) -> f32 {
    let mut context = options.model.start();
    let mut sum = 0.0;
    for c in run.chars() {
        let (cost, next) = options.model.step(&context, c);
        sum += cost;
        context = next;
    }
    sum
}

/// A piece of one step, if it can be replayed.
pub(super) fn piece(
    text: &str,
    source: std::ops::Range<usize>,
    undone: String,
    step: Step,
    (before, after): (f64, f64),
    confidence: f64,
) -> Option<Piece> {
    let chain = Chain::new([step]);
    if chain.undo(&text[source.clone()]).as_ref() != Ok(&undone) {
        return None;
    }
    let starts = vec![(0, source.start)];
    Some(Piece { source, text: undone, starts, chain, before, after, confidence })
}

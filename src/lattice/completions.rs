//! From bytes, some of them known only as a set, to the characters that they can be.

use super::{ByteSet, Elem, Layer, Pairs, Sets, TRAIL, is_private_use};
use crate::codec::{Encoding, Parse, utf8_length};
use crate::model::Model;

/// How the bytes seen so far stand with an encoding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Status {
    Incomplete,
    Complete,
    Dead,
}

const ANY: ByteSet = ByteSet::range(0x00, 0xFF);
const ASCII: ByteSet = ByteSet::range(0x00, 0x7F);
const UTF8_CONTINUATION: ByteSet = ByteSet::range(0x80, 0xBF);
/// Lead bytes by the length of what they lead; characters past the BMP are too rare in lost bytes to guess.
const UTF8_LEADS: [ByteSet; 3] = [ASCII, ByteSet::range(0xC2, 0xDF), ByteSet::range(0xE0, 0xEF)];

/// The parts of `set` that can follow what is pending in the encoding that a layer was written in, each leading to one length,
/// and how many there are.
pub(crate) fn split(layer: &Layer, is_first: bool, set: ByteSet) -> ([ByteSet; 3], usize) {
    let w = layer.written;
    let (mut parts, mut count) = ([ByteSet::EMPTY; 3], 0);
    let mut part = |class: ByteSet| {
        let s = set.and(&class);
        if !s.is_empty() {
            parts[count] = s;
            count += 1;
        }
    };
    match (w, is_first) {
        (Encoding::Utf8, true) => UTF8_LEADS.into_iter().for_each(part),
        (Encoding::Utf8, false) => part(UTF8_CONTINUATION),
        (w, _) if w.is_utf16() => part(ANY),
        (_, false) => part(TRAIL),
        (w, true) if w.is_single_byte() => part(ANY),
        (_, true) => {
            part(ASCII);
            part(layer.written_leads);
        }
    }
    (parts, count)
}

/// How a pattern of bytes stands with encoding `w`.
pub(crate) fn status(w: Encoding, pattern: &[Elem], sets: &Sets) -> Status {
    let mut known = [0u8; 4];
    let mut all_known = true;
    for (to, e) in known.iter_mut().zip(pattern) {
        match e.known() {
            Some(b) => *to = b,
            None => all_known = false,
        }
    }
    if all_known {
        return match w.parse(&known[..pattern.len().min(4)]) {
            Parse::Char { .. } | Parse::Pair { .. } => Status::Complete,
            Parse::Incomplete => Status::Incomplete,
            Parse::Malformed => Status::Dead,
        };
    }
    match length(w, pattern.first().map_or(ByteSet::EMPTY, |&e| sets.set(e))) {
        None => Status::Dead,
        Some(length) if pattern.len() < length => Status::Incomplete,
        Some(_) => Status::Complete,
    }
}

/// Bytes of a character whose first one is any of a part ([`split`]).
fn length(w: Encoding, first: ByteSet) -> Option<usize> {
    let first = first.iter().next();
    match w {
        Encoding::Utf8 => first.and_then(utf8_length),
        w if w.is_single_byte() => Some(1),
        w if w.is_utf16() => Some(2),
        _ => Some(if first.is_some_and(|b| b < 0x80) { 1 } else { 2 }),
    }
}

/// Those of the leads of pairs, all of one part ([`split`]), whose trails may come next when such a lead goes on what is pending.
pub(crate) fn leads(layer: &Layer, pending: &[Elem], sets: &Sets, part: ByteSet, pairs: &Pairs) -> ByteSet {
    let first = pending.first().map_or(part, |&e| sets.set(e));
    let completes = length(layer.written, first) == Some(pending.len() + 1);
    let (parts, count) = split(layer, completes, ANY);
    let next = parts[..count].iter().fold(ByteSet::EMPTY, |all, part| all.or(part));
    pairs.leads_of_any(part, next)
}

/// More products than this are not enumerated byte by byte; the common characters are tried against the pattern instead.
const MAX_PRODUCT: usize = 2048;

/// The characters of `w` whose bytes fit a complete pattern; of a wide one those among the model's common characters.
pub(crate) fn completions(w: Encoding, pattern: &[Elem], sets: &Sets, model: &Model, mut each: impl FnMut(char)) {
    let sizes = pattern.iter().map(|&e| sets.set(e).len());
    if sizes.product::<usize>() > MAX_PRODUCT {
        for &c in model.common_characters() {
            let before = |i: usize, form: &[u8]| i.checked_sub(1).map(|i| form[i]);
            let fits = |form: &[u8]| {
                form.len() == pattern.len()
                    && (0..form.len()).all(|i| sets.set_after(before(i, form), pattern[i]).contains(form[i]))
            };
            if w.forms(c).iter().any(|f| fits(f)) {
                each(c);
            }
        }
        return;
    }
    let mut bytes = [0u8; 4];
    product(w, pattern, sets, &mut bytes, 0, &mut each);
}

fn product(w: Encoding, pattern: &[Elem], sets: &Sets, bytes: &mut [u8; 4], at: usize, each: &mut impl FnMut(char)) {
    if at == pattern.len() {
        // Nobody means a private-use character.
        if let Parse::Char { c, len } = w.parse(&bytes[..at])
            && len as usize == at
            && !is_private_use(c)
        {
            each(c);
        }
        return;
    }
    match pattern[at].known() {
        Some(b) => {
            bytes[at] = b;
            product(w, pattern, sets, bytes, at + 1, each);
        }
        None => {
            for b in sets.set_after(at.checked_sub(1).map(|before| bytes[before]), pattern[at]).iter() {
                bytes[at] = b;
                product(w, pattern, sets, bytes, at + 1, each);
            }
        }
    }
}

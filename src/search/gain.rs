//! What undoing a chain gains, on the stretch where it gains most.

use std::ops::Range;

use super::readings::{LOSSY, MALFORMED, Unit};
use crate::codec::Encoding;
use crate::model::Model;
use crate::{detect, score};

/// Observed characters that are looked at to find the chain; more add time but hardly evidence.
const SAMPLE: usize = 400;
/// How much hotter another sample must be than the one at the start.
const AT_THE_START: f32 = 1.25;

/// The stretch of at most [`SAMPLE`] characters of which most asks for an explanation, from a place on where pairs of bytes are in step, if
/// one is near.
pub(super) fn hottest(text: &[char], costs: &[f32]) -> Range<usize> {
    if costs.len() <= SAMPLE {
        return 0..costs.len();
    }
    let heat = |cost: f32| (HOT - cost).max(0.0);
    let mut sum: f32 = costs[..SAMPLE].iter().copied().map(heat).sum();
    // The first characters are preferred: damage mostly begins with the text, and is in step there.
    let (mut most, mut at) = (sum * AT_THE_START, 0);
    for i in SAMPLE..costs.len() {
        sum += heat(costs[i]) - heat(costs[i - SAMPLE]);
        if sum > most {
            (most, at) = (sum, i + 1 - SAMPLE);
        }
    }
    at = in_step(text, at);
    at..at + SAMPLE
}

/// The last place up to one from which on pairs of bytes are in step, or that place itself where none is near.
pub(crate) fn in_step(text: &[char], at: usize) -> usize {
    let near = at.saturating_sub(SAMPLE);
    match text[near..at].iter().rposition(is_in_step) {
        Some(before) => near + before + 1,
        None if near == 0 => 0,
        None => at,
    }
}

/// Characters on both sides of those that most ask for an explanation in which chains are looked for: what is fine further off tells nothing,
/// and what another chain damaged misleads. Of 1,313 texts of several chains 29 more come back than where all is looked at, 17 with 96 and 37
/// with 48, with which one text of 120 does not; fine lines with a rare word take a sixth less time.
const NEAR: usize = 64;

/// What is near the characters that most ask for an explanation, from a place on where pairs of bytes are in step.
pub(super) fn near(text: &[char], costs: &[f32]) -> Range<usize> {
    let core = core(text, costs).0;
    in_step(text, core.start.saturating_sub(NEAR))..(core.end + NEAR).min(text.len())
}

/// Whether a character is a byte that no encoding has inside a character: what follows it is in step.
pub(super) fn is_in_step(c: &char) -> bool {
    matches!(c, '\0'..='/')
}

/// A character that costs more than this where it stands asks for an explanation.
pub(super) const HOT: f32 = -8.0;

/// The characters that together cost most above [`HOT`], and how much that is, in nats; all of them where none does. ASCII is ASCII in
/// nearly every encoding: what it costs is left out.
pub(crate) fn core(text: &[char], costs: &[f32]) -> (Range<usize>, f32) {
    let (mut sum, mut start, mut best, mut range) = (0.0f32, 0, 0.0f32, 0..costs.len());
    for (i, (c, &cost)) in text.iter().zip(costs).enumerate() {
        sum += if c.is_ascii() { (HOT - cost).min(0.0) } else { HOT - cost };
        if sum <= 0.0 {
            (sum, start) = (0.0, i + 1);
        } else if sum > best {
            (best, range) = (sum, start..i + 1);
        }
    }
    (range, best)
}

/// How much more than its mere frequency a character's context can promise on average, in nats: what order 4 gains over order
/// 1 on Chinese (9.6 against 6.4 bits a character), and a little more.
const CONTEXT_HELPS: f32 = 3.0;

/// What the frequencies of its characters promise of a reading.
pub(super) fn promise(frequencies: &mut Frequencies, units: &[Unit], costs: &[f32]) -> f32 {
    best_stretch(units, costs, |u| frequencies.of(u.c) + CONTEXT_HELPS).0
}

/// The frequencies of characters that were asked for lately: readings of the same text share most of theirs.
pub(super) struct Frequencies<'a> {
    model: &'a Model,
    lately: Vec<(char, f32)>,
}

/// Characters that are remembered, a power of two: a page's letters and the ideographs of a sample.
const REMEMBERED: usize = 512;

impl<'a> Frequencies<'a> {
    pub(super) fn new(model: &'a Model) -> Self {
        Frequencies { model, lately: vec![('\0', model.unigram('\0')); REMEMBERED] }
    }

    fn of(&mut self, c: char) -> f32 {
        let place = &mut self.lately[c as usize % REMEMBERED];
        if place.0 != c {
            *place = (c, self.model.unigram(c));
        }
        place.1
    }
}

/// The gain of the best stretch over the text as it stands, and the malformed units in it.
pub(super) fn gain(model: &Model, written: Encoding, units: &[Unit], costs: &[f32]) -> (f32, usize) {
    let rare = rare(Some(written));
    // After a character that was lost the model knows as little as at the beginning of a line.
    let known = |u: &&Unit| !is_malformed(u);
    let chars = units.iter().filter(known).map(|u| if u.c == LOSSY { '\n' } else { u.c });
    let mut scores = Vec::with_capacity(units.len());
    model.score_text(chars, |score| scores.push(score));
    let (mut scores, mut before) = (scores.into_iter(), '\n');
    best_stretch(units, costs, |u| {
        let last = std::mem::replace(&mut before, u.c);
        let score = scores.next().unwrap_or(0.0);
        if u.c == LOSSY { score::LOSSY_CHARACTER } else { detect::restored(score, last, u.c, rare) }
    })
}

fn is_malformed(u: &Unit) -> bool {
    u.c == MALFORMED && !u.kept
}

/// What a character that the model does not know may cost more than in fine text: as in the search proper for UTF-8, which
/// bytes seldom are by chance; all the model says for encodings in which any two bytes are a character.
pub(super) fn rare(written: Option<Encoding>) -> f32 {
    if written == Some(Encoding::Utf8) { 0.0 } else { f32::MIN }
}

/// The stretch that gains most over the text as it stands, `rate` giving each unit's score: its gain, its malformed units.
fn best_stretch(units: &[Unit], costs: &[f32], mut rate: impl FnMut(&Unit) -> f32) -> (f32, usize) {
    let (mut sum, mut best, mut errors, mut best_errors) = (0.0f32, 0.0f32, 0usize, 0usize);
    // One observed character may have become several: it is set against them once.
    let mut counted = 0;
    for u in units {
        let (from, to) = ((u.from as usize).max(counted).min(u.to as usize), u.to as usize);
        let before: f32 = costs[from..to].iter().sum();
        counted = counted.max(to);
        let malformed = is_malformed(u);
        errors += (malformed || u.c == LOSSY || (u.kept && u.c > '\x7f')) as usize;
        let after = if malformed { score::MALFORMED_UNIT } else { rate(u) };
        sum += if u.kept { after.min(before) } else { after } - before;
        if sum <= 0.0 {
            (sum, errors) = (0.0, 0);
        } else if sum > best {
            (best, best_errors) = (sum, errors);
        }
    }
    (best, best_errors)
}

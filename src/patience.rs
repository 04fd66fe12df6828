//! What one piece of a long stretch teaches about the next: how it was damaged, or that nothing is to be had there.

use crate::detect;
use crate::lattice::Flavour;
use crate::model::Model;
use crate::restore::{self, Memory};
use crate::search::{self, Trial};
use crate::select::{self, Draft};

/// Of a long stretch that cannot be explained, a piece is tried after one, two, four pieces and so on, where so many in a row
/// were tried in vain, or twice as many were explained in part only: noise is not worth more.
const IN_VAIN: u32 = 2;
/// The exponent of the most pieces that are passed over.
const MOST_PASSED: u32 = 10;
/// A stretch is searched in pieces of so many characters at most as long as nothing has explained it: what is noise is found out soon.
const LONGEST_UNKNOWN: usize = 1000;
/// Characters of a sample that are looked at first where little is hoped for.
const GLANCE: usize = 100;
/// What repairs gain is at least this share of what a piece costs above fine text; else it was tried in vain. Bytes by chance
/// hold pairs that are words, and come to half of this; what truly is damaged comes to four times as much.
const WORTH: f32 = 0.25;
/// What a piece that is explained costs above fine text at most, in nats for a character: what truly is damaged comes to 1.1, the worst
/// of it, kana and marks by chance to 1.9, and other noise to 3.7 and more (60 KB of each chain of `make_cases.py`, and benches/limits).
const MOST_LEFT: f32 = 1.8;
/// A piece that gains this share of it is explained, and the next is expected to be like it.
const EXPLAINED: f32 = 0.75;
/// The same chain promises this share of what it promised for a character of the piece before, if it is the right one again.
const ALIKE: f32 = 0.3;

/// What is known of a stretch from the pieces before, and of a text from its stretches.
#[derive(Default)]
pub(crate) struct Patience {
    /// Whether malformed bytes are shown in the text, as [`bytes::decode_loosely`](crate::bytes::decode_loosely) does.
    pub(crate) is_shown: bool,
    /// Pieces in a row that were tried in vain, those that were explained in part counting half, in halves.
    in_vain: u32,
    /// Characters that are passed over.
    pass: usize,
    /// What promised most nearby.
    nearby: Option<Nearby>,
    /// What explained the piece before.
    known: Option<Known>,
    /// Whether nothing but lost bytes explained what was found last, in this stretch or in one before.
    only_lost: bool,
    /// What the search keeps, for all of the text.
    pub(crate) memory: Memory,
    /// How often in a row nothing explained what a path had left, and how often it is not asked for.
    left_in_vain: u32,
    left_pass: u32,
}

/// The most promising chains of a sample of so many characters, the best first.
struct Nearby {
    trials: Vec<Trial>,
    length: usize,
}

/// What is known of the one chain nearby where it has explained a piece.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    /// What its reader does with what it cannot decode.
    pub(crate) flavour: Option<Flavour>,
}

impl Patience {
    /// Knows nothing of a text yet.
    pub(crate) fn with(memory: Memory, is_shown: bool) -> Patience {
        Patience { memory, is_shown, ..Patience::default() }
    }

    /// Forgets the stretch: nothing is known of another one.
    pub(crate) fn forget(&mut self) {
        let memory = std::mem::take(&mut self.memory);
        let Patience { is_shown, only_lost, left_in_vain, left_pass, .. } = *self;
        *self = Patience { is_shown, memory, only_lost, left_in_vain, left_pass, ..Patience::default() };
    }

    /// Looks for what may explain what a path has left: after one, two, four times and so on where that was nothing.
    pub(crate) fn look_at_left<T>(&mut self, look: impl FnOnce(&mut Memory) -> Option<T>) -> Option<T> {
        if self.left_pass > 0 {
            self.left_pass -= 1;
            return None;
        }
        let found = look(&mut self.memory);
        self.left_in_vain = if found.is_some() { 0 } else { self.left_in_vain + 1 };
        self.left_pass = (1 << self.left_in_vain.min(MOST_PASSED)) - 1;
        found
    }

    /// Whether the next so many characters are not to be looked at.
    pub(crate) fn passes_over(&mut self, length: usize) -> bool {
        let passes = self.pass >= length;
        if passes {
            self.pass -= length;
        }
        passes
    }

    /// Characters of the next piece at most.
    pub(crate) fn longest(&self) -> usize {
        if self.known.is_some() { detect::LONGEST } else { LONGEST_UNKNOWN }
    }

    /// Whether nothing is known, neither what explains a stretch nor that nothing does.
    pub(crate) fn knows_nothing(&self) -> bool {
        self.known.is_none() && self.in_vain == 0
    }

    /// What is known of the chain that explained the piece before, if one did and it promises most here.
    pub(crate) fn known(&self) -> Option<Known> {
        self.known
    }

    /// Whether what was found last in this text is that bytes were lost, and nothing else.
    pub(crate) fn has_only_lost(&self) -> bool {
        self.only_lost
    }

    /// Chains that may explain a text, the most promising first. Those that did nearby are tried first: where the best of them promises
    /// as much here there is no need to look for others.
    pub(crate) fn trials(
        &mut self,
        model: &Model,
        text: &[char],
        scores: &[f32],
        options: &search::Options<'_>,
    ) -> Vec<Trial> {
        let length = search::sample(text, scores).len();
        if let Some(nearby) = &self.nearby {
            let trials = search::again(model, &nearby.trials, text, scores, options);
            let promise = ALIKE * nearby.trials[0].gain / nearby.length as f32;
            if trials.first().is_some_and(|best| best.gain >= promise * length as f32) {
                return trials;
            }
        }
        let trials = search::trials(model, text, scores, options);
        let expected = self.nearby.as_ref().map(|nearby| &nearby.trials[0].chain);
        if expected != trials.first().map(|best| &best.chain) {
            self.known = None;
        }
        let explains = |best: &&Trial| select::is_sure(best) && best.explains_most(text, scores);
        self.nearby = trials.first().filter(explains).map(|best| {
            let most = best.gain;
            let near = trials.iter().take_while(|trial| !search::is_far_behind(trial.gain, most));
            Nearby { trials: near.take(restore::MAX_MODES).cloned().collect(), length }
        });
        trials
    }

    /// Whether something was tried in vain.
    pub(crate) fn has_tried_in_vain(&self) -> bool {
        self.in_vain > 0
    }

    /// Whether the best chain promises enough of a few characters of a text: whether a closer look is worth its time.
    pub(crate) fn glance(model: &Model, text: &[char], scores: &[f32], options: &search::Options<'_>) -> bool {
        let sample = search::sample(text, scores);
        let part = sample.start..sample.end.min(sample.start + GLANCE);
        let (text, scores) = (&text[part.clone()], &scores[part]);
        let trials = search::trials(model, text, scores, options);
        let best = trials.iter().map(|trial| trial.gain).fold(0.0, f32::max);
        best >= WORTH * detect::excess(text, scores)
    }

    /// Takes in what came of a piece with such trials, of which so many characters were looked at, and the flavour of their reader.
    pub(crate) fn learn(
        &mut self,
        (text, scores): (&[char], &[f32]),
        (trials, sample): (&[Trial], usize),
        drafts: &[Draft],
        flavour: Option<Flavour>,
    ) {
        let gained = drafts.iter().map(|draft| draft.after - draft.before).sum::<f64>() as f32;
        let excess = detect::excess(text, scores);
        let share = gained / excess.max(1.0);
        self.in_vain = match excess - gained <= MOST_LEFT * text.len() as f32 {
            true => 0,
            false => self.in_vain + if share < WORTH { 2 } else { 1 },
        };
        let more = self.in_vain.checked_sub(2 * IN_VAIN);
        self.pass = more.map_or(0, |more| LONGEST_UNKNOWN << (more / 2).min(MOST_PASSED));
        self.known = None;
        if self.in_vain > 0 {
            self.nearby = None;
        }
        if let Some(last) = drafts.last() {
            self.only_lost = last.chain.is_shift();
        }
        if let Some(first) = drafts.first()
            && share >= EXPLAINED
            && drafts.iter().all(|draft| draft.chain == first.chain)
            && let Some(trial) = trials.iter().find(|trial| trial.chain == first.chain)
        {
            self.nearby = Some(Nearby { trials: vec![trial.clone()], length: sample.max(1) });
            self.known = Some(Known { flavour });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ever_more_is_passed_over_until_something_is_found() {
        let (text, scores) = (['é'; 10], [-12.0; 10]);
        let mut patience = Patience::default();
        let mut tried = Vec::new();
        for piece in 0..40 {
            if !patience.passes_over(LONGEST_UNKNOWN) {
                tried.push(piece);
                patience.learn((&text, &scores), (&[], 10), &[], None);
            }
        }
        assert_eq!(tried, [0, 1, 3, 6, 11, 20, 37]);
    }
}

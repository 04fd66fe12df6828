//! What one piece of a long stretch teaches about the next: how it was damaged, or that nothing is to be had there.

use std::ops::Range;

use crate::detect;
use crate::search::Trial;
use crate::select::Draft;

/// Of a long stretch that cannot be explained, a piece is tried after one, two, four pieces and so on, where so many in a row
/// were tried in vain: noise is not worth more.
const IN_VAIN: u32 = 2;
/// The exponent of the most pieces that are passed over.
const MOST_PASSED: u32 = 8;
/// Characters of a sample that are looked at first.
const GLANCE: usize = 100;
/// What repairs gain is at least this share of what a piece costs above fine text; else it was tried in vain. Bytes by chance
/// hold pairs that are words, and come to half of this; what truly is damaged comes to four times as much.
const WORTH: f32 = 0.25;
/// A piece that gains this share of it is explained, and the next is expected to be like it.
const EXPLAINED: f32 = 0.75;
/// The same chain promises this share of what it promised for a character of the piece before, if it is the right one again.
const ALIKE: f32 = 0.5;

/// What is known of a stretch from the pieces before.
#[derive(Default)]
pub(crate) struct Patience {
    in_vain: u32,
    pass: usize,
    /// The chain that explained the piece before, and what it promised for a character.
    known: Option<(Trial, f32)>,
}

impl Patience {
    /// Whether so many pieces are not to be looked at.
    pub(crate) fn passes_over(&mut self, pieces: usize) -> bool {
        let passes = self.pass >= pieces;
        if passes {
            self.pass -= pieces;
        }
        passes
    }

    /// The chain that explained the piece before.
    pub(crate) fn known(&self) -> Option<&Trial> {
        self.known.as_ref().map(|known| &known.0)
    }

    /// Whether the chain that explained the piece before promises as much for so many characters of this one.
    pub(crate) fn is_alike(&self, trial: &Trial, length: usize) -> bool {
        self.known.as_ref().is_some_and(|known| trial.gain >= ALIKE * known.1 * length as f32)
    }

    /// The part of a sample that tells whether the rest is worth its time, after something was tried in vain.
    pub(crate) fn glance(&self, sample: &Range<usize>) -> Option<Range<usize>> {
        (self.in_vain > 0).then(|| sample.start..sample.end.min(sample.start + GLANCE))
    }

    /// Whether the best chain promises enough of such a part.
    pub(crate) fn is_promising(trials: &[Trial], text: &[char], scores: &[f32]) -> bool {
        let best = trials.iter().map(|trial| trial.gain).fold(0.0, f32::max);
        best >= WORTH * detect::excess(text, scores)
    }

    /// Takes in what came of a piece with such trials, of which so many characters were looked at.
    pub(crate) fn learn(&mut self, drafts: &[Draft], trials: &[Trial], sample: usize, text: &[char], scores: &[f32]) {
        let gained: f64 = drafts.iter().map(|draft| draft.after - draft.before).sum();
        let share = gained as f32 / detect::excess(text, scores).max(1.0);
        self.in_vain = if share >= WORTH { 0 } else { self.in_vain + 1 };
        self.pass = self.in_vain.checked_sub(IN_VAIN).map_or(0, |more| 1 << more.min(MOST_PASSED));
        self.known = None;
        if let Some(first) = drafts.first()
            && share >= EXPLAINED
            && drafts.iter().all(|draft| draft.chain == first.chain)
            && let Some(trial) = trials.iter().find(|trial| trial.chain == first.chain)
        {
            self.known = Some((trial.clone(), trial.gain / sample.max(1) as f32));
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
            if !patience.passes_over(1) {
                tried.push(piece);
                patience.learn(&[], &[], 10, &text, &scores);
            }
        }
        assert_eq!(tried, [0, 1, 3, 6, 11, 20, 37]);
    }
}

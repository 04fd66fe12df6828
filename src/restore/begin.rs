//! Where damage may begin: a search that tried everything everywhere would be wasted on fine text.

use crate::codec::Parse;
use crate::lattice::{self, Layer};
use crate::model::Model;
use crate::overlay;

/// What a character of text costs on average, in nats, and how far a stretch must be above that before damage is worth a
/// thought: entering and leaving a span cost more than this.
const AVERAGE: f32 = -5.0;
const EXCESS: f32 = 8.0;
/// Characters before a dear stretch where the damage may have begun.
const BEGINS_BEFORE: usize = 3;

/// Where damage may begin: in stretches that cost much more than text does, and just before them.
pub(super) fn hot(text: &[char], costs: &[f32]) -> Vec<bool> {
    let mut hot = vec![false; text.len()];
    let mut gloss_end = 0;
    let (mut sum, mut start, mut best, mut end) = (0.0f32, 0, 0.0f32, 0);
    for i in 0..=text.len() {
        if i < text.len() {
            // A reading in brackets is dear, but whole.
            if let Some(gloss) = overlay::gloss_at(text, i) {
                gloss_end = i + gloss.len;
            }
            let lost = text[i] == '\u{fffd}';
            sum += if i + 1 < gloss_end { EXCESS } else { AVERAGE - costs[i] } + if lost { EXCESS } else { 0.0 };
            if sum > best {
                (best, end) = (sum, i + 1);
            }
        }
        if sum <= 0.0 || i == text.len() || best - sum > EXCESS {
            if best >= EXCESS {
                hot[start - start.min(BEGINS_BEFORE)..end].fill(true);
            }
            (sum, start, best) = (0.0, i + 1, 0.0);
        }
    }
    hot
}

/// What the pairs across characters must gain over the characters, in nats, by frequency alone.
const ACROSS: f32 = 3.0;
/// What a character beside ASCII must cost to be taken for half of a pair whose other half went with it.
const ALONE: f32 = -8.5;

/// Where bytes may have been lost from text that is read in its own encoding: where the pairs across characters are
/// likelier than the characters, beside ASCII (which such damage ends at), and at readings in brackets.
pub(super) fn out_of_step(model: &Model, layer: &Layer, text: &[char], costs: &[f32]) -> Vec<bool> {
    let form = |c: char| layer.read.forms(c).first().copied().filter(|f| f.len() == 2);
    let mut marked = vec![false; text.len()];
    let mut mark = |from: usize, to: usize| marked[from - from.min(2)..(to + 1).min(text.len())].fill(true);
    let (mut sum, mut start, mut best) = (0.0f32, 0, 0.0f32);
    for i in 0..text.len() {
        let next = text.get(i + 1).copied();
        let before_dear = costs.get(i + 1).is_some_and(|&cost| cost < ALONE);
        if overlay::gloss_at(text, i).is_some()
            || (lattice::is_mark(text[i], layer.read) && (costs[i] < AVERAGE || before_dear))
        {
            mark(i, i + 1);
        }
        let beside_ascii = next.is_none_or(|n| n < '\u{80}') || i > 0 && text[i - 1] < '\u{80}';
        if costs[i] < ALONE && (beside_ascii || text[i] < '\u{80}') {
            mark(i, i + 1);
        }
        let across = match (form(text[i]), next.and_then(form)) {
            (Some(this), Some(next)) => match layer.read.parse(&[this[1], next[0]]) {
                Parse::Char { c, len: 2 } if !lattice::is_private_use(c) => model.unigram(c),
                // Such a pair is dropped, and leaves the next one in step.
                _ => -10.0,
            },
            _ => {
                (sum, start, best) = (0.0, i + 1, 0.0);
                continue;
            }
        };
        sum += across - costs[i];
        if sum <= 0.0 {
            (sum, start, best) = (0.0, i + 1, 0.0);
        } else if sum > best {
            best = sum;
            if best >= ACROSS {
                mark(start, i + 2);
            }
        }
    }
    marked
}

//! Which stretches of a text ask for an explanation: those that cost the model far more than text does.

use std::ops::Range;

use crate::lattice::is_han;
use crate::model::{Context, Model};

/// What a character of fine text costs at most on average over a few characters, in nats: Han, and all else. Stretches
/// are suspicious for what they cost above that.
const FINE_HAN: f32 = 7.0;
const FINE_OTHER: f32 = 3.5;
/// Nats above fine text that make a stretch suspicious. No repair is worth less than entering a span costs
/// (`score::ENTER`), and no character is free, so what is below this cannot be repaired.
const SUSPICIOUS: f32 = 6.0;
/// Characters of context that a stretch is searched with on both sides.
const MARGIN: usize = 16;
/// Stretches nearer than this are searched together.
const JOIN: usize = 40;
/// Stretches are cut at about this length, to bound memory.
const LONGEST: usize = 4000;

/// The model's score of each character of a text, and its state before each.
pub(crate) struct Costs {
    pub(crate) scores: Vec<f32>,
    pub(crate) contexts: Vec<Context>,
}

pub(crate) fn costs(model: &Model, text: &[char]) -> Costs {
    let mut context = model.start();
    let mut costs = Costs { scores: Vec::with_capacity(text.len()), contexts: Vec::with_capacity(text.len() + 1) };
    for &c in text {
        let (score, next) = model.step(&context, c);
        costs.contexts.push(context);
        costs.scores.push(score);
        context = next;
    }
    costs.contexts.push(context);
    costs
}

/// Suspicious stretches with their margins, as ranges of characters, in order and apart from each other.
pub(crate) fn suspects(text: &[char], scores: &[f32]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let (mut sum, mut start, mut best, mut best_end) = (0.0f32, 0, 0.0f32, 0);
    let mut close = |start: usize, best: f32, end: usize| {
        if best > SUSPICIOUS {
            let wide = start.saturating_sub(MARGIN)..(end + MARGIN).min(text.len());
            match found.last_mut() {
                Some(last) if wide.start <= last.end + JOIN && wide.end - last.start <= LONGEST => last.end = wide.end,
                last => {
                    let done = last.map_or(0, |l| l.end);
                    found.push(wide.start.max(done)..wide.end.max(done));
                }
            }
        }
    };
    for (i, (&c, &score)) in text.iter().zip(scores).enumerate() {
        let fine = if is_han(c) { FINE_HAN } else { FINE_OTHER };
        sum += -score - fine;
        if sum <= 0.0 || best - sum > 3.0 * SUSPICIOUS {
            close(start, best, best_end);
            (sum, start, best) = (0.0, i + 1, 0.0);
        } else if sum > best {
            (best, best_end) = (sum, i + 1);
            if i - start >= LONGEST {
                close(start, best, best_end);
                (sum, start, best) = (0.0, i + 1, 0.0);
            }
        }
    }
    close(start, best, best_end);
    found.retain(|r| !r.is_empty());
    found
}

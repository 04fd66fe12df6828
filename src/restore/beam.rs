//! Hypotheses, and which of them are kept.

use super::{MAX_LAYERS, MAX_MODES, Width};
use crate::lattice::Elem;
use crate::model::Context;

/// A hypothesis that promises so many nats less than the best of its position is given up.
pub(super) const MAX_BEHIND: f32 = 10.0;

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Pending {
    pub(super) elems: [Elem; 3],
    pub(super) len: u8,
}

impl Pending {
    pub(super) fn as_slice(&self) -> &[Elem] {
        &self.elems[..self.len as usize]
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Hypothesis {
    pub(super) score: f32,
    pub(super) context: Context,
    /// The last character that it emitted, a line end before the first one.
    pub(super) last: char,
    pub(super) mode: u8,
    pub(super) loss: u8,
    /// Whether the last byte was marked alone: with the one after it, it makes no pair.
    pub(super) is_unpaired: bool,
    /// Modes entered so far, as bits.
    pub(super) used: u8,
    pub(super) pending: [Pending; MAX_LAYERS],
    /// Observed index where the character in the making began.
    pub(super) from: u32,
    /// The same as a byte position of the coarse pass.
    pub(super) at: u32,
    pub(super) back: u32,
    /// Its score and what it may hope for, when it was last compared with others.
    pub(super) promise: f32,
}

impl Hypothesis {
    pub(super) fn pending_bytes(&self) -> usize {
        self.pending.iter().map(|p| p.len as usize).sum()
    }

    /// Whether bytes of the character in the making are lost.
    pub(super) fn has_lost(&self) -> bool {
        self.pending_bytes() > 0 && self.loss > 1
    }

    /// Whether it may go on at a cost, the best hypothesis promising `best` and others at most so much less.
    pub(super) fn affords(&self, cost: f32, best: f32, most: f32) -> bool {
        cost == 0.0 || best - self.promise - cost <= most
    }

    fn same_state(&self, other: &Hypothesis) -> bool {
        self.mode == other.mode
            && self.is_unpaired == other.is_unpaired
            && self.pending == other.pending
            && self.context == other.context
    }
}

/// Keeps the best hypotheses of each mode and number of pending bytes, one for each state, the best first, and the best of fine text. `hope` is
/// what a hypothesis may expect from what is still to be read, and whether it is worth going on, as far as others are.
pub(super) fn prune(
    beam: &mut Vec<Hypothesis>,
    order: &mut Vec<(f32, u32)>,
    width: &Width,
    hope: impl Fn(&Hypothesis) -> (bool, f32),
) {
    order.clear();
    let mut any = false;
    for (i, h) in beam.iter().enumerate() {
        let (is_worth_it, hope) = hope(h);
        if is_worth_it && !any {
            order.clear();
            any = true;
        }
        if is_worth_it == any {
            order.push((h.score + hope, i as u32));
        }
    }
    order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let floor = order.first().map_or(0.0, |best| best.0 - MAX_BEHIND);
    let mut counts = [[0u8; 10]; MAX_MODES + 1];
    let before = beam.len();
    for &(promise, i) in order.iter() {
        let h = Hypothesis { promise, ..beam[i as usize] };
        let count = &mut counts[h.mode as usize][h.pending_bytes().min(9)];
        let is_first = *count == 0;
        let full = *count as usize >= width.beam
            || (promise < floor && !is_first)
            || (beam.len() - before >= width.all && !(is_first && h.mode == 0));
        if full || beam[before..].iter().any(|kept| kept.same_state(&h)) {
            continue;
        }
        *count += 1;
        beam.push(h);
    }
    beam.drain(..before);
}

//! One mode's byte positions, and the ways from one to the next.

use std::ops::Range;

use super::{NEVER, leave_at};
use crate::model::Context;
use crate::score;

/// One way on from a byte position.
#[derive(Clone, Copy)]
pub(super) struct Edge {
    pub(super) len: u8,
    pub(super) cost: f32,
}

pub(super) const NO_EDGE: Edge = Edge { len: 0, cost: NEVER };

/// The ways past a position whose character lost a byte: over so many bytes at least and at most.
#[derive(Clone, Copy)]
pub(super) struct Skip {
    pub(super) least: u8,
    pub(super) most: u8,
    pub(super) cost: f32,
}

pub(super) const NO_SKIP: Skip = Skip { least: 1, most: 0, cost: NEVER };

impl Skip {
    pub(super) fn one(cost: f32) -> Skip {
        Skip { least: 1, most: 1, cost }
    }

    pub(super) fn edges(self) -> impl Iterator<Item = Edge> {
        (self.least..=self.most).map(move |len| Edge { len, cost: self.cost })
    }
}

/// A jump over a reading in brackets.
#[derive(Clone, Copy)]
pub(super) struct Jump {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) cost: f32,
}

/// What the best path to a byte position has read before it.
#[derive(Clone, Copy)]
pub(super) struct State {
    pub(super) context: Context,
    /// The character before the position.
    pub(super) before: char,
    /// Bytes of that character where it was read as it stands, else 0.
    pub(super) by: u8,
}

/// One mode's byte positions.
pub(super) struct Row {
    /// The first byte position of each observed character, and the end.
    pub(super) start: Vec<u32>,
    pub(super) read: Vec<Edge>,
    pub(super) skip: Vec<Skip>,
    jumps: Vec<Jump>,
    /// What came before each position, as far as one was reached.
    states: Vec<State>,
    /// Best score from the start of the text to each position, and from there to the end.
    pub(super) ahead: Vec<f32>,
    pub(super) behind: Vec<f32>,
    /// What it costs to enter the mode.
    pub(super) enter: f32,
    /// What a loss costs beyond the skip of its character.
    pub(super) loss: f32,
}

impl Row {
    /// A row in which nothing has been read. `start` tells where each observed character begins, and the end.
    pub(super) fn new(start: Vec<u32>, jumps: Vec<Jump>, enter: f32, loss: f32) -> Row {
        let positions = start.last().map_or(0, |&end| end as usize) + 1;
        Row {
            start,
            read: vec![NO_EDGE; positions],
            skip: vec![NO_SKIP; positions],
            jumps,
            states: Vec::new(),
            ahead: vec![NEVER; positions],
            behind: vec![NEVER; positions],
            enter,
            loss,
        }
    }

    /// A position is reached, with what was read before it.
    pub(super) fn enter(&mut self, at: usize, state: State) {
        if self.states.is_empty() {
            self.states.resize(self.read.len(), state);
        }
        self.states[at] = state;
    }

    /// What was read before a position that was reached.
    pub(super) fn state(&self, at: usize) -> Option<&State> {
        self.states.get(at)
    }

    /// The position at which observed character `i` begins.
    pub(super) fn at(&self, i: usize) -> usize {
        self.start[i] as usize
    }

    /// The positions of observed character `i`.
    pub(super) fn positions(&self, i: usize) -> Range<usize> {
        self.at(i)..self.at(i + 1)
    }

    pub(super) fn enter_at(&self, i: usize) -> f32 {
        self.enter + if i == 0 { score::AT_AN_END } else { 0.0 }
    }

    /// The mode begins before observed character `i`, fine text having come to a score.
    pub(super) fn begin(&mut self, i: usize, fine: f32) {
        let at = self.at(i);
        self.ahead[at] = self.ahead[at].max(fine + self.enter_at(i));
    }

    /// The score of the best path through a position.
    pub(super) fn through(&self, at: usize) -> f32 {
        self.ahead[at] + self.behind[at]
    }

    /// The jumps from a position.
    pub(super) fn jumps_from(&self, at: usize) -> impl Iterator<Item = Jump> {
        let first = self.jumps.partition_point(|jump| (jump.from as usize) < at);
        self.jumps[first..].iter().take_while(move |jump| jump.from as usize == at).copied()
    }

    /// The positions that a position leads to, with what that costs.
    pub(super) fn ways_on(&self, at: usize) -> impl Iterator<Item = (usize, f32)> {
        let read = Some(self.read[at]).filter(|edge| edge.len > 0);
        let edges = read.into_iter().chain(self.skip[at].edges()).map(move |edge| (at + edge.len as usize, edge.cost));
        edges.chain(self.jumps_from(at).map(|jump| (jump.to as usize, jump.cost)))
    }

    /// Passes the score of a position on to where it leads.
    pub(super) fn go_on(&mut self, at: usize) {
        let here = self.ahead[at];
        let mut ahead = std::mem::take(&mut self.ahead);
        for (to, cost) in self.ways_on(at).filter(|_| here > NEVER) {
            ahead[to] = ahead[to].max(here + cost);
        }
        self.ahead = ahead;
    }

    /// Follows the best path in this mode from observed character `i` to where it leaves, and gives that place.
    pub(super) fn spend(&self, i: usize, n: usize, fine_behind: &[f32], spent: &mut [f32]) -> usize {
        let mut at = self.at(i);
        let mut i = i;
        loop {
            let next = self.ways_on(at).max_by(|a, b| (a.1 + self.behind[a.0]).total_cmp(&(b.1 + self.behind[b.0])));
            let Some((to, cost)) = next else { return n };
            let first = i;
            while i < n && self.at(i + 1) <= to {
                i += 1;
            }
            let touched = (i - first).max(1);
            for spent in &mut spent[first..(first + touched).min(n)] {
                *spent += cost / touched as f32;
            }
            at = to;
            let leaves = at == self.at(i) && self.behind[at] <= leave_at(i, n) + fine_behind[i];
            if i >= n || leaves {
                return i;
            }
        }
    }
}

//! The coarse pass: what a text costs in each mode when every character is read once, on the likeliest reading before it.
//!
//! The search proper tries many characters where bytes say little; it can afford that only in few places. Here a mode is a
//! row of byte positions, and a position is passed in one of three ways: by the character that begins there, by a *skip*
//! (its character lost a byte, and all that is known of it is a price), or by a *jump* over a reading in brackets. Fine text
//! is one more row. The best paths through all rows, forwards and backwards (max-product), tell of each position how much
//! worse the best path through it is than the best path of all: what is far worse is not searched. This is coarse-to-fine
//! pruning (Charniak et al. 2006), and the backward half is what the search hopes for from each position (its future cost).

mod bytes;
mod reader;
mod row;

use std::ops::Range;

use super::{Mode, Stretch};
use crate::model::{Context, Model};
use crate::score;
use reader::Reader;
use row::{Row, State};

/// A path so many nats worse than the best is not searched, where the best one explains the text well.
const MARGIN: f32 = 11.0;
/// A character that costs more than this on the best path is not explained, and what it costs beyond is added to the margin
/// around it: effort goes where nothing explains the text.
const EXPLAINED: f32 = -8.5;
/// Characters on both sides of an unexplained one whose margin it raises.
const AROUND: usize = 5;
/// No margin is raised by more.
const MOST_RAISED: f32 = 40.0;

/// A mode that begins here must be likelier by this than one that began before: the first character of a span is hard to tell, and
/// where each is rated as the first none ever follows.
const BETTER_INSIDE: f32 = 8.0;

/// How far behind the best path of all a mode's best one may be.
const VAIN_HOPE: f32 = 8.0;

const NEVER: f32 = -1.0e9;

/// What is known of each position before the search.
pub(super) struct Coarse {
    rows: Vec<Row>,
    fine_ahead: Vec<f32>,
    fine_behind: Vec<f32>,
    /// What the rest of the text costs as it stands.
    plain_behind: Vec<f32>,
    /// What entering a mode of the best path costs more the first time, at least.
    first: f32,
    best: f32,
    /// The best path through each mode.
    best_of: Vec<f32>,
    /// How much worse than the best a path may be at each observed character.
    margin: Vec<f32>,
}

impl Coarse {
    pub(super) fn new(model: &Model, modes: &[Mode], stretch: &Stretch<'_>) -> Coarse {
        let n = stretch.text.len();
        let (readers, rows): (Vec<Reader>, Vec<Row>) = modes.iter().map(|m| Reader::new(model, m, stretch)).unzip();
        let mut coarse = Coarse {
            rows,
            fine_ahead: vec![NEVER; n + 1],
            fine_behind: vec![NEVER; n + 1],
            plain_behind: vec![0.0; n + 1],
            first: 0.0,
            best: 0.0,
            best_of: Vec::new(),
            margin: vec![MARGIN; n + 1],
        };
        for (i, cost) in stretch.costs.iter().enumerate().rev() {
            coarse.plain_behind[i] = coarse.plain_behind[i + 1] + cost;
        }
        coarse.forwards(model, &readers, stretch);
        coarse.backwards(stretch.costs);
        let (mut spent, used) = coarse.trace(stretch.costs);
        // A chain that explains one place is cheaper at the next.
        let mut first = f32::MAX;
        for (row, _) in coarse.rows.iter_mut().zip(used).filter(|(row, used)| *used && row.enter < score::ENTER_AGAIN) {
            first = first.min(score::ENTER_AGAIN - row.enter);
            row.enter = score::ENTER_AGAIN;
        }
        if first < f32::MAX {
            coarse.first = first;
            coarse.backwards(stretch.costs);
            coarse.relax(stretch.costs);
            spent = coarse.trace(stretch.costs).0;
        }
        coarse.raise_margins(&spent);
        let best_of = |row: &Row| (0..row.ahead.len()).map(|at| row.through(at)).fold(NEVER, f32::max);
        coarse.best_of = coarse.rows.iter().map(best_of).collect();
        coarse
    }

    /// Scores from the start of the text on, and what each character costs after the likeliest ones before it.
    fn forwards(&mut self, model: &Model, readers: &[Reader<'_>], stretch: &Stretch<'_>) {
        self.fine_ahead[0] = 0.0;
        for (i, &cost) in stretch.costs.iter().enumerate() {
            self.leave(i);
            for (row, reader) in self.rows.iter_mut().zip(readers) {
                if row.ahead[row.at(i)] + BETTER_INSIDE < self.fine_ahead[i] + row.enter_at(i) {
                    let before = i.checked_sub(1).map_or('\n', |i| stretch.text[i]);
                    row.enter(row.at(i), State { context: stretch.contexts[i], before, by: 0 });
                }
                row.begin(i, self.fine_ahead[i]);
                for at in row.positions(i) {
                    reader.rate(model, row, at);
                }
            }
            self.fine_ahead[i + 1] = self.fine_ahead[i + 1].max(self.fine_ahead[i] + cost);
        }
        self.end();
    }

    /// The same when all characters are rated.
    fn relax(&mut self, costs: &[f32]) {
        self.fine_ahead.fill(NEVER);
        self.rows.iter_mut().for_each(|row| row.ahead.fill(NEVER));
        self.fine_ahead[0] = 0.0;
        for (i, &cost) in costs.iter().enumerate() {
            self.leave(i);
            for row in &mut self.rows {
                row.begin(i, self.fine_ahead[i]);
                row.positions(i).for_each(|at| row.go_on(at));
            }
            self.fine_ahead[i + 1] = self.fine_ahead[i + 1].max(self.fine_ahead[i] + cost);
        }
        self.end();
    }

    /// Modes end and begin at the end of the text.
    fn end(&mut self) {
        let n = self.margin.len() - 1;
        self.leave(n);
        self.rows.iter_mut().for_each(|row| row.begin(n, self.fine_ahead[n]));
    }

    /// Modes end before observed character `i`.
    fn leave(&mut self, i: usize) {
        let leave = leave_at(i, self.margin.len() - 1);
        let left = self.rows.iter().map(|row| row.ahead[row.at(i)] + leave).fold(NEVER, f32::max);
        self.fine_ahead[i] = self.fine_ahead[i].max(left);
    }

    /// Scores up to the end of the text.
    fn backwards(&mut self, costs: &[f32]) {
        let n = costs.len();
        for i in (0..=n).rev() {
            let mut fine = if i == n { 0.0 } else { costs[i] + self.fine_behind[i + 1] };
            for row in &mut self.rows {
                let at = row.at(i);
                if i == n {
                    row.behind[at] = NEVER;
                } else {
                    for at in row.positions(i).rev() {
                        row.behind[at] = row.ways_on(at).map(|(to, cost)| cost + row.behind[to]).fold(NEVER, f32::max);
                    }
                }
                fine = fine.max(row.enter_at(i) + row.behind[at]);
            }
            self.fine_behind[i] = fine;
            for row in &mut self.rows {
                let at = row.at(i);
                row.behind[at] = row.behind[at].max(leave_at(i, n) + fine);
            }
        }
        self.best = self.fine_behind[0];
    }

    /// The best path: what it costs at each observed character, and which modes it uses.
    fn trace(&self, costs: &[f32]) -> (Vec<f32>, Vec<bool>) {
        let n = costs.len();
        let mut spent = vec![0.0f32; n];
        let mut used = vec![false; self.rows.len()];
        let mut i = 0;
        while i < n {
            let entered = self.rows.iter().map(|row| row.enter_at(i) + row.behind[row.at(i)]).zip(0..);
            let entered = entered.max_by(|a, b| a.0.total_cmp(&b.0));
            let stay = costs[i] + self.fine_behind[i + 1];
            let Some((_, m)): Option<(f32, usize)> = entered.filter(|e| e.0 > stay) else {
                spent[i] = costs[i];
                i += 1;
                continue;
            };
            used[m] = true;
            i = self.rows[m].spend(i, n, &self.fine_behind, &mut spent);
        }
        (spent, used)
    }

    /// Margins where the best path spends much.
    fn raise_margins(&mut self, spent: &[f32]) {
        for (i, &cost) in spent.iter().enumerate().filter(|(_, cost)| **cost < EXPLAINED) {
            let around = i.saturating_sub(AROUND)..(i + AROUND + 1).min(self.margin.len());
            for margin in &mut self.margin[around] {
                *margin = (*margin + EXPLAINED - cost).min(MARGIN + MOST_RAISED);
            }
        }
    }

    /// Whether a path of a mode is near enough to the best one to be searched. What a mode skips is cheaper than it will turn out to
    /// be, so that the best path of all may be a vain hope: a mode is measured by its own best path, if that is not far behind.
    fn is_near(&self, mode: usize, i: usize, score: f32) -> bool {
        score >= self.best_of[mode].max(self.best - VAIN_HOPE) - self.margin[i]
    }

    /// Whether a mode may begin before observed character `i`.
    pub(super) fn may_enter(&self, mode: usize, i: usize) -> bool {
        let row = &self.rows[mode];
        self.is_near(mode, i, self.fine_ahead[i] + row.enter_at(i) + row.behind[row.at(i)])
    }

    /// Whether a mode may end before observed character `i`.
    pub(super) fn may_leave(&self, mode: usize, i: usize) -> bool {
        let row = &self.rows[mode];
        let leave = leave_at(i, self.margin.len() - 1);
        self.is_near(mode, i, row.ahead[row.at(i)] + leave + self.fine_behind[i])
    }

    /// Whether observed character `i`, which costs so much as it stands, may be what it is.
    pub(super) fn may_stay(&self, i: usize, cost: f32) -> bool {
        self.fine_ahead[i] + cost + self.fine_behind[i + 1] >= self.best - VAIN_HOPE - self.margin[i]
    }

    /// Whether one of the characters that begin at some byte positions may have lost a byte.
    pub(super) fn may_lose(&self, mode: usize, mut positions: Range<usize>, i: usize) -> bool {
        let row = &self.rows[mode];
        positions.any(|at| {
            let after = |len: u8| row.behind[at + len as usize];
            row.skip[at]
                .edges()
                .any(|edge| self.is_near(mode, i, row.ahead[at] + edge.cost + after(edge.len) + row.loss))
        })
    }

    /// Whether observed character `i`, which costs so much as it stands, may be an entity inside a span of a mode.
    pub(super) fn may_be_entity(&self, mode: usize, i: usize, cost: f32) -> bool {
        let row = &self.rows[mode];
        self.is_near(mode, i, row.ahead[row.at(i)] + cost + score::ENTITY + row.behind[row.at(i + 1)])
    }

    /// How much worse than the best what is tried at observed character `i` may be.
    pub(super) fn margin(&self, i: usize) -> f32 {
        self.margin[i]
    }

    /// What is hoped for from observed character `i` on in fine text. Where no mode was entered yet, the first time is still to be paid.
    pub(super) fn hope_fine(&self, i: usize, has_entered: bool) -> f32 {
        let first = if has_entered { 0.0 } else { self.first };
        (self.fine_behind[i] - first).max(self.plain_behind[i])
    }

    /// What is hoped for from one of some byte positions of a mode on, observed character `i` being the next to be read, and whether
    /// a path through it is worth a search.
    pub(super) fn hope(&self, mode: usize, positions: Range<usize>, i: usize) -> (bool, f32) {
        let row = &self.rows[mode];
        let best = positions.max_by(|&a, &b| row.through(a).total_cmp(&row.through(b)));
        best.map_or((false, NEVER), |at| (self.is_near(mode, i, row.through(at)), row.behind[at]))
    }

    /// The character that a mode reads from a byte position on as it stands, if the best path to the position after it does, with its
    /// bytes, its score and the context after it. `context` is the one before it.
    pub(super) fn read(&self, mode: usize, at: usize, context: &Context) -> Option<(char, usize, f32, Context)> {
        let row = &self.rows[mode];
        let edge = row.read.get(at).filter(|edge| edge.len > 0)?;
        let after = row.state(at + edge.len as usize).filter(|after| after.by == edge.len)?;
        (row.state(at)?.context == *context).then_some((after.before, edge.len as usize, edge.cost, after.context))
    }

    /// The byte position at which observed character `i` begins in a mode.
    pub(super) fn position(&self, mode: usize, i: usize) -> usize {
        self.rows[mode].at(i)
    }
}

fn leave_at(i: usize, n: usize) -> f32 {
    score::LEAVE + if i == n { score::AT_AN_END } else { 0.0 }
}

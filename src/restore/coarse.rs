//! The coarse pass: what a text costs in each mode when every character is read once, on the likeliest reading before it.
//!
//! The search proper tries many characters where bytes say little; it can afford that only in few places. Here a mode is a
//! row of byte positions, and a position is passed in one of three ways: by the character that begins there, by a *skip*
//! (its character lost a byte, and all that is known of it is a price), or by a *jump* over a reading in brackets. Fine text
//! is one more row. The best paths through all rows, forwards and backwards (max-product), tell of each position how much
//! worse the best path through it is than the best path of all: what is far worse is not searched. This is coarse-to-fine
//! pruning (Charniak et al. 2006), and the backward half is what the search hopes for from each position (its future cost).

use std::ops::Range;

use super::Mode;
use crate::codec::{Encoding, Parse};
use crate::lattice::{self, Layer, halfwidth};
use crate::model::{Context, Model};
use crate::{detect, overlay, score};

/// A path so many nats worse than the best is not searched, where the best one explains the text well.
const MARGIN: f32 = 11.0;
/// A character that costs more than this on the best path is not explained, and what it costs beyond is added to the margin
/// around it: effort goes where nothing explains the text.
const EXPLAINED: f32 = -8.5;
/// Characters on both sides of an unexplained one whose margin it raises.
const AROUND: usize = 5;
/// No margin is raised by more.
const MOST_RAISED: f32 = 40.0;

/// What a character costs that lost a byte beside an undecodable place, or in a text of pairs: what a character of Chinese
/// text costs (e^-4.4), and the least that a loss does.
const SKIP: f32 = -6.0;
/// The same for the two bytes of a letter, which is one of few.
const SKIP_LETTER: f32 = -4.0;
/// A byte without a lead, after a skip.
const STRAY: f32 = -2.5;
/// A character of UTF-8 that costs more than this may be what is left of two.
const CHANCE: f32 = -11.0;
/// A mark, or a space that may have been a no-break space, passed as a part of the lost characters beside it.
const SKIP_MARK: f32 = -1.5;

/// A mode that begins here must be likelier by this than one that began before: the first character of a span is hard to tell, and
/// where each is rated as the first none ever follows.
const BETTER_INSIDE: f32 = 8.0;

const NEVER: f32 = -1.0e9;

/// One way on from a byte position.
#[derive(Clone, Copy)]
struct Edge {
    len: u8,
    cost: f32,
}

const NO_EDGE: Edge = Edge { len: 0, cost: NEVER };

/// The ways past a position whose character lost a byte: over so many bytes at least and at most.
#[derive(Clone, Copy)]
struct Skip {
    least: u8,
    most: u8,
    cost: f32,
}

const NO_SKIP: Skip = Skip { least: 1, most: 0, cost: NEVER };

impl Skip {
    fn one(cost: f32) -> Skip {
        Skip { least: 1, most: 1, cost }
    }

    fn edges(self) -> impl Iterator<Item = Edge> {
        (self.least..=self.most).map(move |len| Edge { len, cost: self.cost })
    }
}

/// A jump over a reading in brackets.
#[derive(Clone, Copy)]
struct Jump {
    from: u32,
    to: u32,
    cost: f32,
}

/// One mode's byte positions.
struct Row {
    /// The first byte position of each observed character, and the end.
    start: Vec<u32>,
    read: Vec<Edge>,
    skip: Vec<Skip>,
    jumps: Vec<Jump>,
    /// Best score from the start of the text to each position, and from there to the end.
    ahead: Vec<f32>,
    behind: Vec<f32>,
    enter: f32,
}

/// The bytes of a text in a mode's innermost encoding.
struct Bytes {
    bytes: Vec<u8>,
    kinds: Vec<Kind>,
    start: Vec<u32>,
}

/// What a byte position stands for.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Byte,
    /// Lost bytes, or what it shows.
    Open,
    /// What an outer layer could not read.
    Lost,
    /// A character that has no bytes in this reader: no path of the mode passes it.
    Barrier,
}

/// What is known of each position before the search.
pub(super) struct Coarse {
    rows: Vec<Row>,
    fine_ahead: Vec<f32>,
    fine_behind: Vec<f32>,
    best: f32,
    /// How much worse than the best a path may be at each observed character.
    margin: Vec<f32>,
}

/// What the coarse pass reads.
pub(super) struct Given<'a> {
    pub(super) model: &'a Model,
    pub(super) modes: &'a [Mode],
    pub(super) text: &'a [char],
    pub(super) costs: &'a [f32],
    pub(super) contexts: &'a [Context],
}

impl Coarse {
    pub(super) fn new(given: &Given<'_>) -> Coarse {
        let n = given.text.len();
        let mut coarse = Coarse {
            rows: Vec::new(),
            fine_ahead: vec![NEVER; n + 1],
            fine_behind: vec![NEVER; n + 1],
            best: 0.0,
            margin: vec![MARGIN; n + 1],
        };
        coarse.forwards(given);
        coarse.backwards(given.costs);
        // A chain that explains one place is cheaper at the next.
        let used = coarse.trace(given.costs).1;
        let mut again = false;
        for (row, _) in coarse.rows.iter_mut().zip(used).filter(|(row, used)| *used && row.enter < score::ENTER_AGAIN) {
            row.enter = score::ENTER_AGAIN;
            again = true;
        }
        if again {
            coarse.backwards(given.costs);
            coarse.relax(given.costs);
        }
        coarse.raise_margins(given.costs);
        coarse
    }

    /// Scores from the start of the text on, and what each character costs after the likeliest ones before it.
    fn forwards(&mut self, given: &Given<'_>) {
        let mut readers: Vec<Reader> = given.modes.iter().map(|mode| Reader::new(mode, given.text)).collect();
        self.rows = given.modes.iter().zip(&mut readers).map(|(mode, reader)| Row::new(mode, reader)).collect();
        self.fine_ahead[0] = 0.0;
        for i in 0..given.text.len() {
            let inside: Vec<f32> = self.rows.iter().map(|row| row.ahead[row.start[i] as usize]).collect();
            self.switch(i);
            for ((row, reader), inside) in self.rows.iter_mut().zip(&mut readers).zip(inside) {
                let at = row.start[i] as usize;
                if inside + BETTER_INSIDE < row.ahead[at] {
                    let before = i.checked_sub(1).map_or('\n', |i| given.text[i]);
                    reader.enter(at, given.contexts[i], before);
                }
                for at in at..row.start[i + 1] as usize {
                    reader.rate(given.model, row, at);
                }
            }
            self.fine_ahead[i + 1] = self.fine_ahead[i + 1].max(self.fine_ahead[i] + given.costs[i]);
        }
        self.switch(given.text.len());
    }

    /// The same when all characters are rated.
    fn relax(&mut self, costs: &[f32]) {
        self.fine_ahead.fill(NEVER);
        self.rows.iter_mut().for_each(|row| row.ahead.fill(NEVER));
        self.fine_ahead[0] = 0.0;
        for (i, &cost) in costs.iter().enumerate() {
            self.switch(i);
            for row in &mut self.rows {
                for at in row.start[i] as usize..row.start[i + 1] as usize {
                    row.go_on(at);
                }
            }
            self.fine_ahead[i + 1] = self.fine_ahead[i + 1].max(self.fine_ahead[i] + cost);
        }
        self.switch(costs.len());
    }

    /// Modes end and begin before observed character `i`.
    fn switch(&mut self, i: usize) {
        let leave = leave_at(i, self.margin.len() - 1);
        let left = self.rows.iter().map(|row| row.ahead[row.start[i] as usize] + leave).fold(NEVER, f32::max);
        self.fine_ahead[i] = self.fine_ahead[i].max(left);
        for row in &mut self.rows {
            let (at, entered) = (row.start[i] as usize, self.fine_ahead[i] + row.enter_at(i));
            row.ahead[at] = row.ahead[at].max(entered);
        }
    }

    /// Scores up to the end of the text.
    fn backwards(&mut self, costs: &[f32]) {
        let n = costs.len();
        for i in (0..=n).rev() {
            let mut fine = if i == n { 0.0 } else { costs[i] + self.fine_behind[i + 1] };
            for row in &mut self.rows {
                let at = row.start[i] as usize;
                if i == n {
                    row.behind[at] = NEVER;
                } else {
                    for at in (at..row.start[i + 1] as usize).rev() {
                        row.behind[at] = row.ways_on(at).map(|(to, cost)| cost + row.behind[to]).fold(NEVER, f32::max);
                    }
                }
                fine = fine.max(row.enter_at(i) + row.behind[at]);
            }
            self.fine_behind[i] = fine;
            for row in &mut self.rows {
                let at = row.start[i] as usize;
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
            let entered = (0..self.rows.len())
                .map(|m| (self.rows[m].enter_at(i) + self.rows[m].behind[self.rows[m].start[i] as usize], m))
                .max_by(|a, b| a.0.total_cmp(&b.0));
            let stay = costs[i] + self.fine_behind[i + 1];
            let Some((_, m)) = entered.filter(|e| e.0 > stay) else {
                spent[i] = costs[i];
                i += 1;
                continue;
            };
            used[m] = true;
            i = self.rows[m].spend(i, n, &self.fine_behind, &mut spent);
        }
        (spent, used)
    }

    fn raise_margins(&mut self, costs: &[f32]) {
        let (spent, _) = self.trace(costs);
        for (i, &cost) in spent.iter().enumerate().filter(|(_, cost)| **cost < EXPLAINED) {
            let around = i.saturating_sub(AROUND)..(i + AROUND + 1).min(self.margin.len());
            for margin in &mut self.margin[around] {
                *margin = (*margin + EXPLAINED - cost).min(MARGIN + MOST_RAISED);
            }
        }
    }

    fn is_near(&self, i: usize, score: f32) -> bool {
        score >= self.best - self.margin[i]
    }

    /// Whether a mode may begin before observed character `i`.
    pub(super) fn may_enter(&self, mode: usize, i: usize) -> bool {
        let row = &self.rows[mode];
        self.is_near(i, self.fine_ahead[i] + row.enter_at(i) + row.behind[row.start[i] as usize])
    }

    /// Whether a mode may end before observed character `i`.
    pub(super) fn may_leave(&self, mode: usize, i: usize) -> bool {
        let row = &self.rows[mode];
        let leave = leave_at(i, self.margin.len() - 1);
        self.is_near(i, row.ahead[row.start[i] as usize] + leave + self.fine_behind[i])
    }

    /// Whether one of the characters that begin at some byte positions may have lost a byte.
    pub(super) fn may_lose(&self, mode: usize, mut positions: Range<usize>, i: usize) -> bool {
        let row = &self.rows[mode];
        let after = |at: usize, edge: Edge| row.ahead[at] + edge.cost + row.behind[at + edge.len as usize];
        positions.any(|at| row.skip[at].edges().any(|edge| self.is_near(i, after(at, edge))))
    }

    /// How much worse than the best what is tried at observed character `i` may be.
    pub(super) fn margin(&self, i: usize) -> f32 {
        self.margin[i]
    }

    /// What is hoped for from observed character `i` on in fine text.
    pub(super) fn hope_fine(&self, i: usize) -> f32 {
        self.fine_behind[i]
    }

    /// What is hoped for from one of some byte positions of a mode on, observed character `i` being the next to be read, and whether
    /// a path through it is worth a search.
    pub(super) fn hope(&self, mode: usize, positions: Range<usize>, i: usize) -> (bool, f32) {
        let row = &self.rows[mode];
        let best = positions.max_by(|&a, &b| (row.ahead[a] + row.behind[a]).total_cmp(&(row.ahead[b] + row.behind[b])));
        best.map_or((false, NEVER), |at| (self.is_near(i, row.ahead[at] + row.behind[at]), row.behind[at]))
    }

    /// The byte position at which observed character `i` begins in a mode.
    pub(super) fn position(&self, mode: usize, i: usize) -> usize {
        self.rows[mode].start[i] as usize
    }
}

fn leave_at(i: usize, n: usize) -> f32 {
    score::LEAVE + if i == n { score::AT_AN_END } else { 0.0 }
}

impl Row {
    fn new(mode: &Mode, reader: &mut Reader<'_>) -> Row {
        let positions = reader.bytes.bytes.len() + 1;
        Row {
            start: std::mem::take(&mut reader.bytes.start),
            read: vec![NO_EDGE; positions],
            skip: vec![NO_SKIP; positions],
            jumps: std::mem::take(&mut reader.jumps),
            ahead: vec![NEVER; positions],
            behind: vec![NEVER; positions],
            enter: score::ENTER + mode.prior,
        }
    }

    fn enter_at(&self, i: usize) -> f32 {
        self.enter + if i == 0 { score::AT_AN_END } else { 0.0 }
    }

    /// The character that begins at a position, and the ways past it.
    fn edges(&self, at: usize) -> impl Iterator<Item = Edge> + use<> {
        let read = Some(self.read[at]).filter(|edge| edge.len > 0);
        read.into_iter().chain(self.skip[at].edges())
    }

    /// The positions that a position leads to, with what that costs.
    fn ways_on(&self, at: usize) -> impl Iterator<Item = (usize, f32)> {
        let edges = self.edges(at);
        let jumps = self.jumps[self.jumps_from(at)].iter();
        edges
            .map(move |edge| (at + edge.len as usize, edge.cost))
            .chain(jumps.map(|jump| (jump.to as usize, jump.cost)))
    }

    fn jumps_from(&self, at: usize) -> Range<usize> {
        let first = self.jumps.partition_point(|jump| (jump.from as usize) < at);
        first..first + self.jumps[first..].iter().take_while(|jump| jump.from as usize == at).count()
    }

    fn go_on(&mut self, at: usize) {
        let here = self.ahead[at];
        if here <= NEVER {
            return;
        }
        for edge in self.edges(at) {
            let to = at + edge.len as usize;
            self.ahead[to] = self.ahead[to].max(here + edge.cost);
        }
        for jump in self.jumps_from(at) {
            let jump = self.jumps[jump];
            self.ahead[jump.to as usize] = self.ahead[jump.to as usize].max(here + jump.cost);
        }
    }

    /// Follows the best path in this mode from observed character `i` to where it leaves, and gives that place.
    fn spend(&self, i: usize, n: usize, fine_behind: &[f32], spent: &mut [f32]) -> usize {
        let mut at = self.start[i] as usize;
        let mut i = i;
        loop {
            let next = self.ways_on(at).max_by(|a, b| (a.1 + self.behind[a.0]).total_cmp(&(b.1 + self.behind[b.0])));
            let Some((to, cost)) = next else { return n };
            let first = i;
            while i < n && self.start[i + 1] as usize <= to {
                i += 1;
            }
            let touched = (i - first).max(1);
            for spent in &mut spent[first..(first + touched).min(n)] {
                *spent += cost / touched as f32;
            }
            at = to;
            let leaves = at == self.start[i] as usize && self.behind[at] <= leave_at(i, n) + fine_behind[i];
            if i >= n || leaves {
                return i;
            }
        }
    }
}

impl Bytes {
    fn of(mode: &Mode, text: &[char]) -> Bytes {
        let folds = mode.layers[0].folds_width();
        // What each layer reads, nothing where the one before could not read its bytes.
        let mut chars: Vec<(Option<char>, u32)> = text.iter().map(|&c| Some(c)).zip(0..).collect();
        let mut found = Bytes { bytes: Vec::new(), kinds: Vec::new(), start: Vec::new() };
        let mut origin = Vec::new();
        for (k, layer) in mode.layers.iter().enumerate() {
            if k > 0 {
                chars = found.read(&mode.layers[k - 1], &origin);
            }
            found.bytes.clear();
            found.kinds.clear();
            origin.clear();
            for &(c, from) in &chars {
                let wide = c.filter(|c| folds && !c.is_alphanumeric()).and_then(lattice::fullwidth).or(c);
                let form = wide.and_then(|c| layer.read.forms(c).first().copied());
                let after_byte = found.bytes.last().is_some_and(|&b| b >= 0x80);
                let kind = match (c, form) {
                    (None, _) => Kind::Lost,
                    (Some(c), _) if layer.may_be_lost(c, after_byte) => Kind::Open,
                    (_, Some(_)) => Kind::Byte,
                    (_, None) => Kind::Barrier,
                };
                found.bytes.extend_from_slice(form.as_deref().unwrap_or(b"?"));
                found.kinds.resize(found.bytes.len(), kind);
                origin.resize(found.bytes.len(), from);
            }
        }
        let mut at = 0;
        for i in 0..=text.len() as u32 {
            at += origin[at..].iter().take_while(|&&from| from < i).count();
            found.start.push(at as u32);
        }
        found
    }

    /// The characters that a layer's writer makes of the bytes, with where they come from; one for each place it cannot read.
    fn read(&self, layer: &Layer, origin: &[u32]) -> Vec<(Option<char>, u32)> {
        let mut chars: Vec<(Option<char>, u32)> = Vec::new();
        let mut at = 0;
        while at < self.bytes.len() {
            let parse = layer.written.parse(&self.bytes[at..self.bytes.len().min(at + 4)]);
            let (c, len) = match parse {
                _ if matches!(self.kinds[at], Kind::Lost | Kind::Barrier) => (None, 1),
                Parse::Char { c, len } | Parse::Pair { first: c, len, .. } => (Some(c), len),
                Parse::Incomplete | Parse::Malformed => (None, 1),
            };
            if c.is_some() || chars.last().is_none_or(|last| last.0.is_some()) {
                chars.push((c, origin[at]));
            }
            at += len as usize;
        }
        chars
    }
}

/// Rates the characters of a row from left to right.
struct Reader<'a> {
    layer: &'a Layer,
    bytes: Bytes,
    /// The model's state at each byte position on the best path there, and the character before it.
    contexts: Vec<(Context, char)>,
    jumps: Vec<Jump>,
    /// Positions at which half a character stands that a reading in brackets told.
    halves: Vec<u32>,
    folds: bool,
    /// What a character that the model does not know costs more for being restored.
    rare: f32,
}

impl<'a> Reader<'a> {
    fn new(mode: &'a Mode, text: &[char]) -> Reader<'a> {
        let bytes = Bytes::of(mode, text);
        let (jumps, halves) = if mode.glosses { jumps(text, &bytes.start) } else { Default::default() };
        let layer = &mode.layers[mode.layers.len() - 1];
        let rare = if layer.written == Encoding::Utf8 { 0.0 } else { score::RESTORED_RARE };
        Reader { rare, layer, contexts: Vec::new(), jumps, halves, folds: mode.layers[0].folds_width(), bytes }
    }

    fn enter(&mut self, at: usize, context: Context, before: char) {
        if self.contexts.len() <= at {
            self.contexts.resize(self.bytes.bytes.len() + 1, (context, before));
        }
        self.contexts[at] = (context, before);
    }

    /// Rates what begins at a position that has been reached, and goes on from it.
    fn rate(&mut self, model: &Model, row: &mut Row, at: usize) {
        let here = row.ahead[at];
        if here <= NEVER {
            return;
        }
        let bytes = &self.bytes.bytes;
        let (context, before) = self.contexts[at];
        let mut read = None;
        if !matches!(self.bytes.kinds[at], Kind::Barrier | Kind::Lost)
            && let Parse::Char { c, len } | Parse::Pair { first: c, len, .. } =
                self.layer.written.parse(&bytes[at..bytes.len().min(at + 4)])
            && !(self.layer.is_shift() && lattice::is_private_use(c))
        {
            let c = if self.folds { halfwidth(c).unwrap_or(c) } else { c };
            let (cost, next) = model.step(&context, c);
            row.read[at] = Edge { len, cost: detect::restored(cost, before, c, self.rare) };
            read = Some((next, c));
        }
        row.skip[at] = self.skip(at, read.map(|_| row.read[at]));
        if let Some(after) = read {
            let Edge { len, cost } = row.read[at];
            self.reach(row, at + len as usize, here + cost, after);
        }
        for edge in row.skip[at].edges() {
            self.reach(row, at + edge.len as usize, here + edge.cost, (model.start(), '\n'));
        }
        for jump in row.jumps_from(at) {
            let jump = row.jumps[jump];
            self.reach(row, jump.to as usize, here + jump.cost, (context, '\n'));
        }
    }

    fn reach(&mut self, row: &mut Row, to: usize, score: f32, state: (Context, char)) {
        if score > row.ahead[to] {
            row.ahead[to] = score;
            self.enter(to, state.0, state.1);
        }
    }

    /// Whether a byte that goes on a character of UTF-8 begins at a position.
    fn is_stray(&self, at: usize) -> bool {
        matches!(self.bytes.bytes.get(at), Some(0x80..=0xBF))
    }

    /// How a position is passed whose character lost a byte.
    fn skip(&self, at: usize, read: Option<Edge>) -> Skip {
        let bytes = &self.bytes.bytes;
        let b = bytes[at];
        match self.bytes.kinds[at] {
            Kind::Open => return Skip::one(SKIP_MARK),
            Kind::Lost => return Skip::one(SKIP),
            Kind::Barrier => return NO_SKIP,
            Kind::Byte => {}
        }
        if self.halves.binary_search(&(at as u32)).is_ok() && at + 2 <= bytes.len() {
            return Skip { least: 2, most: 2, cost: SKIP / 2.0 };
        }
        match self.layer.written {
            // Bytes lost inside a character may leave another one, by chance: a rare one, or one with a byte too many.
            Encoding::Utf8 if read.is_some_and(|edge| edge.cost > CHANCE && !self.is_stray(at + edge.len as usize)) => {
                NO_SKIP
            }
            Encoding::Utf8 => {
                let length = match b {
                    0xC2..=0xDF => 2,
                    0xE0..=0xEF => 3,
                    0xF0..=0xF4 => 4,
                    _ if read.is_some() => return NO_SKIP,
                    _ => return Skip::one(STRAY),
                };
                let there = bytes[at + 1..].iter().take(length - 2).take_while(|b| matches!(b, 0x80..=0xBF)).count();
                Skip { least: 1, most: 1 + there as u8, cost: if length == 2 { SKIP_LETTER } else { SKIP } }
            }
            w if w.is_single_byte() && read.is_some() => NO_SKIP,
            // Letters are trail bytes, too.
            _ if b >= 0x40 => Skip::one(SKIP),
            _ => NO_SKIP,
        }
    }
}

/// The ways over readings in brackets, in order of where they begin, and where such a way ends inside a character.
fn jumps(text: &[char], start: &[u32]) -> (Vec<Jump>, Vec<u32>) {
    let (mut jumps, mut halves) = (Vec::new(), Vec::new());
    for i in 1..text.len() {
        let (from, cost) = (start[i], score::GLOSS_REMOVED);
        if let Some(gloss) = overlay::gloss_at(text, i) {
            jumps.push(Jump { from, to: start[i + gloss.len], cost });
        }
        if let Some(gloss) = overlay::gloss_after_mark(text, i) {
            // The annotated pair ends with the reading, or its trail byte begins another one.
            let end = start[i + gloss.len];
            jumps.push(Jump { from: from - 1, to: end, cost: cost + SKIP / 2.0 });
            jumps.push(Jump { from, to: end - 1, cost });
            halves.push(end - 1);
        }
    }
    jumps.sort_by_key(|jump| jump.from);
    halves.sort_unstable();
    (jumps, halves)
}

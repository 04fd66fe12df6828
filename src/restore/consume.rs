//! An observed character is read in a mode: which bytes it may stand for, and which may have vanished before it.

use super::beam::Hypothesis;
use super::{EventKind, Search, Told};
use crate::lattice::{self, Arc};
use crate::score;

impl Search<'_> {
    /// Reads observed character `i` in a mode.
    pub(super) fn consume(&mut self, group: &[Hypothesis], i: usize, beams: &mut [Vec<Hypothesis>]) {
        let m = group[0].mode as usize;
        if self.modes[m - 1].glosses {
            group.iter().for_each(|h| self.read_gloss(h, i, beams));
        }
        if self.may_be_entity(m - 1, i) {
            for h in group.iter().filter(|h| h.pending_bytes() == 0) {
                let h = self.pass_entity(h, i);
                beams[i + 1].push(h);
            }
        }
        let (best, most) = (self.best, self.coarse.margin(i));
        let may_cost = |h: &Hypothesis, cost: f32| h.affords(cost, best, most);
        let mode = &self.modes[m - 1];
        let mut may_lose = std::mem::take(&mut self.memory.scratch.may_lose);
        may_lose.clear();
        let outer = &mode.layers[0];
        // What was lost of one character already is not told from what else may be, but where all of a kind is lost.
        let again = outer.strips_controls() || outer.is_shift();
        may_lose.extend(
            group.iter().map(|h| (again || !h.has_lost()) && self.coarse.may_lose(m - 1, self.positions(h, i), i)),
        );
        let mut lost = self.memory.scratch.lists.take();
        if may_lose.contains(&true) {
            let losers = group.iter().zip(&may_lose).filter(|(_, may_lose)| **may_lose).map(|(h, _)| h);
            self.lose(losers.take(self.width.losers), i, may_cost, &mut lost);
        }
        let mut arcs = self.memory.scratch.arcs.take();
        mode.layers[0].arcs(self.stretch.text[i], self.stretch.beside(i), &mut arcs);
        match self.told.get(i) {
            Some(&Told::Eaten(eaten)) => arcs.extend(mode.layers[0].ate(self.stretch.text[i], eaten)),
            Some(Told::Complete) => mode.layers[0].ate_nothing(&mut arcs),
            Some(Told::Nothing) | None => {}
        }
        for h in &lost {
            // Two bytes lost at almost the same place are not told from one.
            for arc in arcs.iter().filter(|arc| !arc.is_inner_loss() && may_cost(h, arc.cost)) {
                self.feed_arc(h, arc, i, i + 1, &mut beams[i + 1]);
            }
        }
        for (h, &may_lose) in group.iter().zip(&may_lose) {
            let in_step = h.pending_bytes() == 0 && may_lose;
            for arc in arcs.iter().filter(|arc| may_cost(h, arc.cost) && (in_step || !arc.is_inner_loss())) {
                self.feed_arc(h, arc, i, i + 1, &mut beams[i + 1]);
            }
        }
        self.folded(m - 1, i, |folded, search| {
            for h in group.iter().chain(&lost) {
                for (len, arc) in folded.iter().filter(|(_, arc)| may_cost(h, arc.cost)) {
                    search.feed_arc(h, arc, i, i + len, &mut beams[i + len]);
                }
            }
        });
        self.memory.scratch.lists.give(lost);
        self.memory.scratch.arcs.give(arcs);
        self.memory.scratch.may_lose = may_lose;
    }

    /// Whether observed character `i` may be a sign that is no part of what a mode explains around it.
    pub(super) fn may_be_entity(&self, mode: usize, i: usize) -> bool {
        let is_entity = || lattice::is_entity(self.stretch.text, i);
        self.modes[mode].layers[0].has_entities
            && is_entity()
            && self.coarse.may_be_entity(mode, i, self.stretch.costs[i])
    }

    /// Leaves a mode for such a sign, and enters it again behind that.
    fn pass_entity(&mut self, h: &Hypothesis, i: usize) -> Hypothesis {
        let left = self.leave(*h, score::ENTITY, i);
        let mut passed = Hypothesis { mode: h.mode, from: i as u32 + 1, ..self.stay(&left, i) };
        passed.back = self.node(passed.back, EventKind::Enter, &passed, i + 1, i + 1);
        passed
    }

    /// What a mode's observed characters from `i` on may have been before a later pass ([`Layer::folded`](crate::lattice::Layer::folded)).
    pub(super) fn folded<T>(&mut self, mode: usize, i: usize, look: impl FnOnce(&[(usize, Arc)], &mut Self) -> T) -> T {
        let mut folded = std::mem::take(&mut self.memory.scratch.folded);
        folded.clear();
        self.modes[mode].layers[0].folded(&self.stretch.text[i..], self.stretch.beside(i).0, &mut folded);
        let found = look(&folded, self);
        self.memory.scratch.folded = folded;
        found
    }

    /// Takes bytes for lost that left no trace before observed character `i`.
    fn lose<'h>(
        &mut self,
        losers: impl Iterator<Item = &'h Hypothesis>,
        i: usize,
        may_cost: impl Fn(&Hypothesis, f32) -> bool,
        lost: &mut Vec<Hypothesis>,
    ) {
        let scratch = &mut self.memory.scratch;
        let (mut at_start, mut inside) = (scratch.arcs.take(), scratch.arcs.take());
        let mut strips_controls = false;
        for h in losers {
            let outer = &self.modes[h.mode as usize - 1].layers[0];
            strips_controls = outer.strips_controls();
            let in_step = h.pending_bytes() == 0;
            let vanished = if in_step { &mut at_start } else { &mut inside };
            if vanished.is_empty() {
                outer.vanished(Some(self.stretch.text[i]), in_step, vanished);
            }
            for arc in vanished.iter().filter(|arc| may_cost(h, arc.cost)) {
                self.feed_arc(h, arc, i, i, lost);
            }
        }
        // A second byte may have vanished at the same place: both continuations of one character, say.
        if strips_controls {
            let mut twice = self.memory.scratch.lists.take();
            for h in lost.iter().filter(|h| h.pending_bytes() > 0) {
                if inside.is_empty() {
                    self.modes[h.mode as usize - 1].layers[0].vanished(Some(self.stretch.text[i]), false, &mut inside);
                }
                for arc in &inside {
                    self.feed_arc(h, arc, i, i, &mut twice);
                }
            }
            lost.append(&mut twice);
            self.memory.scratch.lists.give(twice);
        }
        self.memory.scratch.arcs.give(at_start);
        self.memory.scratch.arcs.give(inside);
        self.prune(lost, i);
    }
}

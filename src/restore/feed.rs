//! From bytes to characters: an arc's bytes pass through the layers of a mode, and what comes out is rated by the model.

use super::beam::{Hypothesis, MAX_BEHIND, Pending};
use super::width::BYTE;
use super::{Event, EventKind, MOST_LOOKS, NONE, Node, Search, Told};
use crate::codec::{Encoding, Parse};
use crate::lattice::{self, Arc, ByteSet, Elem, Label, Pairs, Status};
use crate::model::{Context, Rated};
use crate::repair::LossKind;
use crate::{detect, score};

/// What a character that is to be chosen is taken to cost before it is rated, in nats: a little more than one of Chinese does
/// on average (6.4 bits). Of 10,146 damaged texts (`make_cases.py --seed 9 --per-class 16`) 30 come out right that did not where a
/// hypothesis was measured before its losses, and 9 no longer. With 4.4 it is 32 and 6, and a fifth more time; with 7, 25 and 16.
const CHARACTER: f32 = 5.0;

/// Of these so many, the likeliest by what comes before, are looked at again when it is known what comes after.
const SECOND_LOOK: usize = 64;
/// Those that so many nats less speak for than for the likeliest are not. Of 60 KB of each lossy chain (`make_cases.py`) 3 characters in
/// 18,000 that are wrong are so for it, and a tenth of the time is saved; with 6 it is 27.
const SECOND_LOOK_BEHIND: f32 = 8.0;

/// What one of several bytes is to the byte beside it.
#[derive(Clone, Copy)]
enum Role {
    Any,
    /// One that the trail of a pair follows.
    Lead(&'static Pairs),
    /// The trail of the byte before it.
    Trail(&'static Pairs),
}

impl Search<'_> {
    /// Gives the bytes of an arc to the outermost layer.
    pub(super) fn feed_arc(&mut self, h: &Hypothesis, arc: &Arc, from: usize, to: usize, out: &mut Vec<Hypothesis>) {
        if self.spent() > MOST_LOOKS {
            return;
        }
        let mut h = *h;
        h.score += arc.cost;
        if h.pending_bytes() == 0 {
            h.from = from as u32;
        }
        // No decoder marks one byte alone and the next two together.
        if h.is_unpaired && arc.loss == Some(LossKind::Mark) && matches!(arc.bytes(), [Label::Pair(_)]) {
            return;
        }
        let before = out.len();
        self.feed(h, 0, arc.bytes(), arc.loss, (from, to), out);
        let is_unpaired = self.modes[h.mode as usize - 1].layers[0].is_unpaired(arc);
        out[before..].iter_mut().for_each(|h| h.is_unpaired = is_unpaired);
    }

    /// Gives bytes to a layer. `place` is the observed character that they stand for: where it begins and where it ends.
    pub(super) fn feed(
        &mut self,
        mut h: Hypothesis,
        layer: usize,
        bytes: &[Label],
        loss: Option<LossKind>,
        place: (usize, usize),
        out: &mut Vec<Hypothesis>,
    ) {
        let Some((&first, rest)) = bytes.split_first() else {
            out.push(h);
            return;
        };
        self.begin(&mut h, layer, loss, place, bytes.len());
        let mut done = self.memory.scratch.lists.take();
        match first {
            Label::Byte(b) => self.push(h, layer, Elem::byte(b), place, &mut done),
            Label::Set(set) if layer == 0 && h.is_unpaired && loss == Some(LossKind::Mark) => {
                let pairs = self.modes[h.mode as usize - 1].layers[0].separate();
                let trails = pairs.trails_of_any(self.last_byte(&h, layer, pairs.leads()));
                self.push_any(&h, layer, set.and(&trails), Role::Trail(pairs), place, &mut done);
            }
            Label::Set(set) => self.push_any(&h, layer, set, Role::Any, place, &mut done),
            Label::Pair(pairs) => {
                let mut led = self.memory.scratch.lists.take();
                self.push_any(&h, layer, pairs.leads(), Role::Lead(pairs), place, &mut led);
                for mut h in led.drain(..) {
                    self.begin(&mut h, layer, loss, place, rest.len() + 1);
                    let trails = pairs.trails_of_any(self.last_byte(&h, layer, pairs.leads()));
                    self.push_any(&h, layer, trails, Role::Trail(pairs), place, &mut done);
                }
                self.memory.scratch.lists.give(led);
            }
        }
        match rest {
            [] => out.append(&mut done),
            _ => done.iter().for_each(|&d| self.feed(d, layer, rest, loss, place, out)),
        }
        self.memory.scratch.lists.give(done);
    }

    /// Adds a byte to a layer that is any of a set, as far as its role allows.
    fn push_any(
        &mut self,
        h: &Hypothesis,
        layer: usize,
        set: ByteSet,
        role: Role,
        place: (usize, usize),
        out: &mut Vec<Hypothesis>,
    ) {
        let pending = h.pending[layer].as_slice();
        let of = &self.modes[h.mode as usize - 1].layers[layer];
        let (parts, count) = lattice::split(of, pending.is_empty(), set);
        for &part in &parts[..count] {
            let sets = &mut self.memory.sets;
            let elem = match role {
                Role::Lead(pairs) => sets.elem(lattice::leads(of, pending, sets, part, pairs)),
                // Only a lead that is not known yet leaves more than one set of trails.
                Role::Trail(pairs) if pending.last().is_some_and(|lead| lead.known().is_none()) => {
                    sets.trail(pairs, part)
                }
                _ => sets.elem(part),
            };
            if let Some(e) = elem {
                self.push(*h, layer, e, place, out);
            }
        }
    }

    /// What the last byte may be that a layer was given, one of some.
    fn last_byte(&self, h: &Hypothesis, layer: usize, some: ByteSet) -> ByteSet {
        let layers = &self.modes[h.mode as usize - 1].layers;
        if let Some(&last) = h.pending[layer].as_slice().last() {
            return self.memory.sets.set(last);
        }
        let ends = |form: &[u8]| form.last().copied().filter(|&b| some.contains(b));
        let of_char = |c: char| layers[layer].written.forms(c).iter().find_map(|form| ends(form));
        match of_char(h.last).filter(|_| layer + 1 == layers.len()) {
            Some(b) => ByteSet::EMPTY.with(b),
            None => some,
        }
    }

    /// Notes of a character what is lost of it, and where it begins, if it does with the first of the last `left` bytes of an observed one.
    fn begin(&self, h: &mut Hypothesis, layer: usize, loss: Option<LossKind>, place: (usize, usize), left: usize) {
        h.loss = h.loss.max(loss.map_or(0, loss_code));
        if layer == 0 && h.pending[0].len == 0 {
            h.at = self.byte_position(h.mode, place, left) as u32;
        }
    }

    /// The byte position of the coarse pass at which the first of the last `left` bytes of an observed character stands.
    fn byte_position(&self, mode: u8, (from, to): (usize, usize), left: usize) -> usize {
        let mode = mode as usize - 1;
        (self.coarse.position(mode, to).saturating_sub(left)).max(self.coarse.position(mode, from))
    }

    /// Adds one byte to a layer and goes on with the characters that it completes.
    fn push(&mut self, mut h: Hypothesis, layer: usize, e: Elem, place: (usize, usize), out: &mut Vec<Hypothesis>) {
        self.memory.effort.looks += BYTE;
        let layers = &self.modes[h.mode as usize - 1].layers;
        let (w, is_last) = (layers[layer].written, layer + 1 == layers.len());
        let mut pattern = [Elem::default(); 4];
        let len = h.pending[layer].len as usize;
        pattern[..len].copy_from_slice(h.pending[layer].as_slice());
        pattern[len] = e;
        let pattern = &pattern[..=len];
        match lattice::status(w, pattern, &self.memory.sets) {
            Status::Dead => {}
            Status::Incomplete if len < 3 => {
                h.pending[layer].elems[len] = e;
                h.pending[layer].len += 1;
                out.push(h);
            }
            Status::Incomplete => {}
            Status::Complete => {
                h.pending[layer] = Pending::default();
                let mut bytes = [0u8; 4];
                let all_known = pattern.iter().zip(&mut bytes).all(|(e, b)| e.known().map(|k| *b = k).is_some());
                if all_known {
                    match w.parse(&bytes[..pattern.len()]) {
                        // Such pairs are dropped or marked, never shown.
                        Parse::Char { c, .. } if layers[layer].is_shift() && lattice::is_private_use(c) => {}
                        // Whoever damages text that is damaged already writes what it shows in the usual way.
                        Parse::Char { c, .. } if !is_last && !w.is_usual(c, &bytes[..pattern.len()]) => {}
                        Parse::Char { c, .. } => self.complete(h, layer, is_last, c, place, out),
                        Parse::Pair { first, second, .. } if is_last => {
                            let h = self.emit(h, first, place.1, NONE);
                            out.push(self.emit(h, second, place.1, NONE));
                        }
                        _ => {}
                    }
                } else if is_last {
                    self.choose(h, w, pattern, place.1, out);
                } else {
                    self.pass_on(h, layer, pattern, place, out);
                }
            }
        }
    }

    fn complete(
        &mut self,
        h: Hypothesis,
        layer: usize,
        is_last: bool,
        c: char,
        place: (usize, usize),
        out: &mut Vec<Hypothesis>,
    ) {
        if is_last {
            out.push(self.emit(h, c, place.1, NONE));
            return;
        }
        let mut arcs = self.memory.scratch.arcs.take();
        self.modes[h.mode as usize - 1].layers[layer + 1].arcs(c, (None, None), &mut arcs);
        for arc in &arcs {
            let mut h = h;
            h.score += arc.cost;
            self.feed(h, layer + 1, arc.bytes(), arc.loss, place, out);
        }
        self.memory.scratch.arcs.give(arcs);
    }

    /// An inner layer's reader meets a character that is known only as one of several. A single-byte reader makes them a
    /// set of bytes; under any other too little would be left to go on.
    fn pass_on(
        &mut self,
        h: Hypothesis,
        layer: usize,
        pattern: &[Elem],
        place: (usize, usize),
        out: &mut Vec<Hypothesis>,
    ) {
        let layers = &self.modes[h.mode as usize - 1].layers;
        let (written, read) = (layers[layer].written, layers[layer + 1].read);
        if !read.is_single_byte() {
            return;
        }
        let set = self.memory.likely.bytes_of(self.model, &self.memory.sets, (written, pattern), read);
        self.feed(h, layer + 1, &[Label::Set(set)], Some(LossKind::Mark), place, out);
    }

    /// The characters that fit a pattern, the likeliest of them as hypotheses.
    fn choose(&mut self, h: Hypothesis, w: Encoding, pattern: &[Elem], to: usize, out: &mut Vec<Hypothesis>) {
        // How far it is behind the best hypothesis, its character left out.
        let short = self.best - h.score - self.hope(&h, to).1;
        let behind = short + CHARACTER;
        let (model, folds, spent) = (self.model, self.folds(&h), self.spent());
        let likely = self.memory.likely.fitting(model, &self.memory.sets, (w, pattern), folds);
        let likely = &likely[..self.width.rated(likely.len(), behind, spent)];
        let most = self.width.kept(behind);
        self.memory.effort.looks += likely.len();
        let mut fits = std::mem::take(&mut self.memory.scratch.rated);
        model.rate_all(&h.context, likely, &mut fits);
        let better = |a: &Rated, b: &Rated| b.nats.total_cmp(&a.nats).then(a.c.cmp(&b.c));
        if fits.len() > SECOND_LOOK {
            fits.select_nth_unstable_by(SECOND_LOOK, better);
            fits.truncate(SECOND_LOOK);
        }
        if fits.len() > most {
            fits.select_nth_unstable_by(most, better);
        }
        let best = fits.iter().map(|fit| fit.nats).fold(f32::MIN, f32::max);
        let is_near = |fit: &&Rated| fit.nats >= best - SECOND_LOOK_BEHIND;
        let choices = self.choices.push(fits.iter().filter(is_near).map(|fit| fit.c));
        fits.truncate(most);
        fits.sort_unstable_by(better);
        let least = best.min(best.max(short) - MAX_BEHIND);
        for fit in fits.iter().take_while(|fit| fit.nats >= least) {
            out.push(self.emit_rated(h, fit.c, (fit.nats, model.after(&h.context, fit)), to, choices));
        }
        self.memory.scratch.rated = fits;
    }

    /// Whether ASCII is emitted for fullwidth marks, as the text around has it.
    fn folds(&self, h: &Hypothesis) -> bool {
        h.mode != 0 && self.modes[h.mode as usize - 1].layers[0].folds_width()
    }

    /// What a character that the model does not know costs more for being restored.
    fn rare(&self, h: &Hypothesis) -> f32 {
        let is_known = h.loss <= loss_code(LossKind::Folded);
        if is_known { self.modes[h.mode as usize - 1].rare() } else { score::RESTORED_RARE }
    }

    pub(super) fn emit(&mut self, h: Hypothesis, c: char, to: usize, choices: u32) -> Hypothesis {
        let c = if self.folds(&h) { lattice::halfwidth(c).unwrap_or(c) } else { c };
        let rated = self.model.step(&h.context, c);
        self.emit_rated(h, c, rated, to, choices)
    }

    /// The same with what the model says of the character, and the context after it.
    pub(super) fn emit_rated(
        &mut self,
        h: Hypothesis,
        c: char,
        (cost, context): (f32, Context),
        to: usize,
        choices: u32,
    ) -> Hypothesis {
        self.memory.effort.looks += 1;
        #[cfg(test)]
        crate::bounds::state();
        let cost = match h.mode {
            0 => detect::meant(cost, h.last, c),
            _ => detect::restored(cost, h.last, c, self.rare(&h)),
        };
        let is_told = h.loss == loss_code(LossKind::Mark) && self.told.get(to.wrapping_sub(1)) == Some(&Told::Eaten(c));
        let (cost, choices) = if is_told { (cost.max(score::TOLD), NONE) } else { (cost, choices) };
        let mut h = Hypothesis { score: h.score + cost, context, last: c, ..h };
        let event = Event {
            kind: EventKind::Emit(c),
            mode: h.mode,
            from: h.from as usize,
            to,
            score: h.score,
            loss: loss_kind(h.loss),
            choices,
        };
        self.memory.nodes.push(Node { event, prev: h.back });
        h.back = (self.memory.nodes.len() - 1) as u32;
        h.loss = 0;
        h.from = to as u32;
        h
    }
}

fn loss_code(kind: LossKind) -> u8 {
    match kind {
        LossKind::Folded => 1,
        LossKind::Mark => 2,
        _ => 3,
    }
}

fn loss_kind(code: u8) -> Option<LossKind> {
    [None, Some(LossKind::Folded), Some(LossKind::Mark), Some(LossKind::Vanished)][code.min(3) as usize]
}

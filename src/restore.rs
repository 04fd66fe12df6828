//! The best path through a damaged text: a beam search over what was meant, under the model.
//!
//! A hypothesis reads the text from left to right. It is either in fine text, where a character stands for itself, or in
//! a [`Mode`], where characters give bytes ([`Layer::arcs`]) and bytes give characters. It pays for what it reads by the
//! model, for entering and leaving a mode, and for every loss it assumes. Where the damage begins and ends, which chain
//! explains it and what was lost are thus one decision. Before it the coarse pass (`coarse`) tells where a search is worth it, and
//! what nothing is uncertain of is passed as that has read it (`certain`).

mod beam;
mod certain;
mod coarse;
mod consume;
mod cut;
mod feed;
mod gloss;
mod history;
mod likely;
mod restored;
mod told;
mod width;

use std::ops::Range;

use beam::{Hypothesis, prune};
use coarse::Coarse;
use history::{Choices, NONE, Node};
pub(crate) use history::{Event, EventKind, LEFT_CONTEXT, Path, context_after};
use likely::Likely;
pub(crate) use restored::Restored;
use told::Told;
use width::{Effort, MOST_LOOKS, WIDE, Width};

use crate::chain::Chain;
use crate::codec::Encoding;
use crate::lattice::{self, Arc, Flavour, Layer, Sets};
use crate::model::{Context, Model, Rated};
use crate::score;

/// Steps of a chain that can be undone at most.
pub(crate) const MAX_LAYERS: usize = 3;
/// Modes searched at once at most.
pub(crate) const MAX_MODES: usize = 8;

/// A chain of damage to search with; the last step of the damage comes first.
#[derive(Clone, Debug)]
pub(crate) struct Mode {
    pub(crate) chain: Chain,
    pub(crate) layers: Vec<Layer>,
    /// Log-probability of the chain, in nats.
    pub(crate) prior: f32,
    /// Whether readings in brackets are removed.
    pub(crate) glosses: bool,
}

impl Mode {
    pub(crate) fn new(chain: Chain, prior: f32, evidence: lattice::Evidence, flavour: Flavour) -> Mode {
        let layers = chain
            .steps()
            .iter()
            .rev()
            .filter_map(|s| s.encodings())
            .enumerate()
            .map(|(i, s)| {
                // What an inner reader shows does not stand in the text.
                let lacks = if i == 0 { evidence.lacks } else { lattice::Lacks::default() };
                Layer::new(s.written, s.read, lattice::Evidence { lacks, ..evidence }, flavour)
            })
            .collect();
        Mode { chain, layers, prior, glosses: false }
    }

    /// What the last reader did with what it could not decode.
    pub(crate) fn flavour(&self) -> Flavour {
        self.layers[0].flavour
    }

    /// The first step of the damage, the last one to be undone.
    pub(crate) fn innermost(&self) -> &Layer {
        &self.layers[self.layers.len() - 1]
    }

    /// What a character that the model does not know costs more for being restored.
    fn rare(&self) -> f32 {
        if self.innermost().written == Encoding::Utf8 { 0.0 } else { score::RESTORED_RARE }
    }
}

struct Search<'a> {
    model: &'a Model,
    modes: &'a [Mode],
    stretch: &'a Stretch<'a>,
    coarse: Coarse,
    /// What structure tells of what each mark has eaten; empty where nothing eats.
    told: Vec<Told>,
    width: &'static Width,
    /// What was spent before this observed character, in looks into the model.
    before: usize,
    /// What the best hypothesis of any mode promised before this observed character.
    best: f32,
    /// Nodes that were left when some were last forgotten.
    live_nodes: usize,
    choices: Choices,
    /// What is kept from one stretch of the text to the next.
    memory: &'a mut Memory,
}

/// What the search keeps from one stretch of a text to the next, and of this what is true of any text for the next one.
#[derive(Default)]
pub(crate) struct Memory {
    effort: Effort,
    sets: Sets,
    likely: Likely,
    scratch: Scratch,
    /// What led to the hypotheses of the stretch that is searched.
    nodes: Vec<Node>,
}

impl Memory {
    /// Forgets the stretch before, and what would grow with the text.
    fn tidy(&mut self) {
        self.nodes.clear();
        if self.likely.is_full() {
            (self.likely, self.sets) = Default::default();
        }
    }

    /// Forgets the text, and what is only of use for long ones.
    pub(crate) fn forget_text(&mut self) {
        let Memory { likely, sets, .. } = std::mem::take(self);
        if sets.count() <= KEPT_SETS && likely.held() <= KEPT_CHARACTERS {
            *self = Memory { likely, sets, ..Memory::default() };
        }
    }
}

/// Sets of bytes that are kept from one text to the next at most; a text meets a few dozen.
const KEPT_SETS: usize = 200;
/// Characters that are held from one text to the next at most, in some megabytes: what hundreds of short texts ask for together. 60 KB
/// of damaged text ask for more, which is of no use to another.
const KEPT_CHARACTERS: usize = 60_000;

/// Room for what is made and dropped at every step.
#[derive(Default)]
struct Scratch {
    order: Vec<(f32, u32)>,
    lists: Pool<Hypothesis>,
    arcs: Pool<Arc>,
    folded: Vec<(usize, Arc)>,
    may_lose: Vec<bool>,
    rated: Vec<Rated>,
}

/// Lists that are used again.
struct Pool<T>(Vec<Vec<T>>);

impl<T> Default for Pool<T> {
    fn default() -> Pool<T> {
        Pool(Vec::new())
    }
}

impl<T> Pool<T> {
    fn take(&mut self) -> Vec<T> {
        self.0.pop().unwrap_or_default()
    }

    fn give(&mut self, mut list: Vec<T>) {
        list.clear();
        self.0.push(list);
    }
}

/// A text to be searched, and what is known of it as it stands.
#[derive(Clone, Copy)]
pub(crate) struct Stretch<'a> {
    pub(crate) text: &'a [char],
    /// The score of each character.
    pub(crate) costs: &'a [f32],
    /// The model's state before each character as the text stands and after the last one, and before the first one as far as it is repaired.
    pub(crate) contexts: &'a [Context],
    pub(crate) start: Context,
    /// Whether it is the end of the whole text.
    pub(crate) at_end: bool,
    /// Whether the next piece may begin before its end, wherever a character ends ([`Path::cut`]).
    pub(crate) goes_on: bool,
}

impl Stretch<'_> {
    /// The characters before and after one.
    fn beside(&self, i: usize) -> (Option<char>, Option<char>) {
        (i.checked_sub(1).map(|before| self.text[before]), self.text.get(i + 1).copied())
    }
}

/// Finds the best path through a text.
pub(crate) fn best_path(model: &Model, modes: &[Mode], stretch: &Stretch<'_>, memory: &mut Memory) -> Path {
    memory.tidy();
    let mut search = Search {
        model,
        modes,
        stretch,
        coarse: Coarse::new(model, modes, stretch),
        told: told::told(stretch.text, |c| modes.iter().any(|mode| mode.layers[0].eats(c))),
        width: memory.effort.width(),
        before: memory.effort.looks,
        best: 0.0,
        live_nodes: 0,
        choices: Choices::default(),
        memory,
    };
    search.run()
}

impl Search<'_> {
    fn run(&mut self) -> Path {
        let n = self.stretch.text.len();
        let mut beams: Vec<Vec<Hypothesis>> = vec![Vec::new(); n + 1];
        beams[0].push(Hypothesis {
            score: 0.0,
            context: self.stretch.start,
            last: '\n',
            mode: 0,
            loss: 0,
            is_unpaired: false,
            used: 0,
            pending: Default::default(),
            from: 0,
            at: 0,
            back: NONE,
            promise: 0.0,
        });
        for i in 0..n {
            let mut beam = std::mem::take(&mut beams[i]);
            if beam.is_empty() {
                // It was passed.
                continue;
            }
            self.go_on();
            self.cut_off(&mut beam, i);
            self.switch(&mut beam, i);
            if let Some((to, h)) = self.pass_certain(&beam, i) {
                let left = self.leave(h, score::LEAVE + self.inside_word(to), to);
                beams[to].extend([h, left]);
                self.memory.scratch.lists.give(beam);
                continue;
            }
            self.best = beam.first().map_or(0.0, |h| h.promise);
            // The hypotheses of one mode stand together.
            beam.sort_by_key(|h| h.mode);
            if beams[i + 1].is_empty() {
                beams[i + 1] = self.memory.scratch.lists.take();
            }
            for group in beam.chunk_by(|a, b| a.mode == b.mode) {
                if group[0].mode == 0 {
                    for h in group {
                        let next = self.stay(h, i);
                        beams[i + 1].push(next);
                    }
                } else {
                    self.consume(group, i, &mut beams);
                }
            }
            self.memory.scratch.lists.give(beam);
            self.forget(&mut beams[i + 1..]);
        }
        self.go_on();
        let mut last = std::mem::take(&mut beams[n]);
        self.finish(&mut last);
        self.go_on();
        let best = last.iter().filter(|h| h.mode == 0).max_by(|a, b| a.score.total_cmp(&b.score));
        let back = best.map_or(NONE, |h| h.back);
        self.path_to(back)
    }

    /// Reads observed character `i` as what it is. Where that is no path worth a search, the text as a whole says what it costs.
    fn stay(&mut self, h: &Hypothesis, i: usize) -> Hypothesis {
        let (h, c) = (Hypothesis { from: i as u32, ..*h }, self.stretch.text[i]);
        match self.coarse.may_stay(i, self.stretch.costs[i]) {
            true => self.emit(h, c, i + 1, NONE),
            false => self.emit_rated(h, c, (self.stretch.costs[i], self.stretch.contexts[i + 1]), i + 1, NONE),
        }
    }

    /// Goes on to one more observed character, or to the end.
    fn go_on(&mut self) {
        let effort = &mut self.memory.effort;
        #[cfg(test)]
        crate::bounds::character(effort.looks - self.before);
        effort.read += 1;
        self.before = effort.looks;
        self.width = effort.width();
    }

    /// Looks into the model for this observed character so far.
    fn spent(&self) -> usize {
        self.memory.effort.looks - self.before
    }

    /// Keeps the best hypotheses that may go on at observed character `i`.
    fn prune(&mut self, beam: &mut Vec<Hypothesis>, i: usize) {
        let mut order = std::mem::take(&mut self.memory.scratch.order);
        prune(beam, &mut order, self.width, |h| self.hope(h, i));
        self.memory.scratch.order = order;
    }

    /// Whether a hypothesis is worth going on with from observed character `i`, and what it may expect.
    fn hope(&self, h: &Hypothesis, i: usize) -> (bool, f32) {
        let Some(mode) = (h.mode as usize).checked_sub(1) else {
            // Whatever else comes to nothing, the text may stay as it is.
            return (true, self.coarse.hope_fine(i, h.used != 0));
        };
        self.coarse.hope(mode, self.positions(h, i), i)
    }

    /// The byte positions at which a hypothesis' next character, or the one in the making, may begin. Under several layers the
    /// bytes that are pending in the outer ones leave some doubt.
    fn positions(&self, h: &Hypothesis, i: usize) -> Range<usize> {
        let m = h.mode as usize - 1;
        let start = |i: usize| self.coarse.position(m, i.min(self.stretch.text.len()));
        match (h.pending_bytes(), self.modes[m].layers.len()) {
            (0, _) => start(i)..start(i) + 1,
            (_, 1) => h.at as usize..h.at as usize + 1,
            _ => start((h.from as usize).saturating_sub(1))..start(i + 1) + 1,
        }
    }

    /// Adds the hypotheses that enter or leave a mode before observed character `i`.
    fn switch(&mut self, beam: &mut Vec<Hypothesis>, i: usize) {
        let best = |beam: &[Hypothesis], of: &dyn Fn(&Hypothesis) -> bool| {
            beam.iter().filter(|h| of(h)).max_by(|a, b| a.score.total_cmp(&b.score)).copied()
        };
        let may_leave =
            |h: &Hypothesis| h.mode != 0 && h.pending_bytes() == 0 && self.coarse.may_leave(h.mode as usize - 1, i);
        let fine = best(beam, &|h| h.mode == 0);
        if let Some(left) = best(beam, &may_leave) {
            let left = self.leave(left, score::LEAVE + self.inside_word(i), i);
            beam.push(left);
        }
        if let Some(fine) = fine {
            for m in 1..=self.modes.len() {
                if !self.coarse.may_enter(m - 1, i) {
                    continue;
                }
                let again = fine.used >> (m - 1) & 1 == 1;
                let at_start = if i == 0 { score::AT_AN_END } else { 0.0 };
                let first = if again { score::ENTER_AGAIN } else { score::ENTER + self.modes[m - 1].prior };
                let cost = at_start + first + self.inside_word(i);
                let mut h = Hypothesis { score: fine.score + cost, mode: m as u8, from: i as u32, loss: 0, ..fine };
                h.used |= 1 << (m - 1);
                h.back = self.node(h.back, EventKind::Enter, &h, i, i);
                beam.push(h);
            }
        }
        if beam.len() > 1 {
            self.prune(beam, i);
        }
    }

    /// What a span that begins or ends before observed character `i` costs more for doing so inside a word: between two letters that are no
    /// ideographs, or between such a letter, or an ideograph, and what stands apart from it in fine text.
    fn inside_word(&self, i: usize) -> f32 {
        let is_ideograph = lattice::is_han;
        let is_letter = |c: char| c.is_alphabetic() && !is_ideograph(c);
        let is_box = |c: char| matches!(c, '\u{2500}'..='\u{259f}');
        let is_apart = |c: char| matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{ff66}'..='\u{ff9f}');
        let joins = |a: char, b: char| is_letter(a) && (is_letter(b) || is_box(b)) || is_ideograph(a) && is_apart(b);
        let around = i.checked_sub(1).and_then(|before| self.stretch.text.get(before..i + 1));
        let is_inside = around.is_some_and(|pair| joins(pair[0], pair[1]) || joins(pair[1], pair[0]));
        if is_inside { score::INSIDE_A_WORD } else { 0.0 }
    }

    /// The hypothesis that its mode ends before observed character `i`, in fine text again.
    fn leave(&mut self, h: Hypothesis, cost: f32, i: usize) -> Hypothesis {
        let mut left = Hypothesis { score: h.score + cost, mode: 0, is_unpaired: false, ..h };
        left.back = self.node(left.back, EventKind::Leave, &left, i, i);
        left
    }
}

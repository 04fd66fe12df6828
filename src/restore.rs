//! The best path through a damaged text: a beam search over what was meant, under the model.
//!
//! A hypothesis reads the text from left to right. It is either in fine text, where a character stands for itself, or in
//! a [`Mode`], where characters give bytes ([`Layer::arcs`]) and bytes give characters. It pays for what it reads by the
//! model, for entering and leaving a mode, and for every loss it assumes. Where the damage begins and ends, which chain
//! explains it and what was lost are thus one decision.

use crate::chain::Chain;
use crate::codec::Parse;
use crate::detect;
use crate::lattice::{self, Arc, ByteOrSet, ByteSet, Elem, Layer, Sets, Status};
use crate::model::{Context, Model};
use crate::overlay;
use crate::repair::LossKind;
use crate::score;

/// Hypotheses kept for each mode and number of pending bytes.
const BEAM: usize = 24;
/// Hypotheses of each mode, the best ones, for which bytes may have vanished without a trace before the next character.
const LOSERS: u8 = 12;
/// A hypothesis this far behind the best of its mode is not made to lose bytes as well.
const LOSERS_BEHIND: f32 = 10.0;
/// The same for bytes lost for no visible reason, which could be anywhere.
const UNSEEN_BEHIND: f32 = 3.0;
/// Characters kept where bytes leave a choice.
const CHOICES: usize = 20;
/// Steps of a chain that can be undone at most.
pub(crate) const MAX_LAYERS: usize = 3;
/// Modes searched at once at most.
pub(crate) const MAX_MODES: usize = 6;
/// A hypothesis this far behind the best of its position is given up.
const MAX_BEHIND: f32 = 20.0;

/// Characters that are tried where bytes say next to nothing.
const COMMON: usize = 4000;

/// The likeliest characters past ASCII, for [`lattice::completions`].
pub(crate) fn common_characters(model: &Model) -> Vec<char> {
    let blocks = [
        '\u{a1}'..='\u{17f}',
        '\u{370}'..='\u{4ff}',
        '\u{2010}'..='\u{2040}',
        '\u{3001}'..='\u{30ff}',
        '\u{4e00}'..='\u{9fff}',
        '\u{ac00}'..='\u{d7a3}',
        '！'..='～',
    ];
    let mut rated: Vec<(f32, char)> = blocks.into_iter().flatten().map(|c| (model.unigram(c), c)).collect();
    rated.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    rated.into_iter().take(COMMON).map(|r| r.1).collect()
}

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
    pub(crate) fn new(chain: Chain, prior: f32, evidence: lattice::Evidence, glosses: bool) -> Mode {
        let layers = chain
            .steps()
            .iter()
            .rev()
            .filter_map(|s| s.encodings())
            .map(|s| Layer::new(s.written, s.read, evidence))
            .collect();
        Mode { chain, layers, prior, glosses }
    }
}

/// What happened at one place of the best path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) kind: EventKind,
    /// Index of the mode; 0 is fine text, modes count from 1.
    pub(crate) mode: u8,
    /// Observed characters that it accounts for.
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Score of the path up to here.
    pub(crate) score: f32,
    pub(crate) loss: Option<LossKind>,
    /// Index into [`Path::choices`].
    choices: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum EventKind {
    Emit(char),
    Removed,
    Enter,
    Leave,
}

/// The best path and how it compares.
#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) events: Vec<Event>,
    pub(crate) score: f32,
    choices: Vec<Vec<(char, f32)>>,
}

impl Path {
    /// The characters that an event chose among, with the score of each on its left context.
    pub(crate) fn choices(&self, event: &Event) -> &[(char, f32)] {
        self.choices.get(event.choices as usize).map_or(&[], Vec::as_slice)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Pending {
    elems: [Elem; 3],
    len: u8,
}

impl Pending {
    fn as_slice(&self) -> &[Elem] {
        &self.elems[..self.len as usize]
    }
}

#[derive(Clone, Copy, Debug)]
struct Hypothesis {
    score: f32,
    context: Context,
    mode: u8,
    loss: u8,
    /// Modes entered so far, as bits.
    used: u8,
    pending: [Pending; MAX_LAYERS],
    /// Observed index where the character in the making began.
    from: u32,
    back: u32,
}

impl Hypothesis {
    fn pending_bytes(&self) -> usize {
        self.pending.iter().map(|p| p.len as usize).sum()
    }

    fn same_state(&self, other: &Hypothesis) -> bool {
        self.mode == other.mode && self.pending == other.pending && self.context == other.context
    }
}

/// The arcs of one mode at one observed character.
#[derive(Default)]
struct Choices {
    read: Vec<Arc>,
    vanished: Vec<Arc>,
    vanished_at_start: Vec<Arc>,
}

#[derive(Clone, Copy)]
struct Node {
    event: Event,
    prev: u32,
}

const NONE: u32 = u32::MAX;

pub(crate) struct Search<'a> {
    model: &'a Model,
    common: &'a [char],
    modes: &'a [Mode],
    text: &'a [char],
    /// Whether what comes next is dear as it stands, so that damage may begin here.
    hot: Vec<bool>,
    /// The same for bytes lost from text that is read in its own encoding.
    out_of_step: Vec<bool>,
    sets: Sets,
    nodes: Vec<Node>,
    choices: Vec<Vec<(char, f32)>>,
    /// Emit ASCII for fullwidth marks, as the text around does.
    fold_width: bool,
}

/// Finds the best path through `text`, `context` being the model's state before it.
pub(crate) fn best_path(
    model: &Model,
    common: &[char],
    modes: &[Mode],
    text: &[char],
    costs: &[f32],
    context: Context,
    at_end: bool,
) -> Path {
    let fold_width = lattice::Evidence::of(text).width_folded;
    let hot = hot(text, costs);
    let out_of_step = modes
        .iter()
        .find(|m| m.layers[0].is_shift())
        .map_or(Vec::new(), |m| out_of_step(model, &m.layers[0], text, costs));
    let mut search = Search {
        model,
        common,
        modes,
        text,
        hot,
        out_of_step,
        sets: Sets::default(),
        nodes: Vec::new(),
        choices: Vec::new(),
        fold_width,
    };
    search.run(context, at_end)
}

/// What a character of text costs on average, in nats, and how far a stretch must be above that before damage is worth a
/// thought: entering and leaving a span cost more than this.
const AVERAGE: f32 = -5.0;
const EXCESS: f32 = 8.0;
/// Characters before a dear stretch where the damage may have begun.
const BEGINS_BEFORE: usize = 3;

/// Where damage may begin: in stretches that cost much more than text does, and just before them.
fn hot(text: &[char], costs: &[f32]) -> Vec<bool> {
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
fn out_of_step(model: &Model, layer: &Layer, text: &[char], costs: &[f32]) -> Vec<bool> {
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
        if beside_ascii && text[i] >= '\u{80}' && costs[i] < ALONE || text[i] < '\u{80}' && costs[i] < ALONE {
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

impl Search<'_> {
    /// Whether damage of a mode may begin, or go on, with what comes next.
    fn may_begin(&self, mode: usize, i: usize) -> bool {
        self.hot[i] && (!self.modes[mode - 1].layers[0].is_shift() || self.out_of_step[i])
    }

    fn run(&mut self, context: Context, at_end: bool) -> Path {
        let n = self.text.len();
        let mut beams: Vec<Vec<Hypothesis>> = vec![Vec::new(); n + 1];
        beams[0].push(Hypothesis {
            score: 0.0,
            context,
            mode: 0,
            loss: 0,
            used: 0,
            pending: Default::default(),
            from: 0,
            back: NONE,
        });
        for i in 0..n {
            let mut beam = std::mem::take(&mut beams[i]);
            if beam.len() > 1 || self.hot[i] {
                self.switch(&mut beam, i);
                prune(&mut beam);
            }
            let mut choices: [Option<Choices>; MAX_MODES] = Default::default();
            let mut losers = [0u8; MAX_MODES + 1];
            let mut best = [f32::MIN; MAX_MODES + 1];
            for h in &beam {
                if h.mode == 0 {
                    let mut h = *h;
                    h.from = i as u32;
                    let next = self.emit(h, self.text[i], i + 1, NONE);
                    beams[i + 1].push(next);
                } else {
                    let m = h.mode as usize;
                    losers[m] += 1;
                    best[m] = best[m].max(h.score);
                    let behind = if losers[m] <= LOSERS { best[m] - h.score } else { f32::MAX };
                    let choices = choices[m - 1].get_or_insert_with(|| self.choices_at(m, i));
                    self.consume(*h, i, behind, choices, &mut beams);
                }
            }
        }
        let mut last = std::mem::take(&mut beams[n]);
        self.finish(&mut last, at_end);
        let best = last.iter().filter(|h| h.mode == 0).max_by(|a, b| a.score.total_cmp(&b.score));
        let (score, mut at) = best.map_or((0.0, NONE), |h| (h.score, h.back));
        let mut events = Vec::new();
        while let Some(node) = self.nodes.get(at as usize) {
            events.push(node.event);
            at = node.prev;
        }
        events.reverse();
        Path { events, score, choices: std::mem::take(&mut self.choices) }
    }

    /// Adds the hypotheses that enter or leave a mode before observed character `i`.
    fn switch(&mut self, beam: &mut Vec<Hypothesis>, i: usize) {
        prune(beam);
        let mut best_left: Option<Hypothesis> = None;
        for h in beam.iter() {
            if h.mode != 0 && h.pending_bytes() == 0 {
                let left = Hypothesis { score: h.score + score::LEAVE, mode: 0, ..*h };
                if best_left.is_none_or(|b| left.score > b.score) {
                    best_left = Some(left);
                }
            }
        }
        let fine = beam.iter().filter(|h| h.mode == 0).max_by(|a, b| a.score.total_cmp(&b.score)).copied();
        if let Some(mut left) = best_left {
            left.back = self.node(left.back, EventKind::Leave, &left, i, i);
            beam.push(left);
        }
        if let Some(fine) = fine.filter(|_| self.hot[i]) {
            for m in 1..=self.modes.len() {
                if !self.may_begin(m, i) {
                    continue;
                }
                let again = fine.used >> (m - 1) & 1 == 1;
                let at_start = if i == 0 { score::AT_AN_END } else { 0.0 };
                let cost = at_start + if again { score::ENTER_AGAIN } else { score::ENTER + self.modes[m - 1].prior };
                let mut h = Hypothesis { score: fine.score + cost, mode: m as u8, from: i as u32, loss: 0, ..fine };
                h.used |= 1 << (m - 1);
                h.back = self.node(h.back, EventKind::Enter, &h, i, i);
                beam.push(h);
            }
        }
    }

    fn node(&mut self, prev: u32, kind: EventKind, h: &Hypothesis, from: usize, to: usize) -> u32 {
        self.nodes.push(Node {
            event: Event { kind, mode: h.mode, from, to, score: h.score, loss: None, choices: NONE },
            prev,
        });
        (self.nodes.len() - 1) as u32
    }

    /// What observed character `i` can stand for in a mode, and what can have vanished before it.
    fn choices_at(&self, mode: usize, i: usize) -> Choices {
        let outer = &self.modes[mode - 1].layers[0];
        let (c, next) = (self.text[i], self.text.get(i + 1).copied());
        let mut choices = Choices::default();
        outer.arcs(c, next, &mut choices.read);
        outer.vanished(Some(c), true, &mut choices.vanished_at_start);
        outer.vanished(Some(c), false, &mut choices.vanished);
        choices
    }

    /// Reads observed character `i` in a mode.
    fn consume(&mut self, h: Hypothesis, i: usize, behind: f32, choices: &Choices, beams: &mut [Vec<Hypothesis>]) {
        let mode = &self.modes[h.mode as usize - 1];
        if mode.glosses {
            self.read_gloss(&h, i, beams);
        }
        let in_step = h.pending_bytes() == 0;
        let may_lose = behind < LOSERS_BEHIND && (!in_step || self.may_begin(h.mode as usize, i));
        let nearly_best = behind < UNSEEN_BEHIND;
        let mut here = vec![h];
        if may_lose {
            let vanished = if in_step { &choices.vanished_at_start } else { &choices.vanished };
            let mut lost = Vec::new();
            for arc in vanished.iter().filter(|a| a.cost > score::BYTE_LOST || nearly_best) {
                self.feed_arc(&h, arc, i, i, &mut lost);
            }
            // A second byte may have vanished at the same place: both continuations of one character, say.
            if mode.layers[0].strips_controls() {
                let mut twice = Vec::new();
                for l in lost.iter().filter(|l| l.pending_bytes() > 0) {
                    for arc in vanished {
                        self.feed_arc(l, arc, i, i, &mut twice);
                    }
                }
                lost.append(&mut twice);
            }
            prune(&mut lost);
            here.append(&mut lost);
        }
        for h in &here {
            // Two bytes lost at almost the same place are not told from one.
            let known_only = h.pending_bytes() > 0 || !may_lose || !nearly_best;
            for arc in choices.read.iter().filter(|a| !(known_only && a.is_inner_loss())) {
                self.feed_arc(h, arc, i, i + 1, &mut beams[i + 1]);
            }
        }
    }

    /// Removes a reading in brackets after its character, aligned or across two characters.
    fn read_gloss(&mut self, h: &Hypothesis, i: usize, beams: &mut [Vec<Hypothesis>]) {
        let layer = &self.modes[h.mode as usize - 1].layers[0];
        if h.pending_bytes() == 0
            && let Some(gloss) = overlay::gloss_at(self.text, i)
            && self.last_char(h).is_some_and(|c| gloss.reads(c))
        {
            let mut h = Hypothesis { score: h.score + score::GLOSS_REMOVED, ..*h };
            h.back = self.node(h.back, EventKind::Removed, &h, i, i + gloss.len);
            beams[i + gloss.len].push(h);
            return;
        }
        // The annotated pair began with the byte before the mark; its own trail was eaten together with the bracket.
        if self.text[i] == '?'
            && let Some(gloss) = overlay::gloss_after_mark(self.text, i)
        {
            let before = match h.pending[0].as_slice() {
                [] => self.last_char(h).and_then(|c| layer.read.forms(c).iter().next().and_then(|f| f.last().copied())),
                [e] => e.known(),
                _ => None,
            };
            let Some(before) = before else { return };
            for trail in 0x40..=0xFEu8 {
                if let Parse::Char { c, len: 2 } = layer.read.parse(&[before, trail])
                    && gloss.reads(c)
                {
                    let start = Hypothesis { score: h.score + score::GLOSS_REMOVED, ..*h };
                    let arc = Arc::known(&[trail], 0.0, Some(LossKind::Mark));
                    let mut out = Vec::new();
                    self.feed_arc(&start, &arc, i, i + 1, &mut out);
                    for mut h in out {
                        h.back = self.node(h.back, EventKind::Removed, &h, i + 1, i + gloss.len);
                        beams[i + gloss.len].push(h);
                    }
                }
            }
        }
    }

    fn last_char(&self, h: &Hypothesis) -> Option<char> {
        let mut at = h.back;
        while let Some(node) = self.nodes.get(at as usize) {
            match node.event.kind {
                EventKind::Emit(c) => return Some(c),
                EventKind::Removed => return None,
                EventKind::Enter | EventKind::Leave => at = node.prev,
            }
        }
        None
    }

    /// Completes characters that the text's end cut, and leaves all modes.
    fn finish(&mut self, last: &mut Vec<Hypothesis>, at_end: bool) {
        let mut arcs = Vec::new();
        let n = self.text.len();
        if at_end {
            for h in last.iter_mut().filter(|h| h.pending_bytes() == 0) {
                h.score += self.model.score(&h.context, '\n').max(score::LINE_END);
            }
        }
        let mut open: Vec<Hypothesis> = last.iter().filter(|h| h.mode != 0).copied().collect();
        for _ in 0..MAX_LAYERS {
            prune(&mut open);
            let mut next = Vec::new();
            for h in open.drain(..) {
                if h.pending_bytes() == 0 {
                    let mut h = Hypothesis { score: h.score + score::LEAVE + score::AT_AN_END, mode: 0, ..h };
                    h.back = self.node(h.back, EventKind::Leave, &h, n, n);
                    last.push(h);
                } else if at_end {
                    arcs.clear();
                    self.modes[h.mode as usize - 1].layers[0].vanished(None, false, &mut arcs);
                    for arc in arcs.iter() {
                        self.feed_arc(&h, arc, n, n, &mut next);
                    }
                }
            }
            open = next;
        }
        for h in open.into_iter().filter(|h| h.pending_bytes() == 0) {
            let mut h = Hypothesis { score: h.score + score::LEAVE, mode: 0, ..h };
            h.back = self.node(h.back, EventKind::Leave, &h, n, n);
            last.push(h);
        }
    }

    /// Gives the bytes of an arc to the outermost layer.
    fn feed_arc(&mut self, h: &Hypothesis, arc: &Arc, from: usize, to: usize, out: &mut Vec<Hypothesis>) {
        let mut h = *h;
        h.score += arc.cost;
        if h.pending_bytes() == 0 {
            h.from = from as u32;
        }
        self.feed(h, 0, arc.bytes(), arc.loss, to, out);
    }

    fn feed(
        &mut self,
        h: Hypothesis,
        layer: usize,
        bytes: &[ByteOrSet],
        loss: Option<LossKind>,
        to: usize,
        out: &mut Vec<Hypothesis>,
    ) {
        let Some((&first, rest)) = bytes.split_first() else {
            out.push(h);
            return;
        };
        let mut h = h;
        if let Some(kind) = loss {
            h.loss = h.loss.max(loss_code(kind));
        }
        match first {
            ByteOrSet::Byte(b) => {
                let mut done = Vec::new();
                self.push(h, layer, Elem::byte(b), to, &mut done);
                for d in done {
                    self.feed(d, layer, rest, loss, to, out);
                }
            }
            ByteOrSet::Set(set) => {
                let mut parts: Vec<ByteSet> = Vec::new();
                lattice::split(&self.modes[h.mode as usize - 1].layers[layer], h.pending[layer].as_slice(), set, |p| {
                    parts.push(p)
                });
                for part in parts {
                    if let Some(e) = self.sets.elem(part) {
                        let mut done = Vec::new();
                        self.push(h, layer, e, to, &mut done);
                        for d in done {
                            self.feed(d, layer, rest, loss, to, out);
                        }
                    }
                }
            }
        }
    }

    /// Adds one byte to a layer and goes on with the characters that it completes.
    fn push(&mut self, mut h: Hypothesis, layer: usize, e: Elem, to: usize, out: &mut Vec<Hypothesis>) {
        let layers = &self.modes[h.mode as usize - 1].layers;
        let (w, is_last) = (layers[layer].written, layer + 1 == layers.len());
        let mut pattern = [Elem::default(); 4];
        let len = h.pending[layer].len as usize;
        pattern[..len].copy_from_slice(h.pending[layer].as_slice());
        pattern[len] = e;
        let pattern = &pattern[..=len];
        match lattice::status(w, pattern, &self.sets) {
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
                        Parse::Char { c, .. } => self.complete(h, layer, is_last, c, to, out),
                        Parse::Pair { first, second, .. } if is_last => {
                            let h = self.emit(h, first, to, NONE);
                            out.push(self.emit(h, second, to, NONE));
                        }
                        _ => {}
                    }
                } else if is_last {
                    self.choose(h, w, pattern, to, out);
                } else {
                    self.pass_on(h, layer, pattern, to, out);
                }
            }
        }
    }

    fn complete(&mut self, h: Hypothesis, layer: usize, is_last: bool, c: char, to: usize, out: &mut Vec<Hypothesis>) {
        if is_last {
            out.push(self.emit(h, c, to, NONE));
            return;
        }
        let mut arcs = Vec::new();
        self.modes[h.mode as usize - 1].layers[layer + 1].arcs(c, None, &mut arcs);
        for arc in &arcs {
            let mut h = h;
            h.score += arc.cost;
            self.feed(h, layer + 1, arc.bytes(), arc.loss, to, out);
        }
    }

    /// An inner layer's reader meets a character that is known only as one of several. A single-byte reader makes them a
    /// set of bytes; under any other too little would be left to go on.
    fn pass_on(&mut self, h: Hypothesis, layer: usize, pattern: &[Elem], to: usize, out: &mut Vec<Hypothesis>) {
        let layers = &self.modes[h.mode as usize - 1].layers;
        let (written, read) = (layers[layer].written, layers[layer + 1].read);
        if !read.is_single_byte() {
            return;
        }
        let mut set = ByteSet::EMPTY;
        lattice::completions(written, pattern, &self.sets, self.common, |c| {
            if let Some(&[b]) = read.forms(c).first().map(|f| &**f) {
                set = set.with(b);
            }
        });
        self.feed(h, layer + 1, &[ByteOrSet::Set(set)], Some(LossKind::Mark), to, out);
    }

    /// The characters that fit a pattern, the likeliest of them as hypotheses.
    fn choose(
        &mut self,
        h: Hypothesis,
        w: crate::codec::Encoding,
        pattern: &[Elem],
        to: usize,
        out: &mut Vec<Hypothesis>,
    ) {
        let mut fits: Vec<(char, f32)> = Vec::new();
        let model = self.model;
        lattice::completions(w, pattern, &self.sets, self.common, |c| fits.push((c, model.score(&h.context, c))));
        fits.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        fits.dedup_by_key(|f| f.0);
        fits.truncate(CHOICES);
        let kept: Vec<char> = fits.iter().map(|f| f.0).collect();
        self.choices.push(fits);
        let choices = (self.choices.len() - 1) as u32;
        for c in kept {
            out.push(self.emit(h, c, to, choices));
        }
    }

    fn emit(&mut self, h: Hypothesis, c: char, to: usize, choices: u32) -> Hypothesis {
        let fold = self.fold_width && h.mode != 0 && self.modes[h.mode as usize - 1].layers[0].is_shift();
        let c = if fold { lattice::halfwidth(c).unwrap_or(c) } else { c };
        let (mut cost, context) = self.model.step(&h.context, c);
        if h.mode == 0 {
            let before = to.checked_sub(2).map_or('\n', |i| self.text[i]);
            cost = cost.max(detect::floor(before, c));
        }
        let mut h = Hypothesis { score: h.score + cost, context, ..h };
        let event = Event {
            kind: EventKind::Emit(c),
            mode: h.mode,
            from: h.from as usize,
            to,
            score: h.score,
            loss: loss_kind(h.loss),
            choices,
        };
        self.nodes.push(Node { event, prev: h.back });
        h.back = (self.nodes.len() - 1) as u32;
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

/// Keeps the best hypotheses of each mode and number of pending bytes, one for each state.
fn prune(beam: &mut Vec<Hypothesis>) {
    let mut order: Vec<(f32, u32)> = beam.iter().enumerate().map(|(i, h)| (h.score, i as u32)).collect();
    order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let floor = order.first().map_or(0.0, |best| best.0 - MAX_BEHIND);
    let mut counts = [[0u8; 10]; MAX_MODES + 1];
    let mut kept: Vec<Hypothesis> = Vec::with_capacity(order.len().min(4 * BEAM));
    for (score, i) in order {
        let h = beam[i as usize];
        let count = &mut counts[h.mode as usize][h.pending_bytes().min(9)];
        let full = *count as usize >= BEAM || (score < floor && *count > 0);
        if full || kept.iter().any(|k| k.same_state(&h)) {
            continue;
        }
        *count += 1;
        kept.push(h);
    }
    *beam = kept;
}

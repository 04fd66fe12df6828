//! Rates the characters of a row from left to right, and tells the ways past them.

use super::NEVER;
use super::bytes::{Bytes, Kind};
use super::row::{Edge, Jump, NO_SKIP, Row, Skip, State};
use crate::codec::{Encoding, Parse, utf8_length};
use crate::lattice::{self, Layer, halfwidth};
use crate::model::Model;
use crate::restore::{Mode, Stretch};
use crate::{detect, overlay, score};

/// What a character costs that lost a byte beside an undecodable place, or in a text of pairs: what a character of Chinese
/// text costs (e^-4.4), and the least that a loss does.
const SKIP: f32 = -6.0;
/// The same for the two bytes of a letter, which is one of few.
const SKIP_LETTER: f32 = -4.0;
/// What a loss costs at least beyond [`SKIP`] in text of pairs that is read in step. Of 2,880 lossy texts (`make_cases.py --seed 9
/// --per-class 16`) none comes out right or wrong for it, and the sample document takes five sixths of the time that it takes with 0.
const LOSS_IN_STEP: f32 = -4.0;
/// A byte without a lead beside an undecodable place, which took the lead. Elsewhere it is what is left of a character.
const STRAY: f32 = -2.5;
/// A character of UTF-8 that costs more than this may be what is left of two.
const CHANCE: f32 = -11.0;
/// A mark, or a space that may have been a no-break space, passed as a part of the lost characters beside it.
const SKIP_MARK: f32 = -1.5;

/// Rates the characters of a row from left to right.
pub(super) struct Reader<'a> {
    layer: &'a Layer,
    bytes: Bytes,
    /// Positions at which half a character stands that a reading in brackets told.
    halves: Vec<u32>,
    folds: bool,
    /// What a character that the model does not know costs more for being restored.
    rare: f32,
}

impl<'a> Reader<'a> {
    /// A reader of a mode's bytes of a text, and the row for what it finds.
    pub(super) fn new(model: &Model, mode: &'a Mode, stretch: &Stretch<'_>) -> (Reader<'a>, Row) {
        let text = stretch.text;
        let mut bytes = Bytes::of(mode, text, model);
        let start = std::mem::take(&mut bytes.start);
        let (mut jumps, halves) = if mode.glosses { jumps(text, &start) } else { Default::default() };
        jump_folds(&mode.layers[0], text, &start, &mut jumps);
        if mode.layers[0].has_entities {
            jump_entities(stretch, &start, &mut jumps);
        }
        jumps.sort_by_key(|jump| jump.from);
        let (layer, folds) = (mode.innermost(), mode.layers[0].folds_width());
        let reader = Reader { layer, halves, folds, rare: mode.rare(), bytes };
        let loss = if layer.is_shift() { LOSS_IN_STEP } else { 0.0 };
        (reader, Row::new(start, jumps, score::ENTER + mode.prior, loss))
    }

    /// Rates what begins at a position that has been reached, and goes on from it.
    pub(super) fn rate(&self, model: &Model, row: &mut Row, at: usize) {
        let here = row.ahead[at];
        let Some(&State { context, before, .. }) = row.state(at).filter(|_| here > NEVER) else { return };
        let bytes = &self.bytes.bytes;
        let mut read = None;
        let parse = self.layer.written.parse(&bytes[at..bytes.len().min(at + 4)]);
        if !matches!(self.bytes.kinds[at], Kind::Barrier | Kind::Lost)
            && let Parse::Char { c, len } | Parse::Pair { first: c, len, .. } = parse
            && !(self.layer.is_shift() && lattice::is_private_use(c))
        {
            let c = if self.folds { halfwidth(c).unwrap_or(c) } else { c };
            let (cost, context) = model.step(&context, c);
            row.read[at] = Edge { len, cost: detect::restored(cost, before, c, self.rare) };
            // Of two characters the second one is yet to be read.
            let by = if matches!(parse, Parse::Char { .. }) { len } else { 0 };
            read = Some(State { context, before: c, by });
        }
        row.skip[at] = self.skip(at, read.map(|_| row.read[at]));
        if let Some(after) = read {
            let Edge { len, cost } = row.read[at];
            reach(row, at + len as usize, here + cost, after);
        }
        for edge in row.skip[at].edges() {
            reach(
                row,
                at + edge.len as usize,
                here + edge.cost,
                State { context: model.after_unknown(&context), before: '\n', by: 0 },
            );
        }
        let jumps: Vec<Jump> = row.jumps_from(at).collect();
        for jump in jumps {
            reach(row, jump.to as usize, here + jump.cost, State { context, before: '\n', by: 0 });
        }
    }

    /// Whether a byte that goes on a character of UTF-8 stands at a position.
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
                let beside = at > 0 && self.bytes.kinds[at - 1] != Kind::Byte;
                let length = match utf8_length(b) {
                    Some(length @ 2..) => length,
                    _ if read.is_some() => return NO_SKIP,
                    _ => {
                        let most = 1 + u8::from(self.is_stray(at + 1));
                        return if beside { Skip::one(STRAY) } else { Skip { least: 1, most, cost: SKIP } };
                    }
                };
                let there = (at + 1..).take(length - 2).take_while(|&at| self.is_stray(at)).count();
                Skip { least: 1, most: 1 + there as u8, cost: if length == 2 { SKIP_LETTER } else { SKIP } }
            }
            w if w.is_single_byte() && read.is_some() => NO_SKIP,
            // Letters are trail bytes, too.
            _ if b >= 0x40 => Skip::one(SKIP),
            _ => NO_SKIP,
        }
    }
}

/// Notes a way to a position where it is the best one.
fn reach(row: &mut Row, to: usize, score: f32, state: State) {
    if score > row.ahead[to] {
        row.ahead[to] = score;
        row.enter(to, state);
    }
}

/// Adds the ways over several characters that may have been one.
fn jump_folds(layer: &Layer, text: &[char], start: &[u32], jumps: &mut Vec<Jump>) {
    let mut folded = Vec::new();
    // What is several characters now is ASCII.
    for i in (0..text.len()).filter(|&i| text[i].is_ascii()) {
        layer.folded(&text[i..], i.checked_sub(1).map(|before| text[before]), &mut folded);
        let ways = folded.drain(..).filter(|(len, _)| *len > 1);
        jumps.extend(ways.map(|(len, _)| Jump { from: start[i], to: start[i + len], cost: SKIP_MARK }));
    }
}

/// Adds the ways over signs that are no part of what is damaged.
fn jump_entities(stretch: &Stretch<'_>, start: &[u32], jumps: &mut Vec<Jump>) {
    let entities = (0..stretch.text.len()).filter(|&i| lattice::is_entity(stretch.text, i));
    jumps.extend(entities.map(|i| Jump { from: start[i], to: start[i + 1], cost: stretch.costs[i] + score::ENTITY }));
}

/// The ways over readings in brackets, and where such a way ends inside a character.
fn jumps(text: &[char], start: &[u32]) -> (Vec<Jump>, Vec<u32>) {
    let (mut jumps, mut halves) = (Vec::new(), Vec::new());
    for i in 1..text.len() {
        let (from, cost) = (start[i], score::GLOSS_REMOVED);
        if let Some(gloss) = overlay::gloss_at(text, i, overlay::BRACKET) {
            jumps.push(Jump { from, to: start[i + gloss.len], cost });
        }
        if let Some(gloss) = overlay::gloss_at(text, i, overlay::MARK) {
            // The annotated pair ends with the reading, or its trail byte begins another one.
            let end = start[i + gloss.len];
            jumps.push(Jump { from: from - 1, to: end, cost: cost + SKIP / 2.0 });
            jumps.push(Jump { from, to: end - 1, cost });
            halves.push(end - 1);
        }
    }
    halves.sort_unstable();
    (jumps, halves)
}

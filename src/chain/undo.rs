//! The exact inverse of steps, where characters may have several byte forms.

use std::borrow::Cow;

use super::Misreading;
use crate::codec::Parse;

/// So many steps are undone together, so that a choice of form in one can be taken back for the sake of another; with more,
/// the groups are undone one after the other.
pub(super) const TOGETHER: usize = 4;

/// Ways that are kept at once. Two or three are usual; the cap makes the time linear in the text whatever the chain.
const MOST_WAYS: usize = 64;

/// Where undoing came to its end: the step's place in the group, and the offset of a character in the text that reached it.
pub(super) type Failure = (usize, usize);

/// What `text` was before `steps`, at most [`TOGETHER`].
pub(super) fn undo(steps: &[Misreading], text: &str) -> Result<String, Failure> {
    match with_usual_forms(steps, text) {
        Usual::Best(original) => Ok(original),
        Usual::Hopeless(failure) => Err(failure),
        Usual::Undecided => {
            if let Ok(original) = Search::new(steps).run(text) {
                return Ok(original);
            }
            // One after the other, to learn which step it is that fails.
            let mut text = text.to_owned();
            for (index, step) in steps.iter().enumerate().rev() {
                text = Search::new(std::slice::from_ref(step)).run(&text).map_err(|offset| (index, offset))?;
            }
            Ok(text)
        }
    }
}

/// What `text` was before `steps`, where the usual forms say so.
pub(super) fn usual(steps: &[Misreading], text: &str) -> Option<String> {
    let mut text = Cow::Borrowed(text);
    for step in steps.iter().rev() {
        let bytes = step.read.encode(&text).ok()?;
        let original = step.written.decode(&bytes)?;
        let is_certain = !step.read.has_duplicates() || !step.written.has_duplicates();
        if !is_certain && step.written.encode(&original).as_ref() != Ok(&bytes) {
            return None;
        }
        text = Cow::Owned(original);
    }
    Some(text.into_owned())
}

enum Usual {
    /// There is nothing better to be found.
    Best(String),
    /// And nothing at all.
    Hopeless(Failure),
    /// Other forms might lead somewhere, or to something better.
    Undecided,
}

/// The usual forms only: both directions then run at full speed.
fn with_usual_forms(steps: &[Misreading], text: &str) -> Usual {
    let mut text = text.to_owned();
    let mut is_certain = true;
    for (index, step) in steps.iter().enumerate().rev() {
        is_certain &= !step.read.has_duplicates();
        let undone = step.read.encode(&text).and_then(|bytes| match step.written.decode(&bytes) {
            Some(original) => Ok((bytes, original)),
            None => Err(step.read.character_at(&text, step.written.decode_prefix(&bytes).1)),
        });
        match undone {
            Err(offset) if is_certain => return Usual::Hopeless((index, offset)),
            Err(_) => return Usual::Undecided,
            Ok((bytes, original)) => {
                let is_usual = is_certain
                    || !step.written.has_duplicates()
                    || step.written.encode(&original).as_ref() == Ok(&bytes);
                if !is_usual {
                    return Usual::Undecided;
                }
                text = original;
            }
        }
    }
    Usual::Best(text)
}

/// How far a way is from the usual: first forms that our own encoder would not have written, since
/// [`Chain::apply`](super::Chain::apply) never produces them, then forms that need not have been read.
type Cost = (u32, u32);

/// What a step still waits for.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Waiting {
    /// The beginning of a code that is to be read; four bytes would be a whole one.
    bytes: [u8; 4],
    len: u8,
    /// A character that is to be written, together with the next if there is a code for both.
    held: Option<char>,
}

/// The cheapest way to what the steps wait for.
#[derive(Clone, Copy)]
struct Way {
    waiting: [Waiting; TOGETHER],
    cost: Cost,
    /// The last character found, in [`Search::nodes`].
    node: Option<u32>,
}

/// A character found and the one before it.
struct Node {
    before: Option<u32>,
    c: char,
}

/// A left-to-right search over the forms of each character, through all steps at once. Ways that wait for the same have the
/// same future, so the best of them stands for all.
struct Search<'a> {
    steps: &'a [Misreading],
    done: String,
    nodes: Vec<Node>,
}

impl<'a> Search<'a> {
    fn new(steps: &'a [Misreading]) -> Self {
        Search { steps, done: String::new(), nodes: Vec::new() }
    }

    /// The cheapest original; or the offset of the character that rules everything out.
    fn run(mut self, text: &str) -> Result<String, usize> {
        let mut ways = vec![Way { waiting: Default::default(), cost: (0, 0), node: None }];
        for (offset, c) in text.char_indices() {
            let mut next = Vec::new();
            for way in ways {
                self.write(way, self.steps.len(), c, &mut next);
            }
            ways = best_of(next);
            match &mut ways[..] {
                [] => return Err(offset),
                // Only one way is left: what it found is certain.
                [way] => self.settle(way),
                _ => {}
            }
        }
        for level in (1..=self.steps.len()).rev() {
            let mut next = Vec::new();
            for way in ways {
                self.release(way, level, &mut next);
            }
            ways = next;
        }
        let is_whole = |way: &&mut Way| way.waiting.iter().all(|waiting| *waiting == Waiting::default());
        let best = ways.iter_mut().filter(is_whole).min_by_key(|way| way.cost).ok_or(text.len())?;
        self.settle(best);
        Ok(self.done)
    }

    /// Takes a character back through the first `level` steps.
    fn write(&mut self, mut way: Way, level: usize, c: char, ways: &mut Vec<Way>) {
        let Some(step) = level.checked_sub(1).and_then(|place| self.steps.get(place)) else {
            // More undecided characters than a number holds are beyond any text in memory.
            if let Ok(node) = u32::try_from(self.nodes.len()) {
                self.nodes.push(Node { before: way.node, c });
                ways.push(Way { node: Some(node), ..way });
            }
            return;
        };
        let held = &mut way.waiting[level - 1].held;
        if let Some(first) = *held {
            if let Some(form) = step.read.pair_form(first, c) {
                *held = None;
                self.read(way, level, &form, 0, ways);
                return;
            }
            let mut released = Vec::new();
            self.release(way, level, &mut released);
            for way in released {
                self.write(way, level, c, ways);
            }
        } else if step.read.starts_pair(c) {
            *held = Some(c);
            ways.push(way);
        } else {
            self.write_alone(way, level, c, ways);
        }
    }

    fn write_alone(&mut self, way: Way, level: usize, c: char, ways: &mut Vec<Way>) {
        for (i, form) in self.steps[level - 1].read.forms(c).iter().enumerate() {
            self.read(way, level, form, u32::from(i > 0), ways);
        }
    }

    /// Writes what a step held back.
    fn release(&mut self, mut way: Way, level: usize, ways: &mut Vec<Way>) {
        match way.waiting[level - 1].held.take() {
            Some(c) => self.write_alone(way, level, c, ways),
            None => ways.push(way),
        }
    }

    /// Reads a form in the step's other encoding, and takes what that gives further back; nothing if it is malformed.
    fn read(&mut self, mut way: Way, level: usize, form: &[u8], unusual: u32, ways: &mut Vec<Way>) {
        let written = self.steps[level - 1].written;
        let Waiting { bytes: kept, len: kept_len, .. } = way.waiting[level - 1];
        let (start, end) = (usize::from(kept_len), usize::from(kept_len) + form.len());
        let mut bytes = [0; 8];
        bytes[..start].copy_from_slice(&kept[..start]);
        bytes[start..end].copy_from_slice(form);
        way.cost.1 = way.cost.1.saturating_add(unusual);

        let mut chars: Vec<char> = Vec::new();
        let mut at = 0;
        while at < end {
            let rest = &bytes[at..end];
            let len = match written.parse(rest) {
                Parse::Char { c, len } => {
                    let is_usual = !written.has_duplicates()
                        || written.forms(c).first().is_some_and(|form| **form == rest[..usize::from(len)]);
                    way.cost.0 = way.cost.0.saturating_add(u32::from(!is_usual));
                    chars.push(c);
                    len
                }
                Parse::Pair { first, second, len } => {
                    chars.extend([first, second]);
                    len
                }
                Parse::Incomplete => break,
                Parse::Malformed => return,
            };
            at += usize::from(len);
        }
        let waiting = &mut way.waiting[level - 1];
        *waiting = Waiting { len: (end - at) as u8, ..Waiting::default() };
        waiting.bytes[..end - at].copy_from_slice(&bytes[at..end]);

        let mut current = vec![way];
        for c in chars {
            let mut next = Vec::new();
            for way in current {
                self.write(way, level - 1, c, &mut next);
            }
            current = best_of(next);
        }
        ways.extend(current);
    }

    /// Appends what a way found since the last time, and forgets all others.
    fn settle(&mut self, way: &mut Way) {
        let mut reversed = Vec::new();
        let mut at = way.node.take();
        while let Some(node) = at {
            let Node { before, c } = self.nodes[node as usize];
            reversed.push(c);
            at = before;
        }
        self.done.extend(reversed.iter().rev());
        self.nodes.clear();
    }
}

/// One way for each thing to wait for, and no more than [`MOST_WAYS`].
fn best_of(mut ways: Vec<Way>) -> Vec<Way> {
    if ways.len() > 1 {
        ways.sort_by_key(|way| way.cost);
        let mut best: Vec<Way> = Vec::new();
        for way in ways {
            if best.len() < MOST_WAYS && !best.iter().any(|known| known.waiting == way.waiting) {
                best.push(way);
            }
        }
        return best;
    }
    ways
}

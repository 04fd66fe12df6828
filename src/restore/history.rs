//! What led to each hypothesis, and the path that is left of it.

use super::Search;
use super::beam::Hypothesis;
use crate::model::{Context, Model};
use crate::repair::LossKind;

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
    pub(super) choices: u32,
}

impl Event {
    /// The character that came out.
    pub(crate) fn emitted(&self) -> Option<char> {
        match self.kind {
            EventKind::Emit(c) => Some(c),
            _ => None,
        }
    }
}

/// Characters that tell the model what came before: what an n-gram holds, and what tells of script and width.
pub(crate) const LEFT_CONTEXT: usize = 6;

/// The model's state after some events, `start` being its state before the first.
pub(crate) fn context_after(model: &Model, start: Context, events: &[Event]) -> Context {
    let last: Vec<char> = events.iter().rev().filter_map(Event::emitted).take(LEFT_CONTEXT).collect();
    let start = if last.len() < LEFT_CONTEXT { start } else { model.start() };
    last.iter().rev().fold(start, |context, &c| model.step(&context, c).1)
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
    choices: Choices,
}

/// Lists of characters that were chosen among, one after the other.
#[derive(Debug, Default)]
pub(super) struct Choices {
    chars: Vec<char>,
    ends: Vec<usize>,
}

impl Choices {
    /// Adds a list; its index.
    pub(super) fn push(&mut self, list: impl Iterator<Item = char>) -> u32 {
        self.chars.extend(list);
        self.ends.push(self.chars.len());
        (self.ends.len() - 1) as u32
    }

    fn get(&self, index: u32) -> &[char] {
        let index = index as usize;
        let Some(&end) = self.ends.get(index) else { return &[] };
        let begin = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.chars[begin..end]
    }
}

impl Path {
    /// The score of all of it.
    pub(crate) fn score(&self) -> f32 {
        self.events.last().map_or(0.0, |event| event.score)
    }

    /// The mode that explains all that is damaged, as an index.
    pub(crate) fn only_mode(&self) -> Option<usize> {
        let mut modes = self.events.iter().filter(|e| e.mode != 0).map(|e| usize::from(e.mode) - 1);
        modes.next().filter(|first| modes.all(|mode| mode == *first))
    }

    /// Drops what comes after the last place among the first `most` observed characters at which a character ends, and gives that
    /// place. A mode that goes on there ends.
    pub(crate) fn cut(&mut self, most: usize) -> Option<usize> {
        // A reading belongs to the character before it.
        let ends = |pair: &[Event]| {
            (1..=most).contains(&pair[0].to) && pair[1].from >= pair[0].to && pair[1].kind != EventKind::Removed
        };
        let last = self.events.windows(2).rposition(ends)?;
        let Event { to, mode, .. } = self.events[last];
        self.events.truncate(last + 1);
        if mode != 0 {
            let leave =
                Event { kind: EventKind::Leave, mode: 0, from: to, loss: None, choices: NONE, ..self.events[last] };
            self.events.push(leave);
        }
        Some(to)
    }

    /// The characters that an event chose among, the likeliest by what comes before.
    pub(crate) fn choices(&self, event: &Event) -> &[char] {
        self.choices.get(event.choices)
    }
}

#[derive(Clone, Copy)]
pub(super) struct Node {
    pub(super) event: Event,
    pub(super) prev: u32,
}

/// No node, or no choice.
pub(super) const NONE: u32 = u32::MAX;
/// Nodes that may pile up before those without descendants are dropped (about 48 bytes each).
const NODES_AT_ONCE: usize = 50_000;

impl Search<'_> {
    /// The path that led to a hypothesis.
    pub(super) fn path_to(&mut self, back: u32) -> Path {
        let mut at = back;
        let mut events = Vec::new();
        while let Some(node) = self.memory.nodes.get(at as usize) {
            events.push(node.event);
            at = node.prev;
        }
        events.reverse();
        Path { events, choices: std::mem::take(&mut self.choices) }
    }

    /// Drops what no hypothesis descends from, whenever much has been added since the last time: memory then grows with the
    /// text and the beam, not with all that was ever tried.
    pub(super) fn forget(&mut self, beams: &mut [Vec<Hypothesis>]) {
        if self.memory.nodes.len() < self.live_nodes * 2 + NODES_AT_ONCE {
            return;
        }
        let mut keep = vec![false; self.memory.nodes.len()];
        for h in beams.iter().flatten() {
            let mut at = h.back;
            while let Some(alive) = keep.get_mut(at as usize).filter(|alive| !**alive) {
                *alive = true;
                at = self.memory.nodes[at as usize].prev;
            }
        }
        let mut moved = vec![NONE; keep.len()];
        let mut choices = Choices::default();
        let mut moved_choices = vec![NONE; self.choices.ends.len()];
        let mut kept = 0;
        for at in (0..keep.len()).filter(|&at| keep[at]) {
            let mut node = self.memory.nodes[at];
            // Nodes are older than what descends from them, so their new places are known.
            node.prev = moved.get(node.prev as usize).copied().unwrap_or(NONE);
            if let Some(to) = moved_choices.get_mut(node.event.choices as usize) {
                if *to == NONE {
                    *to = choices.push(self.choices.get(node.event.choices).iter().copied());
                }
                node.event.choices = *to;
            }
            moved[at] = kept as u32;
            self.memory.nodes[kept] = node;
            kept += 1;
        }
        for h in beams.iter_mut().flatten() {
            h.back = moved.get(h.back as usize).copied().unwrap_or(NONE);
        }
        self.memory.nodes.truncate(kept);
        (self.live_nodes, self.choices) = (kept, choices);
    }

    pub(super) fn node(&mut self, prev: u32, kind: EventKind, h: &Hypothesis, from: usize, to: usize) -> u32 {
        self.memory.nodes.push(Node {
            event: Event { kind, mode: h.mode, from, to, score: h.score, loss: None, choices: NONE },
            prev,
        });
        (self.memory.nodes.len() - 1) as u32
    }
}

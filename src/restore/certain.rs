//! Where nothing is uncertain, the coarse pass has read all that there is to read: the search goes on behind it.

use super::beam::Hypothesis;
use super::{EventKind, Search};

/// Observed characters that are worth being passed at once.
const LEAST: usize = 3;

impl Search<'_> {
    /// Where the search may go on, and with what, if from observed character `i` on nothing but the best of these hypotheses can be: it
    /// is in step, each character stands for itself, and neither a loss nor fine text is near to the best path.
    pub(super) fn pass_certain(&mut self, beam: &[Hypothesis], i: usize) -> Option<(usize, Hypothesis)> {
        let (first, others) = beam.split_first()?;
        let mode = self.modes.get((first.mode as usize).checked_sub(1)?)?;
        let is_plain = mode.layers.len() == 1 && !mode.glosses && first.pending_bytes() == 0;
        if !is_plain || others.iter().any(|h| h.mode != 0) {
            return None;
        }
        let mode = first.mode as usize - 1;
        let (mut h, nodes) = (*first, self.memory.nodes.len());
        let (mut at, mut next, mut from) = (self.coarse.position(mode, i), i, i);
        let mut passed = None;
        while let Some((c, len, cost, context)) = self.coarse.read(mode, at, &h.context) {
            at += len;
            while self.coarse.position(mode, next) < at && self.is_certain(mode, next) {
                next += 1;
            }
            if self.coarse.position(mode, next) < at {
                break;
            }
            h = Hypothesis { score: h.score + cost, context, last: c, is_unpaired: false, ..h };
            h.back = self.node(h.back, EventKind::Emit(c), &h, from, next);
            from = next;
            if self.coarse.position(mode, next) == at {
                passed = Some((next, h, self.memory.nodes.len()));
            }
        }
        let passed = passed.filter(|(to, ..)| *to >= i + LEAST);
        self.memory.nodes.truncate(passed.map_or(nodes, |(.., nodes)| nodes));
        passed.map(|(to, h, _)| (to, h))
    }

    /// Whether an observed character stands for its own bytes in a mode of one layer, and for nothing else.
    fn is_certain(&mut self, mode: usize, i: usize) -> bool {
        if i >= self.stretch.text.len()
            || self.coarse.may_stay(i, self.stretch.costs[i])
            || self.may_be_entity(mode, i)
            || self.coarse.may_lose(mode, self.coarse.position(mode, i)..self.coarse.position(mode, i + 1), i)
        {
            return false;
        }
        let mut arcs = self.memory.scratch.arcs.take();
        self.modes[mode].layers[0].arcs(self.stretch.text[i], self.stretch.beside(i), &mut arcs);
        let is_one = arcs.len() == 1;
        self.memory.scratch.arcs.give(arcs);
        self.folded(mode, i, |folded, _| is_one && folded.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use crate::{Chain, fix_text};

    #[test]
    fn what_is_passed_is_what_the_search_would_have_read() {
        // A mark in each sentence, so that the text is searched, and much between them.
        let text = "颱風過後漁港裡的船隻陸續出海，市場裡的人們都在談論今年的收成。從南向北的列車都停了。".repeat(40);
        let chain: Chain = "utf-8 as windows-1252".parse().expect("a chain");
        let damaged = chain.apply(&text).expect("nothing is lost");
        let marked = damaged.replace(|c| ('\u{80}'..'\u{a0}').contains(&c), "?");
        assert_ne!(damaged, marked);
        assert_eq!(fix_text(&marked), text);
    }
}

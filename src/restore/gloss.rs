//! Readings that a script wrote into the bytes: removed where they follow their character, in step or across two characters.

use super::beam::Hypothesis;
use super::{EventKind, Search};
use crate::lattice::{Arc, ByteSet};
use crate::overlay;
use crate::repair::LossKind;
use crate::score;

impl Search<'_> {
    /// Removes a reading in brackets after its character, aligned or across two characters.
    pub(super) fn read_gloss(&mut self, h: &Hypothesis, i: usize, beams: &mut [Vec<Hypothesis>]) {
        let layer = &self.modes[h.mode as usize - 1].layers[0];
        if h.pending_bytes() == 0
            && let Some(gloss) = overlay::gloss_at(self.stretch.text, i, overlay::BRACKET)
            && gloss.reads(h.last)
        {
            let mut h = Hypothesis { score: h.score + score::GLOSS_REMOVED, ..*h };
            h.back = self.node(h.back, EventKind::Removed, &h, i, i + gloss.len);
            beams[i + gloss.len].push(h);
            return;
        }
        // The annotated pair began with the byte before the mark; its own trail was eaten together with the bracket.
        if let Some(gloss) = overlay::gloss_at(self.stretch.text, i, overlay::MARK) {
            let before = match h.pending[0].as_slice() {
                [] => layer.read.forms(h.last).first().and_then(|f| f.last().copied()),
                [e] => e.known(),
                _ => None,
            };
            let Some(before) = before else { return };
            // One that has several of the readings is read once.
            let forms = gloss.characters().filter_map(|c| layer.read.forms(c).first().copied());
            let trails = ByteSet::collect(forms.filter_map(|form| match *form {
                [lead, trail] if lead == before => Some(trail),
                _ => None,
            }));
            for trail in trails.iter() {
                let start = Hypothesis { score: h.score + score::GLOSS_REMOVED, ..*h };
                let arc = Arc::known(&[trail], 0.0, Some(LossKind::Mark));
                let mut out = Vec::new();
                self.feed_arc(&start, &arc, i, i + 1, &mut out);
                for mut h in out {
                    h.at = self.coarse.position(h.mode as usize - 1, i + gloss.len) as u32 - 1;
                    h.back = self.node(h.back, EventKind::Removed, &h, i + 1, i + gloss.len);
                    beams[i + gloss.len].push(h);
                }
            }
        }
    }
}

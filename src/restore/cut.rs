//! Where a text was cut inside a character: at its end, or where a field of it ends.

use super::beam::Hypothesis;
use super::{MAX_LAYERS, Search};
use crate::score;

impl Search<'_> {
    /// Adds the hypotheses that a field was cut inside a character and ends before observed character `i`.
    pub(super) fn cut_off(&mut self, beam: &mut Vec<Hypothesis>, i: usize) {
        let c = self.stretch.text[i];
        let may_end = may_end_field(c);
        if !may_end && !self.modes.iter().any(|mode| mode.layers[0].has_malformed_before(c)) {
            return;
        }
        let cut = |h: &Hypothesis| {
            let outer = &self.modes[h.mode.checked_sub(1)? as usize].layers[0];
            let cost = if outer.has_malformed_before(c) {
                0.0
            } else if may_end && !h.has_lost() && outer.may_be_cut() {
                score::CUT_IN_TEXT
            } else {
                return None;
            };
            (h.pending_bytes() > 0).then_some(Hypothesis { score: h.score + cost, ..*h })
        };
        let open: Vec<Hypothesis> = beam.iter().filter_map(cut).collect();
        let best = beam.iter().map(|h| h.promise).fold(f32::MIN, f32::max);
        self.complete_cut(open, best, i, beam);
    }

    /// Adds what hypotheses may be when the character in the making is completed before observed character `i`. Others promise at most `best`.
    fn complete_cut(&mut self, mut open: Vec<Hypothesis>, best: f32, i: usize, out: &mut Vec<Hypothesis>) {
        let mut arcs = self.memory.scratch.arcs.take();
        let most = self.coarse.margin(i);
        for _ in 0..MAX_LAYERS {
            if open.is_empty() {
                break;
            }
            self.prune(&mut open, i);
            let best = open.iter().map(|h| h.promise).fold(best, f32::max);
            self.best = best;
            let mut next = Vec::new();
            for h in &open {
                arcs.clear();
                // Where an outer layer has whole characters, one of its bytes more would be another character's first.
                let layer = h.pending.iter().position(|pending| pending.len > 0).unwrap_or(0);
                self.modes[h.mode as usize - 1].layers[layer].vanished(None, false, &mut arcs);
                for arc in arcs.iter().filter(|arc| h.affords(arc.cost, best, most)) {
                    match layer {
                        0 => self.feed_arc(h, arc, i, i, &mut next),
                        _ => {
                            let h = Hypothesis { score: h.score + arc.cost, ..*h };
                            self.feed(h, layer, arc.bytes(), arc.loss, (i, i), &mut next);
                        }
                    }
                }
            }
            out.extend(next.iter().filter(|h| h.pending_bytes() == 0));
            next.retain(|h| h.pending_bytes() > 0);
            open = next;
        }
        self.memory.scratch.arcs.give(arcs);
    }

    /// Completes characters that the text's end cut, and leaves all modes.
    pub(super) fn finish(&mut self, last: &mut Vec<Hypothesis>) {
        let n = self.stretch.text.len();
        if self.stretch.at_end {
            for h in last.iter_mut().filter(|h| h.pending_bytes() == 0) {
                h.score += self.model.score(&h.context, '\n').max(score::LINE_END);
            }
        }
        let (open, mut whole): (Vec<Hypothesis>, Vec<Hypothesis>) =
            last.iter().filter(|h| h.mode != 0).partition(|h| h.pending_bytes() > 0 && !self.stretch.goes_on);
        self.prune(&mut whole, n);
        if self.stretch.at_end {
            let best = whole.iter().map(|h| h.promise);
            let best = last.iter().filter(|h| h.mode == 0).map(|h| h.score).chain(best).fold(f32::MIN, f32::max);
            self.complete_cut(open, best, n, &mut whole);
        }
        for h in whole {
            last.push(self.leave(h, score::LEAVE + score::AT_AN_END, n));
        }
    }
}

/// Whether a field that was cut may end before a character: an ellipsis, or what parts fields or ends them. A blank may be what is left of the
/// character.
fn may_end_field(c: char) -> bool {
    c == '…' || c.is_ascii() && !c.is_ascii_alphanumeric() && !matches!(c, '?' | ' ')
}

#[cfg(test)]
mod tests {
    use crate::{Chain, fix_text};

    #[test]
    fn a_field_that_was_cut_ends_with_a_whole_character() {
        for (text, chain) in [
            ("会议记录已经发到各位的邮箱", "utf-8 as cp437"),
            ("老人坐在树下喝茶，看孩子们放风筝", "utf-8 as windows-1251"),
            ("市場裡的人們都在談論今年的收成", "big5 as windows-1252"),
        ] {
            let chain: Chain = chain.parse().expect("a chain");
            let damaged = chain.apply(text).expect("nothing is lost");
            let mut cut = damaged.clone();
            cut.pop();
            for end in ["...", "</p>", "\"}", "\n"] {
                assert_eq!(fix_text(&(cut.clone() + end)), text.to_owned() + end, "{chain}");
            }
        }
    }

    #[test]
    fn what_a_cut_left_of_a_character_in_an_inner_layer_is_completed() {
        let chain: Chain = "utf-8 as windows-1252 | utf-8 as windows-1252".parse().expect("a chain");
        let text = "系统检测到新的设备，正在安装驱动程";
        let mut cut = chain.apply(&(text.to_owned() + "序")).expect("nothing is lost");
        cut.truncate(cut.rfind('Ã').expect("a first byte") + "Ã¥".len());
        assert_eq!(fix_text(&(cut + "</p>")), text.to_owned() + "序</p>");
    }

    #[test]
    fn an_ellipsis_is_no_part_of_a_character_that_was_cut() {
        // The first byte of 司 and 85, which in windows-1252 is an ellipsis, are another character of GBK.
        let chain: Chain = "gbk as windows-1252".parse().expect("a chain");
        let mut damaged = chain.apply("请在下周五之前把合同寄回公司").expect("nothing is lost");
        damaged.pop();
        assert!(fix_text(&(damaged + "...")).ends_with("..."));
    }
}

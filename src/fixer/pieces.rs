//! A stretch that asks for an explanation is searched piece by piece.

use std::ops::Range;

use super::Fixer;
use crate::detect::{self, Costs};
use crate::model::Model;
use crate::patience::Patience;
use crate::restore::{self, Mode, Path, Stretch};
use crate::search::{self, Trial};
use crate::select::{self, Draft};

/// A piece that others follow is given up from the last character on that ends so many observed ones before its own end: the search saw
/// too little of what comes after. The next piece begins there.
const CUT_BACK: usize = 32;
/// A part of a text, as it is looked at.
pub(super) struct Part<'a> {
    pub(super) model: &'a Model,
    pub(super) chars: &'a [char],
    pub(super) costs: &'a Costs,
    /// Whether a script has put readings into it.
    pub(super) annotated: bool,
    /// Whether the text ends with it.
    pub(super) is_last: bool,
}

impl Fixer {
    /// Adds what is found in a stretch of a part, of which the most promising chains may be known.
    pub(super) fn search(
        &self,
        part: &Part<'_>,
        stretch: Range<usize>,
        trials: Option<Vec<Trial>>,
        patience: &mut Patience,
        drafts: &mut Vec<Draft>,
    ) {
        let Part { model, chars, costs, .. } = *part;
        let options = self.search_options(patience);
        let is_plain = trials.as_ref().is_some_and(Vec::is_empty);
        let sample = |of: &Range<usize>| {
            let sample = search::sample(&chars[of.clone()], &costs.scores[of.clone()]);
            of.start + sample.start..of.start + sample.end
        };
        let mut given = trials.map(|trials| (trials, sample(&stretch)));
        let mut rest = stretch;
        let mut start = costs.contexts[rest.start];
        while !rest.is_empty() {
            let mut piece = detect::piece(&rest, patience.longest());
            let (text, scores) = (&chars[piece.clone()], &costs.scores[piece.clone()]);
            let sample = sample(&piece);
            let from = std::mem::replace(&mut start, costs.contexts[piece.end]);
            rest.start = piece.end;
            if patience.passes_over(piece.len()) {
                continue;
            }
            if patience.has_tried_in_vain() && !Patience::glance(model, text, scores, &options) {
                patience.learn((text, scores), (&[], sample.len()), &[], None);
                continue;
            }
            let trials = match given.take() {
                _ if is_plain => Vec::new(),
                Some((trials, of)) if of == sample => trials,
                _ => patience.trials(model, text, scores, &options),
            };
            let known = patience.known();
            let mut flavour = known.and_then(|known| known.flavour);
            let mut modes = self.modes(part.model, (text, scores), &trials, part.annotated, known, &options);
            let found = drafts.len();
            if !modes.is_empty() {
                let at_end = part.is_last && piece.end == chars.len();
                let contexts = &costs.contexts[piece.start..=piece.end];
                let goes_on = piece.end < rest.end;
                let stretch = Stretch { text, costs: scores, contexts, start: from, at_end, goes_on };
                let mut path = restore::best_path(model, &modes, &stretch, &mut patience.memory);
                if !part.annotated {
                    self.search_again(model, &stretch, &mut modes, &mut path, patience);
                }
                if goes_on && let Some(end) = path.cut(piece.len() - CUT_BACK) {
                    piece.end = piece.start + end;
                    (rest.start, start) = (piece.end, restore::context_after(model, from, &path.events));
                }
                flavour = flavour.or(chosen(&modes, &path).map(Mode::flavour));
                for mut draft in select::drafts(model, &modes, &stretch, path) {
                    draft.shift(piece.start);
                    drafts.push(draft);
                }
            }
            let read = piece.len();
            patience.learn((&text[..read], &scores[..read]), (&trials, sample.len()), &drafts[found..], flavour);
        }
    }
}

/// The mode that explains all of a path, if it was chosen from several flavours of its chain.
fn chosen<'a>(modes: &'a [Mode], path: &Path) -> Option<&'a Mode> {
    let only = &modes[path.only_mode()?];
    modes.iter().any(|other| other.chain == only.chain && other.flavour() != only.flavour()).then_some(only)
}

#[cfg(test)]
mod tests {
    use crate::{Chain, fix_text};

    const SENTENCES: [&str; 4] = [
        "春雨过后，院子里的石榴树开满了花，老人坐在树下喝茶。",
        "请在下周五之前把合同寄回公司，会议记录已经发到各位的邮箱。",
        "火车晚点了四十分钟，站台上人很多，孩子们在放风筝！",
        "系统检测到新的设备，正在安装驱动程序。",
    ];

    fn damaged(chain: &str, text: &str) -> String {
        let chain: Chain = chain.parse().expect("a chain");
        chain.apply(text).expect("a text that the chain can damage")
    }

    #[test]
    fn no_character_is_lost_between_pieces() {
        let text = SENTENCES.concat().repeat(12);
        // A mark in each sentence, so that the text is not undone whole.
        let observed = damaged("utf-8 as windows-1252", &text).replace("æ–°", "æ?°");
        assert!(observed.chars().count() > 3 * 1000);
        let restored = fix_text(&observed);
        let broken: Vec<char> = restored.chars().filter(|c| ('\u{80}'..'\u{2000}').contains(c)).collect();
        assert_eq!((restored.chars().count(), broken), (text.chars().count(), vec![]));
    }

    #[test]
    fn no_reading_is_parted_from_its_character() {
        let annotated = "园區(qū)產(chǎn)業(yè)發(fā)展快，企業(yè)服務(wù)好，优質(zhì)項目多。";
        let text = "园區產業發展快，企業服務好，优質項目多。";
        for cut in 0..16 {
            let before = "本市".repeat(cut) + "：";
            assert_eq!(fix_text(&(before.clone() + &annotated.repeat(50))), before + &text.repeat(50), "cut {cut}");
        }
    }

    #[test]
    fn damage_is_found_wherever_it_stands_in_a_suspicious_stretch() {
        let odd = "She said the café’s “daily special” was fine – nothing more…\n";
        let last = damaged("utf-8 as windows-1252", SENTENCES[3]);
        for lines in [5, 10, 30] {
            let before = [SENTENCES[0], "\n", odd].concat().repeat(lines);
            assert_eq!(fix_text(&(before.clone() + &last)), before + SENTENCES[3], "after {lines} lines");
        }
    }

    #[test]
    fn pairs_of_bytes_are_read_in_step_after_fine_text() {
        let fine = "The meeting was moved to Thursday – half of the team is still travelling.\n".repeat(4);
        let text = SENTENCES.concat().repeat(4);
        let observed = fine.clone() + &damaged("gbk as iso-8859-2", &text);
        assert_eq!(fix_text(&observed), fine + &text);
    }
}

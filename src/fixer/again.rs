//! What a search leaves unexplained tells of more chains, and the piece is searched again with them: different programs may have damaged
//! the fields of a row or the lines of a page.

use std::ops::Range;

use super::Fixer;
use crate::model::Model;
use crate::patience::Patience;
use crate::restore::{self, EventKind, Mode, Path, Restored, Stretch};
use crate::search::{self, Trial};
use crate::{Chain, select};

/// Times that a piece is searched again at most: so many chains more than one a piece may show. Of 1,313 texts of two to eight lines or
/// fields, each fine or damaged by one of two or three chains (the cases of one and two layers of `make_cases.py`), 80 come out
/// whole without it, 1,247 with 3, and 1,259 with 4 or more.
const MORE_CHAINS: usize = 4;

impl Fixer {
    /// Searches a piece again as long as other chains explain more of it than the best path does.
    pub(super) fn search_again(
        &self,
        model: &Model,
        piece: &Stretch<'_>,
        modes: &mut Vec<Mode>,
        path: &mut Path,
        patience: &mut Patience,
    ) {
        // Of noise something is always left.
        let times = if patience.has_tried_in_vain() { 0 } else { MORE_CHAINS };
        for _ in 0..times {
            let Some(left) = Left::of(model, path) else { return };
            let options = self.search_options(patience);
            let better = patience.look_at_left(|memory| {
                let (observed, costs) = left.observed(path);
                let text = &piece.text[observed];
                let mut search_with = |trials: Vec<Trial>| {
                    let all = self.with_more(model, (text, &costs), trials, (modes, path), &options)?;
                    let next = restore::best_path(model, &all, piece, memory);
                    (next.score() > path.score()).then_some((all, next))
                };
                let trials = search::trials(model, text, &costs, &options);
                search_with(trials).or_else(|| search_with(left.further(model, modes, &options)?))
            });
            let Some(better) = better else { return };
            (*modes, *path) = better;
        }
    }

    /// The modes that a path uses, and those of chains that explain some of what is left, a text with such costs, better than any mode did.
    fn with_more(
        &self,
        model: &Model,
        left: (&[char], &[f32]),
        trials: Vec<Trial>,
        (modes, path): (&[Mode], &Path),
        options: &search::Options<'_>,
    ) -> Option<Vec<Mode>> {
        let is_new = |trial: &Trial| select::is_sure(trial) && modes.iter().all(|mode| mode.chain != trial.chain);
        let trials: Vec<Trial> = trials.into_iter().take_while(is_new).collect();
        if trials.is_empty() {
            return None;
        }
        let more = self.modes(model, left, &trials, false, None, options);
        let is_used = |mode: usize| path.events.iter().any(|event| usize::from(event.mode) == mode + 1);
        let used = modes.iter().enumerate().filter(|(mode, _)| is_used(*mode)).map(|(_, mode)| mode.clone());
        (!more.is_empty()).then(|| used.chain(more).take(restore::MAX_MODES - 1).collect())
    }
}

/// What is left asks for other chains where it costs so much above what asks for an explanation at all, in nats: a few letters of a
/// further layer do; most names, quotations and wrong guesses do not. Of 1,313 texts of two to eight fields with 5 four more come out whole,
/// with 7 eleven fewer; 60 KB of other people's UTF-8 as GBK with marks take a seventh longer than with 7, or a fifth with 5.
const MUCH: f32 = 6.0;
/// Characters of context beside it.
const MARGIN: usize = 16;

/// Whether a restored text of such a [heat](search::core) asks for so much of an explanation that other chains may have damaged parts of it.
pub(super) fn is_much(heat: f32) -> bool {
    heat > MUCH
}

/// What a path has made of a text, where some of it asks for an explanation.
struct Left {
    restored: Restored,
    /// The characters that most ask for an explanation, and the mode that most of that was read in.
    suspect: Range<usize>,
    mode: Option<usize>,
}

impl Left {
    fn of(model: &Model, path: &Path) -> Option<Left> {
        if path.events.iter().all(|event| event.kind != EventKind::Enter) {
            return None;
        }
        let restored = Restored::of(model, path);
        let (core, heat) = search::core(&restored.chars, &restored.costs);
        if !is_much(heat) {
            return None;
        }
        let mode_of = |i: usize| usize::from(restored.event(path, i).mode);
        let mut heats = [0.0; restore::MAX_MODES + 1];
        core.clone().for_each(|i| heats[mode_of(i)] += restored.costs[i]);
        let mode = (0..heats.len()).min_by(|&a, &b| heats[a].total_cmp(&heats[b]))?;
        let is_of = |i: &usize| mode_of(*i) == mode;
        let (first, last) = (core.clone().find(is_of)?, core.rev().find(is_of)?);
        let from = search::in_step(&restored.chars, first.saturating_sub(MARGIN));
        let suspect = from..(last + 1 + MARGIN).min(restored.chars.len());
        Some(Left { restored, suspect, mode: mode.checked_sub(1) })
    }

    /// Chains of a further layer: what came out of a mode may be damaged itself.
    fn further(&self, model: &Model, modes: &[Mode], options: &search::Options<'_>) -> Option<Vec<Trial>> {
        let mode = modes.get(self.mode?)?;
        let range = self.suspect.clone();
        let Restored { chars, costs, .. } = &self.restored;
        let mut trials = search::trials(model, &chars[range.clone()], &costs[range], options);
        let further = search::further_layer(&mode.chain);
        for trial in &mut trials {
            trial.chain = Chain::new(trial.chain.steps().iter().chain(mode.chain.steps()).copied());
            trial.prior += mode.prior + further;
            trial.gain += further;
        }
        trials.retain(|trial| trial.chain.steps().len() <= options.max_layers.min(restore::MAX_LAYERS));
        Some(trials)
    }

    /// The observed characters that the suspect came from, and what each costs by what came of it.
    fn observed(&self, path: &Path) -> (Range<usize>, Vec<f32>) {
        let events = || self.suspect.clone().map(|i| (self.restored.event(path, i), self.restored.costs[i]));
        let from = events().map(|(event, _)| event.from).min().unwrap_or(0);
        let to = events().map(|(event, _)| event.to).fold(from + 1, usize::max);
        let mut costs = vec![0.0; to - from];
        for (event, cost) in events() {
            costs[event.from.min(to - 1) - from] += cost;
        }
        (from..to, costs)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Chain, fix_text};

    const FIELDS: [&str; 4] = [
        "春雨过后，院子里的石榴树开满了花，老人坐在树下喝茶。",
        "请在下周五之前把合同寄回公司，会议记录已经发到各位的邮箱。",
        "火车晚点了四十分钟，站台上人很多，孩子们在放风筝！",
        "系统检测到新的设备，正在安装驱动程序。",
    ];

    /// The fields, each damaged by another chain.
    fn table(chains: &[&str], turn: usize, separator: &str) -> String {
        let damaged = FIELDS.iter().enumerate().map(|(i, field)| {
            let chain: Chain = chains[(i + turn) % chains.len()].parse().expect("a chain");
            chain.apply(field).expect("a field that the chain can damage")
        });
        damaged.collect::<Vec<String>>().join(separator)
    }

    #[test]
    fn fields_come_back_whichever_program_damaged_each() {
        let chains = ["utf-8 as windows-1252", "gbk as windows-1252", "utf-8 as koi8-r"];
        for (turn, separator) in [(0, "\n"), (1, ","), (2, "\t")] {
            assert_eq!(fix_text(&table(&chains, turn, separator)), FIELDS.join(separator), "turn {turn}");
        }
    }

    #[test]
    fn a_field_may_be_damaged_once_more_than_another() {
        for (outer, twice) in [
            ("utf-8 as windows-1252", "utf-8 as windows-1252 | utf-8 as windows-1252"),
            ("gb18030 as windows-1252", "utf-8 as windows-1252 | utf-8 as windows-1252"),
            ("utf-8 as windows-1251", "utf-8 as windows-1252 | utf-8 as windows-1251"),
        ] {
            for turn in [0, 1] {
                let found = fix_text(&table(&[outer, twice], turn, "\n")).into_owned();
                assert_eq!(found, FIELDS.join("\n"), "{outer}, {twice}, turn {turn}");
            }
        }
    }
}

//! What is beyond repair goes into the report beside what was repaired.

use std::collections::HashSet;

use super::{Level, Lost, Origin, score};
use crate::Chain;
use crate::chain::Step;
use crate::codec::Encoding;
use crate::detect::Costs;
use crate::mention::quoted;
use crate::repair::LossKind;
use crate::select::{Draft, DraftLoss};

/// How likely a place is just what was meant, where damage is doubtful.
const EVEN: f64 = 0.5;
/// A repair that brings so many new characters for each that is beyond repair knows better.
const MUCH: usize = 4;
/// U+FFFD in quotation marks up to so often is spoken of.
const FEW_MARKS: usize = 2;

/// Drafts in text order: the repairs, and what is beyond repair. A repair that reaches into such a place stays if it leaves
/// it alone, if it restores more than it brings U+FFFD to light there, or if it restores much else.
pub(crate) fn settle(text: &[char], costs: &Costs, mut drafts: Vec<Draft>, mut lost: Vec<Lost>) -> Vec<Draft> {
    drafts.sort_by_key(|d| (d.from, d.to));
    let mut first = 0;
    let mut explained = vec![false; lost.len()];
    drafts.retain(|draft| {
        first += lost[first..].iter().take_while(|l| l.to <= draft.from).count();
        let here = || lost.iter().enumerate().skip(first).take_while(|(_, l)| l.from < draft.to);
        if here().next().is_none() {
            return true;
        }
        let claimed: usize = here().map(|(_, l)| l.to.min(draft.to) - l.from.max(draft.from)).sum();
        let (new, marks) = brought(draft, &text[draft.from..draft.to]);
        let (places, much) = (here().count(), new > MUCH * claimed);
        let may_change = |l: &Lost| much || (matches!(l.origin, Origin::Read(_)) && marks >= places && new > marks);
        if here().any(|(_, l)| !may_change(l) && !keeps(draft, &text[l.from..l.to])) {
            return false;
        }
        here().for_each(|(i, _)| explained[i] = true);
        true
    });
    let mut explained = explained.iter();
    lost.retain(|_| !explained.next().is_some_and(|&e| e));
    for draft in drafts.iter_mut().filter(|d| !is_unchanged(d, text)) {
        name_marks(draft);
    }
    let mut free = Vec::new();
    let taken = drafts.iter().map(|d| (d.from, d.to)).chain(lost.iter().map(|l| (l.from, l.to)));
    let mut taken: Vec<(usize, usize)> = taken.collect();
    taken.sort_unstable();
    let mut at = 0;
    for (from, to) in taken.into_iter().chain([(text.len(), text.len())]) {
        marks(text, at, from, costs, &mut free);
        at = at.max(to);
    }
    let reported = lost.iter().chain(&free).filter(|l| l.level > Level::Mention);
    drafts.extend(reported.map(|l| draft_of(l, text)));
    drafts.sort_by_key(|d| (d.from, d.to));
    drafts
}

/// Leaves a draft's span as it is, with the explanation that was found for it.
pub(crate) fn leave(draft: &mut Draft, text: &[char]) {
    draft.text = text[draft.from..draft.to].iter().collect();
    draft.losses.clear();
    draft.confidence = 1.0 - draft.confidence;
}

/// Whether a draft says nothing of its span but what is there.
pub(crate) fn is_unchanged(draft: &Draft, text: &[char]) -> bool {
    draft.text.chars().eq(text[draft.from..draft.to].iter().copied())
}

/// How many characters a repair brings that were not there, and how many U+FFFD.
fn brought(draft: &Draft, observed: &[char]) -> (usize, usize) {
    let observed: HashSet<char> = observed.iter().copied().collect();
    let marks = draft.text.chars().filter(|&c| c == char::REPLACEMENT_CHARACTER).count();
    let is_new = |c: &char| !c.is_ascii() && *c != char::REPLACEMENT_CHARACTER && !observed.contains(c);
    (draft.text.chars().filter(is_new).count(), marks)
}

fn keeps(draft: &Draft, piece: &[char]) -> bool {
    draft.text.contains(&piece.iter().collect::<String>())
}

/// Says of each U+FFFD in a repaired span that it stands for something lost.
fn name_marks(draft: &mut Draft) {
    let mut at = 0;
    let mut named = Vec::new();
    let is_mark = |c: char| c == char::REPLACEMENT_CHARACTER;
    while let Some(found) = draft.text[at..].find(is_mark) {
        let start = at + found;
        let rest = &draft.text[start..];
        let marks = &rest[..rest.find(|c| !is_mark(c)).unwrap_or(rest.len())];
        at = start + marks.len();
        let next = draft.losses.partition_point(|l| l.at + l.restored.len() <= start);
        if draft.losses.get(next).is_none_or(|l| l.at >= at) {
            named.push(DraftLoss {
                kind: LossKind::BeyondRepair,
                from: draft.from,
                to: draft.from,
                at: start,
                restored: marks.to_owned(),
                alternatives: Vec::new(),
            });
        }
    }
    if !named.is_empty() {
        draft.confidence = 0.0;
        draft.losses.append(&mut named);
        draft.losses.sort_by_key(|l| l.at);
    }
}

/// U+FFFD between `from` and `to`.
fn marks(text: &[char], from: usize, to: usize, costs: &Costs, out: &mut Vec<Lost>) {
    let mut at = from;
    while at < to {
        let run = text[at..to].iter().take_while(|&&c| c == char::REPLACEMENT_CHARACTER).count();
        if run > 0 {
            let mention = run <= FEW_MARKS && quoted(text, at, at + run);
            let level = if mention { Level::Mention } else { Level::Sure };
            let runs = std::iter::once(at..at + run).collect();
            let score = score(costs, at, at + run);
            out.push(Lost { from: at, to: at + run, runs, level, origin: Origin::Mark, score });
        }
        at += run.max(1);
    }
}

/// A span that stays as it is. Of its chain only the last step is known, if any is.
fn draft_of(lost: &Lost, text: &[char]) -> Draft {
    let mut at = 0;
    let mut done = lost.from;
    let mut losses = Vec::new();
    for run in lost.runs.iter().filter(|_| lost.level == Level::Sure) {
        at += text[done..run.start].iter().map(|c| c.len_utf8()).sum::<usize>();
        let restored: String = text[run.clone()].iter().collect();
        done = run.end;
        let next = at + restored.len();
        let kind = LossKind::BeyondRepair;
        losses.push(DraftLoss { kind, from: run.start, to: run.end, at, restored, alternatives: Vec::new() });
        at = next;
    }
    let chain = match lost.origin {
        Origin::Read(read) => Chain::new([Step::Misread { written: Encoding::Utf8, read }]),
        Origin::Mark | Origin::Memory => Chain::default(),
    };
    Draft {
        from: lost.from,
        to: lost.to,
        text: text[lost.from..lost.to].iter().collect(),
        chain,
        losses,
        before: lost.score,
        after: lost.score,
        confidence: if lost.level == Level::Sure { 0.0 } else { EVEN },
    }
}

//! Puts the repaired spans into the text and the report.

use std::borrow::Cow;

use crate::beyond;
use crate::chain::{Chain, Composed, Normalization, Step};
use crate::repair::{Loss, LossKind, Repair, SpanRepair, Verdict};
use crate::select::{Draft, DraftLoss};

impl Draft {
    /// Moves the draft from a stretch to the whole text.
    pub(crate) fn shift(&mut self, by: usize) {
        self.from += by;
        self.to += by;
        for loss in &mut self.losses {
            loss.from += by;
            loss.to += by;
        }
    }

    /// From characters of a part of a text, which starts at byte `start`, to bytes of the text.
    fn locate(&mut self, start: usize, chars: &[char]) {
        let bytes_of = |from: usize, to: usize| -> usize { chars[from..to].iter().map(|c| c.len_utf8()).sum() };
        // Nearly all losses are in order: each is looked for from the one before.
        let (mut at, mut byte) = (self.from, start);
        for loss in &mut self.losses {
            let from = loss.from.max(self.from);
            if from < at {
                (at, byte) = (self.from, start);
            }
            let length = bytes_of(from, loss.to.max(from));
            byte += bytes_of(at, from);
            at = from;
            (loss.from, loss.to) = (byte, byte + length);
        }
        (self.from, self.to) = (start, start + bytes_of(self.from, self.to));
    }

    /// Takes what was observed for what was meant, in place of some of the characters that were guessed.
    pub(crate) fn keep(&mut self, observed: &[char], is_kept: impl Fn(&DraftLoss) -> bool) {
        self.rewrite(|loss| {
            let is_kept = is_kept(loss);
            if is_kept {
                loss.restored = observed[loss.from..loss.to].iter().collect();
            }
            !is_kept
        });
    }

    /// Puts U+FFFD where a character was guessed, and the guess among the alternatives.
    pub(crate) fn mark(&mut self, is_guess: impl Fn(&DraftLoss) -> bool) {
        self.rewrite(|loss| {
            if is_guess(loss) && !loss.restored.is_empty() {
                let rest: f64 = loss.alternatives.iter().map(|a| a.1).sum();
                let mark = char::REPLACEMENT_CHARACTER.to_string();
                let guess = std::mem::replace(&mut loss.restored, mark);
                loss.alternatives.insert(0, (guess, (1.0 - rest).max(0.0)));
            }
            true
        });
    }

    /// Changes what stands for what was lost; `change` says whether it counts as lost still.
    fn rewrite(&mut self, mut change: impl FnMut(&mut DraftLoss) -> bool) {
        let (mut text, mut done) = (String::with_capacity(self.text.len()), 0);
        self.losses.retain_mut(|loss| {
            text.push_str(&self.text[done..loss.at]);
            done = loss.at + loss.restored.len();
            loss.at = text.len();
            let stays = change(loss);
            text.push_str(&loss.restored);
            stays
        });
        text.push_str(&self.text[done..]);
        self.text = text;
    }
}

impl<'a> Repair<'a> {
    pub(crate) fn clean(text: &'a str) -> Repair<'a> {
        Repair {
            text: Cow::Borrowed(text),
            source: None,
            verdict: Verdict::Clean,
            spans: Vec::new(),
            confidence: 1.0,
            encoding: None,
            simplified: 0,
        }
    }
}

/// Drafts in text order of a part of a text, which starts at byte `start`: from its characters to bytes of the text.
pub(crate) fn locate(drafts: &mut [Draft], mut start: usize, chars: &[char]) {
    let mut done = 0;
    for draft in drafts {
        let to = draft.to;
        start += chars[done..draft.from].iter().map(|c| c.len_utf8()).sum::<usize>();
        draft.locate(start, chars);
        (done, start) = (to, draft.to);
    }
}

/// Drafts of a composed text as drafts of the text that it was composed from, both in bytes. What no one form makes of what is
/// repaired stays as it is.
pub(crate) fn decompose(drafts: Vec<Draft>, composed: &Composed, text: &str) -> Vec<Draft> {
    let decomposed = drafts.into_iter().filter_map(|mut draft| {
        let observed = &composed.text[draft.from..draft.to];
        let is_left = draft.text == observed;
        (draft.from, draft.to) = (composed.source(draft.from), composed.source(draft.to));
        let source = &text[draft.from..draft.to];
        if source != observed && !is_left {
            let form = Normalization::ALL.iter().copied().find(|form| form.apply(observed) == source)?;
            let steps = draft.chain.steps().iter().copied();
            draft.chain = Chain::new(steps.chain([Step::Normalized { form }]));
        }
        for loss in &mut draft.losses {
            (loss.from, loss.to) = (composed.source(loss.from), composed.source(loss.to));
            if is_left {
                loss.at = loss.from - draft.from;
                loss.restored = text[loss.from..loss.to].to_owned();
            }
        }
        if is_left {
            draft.text = source.to_owned();
        }
        Some(draft)
    });
    decomposed.collect()
}

/// The report for `text` with drafts in text order, which are in bytes.
pub(crate) fn assemble(text: &str, drafts: Vec<Draft>) -> Repair<'_> {
    if drafts.is_empty() {
        return Repair::clean(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut spans = Vec::with_capacity(drafts.len());
    let mut confidence = 1.0;
    let mut done = 0;
    for draft in drafts {
        out.push_str(&text[done..draft.from]);
        let out_start = out.len();
        out.push_str(&draft.text);
        let losses = draft.losses.into_iter().map(|l| {
            let output = out_start + l.at..out_start + l.at + l.restored.len();
            let observed = text[l.from..l.to].to_owned();
            let missing = if l.kind == LossKind::BeyondRepair { beyond::missing(&l.restored) } else { 0 };
            Loss {
                kind: l.kind,
                source: l.from..l.to,
                output,
                observed,
                restored: l.restored,
                alternatives: l.alternatives,
                missing,
            }
        });
        spans.push(SpanRepair {
            source: draft.from..draft.to,
            output: out_start..out.len(),
            losses: losses.collect(),
            chain: draft.chain,
            before: draft.before,
            after: draft.after,
            confidence: draft.confidence,
        });
        confidence *= draft.confidence;
        done = draft.to;
    }
    out.push_str(&text[done..]);
    let is_lost = |span: &SpanRepair| span.losses.iter().any(|l| l.kind == LossKind::BeyondRepair);
    let (verdict, source, out) = if out != text {
        (Verdict::Repaired, Some(Cow::Borrowed(text)), Cow::Owned(out))
    } else if spans.iter().any(is_lost) {
        (Verdict::BeyondRepair, None, Cow::Borrowed(text))
    } else {
        (Verdict::Doubtful, None, Cow::Borrowed(text))
    };
    Repair { text: out, source, verdict, spans, confidence, encoding: None, simplified: 0 }
}

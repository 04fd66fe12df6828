//! Puts the repaired spans into the text and the report.

use std::borrow::Cow;

use crate::beyond;
use crate::repair::{Loss, LossKind, Repair, SpanRepair, Verdict};
use crate::select::Draft;

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

    /// Puts U+FFFD where a character was guessed, and the guess among the alternatives.
    pub(crate) fn mark(&mut self, is_guess: impl Fn(LossKind) -> bool) {
        let mut text = String::with_capacity(self.text.len());
        let mut done = 0;
        for loss in &mut self.losses {
            text.push_str(&self.text[done..loss.at]);
            done = loss.at + loss.restored.len();
            loss.at = text.len();
            if is_guess(loss.kind) && !loss.restored.is_empty() {
                let rest: f64 = loss.alternatives.iter().map(|a| a.1).sum();
                let mark = char::REPLACEMENT_CHARACTER.to_string();
                let guess = std::mem::replace(&mut loss.restored, mark);
                loss.alternatives.insert(0, (guess, (1.0 - rest).max(0.0)));
            }
            text.push_str(&loss.restored);
        }
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

/// A part of a text that was looked at.
pub(crate) struct Part {
    /// Its first byte.
    pub(crate) start: usize,
    pub(crate) chars: Vec<char>,
    /// What was found, in text order, in characters of the part.
    pub(crate) drafts: Vec<Draft>,
}

/// The report for `text` from its parts, which are in text order.
pub(crate) fn assemble(text: &str, parts: Vec<Part>) -> Repair<'_> {
    if parts.iter().all(|part| part.drafts.is_empty()) {
        return Repair::clean(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut spans = Vec::new();
    let mut confidence = 1.0;
    // Bytes of the text that are in the output, and the part's characters and bytes that are dealt with.
    let mut written = 0;
    let (mut done, mut done_bytes) = (0, 0);
    let drafts = parts.iter().flat_map(|part| part.drafts.iter().enumerate().map(move |(i, draft)| (part, i, draft)));
    for (part, i, draft) in drafts {
        if i == 0 {
            (done, done_bytes) = (0, part.start);
        }
        let chars = &part.chars;
        let bytes_of = |from: usize, to: usize| -> usize { chars[from..to].iter().map(|c| c.len_utf8()).sum() };
        let draft = draft.clone();
        let start = done_bytes + bytes_of(done, draft.from);
        let end = start + bytes_of(draft.from, draft.to);
        out.push_str(&text[written..start]);
        let out_start = out.len();
        out.push_str(&draft.text);
        let losses = draft.losses.into_iter().map(|l| {
            let source_start = start + bytes_of(draft.from, l.from.max(draft.from));
            let source_end = source_start + bytes_of(l.from.max(draft.from), l.to.max(l.from));
            let output = out_start + l.at..out_start + l.at + l.restored.len();
            let observed = text[source_start..source_end].to_owned();
            let missing = if l.kind == LossKind::BeyondRepair { beyond::missing(&l.restored) } else { 0 };
            Loss {
                kind: l.kind,
                source: source_start..source_end,
                output,
                observed,
                restored: l.restored,
                alternatives: l.alternatives,
                missing,
            }
        });
        spans.push(SpanRepair {
            source: start..end,
            output: out_start..out.len(),
            losses: losses.collect(),
            chain: draft.chain,
            before: draft.before,
            after: draft.after,
            confidence: draft.confidence,
        });
        confidence *= draft.confidence;
        (done, done_bytes, written) = (draft.to, end, end);
    }
    out.push_str(&text[written..]);
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

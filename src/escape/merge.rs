//! What was unescaped and what the ordinary repair makes of it, as one report.

use std::borrow::Cow;
use std::ops::Range;

use super::{Options, Piece};
use crate::chain::Chain;
use crate::repair::{Loss, Repair, SpanRepair, Verdict};

/// The report for `text` with the pieces, which are in text order.
pub(super) fn report<'a>(text: &'a str, pieces: Vec<Piece>, options: &Options<'_>) -> Repair<'a> {
    let places = Places::new(text, &pieces);
    let repair = (options.repair)(&places.unescaped);
    let mut parts: Vec<Part> = Vec::new();
    for span in repair.spans() {
        let source = places.source(span.source.start)..places.source(span.source.end);
        let Some(chain) = places.chain(span, repair.text()) else { continue };
        let output = &repair.text()[span.output.clone()];
        let is_joint = chain.steps().len() > span.chain.steps().len();
        // What was lost cannot be replayed; nor can what is lost be told from what was escaped.
        if is_joint && chain.undo(&text[source.clone()]).as_deref() != Ok(output) {
            continue;
        }
        let losses = span.losses.iter().map(|loss| {
            let source = places.source(loss.source.start)..places.source(loss.source.end);
            let output = loss.output.start - span.output.start..loss.output.end - span.output.start;
            Loss { observed: text[source.clone()].to_owned(), source, output, ..loss.clone() }
        });
        let losses = losses.collect();
        let (before, after, confidence) = (span.before, span.after, span.confidence);
        parts.push(Part { source, text: output.to_owned(), chain, losses, before, after, confidence });
    }
    let mut all = Vec::with_capacity(parts.len() + pieces.len());
    let mut repaired = parts.into_iter().peekable();
    let mut done = 0;
    for piece in pieces {
        let mut start = piece.source.start.max(done);
        while let Some(part) = repaired.next_if(|part| part.source.start < piece.source.end) {
            all.extend(piece.part(start..part.source.start));
            start = start.max(part.source.end);
            all.push(part);
        }
        all.extend(piece.part(start..piece.source.end));
        done = start;
    }
    all.extend(repaired);
    all.sort_by_key(|part| part.source.start);
    assemble(text, all)
}

/// A span of the report that has no place in the output yet; losses count from the span's beginning there.
struct Part {
    source: Range<usize>,
    text: String,
    chain: Chain,
    losses: Vec<Loss>,
    before: f64,
    after: f64,
    confidence: f64,
}

impl Piece {
    /// The part of the piece over a part of its source, if anything is undone there.
    fn part(&self, source: Range<usize>) -> Option<Part> {
        if source.start >= source.end {
            return None;
        }
        let place = |at: usize| {
            let next = self.starts.partition_point(|s| s.1 < at);
            if at >= self.source.end { self.text.len() } else { self.starts.get(next).map_or(self.text.len(), |s| s.0) }
        };
        let text = &self.text[place(source.start)..place(source.end)];
        let share = (source.end - source.start) as f64 / (self.source.end - self.source.start) as f64;
        Some(Part {
            source,
            text: text.to_owned(),
            chain: self.chain.clone(),
            losses: Vec::new(),
            before: self.before * share,
            after: self.after * share,
            confidence: self.confidence,
        })
    }
}

/// The text with its pieces unescaped, and what stands where.
struct Places<'a> {
    unescaped: String,
    pieces: &'a [Piece],
    /// Where each piece stands in the unescaped text.
    at: Vec<Range<usize>>,
}

impl<'a> Places<'a> {
    fn new(text: &str, pieces: &'a [Piece]) -> Self {
        let mut unescaped = String::with_capacity(text.len());
        let mut at = Vec::with_capacity(pieces.len());
        let mut done = 0;
        for piece in pieces {
            unescaped.push_str(&text[done..piece.source.start]);
            let start = unescaped.len();
            unescaped.push_str(&piece.text);
            at.push(start..unescaped.len());
            done = piece.source.end;
        }
        unescaped.push_str(&text[done..]);
        Places { unescaped, pieces, at }
    }

    /// Where a place of the unescaped text was; inside a piece, where the character there begins.
    fn source(&self, place: usize) -> usize {
        let index = self.at.partition_point(|range| range.end <= place);
        match (self.at.get(index), index.checked_sub(1)) {
            (Some(range), _) if range.start < place => {
                let starts = &self.pieces[index].starts;
                let next = starts.partition_point(|s| s.0 < place - range.start);
                starts.get(next).map_or(self.pieces[index].source.end, |s| s.1)
            }
            (_, Some(before)) => self.pieces[before].source.end + (place - self.at[before].end),
            (_, None) => place,
        }
    }

    /// What happened to a span of the unescaped text with the escapes that it contains; nothing if they are of several
    /// kinds. Escapes keep bytes well: what was damaged before is damaged over a whole piece, and nothing was lost inside
    /// or beside it.
    fn chain(&self, span: &SpanRepair, repaired: &str) -> Option<Chain> {
        let first = self.at.partition_point(|range| range.end < span.source.start);
        let touched = self.at[first..].iter().take_while(|range| range.start <= span.source.end).count();
        let (ranges, pieces) = (&self.at[first..first + touched], &self.pieces[first..first + touched]);
        let Some((one, others)) = pieces.split_first() else { return Some(span.chain.clone()) };
        let is_covered = |range: &Range<usize>| {
            let inside = range.start.max(span.source.start)..range.end.min(span.source.end);
            self.unescaped[range.start..inside.start.max(range.start)].is_ascii()
                && self.unescaped[inside.end.max(range.start)..range.end].is_ascii()
        };
        let is_whole = ranges.iter().all(is_covered) && others.iter().all(|piece| piece.chain == one.chain);
        let is_sound = span.losses.is_empty() && !repaired[span.output.clone()].is_empty();
        (is_whole && is_sound).then(|| Chain::new(span.chain.steps().iter().chain(one.chain.steps()).copied()))
    }
}

fn assemble(text: &str, parts: Vec<Part>) -> Repair<'_> {
    let mut out = String::with_capacity(text.len());
    let mut spans = Vec::with_capacity(parts.len());
    let mut confidence = 1.0;
    let mut done = 0;
    for part in parts {
        let Part { source, text: new, chain, mut losses, before, after, confidence: one } = part;
        out.push_str(&text[done..source.start]);
        let start = out.len();
        out.push_str(&new);
        for loss in &mut losses {
            loss.output = loss.output.start + start..loss.output.end + start;
        }
        done = source.end;
        confidence *= one;
        spans.push(SpanRepair { source, output: start..out.len(), chain, losses, before, after, confidence: one });
    }
    out.push_str(&text[done..]);
    if out == text {
        return Repair::clean(text);
    }
    Repair {
        text: Cow::Owned(out),
        source: Some(Cow::Borrowed(text)),
        verdict: Verdict::Repaired,
        spans,
        confidence,
        encoding: None,
        simplified: 0,
    }
}

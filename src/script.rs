//! Undoes a publisher's conversion to traditional characters, on request.
//!
//! Such conversions go character by character and so does this: each character becomes the form that simplified text
//! writes, as the model knows it. Lines of simplified text, Japanese and Korean stay as they are, so does what is beyond repair.

use std::borrow::Cow;
use std::ops::Range;

use crate::Model;
use crate::lattice::is_han;
use crate::model::Leaning;
use crate::repair::Repair;

/// More than one kana or Hangul for so many ideographs is Japanese or Korean; one alone is an ornament (の).
const FOREIGN_SHARE: usize = 10;

/// What speaks for a script in a piece of text.
#[derive(Clone, Copy, Debug, Default)]
struct Evidence {
    traditional: usize,
    simplified: usize,
    han: usize,
    foreign: usize,
}

impl Evidence {
    fn of(model: &Model, text: &str) -> Evidence {
        let mut e = Evidence::default();
        for c in text.chars() {
            if is_han(c) {
                e.han += 1;
                match model.leaning(c) {
                    Leaning::Traditional => e.traditional += 1,
                    Leaning::Simplified => e.simplified += 1,
                    Leaning::Neither => {}
                }
            } else if matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{ac00}'..='\u{d7a3}') {
                e.foreign += 1;
            }
        }
        e
    }

    fn is_foreign(self) -> bool {
        self.foreign > 1 && self.foreign * FOREIGN_SHARE > self.han
    }

    /// Whether a line with this evidence is to be converted, in a page with that of `page`.
    fn is_traditional(self, page: Evidence) -> bool {
        !self.is_foreign()
            && (self.traditional > self.simplified
                || (self.traditional == self.simplified && page.traditional > page.simplified))
    }
}

/// The lines of a text with the bytes they take.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some(start..*at)
    })
}

/// Converts the repaired text, and moves the report along.
pub(crate) fn simplify(model: &Model, repair: &mut Repair<'_>) {
    let text = repair.text();
    let evidence: Vec<Evidence> = lines(text).map(|line| Evidence::of(model, &text[line])).collect();
    let mut page = Evidence::default();
    for e in evidence.iter().filter(|e| !e.is_foreign()) {
        page.traditional += e.traditional;
        page.simplified += e.simplified;
    }
    let source = repair.source_text();
    let mut fixed =
        repair.spans().iter().filter(|s| source.get(s.source.clone()) == text.get(s.output.clone())).peekable();
    let mut out = String::with_capacity(text.len());
    let mut converted: Vec<Range<usize>> = Vec::new();
    // Where the bytes of the text and of `out` begin to differ otherwise than before: offset in the text, then in `out`.
    let mut shifts: Vec<(usize, usize)> = vec![(0, 0)];
    let mut count = 0;
    for (line, e) in lines(text).zip(evidence) {
        if !e.is_traditional(page) {
            out.push_str(&text[line]);
            continue;
        }
        converted.push(line.clone());
        for (offset, c) in text[line.clone()].char_indices() {
            let at = line.start + offset;
            while fixed.next_if(|s| s.output.end <= at).is_some() {}
            let simple = if fixed.peek().is_some_and(|s| s.output.start <= at) { c } else { model.simplified(c) };
            out.push(simple);
            count += usize::from(simple != c);
            if simple.len_utf8() != c.len_utf8() {
                shifts.push((at + c.len_utf8(), out.len()));
            }
        }
    }
    if count == 0 {
        return;
    }
    let moved = |offset: usize| {
        let shift = shifts[shifts.partition_point(|s| s.0 <= offset) - 1];
        shift.1 + (offset - shift.0)
    };
    let in_converted = |offset: usize| {
        let next = converted.partition_point(|line| line.end <= offset);
        converted.get(next).is_some_and(|line| line.start <= offset)
    };
    let mut spans = repair.spans.clone();
    for span in &mut spans {
        for loss in &mut span.losses {
            if in_converted(loss.output.start) {
                for (other, _) in &mut loss.alternatives {
                    *other = other.chars().map(|c| model.simplified(c)).collect();
                }
            }
            loss.output = moved(loss.output.start)..moved(loss.output.end);
            loss.restored = out.get(loss.output.clone()).unwrap_or_default().to_owned();
            let restored = &loss.restored;
            loss.alternatives.retain(|(other, _)| other != restored);
        }
        span.output = moved(span.output.start)..moved(span.output.end);
    }
    repair.spans = spans;
    repair.simplified = count;
    let old = std::mem::replace(&mut repair.text, Cow::Owned(out));
    repair.source.get_or_insert(old);
}

#[cfg(test)]
mod tests;

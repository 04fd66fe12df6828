//! Long texts that one chain explains and that lost nothing: the chain is found on a sample, and everything is undone by
//! encoders and decoders alone.
//!
//! The text is taken in chunks that end with lines. A chunk is undone if every byte of it can be, and if what comes of it
//! looks like fine text where it did not before, judged by frequencies ([`fast`]). All other chunks are left to the search,
//! as if there were no such thing as this file.

use std::ops::Range;

use crate::chain::Chain;
use crate::codec::Encoding;
use crate::detect;
use crate::fast;
use crate::model::Model;
use crate::patience::Patience;
use crate::search::{self, Options};
use crate::select::{self, Draft};

/// Shorter texts are searched as a whole.
pub(crate) const LEAST: usize = 8 << 10;
/// Bytes from the first unusual place on in which the chain is looked for.
const SAMPLE: usize = 4000;
/// Chunks end with the first line end after so many bytes.
const CHUNK: usize = 64 << 10;
/// Chains that are tried, the most promising ones.
const CHAINS: usize = 2;
/// One part of so many of a chunk is judged by frequencies, its beginning, if anything is unusual there.
const JUDGED: usize = 8;
/// A chunk has at least so many unusual places for each that is left when it is undone.
const FEWER: usize = 4;

/// A chain, and what it promises.
struct Finding {
    chain: Chain,
    /// Score of the sample as it stands and when it is undone, for each of its bytes.
    before: f64,
    after: f64,
    confidence: f64,
}

/// What one chain explains of a text, in bytes of the text, and the chunks that it does not explain. Nothing if there is no
/// such chain that is at least as sure as `least`.
pub(crate) fn repair(
    model: &Model,
    text: &str,
    limit: i32,
    options: &Options<'_>,
    least: f64,
    patience: &mut Patience,
) -> Option<(Vec<Draft>, Vec<Range<usize>>)> {
    let first = fast::first(model, text, limit)?;
    let sample = chunk_at(text, first);
    let findings = findings(model, text, first, options, patience);
    let finding = findings.into_iter().find(|finding| {
        finding.confidence >= least
            && search::sisters(&finding.chain, options)
                .any(|chain| undo(model, &chain, &text[sample.clone()]).is_some())
    })?;
    let chains: Vec<Chain> = search::sisters(&finding.chain, options).collect();
    // The place in `chains` of the one that explained the last chunk.
    let mut latest = 0;
    let (mut drafts, mut left): (Vec<Draft>, Vec<Range<usize>>) = Default::default();
    let mut at = 0;
    while at < text.len() {
        let range = at..chunk_end(text, at);
        at = range.end;
        let piece = &text[range.clone()];
        if piece.is_ascii() {
            continue;
        }
        let mut order = std::iter::once(latest).chain((0..chains.len()).filter(|&other| other != latest));
        let found = order.find_map(|i| Some((i, undo(model, &chains[i], piece)?)));
        let Some((i, undone)) = found else {
            left.push(range);
            continue;
        };
        match drafts.last_mut() {
            Some(last) if last.to == range.start && i == latest => {
                last.text.push_str(&undone);
                last.to = range.end;
            }
            _ => drafts.push(finding.draft(chains[i].clone(), range, undone)),
        }
        latest = i;
    }
    for draft in &mut drafts {
        finding.rate(draft);
        trim(draft, text);
    }
    Some((drafts, left))
}

/// The chunk that an unusual place is in.
fn chunk_at(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |line_end| line_end + 1);
    start..chunk_end(text, start)
}

/// The end of the chunk that starts at `start`.
fn chunk_end(text: &str, start: usize) -> usize {
    let least = text.len().min(start + CHUNK);
    text.as_bytes()[least..].iter().position(|&b| b == b'\n').map_or(text.len(), |length| least + length + 1)
}

/// The chains that may explain the text from an unusual place on, the most promising first.
fn findings(model: &Model, text: &str, from: usize, options: &Options<'_>, patience: &mut Patience) -> Vec<Finding> {
    let from = fast::boundary(text, from.saturating_sub(fast::AROUND));
    let to = fast::boundary(text, from + SAMPLE);
    let chars: Vec<char> = text[from..to].chars().collect();
    let costs = detect::costs(model, &text[..from], &chars);
    let suspects = detect::suspects(&chars, &costs.scores, &[]);
    let Some(range) = suspects.into_iter().max_by_key(|range| range.len()) else { return Vec::new() };
    let (stretch, scores) = (&chars[range.clone()], &costs.scores[range]);
    let hottest = search::sample(stretch, scores);
    let bytes: usize = stretch[hottest.clone()].iter().map(|c| c.len_utf8()).sum();
    let before = f64::from(scores[hottest].iter().sum::<f32>()) / bytes.max(1) as f64;
    let trials = patience.trials(model, stretch, scores, options);
    let sure = trials.into_iter().take(CHAINS).filter(select::is_sure);
    sure.map(|trial| Finding {
        before,
        after: before + f64::from(trial.gain) / bytes.max(1) as f64,
        confidence: select::confidence(&trial),
        chain: trial.chain,
    })
    .collect()
}

impl Finding {
    fn draft(&self, chain: Chain, range: Range<usize>, text: String) -> Draft {
        Draft {
            from: range.start,
            to: range.end,
            text,
            chain,
            losses: Vec::new(),
            before: 0.0,
            after: 0.0,
            confidence: self.confidence,
        }
    }

    /// What the model says of the sample is taken for the whole.
    fn rate(&self, draft: &mut Draft) {
        let bytes = (draft.to - draft.from) as f64;
        (draft.before, draft.after) = (self.before * bytes, self.after * bytes);
    }
}

/// The chunk undone, where nothing speaks against it.
fn undo(model: &Model, chain: &Chain, chunk: &str) -> Option<String> {
    // Where a character has several byte forms the model must choose, and U+FFFD is beyond repair.
    let (written, read) = (chain.steps().first()?.encodings()?.written, chain.last_reader()?);
    let has_choice = |c: char| !c.is_ascii() && read.forms(c).len() > 1;
    if read != Encoding::Gbk && read.has_duplicates() && chunk.chars().any(has_choice) {
        return None;
    }
    let undone = chain.undo_usual(chunk)?;
    let is_lost = |text: &str| text.contains(char::REPLACEMENT_CHARACTER);
    if undone == chunk || is_lost(&undone) || is_lost(chunk) {
        return None;
    }
    // Any letters are letters of another page; of pairs and more, that all of them could be undone says most.
    let shares = if written.is_single_byte() { [1, 1] } else { [JUDGED, 1] };
    let looks_better = shares.into_iter().find_map(|share| {
        let unusual = |text: &str| fast::count(model, &text[..fast::boundary(text, text.len() / share)]);
        let before = unusual(chunk);
        (before > 0).then(|| unusual(&undone) * FEWER <= before)
    });
    (looks_better == Some(true)).then_some(undone)
}

/// Takes away what is the same at both ends.
fn trim(draft: &mut Draft, text: &str) {
    let observed = &text[draft.from..draft.to];
    let same = |pair: &(u8, u8)| pair.0 == pair.1;
    let mut head = observed.bytes().zip(draft.text.bytes()).take_while(same).count();
    while !(observed.is_char_boundary(head) && draft.text.is_char_boundary(head)) {
        head -= 1;
    }
    let most = observed.len().min(draft.text.len()) - head;
    let mut tail = observed.bytes().rev().zip(draft.text.bytes().rev()).take(most).take_while(same).count();
    let (from, to) = (observed.len(), draft.text.len());
    while !(observed.is_char_boundary(from - tail) && draft.text.is_char_boundary(to - tail)) {
        tail -= 1;
    }
    draft.text.truncate(to - tail);
    draft.text.drain(..head);
    (draft.from, draft.to) = (draft.from + head, draft.to - tail);
}

#[cfg(test)]
mod tests {
    use crate::fix_and_explain;

    #[test]
    fn a_long_text_is_one_span_and_a_chunk_that_differs_is_left_alone() {
        let line = "会议由副主任主持，各部门汇报了上半年的工作情况。\n";
        let chain: crate::Chain = "utf-8 as windows-1252".parse().expect("a chain");
        let damaged = chain.apply(&line.repeat(2000)).expect("nothing is lost");
        let repair = fix_and_explain(&damaged);
        assert_eq!(repair.text(), line.repeat(2000));
        assert_eq!(repair.spans().len(), 1);
        assert_eq!(repair.spans()[0].chain, chain);
        assert!(repair.spans()[0].after > repair.spans()[0].before);
        // Fine lines between, a chunk of them.
        let mixed = format!("{damaged}{}{damaged}", line.repeat(4000));
        assert_eq!(fix_and_explain(&mixed).text(), line.repeat(8000));
    }
}

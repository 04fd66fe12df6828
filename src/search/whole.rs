//! Undoing the whole of a text by a chain that lost nothing.

use super::readings::MALFORMED;
use super::{Options, PART_OF_IT, Trial, gain, sample, sisters};
use crate::chain::Chain;
use crate::codec::{Encoding, Parse};
use crate::lattice::{is_entity, is_mark};
use crate::model::Model;
use crate::{detect, score};

/// What nothing but sound steps give: the whole of `text` undone by a trial's chain, with its score, where that beats undoing only a
/// part of it. Pages that agree on the sample are one trial; the rest of the text may tell them apart, and names the chain.
pub(crate) fn whole(
    model: &Model,
    trial: &Trial,
    text: &[char],
    costs: &[f32],
    options: &Options<'_>,
) -> Option<(Chain, String, f32)> {
    let is_sampled = sample(text, costs).len() < text.len();
    // A sample may begin and end inside a character.
    if (trial.errors > 0 && !is_sampled) || trial.cased.is_some() || text.contains(&MALFORMED) {
        return None;
    }
    let read = trial.chain.last_reader()?;
    // Line ends are none of what is read as UTF-16.
    if read.is_utf16() && text.iter().any(char::is_ascii_control) {
        return None;
    }
    // A question mark may stand for bytes that were lost, where more follows than the end of what somebody asked: half of a pair, too.
    // Of UTF-8 it would be seen.
    let is_half = |c: char| ('@'..='~').contains(&c);
    let is_inside = |near: &[char]| {
        is_mark(near[1], read)
            && (is_mark(near[2], read) || !near[2].is_ascii() || is_half(near[2]) && !near[0].is_ascii())
    };
    if !trial.chain.is_utf8() && (text.windows(3).any(is_inside) || text.first().is_some_and(|&c| is_mark(c, read))) {
        return None;
    }
    // Where a character has several byte forms the model must choose.
    if read != Encoding::Gbk && read.has_duplicates() && text.iter().any(|&c| read.forms(c).len() > 1) {
        return None;
    }
    let observed: String = text.iter().collect();
    let before: f32 = costs.iter().sum();
    let words_before = by_word(text.iter().copied(), costs);
    let rare = gain::rare(trial.chain.steps()[0].written());
    let pages = if is_sampled { usize::MAX } else { 1 };
    sisters(&trial.chain, options).take(pages).find_map(|chain| {
        let undone = chain.undo(&observed).ok()?;
        let scores = restored(model, &undone, rare);
        // A sign that makes an odd character with what follows may be none of it.
        if undone.chars().zip(&scores).any(|(c, &score)| score < gain::HOT && begins_with_entity(c, &chain)) {
            return None;
        }
        let score: f32 = scores.iter().sum();
        // Of UTF-16 there are no parts, unless something stands beside them.
        let is_of_utf16 = chain.writes_utf16() || read.is_utf16() && !text.iter().any(char::is_ascii);
        let least = if is_of_utf16 { 0.0 } else { trial.gain - PART_OF_IT };
        let is_all = score + trial.prior - before > least;
        (is_all && !leaves_out(&words_before, &by_word(undone.chars(), &scores))).then_some((chain, undone, score))
    })
}

/// Whether a character is a pair of which the reader makes what may be an [entity](is_entity), and something behind it.
fn begins_with_entity(c: char, chain: &Chain) -> bool {
    let [step] = chain.steps() else { return false };
    let Some(step) = step.encodings().filter(|step| step.written != Encoding::Utf8) else { return false };
    match step.written.forms(c).first().map(|form| &**form) {
        Some(&[lead, trail]) => match [lead, trail].map(|byte| step.read.parse(&[byte])) {
            [Parse::Char { c, .. }, Parse::Char { c: next, .. }] => is_entity(&[c, next], 0),
            _ => false,
        },
        _ => false,
    }
}

/// What the model says of each character of a text that was undone.
fn restored(model: &Model, text: &str, rare: f32) -> Vec<f32> {
    let (mut chars, mut before) = (text.chars(), '\n');
    let mut scores = Vec::with_capacity(text.len());
    model.score_text(text.chars(), |s| {
        let c = chars.next().unwrap_or('\n');
        scores.push(detect::restored(s, before, c, rare));
        before = c;
    });
    scores
}

/// What each word comes to: what stands between characters that are the same byte in every encoding.
fn by_word(text: impl Iterator<Item = char>, scores: &[f32]) -> Vec<f32> {
    let mut words = vec![0.0];
    for (c, score) in text.zip(scores) {
        if gain::is_in_step(&c) {
            words.push(0.0);
        } else if let Some(word) = words.last_mut() {
            *word += score;
        }
    }
    words
}

/// Whether words in a row lose more by being undone than it costs to leave them out: they were fine, and bytes of theirs make other
/// characters by chance.
fn leaves_out(before: &[f32], after: &[f32]) -> bool {
    let mut lost = 0.0f32;
    before.len() == after.len()
        && before.iter().zip(after).any(|(before, after)| {
            lost = (lost + before - after).max(0.0);
            lost > -(score::LEAVE + score::ENTER_AGAIN)
        })
}

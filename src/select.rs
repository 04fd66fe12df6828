//! From the best path to repaired spans: what changed, what was lost, how sure it is.

mod alternatives;
mod brackets;
mod certainty;
mod chance;
mod noise;

use std::ops::Range;

use alternatives::{Alternatives, RIGHT_CONTEXT, reconsider};
use certainty::{OF_ONE_CASE, certainty, certainty_of, reads};
use chance::{FEW_BYTES, FEW_LETTERS, LONE_OTHER, are_runs, distinct, is_again_and_again, is_noise, lone};
use noise::Rest;

use crate::lattice::{is_c1, is_mark};
use crate::model::Model;
use crate::repair::LossKind;
use crate::restore::{Event, EventKind, Mode, Path, Restored, Stretch};
use crate::search::{self, Trial};
use crate::{Chain, Encoding, Step, detect, score};

/// A repaired span in characters of the stretch that was searched.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) text: String,
    pub(crate) chain: Chain,
    pub(crate) losses: Vec<DraftLoss>,
    pub(crate) before: f64,
    pub(crate) after: f64,
    pub(crate) confidence: f64,
}

/// A loss in a [`Draft`]: observed characters of the stretch, and bytes of the draft's text.
#[derive(Clone, Debug)]
pub(crate) struct DraftLoss {
    pub(crate) kind: LossKind,
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) at: usize,
    pub(crate) restored: String,
    pub(crate) alternatives: Vec<(String, f64)>,
}

/// What a span must gain for every step but one, in nats: so many chains of several steps are tried that one of them gains
/// a little by chance. The same where bytes were lost and the text ends with the span.
const LEAST_GAIN: f64 = 1.5;
/// Few characters are left as they are unless their repair is likelier right than not: most are marks that somebody typed, or stand
/// beside them, and any few letters of a page are some characters' bytes. Of the 106,505 clean lines (`make_cases.py
/// --clean-lines`) it spares 13, of 67 spans of lossy-shift it costs one that is right.
const LIKELIER: f64 = 0.5;

/// The same where malformed bytes would be a mark otherwise, which is wrong, too: of repairs that are less sure than [`LIKELIER`] and surer than
/// this two in five are right.
const LIKELIER_THAN_A_MARK: f64 = 0.2;
/// A pass that brought a text to one case went over all of it: what is left that asks for an explanation speaks against it so many times
/// over. With 5 damage of five layers in small letters comes out as other damage (`ftfy_cases.jsonl`); with 20 a dozen of 611 texts more
/// stays as it is.
const WORTH_OF_LEFT: f64 = 8.0;

/// The repaired spans of a path through a stretch.
pub(crate) fn drafts(model: &Model, modes: &[Mode], stretch: &Stretch<'_>, mut path: Path) -> Vec<Draft> {
    let alternatives = reconsider(model, stretch.start, &mut path, stretch.at_end);
    let mut out = Vec::new();
    let events = &path.events;
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(enter) = (at..events.len()).find(|&i| events[i].kind == EventKind::Enter) {
        let leave = (enter..events.len()).find(|&i| events[i].kind == EventKind::Leave).unwrap_or(events.len() - 1);
        spans.push(enter..leave);
        at = leave + 1;
    }
    if spans.is_empty() {
        return out;
    }
    let observed = |span: &Range<usize>| events[span.start].from..events[span.end].to;
    let mut rest = None;
    let text = Restored::of(model, &path);
    for span in &spans {
        let mode = &modes[events[span.start].mode as usize - 1];
        let noise = if may_be_noise(&mode.chain) {
            let rest = rest.get_or_insert_with(|| Rest::of(stretch.text, stretch.costs, spans.iter().map(observed)));
            rest.noise(observed(span))
        } else {
            f32::MIN
        };
        let score_before = span.start.checked_sub(1).map_or(0.0, |before| events[before].score);
        let whole = Span { stretch, events, alternatives: &alternatives, mode, noise, text: &text };
        whole.pieces(span.start + 1, span.end, score_before, &mut out);
    }
    if modes.first().is_some_and(|best| best.layers[0].is_cased()) {
        let gain: f64 = out.iter().map(|draft| draft.after - draft.before).sum();
        let (_, left) = search::core(&text.chars, &text.costs);
        if f64::from(left) * WORTH_OF_LEFT > gain {
            out.clear();
        }
    }
    out
}

/// The whole stretch undone by a trial's chain that lost nothing, where that is sure enough, and its [heat](search::core).
pub(crate) fn whole(
    model: &Model,
    trial: &Trial,
    text: &[char],
    scores: &[f32],
    options: &search::Options<'_>,
) -> Option<(Draft, f32)> {
    if !is_sure(trial) {
        return None;
    }
    let (chain, undone, after) = search::whole(model, trial, text, scores, options)?;
    let all = 0..text.len();
    if may_be_noise(&chain) && Rest::of(text, scores, [all.clone()]).noise(all) > after + trial.prior + score::ENTER {
        return None;
    }
    let new: Vec<char> = undone.chars().collect();
    let before = f64::from(scores.iter().sum::<f32>());
    let after = f64::from(after + trial.prior + score::ENTER + score::LEAVE);
    let are_runs = || chain.last_reader().is_some_and(Encoding::is_single_byte) && are_runs(text);
    if !chain.is_utf8() && (is_again_and_again(new.iter().copied(), after - before) || are_runs()) {
        return None;
    }
    // Others may be the same by chance, and half of what the chain reads at once.
    let same = |pair: &(&char, &char)| pair.0 == pair.1 && pair.0.is_ascii();
    let head = text.iter().zip(&new).take_while(same).count();
    let most = text.len().min(new.len()) - head;
    let tail = text.iter().rev().zip(new.iter().rev()).take(most).take_while(same).count();
    let heat = search::core(&new, &detect::costs(model, "", &new).scores).1;
    let draft = Draft {
        from: head,
        to: text.len() - tail,
        text: new[head..new.len() - tail].iter().collect(),
        chain,
        losses: Vec::new(),
        before,
        after,
        confidence: confidence(trial) * reads(heat),
    };
    Some((draft, heat))
}

/// Whether a chain gains so much that no search is needed.
pub(crate) fn is_sure(trial: &Trial) -> bool {
    trial.gain + score::ENTER >= SURE
}

/// How sure it is that a chain explains all of a stretch.
pub(crate) fn confidence(trial: &Trial) -> f64 {
    certainty(f64::from(trial.gain + score::ENTER + score::LEAVE))
}

/// A whole stretch is undone without the lattice search only if its gain over entering a span is at least this, in nats.
const SURE: f32 = 10.0;

/// Whether a chain makes something of noise: any two bytes are an ideograph. That bytes happen to be UTF-8 is unlikely by itself, one letter
/// for another must make words, and where only bytes were lost most of a span is fine.
fn may_be_noise(chain: &Chain) -> bool {
    let makes_ideographs = |step: &Step| {
        step.encodings()
            .is_some_and(|s| s.written != Encoding::Utf8 && !s.written.is_single_byte() && s.written != s.read)
    };
    chain.steps().iter().all(makes_ideographs)
}

/// So few letters of a Latin page that a repair which loses something must be likelier right than not.
const FEW_LATIN: usize = 14;

struct Span<'a> {
    stretch: &'a Stretch<'a>,
    events: &'a [Event],
    alternatives: &'a Alternatives,
    mode: &'a Mode,
    /// Its score as noise, `f32::MIN` where it is none.
    noise: f32,
    text: &'a Restored,
}

impl Span<'_> {
    /// The changed pieces of the events `from..to` (between entering and leaving).
    fn pieces(&self, from: usize, to: usize, score_before: f32, out: &mut Vec<Draft>) {
        let shifted = self.mode.layers[0].is_shift();
        // As in `whole`.
        let may_stay = |c: char| shifted || c.is_ascii();
        let is_same = |e: &Event| self.stays(e) && may_stay(self.stretch.text[e.from]);
        let changed: Vec<usize> = (from..to).filter(|&i| !is_same(&self.events[i])).collect();
        let Some((&first, &last)) = changed.first().zip(changed.last()) else { return };
        // Where only bytes were lost, what stands in step is not damaged; other chains explain all that they cover.
        let mut runs: Vec<(usize, usize)> = Vec::new();
        if shifted {
            for &i in &changed {
                match runs.last_mut() {
                    Some(run) if run.1 == i => run.1 = i + 1,
                    _ => runs.push((i, i + 1)),
                }
            }
        } else {
            runs.push((first, last + 1));
        }
        let gain_right = self.right_gain(to);
        let total_after = self.events[to].score - score_before + gain_right;
        let total_before: f32 = self.scores(self.events[from].from, self.events[to].to);
        let gain = (total_after - total_before) as f64;
        if self.noise > total_after {
            return;
        }
        if self.says_little(from, to, gain) {
            return;
        }
        let further_layers = self.mode.layers.len() - 1;
        if further_layers > 0 && gain < LEAST_GAIN * further_layers as f64 {
            return;
        }
        for (a, b) in runs {
            let text: String = self.events[a..b].iter().filter_map(Event::emitted).collect();
            let run = &self.events[a..b];
            let obs_from = run.iter().map(|e| e.from).min().unwrap_or(0);
            let obs_to = run.iter().map(|e| e.to).max().unwrap_or(obs_from);
            let losses = self.losses(a, b);
            let case = if self.mode.layers[0].is_cased() { OF_ONE_CASE } else { 1.0 };
            let confidence = case * certainty_of(&losses) * certainty(gain.min(f64::from(total_after - self.noise)));
            let least = if self.mode.layers[0].shows_bytes() { LIKELIER_THAN_A_MARK } else { LIKELIER };
            let unlikely = confidence < least && self.is_short(obs_from..obs_to);
            // What goes on in step bears witness that bytes were lost before; at the text's end nothing goes on.
            let unwitnessed = self.stretch.at_end && obs_to == self.stretch.text.len() && gain < LEAST_GAIN;
            let start = if a == from { score_before } else { self.events[a - 1].score };
            let after = self.events[b - 1].score - start;
            let is_noise = !losses.is_empty() && is_noise(&text, after);
            if unlikely || shifted && unwitnessed || is_noise {
                continue;
            }
            let before = self.scores(obs_from, obs_to) as f64;
            out.push(Draft {
                from: obs_from,
                to: obs_to,
                text,
                chain: self.mode.chain.clone(),
                before,
                after: f64::from(after),
                confidence: confidence * reads(self.text.heat(a..b)),
                losses,
            });
        }
    }

    /// Whether a span gains no more than chance may: one character, or one again and again, may fit by chance, and what comes out
    /// as it was says nothing.
    fn says_little(&self, from: usize, to: usize, gain: f64) -> bool {
        if self.mode.layers.iter().any(|l| l.is_shift() || l.shows_bytes()) {
            return false;
        }
        let changed = || self.events[from..to].iter().filter(|e| !self.stays(e));
        let brought = distinct(changed().filter_map(Event::emitted));
        // Marks tell of no bytes.
        let read = self.mode.layers[0].read;
        if changed().all(|e| self.stretch.text[e.from..e.to].iter().all(|&c| is_mark(c, read))) {
            return true;
        }
        // There a capital and a letter or a quotation mark are a letter's bytes.
        let is_cyrillic = |read| matches!(read, Encoding::Windows1251 | Encoding::Koi8R | Encoding::Cp866);
        let single = read.is_single_byte();
        if self.mode.chain.is_utf8() && !self.mode.layers.iter().any(|l| is_cyrillic(l.read)) {
            // A lead byte that lost all that follows it is a letter of half of Europe.
            let is_letter = |e: &Event| single && e.to - e.from == 1 && e.loss.is_some();
            // A letter that stands elsewhere, too, is one of the text's.
            let lead = changed().next().map(|e| self.stretch.text[e.from]);
            let mut around =
                self.stretch.text[..self.events[from].from].iter().chain(&self.stretch.text[self.events[to].to..]);
            let least = changed().filter_map(Event::emitted).map(lone).fold(f64::MAX, f64::min);
            let mut is_chance = || gain < least || gain < LONE_OTHER && around.any(|c| Some(*c) == lead);
            return brought < 2 && is_chance() || changed().all(is_letter);
        }
        // What is written in pairs was meant for ideographs, kana or Hangul; letters of Europe are in its tables, too.
        let in_pairs = !self.mode.innermost().written.is_single_byte();
        if in_pairs
            && brought < FEW_BYTES
            && gain < FEW_LETTERS
            && changed().filter_map(Event::emitted).all(|c| c < '\u{2e80}')
        {
            return true;
        }
        // Of controls there are none in fine text.
        if changed().all(|e| self.stretch.text[e.from..e.to].iter().all(|&c| is_c1(c))) {
            return false;
        }
        let observed = distinct(changed().flat_map(|e| self.stretch.text[e.from..e.to].iter().copied()));
        let all_observed = &self.stretch.text[self.events[from].from..self.events[to].to];
        is_again_and_again(changed().filter_map(Event::emitted), gain)
            || single && (observed < FEW_BYTES && gain < LONE_OTHER || are_runs(all_observed))
    }

    /// Whether so little was observed that a repair must be likelier right than not.
    fn is_short(&self, observed: Range<usize>) -> bool {
        let outer = &self.mode.layers[0];
        let chars = || self.stretch.text[observed.clone()].iter().copied();
        match outer.read.is_single_byte() {
            _ if outer.is_shift() => observed.len() < 2,
            _ if outer.shows_bytes() => true,
            false => distinct(chars()) < 2,
            true if self.mode.chain.is_utf8() => distinct(chars()) < FEW_BYTES,
            true => chars().filter(|c| !c.is_ascii()).count() < FEW_LATIN,
        }
    }

    /// Whether a character came out as it was.
    fn stays(&self, e: &Event) -> bool {
        e.to == e.from + 1 && e.loss.is_none() && e.kind == EventKind::Emit(self.stretch.text[e.from])
    }

    fn scores(&self, from: usize, to: usize) -> f32 {
        self.scores_of(from..to.max(from)).iter().sum()
    }

    fn scores_of(&self, observed: Range<usize>) -> &[f32] {
        &self.stretch.costs[observed]
    }

    /// What the characters after the span gain by its repair.
    fn right_gain(&self, leave: usize) -> f32 {
        let mut gain = 0.0;
        let mut score = self.events[leave].score;
        for e in self.events[leave + 1..].iter().take(RIGHT_CONTEXT) {
            if e.mode != 0 || !matches!(e.kind, EventKind::Emit(_)) {
                break;
            }
            gain += e.score - score - self.scores(e.from, e.to);
            score = e.score;
        }
        gain
    }

    fn losses(&self, a: usize, b: usize) -> Vec<DraftLoss> {
        let mut out = Vec::new();
        let mut at = 0;
        for i in a..b {
            let e = &self.events[i];
            match e.kind {
                EventKind::Emit(c) => {
                    if let Some(kind) = e.loss {
                        let alternatives = self.alternatives.beside(i, c);
                        out.push(DraftLoss { kind, from: e.from, to: e.to, at, restored: c.to_string(), alternatives });
                    }
                    at += c.len_utf8();
                }
                EventKind::Removed => {
                    let loss = DraftLoss {
                        kind: LossKind::Inserted,
                        from: e.from,
                        to: e.to,
                        at,
                        restored: String::new(),
                        alternatives: Vec::new(),
                    };
                    out.push(loss);
                }
                EventKind::Enter | EventKind::Leave => {}
            }
        }
        out
    }
}

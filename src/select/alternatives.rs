//! What else may stand where bytes left a choice, by what comes before and after it.

use super::brackets::Open;
use crate::model::{Context, Model};
use crate::restore::{Event, EventKind, LEFT_CONTEXT, Path, context_after};
use crate::score;

/// Characters after a restored one that judge it.
pub(super) const RIGHT_CONTEXT: usize = 3;
/// Alternatives less likely than this are not listed.
const LEAST_PROBABILITY: f64 = 0.01;
/// A choice may depend on the next one: the second sweep sees both.
const SWEEPS: usize = 2;

/// For each event of a path that chose among several characters, what each of them comes to together with those after it, in nats.
pub(super) struct Alternatives(Vec<Vec<(char, f32)>>);

impl Alternatives {
    /// What else could have stood where event `i` restored `chosen`, with its probability, the likeliest first.
    pub(super) fn beside(&self, i: usize, chosen: char) -> Vec<(String, f64)> {
        let totals = &self.0[i];
        let most = totals.iter().map(|t| t.1).fold(f32::MIN, f32::max);
        let sum: f64 = totals.iter().map(|t| f64::from(t.1 - most).exp()).sum();
        let others = totals.iter().filter(|t| t.0 != chosen);
        let mut out: Vec<(String, f64)> = others
            .map(|t| (t.0.to_string(), f64::from(t.1 - most).exp() / sum))
            .filter(|t| t.1 >= LEAST_PROBABILITY)
            .collect();
        out.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        out
    }
}

/// Where bytes left a choice, the search kept few characters, by what came before them. With what comes after, another
/// may be likelier.
pub(super) fn reconsider(model: &Model, start: Context, path: &mut Path, at_end: bool) -> Alternatives {
    let mut totals = Totals { model, start, at_end, known: vec![None; path.events.len()] };
    for _ in 0..SWEEPS {
        let (mut gained, mut open) = (0.0, Open::default());
        for i in 0..path.events.len() {
            path.events[i].score += gained;
            let EventKind::Emit(chosen) = path.events[i].kind else { continue };
            let totals_of = totals.of(path, i, open);
            let now = totals_of.iter().find(|t| t.0 == chosen).map(|t| t.1);
            let best = totals_of.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
            if let Some((now, best)) = now.zip(best).filter(|(now, best)| best.1 > *now) {
                path.events[i].kind = EventKind::Emit(best.0);
                path.events[i].score += best.1 - now;
                gained += best.1 - now;
                totals.forget_around(&path.events, i);
            }
            open = path.events[i].emitted().map_or(open, |c| open.after(c));
        }
    }
    let mut open = Open::default();
    for i in 0..path.events.len() {
        totals.of(path, i, open);
        open = path.events[i].emitted().map_or(open, |c| open.after(c));
    }
    Alternatives(totals.known.into_iter().map(Option::unwrap_or_default).collect())
}

/// What is known of a path's choices, each of them rated once as long as nothing changes around it.
struct Totals<'a> {
    model: &'a Model,
    /// The model's state before the path.
    start: Context,
    /// Whether the text ends with the path.
    at_end: bool,
    known: Vec<Option<Vec<(char, f32)>>>,
}

impl Totals<'_> {
    /// The score of each choice for event `i` together with the characters after it; nothing where there is no choice.
    fn of(&mut self, path: &Path, i: usize, open: Open) -> &[(char, f32)] {
        let known = self.known[i].take().unwrap_or_else(|| match path.choices(&path.events[i]) {
            [] | [_] => Vec::new(),
            choices => self.rate(&path.events, i, choices, open),
        });
        self.known[i].insert(known)
    }

    fn rate(&self, events: &[Event], i: usize, choices: &[char], open: Open) -> Vec<(char, f32)> {
        let model = self.model;
        let context = context_after(model, self.start, &events[..i]);
        let mut after: Vec<char> = events[i + 1..].iter().filter_map(Event::emitted).take(RIGHT_CONTEXT).collect();
        let ends = self.at_end && after.len() < RIGHT_CONTEXT;
        if ends {
            after.push('\n');
        }
        let runs = choices.iter().flat_map(|&c| std::iter::once((c, true)).chain(after.iter().map(|&c| (c, false))));
        let (length, mut at) = (1 + after.len(), 0);
        let mut totals: Vec<(char, f32)> = choices.iter().map(|&c| (c, open.speaks_for(c))).collect();
        model.score_runs(&context, runs, |nats| {
            let is_end = ends && at % length == after.len();
            totals[at / length].1 += if is_end { nats.max(score::LINE_END) } else { nats };
            at += 1;
        });
        totals
    }

    /// Event `i` has changed: what is known of those that it judges is no longer true.
    fn forget_around(&mut self, events: &[Event], i: usize) {
        let emits = |k: &usize| events[*k].emitted().is_some();
        let before = (0..i).rev().filter(emits).take(RIGHT_CONTEXT);
        let after = (i + 1..events.len()).filter(emits).take(LEFT_CONTEXT);
        for k in before.chain(after) {
            self.known[k] = None;
        }
    }
}

//! Runs the library over cases and judges the answers.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use luanma::Fixer;
use rapidfuzz::distance::levenshtein;

use crate::cases::{Case, Damaged};

/// An answer beside the truth.
#[derive(Clone, Debug, Default)]
pub(crate) struct Judged {
    pub(crate) answer: String,
    pub(crate) changed: bool,
    pub(crate) confidence: f64,
    pub(crate) exact: bool,
    /// Edits from the answer to the truth, in characters.
    pub(crate) distance: usize,
    /// Edits from the damaged text to the truth.
    pub(crate) distance_before: usize,
    /// The library panicked; the case counts as unchanged.
    pub(crate) panicked: bool,
}

/// All judgements, in the order of the cases, and how long the repairs alone took, summed over the threads.
pub(crate) fn run(plain: &Fixer, escapes: &Fixer, cases: &[Case], threads: usize) -> (Vec<Judged>, Duration) {
    let next = AtomicUsize::new(0);
    let workers = thread::scope(|scope| {
        let worker = || {
            let mut mine = Vec::new();
            let mut took = Duration::ZERO;
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(case) = cases.get(index) else { return (mine, took) };
                let fixer = if case.wants_escapes() { escapes } else { plain };
                let (judged, time) = judge(fixer, case);
                mine.push((index, judged));
                took += time;
            }
        };
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        handles.into_iter().filter_map(|handle| handle.join().ok()).collect::<Vec<_>>()
    });
    let mut judged = vec![Judged::default(); cases.len()];
    let mut took = Duration::ZERO;
    for (mine, time) in workers {
        took += time;
        for (index, one) in mine {
            judged[index] = one;
        }
    }
    (judged, took)
}

fn judge(fixer: &Fixer, case: &Case) -> (Judged, Duration) {
    let before = match &case.damaged {
        Damaged::Text(text) => Cow::Borrowed(text.as_str()),
        Damaged::Bytes(bytes) => String::from_utf8_lossy(bytes),
    };
    let start = Instant::now();
    let repair = catch_unwind(AssertUnwindSafe(|| {
        let repair = match &case.damaged {
            Damaged::Text(text) => fixer.fix_and_explain(text),
            Damaged::Bytes(bytes) => fixer.fix_bytes(bytes),
        };
        (repair.is_changed(), repair.confidence(), repair.into_text().into_owned())
    }));
    let took = start.elapsed();
    let panicked = repair.is_err();
    let (changed, confidence, answer) = repair.unwrap_or_else(|_| (false, 0.0, before.clone().into_owned()));
    let judged = Judged {
        exact: answer == case.clean,
        distance: edits(&answer, &case.clean),
        distance_before: edits(&before, &case.clean),
        answer,
        changed,
        confidence,
        panicked,
    };
    (judged, took)
}

fn edits(one: &str, other: &str) -> usize {
    levenshtein::distance(one.chars(), other.chars())
}

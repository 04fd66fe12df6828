//! Tables: how many answers are right, by any property of the cases.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::cases::Case;
use crate::run::Judged;

/// What cases are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum By {
    Class,
    Chain,
    Len,
    Lang,
}

impl By {
    fn key(self, case: &Case) -> String {
        let class = &case.class;
        match self {
            By::Class => class.clone(),
            By::Chain if case.chain.is_empty() => class.clone(),
            By::Chain => format!("{class}: {}", case.chain),
            By::Len => format!("{class}, {:>3} chars", length_class(case.len)),
            By::Lang => format!("{class}, {}", case.lang),
        }
    }
}

/// The lengths that cases are usually made in; a text counts with the next of them.
pub(crate) const LENGTHS: [usize; 6] = [4, 8, 16, 40, 120, 400];

/// The class of lengths that a text belongs to.
pub(crate) fn length_class(len: usize) -> usize {
    LENGTHS.into_iter().find(|&class| len <= class).unwrap_or(LENGTHS[LENGTHS.len() - 1])
}

/// Sums over a group of cases.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) cases: usize,
    pub(crate) exact: usize,
    chars: usize,
    errors: usize,
    errors_before: usize,
    harmed: usize,
    worse: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, case: &Case, judged: &Judged) {
        let chars = case.clean.chars().count();
        self.cases += 1;
        self.exact += usize::from(judged.exact);
        self.chars += chars;
        // Beyond its own length a text cannot get any worse.
        self.errors += judged.distance.min(chars);
        self.errors_before += judged.distance_before.min(chars);
        self.harmed += usize::from(case.is_clean() && !judged.exact);
        self.worse += usize::from(judged.distance > judged.distance_before);
    }

    pub(crate) fn exact_rate(&self) -> f64 {
        rate(self.exact, self.cases)
    }
}

/// A share, 0 of nothing.
pub(crate) fn rate(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// A table, and a few failures of each group below it.
pub(crate) fn table(by: By, cases: &[Case], judged: &[Judged], failures: usize) -> String {
    let mut groups: BTreeMap<String, Tally> = BTreeMap::new();
    let mut total = Tally::default();
    let mut failed: BTreeMap<String, Vec<(&Case, &Judged)>> = BTreeMap::new();
    for (case, judged) in cases.iter().zip(judged) {
        let key = by.key(case);
        total.add(case, judged);
        groups.entry(key.clone()).or_default().add(case, judged);
        let failed = failed.entry(key).or_default();
        if !judged.exact && failed.len() < failures {
            failed.push((case, judged));
        }
    }
    let width = groups.keys().map(|key| key.chars().count()).max().unwrap_or(0).max("all".len());
    let mut out = format!("{:width$}  cases   exact     cer  before  harmed   worse\n", "");
    for (key, tally) in groups.iter().map(|(key, tally)| (key.as_str(), tally)).chain([("all", &total)]) {
        let percent = |part, whole| rate(part, whole) * 100.0;
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "{key:width$} {:6} {:6.2}% {:6.2}% {:6.2}% {:6.2}% {:6.2}%",
            tally.cases,
            percent(tally.exact, tally.cases),
            percent(tally.errors, tally.chars),
            percent(tally.errors_before, tally.chars),
            percent(tally.harmed, tally.cases),
            percent(tally.worse, tally.cases),
        );
    }
    for (key, failed) in failed {
        for (case, judged) in failed {
            let _ = writeln!(
                out,
                "  {key} ({})\n    want {:?}\n    from {:?}\n    got  {:?} ({:.3})",
                case.chain,
                start(&case.clean),
                case.damaged,
                start(&judged.answer),
                judged.confidence
            );
        }
    }
    out
}

/// Enough of a text to see what is wrong.
fn start(text: &str) -> String {
    text.chars().take(100).collect()
}

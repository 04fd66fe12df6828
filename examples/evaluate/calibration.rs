//! Whether confidence means what it says: of the answers given with 0.9, nine in ten should be right.

use std::fmt::Write;

use crate::run::Judged;
use crate::tables::rate;

/// As many as the usual reliability diagram has.
const BINS: usize = 10;
/// A bin with fewer answers says little; the gap of one is then within what chance does (three standard errors at 0.5).
const FEW: usize = 30;

/// Answers of about the same confidence.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bin {
    pub(crate) answers: usize,
    right: usize,
    confidence: f64,
}

impl Bin {
    /// The mean of what was claimed.
    pub(crate) fn claimed(&self) -> f64 {
        self.confidence / self.answers.max(1) as f64
    }

    /// How many were right in truth.
    pub(crate) fn true_rate(&self) -> f64 {
        rate(self.right, self.answers)
    }

    fn gap(&self) -> f64 {
        self.true_rate() - self.claimed()
    }
}

/// Confidence against truth.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calibration {
    pub(crate) bins: [Bin; BINS],
}

impl Calibration {
    /// Of all answers that changed the text; the others claim nothing.
    pub(crate) fn of(judged: &[Judged]) -> Self {
        let mut calibration = Calibration::default();
        for judged in judged.iter().filter(|judged| judged.changed) {
            let at = (judged.confidence * BINS as f64).clamp(0.0, (BINS - 1) as f64) as usize;
            let bin = &mut calibration.bins[at];
            bin.answers += 1;
            bin.right += usize::from(judged.exact);
            bin.confidence += judged.confidence;
        }
        calibration
    }

    pub(crate) fn table(&self) -> String {
        let mut out = String::from("confidence  answers  claimed    true     gap\n");
        for (at, bin) in self.bins.iter().enumerate() {
            let from = at as f64 / BINS as f64;
            // Writing to a string does not fail.
            let _ = match bin.answers {
                0 => writeln!(out, "{from:.1} .. {:.1}        0", from + 1.0 / BINS as f64),
                _ => writeln!(
                    out,
                    "{from:.1} .. {:.1} {:8} {:7.1}% {:6.1}% {:+6.1}%",
                    from + 1.0 / BINS as f64,
                    bin.answers,
                    bin.claimed() * 100.0,
                    bin.true_rate() * 100.0,
                    bin.gap() * 100.0
                ),
            };
        }
        let largest =
            self.bins.iter().filter(|bin| bin.answers >= FEW).max_by(|a, b| a.gap().abs().total_cmp(&b.gap().abs()));
        let answers: usize = self.bins.iter().map(|bin| bin.answers).sum();
        let mean =
            self.bins.iter().map(|bin| bin.gap().abs() * bin.answers as f64).sum::<f64>() / answers.max(1) as f64;
        let _ = match largest {
            Some(bin) => writeln!(
                out,
                "largest gap {:+.1}% at {:.2} (bins of {FEW} answers or more); mean gap {:.1}%",
                bin.gap() * 100.0,
                bin.claimed(),
                mean * 100.0
            ),
            None => writeln!(out, "fewer than {FEW} changed answers in each bin: no gap to tell"),
        };
        out
    }
}

//! How sure a repair is.

use super::DraftLoss;
use crate::repair::LossKind;

/// Gain in nats at which a span is as likely right as wrong, and how fast that changes: what is reported at all gains far more
/// mostly, so that the table of `examples/evaluate` hardly depends on it.
const GAIN_MIDDLE: f64 = 1.0;
const GAIN_SCALE: f64 = 2.5;

/// How sure it is that all that a span lost is restored as it was. The model is surer of itself than it should be (the exponent), a
/// character that is taken for lost may be none (the factors), and what was lost may be another thing than the search took it
/// for (once a span). The numbers were fitted to which of 9,989 damaged texts (`make_cases.py --seed 9 --per-class 16`) came back right: no
/// tenth of the scale is off by more than 6 %. `examples/evaluate` prints the table.
pub(super) fn certainty_of(losses: &[DraftLoss]) -> f64 {
    const TEMPER: f64 = 1.3;
    const FOLDED: f64 = 0.985;
    const VANISHED: f64 = 0.985;
    const GUESSED: f64 = 0.9;
    let is_guess = |loss: &DraftLoss| matches!(loss.kind, LossKind::Mark | LossKind::Vanished);
    let guessed = if losses.iter().any(is_guess) { GUESSED } else { 1.0 };
    let one = |loss: &DraftLoss| {
        let others: f64 = loss.alternatives.iter().map(|a| a.1).sum();
        let kind = match loss.kind {
            LossKind::Folded => FOLDED,
            LossKind::Vanished => VANISHED,
            _ => 1.0,
        };
        kind * (1.0 - others).max(0.0).powf(TEMPER)
    };
    guessed * losses.iter().map(one).product::<f64>()
}

/// How sure it is that there was damage at all, by what undoing it gains in nats.
pub(super) fn certainty(gain: f64) -> f64 {
    1.0 / (1.0 + (-(gain - GAIN_MIDDLE) / GAIN_SCALE).exp())
}

//! The report: what was found, where, how it came about, and how sure that is.

use std::borrow::Cow;
use std::ops::Range;

use crate::{Chain, Encoding};

/// What became of a text as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Verdict {
    /// Nothing suggests damage.
    Clean,
    /// At least one span was repaired.
    Repaired,
    /// Damage is plausible, but no explanation is sure enough; nothing was changed.
    Doubtful,
    /// There is damage, but what was lost cannot be told from what is left; nothing was changed.
    BeyondRepair,
}

/// What kind of thing was lost on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum LossKind {
    /// A mark (`?`, U+FFFD, `・`) stands where bytes could not be decoded.
    Mark,
    /// Bytes are gone and left no trace.
    Vanished,
    /// Text that is no part of the original was inserted, and is removed.
    Inserted,
    /// A later pass changed the form of a character: its width, a no-break space, a compatibility form.
    Folded,
    /// What is damaged cannot be restored and was left as it is.
    BeyondRepair,
}

/// One thing that was lost inside a repaired span, and what was put in its place.
///
/// A restored character is a guess; this says so, and says what else it could have been.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Loss {
    /// What kind of loss.
    pub kind: LossKind,
    /// Where it shows, in bytes of the text that was given; empty where nothing shows.
    pub source: Range<usize>,
    /// Where the restored text stands, in bytes of the repaired text.
    pub output: Range<usize>,
    /// What was observed there.
    pub observed: String,
    /// What was put in its place.
    pub restored: String,
    /// What else was plausible, the likeliest first, with its probability (0 to 1).
    pub alternatives: Vec<(String, f64)>,
}

/// One damaged span and its repair.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SpanRepair {
    /// The span in bytes of the text that was given, on character boundaries.
    pub source: Range<usize>,
    /// The span in bytes of the repaired text, on character boundaries.
    pub output: Range<usize>,
    /// What happened to it.
    pub chain: Chain,
    /// What was lost on the way, in text order.
    pub losses: Vec<Loss>,
    /// Score of the span as it stood, in nats (natural-log likelihood under the model).
    pub before: f64,
    /// Score of the repaired span with the cost of the damage, in nats.
    pub after: f64,
    /// Probability that the span is now exactly what was meant, 0 to 1.
    pub confidence: f64,
}

/// The repaired text and everything that led to it.
///
/// ```
/// let repair = luanma::fix_and_explain("æ˜¥å¤©çš„å¤©ç©º");
/// assert_eq!(repair.text(), "春天的天空");
/// assert_eq!(repair.spans()[0].chain.to_string(), "utf-8 as windows-1252");
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[must_use]
pub struct Repair<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) verdict: Verdict,
    pub(crate) spans: Vec<SpanRepair>,
    pub(crate) confidence: f64,
    pub(crate) encoding: Option<Encoding>,
}

impl<'a> Repair<'a> {
    /// The repaired text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The repaired text; `Borrowed` exactly when nothing was changed.
    pub fn into_text(self) -> Cow<'a, str> {
        self.text
    }

    /// Whether anything was changed.
    pub fn is_changed(&self) -> bool {
        self.verdict == Verdict::Repaired
    }

    /// What became of the text as a whole.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The repaired spans, in text order. Spans that are beyond repair are among them, with their text unchanged.
    pub fn spans(&self) -> &[SpanRepair] {
        &self.spans
    }

    /// Probability that the text is now exactly what was meant, 0 to 1.
    pub fn confidence(&self) -> f64 {
        self.confidence
    }

    /// For [`fix_bytes`](crate::fix_bytes): the encoding that the bytes were read in.
    pub fn encoding(&self) -> Option<Encoding> {
        self.encoding
    }
}

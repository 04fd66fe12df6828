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
    /// At least one span was repaired. Others may be beyond repair.
    Repaired,
    /// Damage is plausible, but no explanation is sure enough, or the options forbid the repair; nothing was changed.
    Doubtful,
    /// There is damage, but what was lost cannot be told from what is left; nothing was changed.
    ///
    /// U+FFFD says so itself, and so does what it becomes when it is read in another encoding (锟斤拷, 嚙踝蕭, ï¿½, пїЅ), and
    /// uninitialised memory (烫烫烫烫 and so on). A single piece of these in quotation marks is taken for a mention.
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
    /// For what is beyond repair: how many bytes of the original are missing at least. Otherwise 0.
    pub missing: usize,
}

/// One damaged span and its repair.
///
/// A span that is beyond repair has its text unchanged, losses of the kind [`LossKind::BeyondRepair`], of its chain the last
/// step at most, and a confidence of 0. A span that was left as it is because damage is doubtful, or because an option
/// says so, has its text unchanged and no losses; its chain and scores are those of the repair that was not done.
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
    /// Score of the span as it stood, in nats (natural-log likelihood under the model). For spans of many kilobytes that lost
    /// nothing it is estimated from a sample, and so is the score of the repaired span.
    pub before: f64,
    /// Score of the repaired span with the cost of the damage, in nats.
    pub after: f64,
    /// Probability that the span is now exactly what was meant, 0 to 1.
    pub confidence: f64,
}

/// The repaired text and everything that led to it.
///
/// ```
/// let repair = luanma::fix_and_explain("æ‰“å¼€çª—æˆ·");
/// assert_eq!(repair.text(), "打开窗户");
/// assert_eq!(repair.spans()[0].chain.to_string(), "utf-8 as windows-1252");
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[must_use]
pub struct Repair<'a> {
    pub(crate) text: Cow<'a, str>,
    /// What was given or read from bytes, where it is not `text`.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) source: Option<Cow<'a, str>>,
    pub(crate) verdict: Verdict,
    pub(crate) spans: Vec<SpanRepair>,
    pub(crate) confidence: f64,
    pub(crate) encoding: Option<Encoding>,
    pub(crate) simplified: usize,
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

    /// The text that [`SpanRepair::source`] and [`Loss::source`] point into: the text that was given, or for
    /// [`fix_bytes`](crate::fix_bytes) what the bytes read in [`encoding`](Repair::encoding), U+FFFD where they were malformed.
    ///
    /// ```
    /// // An UTF-8 file that was once read as windows-1252, here in UTF-16.
    /// let bytes: Vec<u8> = "å¤©æ°”å¾ˆå¥½ã€‚".encode_utf16().flat_map(u16::to_le_bytes).collect();
    /// let bytes = [&[0xFF, 0xFE], &bytes[..]].concat();
    /// let repair = luanma::fix_bytes(&bytes);
    /// assert_eq!(repair.text(), "天气很好。");
    /// assert_eq!(&repair.source_text()[repair.spans()[0].source.clone()], "å¤©æ°”å¾ˆå¥½ã€‚");
    /// ```
    pub fn source_text(&self) -> &str {
        self.source.as_ref().unwrap_or(&self.text)
    }

    /// Whether the text is another than the one that was given; for bytes, than what they read.
    pub fn is_changed(&self) -> bool {
        self.source.is_some()
    }

    /// How many characters were replaced by their simplified forms, for
    /// [`Script::Simplified`](crate::Script::Simplified).
    ///
    /// This is no damage: neither spans nor losses tell of it, and it leaves the verdict and the confidence as they are. The
    /// output of spans and losses is what stands in [`text`](Repair::text) all the same.
    pub fn simplified(&self) -> usize {
        self.simplified
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

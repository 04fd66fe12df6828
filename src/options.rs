//! What a [`Fixer`] can be told.

use crate::{Encoding, Fixer, Model};

/// What to do where a character was lost.
///
/// ```
/// use luanma::{Fixer, LossPolicy};
///
/// // UTF-8 read as GBK; the last character's third byte was undecodable alone.
/// let damaged = "婀栭潰涓婂緢瀹夐潤銆?";
/// let fix = |policy| Fixer::builder().on_loss(policy).build().fix_text(damaged).into_owned();
/// assert_eq!(fix(LossPolicy::Restore), "湖面上很安静。");
/// assert_eq!(fix(LossPolicy::Mark), "湖面上很安静\u{fffd}");
/// assert_eq!(fix(LossPolicy::Leave), damaged);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LossPolicy {
    /// Put the likeliest character in its place.
    #[default]
    Restore,
    /// Put U+FFFD in its place.
    ///
    /// The report has the loss with U+FFFD as what was restored, and first among the alternatives the character that would
    /// have been; the others follow, of which one may be likelier at this place.
    /// The span's confidence remains that of the repair with this character in its place.
    Mark,
    /// Leave spans with losses as they are. Insertions that were removed and forms that were changed back, which are known and
    /// not guessed, do not count.
    ///
    /// The report has such a span with its text unchanged and without losses.
    Leave,
}

/// Which script the repaired text is to be in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Script {
    /// The script that the text is in.
    #[default]
    Keep,
    /// Simplified characters; undoes a publisher's conversion to traditional ones, character by character, in lines that
    /// are traditional. [`Repair::simplified`](crate::Repair::simplified) tells how many characters were converted.
    Simplified,
}

/// What to do with readings that were written after characters, as in 網(wǎng).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Annotations {
    /// Remove them where they were put in byte-wise, over a page.
    #[default]
    Remove,
    /// Leave them.
    Keep,
}

/// Options of a [`Fixer`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct FixerBuilder {
    pub(crate) min_confidence: Option<f64>,
    pub(crate) max_layers: Option<usize>,
    pub(crate) encodings: Option<Vec<Encoding>>,
    pub(crate) on_loss: LossPolicy,
    pub(crate) annotations: Annotations,
    pub(crate) escapes: bool,
    pub(crate) script: Script,
    pub(crate) model: Option<Model>,
}

impl FixerBuilder {
    /// Spans whose confidence is lower than this (0 to 1) are left as they are.
    pub fn min_confidence(mut self, confidence: f64) -> Self {
        self.min_confidence = Some(confidence);
        self
    }
    /// At most so many steps are undone; 3 unless told.
    pub fn max_layers(mut self, layers: usize) -> Self {
        self.max_layers = Some(layers);
        self
    }
    /// Only these encodings are considered; all of them unless told.
    pub fn encodings(mut self, encodings: impl IntoIterator<Item = Encoding>) -> Self {
        self.encodings = Some(encodings.into_iter().collect());
        self
    }
    /// What to do where a character was lost.
    pub fn on_loss(mut self, policy: LossPolicy) -> Self {
        self.on_loss = policy;
        self
    }
    /// What to do with readings that were written after characters.
    pub fn annotations(mut self, annotations: Annotations) -> Self {
        self.annotations = annotations;
        self
    }
    /// Also undo escape notations of bytes (`%E4%B9`, `\xe4`, `=E4`, `&#228;`), which are no damage in most texts.
    pub fn escapes(mut self, escapes: bool) -> Self {
        self.escapes = escapes;
        self
    }
    /// Which script the repaired text is to be in.
    pub fn script(mut self, script: Script) -> Self {
        self.script = script;
        self
    }
    /// Judges by another model than the embedded one.
    pub fn model(mut self, model: Model) -> Self {
        self.model = Some(model);
        self
    }
    /// The repairer.
    pub fn build(self) -> Fixer {
        Fixer::with(self)
    }
}

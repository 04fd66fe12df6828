//! Runs the stages.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::lattice::{Evidence, is_han};
use crate::restore::Mode;
use crate::{Chain, Encoding, Model, Repair, Step, bytes, detect, escape, report, restore, score, search, select};

/// What to do where a character was lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LossPolicy {
    /// Put the likeliest character in its place.
    #[default]
    Restore,
    /// Put U+FFFD in its place.
    Mark,
    /// Leave spans with losses as they are.
    Leave,
}

/// Which script the repaired text is to be in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Script {
    /// The script that the text is in.
    #[default]
    Keep,
    /// Simplified characters; undoes a publisher's conversion to traditional ones.
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

/// A configured repairer; immutable, cheap to share between threads.
#[derive(Clone, Debug, Default)]
pub struct Fixer {
    options: FixerBuilder,
    /// Likely characters under a model that is not the embedded one.
    common: Vec<char>,
}

/// Options of a [`Fixer`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct FixerBuilder {
    min_confidence: Option<f64>,
    max_layers: Option<usize>,
    encodings: Option<Vec<Encoding>>,
    on_loss: LossPolicy,
    annotations: Annotations,
    escapes: bool,
    script: Script,
    model: Option<Model>,
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
        let common = self.model.as_ref().map(restore::common_characters).unwrap_or_default();
        Fixer { options: self, common }
    }
}

impl Fixer {
    /// Starts from the default options.
    pub fn builder() -> FixerBuilder {
        FixerBuilder::default()
    }

    fn common(&self, model: &Model) -> &[char] {
        static EMBEDDED: OnceLock<Vec<char>> = OnceLock::new();
        match self.options.model {
            None => EMBEDDED.get_or_init(|| restore::common_characters(model)),
            Some(_) => &self.common,
        }
    }

    /// Repairs a text; see [`fix_text`].
    pub fn fix_text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.fix_and_explain(text).into_text()
    }

    /// Repairs a text and tells what was done; see [`fix_and_explain`].
    pub fn fix_and_explain<'a>(&self, text: &'a str) -> Repair<'a> {
        if self.options.escapes {
            let options = escape::Options {
                model: &self.options.model.clone().unwrap_or_default(),
                encodings: self.options.encodings.as_deref(),
                min_confidence: self.options.min_confidence.unwrap_or(0.0),
                repair: &|text| self.fix_unescaped(text),
            };
            if let Some(repair) = escape::repair(text, &options) {
                return repair;
            }
        }
        self.fix_unescaped(text)
    }

    /// The stages for a text without escapes, or whose escapes are to stay.
    fn fix_unescaped<'a>(&self, text: &'a str) -> Repair<'a> {
        if text.is_ascii() {
            return Repair::clean(text);
        }
        let model = self.options.model.clone().unwrap_or_default();
        let chars: Vec<char> = text.chars().collect();
        let costs = detect::costs(&model, &chars);
        let options = search::Options {
            max_layers: self.options.max_layers.unwrap_or(restore::MAX_LAYERS),
            encodings: self.options.encodings.as_deref(),
        };
        let mut drafts = Vec::new();
        for range in detect::suspects(&chars, &costs.scores) {
            let (stretch, scores) = (&chars[range.clone()], &costs.scores[range.clone()]);
            let trials = search::trials(&model, stretch, scores, &options);
            if let Some(mut draft) = select::whole(&model, trials.first(), stretch, scores) {
                draft.shift(range.start);
                drafts.push(draft);
                continue;
            }
            let pieces = detect::pieces(&chars, range);
            let mut trials = (pieces.len() == 1).then_some(trials);
            for piece in pieces {
                let (stretch, scores) = (&chars[piece.clone()], &costs.scores[piece.clone()]);
                let trials = trials.take().unwrap_or_else(|| search::trials(&model, stretch, scores, &options));
                let modes = self.modes(stretch, trials);
                let (context, at_end) = (costs.contexts[piece.start], piece.end == chars.len());
                let path = restore::best_path(&model, self.common(&model), &modes, stretch, scores, context, at_end);
                for mut draft in select::drafts(&model, &modes, stretch, &costs, piece.start, &path) {
                    draft.shift(piece.start);
                    drafts.push(draft);
                }
            }
        }
        let least = self.options.min_confidence.unwrap_or(0.0);
        drafts.retain(|d| d.confidence >= least);
        report::assemble(text, &chars, drafts)
    }

    /// The chains that the search is to consider for a stretch.
    fn modes(&self, text: &[char], trials: Vec<search::Trial>) -> Vec<Mode> {
        let evidence = Evidence::of(text);
        let mut modes: Vec<Mode> = Vec::new();
        let mut best = None;
        for trial in trials {
            let most = *best.get_or_insert(trial.gain);
            let behind = (most * FAR_BEHIND).max(BEHIND);
            let promise = trial.gain + if trial.errors > 0 { LOSSES_HIDE } else { 0.0 };
            if promise + ENDS < 0.0 || trial.gain < most - behind || modes.len() + 1 >= restore::MAX_MODES {
                break;
            }
            modes.push(Mode::new(trial.chain, trial.prior, evidence, false));
        }
        if text.iter().any(|&c| is_han(c)) {
            let chain = Chain::new([Step::Misread { written: Encoding::Gbk, read: Encoding::Gbk }]);
            let prior = score::step_prior(Encoding::Gbk, Encoding::Gbk);
            modes.push(Mode::new(chain, prior, evidence, self.options.annotations == Annotations::Remove));
        }
        modes
    }

    /// Reads bytes of unknown encoding and repairs the text; see [`fix_bytes`].
    pub fn fix_bytes<'a>(&self, bytes: &'a [u8]) -> Repair<'a> {
        let model = self.options.model.clone().unwrap_or_default();
        let (encoding, text) = bytes::read(&model, bytes, self.options.encodings.as_deref());
        let fixed = self.fix_and_explain(&text);
        let (verdict, spans, confidence) = (fixed.verdict, fixed.spans.clone(), fixed.confidence);
        let text = match fixed.into_text() {
            Cow::Borrowed(_) => text,
            Cow::Owned(fixed) => Cow::Owned(fixed),
        };
        Repair { text, verdict, spans, confidence, encoding: Some(encoding) }
    }
}

/// A loose reading this far behind the best one is not searched with: so many nats, or this share of the best one's gain.
const BEHIND: f32 = 15.0;
const FAR_BEHIND: f32 = 0.25;
/// What a span costs at least: to enter and to leave, at both ends of the text.
const ENDS: f32 = score::ENTER + score::LEAVE + 2.0 * score::AT_AN_END;
/// What losses may hide of a chain's gain in its loose reading, in nats.
const LOSSES_HIDE: f32 = 4.0;

/// Repairs a text; `Borrowed` exactly when nothing was changed.
pub fn fix_text(text: &str) -> Cow<'_, str> {
    Fixer::default().fix_text(text)
}

/// Repairs a text and tells what was done.
pub fn fix_and_explain(text: &str) -> Repair<'_> {
    Fixer::default().fix_and_explain(text)
}

/// Reads bytes of unknown encoding and repairs the text.
pub fn fix_bytes(bytes: &[u8]) -> Repair<'_> {
    Fixer::default().fix_bytes(bytes)
}

/// Whether a text is worth a closer look; cheap.
pub fn is_suspicious(_text: &str) -> bool {
    true
}

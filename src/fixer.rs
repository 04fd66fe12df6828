//! Runs the stages.

use std::borrow::Cow;
use std::ops::Range;

use crate::beyond::Lost;
use crate::detect::Costs;
use crate::lattice::{Evidence, Flavour, is_han, is_mark};
use crate::options::{Annotations, FixerBuilder, LossPolicy, Script};
use crate::patience::Patience;
use crate::repair::LossKind;
use crate::restore::{Mode, Stretch};
use crate::select::{Draft, DraftLoss};
use crate::{
    Chain, Encoding, Model, Repair, Step, beyond, bulk, bytes, detect, escape, fast, mention, overlay, report, restore,
    score, script, search, select,
};

/// A configured repairer; immutable, cheap to share between threads.
#[derive(Clone, Debug, Default)]
pub struct Fixer {
    options: FixerBuilder,
}

impl Fixer {
    pub(crate) fn with(options: FixerBuilder) -> Fixer {
        Fixer { options }
    }

    /// Starts from the default options.
    pub fn builder() -> FixerBuilder {
        FixerBuilder::default()
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
        let mut repair = report::assemble(text, self.drafts(&model, text));
        if self.options.script == Script::Simplified {
            script::simplify(&model, &mut repair);
        }
        repair
    }

    /// What is found in a text, in its bytes.
    fn drafts(&self, model: &Model, text: &str) -> Vec<Draft> {
        let limit = fast::limit(text.len());
        let places = fast::places(model, text, limit);
        let is_all = places.first().is_some_and(|place| place.len() == text.len());
        if is_all
            && text.len() >= bulk::LEAST
            && let Some((mut drafts, left)) = bulk::repair(model, text, limit, &self.search_options(), self.least())
        {
            drafts.append(&mut self.drafts_in(model, text, left));
            drafts.sort_by_key(|draft| draft.from);
            return drafts;
        }
        let drafts = self.drafts_in(model, text, places);
        match fast::closer_limit(limit) {
            // More damage is likely where there is some.
            Some(closer) if !is_all && !drafts.is_empty() => {
                self.drafts_in(model, text, fast::places(model, text, closer))
            }
            _ => drafts,
        }
    }

    /// What is found in places of a text, in bytes of the text.
    fn drafts_in(&self, model: &Model, text: &str, places: Vec<Range<usize>>) -> Vec<Draft> {
        let mut parts: Vec<(Range<usize>, Vec<char>, Vec<Lost>)> = Vec::new();
        for place in places.into_iter().flat_map(|place| fast::parts(text, place)) {
            let chars: Vec<char> = text[place.clone()].chars().collect();
            let lost = beyond::scan(&chars);
            parts.push((place, chars, lost));
        }
        beyond::agree(parts.iter_mut().map(|part| &mut part.2));
        let mut all = Vec::new();
        let mut patience = Patience::default();
        let mut done = 0;
        for (place, chars, lost) in parts {
            if place.start != done {
                patience = Patience::default();
            }
            done = place.end;
            // Where nothing can be explained, not even the costs of the text are worth their time.
            if lost.is_empty()
                && !chars.contains(&char::REPLACEMENT_CHARACTER)
                && patience.passes_over(detect::pieces(&chars, 0..chars.len()).len())
            {
                continue;
            }
            let costs = detect::costs(model, &text[..place.start], &chars);
            let mut drafts = self.look(model, &chars, costs, lost, place.end == text.len(), &mut patience);
            report::locate(&mut drafts, place.start, &chars);
            all.append(&mut drafts);
        }
        all
    }

    fn least(&self) -> f64 {
        self.options.min_confidence.unwrap_or(0.0)
    }

    fn search_options(&self) -> search::Options<'_> {
        search::Options {
            max_layers: self.options.max_layers.unwrap_or(restore::MAX_LAYERS),
            encodings: self.options.encodings.as_deref(),
        }
    }

    /// What is found in a part of a text.
    fn look(
        &self,
        model: &Model,
        chars: &[char],
        mut costs: Costs,
        mut lost: Vec<Lost>,
        is_last: bool,
        patience: &mut Patience,
    ) -> Vec<Draft> {
        beyond::excuse(&mut lost, &mut costs);
        let options = self.search_options();
        let mut drafts = Vec::new();
        let glosses = overlay::glosses(model, chars);
        let suspects = match beyond::is_all(&lost, chars) {
            true => Vec::new(),
            false => detect::suspects(chars, &costs.scores, &glosses),
        };
        // Where the last stretch ended; what goes on from the part before begins with it.
        let mut done = 0;
        for range in suspects {
            // Nothing is known of another stretch.
            if range.start != done {
                *patience = Patience::default();
            }
            done = range.end;
            let (stretch, scores) = (&chars[range.clone()], &costs.scores[range.clone()]);
            let trials = match patience.known() {
                Some(_) => None,
                None => Some(search::trials(model, stretch, scores, &options)),
            };
            let most = trials.iter().flatten().map(|t| t.gain).next().unwrap_or_default();
            let whole = trials.iter().flatten().take(WHOLE_TRIALS).filter(|t| !is_far_behind(t.gain, most));
            let mut undone = whole.filter_map(|t| select::whole(model, t, stretch, scores, &options));
            if let Some(mut draft) = undone.next() {
                draft.shift(range.start);
                drafts.push(draft);
                continue;
            }
            let pieces = detect::pieces(chars, range);
            let mut trials = trials.filter(|_| pieces.len() == 1);
            for piece in pieces {
                if patience.passes_over(1) {
                    continue;
                }
                let found = drafts.len();
                let (stretch, scores) = (&chars[piece.clone()], &costs.scores[piece.clone()]);
                let sample = search::sample(scores);
                if let Some(glance) = patience.glance(&sample) {
                    let (stretch, scores) = (&stretch[glance.clone()], &scores[glance]);
                    let trials = search::trials(model, stretch, scores, &options);
                    if !Patience::is_promising(&trials, stretch, scores) {
                        patience.learn(&[], &[], sample.len(), stretch, scores);
                        continue;
                    }
                }
                let again = patience.known().and_then(|t| search::again(model, &t.chain, stretch, scores, &options));
                let trials = match again.filter(|trial| patience.is_alike(trial, sample.len())) {
                    Some(trial) => vec![trial],
                    None => trials.take().unwrap_or_else(|| search::trials(model, stretch, scores, &options)),
                };
                let modes = self.modes(stretch, scores, &trials, !glosses.is_empty());
                if !modes.is_empty() {
                    let at_end = is_last && piece.end == chars.len();
                    let contexts = &costs.contexts[piece.clone()];
                    let given = Stretch { text: stretch, costs: scores, contexts, at_end };
                    let path = restore::best_path(model, &modes, &given);
                    for mut draft in select::drafts(model, &modes, stretch, &costs, piece.start, path, at_end) {
                        draft.shift(piece.start);
                        drafts.push(draft);
                    }
                }
                patience.learn(&drafts[found..], &trials, sample.len(), stretch, scores);
            }
        }
        if done != chars.len() {
            *patience = Patience::default();
        }
        self.apply_policies(&mut drafts, chars);
        beyond::settle(chars, &costs, drafts, lost)
    }

    /// What the options forbid is left as it is, or marked; so is what the text only speaks of.
    fn apply_policies(&self, drafts: &mut Vec<Draft>, chars: &[char]) {
        let least = self.least();
        let is_guess = |kind| !matches!(kind, LossKind::Inserted | LossKind::Folded);
        drafts.retain_mut(|draft| {
            let guessed = draft.losses.iter().any(|l| is_guess(l.kind));
            let forbidden = draft.confidence < least || (guessed && self.options.on_loss == LossPolicy::Leave);
            if forbidden || mention::is_example(draft, chars) {
                beyond::leave(draft, chars);
                return true;
            }
            if guessed && self.options.on_loss == LossPolicy::Mark {
                draft.mark(is_guess);
            } else if guessed && !mention::is_known_language(draft, chars) {
                // Nothing tells of a character of which every byte was lost.
                let is_all_lost =
                    |l: &DraftLoss| l.kind == LossKind::Mark && chars[l.from..l.to].iter().all(|&c| c == '?');
                if draft.losses.iter().any(is_all_lost) {
                    return false;
                }
                draft.mark(|kind| kind == LossKind::Mark);
            }
            !beyond::is_unchanged(draft, chars)
        });
    }

    /// How bytes of unknown encoding are to be read that begin like these, and the length of the mark at their start.
    pub(crate) fn encoding_of(&self, bytes: &[u8]) -> (Encoding, usize) {
        let model = self.options.model.clone().unwrap_or_default();
        bytes::find(&model, bytes, self.options.encodings.as_deref())
    }

    /// Whether a text is worth a closer look; see [`is_suspicious`]. Where escapes are to be undone, whatever may hold some is.
    pub fn is_suspicious(&self, text: &str) -> bool {
        if self.options.escapes && escape::may_be_in(text) {
            return true;
        }
        if text.is_ascii() {
            return false;
        }
        let model = self.options.model.clone().unwrap_or_default();
        fast::places(&model, text, fast::limit(text.len())).into_iter().any(|place| {
            let chars: Vec<char> = text[place.clone()].chars().collect();
            let costs = detect::costs(&model, &text[..place.start], &chars);
            let glosses = overlay::glosses(&model, &chars);
            beyond::shows(&chars) || !detect::suspects(&chars, &costs.scores, &glosses).is_empty()
        })
    }

    /// The chains that the search is to consider for a stretch with such scores of a text that a script has `annotated` or not.
    fn modes(&self, text: &[char], scores: &[f32], trials: &[search::Trial], annotated: bool) -> Vec<Mode> {
        let evidence = Evidence { annotated, ..Evidence::of(text) };
        let mut modes: Vec<Mode> = Vec::new();
        let mut best = None;
        // Scripts that annotate write and read GBK; what else may be there is plain.
        for trial in trials.iter().filter(|trial| !annotated || select::is_sure(trial)) {
            let most = *best.get_or_insert(trial.gain);
            let losses = if trial.errors > 0 { LOSSES_HIDE } else { 0.0 };
            let promise = trial.gain + losses + if evidence.has_marks { MARKS_HIDE } else { 0.0 };
            if promise + ENDS < 0.0 || is_far_behind(trial.gain, most) || modes.len() + 1 >= restore::MAX_MODES {
                break;
            }
            // A text is read by one reader, so that what its marks ate is one question for all of them.
            let marked = trial
                .chain
                .steps()
                .last()
                .and_then(|s| s.encodings())
                .is_some_and(|s| !s.read.is_single_byte() && text.iter().any(|&c| is_mark(c, s.read)));
            if marked && trial.gain >= most - BEHIND {
                let eats = if text.contains(&'\u{fffd}') { score::FLAVOUR_EATS_UNICODE } else { score::FLAVOUR };
                modes.push(Mode::new(trial.chain.clone(), trial.prior + score::FLAVOUR, evidence, Flavour::Alone));
                modes.push(Mode::new(trial.chain.clone(), trial.prior + eats, evidence, Flavour::Eats));
            } else {
                modes.push(Mode::new(trial.chain.clone(), trial.prior, evidence, Flavour::Alone));
            }
        }
        modes.truncate(restore::MAX_MODES - 1);
        // Bytes lost from text in GBK are looked for where no chain explains more.
        let is_explained = trials.first().is_some_and(|best| select::is_sure(best) && best.explains_most(scores));
        if !is_explained && text.iter().any(|&c| is_han(c)) {
            let chain = Chain::new([Step::Misread { written: Encoding::Gbk, read: Encoding::Gbk }]);
            let prior = score::step_prior(Encoding::Gbk, Encoding::Gbk);
            let glosses = annotated && self.options.annotations == Annotations::Remove;
            modes.push(Mode { glosses, ..Mode::new(chain, prior, evidence, Flavour::Eats) });
        }
        modes
    }

    /// Reads bytes of unknown encoding and repairs the text; see [`fix_bytes`].
    pub fn fix_bytes<'a>(&self, bytes: &'a [u8]) -> Repair<'a> {
        let model = self.options.model.clone().unwrap_or_default();
        let (encoding, text) = bytes::read(&model, bytes, self.options.encodings.as_deref());
        let fixed = self.fix_and_explain(&text);
        let Repair { verdict, confidence, simplified, .. } = fixed;
        let (changed, spans, fixed) = (fixed.is_changed(), fixed.spans, fixed.text);
        let (text, source) = match (changed, fixed) {
            (true, Cow::Owned(fixed)) => (Cow::Owned(fixed), Some(text)),
            _ => (text, None),
        };
        Repair { text, source, verdict, spans, confidence, encoding: Some(encoding), simplified }
    }
}

/// Chains that are tried on the whole of a stretch, the most promising ones.
const WHOLE_TRIALS: usize = 2;
/// A loose reading this far behind the best one is not searched with: so many nats, or this share of the best one's gain.
const BEHIND: f32 = 15.0;
const FAR_BEHIND: f32 = 0.25;
/// What a span costs at least: to enter and to leave, at both ends of the text.
const ENDS: f32 = score::ENTER + score::LEAVE + 2.0 * score::AT_AN_END;
/// What marks may hide of a chain's gain in its loose reading, in nats: the characters that they stand for. Of 1,920 cases of
/// lossy-decode (`make_cases.py --seed 9 --per-class 16`) it restores 13 more; with 8 it takes longer and finds seven more.
const MARKS_HIDE: f32 = 4.0;
/// What losses may hide of a chain's gain in its loose reading, in nats.
const LOSSES_HIDE: f32 = 4.0;

/// Whether a loose reading's gain is too far behind that of the best one.
fn is_far_behind(gain: f32, most: f32) -> bool {
    gain < most - (most * FAR_BEHIND).max(BEHIND)
}

/// Repairs a text; `Borrowed` exactly when nothing was changed.
///
/// ```
/// use std::borrow::Cow;
///
/// assert_eq!(luanma::fix_text("鎵撳紑绐楁埛"), "打开窗户");
/// assert!(matches!(luanma::fix_text("打开窗户"), Cow::Borrowed(_)));
/// ```
pub fn fix_text(text: &str) -> Cow<'_, str> {
    Fixer::default().fix_text(text)
}

/// Repairs a text and tells what was done.
///
/// ```
/// use luanma::Verdict;
///
/// let repair = luanma::fix_and_explain("// 锟斤拷锟斤拷目录");
/// assert_eq!(repair.verdict(), Verdict::BeyondRepair);
/// assert_eq!(repair.text(), "// 锟斤拷锟斤拷目录");
/// assert_eq!(repair.spans()[0].losses[0].missing, 4);
/// ```
pub fn fix_and_explain(text: &str) -> Repair<'_> {
    Fixer::default().fix_and_explain(text)
}

/// Reads bytes of unknown encoding and repairs the text.
///
/// ```
/// let repair = luanma::fix_bytes(b"\xb4\xf2\xbf\xaa\xb4\xb0\xbb\xa7");
/// assert_eq!(repair.text(), "打开窗户");
/// assert!(!repair.is_changed());
/// ```
pub fn fix_bytes(bytes: &[u8]) -> Repair<'_> {
    Fixer::default().fix_bytes(bytes)
}

/// Whether a text is worth a closer look: whether anything in it costs the model far more than text does, or shows the
/// marks of what is beyond repair. No repair is searched for, which is what takes time.
///
/// A text that is not suspicious comes back from [`fix_text`] unchanged, with the verdict [`Verdict::Clean`](crate::Verdict).
/// Of the suspicious ones many do, too: names and rare languages are suspicious.
///
/// ```
/// assert!(luanma::is_suspicious("æ‰“å¼€çª—æˆ·"));
/// assert!(!luanma::is_suspicious("打开窗户"));
/// ```
pub fn is_suspicious(text: &str) -> bool {
    Fixer::default().is_suspicious(text)
}

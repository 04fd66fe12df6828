//! Runs the stages.

mod again;
mod kept;
mod modes;
mod pieces;

use std::borrow::Cow;
use std::ops::Range;

use kept::Kept;
use pieces::Part;

use crate::beyond::Lost;
use crate::chain::Composed;
use crate::codec::shows_byte;
use crate::detect::Costs;
use crate::options::{FixerBuilder, LossPolicy, Script};
use crate::patience::Patience;
use crate::repair::LossKind;
use crate::select::{Draft, DraftLoss};
use crate::{
    Encoding, Model, Repair, beyond, bulk, bytes, detect, escape, fast, mention, overlay, report, restore, script,
    search, select,
};

/// A configured repairer, cheap to share between threads. What comes of a text does not depend on the texts before it, but the time does:
/// use one for many texts rather than [`fix_text`].
#[derive(Clone, Debug, Default)]
pub struct Fixer {
    options: FixerBuilder,
    kept: Kept,
}

impl Fixer {
    pub(crate) fn with(options: FixerBuilder) -> Fixer {
        Fixer { options, kept: Kept::default() }
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
        if text.is_ascii() { Repair::clean(text) } else { self.assembled(None, text) }
    }

    /// Repairs a text with marks for malformed bytes, by what it is where they are shown, if they are.
    pub(crate) fn fix_decoded<'a>(&self, shown: Option<&str>, text: &'a str) -> Repair<'a> {
        if shown.is_some() { self.assembled(shown, text) } else { self.fix_and_explain(text) }
    }

    /// The report for a text, by what is found in it, or where malformed bytes are shown.
    fn assembled<'a>(&self, shown: Option<&str>, text: &'a str) -> Repair<'a> {
        let model = self.options.model.clone().unwrap_or_default();
        let mut repair = report::assemble(text, self.drafts(&model, shown.unwrap_or(text), shown.is_some()));
        if self.options.script == Script::Simplified {
            script::simplify(&model, &mut repair);
        }
        repair
    }

    /// What is found in a text, in its bytes.
    fn drafts(&self, model: &Model, text: &str, is_shown: bool) -> Vec<Draft> {
        let limit = fast::limit(text.len());
        let places = fast::places(model, text, limit);
        if places.is_empty() {
            return Vec::new();
        }
        if let Some(composed) = Composed::of(text) {
            let drafts = report::decompose(self.drafts(model, &composed.text, is_shown), &composed, text);
            // Pages that have such marks show them as they are.
            if !drafts.is_empty() || !is_suspect(model, &composed.text) {
                return drafts;
            }
        }
        let mut patience = Patience::with(self.kept.take(), is_shown);
        let drafts = self.drafts_at(model, text, places, limit, &mut patience);
        self.kept.give(patience.memory);
        drafts
    }

    /// The same from the places that ask for a closer look, and the limit by which they do.
    fn drafts_at(
        &self,
        model: &Model,
        text: &str,
        places: Vec<Range<usize>>,
        limit: i32,
        patience: &mut Patience,
    ) -> Vec<Draft> {
        let is_all = places.first().is_some_and(|place| place.len() == text.len());
        if is_all
            && text.len() >= bulk::LEAST
            && let Some((mut drafts, left)) =
                bulk::repair(model, text, limit, &self.search_options(patience), self.least(), patience)
        {
            drafts.append(&mut self.drafts_in(model, text, left, patience));
            drafts.sort_by_key(|draft| draft.from);
            return drafts;
        }
        let drafts = self.drafts_in(model, text, places, patience);
        match fast::closer_limit(limit) {
            // More damage is likely where there is some.
            Some(closer) if !is_all && !drafts.is_empty() => {
                let mut memory = std::mem::take(&mut patience.memory);
                memory.forget_text();
                *patience = Patience::with(memory, patience.is_shown);
                self.drafts_in(model, text, fast::places(model, text, closer), patience)
            }
            _ => drafts,
        }
    }

    /// What is found in places of a text, in bytes of the text.
    fn drafts_in(&self, model: &Model, text: &str, places: Vec<Range<usize>>, patience: &mut Patience) -> Vec<Draft> {
        let mut parts: Vec<(Range<usize>, Vec<char>, Vec<Lost>)> = Vec::new();
        for place in places.into_iter().flat_map(|place| fast::parts(text, place)) {
            let chars: Vec<char> = text[place.clone()].chars().collect();
            let lost = beyond::scan(&chars);
            parts.push((place, chars, lost));
        }
        beyond::agree(parts.iter_mut().map(|part| &mut part.2));
        let mut all = Vec::new();
        let mut done = 0;
        for (place, chars, lost) in parts {
            if place.start != done {
                patience.forget();
            }
            done = place.end;
            // Where nothing can be explained, not even the costs of the text are worth their time.
            if lost.is_empty() && !chars.contains(&char::REPLACEMENT_CHARACTER) && patience.passes_over(chars.len()) {
                continue;
            }
            let costs = detect::costs(model, &text[..place.start], &chars);
            let mut drafts = self.look(model, &chars, costs, lost, place.end == text.len(), patience);
            report::locate(&mut drafts, place.start, &chars);
            all.append(&mut drafts);
        }
        all
    }

    fn least(&self) -> f64 {
        self.options.min_confidence.unwrap_or(0.0)
    }

    fn search_options(&self, patience: &Patience) -> search::Options<'_> {
        search::Options {
            is_shown: patience.is_shown,
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
        let glosses = overlay::glosses(model, chars);
        let suspects = match beyond::is_all(&lost, chars) {
            true => Vec::new(),
            false => detect::suspects(chars, &costs.scores, &glosses),
        };
        let part = Part { model, chars, costs: &costs, annotated: !glosses.is_empty(), is_last };
        let mut drafts = self.find(&part, suspects, patience);
        self.apply_policies(&mut drafts, chars);
        if patience.is_shown && chars.iter().copied().any(shows_byte) {
            let marked = |&c: &char| if shows_byte(c) { char::REPLACEMENT_CHARACTER } else { c };
            drafts.iter_mut().for_each(|draft| draft.text = bytes::marked(&draft.text));
            return beyond::settle(&chars.iter().map(marked).collect::<Vec<char>>(), &costs, drafts, lost);
        }
        beyond::settle(chars, &costs, drafts, lost)
    }

    /// The repairs of some stretches of a part.
    fn find(&self, part: &Part<'_>, suspects: Vec<Range<usize>>, patience: &mut Patience) -> Vec<Draft> {
        let Part { model, chars, costs, .. } = *part;
        let options = self.search_options(patience);
        let mut drafts = Vec::new();
        // Where the last stretch ended; what goes on from the part before begins with it.
        let mut done = 0;
        for range in suspects {
            if range.start != done {
                patience.forget();
            }
            done = range.end;
            let (stretch, scores) = (&chars[range.clone()], &costs.scores[range.clone()]);
            let trials = patience.knows_nothing().then(|| {
                // Scripts that annotate write and read GBK, and a text that has lost bytes has elsewhere: what else may be there is plain.
                let is_known = part.annotated || patience.has_only_lost();
                match is_known && !Patience::glance(model, stretch, scores, &options) {
                    true => Vec::new(),
                    false => patience.trials(model, stretch, scores, &options),
                }
            });
            let most = trials.iter().flatten().map(|t| t.gain).next().unwrap_or_default();
            let whole = trials.iter().flatten().take_while(|t| t.cased.is_none()).take(WHOLE_TRIALS);
            let whole = whole.filter(|t| t.gain > most - search::PART_OF_IT);
            let mut undone = whole.filter_map(|t| select::whole(model, t, stretch, scores, &options));
            let whole = undone.next().map(|(mut draft, heat)| {
                draft.shift(range.start);
                (draft, heat)
            });
            let found = drafts.len();
            if whole.as_ref().is_none_or(|(_, heat)| again::is_much(*heat)) {
                self.search(part, range, trials, patience, &mut drafts);
            }
            // Where one chain explains all, nothing has to be chosen but what a later pass has made ASCII.
            if let Some((whole, _)) = whole
                && drafts[found..].iter().all(|draft| draft.chain == whole.chain)
                && !is_folded(&drafts[found..], &whole)
            {
                drafts.truncate(found);
                drafts.push(whole);
            }
        }
        if done != chars.len() {
            patience.forget();
        }
        drafts
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
                draft.mark(|loss| is_guess(loss.kind));
            } else if guessed && !mention::is_known_language(draft, chars) {
                // Nothing tells of a character of which every byte was lost; it may be a question mark.
                let is_marked = |l: &DraftLoss| l.kind == LossKind::Mark || l.from < l.to;
                draft.keep(chars, |l| is_marked(l) && chars[l.from..l.to].iter().all(|&c| c == '?'));
                let tells = mention::tells_punctuation(&draft.chain);
                if tells && draft.losses.iter().any(mention::is_punctuation) {
                    draft.confidence *= mention::OF_PUNCTUATION;
                }
                draft.mark(|l| l.kind == LossKind::Mark && !(tells && mention::is_punctuation(l)));
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
        is_suspect(&self.options.model.clone().unwrap_or_default(), text)
    }

    /// Whether malformed bytes are shown to the stages: where escapes are undone they are not told from the text.
    pub(crate) fn may_show(&self) -> bool {
        !self.options.escapes
    }

    /// Reads bytes of unknown encoding and repairs the text; see [`fix_bytes`].
    pub fn fix_bytes<'a>(&self, bytes: &'a [u8]) -> Repair<'a> {
        let model = self.options.model.clone().unwrap_or_default();
        let (encoding, text, shown) = bytes::read(&model, bytes, self.options.encodings.as_deref(), self.may_show());
        let fixed = self.fix_decoded(shown.as_deref(), &text);
        let Repair { verdict, confidence, simplified, .. } = fixed;
        let (changed, spans, fixed) = (fixed.is_changed(), fixed.spans, fixed.text);
        let (text, source) = match (changed, fixed) {
            (true, Cow::Owned(fixed)) => (Cow::Owned(fixed), Some(text)),
            _ => (text, None),
        };
        Repair { text, source, verdict, spans, confidence, encoding: Some(encoding), simplified }
    }
}

/// Whether anything in a text costs the model far more than text does, composed if it was taken apart.
fn is_suspect(model: &Model, text: &str) -> bool {
    let places = fast::places(model, text, fast::limit(text.len()));
    if !places.is_empty()
        && let Some(composed) = Composed::of(text)
    {
        return is_suspect(model, &composed.text);
    }
    places.into_iter().any(|place| {
        let chars: Vec<char> = text[place.clone()].chars().collect();
        let costs = detect::costs(model, &text[..place.start], &chars);
        let glosses = overlay::glosses(model, &chars);
        beyond::shows(&chars) || !detect::suspects(&chars, &costs.scores, &glosses).is_empty()
    })
}

/// Whether drafts that take something for folded gain more than a whole that does not.
fn is_folded(drafts: &[Draft], whole: &Draft) -> bool {
    let gain: f64 = drafts.iter().map(|draft| draft.after - draft.before).sum();
    drafts.iter().flat_map(|draft| &draft.losses).any(|loss| loss.kind == LossKind::Folded)
        && gain > whole.after - whole.before
}

/// Chains that are tried on the whole of a stretch, the most promising ones.
const WHOLE_TRIALS: usize = 2;

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
///
/// Bytes that are malformed become U+FFFD, unless something comes of them in UTF-8: where it has lost some of its bytes, what is left of
/// a character tells it, and lines in other encodings are read in those. The chain of such a span is of the form `gbk as x-user-defined`,
/// an encoding that shows any byte, and its losses say what was guessed.
///
/// ```
/// // Of 户 the last byte is gone.
/// let repair = luanma::fix_bytes(b"\xe6\x89\x93\xe5\xbc\x80\xe7\xaa\x97\xe6\x88\xe3\x80\x82");
/// assert_eq!(repair.text(), "打开窗户。");
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

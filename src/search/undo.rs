//! All that a text may have been before one step of damage.

use std::ops::Range;

use super::gain::{self, Frequencies, HOT};
use super::readings::{Unit, Written};
use super::shown::Shown;
use super::{Options, READERS, Reading, Trial, WRITERS};
use crate::chain::{Chain, Step};
use crate::codec::Encoding;
use crate::lattice::{Cased, Unfolded};
use crate::model::Model;
use crate::{lattice, score, select};

/// Readings in other encodings than UTF-8 that the model rates, of each text that is undone: those with the most promising
/// characters. Of 5,824 texts in other languages than Chinese (each of some hundred pairs of a writer and a reader) 19 less come out right
/// with 16, eight more with 24; the first document takes 4 % less and 1 % more.
const RATED: usize = 20;
/// The same where one of them explains all: of 25,000 damaged texts none comes out otherwise with 8 than with all, one with 4; a string of
/// twenty characters takes two thirds of the time.
const RIVALS: usize = 6;
/// What the characters of a reading and its chain must promise to be rated at all, in nats. Of 12,181 damaged texts one comes out
/// otherwise than where nothing is asked, and fine lines that are looked at for a rare word take three quarters of the time.
const LEAST_PROMISE: f32 = 4.0;
/// The same for what was written in single bytes: of a word of six letters the context says more than is promised. Of 2,300 texts in
/// Greek and Russian eight stay as they are with 4, and one with 0.
const LEAST_OF_LETTERS: f32 = -2.0;

/// Undoes a step in every way that may explain what is odd in a text; keeps its memory for the next text.
pub(super) struct Undoing<'a> {
    model: &'a Model,
    frequencies: Frequencies<'a>,
    costs: &'a [f32],
    options: &'a Options<'a>,
    /// The malformed bytes that the text shows as characters of x-user-defined.
    shown: Option<Shown>,
    /// The case that a later pass brought the text to.
    pub(super) cased: Option<Cased>,
    /// Whether the text goes on from a place that is inside a code unit of UTF-16.
    is_odd: bool,
    /// The observed characters that most ask for an explanation.
    pub(super) core: Range<usize>,
    /// The text's bytes under each reader that may have made it.
    written: Vec<(Encoding, Written)>,
    /// What the observed text has of all that later passes make something else of.
    unfolded: Unfolded,
    units: Vec<Unit>,
    candidates: Vec<Candidate>,
}

/// A reading that the model may be asked about.
struct Candidate {
    promise: f32,
    /// Its place among all that were looked at.
    number: usize,
    /// The place of its reader in [`Undoing::written`].
    reader: usize,
    written: Encoding,
}

impl<'a> Undoing<'a> {
    /// For a sample of a text.
    pub(super) fn new(
        model: &'a Model,
        (text, costs): (&[char], &'a [f32]),
        sample: &Range<usize>,
        options: &'a Options<'a>,
    ) -> Undoing<'a> {
        let (text, costs) = (&text[sample.clone()], &costs[sample.clone()]);
        let (written, units, candidates) = Default::default();
        Undoing {
            model,
            frequencies: Frequencies::new(model),
            costs,
            options,
            shown: options.is_shown.then(|| Shown::of(text)),
            cased: None,
            is_odd: sample.start % 2 == 1,
            core: gain::core(text, costs).0,
            unfolded: Unfolded::of(text),
            written,
            units,
            candidates,
        }
    }

    /// Adds what `reading` may have been to `out`.
    pub(super) fn undo(&mut self, reading: &Reading, out: &mut Vec<Reading>) {
        let hot: Vec<char> = self.hot(reading);
        let options = self.options;
        let (mut readers, begin) = (0, out.len());
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.clear();
        // What a reading explains all was written in: of the other readers only sisters of its own are asked, and only for that.
        let mut explained: Option<Encoding> = None;
        // What is read as it was written passes as it is.
        let passes = |read: Encoding| reading.written().is_some_and(|w| w == read || same_family(w, read));
        for &read in READERS.iter().filter(|&&e| options.allows(e) && !passes(e)) {
            if explained.is_some() && !read.is_single_byte() {
                continue;
            }
            let is_observed = reading.trial.chain.steps().is_empty();
            if self.cased.is_some() && is_observed && !read.is_single_byte() {
                continue;
            }
            let is_likely = if read.is_utf16() {
                is_observed && self.are_pairs(&reading.units)
            } else {
                let covered = hot.iter().filter(|&&c| read.can_write(c)).count();
                covered > 0 && covered * 2 >= hot.len()
            };
            if !is_likely {
                continue;
            }
            self.fill(readers, read, reading);
            let (earlier, this) = self.written.split_at(readers);
            // Many pages agree on the characters that occur: the first of them stands for all.
            if let Some((first, _)) = earlier.iter().find(|(_, written)| written.bytes == this[0].1.bytes) {
                if this[0].1.stripped {
                    let twins = twins(*first, read, &out[begin..]);
                    out.extend(twins);
                }
                continue;
            }
            readers += 1;
            if let Some(written) = explained {
                out.extend(self.read(readers - 1, written, reading));
                continue;
            }
            if read != Encoding::Utf8 && options.allows(Encoding::Utf8) {
                let found = self.read(readers - 1, Encoding::Utf8, reading);
                if found.as_ref().is_some_and(|found| self.explains_all(found)) {
                    explained = Some(Encoding::Utf8);
                }
                out.extend(found);
            }
            if explained.is_none() {
                explained = self.undo_others(readers - 1, reading, &mut candidates, out);
                // Its sisters before it were asked for what promised more by the look of it.
                if let Some(written) = explained {
                    for earlier in 0..readers - 1 {
                        if self.written[earlier].0.is_single_byte() {
                            out.extend(self.read(earlier, written, reading));
                        }
                    }
                }
            }
            // A page of single bytes may be told from its sisters by a few letters.
            if explained.is_some() && !read.is_single_byte() {
                break;
            }
        }
        if explained.is_none() {
            self.rate(&mut candidates, RATED, reading, out);
        }
        self.candidates = candidates;
    }

    /// The same for other encodings than UTF-8, with one reader. The one that promises most is rated; where it explains all,
    /// so are the next ones and the best of them is told. If not they become candidates.
    fn undo_others(
        &mut self,
        reader: usize,
        reading: &Reading,
        candidates: &mut Vec<Candidate>,
        out: &mut Vec<Reading>,
    ) -> Option<Encoding> {
        let is_further = reading.trial.chain.steps().len() > 1;
        let (read, bytes) = &self.written[reader];
        let first = candidates.len();
        for &written in WRITERS.iter().filter(|&&e| e != Encoding::Utf8 && e != *read && self.options.allows(e)) {
            // One byte of two says little. Of UTF-16 there are no parts, nor of what shows any bytes, unless malformed ones are shown.
            let is_weak = written.is_single_byte() && (is_further || read.is_utf16());
            let is_shown = *read == Encoding::XUserDefined;
            let is_part = match &self.shown {
                Some(shown) if is_shown => written.is_utf16() || !shown.may_be(written),
                _ => (is_shown || written.is_utf16()) && !bytes.is_all,
            };
            // Letters of single bytes are of one case, too; and where letters may be others, too much makes sense in several steps.
            let is_cased = written.is_single_byte() && bytes.cased.is_some() || reading.trial.cased.is_some();
            if is_weak || is_part || is_cased || same_family(written, *read) {
                continue;
            }
            if bytes.reread(self.model, (written, *read), &reading.units, &mut self.units) {
                let promise = gain::promise(&mut self.frequencies, &self.units, self.costs);
                let promise = promise + score::step_prior(written, *read);
                let least = if written.is_single_byte() { LEAST_OF_LETTERS } else { LEAST_PROMISE };
                if promise >= least {
                    candidates.push(Candidate { promise, number: candidates.len(), reader, written });
                }
            }
        }
        let by_promise = |a: &usize, b: &usize| candidates[*a].promise.total_cmp(&candidates[*b].promise);
        let best = (first..candidates.len()).max_by(by_promise)?;
        let best = self.read(reader, candidates[best].written, reading)?;
        if !self.explains_all(&best) {
            return None;
        }
        let begin = out.len();
        let mut here = candidates.split_off(first);
        self.rate(&mut here, RIVALS, reading, out);
        let best = out[begin..].iter().max_by(|a, b| a.trial.gain.total_cmp(&b.trial.gain));
        best.and_then(Reading::written)
    }

    /// Has the model rate so many of the most promising candidates.
    fn rate(&mut self, candidates: &mut Vec<Candidate>, most: usize, reading: &Reading, out: &mut Vec<Reading>) {
        candidates.sort_unstable_by(|a, b| b.promise.total_cmp(&a.promise).then(a.number.cmp(&b.number)));
        candidates.truncate(most);
        candidates.sort_unstable_by_key(|candidate| candidate.number);
        for candidate in candidates.iter() {
            out.extend(self.read(candidate.reader, candidate.written, reading));
        }
    }

    /// The reading that a chain gives, undone step by step from a text as it was observed.
    pub(super) fn follow(&mut self, chain: &Chain, observed: Reading) -> Option<Reading> {
        chain.steps().iter().rev().try_fold(observed, |reading, step| {
            let step = step.encodings()?;
            self.fill(0, step.read, &reading);
            self.read(0, step.written, &reading)
        })
    }

    /// The odd characters of a text that a step must explain; a mark for what could not be decoded is none, as no reader knows its
    /// bytes.
    fn hot(&self, reading: &Reading) -> Vec<char> {
        let is_observed = reading.trial.chain.steps().is_empty();
        let is_hot = |u: &&Unit| {
            let at = u.from as usize;
            u.c > '\x7f'
                && u.c != char::REPLACEMENT_CHARACTER
                && self.core.contains(&at)
                && (!is_observed || self.costs[at] < HOT)
        };
        reading.units.iter().filter(is_hot).map(|u| u.c).collect()
    }

    /// Whether characters may be pairs of bytes that were read as one code unit of UTF-16 each, ASCII or what codes of two bytes begin
    /// with: many ask for an explanation then, and line ends make few others.
    fn are_pairs(&self, units: &[Unit]) -> bool {
        let is_hot = |u: &&Unit| u.c > '\x7f' && self.costs[u.from as usize] <= HOT;
        let (hot, low) =
            units.iter().filter(is_hot).fold((0, 0), |(hot, low), u| (hot + 1, low + usize::from(u.c < FIRST_PAIR)));
        hot * 3 >= units.len() && low * 2 <= hot
    }

    /// Writes the bytes of a text under `read` to a place in [`Undoing::written`].
    fn fill(&mut self, place: usize, read: Encoding, reading: &Reading) {
        if place == self.written.len() {
            self.written.push((read, Written::default()));
        }
        let (reader, written) = &mut self.written[place];
        *reader = read;
        // What is converted is what stands in the text, and asks for an explanation.
        let is_observed = reading.trial.chain.steps().is_empty();
        let may_be_converted =
            |u: &Unit| is_observed && self.costs.get(u.from as usize).is_some_and(|&cost| cost < HOT);
        let cased = self.cased.filter(|_| is_observed);
        written.fill(read, &reading.units, (self.unfolded, cased), may_be_converted);
        written.is_odd = is_observed && self.is_odd;
    }

    /// A text read in another encoding, rated by the model.
    fn read(&mut self, reader: usize, written: Encoding, reading: &Reading) -> Option<Reading> {
        let (read, bytes) = &self.written[reader];
        if !bytes.reread(self.model, (written, *read), &reading.units, &mut self.units) {
            return None;
        }
        let earlier = &reading.trial;
        let mut steps = vec![Step::Misread { written, read: *read }];
        steps.extend_from_slice(earlier.chain.steps());
        let pass = if bytes.cased.is_some() { score::CASED } else { 0.0 };
        let prior = earlier.prior + score::step_prior(written, *read) + further_layer(&earlier.chain) + pass;
        let (gain, errors) = gain::gain(self.model, written, &self.units, self.costs);
        let cased = earlier.cased.or(bytes.cased);
        let trial = Trial { chain: Chain::new(steps), gain: gain + prior, prior, errors, cased };
        Some(Reading { trial, units: self.units.clone() })
    }

    /// Whether nothing else explains more: sound bytes do not read like text by chance, nor are so many UTF-8 by chance.
    fn explains_all(&self, reading: &Reading) -> bool {
        select::is_sure(&reading.trial) && (reading.reads_well(self.model, self.costs) || reading.is_utf8(self.costs))
    }
}

/// Two blanks of ASCII in UTF-16 are U+2020.
const FIRST_PAIR: char = '\u{2000}';

/// Of two pages that agree on what is left, the one of which a sanitizer strips more may explain what is lost: Latin-1, not
/// windows-1252, where no letter of windows-1252 from 80 to 9F is left. Gives for it what lost something under the first.
fn twins(first: Encoding, read: Encoding, found: &[Reading]) -> Vec<Reading> {
    let (less, more) = (lattice::controls(first), lattice::controls(read));
    if less == more || less.and(&more) != less {
        return Vec::new();
    }
    let twin = |lossy: &Reading| {
        let (last, earlier) = lossy.trial.chain.steps().split_first()?;
        let written = last.encodings().filter(|last| last.read == first && lossy.trial.errors > 0)?.written;
        let chain = Chain::new([Step::Misread { written, read }].into_iter().chain(earlier.iter().copied()));
        let change = score::step_prior(written, read) - score::step_prior(written, first);
        let Trial { gain, prior, errors, cased, .. } = lossy.trial;
        let trial = Trial { chain, gain: gain + change, prior: prior + change, errors, cased };
        Some(Reading { trial, units: lossy.units.clone() })
    };
    found.iter().filter_map(twin).collect()
}

/// What it costs to undo another step: that there was one, and that a later one wrote it as something else than UTF-8, which
/// nearly all software that damages text a second time writes.
pub(crate) fn further_layer(later: &Chain) -> f32 {
    match later.steps().first() {
        None => 0.0,
        Some(step) if step.written() == Some(Encoding::Utf8) => score::FURTHER_LAYER,
        Some(_) => score::FURTHER_LAYER + score::NOT_UTF8_BETWEEN,
    }
}

/// GBK and GB18030 read each other; nothing is damaged by it.
fn same_family(a: Encoding, b: Encoding) -> bool {
    matches!((a, b), (Encoding::Gb18030, Encoding::Gbk) | (Encoding::Gbk, Encoding::Gb18030))
}

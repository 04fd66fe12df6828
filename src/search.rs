//! Candidate chains for a damaged stretch: which steps could have made it look like this.
//!
//! A step `written W, read R` is tried by giving each character its bytes under R and reading those in W, loosely: what
//! cannot be read so is kept as it is or counted as an error. Each reading is scored against the text as it stands, on
//! the stretch where it gains most ([`Trial::gain`]); promising ones are undone once more, up to the layers allowed. The
//! best few become the modes of the lattice search, which has the last word.
//!
//! There are hundreds of pairs of a reader and a writer, so each is asked for little at first. Readers that cannot have
//! written most of what is odd, and those that agree with an earlier one, are out. Bytes that are sound in
//! another encoding and then read like text are no accident: nothing else is tried then. Of all other readings the frequencies of the characters tell which
//! few are worth the model.

use std::ops::Range;

use crate::chain::{Chain, Step};
use crate::codec::Encoding;
use crate::lattice::Cased;
use crate::model::Model;
use crate::{detect, score};

mod gain;
mod readings;
mod shown;
mod undo;
mod whole;

use gain::HOT;
pub(crate) use gain::{core, in_step};
use readings::{LOSSY, MALFORMED, Unit};
use undo::Undoing;
pub(crate) use undo::further_layer;
pub(crate) use whole::whole;

/// Readers that are tried, the commonest first: of two that give the same bytes the first is reported.
const READERS: &[Encoding] = {
    use Encoding::*;
    &[
        Windows1252,
        Gbk,
        Iso8859_1,
        Big5,
        ShiftJis,
        EucKr,
        EucJp,
        Windows1250,
        Windows1251,
        Windows1254,
        Cp437,
        Cp850,
        Macintosh,
        Koi8R,
        Iso8859_2,
        Iso8859_15,
        Cp866,
        Windows1253,
        Windows1257,
        Windows1255,
        Windows1256,
        Windows1258,
        Windows874,
        Cp852,
        Cp857,
        Ptcp154,
        Koi8U,
        Iso8859_5,
        Iso8859_7,
        Iso8859_4,
        Iso8859_13,
        Iso8859_16,
        Iso8859_3,
        Iso8859_10,
        Iso8859_14,
        Iso8859_6,
        Iso8859_8,
        XUserDefined,
        Utf16Le,
        Utf16Be,
    ]
};

/// Encodings that text is written in.
const WRITERS: &[Encoding] = {
    use Encoding::*;
    &[
        Utf8,
        Gb18030,
        Big5,
        ShiftJis,
        EucKr,
        EucJp,
        Windows1251,
        Koi8R,
        Windows1252,
        Windows1250,
        Cp866,
        Windows1253,
        Windows1254,
        Windows1255,
        Windows1256,
        Windows874,
        Iso8859_2,
        Macintosh,
        Koi8U,
        Cp852,
        Cp850,
        Utf16Le,
        Utf16Be,
    ]
};

/// Readings that are undone once more, at each depth.
const EXPANSIONS: [usize; 2] = [6, 4];

/// What the best reading must gain for any to be undone once more, in nats. Of 12,181 damaged texts one of four characters stays as it is
/// with 4, and 13 with 8; fine lines with a rare word take a tenth less time than with 0.
const LEAST_FURTHER: f32 = 3.0;

/// Layers at most of a text whose letters a later pass brought to one case: in more of them too much makes sense.
const CASED_LAYERS: usize = 2;

/// Characters on both sides of those that most ask for an explanation that are read further with them: of damage in a few
/// places little else has to do with it. With 48 the sample document takes two thirds of the time that it takes where all are
/// read, and four of 10,146 damaged texts come out otherwise, and better; 32 changes one more.
const AROUND: usize = 32;

/// Units that a sound reading of a sample may leave, where the sample begins and ends inside a character.
const EDGES: usize = 6;
/// Readings kept of each depth, the best ones.
const KEPT: usize = 24;

/// A chain with the gain that its loose reading promises.
#[derive(Clone, Debug)]
pub(crate) struct Trial {
    pub(crate) chain: Chain,
    /// Log-likelihood gained over the text as it stands, on the best stretch, with the chain's prior, in nats.
    pub(crate) gain: f32,
    pub(crate) prior: f32,
    pub(crate) errors: usize,
    /// The case that a later pass brought the text to.
    pub(crate) cased: Option<Cased>,
}

impl Trial {
    /// Whether it explains most of what is odd in a text of such scores.
    pub(crate) fn explains_most(&self, text: &[char], costs: &[f32]) -> bool {
        self.gain > -MOST_EXPLAINED * costs[sample(text, costs)].iter().sum::<f32>()
    }
}

/// The share of what the damaged text costs that a chain gains which explains most of it: less than the true one gains where nothing is
/// lost ([`MOST_LEFT`]). None of 10,146 damaged texts comes out otherwise for it, and a lossy one of 60 KB takes four fifths of the time.
const MOST_EXPLAINED: f32 = 0.3;

/// A trial with what comes of the text.
#[derive(Debug)]
struct Reading {
    trial: Trial,
    units: Vec<Unit>,
}

impl Reading {
    /// A text as it stands.
    fn observed(text: &[char]) -> Reading {
        let unit = |(i, &c): (usize, &char)| Unit { c, from: i as u32, to: i as u32 + 1, kept: false };
        let trial = Trial { chain: Chain::default(), gain: 0.0, prior: 0.0, errors: 0, cased: None };
        Reading { trial, units: text.iter().enumerate().map(unit).collect() }
    }

    /// The encoding that the text is in now.
    fn written(&self) -> Option<Encoding> {
        self.trial.chain.steps().first().and_then(|step| step.written())
    }

    /// Whether a sound reading costs no more than text does: nothing is left to explain.
    fn reads_well(&self, model: &Model, costs: &[f32]) -> bool {
        self.trial.errors == 0 && self.costs_little(costs) && self.is_unsuspicious(model)
    }

    /// The same for a reading that lost something: whether nothing but that is left to explain.
    fn reads_well_but_for_losses(&self, costs: &[f32]) -> bool {
        let (lost, read) = (self.trial.errors, self.units.len() - self.trial.errors);
        lost > 0 && lost * READ_OF_LOST <= read && self.costs_little(costs)
    }

    /// Whether what could be read costs no more than text does.
    fn costs_little(&self, costs: &[f32]) -> bool {
        let before: f32 = costs.iter().sum();
        let lost = self.trial.errors as f32 * score::MALFORMED_UNIT;
        let cost = before + self.trial.gain - self.trial.prior - lost;
        let read = self.units.len() - self.trial.errors;
        let weak = self.written().is_some_and(Encoding::is_single_byte);
        let wide = self.units.iter().filter(|u| u.c >= WIDE).count().min(read);
        let fine = FINE_WIDE * wide as f32 + FINE * (read - wide) as f32;
        !weak && cost > MOST_LEFT * before && -cost < fine
    }

    /// Whether nothing in the reading asks for an explanation. In text that is mostly ASCII little damage costs little on average.
    fn is_unsuspicious(&self, model: &Model) -> bool {
        let chars: Vec<char> = self.units.iter().map(|u| u.c).collect();
        let high = chars.iter().filter(|c| !c.is_ascii()).count();
        high * MOSTLY_ASCII > chars.len()
            || detect::suspects(&chars, &detect::costs(model, "", &chars).scores, &[]).is_empty()
    }

    /// Whether it was UTF-8, all of it or all but for losses, and more than is by chance: of pairs of Latin letters one in eight is.
    fn is_utf8(&self, costs: &[f32]) -> bool {
        let high = self.units.iter().filter(|u| u.c > '\x7f').count();
        let odd = self.odd();
        self.written() == Some(Encoding::Utf8)
            && high >= NO_CHANCE
            && (odd == 0 || (odd * READ_OF_LOST <= high && self.reads_well_but_for_losses(costs)))
    }

    /// Units that the reading could make nothing of.
    fn odd(&self) -> usize {
        self.units.iter().filter(|u| is_odd(u)).count()
    }

    /// Whether a reading is sound enough to be damaged text itself: all of it, but for losses. Of UTF-8, which few bytes are by
    /// chance, more may be left over elsewhere, if what was read of the characters that most asked for an explanation still does.
    fn may_be_read_further(&self, costs: &[f32], core: &Range<usize>) -> bool {
        let Some(written) = self.written() else { return false };
        let high = self.units.iter().filter(|u| u.c > '\x7f').count();
        let odd = self.odd();
        if written != Encoding::Utf8 {
            return !written.is_single_byte() && !written.is_utf16() && odd * 10 <= high;
        }
        if odd * 2 <= high {
            return true;
        }
        let in_core: Vec<&Unit> =
            self.units.iter().filter(|u| u.c > '\x7f' && core.contains(&(u.from as usize))).collect();
        let read = in_core.iter().filter(|u| !is_odd(u)).count();
        let cost = costs[core.clone()].iter().sum::<f32>() + self.trial.gain - self.trial.prior;
        read * 2 >= in_core.len() && read >= NO_CHANCE && cost < HOT * read as f32
    }

    fn is_same_text(&self, other: &Reading) -> bool {
        self.units.len() == other.units.len() && self.units.iter().zip(&other.units).all(|(a, b)| a.c == b.c)
    }
}

/// Whether a reading could make nothing of it.
fn is_odd(unit: &Unit) -> bool {
    (unit.kept || unit.c == MALFORMED || unit.c == LOSSY) && unit.c > '\x7f'
}

/// What the true reading of damaged text costs at most of what the damaged text costs.
const MOST_LEFT: f32 = 0.6;
/// Characters that a reading must have for each that lost something, so that they tell that it is right.
const READ_OF_LOST: usize = 4;
/// Text of which less than one character in so many is beyond ASCII is mostly ASCII.
const MOSTLY_ASCII: usize = 3;
/// So many characters of sound UTF-8 are no chance.
const NO_CHANCE: usize = 6;
/// What a character of fine text costs on average at most, in nats: ideographs and other wide ones, and letters. With 6 for both, French
/// that went through macintosh three times comes back by one step; none of 10,146 damaged texts comes out otherwise.
const FINE_WIDE: f32 = 6.0;
const FINE: f32 = 4.5;
const WIDE: char = '\u{2e80}';

/// Undoing a part of a text rather than the whole must gain at least this, in nats: entering and leaving a span inside it.
pub(crate) const PART_OF_IT: f32 = 7.0;

pub(crate) struct Options<'a> {
    /// Whether malformed bytes of UTF-8 are shown in the text, as characters of x-user-defined.
    pub(crate) is_shown: bool,
    pub(crate) max_layers: usize,
    pub(crate) encodings: Option<&'a [Encoding]>,
}

impl Options<'_> {
    pub(crate) fn allows(&self, e: Encoding) -> bool {
        self.encodings.is_none_or(|list| list.contains(&e))
    }
}

/// Chains that may explain `text`, the most promising first. `costs` holds the score of each character as it stands.
pub(crate) fn trials(model: &Model, text: &[char], costs: &[f32], options: &Options<'_>) -> Vec<Trial> {
    let sample = sample(text, costs);
    let mut undoing = Undoing::new(model, (text, costs), &sample, options);
    let sampled = (&text[sample.clone()], &costs[sample]);
    let mut found = trials_of_case(&mut undoing, model, sampled, options.max_layers.min(crate::restore::MAX_LAYERS));
    undoing.cased = Cased::of(sampled.0);
    if undoing.cased.is_some() {
        found.append(&mut trials_of_case(&mut undoing, model, sampled, options.max_layers.min(CASED_LAYERS)));
    }
    found.sort_by(|a, b| b.gain.total_cmp(&a.gain));
    found
}

/// The same of a sample where a later pass brought the text to one case or did not, with so many layers at most, in any order.
fn trials_of_case(
    undoing: &mut Undoing<'_>,
    model: &Model,
    (text, costs): (&[char], &[f32]),
    layers: usize,
) -> Vec<Trial> {
    let mut found: Vec<Trial> = Vec::new();
    let mut frontier = vec![Reading::observed(text)];
    let focus = undoing.core.start.saturating_sub(AROUND)..undoing.core.end + AROUND;
    let is_near = |u: &Unit| u.to as usize >= focus.start && u.from as usize <= focus.end;
    for depth in 0..layers {
        let mut next: Vec<Reading> = Vec::new();
        for reading in &frontier {
            undoing.undo(reading, &mut next);
        }
        next.sort_by(|a, b| b.trial.gain.total_cmp(&a.trial.gain));
        let mut distinct: Vec<Reading> = Vec::with_capacity(next.len());
        for reading in next {
            if reading.trial.errors > 0 || !distinct.iter().any(|other| other.is_same_text(&reading)) {
                distinct.push(reading);
            }
        }
        let mut next = distinct;
        found.extend(next.iter().take(KEPT).map(|reading| reading.trial.clone()));
        let Some(&most) = EXPANSIONS.get(depth) else { break };
        // Nothing is left to explain, or nothing explains anything: text between two steps of damage is likelier than what both made of it.
        let is_last = |best: &Reading| {
            best.trial.gain < LEAST_FURTHER || best.reads_well(model, costs) || best.reads_well_but_for_losses(costs)
        };
        if next.first().is_none_or(is_last) {
            break;
        }
        next.retain(|reading| reading.may_be_read_further(costs, &undoing.core));
        // A sound reading is worth undoing further even where it looks no better yet.
        next.sort_by_cached_key(|reading| (reading.written() != Some(Encoding::Utf8), reading.odd() > EDGES));
        next.truncate(most);
        next.iter_mut().for_each(|reading| reading.units.retain(is_near));
        frontier = next;
    }
    found
}

/// A loose reading this far behind the best one is not searched with: so many nats, or this share of the best one's gain.
pub(crate) const BEHIND: f32 = 15.0;
const FAR_BEHIND: f32 = 0.25;

/// Whether a loose reading's gain is too far behind that of the best one.
pub(crate) fn is_far_behind(gain: f32, most: f32) -> bool {
    gain < most - (most * FAR_BEHIND).max(BEHIND)
}

/// What chains that are known from nearby promise here, the most promising first.
pub(crate) fn again(
    model: &Model,
    nearby: &[Trial],
    text: &[char],
    costs: &[f32],
    options: &Options<'_>,
) -> Vec<Trial> {
    let sample = sample(text, costs);
    let mut undoing = Undoing::new(model, (text, costs), &sample, options);
    let observed = || Reading::observed(&text[sample.clone()]);
    let readings = nearby.iter().filter_map(|trial| {
        undoing.cased = trial.cased;
        undoing.follow(&trial.chain, observed())
    });
    let mut trials: Vec<Trial> = readings.map(|reading| reading.trial).collect();
    trials.sort_by(|a, b| b.gain.total_cmp(&a.gain));
    trials
}

/// A chain, and with other pages instead of the last reader's: two that agree on a sample may differ elsewhere, as windows-1252 and
/// Latin-1 do.
pub(crate) fn sisters(chain: &Chain, options: &Options<'_>) -> impl Iterator<Item = Chain> {
    let mut steps = chain.steps().to_vec();
    let last = steps.pop().and_then(|step| step.encodings());
    let others = last.filter(|last| last.read.is_single_byte()).into_iter().flat_map(move |last| {
        let pages = READERS.iter().filter(move |e| e.is_single_byte() && **e != last.read && options.allows(**e));
        let steps = steps.clone();
        pages.map(move |&read| {
            let last = Step::Misread { written: last.written, read };
            Chain::new(steps.iter().copied().chain([last]))
        })
    });
    std::iter::once(chain.clone()).chain(others)
}

/// The characters of a text in which its chains are looked for.
pub(crate) fn sample(text: &[char], costs: &[f32]) -> Range<usize> {
    let hottest = gain::hottest(text, costs);
    let near = gain::near(&text[hottest.clone()], &costs[hottest.clone()]);
    hottest.start + near.start..hottest.start + near.end
}

#[cfg(test)]
mod tests {
    #[test]
    fn fine_words_beside_a_damaged_line_stay_as_they_are() {
        // Of ü and the letter after it GBK makes an ideograph.
        let chain: crate::Chain = "gbk as iso-8859-1".parse().expect("a chain");
        let fine = "Während der Prüfung fühlte er sich überhaupt nicht müde.\n";
        let text = "会议由副主任主持，各部门汇报了上半年的工作情况。";
        let observed = fine.to_owned() + &chain.apply(text).expect("nothing is lost");
        assert_eq!(crate::fix_text(&observed), fine.to_owned() + text);
    }

    #[test]
    fn what_tells_two_pages_apart_may_stand_beyond_the_sample() {
        // 亞 ends with a byte that is no letter of windows-1254, but one of windows-1252.
        let text = "会议由副主任主持，各部门汇报了上半年的工作情况。".repeat(8)
            + "東亞的航線下周恢復。"
            + &"其余照旧。".repeat(8);
        let chain: crate::Chain = "utf-8 as windows-1254".parse().expect("a chain");
        let damaged = chain.apply(&text).expect("nothing is lost");
        let repair = crate::fix_and_explain(&damaged);
        assert_eq!((repair.text(), repair.spans().len()), (text.as_str(), 1));
    }
}

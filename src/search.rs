//! Candidate chains for a damaged stretch: which steps could have made it look like this.
//!
//! A step `written W, read R` is tried by giving each character its bytes under R and reading those in W, loosely: what
//! cannot be read so is kept as it is or counted as an error. Each reading is scored against the text as it stands, on
//! the stretch where it gains most ([`Trial::gain`]); promising ones are undone once more, up to the layers allowed. The
//! best few become the modes of the lattice search, which has the last word.

use std::ops::Range;

use crate::chain::{Chain, Step};
use crate::codec::{Encoding, Parse};
use crate::model::Model;
use crate::{detect, score};

/// Readers that are tried, the commonest first: of two that give the same bytes the first is reported.
pub(crate) const READERS: &[Encoding] = {
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
    ]
};

/// Observed characters that are looked at to find the chain; more add time but hardly evidence.
const SAMPLE: usize = 400;
/// Readings that are undone once more, at each depth.
const EXPANSIONS: [usize; 2] = [6, 4];

/// Units that a sound reading of a sample may leave, where the sample begins and ends inside a character.
const EDGES: usize = 6;
/// Readings kept of each depth, the best ones.
const KEPT: usize = 24;

/// A character of an undone text, with the observed characters it came from.
#[derive(Clone, Copy, Debug)]
struct Unit {
    c: char,
    from: u32,
    to: u32,
    /// Stands as it was observed: the chain says nothing of it.
    kept: bool,
}

const MALFORMED: char = '\u{fffd}';
/// Stands for a character that lost some of its bytes; a noncharacter, so that no text holds it.
const LOSSY: char = '\u{fdd0}';

/// A chain with the gain that its loose reading promises.
#[derive(Clone, Debug)]
pub(crate) struct Trial {
    pub(crate) chain: Chain,
    /// Log-likelihood gained over the text as it stands, on the best stretch, with the chain's prior, in nats.
    pub(crate) gain: f32,
    pub(crate) prior: f32,
    pub(crate) errors: usize,
    units: Vec<Unit>,
}

impl Trial {
    /// Whether a sound reading costs no more than text does: nothing is left to explain.
    fn reads_well(&self, model: &Model, costs: &[f32]) -> bool {
        let before: f32 = costs.iter().sum();
        let cost = before + self.gain - self.prior;
        let weak = self.chain.steps()[0].written().is_some_and(Encoding::is_single_byte);
        self.errors == 0
            && !weak
            && cost > MOST_LEFT * before
            && -cost < FINE * self.units.len() as f32
            && self.is_unsuspicious(model)
    }

    /// Whether nothing in the reading asks for an explanation. In text that is mostly ASCII little damage costs little on average.
    fn is_unsuspicious(&self, model: &Model) -> bool {
        let chars: Vec<char> = self.units.iter().map(|u| u.c).collect();
        detect::suspects(&chars, &detect::costs(model, "", &chars).scores).is_empty()
    }

    /// Units that the reading could make nothing of.
    fn odd(&self) -> usize {
        self.units.iter().filter(|u| (u.kept || u.c == MALFORMED || u.c == LOSSY) && u.c > '\x7f').count()
    }

    /// Whether a reading is sound enough to be damaged text itself: all of it, but for losses.
    fn may_be_read_further(&self) -> bool {
        let Some(written) = self.chain.steps()[0].written() else { return false };
        let high = self.units.iter().filter(|u| u.c > '\x7f').count();
        !written.is_single_byte() && self.odd() * if written == Encoding::Utf8 { 2 } else { 10 } <= high
    }
}

/// What the true reading of damaged text costs at most of what the damaged text costs.
const MOST_LEFT: f32 = 0.6;
/// What a character of fine text costs on average at most, in nats.
const FINE: f32 = 6.0;

/// What nothing but sound steps give: the whole of `text` undone by a trial's chain, and its score, where that beats
/// undoing only a part of it.
pub(crate) fn whole(model: &Model, trial: &Trial, text: &[char], costs: &[f32]) -> Option<(String, f32)> {
    // A sample may begin and end inside a character.
    if (trial.errors > 0 && text.len() <= SAMPLE) || text.contains(&MALFORMED) {
        return None;
    }
    // Where a character has several byte forms the model must choose.
    let read = trial.chain.steps().last()?.encodings()?.read;
    if read != Encoding::Gbk && read.has_duplicates() && text.iter().any(|&c| read.forms(c).len() > 1) {
        return None;
    }
    let observed: String = text.iter().collect();
    let undone = trial.chain.undo(&observed).ok()?;
    let (mut context, mut before) = (model.start(), '\n');
    let mut score = 0.0;
    let rare = rare(trial.chain.steps()[0].written());
    for c in undone.chars() {
        let (s, next) = model.step(&context, c);
        score += detect::restored(s, before, c, rare);
        (context, before) = (next, c);
    }
    let gain = score + trial.prior - costs.iter().sum::<f32>();
    (gain > trial.gain - PART_OF_IT).then_some((undone, score))
}

/// Undoing a part of a text rather than the whole must gain at least this, in nats: entering and leaving a span inside it.
const PART_OF_IT: f32 = 7.0;

pub(crate) struct Options<'a> {
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
    let (start, end) = hottest(costs);
    let (text, costs) = (&text[start..end], &costs[start..end]);
    let observed: Vec<Unit> =
        text.iter().enumerate().map(|(i, &c)| Unit { c, from: i as u32, to: i as u32 + 1, kept: false }).collect();
    let root = Trial { chain: Chain::default(), gain: 0.0, prior: 0.0, errors: 0, units: observed };
    let mut found: Vec<Trial> = Vec::new();
    let mut frontier = vec![root];
    for depth in 0..options.max_layers.min(crate::restore::MAX_LAYERS) {
        let mut next: Vec<Trial> = Vec::new();
        for trial in &frontier {
            undo_all(model, trial, costs, options, &mut next);
        }
        next.sort_by(|a, b| b.gain.total_cmp(&a.gain));
        let mut seen: Vec<String> = Vec::new();
        next.retain(|t| {
            let text: String = t.units.iter().map(|u| u.c).collect();
            let new = t.errors > 0 || !seen.contains(&text);
            seen.push(text);
            new
        });
        found.extend(next.iter().take(KEPT).cloned());
        let Some(&most) = EXPANSIONS.get(depth) else { break };
        if next.first().is_some_and(|t| t.reads_well(model, costs)) {
            break;
        }
        next.retain(|t| t.may_be_read_further());
        // A sound reading is worth undoing further even where it looks no better yet.
        next.sort_by(|a, b| {
            let key = |t: &Trial| (t.chain.steps()[0].written() != Some(Encoding::Utf8), t.odd() > EDGES);
            key(a).cmp(&key(b)).then(b.gain.total_cmp(&a.gain))
        });
        next.truncate(most);
        frontier = next;
    }
    found.sort_by(|a, b| b.gain.total_cmp(&a.gain));
    found
}

/// The characters of a text in which its chains are looked for.
pub(crate) fn sample(costs: &[f32]) -> Range<usize> {
    let (start, end) = hottest(costs);
    start..end
}

/// How much dearer another sample must be than the one at the start.
const AT_THE_START: f32 = 1.25;

/// The stretch of at most [`SAMPLE`] characters that costs most as it stands.
fn hottest(costs: &[f32]) -> (usize, usize) {
    if costs.len() <= SAMPLE {
        return (0, costs.len());
    }
    let mut sum: f32 = costs[..SAMPLE].iter().sum();
    // The first characters are preferred: damage mostly begins with the text, and is in step there.
    let (mut best, mut at) = (sum * AT_THE_START, 0);
    for i in SAMPLE..costs.len() {
        sum += costs[i] - costs[i - SAMPLE];
        if sum < best {
            (best, at) = (sum, i + 1 - SAMPLE);
        }
    }
    (at, at + SAMPLE)
}

/// A character that costs more than this where it stands asks for an explanation.
const HOT: f32 = -8.0;

/// The characters that together cost most above [`HOT`].
fn core(costs: &[f32]) -> Range<usize> {
    let (mut sum, mut start, mut best, mut range) = (0.0f32, 0, 0.0f32, 0..costs.len());
    for (i, &cost) in costs.iter().enumerate() {
        sum += HOT - cost;
        if sum <= 0.0 {
            (sum, start) = (0.0, i + 1);
        } else if sum > best {
            (best, range) = (sum, start..i + 1);
        }
    }
    range
}

fn undo_all(model: &Model, trial: &Trial, costs: &[f32], options: &Options<'_>, out: &mut Vec<Trial>) {
    let core = core(costs);
    let hot = |u: &&Unit| {
        let at = u.from as usize;
        u.c > '\x7f' && core.contains(&at) && (!trial.chain.steps().is_empty() || costs[at] < HOT)
    };
    let hot_units = trial.units.iter().filter(hot).count();
    // Many pages agree on the characters that occur: the first of them stands for all.
    let mut seen: Vec<Vec<u8>> = Vec::new();
    for &read in READERS.iter().filter(|&&e| options.allows(e)) {
        let covered = trial.units.iter().filter(hot).filter(|u| read.can_write(u.c)).count();
        if covered == 0 || covered * 2 < hot_units {
            continue;
        }
        let (bytes, origin) = write(read, &trial.units);
        if seen.contains(&bytes) {
            continue;
        }
        for &written in WRITERS.iter().filter(|&&e| e != read && options.allows(e)) {
            let rare = written.is_single_byte() && trial.chain.steps().len() > 1;
            if rare || same_family(written, read) {
                continue;
            }
            if let Some(units) = reread(written, read, &trial.units, &bytes, &origin) {
                let mut steps = vec![Step::Misread { written, read }];
                steps.extend_from_slice(trial.chain.steps());
                let prior = trial.prior + score::step_prior(written, read) + further_layer(&trial.chain);
                if written != Encoding::Utf8
                    && best_stretch(&units, costs, |u| model.unigram(u.c) + CONTEXT_HELPS).0 < 0.1
                {
                    continue;
                }
                let (gain, errors) = gain(model, written, &units, costs);
                out.push(Trial { chain: Chain::new(steps), gain: gain + prior, prior, errors, units });
            }
        }
        seen.push(bytes);
    }
}

/// What it costs to undo another step: that there was one, and that a later one wrote it as something else than UTF-8, which
/// nearly all software that damages text a second time writes.
fn further_layer(later: &Chain) -> f32 {
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

/// The bytes of the units under a reader, with the unit that each came from; units without bytes are barriers (none).
fn write(read: Encoding, units: &[Unit]) -> (Vec<u8>, Vec<u32>) {
    let mut bytes = Vec::with_capacity(units.len() * 2);
    let mut origin = Vec::with_capacity(units.len() * 2);
    for (i, u) in units.iter().enumerate() {
        if let Some(form) = read.forms(u.c).iter().next() {
            bytes.extend_from_slice(form);
            origin.extend(std::iter::repeat_n(i as u32, form.len()));
        } else {
            // A byte that starts nothing and ends nothing in any encoding tried: the reading breaks here.
            bytes.push(0xFF);
            origin.push(i as u32);
        }
    }
    (bytes, origin)
}

/// Reads the bytes in `written`, keeping units that make no sense there; `None` where nothing but ASCII comes of it.
fn reread(written: Encoding, read: Encoding, units: &[Unit], bytes: &[u8], origin: &[u32]) -> Option<Vec<Unit>> {
    let mut out: Vec<Unit> = Vec::with_capacity(units.len());
    let mut at = 0;
    let mut changed = 0usize;
    let stripped = read.is_single_byte() && !units.iter().any(|u| ('\u{80}'..='\u{9f}').contains(&u.c));
    while at < bytes.len() {
        let u = &units[origin[at] as usize];
        if bytes[at] < 0x80 {
            out.push(Unit { c: bytes[at] as char, ..*u });
            at += 1;
            continue;
        }
        match written.parse(&bytes[at..bytes.len().min(at + 4)]) {
            Parse::Char { c, len } => {
                let end = at + len as usize;
                let to = units[origin[end - 1] as usize].to;
                out.push(Unit { c, from: u.from, to, kept: false });
                changed += 1;
                at = end;
            }
            Parse::Pair { first, second, len } => {
                let to = units[origin[at + len as usize - 1] as usize].to;
                out.push(Unit { c: first, from: u.from, to, kept: false });
                out.push(Unit { c: second, from: to, to, kept: false });
                at += len as usize;
            }
            // A lead byte whose continuation was stripped or cut short still tells that a character stood here.
            Parse::Incomplete | Parse::Malformed
                if written == Encoding::Utf8 && stripped && matches!(bytes[at], 0xE2..=0xEF) =>
            {
                let mut end = at + 1;
                while end < bytes.len() && end < at + 3 && matches!(bytes[end], 0x80..=0xBF) {
                    end += 1;
                }
                out.push(Unit { c: LOSSY, from: u.from, to: units[origin[end - 1] as usize].to, kept: false });
                changed += 1;
                at = end;
            }
            Parse::Incomplete | Parse::Malformed => {
                let whole = read.is_single_byte()
                    || bytes[at] == 0xFF
                    || (at + 1 < bytes.len() && origin[at + 1] == origin[at]);
                let starts = at == 0 || origin[at - 1] != origin[at];
                if starts && whole {
                    out.push(Unit { kept: true, ..*u });
                    let this = origin[at];
                    while at < bytes.len() && origin[at] == this {
                        at += 1;
                    }
                } else {
                    out.push(Unit { c: MALFORMED, from: u.to, to: u.to, kept: false });
                    at += 1;
                }
            }
        }
    }
    (changed > 0).then_some(out)
}

/// How much more than its mere frequency a character's context can promise on average, in nats: what order 4 gains over order
/// 1 on Chinese (9.6 against 6.4 bits a character), and a little more.
const CONTEXT_HELPS: f32 = 3.0;

/// What a character that the model does not know may cost more than in fine text: as in the search proper for UTF-8, which
/// bytes seldom are by chance; all the model says for encodings in which any two bytes are a character.
fn rare(written: Option<Encoding>) -> f32 {
    if written == Some(Encoding::Utf8) { 0.0 } else { f32::MIN }
}

/// The gain of the best stretch over the text as it stands, and the malformed units in it.
fn gain(model: &Model, written: Encoding, units: &[Unit], costs: &[f32]) -> (f32, usize) {
    let rare = rare(Some(written));
    let (mut context, mut before) = (model.start(), '\n');
    best_stretch(units, costs, |u| {
        let last = std::mem::replace(&mut before, u.c);
        if u.c == LOSSY {
            context = model.start();
            return score::LOSSY_CHARACTER;
        }
        let (cost, next) = model.step(&context, u.c);
        context = next;
        detect::restored(cost, last, u.c, rare)
    })
}

/// The stretch that gains most over the text as it stands, `rate` giving each unit's score: its gain, its malformed units.
fn best_stretch(units: &[Unit], costs: &[f32], mut rate: impl FnMut(&Unit) -> f32) -> (f32, usize) {
    let (mut sum, mut best, mut errors, mut best_errors) = (0.0f32, 0.0f32, 0usize, 0usize);
    // One observed character may have become several: it is set against them once.
    let mut counted = 0;
    for u in units {
        let (from, to) = ((u.from as usize).max(counted).min(u.to as usize), u.to as usize);
        let before: f32 = costs[from..to].iter().sum();
        counted = counted.max(to);
        let malformed = u.c == MALFORMED && !u.kept;
        errors += (malformed || u.c == LOSSY || (u.kept && u.c > '\x7f')) as usize;
        let after = if malformed { score::MALFORMED_UNIT } else { rate(u) };
        sum += if u.kept { after.min(before) } else { after } - before;
        if sum <= 0.0 {
            (sum, errors) = (0.0, 0);
        } else if sum > best {
            (best, best_errors) = (sum, errors);
        }
    }
    (best, best_errors)
}

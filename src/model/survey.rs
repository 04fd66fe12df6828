//! The first reading of the training text: characters, their scripts, widths and cases; which become one token.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::char::decompose_canonical;

use super::kinds::{self, FIRST_CHAR, KINDS, Kind};
use super::nats::{COST_STEP, Nats};
use super::surface::{
    BLOCK, CAPITAL, Flags, JAPANESE, LIMIT, OTHER, SCRIPTS, SIMPLIFIED, SMALL, TRADITIONAL, UNKNOWN, WIDE, form,
    is_kana, is_wide, switches,
};

/// A variant stays a character of its own where simplified text has it at more than this share of its frequency in
/// traditional text, as in 乾隆 or 著名: then it is not just another way to write its simplified form.
const OWN_SHARE: f64 = 0.1;
/// ...and has it at least this often.
const OWN_COUNT: u64 = 20;
/// Added to each form's count, so that no form is impossible.
const PRIOR: f64 = 0.05;
/// Probability of a character from another script than the text's: quotations, names, converters that know only some
/// characters. Measured on text cleaned by script it would be near nothing, so it is set.
const SWITCH: f64 = 0.02;
/// Shares of the scripts where nothing is known of the text yet.
const SHARES: [f64; SCRIPTS] = [0.0, 0.55, 0.4, 0.05];
/// Fullwidth forms of ASCII, and how far they are from it.
const FULLWIDTH: std::ops::RangeInclusive<char> = '\u{FF01}'..='\u{FF5E}';
const FULLWIDTH_SHIFT: u32 = 0xFEE0;
const IDEOGRAPHIC_SPACE: char = '\u{3000}';

/// What the first reading counts.
pub(crate) struct Characters {
    variants: Vec<(char, char)>,
    traditional: BTreeSet<char>,
    simplified: BTreeSet<char>,
    /// By code point, then by script of the line.
    counts: Vec<[u64; SCRIPTS]>,
    /// By ASCII character, form (half, full) and width flags.
    widths: Vec<[[u64; 5]; 2]>,
    /// By case (small, capital) and previous character.
    cases: [[u64; 4]; 2],
    lines: u64,
    flags: Flags,
}

/// The character tables of a model, as sections.
pub(crate) struct CharTables {
    pub(crate) blocks: Vec<u8>,
    pub(crate) entries: Vec<u8>,
    pub(crate) records: Vec<u8>,
    pub(crate) vocabulary: u16,
    pub(crate) forms: u32,
    pub(crate) cases: [[Nats; 4]; 2],
    pub(crate) kinds: [Nats; KINDS],
    /// How often each token stood in the text.
    pub(crate) frequencies: Vec<u64>,
}

/// ASCII of a fullwidth form.
fn narrow(c: char) -> char {
    match c {
        IDEOGRAPHIC_SPACE => ' ',
        c if FULLWIDTH.contains(&c) => char::from_u32(c as u32 - FULLWIDTH_SHIFT).unwrap_or(c),
        c => c,
    }
}

/// The small letter of a capital, where the two belong to each other alone.
fn small(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(l), None) if l != c && l.to_uppercase().eq([c]) => l,
        _ => c,
    }
}

/// Width, case, digits: everything but variants.
fn plain(c: char) -> char {
    match small(narrow(c)) {
        '0'..='9' => '0',
        c if matches!(c as u32, 0xF900..=0xFAFF | 0x2_F800..=0x2_FA1F) => {
            let mut unified = c;
            decompose_canonical(c, |part| unified = part);
            unified
        }
        c => c,
    }
}

impl Characters {
    /// Nothing read; `variants` are pairs of a traditional character and a simplified one.
    pub(crate) fn new(variants: impl IntoIterator<Item = (char, char)>) -> Characters {
        let mut variants: Vec<(char, char)> = variants.into_iter().collect();
        variants.retain(|&(from, to)| (from as u32) < LIMIT && (to as u32) < LIMIT);
        variants.sort_unstable();
        variants.dedup();
        let own = |c: char| variants.binary_search(&(c, c)).is_ok();
        let differing = || variants.iter().filter(|(t, s)| t != s);
        let targets: BTreeSet<char> = differing().map(|&(_, s)| s).collect();
        let sources: BTreeSet<char> = differing().map(|&(t, _)| t).collect();
        let traditional = sources.difference(&targets).copied().filter(|&c| !own(c)).collect();
        let simplified = targets.difference(&sources).copied().filter(|&c| !own(c)).collect();
        Characters {
            traditional,
            simplified,
            variants,
            counts: vec![[0; SCRIPTS]; LIMIT as usize],
            widths: vec![[[0; 5]; 2]; 128],
            cases: [[0; 4]; 2],
            lines: 0,
            flags: Flags::default(),
        }
    }

    /// A new text begins: what is known of the script is forgotten.
    pub(crate) fn begin(&mut self) {
        self.flags = Flags::default();
    }

    /// Counts the characters of a line, `weight` times.
    pub(crate) fn add_line(&mut self, line: &str, weight: u64) {
        let (mut traditional, mut simplified, mut kana) = (0, 0, 0);
        for c in line.chars().filter(|&c| is_wide(c)) {
            traditional += u32::from(self.traditional.contains(&c));
            simplified += u32::from(self.simplified.contains(&c));
            kana += u32::from(is_kana(c));
        }
        let script = match () {
            () if kana > 1 => JAPANESE,
            () if traditional > simplified => TRADITIONAL,
            () if simplified > traditional => SIMPLIFIED,
            () => self.flags.script(),
        };
        self.flags = self.flags.with_script(script);
        self.lines += weight;
        for c in line.chars() {
            if let Some(counts) = self.counts.get_mut(c as usize) {
                counts[script] += weight;
            }
            self.add_form(c, weight);
        }
        self.flags = self.flags.new_line(false);
    }

    /// Counts width and case; moves the flags as `surface` does.
    fn add_form(&mut self, c: char, weight: u64) {
        let mut previous = if is_wide(c) { WIDE } else { OTHER };
        let ascii = narrow(c);
        if matches!(ascii, ' '..='~') {
            let full = ascii != c;
            self.widths[small(ascii) as usize][usize::from(full)][self.flags.width()] += weight;
            if ascii.is_ascii_punctuation() {
                self.flags = self.flags.with_full_width(full);
            }
        }
        let (upper, lower) = (small(ascii) != ascii, ascii.is_lowercase());
        if upper || lower {
            self.cases[usize::from(upper)][self.flags.previous()] += weight;
            if previous != WIDE {
                previous = if upper { CAPITAL } else { SMALL };
            }
        }
        self.flags = self.flags.with_previous(previous);
    }

    /// Which characters become which, beyond width and case: each variant its commonest simplified form.
    fn variant_targets(&self) -> BTreeMap<char, char> {
        let script_total = |script: usize| self.counts.iter().map(|c| c[script]).sum::<u64>().max(1) as f64;
        let (simplified, traditional) = (script_total(SIMPLIFIED), script_total(TRADITIONAL));
        let of = |c: char| self.counts.get(c as usize).copied().unwrap_or_default();
        let mut chosen: BTreeMap<char, (u64, char)> = BTreeMap::new();
        for &(from, to) in self.variants.iter().filter(|(from, to)| from != to) {
            let counts = of(from);
            let share = counts[SIMPLIFIED] as f64 / simplified;
            let own = counts[SIMPLIFIED] >= OWN_COUNT && share > OWN_SHARE * counts[TRADITIONAL] as f64 / traditional;
            let both = self.variants.binary_search(&(to, from)).is_ok();
            let frequency = of(to).iter().sum();
            if own || (both && counts.iter().sum::<u64>() >= frequency) {
                continue;
            }
            let entry = chosen.entry(from).or_insert((frequency, to));
            if frequency > entry.0 {
                *entry = (frequency, to);
            }
        }
        chosen.into_iter().map(|(from, (_, to))| (from, to)).collect()
    }

    /// Decides on tokens and forms; characters that stood less often than `min_count` are left out.
    pub(crate) fn tables(&self, min_count: u64) -> CharTables {
        let targets = self.variant_targets();
        let fold = |c: char| {
            let mut base = plain(c);
            // Chains are short; the bound breaks rings.
            for _ in 0..3 {
                base = targets.get(&base).copied().unwrap_or(base);
            }
            base
        };
        let mut bases: BTreeMap<char, u64> = BTreeMap::new();
        let mut groups: BTreeMap<char, Vec<char>> = BTreeMap::new();
        for c in (0..LIMIT).filter_map(char::from_u32).filter(|c| !matches!(c, '\n' | '\r')) {
            let base = fold(c);
            *bases.entry(base).or_default() += self.counts[c as usize].iter().sum::<u64>();
            if base != c {
                groups.entry(base).or_default().push(c);
            }
        }
        let usable = |c: char| c == '\t' || kinds::kind_of(c).fixed().is_none();
        bases.retain(|&c, count| *count >= min_count.max(1) && usable(c));
        // Entries share 16 bits; the rarest go first should there ever be too many.
        let vocabulary = usize::from(FIRST_CHAR) + bases.len();
        let mut builder = Builder::new(self, vocabulary as u16);
        for (token, (&base, &count)) in (FIRST_CHAR..).zip(&bases) {
            let others = groups.get(&base).map_or(&[][..], Vec::as_slice);
            builder.token(token, base, others, count);
        }
        builder.finish(&bases)
    }

    /// ln P(case | previous character), small letters first.
    fn case_costs(&self) -> [[Nats; 4]; 2] {
        let mut costs = [[Nats::default(); 4]; 2];
        for previous in 0..4 {
            let both = (self.cases[0][previous] + self.cases[1][previous]) as f64 + 2.0;
            for (row, counts) in costs.iter_mut().zip(&self.cases) {
                row[previous] = Nats::new(((counts[previous] as f64 + 1.0) / both).ln() as f32);
            }
        }
        costs
    }
}

/// Builds the character tables.
struct Builder<'a> {
    characters: &'a Characters,
    vocabulary: u16,
    entries: BTreeMap<u32, u16>,
    records: Vec<u8>,
    forms: u32,
    frequencies: Vec<u64>,
}

/// A cost in steps.
fn cost(probability: f64) -> u8 {
    (-probability.ln() / f64::from(COST_STEP)).round().clamp(0.0, 255.0) as u8
}

impl<'a> Builder<'a> {
    fn new(characters: &'a Characters, vocabulary: u16) -> Builder<'a> {
        let frequencies = vec![0; usize::from(vocabulary)];
        Builder { characters, vocabulary, entries: BTreeMap::new(), records: Vec::new(), forms: 0, frequencies }
    }

    /// Enters a token with its forms.
    fn token(&mut self, token: u16, base: char, others: &[char], count: u64) {
        self.frequencies[usize::from(token)] = count;
        let cased = small(base) != base || base.is_lowercase();
        if others.is_empty() && !cased {
            self.entries.insert(base as u32, token);
            return;
        }
        let scripts = self.script_costs(base, others);
        for (&c, costs) in std::iter::once(&base).chain(others).zip(scripts) {
            let narrowed = narrow(c);
            let mut flags = 0;
            let [none, simplified, traditional, japanese] = costs.map(cost);
            let mut costs = [none, simplified, traditional, japanese, 0];
            if base.is_ascii() {
                let full = narrowed != c;
                flags |= if full { form::FULL } else { form::HALF };
                flags |= if narrowed.is_ascii_punctuation() { form::POINT } else { 0 };
                flags |= if narrowed.is_ascii_digit() { form::DIGIT } else { 0 };
                costs = self.width_costs(base, full);
            } else if !cased {
                flags |= form::SCRIPT;
                costs[4] = switches([none, simplified, traditional, japanese]);
            }
            if small(narrowed) != narrowed {
                flags |= form::UPPER;
            } else if narrowed.is_lowercase() {
                flags |= form::LOWER;
            }
            self.record(c, token, flags, costs);
        }
    }

    fn record(&mut self, c: char, token: u16, flags: u8, costs: [u8; 5]) {
        let entry = u32::from(self.vocabulary) + self.forms;
        // Past 16 bits a form is left to its kind; there are some seven thousand.
        let Ok(entry) = u16::try_from(entry) else { return };
        self.entries.insert(c as u32, entry);
        self.forms += 1;
        self.records.extend(token.to_le_bytes());
        self.records.extend([flags, costs[4]]);
        self.records.extend(&costs[..4]);
    }

    /// P(form | token, script) of the base and the other forms.
    fn script_costs(&self, base: char, others: &[char]) -> Vec<[f64; SCRIPTS]> {
        let counts: Vec<[u64; SCRIPTS]> =
            std::iter::once(&base).chain(others).map(|&c| self.characters.counts[c as usize]).collect();
        let forms = counts.len() as f64;
        let overall: f64 = counts.iter().flatten().sum::<u64>() as f64;
        let pure = |form: usize, script: usize| {
            let total: f64 = counts.iter().map(|c| c[script]).sum::<u64>() as f64;
            let all: f64 = counts[form].iter().sum::<u64>() as f64;
            // What a script does not tell, the others do, a little.
            let prior = (all + PRIOR) / (overall + PRIOR * forms);
            (counts[form][script] as f64 + prior) / (total + 1.0)
        };
        (0..counts.len())
            .map(|form| {
                let [_, simplified, traditional, japanese] =
                    [0, SIMPLIFIED, TRADITIONAL, JAPANESE].map(|s| pure(form, s));
                let mixed =
                    SHARES[SIMPLIFIED] * simplified + SHARES[TRADITIONAL] * traditional + SHARES[JAPANESE] * japanese;
                let mut costs = [mixed, simplified, traditional, japanese];
                for script in [SIMPLIFIED, TRADITIONAL, JAPANESE] {
                    costs[script] = (1.0 - SWITCH) * costs[script] + SWITCH * mixed;
                }
                costs[UNKNOWN] = mixed;
                costs
            })
            .collect()
    }

    /// Costs of a width by the width flags.
    fn width_costs(&self, base: char, full: bool) -> [u8; 5] {
        let mut counts = self.characters.widths[base as usize];
        // Where no punctuation was yet, texts of both habits are possible.
        for form in &mut counts {
            form[4] += form[2] + form[3];
        }
        [0, 1, 2, 3, 4].map(|flags: usize| {
            let chosen = counts[usize::from(full)][flags] as f64;
            let both = (counts[0][flags] + counts[1][flags]) as f64;
            // Where a width was hardly seen, the character's own habit over all contexts stands in.
            let habit = (counts[usize::from(full)].iter().sum::<u64>() as f64 + 0.5)
                / (counts.iter().flatten().sum::<u64>() as f64 + 1.0);
            cost((chosen + 2.0 * habit) / (both + 2.0))
        })
    }

    /// Writes the stages.
    fn finish(mut self, bases: &BTreeMap<char, u64>) -> CharTables {
        let mut sizes = [0u64; KINDS];
        let mut left_out = [0u64; KINDS];
        for c in (0..=char::MAX as u32).filter_map(char::from_u32) {
            if !self.entries.contains_key(&(c as u32)) && !matches!(c, '\n' | '\r') {
                let kind = kinds::kind_of(c) as usize;
                sizes[kind] += 1;
                left_out[kind] += self.characters.counts.get(c as usize).map_or(0, |c| c.iter().sum());
            }
        }
        let mut blocks = Vec::new();
        let mut entries = vec![0u8; 2 * BLOCK];
        for block in 0..LIMIT / BLOCK as u32 {
            let range = block * BLOCK as u32..(block + 1) * BLOCK as u32;
            if self.entries.range(range.clone()).next().is_none() {
                blocks.extend(0u16.to_le_bytes());
                continue;
            }
            blocks.extend(((entries.len() / (2 * BLOCK)) as u16).to_le_bytes());
            entries.extend(range.flat_map(|cp| self.entries.get(&cp).copied().unwrap_or(0).to_le_bytes()));
        }
        for (kind, count) in left_out.into_iter().enumerate() {
            self.frequencies[usize::from(kinds::FIRST_KIND) + kind] = count;
        }
        self.frequencies[usize::from(kinds::LINE)] = self.characters.lines;
        // The mass of emoji and symbols goes to few of many; the share of the rest is spread evenly all the same.
        let spread = |kind: usize| match kind {
            kind if kind == Kind::Unassigned as usize => Nats::default(),
            kind => Nats::new(-(sizes[kind].max(1) as f32).ln()),
        };
        debug_assert!(bases.len() + usize::from(FIRST_CHAR) == usize::from(self.vocabulary));
        CharTables {
            blocks,
            entries,
            records: self.records,
            vocabulary: self.vocabulary,
            forms: self.forms,
            cases: self.characters.case_costs(),
            kinds: std::array::from_fn(spread),
            frequencies: self.frequencies,
        }
    }
}

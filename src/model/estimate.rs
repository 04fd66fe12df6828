//! Interpolated modified Kneser-Ney probabilities, with the counts of pruned n-grams given back.
//!
//! The count of an n-gram below the highest order is the number of different tokens before it; where a longer n-gram
//! was pruned, its own count takes the place of the one it contributed (Siivola, Hirsimäki and Virpioja, 2007). The probability is
//!
//! ```text
//! P(w | h) = (c(hw) - D(c)) / c(h) + g(h) P(w | h'),    g(h) = 1 - sum over kept w of (c(hw) - D(c)) / c(h)
//! ```
//!
//! with h' the context without its first token and c(h) the sum of the counts of all n-grams after h, pruned or not.

use std::io;

use super::counts::Counts;
use super::kinds::FIRST_KIND;

/// Mask of the last three tokens of a key.
const LAST3: u64 = (1 << 48) - 1;
/// Mask of the last two.
const LAST2: u64 = (1 << 32) - 1;
/// Mask of the last one.
const LAST: u64 = (1 << 16) - 1;
/// Four-token n-grams must have stood so often to be candidates: those that stood once never pay for their room, and what
/// they would give back, one, they contribute anyway.
const CANDIDATE: u32 = 2;
/// No weight falls below this: quantised probabilities may add up to more than one.
const LEAST_WEIGHT: f64 = 1e-6;

/// Discounts grow with the count, as (count / 3) to this power, for pairs, triples and quadruples: what stood a hundred
/// times in one training text stands less than (100 - D3) / 100 as often in a text from elsewhere. Tuned on the development
/// text, where it gains 0.02 bits a character with the next.
const GROWTH: [f64; 4] = [0.0, 0.5, 0.4, 0.2];
/// The discounts are raised by this factor, for the same reason.
const RAISE: [f64; 4] = [1.0, 1.0, 1.12, 1.12];

/// Counts whose discounts are computed in advance.
const TABLE: usize = 64;

/// Discounts by count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Discounts {
    table: [f64; TABLE],
    growth: f64,
}

impl Default for Discounts {
    fn default() -> Discounts {
        Discounts::new([0.5; 3], 0.0)
    }
}

impl Discounts {
    /// From those of counts 1, 2 and 3, the last of which grows with the count to a power.
    fn new(low: [f64; 3], growth: f64) -> Discounts {
        // A compiler that knows the power may take a square root instead, which differs in the last bit.
        let growth = std::hint::black_box(growth);
        let grown = |count: usize| low[2] * (count as f64 / 3.0).powf(growth);
        let table = std::array::from_fn(|count| match count {
            0 => 0.0,
            1..=3 => low[count - 1],
            _ => grown(count),
        });
        Discounts { table, growth }
    }

    /// From the numbers of n-grams that stood once, twice, three and four times (Chen and Goodman, 1998); `n` is the
    /// length of the n-grams less one.
    fn estimate(seen: [u64; 4], n: usize) -> Discounts {
        let seen = seen.map(|n| n.max(1) as f64);
        let y = seen[0] / (seen[0] + 2.0 * seen[1]);
        let discount = |k: usize| (k as f64 - (k as f64 + 1.0) * y * seen[k] / seen[k - 1]).clamp(0.1, k as f64 - 0.05);
        let raised = |k: usize| (discount(k) * RAISE[n]).min(k as f64 - 0.05);
        Discounts::new([raised(1), raised(2), raised(3)], GROWTH[n])
    }

    #[inline]
    pub(crate) fn of(&self, count: u32) -> f64 {
        match self.table.get(count as usize) {
            Some(&discount) => discount,
            None => self.table[3] * (f64::from(count) / 3.0).powf(self.growth),
        }
    }
}

/// All n-grams of one length.
#[derive(Default)]
pub(crate) struct Level {
    /// Tokens, 16 bits each, ascending.
    pub(crate) keys: Vec<u64>,
    /// Counts as long as nothing is pruned above.
    base: Vec<u32>,
    /// Where the n-gram without its last token is, one level below.
    pub(crate) prefix: Vec<u32>,
    /// Where the n-gram without its first token is, one level below.
    pub(crate) suffix: Vec<u32>,
    /// Which are in the model.
    pub(crate) kept: Vec<bool>,
    /// Counts with what was given back.
    pub(crate) counts: Vec<u32>,
    /// Counts after each context, by place of the context one level below, before and after giving back.
    base_totals: Vec<u32>,
    pub(crate) totals: Vec<u32>,
    /// Probability under the model as pruned, whether the n-gram itself is kept or not.
    pub(crate) probability: Vec<f32>,
    /// Weight of the lower order after each context.
    pub(crate) weights: Vec<f32>,
    pub(crate) discounts: Discounts,
}

impl Level {
    /// The discounted share of an n-gram in its context.
    #[inline]
    pub(crate) fn share(&self, index: usize) -> f64 {
        let total = f64::from(self.totals[self.prefix[index] as usize].max(1));
        (f64::from(self.counts[index]) - self.discounts.of(self.counts[index])) / total
    }
}

/// Levels for one to four tokens.
pub(crate) struct Levels {
    pub(crate) levels: [Level; 4],
    pub(crate) vocabulary: usize,
}

/// Finds ascending queries in ascending keys.
struct Cursor<'a> {
    keys: &'a [u64],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn new(keys: &'a [u64]) -> Cursor<'a> {
        Cursor { keys, at: 0 }
    }

    /// The place of the first key that is not below the query.
    fn seek(&mut self, query: u64) -> usize {
        let mut step = 1;
        while self.at + step < self.keys.len() && self.keys[self.at + step] < query {
            self.at += step;
            step *= 2;
        }
        let end = (self.at + step + 1).min(self.keys.len());
        self.at += self.keys[self.at.min(end)..end].partition_point(|&key| key < query);
        self.at
    }

    fn holds(&mut self, query: u64) -> bool {
        let at = self.seek(query);
        self.keys.get(at) == Some(&query)
    }
}

/// Where prefix and suffix of each key are; every one of them is there.
fn link(keys: &[u64], lower: &[u64], mask: u64) -> (Vec<u32>, Vec<u32>) {
    let mut prefixes = Cursor::new(lower);
    let prefix = keys.iter().map(|&key| prefixes.seek(key >> 16) as u32).collect();
    let mut suffixes = Cursor::new(lower);
    let mut first = 0;
    let mut suffix = Vec::with_capacity(keys.len());
    for &key in keys {
        // Within one first token the suffixes ascend.
        let start = key & !mask;
        if start != first {
            (first, suffixes) = (start, Cursor::new(lower));
        }
        suffix.push(suffixes.seek(key & mask) as u32);
    }
    (prefix, suffix)
}

/// Counts of counts.
fn tally(seen: &mut [u64; 4], count: u32) {
    if let Some(n) = seen.get_mut((count as usize).wrapping_sub(1)) {
        *n += 1;
    }
}

/// Adds to the total of a context, in ascending order of contexts.
fn add_total(totals: &mut Vec<(u64, u32)>, context: u64, count: u32) {
    match totals.last_mut() {
        Some((last, sum)) if *last == context => *sum = sum.saturating_add(count),
        _ => totals.push((context, count)),
    }
}

/// Spreads totals by context over the places of the contexts.
fn place_totals(totals: &[(u64, u32)], contexts: &[u64]) -> Vec<u32> {
    let mut placed = vec![0; contexts.len()];
    let mut cursor = Cursor::new(contexts);
    for &(context, total) in totals {
        if cursor.holds(context) {
            placed[cursor.at] = total;
        }
    }
    placed
}

impl Levels {
    /// Takes the counts of all windows of up to four tokens; shorter windows, at the beginning of a line, have zeros in
    /// front. `spare` counts the lower orders.
    pub(crate) fn new(windows: Counts, vocabulary: usize, spare: impl Fn() -> Counts) -> io::Result<Levels> {
        let mut levels: [Level; 4] = Default::default();
        let (mut three, mut two) = (spare(), spare());
        let mut seen = [[0u64; 4]; 4];
        let mut totals: Vec<(u64, u32)> = Vec::new();
        let mut current = (0, 0, false);
        windows.merge(|key, count| {
            if key > LAST3 {
                tally(&mut seen[3], count);
                if key >> 16 != current.0 {
                    totals.extend(current.2.then_some((current.0, current.1)));
                    current = (key >> 16, 0, false);
                }
                current.1 += count;
                if count >= CANDIDATE {
                    current.2 = true;
                    levels[3].keys.push(key);
                    levels[3].base.push(count);
                }
                three.add(key & LAST3)
            } else {
                let shorter = if key > LAST2 { &mut three } else { &mut two };
                (0..count).try_for_each(|_| shorter.add(key))
            }
        })?;
        totals.extend(current.2.then_some((current.0, current.1)));

        let mut suffixes: Vec<u64> = levels[3].keys.iter().map(|key| key & LAST3).collect();
        suffixes.sort_unstable();
        let prefixes: Vec<u64> = levels[3].keys.iter().map(|key| key >> 16).collect();
        let (mut as_suffix, mut as_prefix) = (Cursor::new(&suffixes), Cursor::new(&prefixes));
        let mut totals3: Vec<(u64, u32)> = Vec::new();
        let (mut keys3, mut base3) = (Vec::new(), Vec::new());
        three.merge(|key, count| {
            tally(&mut seen[2], count);
            add_total(&mut totals3, key >> 16, count);
            let needed = as_suffix.holds(key) | as_prefix.holds(key);
            if needed || count >= CANDIDATE {
                keys3.push(key);
                base3.push(count);
            }
            two.add(key & LAST2)
        })?;
        drop((suffixes, prefixes));
        (levels[2].keys, levels[2].base) = (keys3, base3);

        levels[0].keys = (0..vocabulary as u64).collect();
        levels[0].base = vec![0; vocabulary];
        levels[1].base_totals = vec![0; vocabulary];
        let [one, pairs, ..] = &mut levels;
        two.merge(|key, count| {
            tally(&mut seen[1], count);
            pairs.base_totals[(key >> 16) as usize] += count;
            pairs.keys.push(key);
            pairs.base.push(count);
            one.base[(key & LAST) as usize] += 1;
            Ok(())
        })?;
        levels[2].base_totals = place_totals(&totals3, &levels[1].keys);
        levels[3].base_totals = place_totals(&totals, &levels[2].keys);
        for n in 1..4 {
            let (below, level) = levels.split_at_mut(n);
            let mask = [0, LAST, LAST2, LAST3][n];
            (level[0].prefix, level[0].suffix) = link(&level[0].keys, &below[n - 1].keys, mask);
            level[0].discounts = Discounts::estimate(seen[n], n);
            level[0].kept = level[0].base.iter().map(|&count| count >= [0, 2, 3, 4][n]).collect();
        }
        let mut levels = Levels { levels, vocabulary };
        levels.estimate();
        Ok(levels)
    }

    /// Counts and probabilities for what is kept now.
    pub(crate) fn estimate(&mut self) {
        self.give_back();
        self.single_tokens();
        for n in 1..4 {
            let (below, level) = self.levels.split_at_mut(n);
            let (below, level) = (&below[n - 1], &mut level[0]);
            let mut weights = vec![1.0f64; below.keys.len()];
            for index in (0..level.keys.len()).filter(|&index| level.kept[index]) {
                weights[level.prefix[index] as usize] -= level.share(index);
            }
            level.weights = weights.iter().map(|&weight| weight.max(LEAST_WEIGHT) as f32).collect();
            level.probability = (0..level.keys.len())
                .map(|index| {
                    let lower = f64::from(below.probability[level.suffix[index] as usize]);
                    let backed_off = f64::from(level.weights[level.prefix[index] as usize]) * lower;
                    (backed_off + if level.kept[index] { level.share(index) } else { 0.0 }) as f32
                })
                .collect();
        }
    }

    /// Moves the counts of what is pruned one level down.
    fn give_back(&mut self) {
        for n in (0..4).rev() {
            let (lower, upper) = self.levels.split_at_mut(n + 1);
            let level = &mut lower[n];
            level.counts.clone_from(&level.base);
            level.totals.clone_from(&level.base_totals);
            let Some(above) = upper.first() else { continue };
            for index in (0..above.keys.len()).filter(|&index| !above.kept[index]) {
                let suffix = above.suffix[index] as usize;
                let extra = above.counts[index].saturating_sub(1);
                level.counts[suffix] = level.counts[suffix].saturating_add(extra);
                if n > 0 {
                    let total = &mut level.totals[level.prefix[suffix] as usize];
                    *total = total.saturating_add(extra);
                }
            }
        }
    }

    /// Tokens without context, mixed with an even spread over the vocabulary.
    fn single_tokens(&mut self) {
        let vocabulary = (self.vocabulary - usize::from(FIRST_KIND) + 1) as f64;
        let level = &mut self.levels[0];
        let total: f64 = level.counts.iter().map(|&count| f64::from(count)).sum::<f64>().max(1.0);
        let discounted = |count: u32| f64::from(count) - level.discounts.of(count);
        let rest = 1.0 - level.counts.iter().map(|&count| discounted(count)).sum::<f64>() / total;
        let even = rest.max(LEAST_WEIGHT) / vocabulary;
        level.probability = level.counts.iter().map(|&count| (discounted(count) / total + even) as f32).collect();
        level.kept = vec![true; level.keys.len()];
    }
}

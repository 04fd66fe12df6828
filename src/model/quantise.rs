//! From levels to the sections of a file: few codes for many probabilities.

use super::estimate::Levels;
use super::format::{SECTIONS, Section};
use super::grams::{self, BACKOFF_STEP, CERTAIN, Codebook, FREQUENCY_STEP};
use super::kinds::FIRST_CHAR;
use super::nats::UNIGRAM_STEP;
use super::survey::CharTables;

/// Probabilities are sorted into bins of 1/64 nat before codes are chosen.
const BINS_A_NAT: f64 = 64.0;
/// The largest value with a bin of its own.
const TOP: f64 = 12.0;
/// Bins; nothing that matters lies below.
const BINS: usize = 24 * 64;
/// Passes of Lloyd's algorithm; later ones move nothing by more than a bin.
const PASSES: usize = 60;
/// Back-off weights are computed anew from quantised probabilities, but not further from the estimate than this factor.
const LEEWAY: f64 = 2.0;

/// Nothing is certain.
const LEAST_SURPRISE: f32 = -1e-3;

/// Bits of the parts of a slot; the rest of it is fingerprint.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bits {
    /// Of the probability, by length, two tokens first.
    pub(crate) nats: [u32; 3],
    /// Of the back-off weight, for two and three tokens.
    pub(crate) backoffs: [u32; 2],
}

/// A weighted histogram of logarithms.
struct Histogram(Vec<f64>);

impl Histogram {
    fn new() -> Histogram {
        Histogram(vec![0.0; BINS])
    }

    fn bin(nats: f64) -> usize {
        (((TOP - nats) * BINS_A_NAT).max(0.0) as usize).min(BINS - 1)
    }

    fn add(&mut self, nats: f64, weight: f64) {
        self.0[Histogram::bin(nats)] += weight;
    }

    /// Values that represent what was added with little squared error, descending; at most `count`.
    fn codes(&self, count: usize) -> Vec<f32> {
        let centre = |bin: usize| TOP - (bin as f64 + 0.5) / BINS_A_NAT;
        let total: f64 = self.0.iter().map(|w| w.sqrt()).sum();
        // Start from equal shares of a flattened distribution, which leaves some codes for the rare ends.
        let mut codes = Vec::new();
        let mut sum = 0.0;
        for (bin, weight) in self.0.iter().enumerate() {
            sum += weight.sqrt();
            if *weight > 0.0 && codes.len() < count && sum >= total * (codes.len() as f64 + 0.5) / count as f64 {
                codes.push(centre(bin));
            }
        }
        for _ in 0..PASSES {
            let mut sums = vec![(0.0, 0.0); codes.len()];
            for (bin, &weight) in self.0.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
                let sum: &mut (f64, f64) = &mut sums[nearest(&codes, centre(bin))];
                *sum = (sum.0 + weight, sum.1 + weight * centre(bin));
            }
            for (code, (weight, sum)) in codes.iter_mut().zip(sums).filter(|(_, (weight, _))| *weight > 0.0) {
                *code = sum / weight;
            }
        }
        codes.into_iter().map(|code| code as f32).collect()
    }
}

/// The place of the nearest of descending codes.
fn nearest(codes: &[f64], value: f64) -> usize {
    let at = codes.partition_point(|&code| code > value);
    match at {
        0 => 0,
        _ if at == codes.len() => at - 1,
        _ if codes[at - 1] - value <= value - codes[at] => at - 1,
        _ => at,
    }
}

/// Encodes values and replaces them by what their codes stand for.
fn encode(
    values: &mut [f32],
    kept: &[bool],
    weights: impl Fn(usize) -> f64,
    bits: u32,
    reserved: usize,
) -> (Vec<f32>, Vec<u8>) {
    let mut histogram = Histogram::new();
    for index in (0..values.len()).filter(|&index| kept[index]) {
        histogram.add(f64::from(values[index]), weights(index));
    }
    let size = 1usize << bits;
    let chosen = histogram.codes(size - reserved);
    let exact: Vec<f64> = chosen.iter().map(|&code| f64::from(code)).collect();
    let codes = values.iter_mut().zip(kept).map(|(value, &kept)| {
        if !kept || exact.is_empty() {
            return 0;
        }
        let code = nearest(&exact, f64::from(*value));
        *value = chosen[code];
        (code + reserved) as u8
    });
    let codes = codes.collect();
    let mut book = vec![0.0; reserved];
    book.extend(chosen);
    book.resize(size, 0.0);
    (book, codes)
}

/// The sections of a model file.
pub(crate) fn sections(levels: &Levels, chars: CharTables, bits: &Bits) -> [Vec<u8>; SECTIONS] {
    let mut nats: Vec<Vec<f32>> =
        levels.levels.iter().map(|l| l.probability.iter().map(|p| p.ln()).collect()).collect();
    for value in &mut nats[0] {
        *value = -((-*value / UNIGRAM_STEP).round().min(f32::from(u16::MAX)) * UNIGRAM_STEP);
    }
    let mut codes = vec![Vec::new(); 4];
    let mut book = Codebook { nats: Default::default(), backoffs: Default::default() };
    for n in 1..4 {
        let level = &levels.levels[n];
        let weights = |index: usize| f64::from(level.counts[index]);
        // What is stored is the ratio to the probability without the first token, as a reader will find that one.
        let (lower, values) = nats.split_at_mut(n);
        let lower = |index: usize| lower[n - 1][level.suffix[index] as usize];
        let mut ratios: Vec<f32> = values[0].iter().enumerate().map(|(index, nats)| nats - lower(index)).collect();
        (book.nats[n - 1], codes[n]) = encode(&mut ratios, &level.kept, weights, bits.nats[n - 1], 0);
        for index in (0..ratios.len()).filter(|&index| level.kept[index]) {
            // Codes descend; a reader takes a hit that is more than certain for a false one.
            while lower(index) + ratios[index] > CERTAIN / 2.0
                && usize::from(codes[n][index]) + 1 < book.nats[n - 1].len()
            {
                codes[n][index] += 1;
                ratios[index] = book.nats[n - 1][usize::from(codes[n][index])];
            }
            values[0][index] = (lower(index) + ratios[index]).min(LEAST_SURPRISE);
        }
    }
    // Weights of the lower order after contexts of one, two and three tokens.
    let mut backoffs: Vec<Vec<u8>> = Vec::new();
    for n in 1..4 {
        let (mut weights, parents, usage) = weights_after(levels, &nats, n);
        if n == 1 {
            let code = |(&weight, &parent): (&f32, &bool)| {
                if parent { ((-weight / BACKOFF_STEP).round() + 1.0).clamp(1.0, 255.0) as u8 } else { 0 }
            };
            backoffs.push(weights.iter().zip(&parents).map(code).collect());
        } else {
            let (list, codes) = encode(&mut weights, &parents, |index| usage[index], bits.backoffs[n - 2], 1);
            book.backoffs[n - 2] = list;
            backoffs.push(codes);
        }
    }
    let mut sections: [Vec<u8>; SECTIONS] = Default::default();
    let tables = [Section::Bigrams, Section::Trigrams, Section::Fourgrams];
    for (n, section) in (1..4).zip(tables) {
        let level = &levels.levels[n];
        let payload = |index: usize| {
            let backoff = backoffs.get(n).map_or(0, |codes| u32::from(codes[index]));
            u32::from(codes[n][index]) | backoff << bits.nats[n - 1]
        };
        let kept = (0..level.keys.len()).filter(|&index| level.kept[index]);
        let pairs: Vec<(u64, u32)> = kept.map(|index| (level.keys[index], payload(index))).collect();
        let payload_bits = bits.nats[n - 1] + bits.backoffs.get(n - 1).copied().unwrap_or(0);
        sections[section as usize] = grams::table(n, &pairs, payload_bits);
    }
    sections[Section::Unigrams as usize] = unigrams(&nats[0], &backoffs[0], &chars.frequencies);
    sections[Section::Codebooks as usize] = book.to_bytes();
    sections[Section::Head as usize] = head(&chars);
    sections[Section::Blocks as usize] = chars.blocks;
    sections[Section::Entries as usize] = chars.entries;
    sections[Section::Surfaces as usize] = chars.records;
    sections
}

/// ln of the weights after each context of `n` tokens, which contexts have anything after them, and how often each backs off.
fn weights_after(levels: &Levels, nats: &[Vec<f32>], n: usize) -> (Vec<f32>, Vec<bool>, Vec<f64>) {
    let level = &levels.levels[n];
    let contexts = levels.levels[n - 1].keys.len();
    let mut parents = vec![false; contexts];
    let mut sums = vec![(1.0f64, 1.0f64); contexts];
    for index in (0..level.keys.len()).filter(|&index| level.kept[index]) {
        let context = level.prefix[index] as usize;
        parents[context] = true;
        sums[context].0 -= f64::from(nats[n][index]).exp();
        sums[context].1 -= f64::from(nats[n - 1][level.suffix[index] as usize]).exp();
    }
    let weight = |context: usize| {
        let estimate = f64::from(level.weights[context]);
        let (above, below) = sums[context];
        let exact = if above > 0.0 && below > 0.0 { above / below } else { 0.0 };
        exact.clamp(estimate / LEEWAY, estimate * LEEWAY).ln().min(0.0) as f32
    };
    let weights = (0..contexts).map(weight).collect();
    let usage = (0..contexts).map(|c| f64::from(level.totals[c]) * f64::from(level.weights[c]) + 1e-3).collect();
    (weights, parents, usage)
}

/// The section of single tokens.
fn unigrams(nats: &[f32], backoffs: &[u8], frequencies: &[u64]) -> Vec<u8> {
    let total = frequencies.iter().sum::<u64>() as f64 + frequencies.len() as f64;
    let mut bytes = Vec::new();
    for ((nats, &backoff), &count) in nats.iter().zip(backoffs).zip(frequencies) {
        let frequency = -((count as f64 + 1.0) / total).ln() / f64::from(FREQUENCY_STEP);
        bytes.extend(((-nats / UNIGRAM_STEP).round() as u16).to_le_bytes());
        bytes.extend([backoff, frequency.round().clamp(0.0, 255.0) as u8]);
    }
    bytes
}

/// The head section.
fn head(chars: &CharTables) -> Vec<u8> {
    debug_assert!(chars.vocabulary >= FIRST_CHAR);
    let mut bytes = Vec::new();
    bytes.extend(u32::from(chars.vocabulary).to_le_bytes());
    bytes.extend(chars.forms.to_le_bytes());
    for cost in chars.cases.iter().flatten().chain(&chars.kinds) {
        bytes.extend(cost.to_f32().to_le_bytes());
    }
    bytes
}

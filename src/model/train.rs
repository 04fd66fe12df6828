//! Training: text read twice, first for its characters, then for its n-grams.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use super::counts::Counts;
use super::estimate::Levels;
use super::format::{self, SECTIONS, Section};
use super::grams::CODE_BITS;
use super::kinds::LINE;
use super::prune::{self, Budget};
use super::quantise::{self, Bits};
use super::retrieval::PAYLOAD_BITS;
use super::surface::{Chars, is_wide};
use super::survey::{CharTables, Characters};
use super::tables::Tables;
use super::{Model, ModelError};

/// How a model is trained.
///
/// ```
/// let mut options = luanma::TrainOptions::default();
/// options.max_bytes = 1_000_000;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TrainOptions {
    /// The model takes at most so many bytes.
    pub max_bytes: usize,
    /// Characters must stand so often in the text to be told apart from others of their kind.
    pub min_count: u64,
    /// What n-grams without an ideograph are worth, compared to those with one. More than 1 gives other languages more room than their
    /// share of the text would.
    pub other_languages: f64,
    /// Bits of the probabilities of pairs, triples and quadruples, 1 to 6. With the bits of the back-off weights they take a part of
    /// the 20, 16 and 12 bits of an entry; the rest is fingerprint: of n bits, one of 2^n unknown n-grams is taken for a known one.
    pub probability_bits: [u32; 3],
    /// Bits of the back-off weights of pairs and triples, 1 to 6; with those of the probabilities at most 8, else the weights get fewer.
    pub backoff_bits: [u32; 2],
    /// Where counts go that memory should not hold.
    pub temp_dir: PathBuf,
}

impl Default for TrainOptions {
    /// The options of the embedded model.
    fn default() -> TrainOptions {
        TrainOptions {
            max_bytes: 6_000_000,
            min_count: 4,
            other_languages: 1.0,
            probability_bits: [5, 5, 4],
            backoff_bits: [3, 3],
            temp_dir: std::env::temp_dir(),
        }
    }
}

/// What training made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TrainReport {
    /// Characters read, line ends included.
    pub characters: u64,
    /// Tokens of the vocabulary, kinds included.
    pub tokens: usize,
    /// Forms of characters that share a token.
    pub forms: usize,
    /// Pairs, triples and quadruples in the model.
    pub ngrams: [usize; 3],
    /// CRC-32 of the model's contents, as its header has it.
    pub checksum: u32,
}

/// The first reading of the training text: which characters there are.
pub struct Survey {
    characters: Characters,
    options: TrainOptions,
}

/// The second reading of the training text: what follows what. Must be given the same text as the survey.
pub struct Counter {
    chars: CharTables,
    windows: Counts,
    characters: u64,
    options: TrainOptions,
}

impl Survey {
    /// Begins. `variants` are pairs of a traditional and a simplified character, as Unihan's `kSimplifiedVariant` has them;
    /// a pair of a character with itself says that it is used in both scripts.
    pub fn new(options: TrainOptions, variants: impl IntoIterator<Item = (char, char)>) -> Survey {
        Survey { characters: Characters::new(variants), options }
    }

    /// Says that a new text begins: its script has nothing to do with that of the last one.
    pub fn begin_text(&mut self) {
        self.characters.begin();
    }

    /// Reads one line as if it stood there `weight` times.
    pub fn add_line(&mut self, line: &str, weight: u32) {
        self.characters.add_line(trim(line), u64::from(weight));
    }

    /// Goes on to the second reading.
    pub fn finish(self) -> Counter {
        let windows = Counts::new(&self.options.temp_dir);
        Counter { chars: self.characters.tables(self.options.min_count), windows, characters: 0, options: self.options }
    }
}

/// A line without its end.
fn trim(line: &str) -> &str {
    line.trim_end_matches(['\n', '\r'])
}

impl CharTables {
    fn view(&self) -> Chars<'_> {
        Chars {
            blocks: self.blocks.as_chunks().0,
            entries: self.entries.as_chunks().0,
            records: self.records.as_chunks().0,
            vocabulary: self.vocabulary,
            cases: &self.cases,
            kinds: &self.kinds,
        }
    }

    /// By token: whether it stands for an ideograph.
    fn ideographs(&self) -> Vec<bool> {
        let mut tokens = vec![false; usize::from(self.vocabulary)];
        let view = self.view();
        for c in (0x3400..0x3_0000).filter_map(char::from_u32).filter(|&c| is_wide(c) && c.is_alphabetic()) {
            tokens[usize::from(view.token(c))] |= !matches!(c, '\u{3040}'..='\u{30FF}');
        }
        tokens
    }
}

impl Counter {
    /// Reads one line as if it stood there `weight` times.
    ///
    /// # Errors
    ///
    /// Where the temporary folder does not take the counts.
    pub fn add_line(&mut self, line: &str, weight: u32) -> Result<(), ModelError> {
        let view = self.chars.view();
        let tokens = trim(line).chars().filter(|c| !matches!(c, '\n' | '\r')).map(|c| view.token(c));
        let mut window = u64::from(LINE);
        for token in tokens.chain([LINE]) {
            window = window << 16 | u64::from(token);
            for _ in 0..weight {
                self.windows.add(window)?;
            }
            self.characters += u64::from(weight);
        }
        Ok(())
    }

    /// Estimates, prunes and writes the model. `progress` hears in words what goes on.
    ///
    /// # Errors
    ///
    /// Where the temporary folder fails, or the size asked for does not even hold the characters.
    pub fn finish(self, mut progress: impl FnMut(&str)) -> Result<(Model, TrainReport), ModelError> {
        let Counter { chars, windows, characters, options } = self;
        progress("counting n-grams");
        let mut levels = Levels::new(windows, usize::from(chars.vocabulary), || Counts::new(&options.temp_dir))?;
        let nats = options.probability_bits.map(|bits| bits.clamp(1, CODE_BITS));
        let backoffs = [0, 1].map(|n: usize| options.backoff_bits[n].clamp(1, CODE_BITS.min(PAYLOAD_BITS - nats[n])));
        let bits = Bits { nats, backoffs };
        let fixed = FIXED_PARTS
            + chars.blocks.len()
            + chars.entries.len()
            + chars.records.len()
            + usize::from(chars.vocabulary) * super::grams::UNIGRAM;
        let budget = Budget {
            bytes: options.max_bytes.saturating_sub(fixed).max(SMALLEST_TABLES),
            other: options.other_languages,
            ideograph: chars.ideographs(),
        };
        prune::prune(&mut levels, &budget, |round, size| {
            progress(&format!("pruning, round {}: {} bytes", round + 1, size + fixed));
        });
        progress("writing");
        let (tokens, forms) = (usize::from(chars.vocabulary), chars.forms as usize);
        let ngrams = [1, 2, 3].map(|n: usize| levels.levels[n].kept.iter().filter(|&&kept| kept).count());
        let sections: [Vec<u8>; SECTIONS] = quantise::sections(&levels, chars, &bits);
        let bytes = format::assemble(&sections)?;
        if bytes.len() > options.max_bytes {
            let parts = sections[Section::Entries as usize].len() + fixed;
            return Err(ModelError::TooSmall { asked: options.max_bytes, needed: bytes.len().max(parts) });
        }
        let checksum = u32::from_le_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]);
        let tables = Tables::parse(Cow::Owned(bytes))?;
        let model = Model { tables: Arc::new(tables) };
        Ok((model, TrainReport { characters, tokens, forms, ngrams, checksum }))
    }
}

/// Header, table of sections, head and codebooks.
const FIXED_PARTS: usize = 4096;
/// Three tables of next to nothing.
const SMALLEST_TABLES: usize = 1024;

impl Model {
    /// Trains a model on texts held in memory. For more text than that, and for progress, use [`Survey`] and [`Counter`].
    /// The variants of characters are those of the embedded model.
    ///
    /// # Errors
    ///
    /// Where the temporary folder fails, or the size asked for does not even hold the characters.
    ///
    /// ```
    /// # fn main() -> Result<(), luanma::ModelError> {
    /// let model = luanma::Model::train(["天地玄黄\n宇宙洪荒\n", "日月盈昃\n辰宿列张\n"], luanma::TrainOptions::default())?;
    /// assert!(model.as_bytes().len() < 100_000);
    /// # Ok(())
    /// # }
    /// ```
    pub fn train<'t>(
        texts: impl IntoIterator<Item = &'t str> + Clone,
        options: TrainOptions,
    ) -> Result<Model, ModelError> {
        let mut survey = Survey::new(options, Model::embedded().variants());
        for text in texts.clone() {
            survey.begin_text();
            text.lines().for_each(|line| survey.add_line(line, 1));
        }
        let mut counter = survey.finish();
        for text in texts {
            text.lines().try_for_each(|line| counter.add_line(line, 1))?;
        }
        Ok(counter.finish(|_| {})?.0)
    }

    /// Pairs of a character and the one whose token it shares, as [`Survey::new`] takes them.
    pub fn variants(&self) -> Vec<(char, char)> {
        self.tables.chars().variants()
    }
}

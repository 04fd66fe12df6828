//! A model file, opened: where its tables are, and the lookups.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Range, RangeInclusive};
use std::sync::OnceLock;

use super::Context;
use super::format::{self, Section, Sections};
use super::grams::{Alone, Codebook, Grams, LARGEST, UNIGRAM};
use super::kinds::{self, FIRST_CHAR, KINDS, LINE};
use super::nats::Nats;
use super::surface::{BLOCK, Chars, Flags, LIMIT, RECORD, Seen};
use crate::ModelError;
use crate::fast::{self, WEIGHED, Weights};

/// Bytes of the head section: vocabulary, records, case costs (2 by 4), sizes of the kinds.
pub(crate) const HEAD: usize = 8 + 4 * (8 + KINDS);

/// An opened model file.
pub(crate) struct Tables {
    bytes: Cow<'static, [u8]>,
    sections: Sections,
    vocabulary: u16,
    cases: [[Nats; 4]; 2],
    kinds: [Nats; KINDS],
    pub(super) grams: Grams,
    /// Each form that is not the simplest of its token, with the simplest; sorted. Made when first wanted.
    simplest: OnceLock<Vec<(char, char)>>,
    /// How unusual each character is. Made when first wanted.
    weights: OnceLock<Box<Weights>>,
    /// The likeliest characters past ASCII. Found when first wanted.
    common: OnceLock<Vec<char>>,
}

/// Characters that are called common.
const COMMON: usize = 4000;
/// Where they are looked for.
const COMMON_BLOCKS: [RangeInclusive<char>; 7] = [
    '\u{a1}'..='\u{17f}',
    '\u{370}'..='\u{4ff}',
    '\u{2010}'..='\u{2040}',
    '\u{3001}'..='\u{30ff}',
    '\u{4e00}'..='\u{9fff}',
    '\u{ac00}'..='\u{d7a3}',
    '！'..='～',
];

impl Tables {
    /// Opens a file. All sizes and offsets are checked, so that no lookup can fail; the checksum is not.
    pub(crate) fn parse(bytes: Cow<'static, [u8]>) -> Result<Tables, ModelError> {
        let sections = format::sections(&bytes)?;
        let of = |section: Section| &bytes[sections[section as usize].clone()];
        let head = of(Section::Head);
        if head.len() != HEAD {
            return Err(damaged(format!("section HEAD has {} bytes where {HEAD} belong", head.len())));
        }
        let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (vocabulary, records) = (word(0), word(4));
        let entries = vocabulary.checked_add(records).filter(|&sum| sum <= u32::from(u16::MAX));
        if entries.is_none() || vocabulary < u32::from(FIRST_CHAR) {
            return Err(damaged(format!("{vocabulary} tokens and {records} forms")));
        }
        let expect = |section: Section, name: &str, expected: usize| match of(section).len() {
            length if length == expected => Ok(()),
            length => Err(damaged(format!("section {name} has {length} bytes where {expected} belong"))),
        };
        expect(Section::Blocks, "BLKS", 2 * LIMIT as usize / BLOCK)?;
        expect(Section::Surfaces, "SURF", records as usize * RECORD)?;
        expect(Section::Unigrams, "UNIG", vocabulary as usize * UNIGRAM)?;
        let words = |section: Section| of(section).chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let blocks = of(Section::Entries).len() / (2 * BLOCK);
        if of(Section::Entries).len() % (2 * BLOCK) != 0 || words(Section::Blocks).any(|b| usize::from(b) >= blocks) {
            return Err(damaged("section BLKS names a block that section ENTR does not have".into()));
        }
        if words(Section::Entries).any(|entry| u32::from(entry) >= vocabulary + records) {
            return Err(damaged("section ENTR names a token or form that does not exist".into()));
        }
        let tokens = of(Section::Surfaces).chunks_exact(RECORD).map(|r| u16::from_le_bytes([r[0], r[1]]));
        if tokens.into_iter().any(|token| u32::from(token) >= vocabulary) {
            return Err(damaged("section SURF names a token that does not exist".into()));
        }
        let cost = |at: usize| Some(f32::from_bits(word(at))).filter(|c| (-LARGEST..=0.0).contains(c));
        let mut costs = [Nats::default(); 8 + KINDS];
        for (index, slot) in costs.iter_mut().enumerate() {
            *slot = cost(8 + 4 * index)
                .map(Nats::new)
                .ok_or_else(|| damaged("section HEAD holds a cost that is none".into()))?;
        }
        let [a, b, c, d, e, f, g, h, kinds @ ..] = costs;
        let grams = Grams::parse(
            Codebook::parse(of(Section::Codebooks)).map_err(damaged)?,
            [of(Section::Bigrams), of(Section::Trigrams), of(Section::Fourgrams)],
        );
        let grams = grams.map_err(damaged)?;
        let vocabulary = vocabulary as u16;
        let (simplest, weights, common) = Default::default();
        let cases = [[a, b, c, d], [e, f, g, h]];
        Ok(Tables { sections, vocabulary, cases, kinds, grams, simplest, weights, common, bytes })
    }

    /// Compares the checksum.
    pub(crate) fn verify(&self) -> Result<(), ModelError> {
        format::verify(&self.bytes)
    }

    /// The whole file.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[inline]
    fn section(&self, section: Section) -> &[u8] {
        let range: Range<usize> = self.sections[section as usize].clone();
        &self.bytes[range]
    }

    /// The tables of characters.
    #[inline]
    pub(crate) fn chars(&self) -> Chars<'_> {
        Chars {
            blocks: self.section(Section::Blocks).as_chunks().0,
            entries: self.section(Section::Entries).as_chunks().0,
            records: self.section(Section::Surfaces).as_chunks().0,
            vocabulary: self.vocabulary,
            cases: &self.cases,
            kinds: &self.kinds,
        }
    }

    /// The form of a character that simplified text writes.
    pub(crate) fn simplified(&self, c: char) -> char {
        let simplest = self.simplest.get_or_init(|| {
            let mut pairs = self.chars().variants();
            pairs.sort_unstable();
            pairs
        });
        simplest.binary_search_by_key(&c, |pair| pair.0).map_or(c, |i| simplest[i].1)
    }

    /// How unusual each character is.
    pub(crate) fn weights(&self) -> &Weights {
        self.weights.get_or_init(|| {
            let chars = self.chars();
            let weights: Vec<i8> = (0..WEIGHED as u32)
                .map(|cp| match char::from_u32(cp) {
                    Some(c) => fast::weight(c, chars.knows(c).then(|| self.frequency(c))),
                    None => 0,
                })
                .collect();
            weights.into_boxed_slice().try_into().unwrap_or_else(|_| Box::new([0; WEIGHED]))
        })
    }

    /// The likeliest characters past ASCII, the likeliest first.
    pub(crate) fn common_characters(&self) -> &[char] {
        self.common.get_or_init(|| {
            let mut rated: Vec<(f32, char)> =
                COMMON_BLOCKS.into_iter().flatten().map(|c| (self.frequency(c), c)).collect();
            rated.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            rated.into_iter().take(COMMON).map(|r| r.1).collect()
        })
    }

    /// The beginning of a line.
    pub(crate) fn start(&self, flags: Flags) -> Context {
        Context::after(LINE, self.unigram(LINE).1, flags)
    }

    /// The tokens without context.
    #[inline]
    pub(super) fn unigrams(&self) -> &[[u8; UNIGRAM]] {
        self.section(Section::Unigrams).as_chunks().0
    }

    /// Probability and back-off code of a token without context.
    #[inline]
    pub(super) fn unigram(&self, token: u16) -> Alone {
        Grams::unigram(self.unigrams(), token)
    }

    /// ln P(c), by how frequent the character is.
    pub(crate) fn frequency(&self, c: char) -> f32 {
        self.frequency_of(c, self.chars().see(c, Flags::default()))
    }

    /// The same where the character has been seen without context.
    #[inline]
    pub(super) fn frequency_of(&self, c: char, seen: Seen) -> f32 {
        if matches!(c, '\n' | '\r') {
            return Grams::frequency(self.unigrams(), LINE);
        }
        if seen.token < FIRST_CHAR
            && let Some(fixed) = kinds::of_token(seen.token).fixed()
        {
            return fixed;
        }
        Grams::frequency(self.unigrams(), seen.token) + seen.cost.to_f32()
    }

    /// The tables of two, three and four tokens.
    #[inline]
    pub(super) fn gram_sections(&self) -> [&[u8]; 3] {
        [self.section(Section::Bigrams), self.section(Section::Trigrams), self.section(Section::Fourgrams)]
    }
}

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tables").field("vocabulary", &self.vocabulary).field("entries", &self.grams.entries()).finish()
    }
}

fn damaged(what: String) -> ModelError {
    ModelError::Damaged(what)
}

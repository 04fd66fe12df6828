//! Which characters fit a pattern of bytes: found once for each pattern.

use std::collections::HashMap;

use super::WIDE;
use crate::codec::Encoding;
use crate::lattice::{self, ByteSet, Elem, Sets};
use crate::model::{Candidate, Model};

/// So many characters are held at most before a stretch is begun, in 16 bytes each: 60 KB of damaged text, of any chain of
/// `make_cases.py`, ask for 290,000 at most.
const HELD: usize = 500_000;

/// Characters that fit patterns of bytes, the most frequent first.
#[derive(Default)]
pub(super) struct Likely {
    lists: HashMap<Pattern, Vec<Candidate>>,
    held: usize,
    /// Room for a list in the making.
    scratch: Vec<Candidate>,
    /// The bytes that characters which fit are in a page.
    bytes: HashMap<(Pattern, Encoding), ByteSet>,
}

#[derive(PartialEq, Eq, Hash)]
struct Pattern {
    written: Encoding,
    /// Whether fullwidth marks are taken for ASCII.
    folds: bool,
    bytes: [Elem; 4],
    len: u8,
}

impl Pattern {
    fn new((written, pattern): (Encoding, &[Elem]), folds: bool) -> Pattern {
        let mut bytes = [Elem::default(); 4];
        bytes[..pattern.len()].copy_from_slice(pattern);
        Pattern { written, folds, bytes, len: pattern.len() as u8 }
    }
}

impl Likely {
    /// The characters of an encoding that fit, as many as the widest search rates.
    pub(super) fn fitting(
        &mut self,
        model: &Model,
        sets: &Sets,
        (written, bytes): (Encoding, &[Elem]),
        folds: bool,
    ) -> &[Candidate] {
        let all = &mut self.scratch;
        self.lists.entry(Pattern::new((written, bytes), folds)).or_insert_with(|| {
            all.clear();
            lattice::completions(written, bytes, sets, model, |c| {
                let c = if folds { lattice::halfwidth(c).unwrap_or(c) } else { c };
                all.push(model.candidate(c));
            });
            // Logarithms of probabilities, which no number is above zero: their bits are in the order of how small they are.
            all.sort_unstable_by_key(|candidate| {
                (u64::from(candidate.frequency.to_bits()) << 32) | u64::from(candidate.c)
            });
            all.dedup_by_key(|candidate| candidate.c);
            all.truncate(WIDE.likely);
            self.held += all.len();
            all.clone()
        })
    }

    /// The bytes that the characters of an encoding which fit are in a page.
    pub(super) fn bytes_of(
        &mut self,
        model: &Model,
        sets: &Sets,
        (written, bytes): (Encoding, &[Elem]),
        page: Encoding,
    ) -> ByteSet {
        *self.bytes.entry((Pattern::new((written, bytes), false), page)).or_insert_with(|| {
            let mut set = ByteSet::EMPTY;
            lattice::completions(written, bytes, sets, model, |c| {
                if let Some(&[b]) = page.forms(c).first().map(|form| &**form) {
                    set = set.with(b);
                }
            });
            self.held += 1;
            set
        })
    }

    /// Characters and sets that are held.
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// Whether so much is held that it is to be forgotten.
    pub(super) fn is_full(&self) -> bool {
        self.held > HELD
    }
}

//! Which characters fit a pattern of bytes: found once for each pattern.

use std::collections::HashMap;

use super::WIDE;
use crate::codec::Encoding;
use crate::lattice::{self, Elem, Sets};
use crate::model::{Candidate, Model};

/// So many characters are held at most before a stretch is begun, in 16 bytes each: 60 KB of damaged text, of any chain of
/// `make_cases.py`, ask for 290,000 at most.
const HELD: usize = 500_000;

/// Characters that fit patterns of bytes, the most frequent first.
#[derive(Default)]
pub(super) struct Likely {
    lists: HashMap<Pattern, Vec<Candidate>>,
    held: usize,
}

#[derive(PartialEq, Eq, Hash)]
struct Pattern {
    written: Encoding,
    /// Whether fullwidth marks are taken for ASCII.
    folds: bool,
    bytes: [Elem; 4],
    len: u8,
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
        let mut pattern = Pattern { written, folds, bytes: [Elem::default(); 4], len: bytes.len() as u8 };
        pattern.bytes[..bytes.len()].copy_from_slice(bytes);
        self.lists.entry(pattern).or_insert_with(|| {
            let mut all: Vec<Candidate> = Vec::new();
            lattice::completions(written, bytes, sets, model, |c| {
                let c = if folds { lattice::halfwidth(c).unwrap_or(c) } else { c };
                all.push(model.candidate(c));
            });
            all.sort_unstable_by(|a, b| b.frequency.total_cmp(&a.frequency).then(a.c.cmp(&b.c)));
            all.dedup_by_key(|candidate| candidate.c);
            all.truncate(WIDE.likely);
            all.shrink_to_fit();
            self.held += all.len();
            all
        })
    }

    /// Whether so much is held that it is to be forgotten.
    pub(super) fn is_full(&self) -> bool {
        self.held > HELD
    }
}

//! From context to context: characters rated one by one, or many at a time.
//!
//! What a character asks the tables for depends on the characters before it alone, not on what the tables say of them. So
//! the questions of many characters are collected, answered together, and the answers put together one after the other.

use super::Context;
use super::grams::{Alone, Codes, Grams, LAST_THREE, Lookup, Rating, UNIGRAM};
use super::kinds::{self, FIRST_CHAR, LINE};
use super::nats::Nats;
use super::retrieval::{BATCH, Found};
use super::surface::{Chars, Flags, Seen};
use super::tables::Tables;

/// What is to be known of a character after a context: what the tables of n-grams hold of a key, and the rest.
type Question = (u64, Known);

/// What is known of a character before the tables of n-grams are asked.
#[derive(Clone, Copy, Default)]
struct Known {
    /// The token without context.
    alone: Alone,
    kind: Kind,
    /// ln P(character | token, flags).
    cost: Nats,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    /// A character of text.
    #[default]
    Text,
    /// The end of a line: the next character remembers nothing else.
    End,
    /// The same, and its probability depends on nothing.
    Fixed,
}

impl Known {
    /// The tokens that the next character's context remembers.
    #[inline(always)]
    fn tokens(&self, key: u64) -> u64 {
        if self.kind == Kind::Text { key & LAST_THREE } else { key & u64::from(u16::MAX) }
    }

    /// The answer from the token's rating: ln P(c | context), the part of it that is the token's, the codes afterwards.
    #[inline(always)]
    fn answer(&self, rating: impl FnOnce() -> Rating) -> (Nats, Nats, Codes) {
        let (nats, codes) = match self.kind {
            Kind::Text => rating(),
            Kind::End => {
                let (nats, codes) = rating();
                (nats, [codes[0], 0, 0])
            }
            Kind::Fixed => (self.alone.0, [u32::from(self.alone.1), 0, 0]),
        };
        (nats + self.cost, nats, codes)
    }
}

/// Codes as contexts remember them.
fn narrow(codes: Codes) -> [u8; 3] {
    codes.map(|code| code as u8)
}

/// A character after a context.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rated {
    pub(crate) c: char,
    /// ln P(c | context).
    pub(crate) nats: f32,
    /// The codes of the back-off weights afterwards.
    codes: [u8; 3],
}

/// A character with what can be known of it before its context is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) c: char,
    /// ln P(c), by how frequent the character is.
    pub(crate) frequency: f32,
    entry: u16,
    /// The token without context.
    alone: Alone,
}

impl Tables {
    pub(super) fn candidate(&self, c: char) -> Candidate {
        let chars = self.chars();
        let entry = chars.entry(c);
        let seen = chars.see_entry(entry, c, Flags::default());
        Candidate { c, frequency: self.frequency_of(c, seen), entry, alone: self.unigram(seen.token) }
    }

    /// What is to be known of a character after some tokens, and the flags after it.
    #[inline(always)]
    fn question(&self, chars: &Chars, unigrams: &[[u8; UNIGRAM]], context: (u64, Flags), c: char) -> (Question, Flags) {
        let (tokens, flags) = context;
        if matches!(c, '\n' | '\r') {
            return self.line_end(tokens, flags, c);
        }
        let seen = chars.see(c, flags);
        (Tables::question_of(tokens, seen, || Grams::unigram(unigrams, seen.token)), seen.flags)
    }

    #[inline(always)]
    fn question_of(tokens: u64, seen: Seen, alone: impl FnOnce() -> Alone) -> Question {
        if seen.token < FIRST_CHAR
            && let Some(fixed) = kinds::of_token(seen.token).fixed()
        {
            return (0, Known { alone: (Nats::new(fixed), 0), kind: Kind::Fixed, ..Known::default() });
        }
        let key = tokens << 16 | u64::from(seen.token);
        (key, Known { alone: alone(), cost: seen.cost, ..Known::default() })
    }

    /// The same for the end of a line; of CR LF the second half is certain.
    fn line_end(&self, tokens: u64, flags: Flags, c: char) -> (Question, Flags) {
        let (nats, code) = self.unigram(LINE);
        let is_second_half = c == '\n' && tokens == u64::from(LINE) && flags.after_carriage_return();
        let (kind, nats) = if is_second_half { (Kind::Fixed, Nats::default()) } else { (Kind::End, nats) };
        let known = Known { alone: (nats, code), kind, ..Known::default() };
        ((tokens << 16 | u64::from(LINE), known), flags.new_line(c == '\r'))
    }

    /// ln P(c | context), and the context afterwards.
    #[inline]
    pub(super) fn step(&self, context: &Context, c: char) -> (f32, Context) {
        let ((key, known), flags) = self.question(&self.chars(), self.unigrams(), (context.tokens, context.flags), c);
        let rating = || self.grams.token(self.gram_sections(), key, context.backoffs.map(u32::from), known.alone);
        let (nats, _, backoffs) = known.answer(rating);
        (nats.to_f32(), Context { tokens: known.tokens(key), backoffs: narrow(backoffs), flags })
    }

    /// Rates characters one after the other, as [`Tables::step`] does: of each ln P(c | context) and the part of it that is the token's.
    pub(super) fn steps(&self, context: Context, chars: impl Iterator<Item = char>, rated: impl FnMut(Nats, Nats)) {
        self.runs(context, chars.map(|c| (c, false)), rated);
    }

    /// Rates runs of characters after the same context, each character with whether a run begins with it.
    pub(super) fn runs(
        &self,
        start: Context,
        mut chars: impl Iterator<Item = (char, bool)>,
        mut rated: impl FnMut(Nats, Nats),
    ) {
        let mut batch = Batch::default();
        let (tables, unigrams, sections) = (self.chars(), self.unigrams(), self.gram_sections());
        let first = start.backoffs.map(u32::from);
        let (mut before, mut codes) = ((start.tokens, start.flags), first);
        loop {
            let mut firsts = 0u64;
            batch.fill(chars.by_ref(), |index, (c, is_first)| {
                if is_first {
                    before = (start.tokens, start.flags);
                    firsts |= 1 << index;
                }
                let (question, flags) = self.question(&tables, unigrams, before, c);
                before = (question.1.tokens(question.0), flags);
                question
            });
            self.grams.look_up_all(sections, &mut batch.lookup);
            for (index, (known, found)) in batch.answers().enumerate() {
                if firsts >> index & 1 == 1 {
                    codes = first;
                }
                let (nats, folded, after) = known.answer(|| self.grams.rate(found, codes, known.alone));
                codes = after;
                rated(nats, folded);
            }
            if batch.lookup.count < BATCH {
                return;
            }
        }
    }

    /// Rates several characters after the same context, as [`Tables::step`] does.
    pub(super) fn rate_all(&self, context: &Context, candidates: &[Candidate], out: &mut Vec<Rated>) {
        let (chars, sections) = (self.chars(), self.gram_sections());
        let before = context.backoffs.map(u32::from);
        let mut batch = Batch::default();
        for candidates in candidates.chunks(BATCH) {
            batch.fill(candidates.iter(), |_, candidate| {
                if matches!(candidate.c, '\n' | '\r') {
                    return self.line_end(context.tokens, context.flags, candidate.c).0;
                }
                let seen = chars.see_entry(candidate.entry, candidate.c, context.flags);
                Tables::question_of(context.tokens, seen, || candidate.alone)
            });
            self.grams.look_up_after(sections, &mut batch.lookup, before);
            for ((known, found), candidate) in batch.answers().zip(candidates) {
                let rating = || self.grams.rate(found, before, known.alone);
                let (nats, _, codes) = known.answer(rating);
                out.push(Rated { c: candidate.c, nats: nats.to_f32(), codes: narrow(codes) });
            }
        }
    }

    /// The context after a character that has been rated after `context`.
    pub(super) fn after(&self, context: &Context, rated: &Rated) -> Context {
        let before = (context.tokens, context.flags);
        let ((key, known), flags) = self.question(&self.chars(), self.unigrams(), before, rated.c);
        Context { tokens: known.tokens(key), backoffs: rated.codes, flags }
    }
}

/// Questions that are answered together.
struct Batch<'t> {
    known: [Known; BATCH],
    lookup: Lookup<'t>,
}

impl Default for Batch<'_> {
    fn default() -> Self {
        Batch { known: [Known::default(); BATCH], lookup: Lookup::default() }
    }
}

impl Batch<'_> {
    /// Replaces the questions by those about at most [`BATCH`] characters.
    #[inline(always)]
    fn fill<C>(&mut self, mut chars: impl Iterator<Item = C>, mut question: impl FnMut(usize, C) -> Question) {
        let mut count = 0;
        for (known, key) in self.known.iter_mut().zip(&mut self.lookup.keys) {
            let Some(c) = chars.next() else { break };
            (*key, *known) = question(count, c);
            count += 1;
        }
        self.lookup.count = count;
    }

    /// Each question with what the tables hold of its last two, three and four tokens.
    #[inline(always)]
    fn answers(&self) -> impl Iterator<Item = (&Known, [Found; 3])> {
        let [two, three, four] = &self.lookup.found;
        let found = two.iter().zip(three).zip(four).map(|((two, three), four)| [*two, *three, *four]);
        self.known.iter().zip(found).take(self.lookup.count)
    }
}

//! From context to context: characters rated one by one, or many at a time.
//!
//! What a character asks the tables for depends on the characters before it alone, not on what the tables say of them. So
//! the questions of many characters are collected, answered together, and the answers put together one after the other.

use super::Context;
use super::grams::{Alone, Grams, LAST_THREE, Nats, Rating, UNIGRAM};
use super::kinds::{self, FIRST_CHAR, LINE};
use super::retrieval::{BATCH, Found};
use super::surface::{Chars, Flags, Seen};
use super::tables::Tables;

/// What is to be known of a character after a context.
#[derive(Clone, Copy, Default)]
struct Question {
    /// The n-gram of four tokens that ends with the character's.
    key: u64,
    /// The token without context.
    alone: Alone,
    /// ln P(character | token, flags).
    cost: f32,
    kind: Kind,
    /// Whether it is the first of a run.
    is_first: bool,
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

impl Question {
    /// The tokens that the next character's context remembers.
    fn tokens(&self) -> u64 {
        if self.kind == Kind::Text { self.key & LAST_THREE } else { self.key & u64::from(u16::MAX) }
    }

    /// The answer from the token's rating: ln P(c | context), the part of it that is the token's, the codes afterwards.
    #[inline(always)]
    fn answer(&self, rating: impl FnOnce() -> Rating) -> (f32, f32, [u8; 3]) {
        match self.kind {
            Kind::Text => {
                let (nats, codes) = rating();
                (nats + self.cost, nats, codes)
            }
            Kind::End => {
                let (nats, codes) = rating();
                (nats, nats, [codes[0], 0, 0])
            }
            Kind::Fixed => (self.alone.0.to_f32(), self.alone.0.to_f32(), [self.alone.1, 0, 0]),
        }
    }
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
        let seen = chars.see(c, flags);
        self.question_of(tokens, flags, c, seen, || Grams::unigram(unigrams, seen.token))
    }

    #[inline(always)]
    fn question_of(
        &self,
        tokens: u64,
        flags: Flags,
        c: char,
        seen: Seen,
        alone: impl FnOnce() -> Alone,
    ) -> (Question, Flags) {
        if matches!(c, '\n' | '\r') {
            return self.line_end(tokens, flags, c);
        }
        if seen.token < FIRST_CHAR
            && let Some(fixed) = kinds::of_token(seen.token).fixed()
        {
            return (Question { alone: (Nats::new(fixed), 0), kind: Kind::Fixed, ..Question::default() }, seen.flags);
        }
        let key = tokens << 16 | u64::from(seen.token);
        (Question { key, alone: alone(), cost: seen.cost, kind: Kind::Text, is_first: false }, seen.flags)
    }

    /// The same for the end of a line; of CR LF the second half is certain.
    fn line_end(&self, tokens: u64, flags: Flags, c: char) -> (Question, Flags) {
        let (nats, code) = self.unigram(LINE);
        let is_second_half = c == '\n' && tokens == u64::from(LINE) && flags.after_carriage_return();
        let (kind, nats) = if is_second_half { (Kind::Fixed, Nats::default()) } else { (Kind::End, nats) };
        let key = tokens << 16 | u64::from(LINE);
        (Question { key, alone: (nats, code), cost: 0.0, kind, is_first: false }, flags.new_line(c == '\r'))
    }

    /// ln P(c | context), the part of it that is the token's, and the context afterwards.
    #[inline]
    pub(super) fn step(&self, context: &Context, c: char) -> (f32, f32, Context) {
        let (question, flags) = self.question(&self.chars(), self.unigrams(), (context.tokens, context.flags), c);
        let rating = || self.grams.token(self.gram_sections(), question.key, context.backoffs, question.alone);
        let (nats, folded, backoffs) = question.answer(rating);
        (nats, folded, Context { tokens: question.tokens(), backoffs, flags })
    }

    /// Rates characters one after the other, as [`Tables::step`] does.
    pub(super) fn steps(&self, context: Context, chars: impl Iterator<Item = char>, rated: impl FnMut(f32, f32)) {
        self.runs(context, chars.map(|c| (c, false)), rated);
    }

    /// Rates runs of characters after the same context, each character with whether a run begins with it.
    pub(super) fn runs(
        &self,
        start: Context,
        mut chars: impl Iterator<Item = (char, bool)>,
        mut rated: impl FnMut(f32, f32),
    ) {
        let mut batch = Batch::default();
        let (tables, unigrams) = (self.chars(), self.unigrams());
        let (mut before, mut codes) = ((start.tokens, start.flags), start.backoffs);
        loop {
            batch.fill(chars.by_ref(), |(c, is_first)| {
                if is_first {
                    before = (start.tokens, start.flags);
                }
                let (question, flags) = self.question(&tables, unigrams, before, c);
                before = (question.tokens(), flags);
                Question { is_first, ..question }
            });
            batch.look_up(self, |question, found| {
                if question.is_first {
                    codes = start.backoffs;
                }
                let (nats, folded, after) = question.answer(|| self.grams.rate(found, codes, question.alone));
                codes = after;
                rated(nats, folded);
            });
            if batch.count < BATCH {
                return;
            }
        }
    }

    /// Rates several characters after the same context, as [`Tables::step`] does.
    pub(super) fn rate_all(&self, context: &Context, candidates: &[Candidate], out: &mut Vec<Rated>) {
        let (tokens, flags, chars) = (context.tokens, context.flags, self.chars());
        let mut batch = Batch::default();
        for candidates in candidates.chunks(BATCH) {
            batch.fill(candidates.iter(), |candidate| {
                let seen = chars.see_entry(candidate.entry, candidate.c, flags);
                self.question_of(tokens, flags, candidate.c, seen, || candidate.alone).0
            });
            let mut each = candidates.iter();
            batch.look_up_after(self, context.backoffs, |question, found| {
                let rating = || self.grams.rate(found, context.backoffs, question.alone);
                let (nats, _, codes) = question.answer(rating);
                let c = each.next().map_or('\0', |candidate| candidate.c);
                out.push(Rated { c, nats, codes });
            });
        }
    }

    /// The context after a character that has been rated after `context`.
    pub(super) fn after(&self, context: &Context, rated: &Rated) -> Context {
        let (question, flags) = self.question(&self.chars(), self.unigrams(), (context.tokens, context.flags), rated.c);
        Context { tokens: question.tokens(), backoffs: rated.codes, flags }
    }
}

/// Questions that are answered together.
struct Batch {
    questions: [Question; BATCH],
    keys: [u64; BATCH],
    count: usize,
}

impl Default for Batch {
    fn default() -> Batch {
        Batch { questions: [Question::default(); BATCH], keys: [0; BATCH], count: 0 }
    }
}

impl Batch {
    /// Replaces the questions by those about at most [`BATCH`] characters.
    #[inline(always)]
    fn fill<C>(&mut self, mut chars: impl Iterator<Item = C>, mut question: impl FnMut(C) -> Question) {
        let mut count = 0;
        for (slot, key) in self.questions.iter_mut().zip(&mut self.keys) {
            let Some(c) = chars.next() else { break };
            *slot = question(c);
            *key = slot.key;
            count += 1;
        }
        self.count = count;
    }

    /// Each question with what the tables hold of its last two, three and four tokens.
    #[inline(always)]
    fn look_up(&self, tables: &Tables, each: impl FnMut(&Question, [Found; 3])) {
        let mut found = [[Found::default(); BATCH]; 3];
        tables.grams.look_up_all(tables.gram_sections(), self.keys(), &mut found);
        self.answer(found, each);
    }

    /// The same where all are asked after the same tokens.
    #[inline(always)]
    fn look_up_after(&self, tables: &Tables, codes: [u8; 3], each: impl FnMut(&Question, [Found; 3])) {
        let mut found = [[Found::default(); BATCH]; 3];
        tables.grams.look_up_after(tables.gram_sections(), self.keys(), codes, &mut found);
        self.answer(found, each);
    }

    fn keys(&self) -> &[u64] {
        &self.keys[..self.count.min(BATCH)]
    }

    #[inline(always)]
    fn answer(&self, [two, three, four]: [[Found; BATCH]; 3], mut each: impl FnMut(&Question, [Found; 3])) {
        for (((question, two), three), four) in self.questions.iter().zip(two).zip(three).zip(four).take(self.count) {
            each(question, [two, three, four]);
        }
    }
}

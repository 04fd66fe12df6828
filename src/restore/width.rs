//! How much the search tries, by how much it has tried before.

/// How much is tried at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Width {
    /// Hypotheses kept for each mode and number of pending bytes, and in all.
    pub(super) beam: usize,
    pub(super) all: usize,
    /// Hypotheses of each mode, the best ones, for which bytes may have vanished without a trace before the next character.
    pub(super) losers: usize,
    /// Characters kept where bytes leave a choice.
    choices: usize,
    /// Characters rated where bytes leave a choice, the most frequent ones.
    pub(super) likely: usize,
    /// Looks into the model for each observed character: the more of them are spent, the fewer characters are rated at a choice.
    looks: usize,
}

/// What the search of a text has come to so far.
#[derive(Debug, Default)]
pub(super) struct Effort {
    /// Looks into the model, with what else takes time counted in them ([`BYTE`]).
    pub(super) looks: usize,
    /// Observed characters that were searched, and ends.
    pub(super) read: usize,
}

impl Effort {
    /// How much is tried from here on.
    pub(super) fn width(&self) -> &'static Width {
        let spent = self.looks.saturating_sub(self.read * EACH);
        WIDTHS.iter().find(|(most, _)| spent < *most).map_or(&LAST, |(_, width)| width)
    }
}

impl Width {
    /// Characters rated of so many that fit, for a hypothesis so many nats behind the best, after so many looks for this observed
    /// character.
    pub(super) fn rated(&self, of: usize, behind: f32, spent: usize) -> usize {
        let left = (self.looks.saturating_sub(spent) / CHOICES_AHEAD).max(LEAST_LIKELY);
        let few = FEW_LIKELY as f32 * LIKELY_BEHIND / behind.max(LIKELY_BEHIND);
        part(of, behind.max(0.0) / LIKELY_BEHIND).max(few as usize).min(self.likely).min(left).min(of)
    }

    /// Characters kept for a hypothesis so many nats behind the best.
    pub(super) fn kept(&self, behind: f32) -> usize {
        part(self.choices, behind.max(0.0) / CHOICES_BEHIND).max(FEW_CHOICES)
    }
}

/// What is left of a number without a share of it.
fn part(of: usize, share: f32) -> usize {
    (of as f32 * (1.0 - share)) as usize
}

/// As many as there are.
const ALL: usize = usize::MAX;
/// How much is tried as long as a text has not asked for much. The sample document needs a dozen losers: 市 of 市委 is the tenth of
/// its place before the right context speaks.
pub(super) const WIDE: Width = Width { beam: 24, all: ALL, losers: 12, choices: 24, likely: 1024, looks: 100_000 };
/// How much is tried until a text has asked for so many looks more than [`EACH`] for each of its characters. Of 1,056 texts of the lossy
/// classes (`make_cases.py --seed 9 --per-class 16`, those of 120 characters and more) these restore 402 as they were meant, as `WIDE` for all
/// of them does, in two thirds of the time, and leave 3 % more wrong characters in the others.
static WIDTHS: [(usize, Width); 3] = [
    (100_000, WIDE),
    (150_000, Width { beam: 8, all: ALL, losers: 4, choices: 12, likely: 256, looks: 20_000 }),
    (200_000, Width { beam: 4, all: 32, losers: 4, choices: 8, likely: 128, looks: 4_000 }),
];
/// What is left for long texts that ask for more, and for those that are made to be slow. With one hypothesis kept of a kind instead of
/// two, half of UTF-8 as Big5 is lost that this restores; with 400 looks and 64 likely characters UTF-8 as cp936 comes out with a tenth
/// more errors in the same time: what that saves goes into width.
static LAST: Width = Width { beam: 2, all: 8, losers: 2, choices: 4, likely: 128, looks: 1_000 };
/// Looks for each character that a long text may ask for as long as it lasts: 60 KB of UTF-8 as cp936 with marks take three fifths
/// of the time that they take with 200 or where all is searched widely, and come out with a fifth more errors.
const EACH: usize = 20;
/// To give a byte to a layer takes the time of so many looks.
pub(super) const BYTE: usize = 3;
/// Of what is left to a character, a choice may take one part of so many: more choices are to come.
const CHOICES_AHEAD: usize = 16;
/// What any choice may take.
const LEAST_LIKELY: usize = 4;
/// No observed character costs more looks than this and what one last arc may ask for. On the texts of [`CHOICES_BEHIND`] and on `wild/`
/// twice as much finds nothing more.
pub(super) const MOST_LOOKS: usize = 100_000;
/// A hypothesis that is behind the best one needs a character that makes up for it, which the commonest do if any: of the
/// characters that fit so much fewer are rated the further it is behind, at so many nats so few, at twice as many half of them.
const LIKELY_BEHIND: f32 = 5.0;
const FEW_LIKELY: usize = 64;
/// The same for the characters that are kept. Of 2,880 texts that lost something (`make_cases.py --seed 9 --per-class 16`) 1,466 come
/// out as they were meant; with 16 instead of 64 it is 1,458, with 256 1,461, and with twice the nats to be rated 1,460.
const CHOICES_BEHIND: f32 = 7.0;
const FEW_CHOICES: usize = 4;

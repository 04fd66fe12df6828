//! How much the search tries, by how much it has tried before.

/// How much is tried at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Width {
    /// Hypotheses kept for each mode and number of pending bytes.
    pub(super) beam: usize,
    /// Hypotheses of each mode, the best ones, for which bytes may have vanished without a trace before the next character.
    pub(super) losers: usize,
    /// Characters kept where bytes leave a choice.
    choices: usize,
    /// Characters rated where bytes leave a choice, the most frequent ones.
    pub(super) likely: usize,
}

impl Width {
    /// How much is tried before observed character `i` after so many looks into the model.
    pub(super) fn after(looks: usize, i: usize) -> Width {
        match looks.saturating_sub(FIRST_LOOKS) {
            spent if spent <= i * WIDE_LOOKS => WIDE,
            spent if spent <= i * MIDDLE_LOOKS => MIDDLE,
            _ => NARROW,
        }
    }

    /// Characters rated of so many that fit, for a hypothesis so many nats behind the best.
    pub(super) fn rated(&self, of: usize, behind: f32) -> usize {
        part(of, behind.max(0.0) / LIKELY_BEHIND).max(FEW_LIKELY).min(self.likely).min(of)
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

/// How much is tried as long as a text has not asked for much. The sample document needs a dozen losers: 市 of 市委 is the tenth of
/// its place before the right context speaks.
pub(super) const WIDE: Width = Width { beam: 24, losers: 12, choices: 24, likely: 1024 };
/// Where most of a text is marks, more width hardly finds more.
const MIDDLE: Width = Width { beam: 8, losers: 4, choices: 12, likely: 256 };
/// What is left for texts that are made to be slow.
const NARROW: Width = Width { beam: 4, losers: 2, choices: 6, likely: 128 };
/// Looks into the model for each observed character on average before the search narrows, and before it narrows again. On
/// 572 damaged texts (`make_cases.py --seed 7 --per-class 2`: two steps and more, mixed and with losses, of at most 400 characters) these
/// restore as many as twice as much does, in six sevenths of the time; half of them leave 1 % more errors where nothing but controls was
/// stripped and the search is at a loss.
const WIDE_LOOKS: usize = 2000;
const MIDDLE_LOOKS: usize = 2500;
/// So many more may be spent before: a short text has few characters to wait for.
const FIRST_LOOKS: usize = 40_000;
/// No observed character costs more looks than this and what one last arc may ask for. On the same texts and on `wild/` twice as
/// much finds nothing more.
pub(super) const MOST_LOOKS: usize = 100_000;
/// A hypothesis that is behind the best one needs a character that makes up for it, which the commonest do if any: of the
/// characters that fit so much fewer are rated the further it is behind, and from so many nats on only a few.
const LIKELY_BEHIND: f32 = 5.0;
const FEW_LIKELY: usize = 16;
/// The same for the characters that are kept. On the texts of [`WIDE_LOOKS`] the four save a quarter of the time and
/// lose nothing that was right, on UTF-8 as cp936 they save half; with 4 and 8, or 8 instead of 16, one or two texts come out worse.
const CHOICES_BEHIND: f32 = 7.0;
const FEW_CHOICES: usize = 2;

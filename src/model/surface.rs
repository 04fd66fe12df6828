//! Characters to tokens, and what choosing one form of a token costs.
//!
//! Forms of one token are written differently but are the same to the n-grams: 國 and 国, Ａ and a, 7 and 3. Which form is
//! chosen depends on a few flags of the context: the script of the text so far, the width of its punctuation, what the
//! previous character was. The table is read in place: two stages from a code point to an entry; an entry below the size of
//! the vocabulary is a token, any other is a record of a form.

use std::collections::BTreeMap;

use super::kinds::{self, FIRST_CHAR, Kind};
use super::nats::{COST_STEP, Nats};

/// Code points a block of the first stage.
pub(crate) const BLOCK: usize = 128;
/// Code points from here on are outside the vocabulary.
pub(crate) const LIMIT: u32 = 0x3_0000;
/// Bytes a surface record: token, flags, fifth cost or switches, first four costs.
pub(crate) const RECORD: usize = 8;
/// ln 10: ten digits share one token.
const DIGIT_COST: Nats = Nats::new(-std::f32::consts::LN_10);
/// So much likelier must another script make a character to be taken for the script of the text from there on: a factor of
/// e^2, which 中 or 人 never reach and 国 or 國 always do.
const SCRIPT_EVIDENCE: u8 = (2.0 / COST_STEP) as u8;

/// Bits of a record's flags.
pub(crate) mod form {
    /// Costs are by script.
    pub(crate) const SCRIPT: u8 = 1;
    /// Costs are by width; the form is of ASCII width.
    pub(crate) const HALF: u8 = 2;
    /// Costs are by width; the form is fullwidth.
    pub(crate) const FULL: u8 = 4;
    /// A capital letter.
    pub(crate) const UPPER: u8 = 8;
    /// A small letter.
    pub(crate) const LOWER: u8 = 16;
    /// One of ten digits.
    pub(crate) const DIGIT: u8 = 32;
    /// Punctuation; its width speaks for the text that follows.
    pub(crate) const POINT: u8 = 64;
}

/// What the context tells about the forms to expect: script (2 bits), previous character (2 bits), width of the last
/// punctuation (1 bit), whether the last character was a carriage return (1 bit), whether there was punctuation (1 bit).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Flags(u8);

/// Scripts as the flags number them.
pub(crate) const SCRIPTS: usize = 4;
pub(crate) const UNKNOWN: usize = 0;
pub(crate) const SIMPLIFIED: usize = 1;
pub(crate) const TRADITIONAL: usize = 2;
pub(crate) const JAPANESE: usize = 3;

/// Kinds of previous characters as the flags number them.
pub(crate) const OTHER: usize = 0;
pub(crate) const WIDE: usize = 1;
pub(crate) const SMALL: usize = 2;
pub(crate) const CAPITAL: usize = 3;

const CARRIAGE_RETURN: u8 = 32;
const PUNCTUATED: u8 = 64;

impl Flags {
    pub(crate) fn script(self) -> usize {
        usize::from(self.0 & 3)
    }

    pub(crate) fn previous(self) -> usize {
        usize::from(self.0 >> 2 & 3)
    }

    /// Index of the width costs: bit 0 says that the last punctuation was fullwidth, bit 1 that the previous character is
    /// an ideograph, kana or fullwidth; 4 stands for the latter where there was no punctuation yet.
    pub(crate) fn width(self) -> usize {
        let full = usize::from(self.0 >> 4 & 1);
        match (self.previous() == WIDE, self.0 & PUNCTUATED != 0) {
            (false, _) => full,
            (true, false) => 4,
            (true, true) => full | 2,
        }
    }

    pub(crate) fn after_carriage_return(self) -> bool {
        self.0 & CARRIAGE_RETURN != 0
    }

    pub(crate) fn with_script(self, script: usize) -> Flags {
        Flags(self.0 & !3 | script as u8 & 3)
    }

    pub(crate) fn with_previous(self, previous: usize) -> Flags {
        Flags(self.0 & !(12 | CARRIAGE_RETURN) | (previous as u8 & 3) << 2)
    }

    pub(crate) fn with_full_width(self, full: bool) -> Flags {
        Flags(self.0 & !16 | u8::from(full) << 4 | PUNCTUATED)
    }

    /// At the beginning of a line: script and width of the text stay.
    pub(crate) fn new_line(self, carriage_return: bool) -> Flags {
        let flags = self.with_previous(OTHER);
        if carriage_return { Flags(flags.0 | CARRIAGE_RETURN) } else { flags }
    }
}

/// Whether a character is drawn as wide as an ideograph and written without spaces: not Hangul, which takes ASCII width.
#[inline]
pub(crate) fn is_wide(c: char) -> bool {
    matches!(c as u32, 0x2E80..=0xA4CF | 0xF900..=0xFAFF | 0xFE30..=0xFE4F | 0xFF00..=0xFF60 | 0x2_0000..=0x3_FFFF)
}

/// Whether a character is hiragana or katakana.
#[inline]
pub(crate) fn is_kana(c: char) -> bool {
    matches!(c as u32, 0x3041..=0x3096 | 0x30A1..=0x30FA)
}

/// A character as the model sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// Its token; a kind where it is outside the vocabulary.
    pub(crate) token: u16,
    /// ln P(character | token, flags).
    pub(crate) cost: Nats,
    /// The flags after it.
    pub(crate) flags: Flags,
}

/// Which script a character speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaning {
    Traditional,
    Simplified,
    Neither,
}

/// The tables of characters.
#[derive(Clone, Copy)]
pub(crate) struct Chars<'a> {
    pub(crate) blocks: &'a [[u8; 2]],
    pub(crate) entries: &'a [[u8; 2]],
    pub(crate) records: &'a [[u8; RECORD]],
    /// Tokens; entries from here on are records.
    pub(crate) vocabulary: u16,
    /// ln P(upper or lower | previous character), small letters first.
    pub(crate) cases: &'a [[Nats; 4]; 2],
    /// ln of one over the size of each kind.
    pub(crate) kinds: &'a [Nats; kinds::KINDS],
}

/// A record of a form. A token that is no form is one without flags and costs.
#[derive(Clone, Copy)]
struct Form(u64);

impl Form {
    #[inline(always)]
    fn token(self) -> u16 {
        self.0 as u16
    }

    #[inline(always)]
    fn is_any(self, flags: u8) -> bool {
        (self.0 >> 16) as u8 & flags != 0
    }

    /// One of five costs.
    #[inline(always)]
    fn cost(self, index: usize) -> u8 {
        let byte = if index < 4 { 4 + index } else { 3 };
        (self.0 >> (8 * byte)) as u8
    }

    /// What the script of the text so far makes of it: its cost, and the script from here on.
    #[inline(always)]
    fn by_script(self, flags: Flags) -> (Nats, Flags) {
        let script = flags.script();
        let switch = (self.0 >> (24 + 2 * script)) as u8 & 3;
        (Nats::of_cost(self.cost(script)), Flags(flags.0 ^ switch))
    }
}

/// By script of the text so far, two bits each: the script from a form on that costs so much in each, as what the bits of
/// the script so far are to be changed by.
pub(crate) fn switches([_, simplified, traditional, japanese]: [u8; SCRIPTS]) -> u8 {
    let least = simplified.min(traditional).min(japanese);
    // A form that is likeliest in Japanese says nothing: kana do.
    let own = match least {
        least if least == simplified => SIMPLIFIED,
        least if least == traditional => TRADITIONAL,
        _ => return 0,
    };
    // Without a script so far, what counts is the difference between the scripts.
    let rivals = [simplified.max(traditional), simplified, traditional, japanese];
    let switch = |script: usize| if rivals[script].saturating_sub(least) >= SCRIPT_EVIDENCE { script ^ own } else { 0 };
    (0..SCRIPTS).fold(0, |switches, script| switches | (switch(script) as u8) << (2 * script))
}

#[inline(always)]
fn u16_at(words: &[[u8; 2]], index: usize) -> u16 {
    u16::from_le_bytes(words.get(index).copied().unwrap_or_default())
}

impl Chars<'_> {
    /// The entry of a character: outside the vocabulary the token of its kind.
    #[inline]
    pub(crate) fn entry(&self, c: char) -> u16 {
        let cp = c as usize;
        match u16_at(self.entries, usize::from(u16_at(self.blocks, cp / BLOCK)) * BLOCK + cp % BLOCK) {
            0 => kinds::token_of(kinds::kind_of(c)),
            entry => entry,
        }
    }

    /// The form of an entry of the vocabulary.
    #[inline(always)]
    fn form(&self, entry: u16) -> Form {
        let record = self.records.get(usize::from(entry.saturating_sub(self.vocabulary))).copied().unwrap_or_default();
        // Every second ideograph is one of several forms: a branch would be guessed wrongly.
        let is_token = entry < self.vocabulary;
        Form(std::hint::select_unpredictable(is_token, u64::from(entry), u64::from_le_bytes(record)))
    }

    /// Whether a character is in the vocabulary.
    pub(crate) fn knows(&self, c: char) -> bool {
        self.entry(c) >= FIRST_CHAR
    }

    /// The token of a character.
    #[inline]
    pub(crate) fn token(&self, c: char) -> u16 {
        self.token_of(self.entry(c))
    }

    /// The token that an entry stands for.
    #[inline]
    pub(crate) fn token_of(&self, entry: u16) -> u16 {
        self.form(entry).token()
    }

    /// Which script a character speaks for: the one that makes it likelier by [`SCRIPT_EVIDENCE`].
    pub(crate) fn leaning(&self, c: char) -> Leaning {
        let form = self.form(self.entry(c));
        let (simplified, traditional) = (form.cost(SIMPLIFIED), form.cost(TRADITIONAL));
        match () {
            () if !form.is_any(form::SCRIPT) => Leaning::Neither,
            () if simplified.saturating_sub(traditional) >= SCRIPT_EVIDENCE => Leaning::Traditional,
            () if traditional.saturating_sub(simplified) >= SCRIPT_EVIDENCE => Leaning::Simplified,
            () => Leaning::Neither,
        }
    }

    /// Pairs of a form and the simplest form of the same token, for forms that differ by script.
    pub(crate) fn variants(&self) -> Vec<(char, char)> {
        let mut groups: BTreeMap<u16, Vec<(u8, char)>> = BTreeMap::new();
        for c in (0..LIMIT).filter_map(char::from_u32) {
            let form = self.form(self.entry(c));
            if form.is_any(form::SCRIPT) {
                groups.entry(form.token()).or_default().push((form.cost(SIMPLIFIED), c));
            }
        }
        let mut pairs = Vec::new();
        for forms in groups.values() {
            let Some(&(_, simplest)) = forms.iter().min() else { continue };
            pairs.extend(forms.iter().filter(|(_, c)| *c != simplest).map(|&(_, c)| (c, simplest)));
        }
        pairs
    }

    /// Token, cost of the form and flags afterwards.
    #[inline]
    pub(crate) fn see(&self, c: char, flags: Flags) -> Seen {
        self.see_entry(self.entry(c), c, flags)
    }

    /// The same where the character's entry is known.
    #[inline(always)]
    pub(crate) fn see_entry(&self, entry: u16, c: char, flags: Flags) -> Seen {
        if !matches!(c, '\u{4E00}'..='\u{9FFF}') || entry < FIRST_CHAR {
            return self.see_other(entry, c, flags);
        }
        let form = self.form(entry);
        let (cost, after) = form.by_script(flags);
        Seen { token: form.token(), cost, flags: after.with_previous(WIDE) }
    }

    /// The same for what is no common ideograph.
    fn see_other(&self, entry: u16, c: char, flags: Flags) -> Seen {
        let previous = if is_wide(c) { WIDE } else { OTHER };
        if entry < FIRST_CHAR {
            let kind = kinds::of_token(entry);
            let flags = if matches!(kind, Kind::Mark) { flags } else { flags.with_previous(previous) };
            return Seen { token: entry, cost: self.kinds[kind as usize], flags };
        }
        let form = self.form(entry);
        let (mut cost, mut after) =
            if form.is_any(form::SCRIPT) { form.by_script(flags) } else { (Nats::default(), flags) };
        if form.is_any(form::HALF | form::FULL) {
            cost += Nats::of_cost(form.cost(flags.width()));
        }
        if form.is_any(form::POINT) {
            after = after.with_full_width(form.is_any(form::FULL));
        }
        if form.is_any(form::DIGIT) {
            cost += DIGIT_COST;
        }
        if is_kana(c) {
            after = after.with_script(JAPANESE);
        }
        let mut now = previous;
        if form.is_any(form::UPPER | form::LOWER) {
            let is_upper = form.is_any(form::UPPER);
            cost += self.cases[usize::from(is_upper)][flags.previous()];
            if previous != WIDE {
                now = if is_upper { CAPITAL } else { SMALL };
            }
        }
        Seen { token: form.token(), cost, flags: after.with_previous(now) }
    }
}

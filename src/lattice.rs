//! A damaged text as bytes with alternatives: what an observed character can stand for under a step of damage.
//!
//! A step `written W, read R` is undone by giving each observed character its bytes under R. Mostly that is one byte
//! sequence; where something was lost it is a choice: a mark such as `?` stands for one or two bytes that R could not
//! decode, a space for a no-break space, nothing at all for bytes that a later pass removed. An [`Arc`] is one choice.
//! [`completions`] goes the other way: from bytes, some of them known only as a [`ByteSet`], to the characters of W.

mod bytes;
mod cased;
mod completions;
mod conversion;
mod evidence;
mod folds;
mod passes;
mod reader;

pub(crate) use bytes::{ByteSet, Elem, Pairs, Sets};
pub(crate) use cased::{Cased, recase};
pub(crate) use completions::{Status, completions, leads, split, status};
pub(crate) use conversion::before_conversion;
pub(crate) use evidence::Evidence;
use folds::Folded;
pub(crate) use folds::{Folds, Unfolded};
pub(crate) use reader::Lacks;
use reader::Reader;

use crate::codec::{Encoding, Parse, shows_byte};
use crate::repair::LossKind;
use crate::score;

/// One choice of bytes for what was observed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arc {
    bytes: [Label; 4],
    len: u8,
    /// In nats; zero or less, but where structure tells what was lost.
    pub(crate) cost: f32,
    pub(crate) loss: Option<LossKind>,
}

/// One or two bytes of an arc.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Label {
    Byte(u8),
    Set(ByteSet),
    /// One pair of several.
    Pair(&'static Pairs),
}

impl Arc {
    fn new(bytes: &[Label], cost: f32, loss: Option<LossKind>) -> Arc {
        let mut all = [Label::Byte(0); 4];
        all[..bytes.len()].copy_from_slice(bytes);
        Arc { bytes: all, len: bytes.len() as u8, cost, loss }
    }

    pub(crate) fn known(bytes: &[u8], cost: f32, loss: Option<LossKind>) -> Arc {
        let mut all = [Label::Byte(0); 4];
        for (to, &b) in all.iter_mut().zip(bytes) {
            *to = Label::Byte(b);
        }
        Arc { bytes: all, len: bytes.len().min(4) as u8, cost, loss }
    }

    /// Whether a byte is taken as lost inside an observed pair.
    pub(crate) fn is_inner_loss(&self) -> bool {
        matches!(self.bytes(), [Label::Byte(_), Label::Set(_), Label::Byte(_)])
    }

    pub(crate) fn bytes(&self) -> &[Label] {
        &self.bytes[..self.len as usize]
    }
}

/// The bytes of a page of single bytes that a sanitizer strips.
pub(crate) fn controls(page: Encoding) -> ByteSet {
    Reader::of(page, Lacks::default()).controls
}

pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a character is a control of Latin-1.
pub(crate) fn is_c1(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9f}')
}

/// What a reader of pairs does with a lead byte that no trail byte follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// It marks the lead byte alone, and reads on behind it: the Encoding Standard, Python, Java.
    #[default]
    Alone,
    /// It takes what follows for the trail byte, even a quotation mark, a digit or a line end, and marks both: Windows.
    Eats,
}

/// Marks that decoders put where they could not decode.
pub(crate) fn is_mark(c: char, reader: Encoding) -> bool {
    // Windows code page 932 marks with a katakana middle dot.
    is_any_mark(c) || c == '・' && reader == Encoding::ShiftJis
}

/// Marks that decoders of any encoding put.
pub(crate) fn is_any_mark(c: char) -> bool {
    matches!(c, '?' | '\u{fffd}' | '□')
}

/// Whether a character may be one that pages write as an HTML entity: a blank, or a mark or a sign beside which ASCII stands.
pub(crate) fn is_entity(text: &[char], i: usize) -> bool {
    let is_apart = |beside: Option<&char>| beside.is_none_or(|c| c.is_ascii() && *c != '?');
    let is_apart = [i.checked_sub(1).and_then(|before| text.get(before)), text.get(i + 1)].map(is_apart);
    match text[i] {
        '\u{a0}' => true,
        '–' | '—' | '‘' | '’' | '“' | '”' | '•' | '…' => is_apart != [false; 2],
        '£' | '¥' | '§' | '©' | '«' | '®' | '°'..='³' | 'µ' | '·' | '»'..='¾' | '×' | '÷' | '€' | '™' => {
            is_apart == [true; 2]
        }
        _ => false,
    }
}

/// One step of damage, with what its reader cannot decode.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) written: Encoding,
    pub(crate) read: Encoding,
    reader: &'static Reader,
    /// Lead bytes of pairs in the encoding written in.
    written_leads: ByteSet,
    evidence: Evidence,
    pub(crate) flavour: Flavour,
    /// Whether HTML entities may stand in what the step made: the web is read in its page, and it makes no letters of letters.
    pub(crate) has_entities: bool,
}

impl Layer {
    pub(crate) fn new(written: Encoding, read: Encoding, evidence: Evidence, flavour: Flavour) -> Layer {
        let written_leads = ByteSet::collect((0x80..=0xFF).filter(|&b| written.parse(&[b]) == Parse::Incomplete));
        let reader = Reader::of(read, evidence.lacks);
        let is_of_web = ["windows-125", "iso-8859-"].iter().any(|name| read.label().starts_with(name));
        let has_entities = is_of_web && !written.is_single_byte();
        Layer { written_leads, written, read, reader, evidence, flavour, has_entities }
    }

    /// Whether the step reads in the encoding it was written in: only lost bytes did harm.
    pub(crate) fn is_shift(&self) -> bool {
        self.written == self.read
    }

    /// Whether the step's reader shows bytes as they are: nothing else makes its characters.
    pub(crate) fn shows_bytes(&self) -> bool {
        self.read == Encoding::XUserDefined
    }

    /// Whether bytes that are shown end before a character: it is none of them.
    pub(crate) fn has_malformed_before(&self, c: char) -> bool {
        self.shows_bytes() && !c.is_ascii() && !shows_byte(c)
    }

    /// Whether a sanitizer has stripped this step's control characters, as far as the text tells.
    pub(crate) fn strips_controls(&self) -> bool {
        !self.reader.controls.is_empty() && !self.evidence.has_c1
    }

    /// Whether a field may have been cut inside a character, and not all of what is missing was stripped.
    pub(crate) fn may_be_cut(&self) -> bool {
        !self.strips_controls() || self.reader.controls.len() < ALL_CONTROLS
    }

    /// Whether fullwidth marks of the text stand as ASCII.
    pub(crate) fn folds_width(&self) -> bool {
        self.is_shift() && self.evidence.width_folded
    }

    /// Whether an observed character may stand for something else than itself, a byte that it may belong to before it or not.
    pub(crate) fn may_be_lost(&self, c: char, after_byte: bool) -> bool {
        let was_nbsp = || c == ' ' && !self.evidence.has_nbsp && self.read.is_single_byte();
        is_mark(c, self.read) || after_byte && (was_nbsp() || self.may_be_control(c) || self.may_be_folded(c))
    }

    /// Whether a sanitizer may have put a blank or a line in the place of a control character.
    fn may_be_control(&self, c: char) -> bool {
        let count = match c {
            ' ' => self.evidence.blanks[0],
            '_' => self.evidence.blanks[1],
            _ => return false,
        };
        let expected = self.evidence.high as usize * self.reader.controls.len() / CONTINUATIONS;
        self.strips_controls() && 4 * count as usize > expected
    }

    /// A pair that the reader cannot decode, or that it decodes to a private-use character which a later pass dropped.
    fn bad_pair(&self, cost: f32, loss: Option<LossKind>) -> Arc {
        Arc::new(&[Label::Pair(self.reader.unreadable(!self.evidence.has_private_use))], cost, loss)
    }

    /// Bytes one after the other of which the reader marks the first alone.
    pub(crate) fn separate(&self) -> &'static Pairs {
        self.reader.separate(!self.evidence.has_private_use)
    }

    /// Whether a choice is a mark for a byte that made no pair with the one after it. Where bytes were lost, other bytes followed.
    pub(crate) fn is_unpaired(&self, arc: &Arc) -> bool {
        let may_pair = !self.read.is_single_byte() && !self.is_shift();
        may_pair && matches!(arc.bytes(), [Label::Set(_)]) && arc.loss == Some(LossKind::Mark)
    }

    /// Bytes `b` that the reader cannot decode before `next`: alone at the end, or the lead of no pair.
    fn bad_before(&self, next: Option<u8>) -> ByteSet {
        let Some(next) = next else { return ByteSet::HIGH };
        let unpaired = self.reader.unpaired(next);
        let mut bad = unpaired.malformed;
        if !self.evidence.has_euro {
            bad = bad.or(&unpaired.lone);
        }
        if !self.evidence.has_private_use {
            bad = bad.or(&unpaired.private);
        }
        bad
    }

    /// The lead bytes of the stops that end with the first byte of another one.
    fn half_stop_before(&self, stop: Option<char>) -> ByteSet {
        let first = self.first_byte(stop.map(|c| fullwidth(c).unwrap_or(c)));
        let form_of = |&c: &char| self.read.forms(c).first().copied();
        let halves = STOPS.iter().filter_map(form_of).filter(|form| form.get(1).copied() == first);
        ByteSet::collect(halves.map(|form| form[0]))
    }

    fn first_byte(&self, c: Option<char>) -> Option<u8> {
        self.read.forms(c?).iter().next().and_then(|f| f.first().copied())
    }

    fn lost_in_step(&self) -> f32 {
        if self.evidence.annotated { score::BYTE_LOST_ANNOTATED } else { score::BYTE_LOST_IN_STEP }
    }

    fn cut_before_stop(&self) -> f32 {
        score::CUT_BEFORE_STOP + if self.evidence.annotated { 0.0 } else { score::CUT_UNANNOTATED }
    }

    /// Every choice of bytes for an observed character, with those before and after it, as far as they are known.
    pub(crate) fn arcs(&self, c: char, (before, next): (Option<char>, Option<char>), out: &mut Vec<Arc>) {
        use Label::Set;
        for form in self.read.forms(c).iter() {
            out.push(Arc::known(form, 0.0, None));
            if let (true, &[lead, trail]) = (self.is_shift(), &**form) {
                // The byte between them is lost: they are the lead of one character and the lead or trail of the next.
                let bytes = [Label::Byte(lead), Set(TRAIL), Label::Byte(trail)];
                out.push(Arc::new(&bytes, self.lost_in_step(), Some(LossKind::Vanished)));
            }
        }
        if let Some(form) = self.read.vendor_form(c).filter(|_| out.is_empty()) {
            out.push(Arc::known(&form, 0.0, Some(LossKind::Folded)));
        }
        let is_byte = |c: Option<char>| c.is_some_and(|c| !c.is_ascii());
        let beside_byte = is_byte(before) || is_byte(next) || (before, next) == (None, None);
        if c == ' ' && !self.evidence.has_nbsp && beside_byte {
            for form in self.read.forms('\u{a0}').iter() {
                out.push(Arc::known(form, score::NBSP_AS_SPACE, Some(LossKind::Folded)));
                if let &[nbsp] = &**form {
                    out.push(Arc::known(&[nbsp, b' '], score::NBSP_COLLAPSED, Some(LossKind::Folded)));
                }
            }
        }
        if beside_byte && self.may_be_control(c) {
            out.push(Arc::new(&[Set(self.reader.controls)], score::CONTROL_REPLACED, Some(LossKind::Mark)));
        }
        if self.is_shift()
            && self.evidence.width_folded
            && let Some(wide) = fullwidth(c)
        {
            for form in self.read.forms(wide).iter() {
                out.push(Arc::known(form, score::WIDTH_FOLDED, Some(LossKind::Folded)));
            }
        }
        let next_is_stop = self.is_shift() && next.is_some_and(is_stop);
        if self.is_shift() && is_stop(c) {
            // A cut before a stop mark leaves the lead byte before it alone, and it vanishes.
            let wide = fullwidth(c).unwrap_or(c);
            if let Some(&[lead, trail]) = self.read.forms(wide).first().map(|f| &**f) {
                let bytes = [Set(ByteSet::HIGH), Label::Byte(lead), Label::Byte(trail)];
                out.push(Arc::new(&bytes, self.cut_before_stop(), Some(LossKind::Vanished)));
            }
        }
        // U+FFFD in text that is read in step is what is left of UTF-8, but on the pages that such scripts cut: of 420 lines of Chinese in which
        // a character is one to three of them 69 came out changed, four of them rightly.
        let is_gone = self.is_shift() && c == char::REPLACEMENT_CHARACTER && !self.evidence.is_page;
        if is_gone || !is_mark(c, self.read) {
            return;
        }
        let mark = Some(LossKind::Mark);
        if self.read.is_single_byte() {
            let set = match self.evidence.is_wider.iter().position(|is_wider| !is_wider) {
                Some(narrow) => self.reader.outside[narrow],
                None if self.reader.controls.is_empty() => ByteSet::HIGH,
                None => self.reader.controls,
            };
            out.push(Arc::new(&[Set(set)], 0.0, mark));
            return;
        }
        if self.read.is_utf16() {
            out.push(self.bad_pair(score::MARK_TWO_BYTES, mark));
            return;
        }
        let next_byte = if next.is_some_and(|n| is_mark(n, self.read)) { None } else { self.first_byte(next) };
        // Where only bytes were lost, a question mark is mostly one, unless a stop follows: there pages are cut.
        let (doubt, before_stop) = match (self.is_shift(), self.evidence.annotated) {
            (false, _) => (0.0, 0.0),
            (true, false) => (score::MARK_IN_STEP, score::MARK_BEFORE_STOP),
            (true, true) => (score::MARK_ANNOTATED, score::MARK_BEFORE_STOP_ANNOTATED),
        };
        let before_stop = if self.evidence.is_page { before_stop } else { doubt };
        let ends = next.is_none_or(|n| n == '\n');
        if self.flavour == Flavour::Alone || ends || self.is_shift() {
            let (alone, doubt) = match next_is_stop {
                true => (ByteSet::HIGH, before_stop),
                false => (self.bad_before(next_byte), doubt),
            };
            if next_is_stop && before == Some(c) && self.evidence.is_page {
                // Two cuts, the first before a stop that the second one cut through.
                out.push(Arc::new(&[Set(self.half_stop_before(next))], score::MARK_ONE_BYTE, mark));
            }
            out.push(Arc::new(&[Set(alone)], score::MARK_ONE_BYTE + doubt, mark));
        }
        if self.eats(c) {
            let (cost, eaten) = match self.is_shift() {
                true => (score::MARK_ATE_AT_END, EATEN),
                false if ends => (score::MARK_ATE_AT_END, EATEN.with(b'\n')),
                false => (score::MARK_ATE_ASCII, EATEN.with(b'\n')),
            };
            out.push(Arc::new(&[Set(ByteSet::HIGH), Set(eaten)], cost, mark));
        }
        out.push(self.bad_pair(score::MARK_TWO_BYTES + doubt, mark));
    }

    /// Whether a character may be a mark that stands for ASCII, too: what Windows marks in step it marks with a question mark.
    pub(crate) fn eats(&self, c: char) -> bool {
        let is_mark = if self.is_shift() { c == '?' } else { is_mark(c, self.read) };
        self.flavour == Flavour::Eats && is_mark && !self.read.is_single_byte()
    }

    /// The choice that a mark stands for a lead byte and the ASCII character `eaten`.
    pub(crate) fn ate(&self, c: char, eaten: char) -> Option<Arc> {
        let bytes = [Label::Set(ByteSet::HIGH), Label::Byte(eaten as u8)];
        let mark = if self.is_shift() { score::MARK_ATE_AT_END } else { score::MARK_ATE_ASCII };
        let cost = mark + if eaten == '\n' { score::LINE_BEGINS } else { 0.0 };
        self.eats(c).then(|| Arc::new(&bytes, cost, Some(LossKind::Mark)))
    }

    /// Makes it unlikely of the choices for a mark that anything was eaten.
    pub(crate) fn ate_nothing(&self, arcs: &mut [Arc]) {
        for arc in arcs.iter_mut().filter(|arc| matches!(arc.bytes(), [Label::Set(_), Label::Set(_)])) {
            arc.cost = arc.cost.min(score::MARK_ATE_AT_END);
        }
    }

    /// Choices of bytes that left no trace before an observed character (`None`: at the end).
    pub(crate) fn vanished(&self, before: Option<char>, at_start: bool, out: &mut Vec<Arc>) {
        use Label::Set;
        // Where letters may be others as well, too much would make sense.
        if self.is_cased() && before.is_some() {
            return;
        }
        let vanished = Some(LossKind::Vanished);
        if self.strips_controls() && !at_start {
            out.push(Arc::new(&[Set(self.reader.controls)], score::CONTROL_STRIPPED, vanished));
        }
        if !self.evidence.has_soft_hyphen && self.read.is_single_byte() && !at_start {
            for form in self.read.forms('\u{ad}').iter() {
                out.push(Arc::known(form, score::SOFT_HYPHEN_STRIPPED, vanished));
            }
        }
        // What else is lost before a mark is not told from what the mark stands for.
        if !self.is_shift() && before.is_some_and(|c| is_mark(c, self.read)) {
            return;
        }
        // In step no character of a text is a private-use pair.
        if !(self.evidence.has_private_use || at_start && self.is_shift()) {
            out.push(match self.is_shift() {
                true => self.bad_pair(score::PAIR_DROPPED, vanished),
                false => Arc::new(&[Label::Pair(&self.reader.private)], score::PRIVATE_USE_DROPPED, vanished),
            });
        }
        let next = self.first_byte(before);
        if !self.read.is_single_byte() && before.is_none_or(|c| c.is_ascii() || self.is_shift()) {
            let cost = if self.evidence.has_marks { score::IGNORED_NOT_MARKED } else { score::MALFORMED_IGNORED };
            out.push(Arc::new(&[Set(self.bad_before(next))], cost, vanished));
        }
        // Anywhere else than at an end, a lost byte shows only by what it does to the bytes after it.
        let is_shown = self.shows_bytes() && before.is_some_and(shows_byte);
        if before.is_none() || self.is_shift() || (self.written == Encoding::Utf8 && !at_start) || is_shown {
            let cost = match before {
                _ if self.shows_bytes() => score::BYTE_LOST_BESIDE,
                None => score::CUT_AT_END,
                Some(_) if self.is_shift() => self.lost_in_step(),
                Some(_) => score::BYTE_LOST,
            };
            let lost = if self.is_shift() && !at_start { TRAIL } else { ByteSet::HIGH };
            out.push(Arc::new(&[Set(lost)], cost, vanished));
        }
    }
}

/// The controls of Latin-1: a page that has them all loses half of the bytes that go on.
const ALL_CONTROLS: usize = 32;

/// Bytes that go characters of UTF-8 on, of which controls are a share.
const CONTINUATIONS: usize = 64;

/// Pages that text is brought to after it was damaged, with marks for what they lack, the narrowest first.
pub(crate) const NARROW: [Encoding; 2] = [Encoding::Iso8859_1, Encoding::Windows1252];

/// Trail bytes of pairs, of which those of ASCII are trail bytes of GBK's rarer and traditional ideographs.
const TRAIL: ByteSet = ByteSet::range(0x40, 0xFE);

/// ASCII that a reader may eat together with a lead byte, what is no trail byte anywhere; a line end may be, too.
const EATEN: ByteSet = ByteSet::range(0x20, 0x3F);

/// Stop marks before which byte-wise scripts cut a page (shared by the sample's kind of damage).
const STOPS: [char; 6] = ['。', '！', '？', '；', '、', '，'];

/// Whether a character is one of them, in whichever width.
fn is_stop(c: char) -> bool {
    STOPS.contains(&fullwidth(c).unwrap_or(c))
}

pub(crate) fn is_private_use(c: char) -> bool {
    ('\u{e000}'..='\u{f8ff}').contains(&c)
}

pub(crate) fn fullwidth(c: char) -> Option<char> {
    ('!'..='~').contains(&c).then(|| char::from_u32(c as u32 + 0xFEE0)).flatten()
}

pub(crate) fn halfwidth(c: char) -> Option<char> {
    ('！'..='～').contains(&c).then(|| char::from_u32(c as u32 - 0xFEE0)).flatten()
}

//! A damaged text as bytes with alternatives: what an observed character can stand for under a step of damage.
//!
//! A step `written W, read R` is undone by giving each observed character its bytes under R. Mostly that is one byte
//! sequence; where something was lost it is a choice: a mark such as `?` stands for one or two bytes that R could not
//! decode, a space for a no-break space, nothing at all for bytes that a later pass removed. An [`Arc`] is one choice.
//! [`completions`] goes the other way: from bytes, some of them known only as a [`ByteSet`], to the characters of W.

use crate::codec::{Encoding, Parse};
use crate::repair::LossKind;
use crate::score;

/// A set of byte values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct ByteSet([u64; 4]);

impl ByteSet {
    pub(crate) const EMPTY: ByteSet = ByteSet([0; 4]);
    /// Everything above ASCII.
    pub(crate) const HIGH: ByteSet = ByteSet::range(0x80, 0xFF);

    pub(crate) const fn range(first: u8, last: u8) -> ByteSet {
        let mut bits = [0u64; 4];
        let mut b = first as usize;
        while b <= last as usize {
            bits[b >> 6] |= 1 << (b & 63);
            b += 1;
        }
        ByteSet(bits)
    }

    pub(crate) fn collect(bytes: impl Iterator<Item = u8>) -> ByteSet {
        bytes.fold(ByteSet::EMPTY, ByteSet::with)
    }

    pub(crate) fn with(mut self, b: u8) -> ByteSet {
        self.0[b as usize >> 6] |= 1 << (b & 63);
        self
    }

    pub(crate) fn contains(&self, b: u8) -> bool {
        self.0[b as usize >> 6] >> (b & 63) & 1 == 1
    }

    pub(crate) fn and(&self, other: &ByteSet) -> ByteSet {
        ByteSet(std::array::from_fn(|i| self.0[i] & other.0[i]))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }

    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|w| w.count_ones() as usize).sum()
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = u8> {
        (0..4usize).flat_map(move |i| {
            let mut word = self.0[i];
            std::iter::from_fn(move || {
                let bit = word.trailing_zeros();
                word &= word.wrapping_sub(1);
                (bit < 64).then(|| (i * 64) as u8 + bit as u8)
            })
        })
    }
}

/// One byte of a lattice: known, or one of a set that a [`Sets`] holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Elem(u16);

impl Elem {
    pub(crate) fn byte(b: u8) -> Elem {
        Elem(b as u16)
    }

    pub(crate) fn known(self) -> Option<u8> {
        u8::try_from(self.0).ok()
    }
}

/// The byte sets that a search has met, so that a hypothesis holds two bytes instead of a set.
#[derive(Default)]
pub(crate) struct Sets(Vec<ByteSet>);

/// Sets past this many are not told apart any more: their elements are taken as any byte above ASCII. It bounds the
/// table; a search meets a few dozen.
const MAX_SETS: usize = 4096;

impl Sets {
    /// The element for a set; `None` for the empty one.
    pub(crate) fn elem(&mut self, set: ByteSet) -> Option<Elem> {
        match set.len() {
            0 => None,
            1 => set.iter().next().map(Elem::byte),
            _ => {
                let at = self.0.iter().position(|s| *s == set).unwrap_or_else(|| {
                    if self.0.len() >= MAX_SETS {
                        return 0;
                    }
                    self.0.push(set);
                    self.0.len() - 1
                });
                Some(Elem(256 + at as u16))
            }
        }
    }

    pub(crate) fn set(&self, elem: Elem) -> ByteSet {
        match elem.known() {
            Some(b) => ByteSet::EMPTY.with(b),
            None => self.0[elem.0 as usize - 256],
        }
    }
}

/// One choice of bytes for what was observed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arc {
    bytes: [ByteOrSet; 4],
    len: u8,
    /// In nats, zero or less.
    pub(crate) cost: f32,
    pub(crate) loss: Option<LossKind>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum ByteOrSet {
    Byte(u8),
    Set(ByteSet),
}

impl Arc {
    fn new(bytes: &[ByteOrSet], cost: f32, loss: Option<LossKind>) -> Arc {
        let mut all = [ByteOrSet::Byte(0); 4];
        all[..bytes.len()].copy_from_slice(bytes);
        Arc { bytes: all, len: bytes.len() as u8, cost, loss }
    }

    pub(crate) fn known(bytes: &[u8], cost: f32, loss: Option<LossKind>) -> Arc {
        let mut all = [ByteOrSet::Byte(0); 4];
        for (to, &b) in all.iter_mut().zip(bytes) {
            *to = ByteOrSet::Byte(b);
        }
        Arc { bytes: all, len: bytes.len().min(4) as u8, cost, loss }
    }

    /// Whether a byte is taken as lost inside an observed pair.
    pub(crate) fn is_inner_loss(&self) -> bool {
        matches!(self.bytes(), [ByteOrSet::Byte(_), ByteOrSet::Set(_), ByteOrSet::Byte(_)])
    }

    pub(crate) fn bytes(&self) -> &[ByteOrSet] {
        &self.bytes[..self.len as usize]
    }
}

/// What a text as a whole tells about the losses of a step: a text that still holds C1 controls was not stripped of them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Evidence {
    pub(crate) has_c1: bool,
    pub(crate) has_private_use: bool,
    pub(crate) has_nbsp: bool,
    pub(crate) has_soft_hyphen: bool,
    pub(crate) has_euro: bool,
    /// Han text has ASCII commas, never fullwidth ones.
    pub(crate) width_folded: bool,
}

impl Evidence {
    pub(crate) fn of(text: &[char]) -> Evidence {
        let mut e = Evidence::default();
        let (mut ascii_marks, mut wide_marks) = (0u32, 0u32);
        let mut before = ' ';
        for &c in text {
            match c {
                '\u{80}'..='\u{9f}' => e.has_c1 = true,
                '\u{a0}' => e.has_nbsp = true,
                '€' => e.has_euro = true,
                '\u{ad}' => e.has_soft_hyphen = true,
                '\u{e000}'..='\u{f8ff}' => e.has_private_use = true,
                ',' if is_han(before) => ascii_marks += 1,
                '，' => wide_marks += 1,
                _ => {}
            }
            before = c;
        }
        e.width_folded = ascii_marks > 0 && wide_marks == 0;
        e
    }
}

pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Marks that decoders put where they could not decode.
pub(crate) fn is_mark(c: char, reader: Encoding) -> bool {
    match c {
        '?' | '\u{fffd}' | '□' => true,
        // Windows code page 932 marks with a katakana middle dot.
        '・' => reader == Encoding::ShiftJis,
        _ => false,
    }
}

/// One step of damage, with what its reader cannot decode.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) written: Encoding,
    pub(crate) read: Encoding,
    /// Leads and trails of the pairs that the reader cannot decode, or decodes to private-use characters.
    bad_lead: ByteSet,
    bad_trail: ByteSet,
    /// The same pairs, lead by lead.
    bad_pairs: Vec<(u8, ByteSet)>,
    /// Bytes that the reader makes C1 controls: those that its strict form cannot decode, and that sanitizers strip.
    controls: ByteSet,
    private_use: bool,
    /// Lead bytes of pairs in the encoding written in.
    written_leads: ByteSet,
    evidence: Evidence,
}

impl Layer {
    pub(crate) fn new(written: Encoding, read: Encoding, evidence: Evidence) -> Layer {
        let (mut bad_lead, mut bad_trail, mut controls) = (ByteSet::EMPTY, ByteSet::EMPTY, ByteSet::EMPTY);
        let mut bad_pairs = Vec::new();
        let mut private_use = false;
        for lead in 0x80..=0xFFu8 {
            match read.parse(&[lead]) {
                Parse::Char { c, .. } if ('\u{80}'..='\u{9f}').contains(&c) => controls = controls.with(lead),
                Parse::Incomplete if !read.is_single_byte() && read != Encoding::Utf8 => {
                    let mut trails = ByteSet::EMPTY;
                    for trail in 0x80..=0xFEu8 {
                        let bad = match read.parse(&[lead, trail]) {
                            Parse::Malformed => true,
                            Parse::Char { c, .. } if is_private_use(c) => {
                                private_use = true;
                                !evidence.has_private_use
                            }
                            _ => false,
                        };
                        if bad {
                            bad_lead = bad_lead.with(lead);
                            bad_trail = bad_trail.with(trail);
                            trails = trails.with(trail);
                        }
                    }
                    if !trails.is_empty() {
                        bad_pairs.push((lead, trails));
                    }
                }
                Parse::Malformed => bad_lead = bad_lead.with(lead),
                _ => {}
            }
        }
        let written_leads = ByteSet::collect((0x80..=0xFF).filter(|&b| written.parse(&[b]) == Parse::Incomplete));
        Layer { written_leads, written, read, bad_lead, bad_trail, bad_pairs, controls, private_use, evidence }
    }

    /// Whether the step reads in the encoding it was written in: only lost bytes did harm.
    pub(crate) fn is_shift(&self) -> bool {
        self.written == self.read
    }

    /// Whether a sanitizer has stripped this step's control characters, as far as the text tells.
    pub(crate) fn strips_controls(&self) -> bool {
        !self.controls.is_empty() && !self.evidence.has_c1
    }

    /// A pair that the reader cannot decode. Where few bytes lead such pairs each is an arc of its own, so that the trails
    /// fit the lead; where many do, leads and trails are taken as independent.
    fn bad_pairs(&self, cost: f32, loss: Option<LossKind>, out: &mut Vec<Arc>) {
        const FEW: usize = 48;
        if self.bad_pairs.len() > FEW {
            out.push(Arc::new(&[ByteOrSet::Set(self.bad_lead), ByteOrSet::Set(self.bad_trail)], cost, loss));
        } else {
            let pairs = self.bad_pairs.iter();
            out.extend(
                pairs.map(|&(lead, trails)| Arc::new(&[ByteOrSet::Byte(lead), ByteOrSet::Set(trails)], cost, loss)),
            );
        }
    }

    /// Bytes `b` that the reader cannot decode before `next`: alone at the end, or the lead of no pair.
    fn bad_before(&self, next: Option<u8>) -> ByteSet {
        let Some(next) = next else { return ByteSet::HIGH };
        ByteSet::collect((0x80..=0xFFu8).filter(|&b| match self.read.parse(&[b, next]) {
            Parse::Malformed => true,
            // 80 is € to Windows and browsers, and undecodable to others.
            Parse::Char { len: 1, .. } => !self.evidence.has_euro,
            Parse::Char { c, .. } => is_private_use(c) && !self.evidence.has_private_use,
            _ => false,
        }))
    }

    fn first_byte(&self, c: Option<char>) -> Option<u8> {
        self.read.forms(c?).iter().next().and_then(|f| f.first().copied())
    }

    /// Every choice of bytes for an observed character; `next` is the character after it.
    pub(crate) fn arcs(&self, c: char, next: Option<char>, out: &mut Vec<Arc>) {
        use ByteOrSet::Set;
        for form in self.read.forms(c).iter() {
            out.push(Arc::known(form, 0.0, None));
            if let (true, &[lead, trail]) = (self.is_shift(), &**form) {
                // The byte between them is lost: they are the lead of one character and the lead or trail of the next.
                let bytes = [ByteOrSet::Byte(lead), Set(ByteSet::HIGH), ByteOrSet::Byte(trail)];
                out.push(Arc::new(&bytes, score::BYTE_LOST, Some(LossKind::Vanished)));
            }
        }
        if c == ' ' && !self.evidence.has_nbsp {
            for form in self.read.forms('\u{a0}').iter() {
                out.push(Arc::known(form, score::NBSP_AS_SPACE, Some(LossKind::Folded)));
            }
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
                let bytes = [Set(ByteSet::HIGH), ByteOrSet::Byte(lead), ByteOrSet::Byte(trail)];
                out.push(Arc::new(&bytes, score::CUT_BEFORE_STOP, Some(LossKind::Vanished)));
            }
        }
        if !is_mark(c, self.read) {
            return;
        }
        let mark = Some(LossKind::Mark);
        if self.read.is_single_byte() {
            let set = if self.controls.is_empty() { ByteSet::HIGH } else { self.controls };
            out.push(Arc::new(&[Set(set)], 0.0, mark));
            return;
        }
        let next_byte = if next.is_some_and(|n| is_mark(n, self.read)) { None } else { self.first_byte(next) };
        let alone = if next_is_stop { ByteSet::HIGH } else { self.bad_before(next_byte) };
        // Where only bytes were lost, a question mark is mostly one.
        let doubt = if self.is_shift() { score::MARK_IN_STEP } else { 0.0 };
        out.push(Arc::new(&[Set(alone)], score::MARK_ONE_BYTE + doubt, mark));
        self.bad_pairs(score::MARK_TWO_BYTES + doubt, mark, out);
        out.push(Arc::new(&[Set(ByteSet::HIGH), Set(EATEN)], score::MARK_ATE_ASCII, mark));
    }

    /// Choices of bytes that left no trace before an observed character (`None`: at the end).
    pub(crate) fn vanished(&self, before: Option<char>, at_start: bool, out: &mut Vec<Arc>) {
        use ByteOrSet::Set;
        let vanished = Some(LossKind::Vanished);
        if self.strips_controls() && !at_start {
            out.push(Arc::new(&[Set(self.controls)], score::CONTROL_STRIPPED, vanished));
        }
        if !self.evidence.has_soft_hyphen && self.read.is_single_byte() && !at_start {
            for form in self.read.forms('\u{ad}').iter() {
                out.push(Arc::known(form, score::SOFT_HYPHEN_STRIPPED, vanished));
            }
        }
        // In step no character of a text is a private-use pair.
        if self.private_use && !self.evidence.has_private_use && !(at_start && self.is_shift()) {
            self.bad_pairs(score::PRIVATE_USE_DROPPED, vanished, out);
        }
        let next = self.first_byte(before);
        if !self.read.is_single_byte() && before.is_none_or(|c| c.is_ascii() || self.is_shift()) {
            out.push(Arc::new(&[Set(self.bad_before(next))], score::MALFORMED_IGNORED, vanished));
        }
        // Anywhere else than at an end, a lost byte shows only by what it does to the bytes after it.
        if before.is_none() || self.is_shift() || (self.written == Encoding::Utf8 && !at_start) {
            let cost = if before.is_none() { score::CUT_AT_END } else { score::BYTE_LOST };
            out.push(Arc::new(&[Set(ByteSet::HIGH)], cost, vanished));
        }
    }
}

/// ASCII that a reader may eat together with a lead byte that it cannot decode.
const EATEN: ByteSet = ByteSet::range(0x20, 0x3F);

/// Stop marks before which byte-wise scripts cut a page (shared by the sample's kind of damage), in both widths.
fn is_stop(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '；' | '、' | '，' | '!' | '?' | ';' | ',')
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

/// How the bytes seen so far stand with an encoding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Status {
    Incomplete,
    Complete,
    Dead,
}

const UTF8_CONTINUATION: ByteSet = ByteSet::range(0x80, 0xBF);
/// Lead bytes by the length of what they lead; characters past the BMP are too rare in lost bytes to guess.
const UTF8_LEADS: [ByteSet; 3] = [ByteSet::range(0x00, 0x7F), ByteSet::range(0xC2, 0xDF), ByteSet::range(0xE0, 0xEF)];

/// The parts of `set` that can follow `pending` in the encoding that a layer was written in, each leading to one length.
pub(crate) fn split(layer: &Layer, pending: &[Elem], set: ByteSet, mut each: impl FnMut(ByteSet)) {
    let w = layer.written;
    let mut part = |class: ByteSet| {
        let s = set.and(&class);
        if !s.is_empty() {
            each(s);
        }
    };
    match (w, pending.is_empty()) {
        (Encoding::Utf8, true) => UTF8_LEADS.into_iter().for_each(part),
        (Encoding::Utf8, false) => part(UTF8_CONTINUATION),
        (_, false) => part(ByteSet::range(0x40, 0xFE)),
        (w, true) if w.is_single_byte() => part(ByteSet::range(0, 0xFF)),
        (_, true) => {
            part(ByteSet::range(0, 0x7F));
            part(layer.written_leads);
        }
    }
}

/// How a pattern of bytes stands with encoding `w`.
pub(crate) fn status(w: Encoding, pattern: &[Elem], sets: &Sets) -> Status {
    let mut known = [0u8; 4];
    let mut all_known = true;
    for (to, e) in known.iter_mut().zip(pattern) {
        match e.known() {
            Some(b) => *to = b,
            None => all_known = false,
        }
    }
    if all_known {
        return match w.parse(&known[..pattern.len().min(4)]) {
            Parse::Char { .. } | Parse::Pair { .. } => Status::Complete,
            Parse::Incomplete => Status::Incomplete,
            Parse::Malformed => Status::Dead,
        };
    }
    let first = pattern.first().map_or(ByteSet::EMPTY, |&e| sets.set(e));
    let wanted = match w {
        Encoding::Utf8 => match first.iter().next() {
            Some(0..=0x7F) => 1,
            Some(0xC2..=0xDF) => 2,
            Some(0xE0..=0xEF) => 3,
            Some(0xF0..=0xF4) => 4,
            _ => return Status::Dead,
        },
        w if w.is_single_byte() => 1,
        _ if first.iter().next().is_some_and(|b| b < 0x80) => 1,
        _ => 2,
    };
    if pattern.len() < wanted { Status::Incomplete } else { Status::Complete }
}

/// More products than this are not enumerated byte by byte; the common characters are tried against the pattern instead.
const MAX_PRODUCT: usize = 2048;

/// The characters of `w` whose bytes fit a complete pattern. `common` lists likely characters, for wide patterns.
pub(crate) fn completions(w: Encoding, pattern: &[Elem], sets: &Sets, common: &[char], mut each: impl FnMut(char)) {
    let sizes = pattern.iter().map(|&e| sets.set(e).len());
    if sizes.product::<usize>() > MAX_PRODUCT {
        for &c in common {
            let fits = |form: &[u8]| {
                form.len() == pattern.len() && form.iter().zip(pattern).all(|(&b, &e)| sets.set(e).contains(b))
            };
            if w.forms(c).iter().any(|f| fits(f)) {
                each(c);
            }
        }
        return;
    }
    let mut bytes = [0u8; 4];
    product(w, pattern, sets, &mut bytes, 0, &mut each);
}

fn product(w: Encoding, pattern: &[Elem], sets: &Sets, bytes: &mut [u8; 4], at: usize, each: &mut impl FnMut(char)) {
    if at == pattern.len() {
        if let Parse::Char { c, len } = w.parse(&bytes[..at])
            && len as usize == at
        {
            each(c);
        }
        return;
    }
    match pattern[at].known() {
        Some(b) => {
            bytes[at] = b;
            product(w, pattern, sets, bytes, at + 1, each);
        }
        None => {
            for b in sets.set(pattern[at]).iter() {
                bytes[at] = b;
                product(w, pattern, sets, bytes, at + 1, each);
            }
        }
    }
}

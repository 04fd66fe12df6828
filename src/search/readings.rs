//! An undone text as it comes: characters with what they came from, and the bytes in between.

use std::borrow::Cow;

use crate::codec::{Encoding, LONGEST_CODE, Parse, utf8_length};
use crate::lattice::{Cased, Folds, Unfolded, before_conversion, is_c1, is_mark, recase};
use crate::model::Model;

/// A character of an undone text, with the observed characters it came from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    pub(super) c: char,
    pub(super) from: u32,
    pub(super) to: u32,
    /// Stands as it was observed: the chain says nothing of it.
    pub(super) kept: bool,
}

/// A no-break space in the pages that are read.
const NO_BREAK_SPACE: u8 = 0xA0;

pub(super) const MALFORMED: char = '\u{fffd}';
/// Stands for a character that lost some of its bytes; a noncharacter, so that no text holds it.
pub(super) const LOSSY: char = '\u{fdd0}';

/// A byte that starts nothing and ends nothing in any encoding tried: a reading breaks here.
const BARRIER: u8 = 0xFF;

/// The bytes of some units under a reader, with the unit that each came from.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) bytes: Vec<u8>,
    origin: Vec<u32>,
    /// Whether each unit has bytes of its own.
    pub(super) is_all: bool,
    /// Whether C1 controls may have been stripped from what a reader of single bytes made.
    pub(super) stripped: bool,
    /// Whether the first byte is the second one of a code unit of UTF-16.
    pub(super) is_odd: bool,
    /// What the text has of all that later passes make something else of.
    unfolded: Unfolded,
    /// The case that a later pass brought the text to, and the other byte that each may have been before.
    pub(super) cased: Option<Cased>,
    /// Whether some characters have no bytes but as letters of the other case.
    is_recased: bool,
    other: Vec<Option<u8>>,
}

impl Written {
    /// The bytes of `units` under `read`, of a text that has what it has of what passes fold; units without bytes are barriers, unless
    /// they may have been converted and had some before.
    pub(super) fn fill(
        &mut self,
        read: Encoding,
        units: &[Unit],
        (unfolded, cased): (Unfolded, Option<Cased>),
        may_be_converted: impl Fn(&Unit) -> bool,
    ) {
        self.unfolded = unfolded;
        (self.is_all, self.is_recased) = (true, false);
        self.bytes.clear();
        self.origin.clear();
        for (i, u) in units.iter().enumerate() {
            if !read.write_usual(u.c, &mut self.bytes) {
                self.is_all = false;
                let converted = before_conversion(u.c, read, None).map(|(form, _)| form).next();
                let recased = cased.and_then(|cased| cased.before(u.c, read));
                match converted.filter(|_| may_be_converted(u)) {
                    Some(form) => self.bytes.extend_from_slice(&form),
                    None => self.bytes.push(recased.unwrap_or(BARRIER)),
                }
                self.is_recased |= recased.is_some();
            }
            self.origin.resize(self.bytes.len(), i as u32);
        }
        self.stripped = read.is_single_byte() && !units.iter().any(|u| is_c1(u.c));
        self.cased = cased.filter(|_| read.is_single_byte());
        self.other.clear();
        if let Some(cased) = self.cased {
            self.other.extend(units.iter().map(|u| cased.before(u.c, read)));
        }
    }

    /// Reads the bytes in `written`, keeping units that make no sense there; false where nothing but ASCII comes of it.
    pub(super) fn reread(
        &self,
        model: &Model,
        (written, read): (Encoding, Encoding),
        units: &[Unit],
        out: &mut Vec<Unit>,
    ) -> bool {
        let origin = &self.origin[..];
        let mut bytes = Cow::Borrowed(&self.bytes[..]);
        if self.cased.is_some() {
            recase(bytes.to_mut(), &self.other, written, model);
            // What another case has no part in is looked for without it.
            if *bytes == self.bytes && !self.is_recased {
                return false;
            }
        }
        out.clear();
        let mut at = usize::from(self.is_odd && written.is_utf16()).min(bytes.len());
        let mut changed = false;
        while at < bytes.len() {
            let u = &units[origin[at] as usize];
            // What a reader of UTF-16 leaves a byte for one is none of its characters.
            let is_apart = read.is_utf16() && u.c.is_ascii();
            if bytes[at] < 0x80 && (is_apart || !written.is_utf16()) {
                changed |= read.is_utf16() && !is_apart;
                out.push(Unit { c: bytes[at] as char, ..*u });
                at += 1;
                continue;
            }
            let parse = written.parse(&bytes[at..bytes.len().min(at + LONGEST_CODE)]);
            let is_read = matches!(parse, Parse::Char { .. } | Parse::Pair { .. });
            if !is_read
                && written == Encoding::Utf8
                && let Some((c, len)) = self.unfolded(read, at)
            {
                out.push(Unit { c, from: u.from, to: units[origin[at + len - 1] as usize].to, kept: false });
                changed = true;
                at += len;
                continue;
            }
            match parse {
                Parse::Char { c, len } => {
                    let end = at + len as usize;
                    let to = units[origin[end - 1] as usize].to;
                    out.push(Unit { c, from: u.from, to, kept: false });
                    changed = true;
                    at = end;
                }
                Parse::Pair { first, second, len } => {
                    let to = units[origin[at + len as usize - 1] as usize].to;
                    out.push(Unit { c: first, from: u.from, to, kept: false });
                    out.push(Unit { c: second, from: to, to, kept: false });
                    at += len as usize;
                }
                // A lead byte whose continuation was stripped or cut short still tells that a character stood here; so does what goes one
                // on where nothing else makes bytes.
                Parse::Incomplete | Parse::Malformed
                    if written == Encoding::Utf8
                        && self.stripped
                        && (matches!(bytes[at], 0xE2..=0xEF)
                            || read == Encoding::XUserDefined && matches!(bytes[at], 0x80..=0xBF)) =>
                {
                    let mut end = at + 1;
                    while end < bytes.len() && end < at + 3 && matches!(bytes[end], 0x80..=0xBF) {
                        end += 1;
                    }
                    out.push(Unit { c: LOSSY, from: u.from, to: units[origin[end - 1] as usize].to, kept: false });
                    changed = true;
                    at = end;
                }
                // A character whose last byte was marked, together with what it made a pair with or not.
                Parse::Incomplete | Parse::Malformed
                    if written == Encoding::Utf8
                        && !read.is_single_byte()
                        && matches!(bytes[at], 0xE2..=0xEF)
                        && matches!(bytes.get(at + 1), Some(0x80..=0xBF))
                        && origin.get(at + 2).is_some_and(|&mark| is_mark(units[mark as usize].c, read))
                        && (at == 0 || units[origin[at - 1] as usize].c.is_ascii()) =>
                {
                    out.push(Unit { c: LOSSY, from: u.from, to: units[origin[at + 2] as usize].to, kept: false });
                    changed = true;
                    at += 3;
                }
                // A no-break space that became a space.
                Parse::Incomplete | Parse::Malformed
                    if written == Encoding::Utf8
                        && read.is_single_byte()
                        && matches!(bytes[at], 0xC3..=0xDF)
                        && bytes.get(at + 1) == Some(&b' ') =>
                {
                    if let Parse::Char { c, .. } = written.parse(&[bytes[at], NO_BREAK_SPACE]) {
                        out.push(Unit { c, ..*u });
                        changed = true;
                    }
                    at += 1;
                }
                Parse::Incomplete | Parse::Malformed => {
                    let whole = read.is_single_byte()
                        || bytes[at] == BARRIER
                        || (at + 1 < bytes.len() && origin[at + 1] == origin[at]);
                    let starts = at == 0 || origin[at - 1] != origin[at];
                    if starts && whole {
                        out.push(Unit { kept: true, ..*u });
                        let this = origin[at];
                        while at < bytes.len() && origin[at] == this {
                            at += 1;
                        }
                    } else {
                        out.push(Unit { c: MALFORMED, from: u.to, to: u.to, kept: false });
                        at += 1;
                    }
                }
            }
        }
        changed
    }

    /// The character of UTF-8 that begins at a place, and its length, if what goes it on was made ASCII: one of several is not known.
    fn unfolded(&self, read: Encoding, at: usize) -> Option<(char, usize)> {
        let len = utf8_length(self.bytes[at])?;
        let mut code = [0; LONGEST_CODE];
        let code = &mut code[..len];
        code.copy_from_slice(self.bytes.get(at..at + len)?);
        let mut is_sure = true;
        for b in code.iter_mut().filter(|b| b.is_ascii()) {
            let c = [char::from(*b)];
            let mut before = Folds::of(read).bytes(&c, self.unfolded);
            *b = before.next()?.2;
            is_sure &= before.next().is_none();
        }
        match Encoding::Utf8.parse(code) {
            Parse::Char { c, .. } => Some((if is_sure { c } else { LOSSY }, len)),
            _ => None,
        }
    }
}

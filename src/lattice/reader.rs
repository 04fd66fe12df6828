//! What a decoder cannot read, or reads as what later passes drop: made once for each encoding.

use std::sync::OnceLock;

use super::{ByteSet, NARROW, Pairs, is_c1, is_private_use};
use crate::codec::{Encoding, MOST_EXTENSIONS, Parse};

/// The bytes that an encoding's decoder makes no character of.
#[derive(Debug)]
pub(crate) struct Reader {
    encoding: Encoding,
    /// The extensions of the encoding that this decoder does not have.
    lacks: Lacks,
    /// Pairs that are private-use characters.
    pub(super) private: Pairs,
    /// Pairs that are no character, without those and with them.
    unreadable: [Pairs; 2],
    /// The same, and bytes that are characters by themselves for some readers, before any byte.
    separate: [Pairs; 2],
    /// Bytes that are C1 controls: those that the page's strict form cannot decode, and that sanitizers strip.
    pub(super) controls: ByteSet,
    /// The same with the bytes of what each of [`NARROW`] lacks.
    pub(super) outside: [ByteSet; 2],
    /// Bytes that are no lead before each byte.
    unpaired: Box<[OnceLock<Unpaired>; 256]>,
}

/// Whether a character is a byte by itself to Windows and browsers only: 80 in GBK, which is undecodable to others.
fn is_lone(c: char) -> bool {
    c == '€' || is_c1(c)
}

/// Bytes that make no pair with the byte after them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unpaired {
    pub(super) malformed: ByteSet,
    /// Characters by themselves to some readers.
    pub(super) lone: ByteSet,
    pub(super) private: ByteSet,
}

/// Which extensions of an encoding a decoder lacks ([`Encoding::extension_of`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lacks([bool; MOST_EXTENSIONS]);

impl Lacks {
    /// Those of which a text that was read in the encoding shows no character.
    pub(crate) fn of(text: &[char], encoding: Encoding) -> Lacks {
        let extensions = encoding.extensions().len();
        let mut lacks = Lacks(std::array::from_fn(|i| i < extensions));
        for &c in text.iter().filter(|c| extensions > 0 && !c.is_ascii()) {
            if let Some(&[lead, trail]) = encoding.forms(c).first().map(|form| &**form)
                && let Some(shown) = encoding.extension_of(lead, trail)
            {
                lacks.0[shown] = false;
            }
        }
        lacks
    }

    fn has_no(self, encoding: Encoding, lead: u8, trail: u8) -> bool {
        encoding.extension_of(lead, trail).is_some_and(|extension| self.0[extension])
    }
}

impl Reader {
    /// The reader of an encoding that has all extensions but these.
    pub(super) fn of(encoding: Encoding, lacks: Lacks) -> &'static Reader {
        const SOME: usize = 1 << MOST_EXTENSIONS;
        static ALL: [[OnceLock<Reader>; SOME]; Encoding::ALL.len()] =
            [const { [const { OnceLock::new() }; SOME] }; Encoding::ALL.len()];
        let some = lacks.0.iter().fold(0, |some, &lacks| some << 1 | usize::from(lacks));
        ALL[encoding as usize][some].get_or_init(|| Reader::new(encoding, lacks))
    }

    fn new(encoding: Encoding, lacks: Lacks) -> Reader {
        let mut controls = ByteSet::EMPTY;
        let mut private = Pairs::new();
        let mut unreadable = [const { Pairs::new() }; 2];
        let mut separate = [const { Pairs::new() }; 2];
        let least = if encoding.is_utf16() { 0x00 } else { 0x80 };
        for lead in least..=0xFFu8 {
            match encoding.parse(&[lead]) {
                Parse::Char { c, .. } if is_c1(c) => controls = controls.with(lead),
                // Windows takes a lead that nothing follows for one all the same.
                Parse::Incomplete | Parse::Malformed if !encoding.is_single_byte() && encoding != Encoding::Utf8 => {
                    let (mut bad, mut dropped) = (ByteSet::EMPTY, ByteSet::EMPTY);
                    for trail in least..=0xFEu8 {
                        match encoding.parse(&[lead, trail]) {
                            // Half of a surrogate pair.
                            Parse::Incomplete if encoding.is_utf16() => bad = bad.with(trail),
                            Parse::Malformed => bad = bad.with(trail),
                            _ if lacks.has_no(encoding, lead, trail) => bad = bad.with(trail),
                            Parse::Char { c, .. } if is_private_use(c) => dropped = dropped.with(trail),
                            _ => {}
                        }
                    }
                    private.add(lead, dropped);
                    for pairs in [&mut unreadable, &mut separate] {
                        pairs[0].add(lead, bad);
                        pairs[1].add(lead, bad.or(&dropped));
                    }
                }
                Parse::Char { c, .. } if is_lone(c) => {
                    separate.iter_mut().for_each(|pairs| pairs.add(lead, ByteSet::HIGH))
                }
                _ => {}
            }
        }
        let unpaired = Box::new([const { OnceLock::new() }; 256]);
        let is_outside = |b: u8, page: Encoding| match encoding.parse(&[b]) {
            Parse::Char { c, .. } => is_c1(c) || !page.can_write(c),
            _ => true,
        };
        let outside = NARROW.map(|page| ByteSet::collect(ByteSet::HIGH.iter().filter(|&b| is_outside(b, page))));
        Reader { encoding, lacks, private, unreadable, separate, controls, outside, unpaired }
    }

    /// The pairs that are read as nothing, those of private use among them or not.
    pub(super) fn unreadable(&self, with_private: bool) -> &Pairs {
        &self.unreadable[usize::from(with_private)]
    }

    /// Bytes one after the other of which the first is marked alone, where private use is, too, or not.
    pub(super) fn separate(&self, with_private: bool) -> &Pairs {
        &self.separate[usize::from(with_private)]
    }

    /// The bytes that make no pair with `next`.
    pub(super) fn unpaired(&self, next: u8) -> Unpaired {
        *self.unpaired[usize::from(next)].get_or_init(|| {
            let none = ByteSet::EMPTY;
            let mut sets = Unpaired { malformed: none, lone: none, private: none };
            for b in 0x80..=0xFFu8 {
                let set = match self.encoding.parse(&[b, next]) {
                    Parse::Malformed => &mut sets.malformed,
                    Parse::Char { len: 2, .. } if self.lacks.has_no(self.encoding, b, next) => &mut sets.malformed,
                    Parse::Char { c, len: 1 } if is_lone(c) => &mut sets.lone,
                    Parse::Char { c, .. } if is_private_use(c) => &mut sets.private,
                    _ => continue,
                };
                *set = set.with(b);
            }
            sets
        })
    }
}

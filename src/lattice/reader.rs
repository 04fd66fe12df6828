//! What a decoder cannot read, or reads as what later passes drop: made once for each encoding.

use std::sync::OnceLock;

use super::{ByteSet, Pairs, is_private_use};
use crate::codec::{Encoding, Parse};

/// The bytes that an encoding's decoder makes no character of.
#[derive(Debug)]
pub(crate) struct Reader {
    encoding: Encoding,
    /// Bytes that begin nothing.
    malformed: Pairs,
    /// Pairs that are private-use characters.
    pub(super) private: Pairs,
    /// Both of them.
    unreadable: Pairs,
    /// Bytes that are C1 controls: those that the page's strict form cannot decode, and that sanitizers strip.
    pub(super) controls: ByteSet,
    /// Bytes that are no lead before each byte.
    unpaired: Box<[OnceLock<Unpaired>; 256]>,
}

/// Bytes that make no pair with the byte after them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unpaired {
    pub(super) malformed: ByteSet,
    /// Characters by themselves: 80 is € to Windows and browsers, and undecodable to others.
    pub(super) lone: ByteSet,
    pub(super) private: ByteSet,
}

impl Reader {
    /// The reader of an encoding.
    pub(super) fn of(encoding: Encoding) -> &'static Reader {
        static ALL: [OnceLock<Reader>; Encoding::ALL.len()] = [const { OnceLock::new() }; Encoding::ALL.len()];
        ALL[encoding as usize].get_or_init(|| Reader::new(encoding))
    }

    fn new(encoding: Encoding) -> Reader {
        let mut controls = ByteSet::EMPTY;
        let (mut malformed, mut private, mut unreadable) = (Pairs::new(), Pairs::new(), Pairs::new());
        for lead in 0x80..=0xFFu8 {
            match encoding.parse(&[lead]) {
                Parse::Char { c, .. } if ('\u{80}'..='\u{9f}').contains(&c) => controls = controls.with(lead),
                // Windows takes a lead that nothing follows for one all the same.
                Parse::Incomplete | Parse::Malformed if !encoding.is_single_byte() && encoding != Encoding::Utf8 => {
                    let (mut bad, mut dropped) = (ByteSet::EMPTY, ByteSet::EMPTY);
                    for trail in 0x80..=0xFEu8 {
                        match encoding.parse(&[lead, trail]) {
                            Parse::Malformed => bad = bad.with(trail),
                            Parse::Char { c, .. } if is_private_use(c) => dropped = dropped.with(trail),
                            _ => {}
                        }
                    }
                    malformed.add(lead, bad);
                    private.add(lead, dropped);
                    unreadable.add(lead, bad.or(&dropped));
                }
                _ => {}
            }
        }
        let unpaired = Box::new([const { OnceLock::new() }; 256]);
        Reader { encoding, malformed, private, unreadable, controls, unpaired }
    }

    /// The pairs that are read as nothing, those of private use among them or not.
    pub(super) fn unreadable(&self, with_private: bool) -> &Pairs {
        if with_private { &self.unreadable } else { &self.malformed }
    }

    /// The bytes that make no pair with `next`.
    pub(super) fn unpaired(&self, next: u8) -> Unpaired {
        *self.unpaired[usize::from(next)].get_or_init(|| {
            let none = ByteSet::EMPTY;
            let mut sets = Unpaired { malformed: none, lone: none, private: none };
            for b in 0x80..=0xFFu8 {
                let set = match self.encoding.parse(&[b, next]) {
                    Parse::Malformed => &mut sets.malformed,
                    Parse::Char { len: 1, .. } => &mut sets.lone,
                    Parse::Char { c, .. } if is_private_use(c) => &mut sets.private,
                    _ => continue,
                };
                *set = set.with(b);
            }
            sets
        })
    }
}

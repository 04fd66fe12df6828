//! Small values that the relation between bytes and characters is told in.

use std::ops::Deref;

/// The most byte sequences that stand for one character, in any encoding. A test over all of them would notice more.
const MOST_FORMS: usize = 4;

/// One byte sequence that stands for a character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Form {
    bytes: [u8; 4],
    len: u8,
}

impl Form {
    /// The form that the first `len` bytes are; the others are zero.
    #[inline]
    pub(super) fn padded(bytes: [u8; 4], len: usize) -> Self {
        Form { bytes, len: len.min(4) as u8 }
    }

    /// The form of the given bytes, of which the first four count.
    #[inline]
    pub(crate) fn new(sequence: &[u8]) -> Self {
        // A move each: a copy of unknown length would be a call, and this is the search's innermost loop.
        let mut bytes = [0; 4];
        for (place, &byte) in bytes.iter_mut().zip(sequence) {
            *place = byte;
        }
        Form { bytes, len: sequence.len().min(4) as u8 }
    }
}

impl Deref for Form {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

/// The byte sequences that stand for a character, the usual one first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Forms {
    list: [Form; MOST_FORMS],
    len: u8,
}

impl Forms {
    #[inline]
    pub(crate) fn one(form: Form) -> Self {
        Forms { list: [form, Form::default(), Form::default(), Form::default()], len: 1 }
    }

    /// Adds a form; beyond [`MOST_FORMS`] it is dropped.
    pub(super) fn push(&mut self, form: Form) {
        if let Some(place) = self.list.get_mut(usize::from(self.len)) {
            *place = form;
            self.len += 1;
        }
    }

    /// Moves `usual` to the front; the others follow in byte order.
    pub(super) fn put_first(&mut self, usual: Form) {
        let len = usize::from(self.len);
        self.list[..len].sort_by_key(|form| (*form != usual, *form));
    }
}

impl Deref for Forms {
    type Target = [Form];

    #[inline]
    fn deref(&self) -> &[Form] {
        &self.list[..usize::from(self.len)]
    }
}

/// What stands at the beginning of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parse {
    /// A character of `len` bytes.
    Char { c: char, len: u8 },
    /// One code for two characters.
    Pair { first: char, second: char, len: u8 },
    /// More bytes are needed: what is there begins some character.
    Incomplete,
    /// No character begins like this.
    Malformed,
}

impl Parse {
    /// The character numbered `unit`, which a table says is there.
    #[inline]
    pub(super) fn of_unit(unit: u16, len: u8) -> Self {
        match char::from_u32(u32::from(unit)) {
            Some(c) => Parse::Char { c, len },
            None => Parse::Malformed,
        }
    }
}

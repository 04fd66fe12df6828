//! From characters back to bytes.

use super::{Form, Forms};

/// No form, or no character.
pub(super) const NONE: u16 = 0;
/// Slots below this are a lone byte.
const FIRST_INDEX: u16 = 0x100;
/// Slots from here on are a pair: no lead byte is below 81. What lies between is an index into `others`.
const FIRST_PAIR: u16 = 0x8000;

/// The forms of each character, in slots of two bytes so that the common ones stay in cache.
pub(super) struct Inverse {
    /// For each 256 characters of the basic plane their page in `pages`; page 0 is empty.
    page_of: [u8; 256],
    pages: Vec<[u16; 256]>,
    /// Slots of characters beyond the basic plane, sorted.
    astral: Vec<(char, u16)>,
    /// Forms that are longer than a pair, or more than one.
    others: Vec<Forms>,
}

impl Inverse {
    pub(super) fn new() -> Self {
        Inverse { page_of: [0; 256], pages: vec![[NONE; 256]], astral: Vec::new(), others: Vec::new() }
    }

    /// Adds a form of `c`.
    pub(super) fn add(&mut self, c: char, form: Form) {
        let old = self.slot(c);
        let new = match (old, &*form) {
            (NONE, &[byte]) if byte != 0 => u16::from(byte),
            (NONE, &[lead, trail]) if lead >= 0x80 => u16::from_be_bytes([lead, trail]),
            _ => {
                let mut forms = self.expand(old);
                forms.push(form);
                if (FIRST_INDEX..FIRST_PAIR).contains(&old) {
                    self.others[usize::from(old - FIRST_INDEX)] = forms;
                    return;
                }
                self.others.push(forms);
                // EUC-JP has the most, some seven thousand: far from what an index can hold.
                FIRST_INDEX + (self.others.len() - 1) as u16
            }
        };
        self.set_slot(c, new);
    }

    /// Puts what `usual` writes first in every character that has several forms.
    pub(super) fn order(&mut self, chars: impl Iterator<Item = char>, usual: &'static encoding_rs::Encoding) {
        let mut encoder = usual.new_encoder();
        let mut buffer = [0; 32];
        for c in chars {
            let slot = self.slot(c);
            if !(FIRST_INDEX..FIRST_PAIR).contains(&slot) {
                continue;
            }
            let forms = &mut self.others[usize::from(slot - FIRST_INDEX)];
            if forms.len() > 1 {
                let text = c.encode_utf8(&mut [0; 4]).to_owned();
                let (_, _, written) = encoder.encode_from_utf8_without_replacement(&text, &mut buffer, false);
                forms.put_first(Form::new(&buffer[..written]));
            }
        }
    }

    pub(super) fn forms(&self, c: char) -> Forms {
        if c.is_ascii() { Forms::one(Form::new(&[c as u8])) } else { self.expand(self.slot(c)) }
    }

    pub(super) fn has(&self, c: char) -> bool {
        self.slot(c) != NONE
    }

    /// Appends the usual form of `c`; false if there is none.
    #[inline]
    pub(super) fn write(&self, c: char, bytes: &mut Vec<u8>) -> bool {
        let slot = self.slot(c);
        if slot >= FIRST_PAIR {
            bytes.extend_from_slice(&slot.to_be_bytes());
        } else if slot >= FIRST_INDEX {
            bytes.extend_from_slice(&self.others[usize::from(slot - FIRST_INDEX)][0]);
        } else if slot != NONE {
            bytes.push(slot as u8);
        }
        slot != NONE
    }

    fn expand(&self, slot: u16) -> Forms {
        if slot >= FIRST_PAIR {
            Forms::one(Form::new(&slot.to_be_bytes()))
        } else if slot >= FIRST_INDEX {
            self.others[usize::from(slot - FIRST_INDEX)]
        } else if slot == NONE {
            Forms::default()
        } else {
            Forms::one(Form::new(&[slot as u8]))
        }
    }

    #[inline]
    fn slot(&self, c: char) -> u16 {
        match u16::try_from(u32::from(c)) {
            Ok(unit) => self.pages[usize::from(self.page_of[usize::from(unit >> 8)])][usize::from(unit & 0xFF)],
            Err(_) => match self.astral.binary_search_by_key(&c, |&(c, _)| c) {
                Ok(i) => self.astral[i].1,
                Err(_) => NONE,
            },
        }
    }

    fn set_slot(&mut self, c: char, slot: u16) {
        match u16::try_from(u32::from(c)) {
            Ok(unit) => {
                let page = &mut self.page_of[usize::from(unit >> 8)];
                if *page == 0 {
                    // At most 248 pages: surrogates are not characters.
                    *page = self.pages.len() as u8;
                    self.pages.push([NONE; 256]);
                }
                self.pages[usize::from(*page)][usize::from(unit & 0xFF)] = slot;
            }
            Err(_) => match self.astral.binary_search_by_key(&c, |&(c, _)| c) {
                Ok(i) => self.astral[i].1 = slot,
                // A move for each of Big5's 1,700: cheaper than a second pass over the rest of the building.
                Err(i) => self.astral.insert(i, (c, slot)),
            },
        }
    }
}

//! A text as the bytes of a mode's innermost encoding.

use crate::codec::Parse;
use crate::lattice::{self, Layer};
use crate::model::Model;
use crate::restore::Mode;

/// The bytes of a text in a mode's innermost encoding.
pub(super) struct Bytes {
    pub(super) bytes: Vec<u8>,
    pub(super) kinds: Vec<Kind>,
    /// The first byte of each observed character, and the end.
    pub(super) start: Vec<u32>,
}

/// What a layer reads.
#[derive(Clone, Copy, PartialEq)]
enum Unit {
    Char(char),
    /// What the layer before could not read.
    Lost,
    /// As [`Kind::Barrier`].
    Barrier,
}

/// What a byte position stands for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Byte,
    /// Lost bytes, or what it shows.
    Open,
    /// What an outer layer could not read.
    Lost,
    /// A character that has no bytes in this reader: no path of the mode passes it.
    Barrier,
}

impl Bytes {
    pub(super) fn of(mode: &Mode, text: &[char], model: &Model) -> Bytes {
        let folds = mode.layers[0].folds_width();
        let mut units: Vec<(Unit, u32)> = text.iter().map(|&c| Unit::Char(c)).zip(0..).collect();
        let mut found = Bytes { bytes: Vec::new(), kinds: Vec::new(), start: Vec::new() };
        let mut origin = Vec::new();
        for (k, layer) in mode.layers.iter().enumerate() {
            if k > 0 {
                units = found.read(&mode.layers[k - 1], &origin);
            }
            found.bytes.clear();
            found.kinds.clear();
            origin.clear();
            let mut after_fold = false;
            for &(unit, from) in &units {
                let c = if let Unit::Char(c) = unit { Some(c) } else { None };
                let wide = c.filter(|c| folds && !c.is_alphanumeric()).and_then(lattice::fullwidth).or(c);
                let own = |c| layer.read.forms(c).first().copied().or_else(|| layer.read.vendor_form(c));
                let other = || layer.before_pass(c.filter(|_| k == 0)?);
                let form = wide.and_then(own).or_else(other);
                let after_byte = found.bytes.last().is_some_and(|&b| b >= 0x80);
                after_fold = (after_byte || after_fold) && c.is_some_and(|c| layer.may_be_folded(c));
                let kind = match unit {
                    Unit::Lost => Kind::Lost,
                    Unit::Char(c) if after_fold || layer.may_be_lost(c, after_byte) => Kind::Open,
                    Unit::Char(_) if form.is_some() => Kind::Byte,
                    _ => Kind::Barrier,
                };
                found.bytes.extend_from_slice(form.as_deref().unwrap_or(b"?"));
                found.kinds.resize(found.bytes.len(), kind);
                origin.resize(found.bytes.len(), from);
            }
            if k == 0 && found.bytes.len() == text.len() {
                layer.recase(text, &mut found.bytes, model);
            }
        }
        let mut at = 0;
        for i in 0..=text.len() as u32 {
            at += origin[at..].iter().take_while(|&&from| from < i).count();
            found.start.push(at as u32);
        }
        found
    }

    /// What a layer's writer makes of the bytes, with where it comes from; one unit for each byte that it cannot read.
    fn read(&self, layer: &Layer, origin: &[u32]) -> Vec<(Unit, u32)> {
        let mut units: Vec<(Unit, u32)> = Vec::new();
        let mut at = 0;
        while at < self.bytes.len() {
            let (unit, len) = match (self.kinds[at], layer.written.parse(&self.bytes[at..self.bytes.len().min(at + 4)]))
            {
                (Kind::Barrier, _) => (Unit::Barrier, 1),
                (Kind::Lost, _) | (_, Parse::Incomplete | Parse::Malformed) => (Unit::Lost, 1),
                (_, Parse::Char { c, len } | Parse::Pair { first: c, len, .. }) => (Unit::Char(c), len),
            };
            units.push((unit, origin[at]));
            at += len as usize;
        }
        units
    }
}

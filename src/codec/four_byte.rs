//! The four-byte sequences of gb18030.

use super::{Form, Parse};

/// Sequences before this one are characters of the basic plane; from [`FIRST_ASTRAL`] on those beyond it (GB 18030, Encoding Standard).
const BASIC: u32 = 39_420;
/// 90 30 81 30, which is U+10000.
const FIRST_ASTRAL: u32 = 189_000;
/// E3 32 9A 35 is U+10FFFF; this is the next.
const END_ASTRAL: u32 = FIRST_ASTRAL + 0x10_0000;

/// A run of sequences whose characters follow each other.
#[derive(Clone, Copy)]
struct Run {
    pointer: u16,
    unit: u16,
    len: u16,
}

/// The relation between four-byte sequences and characters.
pub(super) struct FourByte {
    by_pointer: Vec<Run>,
    by_unit: Vec<Run>,
}

impl FourByte {
    /// Reads all sequences of the basic plane with `decoder` at once.
    pub(super) fn new(decoder: &'static encoding_rs::Encoding) -> Self {
        let bytes: Vec<u8> = (0..BASIC).flat_map(sequence).collect();
        let mut units = vec![0; bytes.len()];
        let (_, _, written, _) = decoder.new_decoder_without_bom_handling().decode_to_utf16(&bytes, &mut units, true);
        let mut by_pointer: Vec<Run> = Vec::new();
        for (pointer, &unit) in (0..BASIC as u16).zip(&units[..written]) {
            match by_pointer.last_mut() {
                Some(run) if run.unit.checked_add(run.len) == Some(unit) => run.len += 1,
                _ => by_pointer.push(Run { pointer, unit, len: 1 }),
            }
        }
        let mut by_unit = by_pointer.clone();
        by_unit.sort_unstable_by_key(|run| run.unit);
        FourByte { by_pointer, by_unit }
    }

    /// The characters of the basic plane that have a sequence.
    pub(super) fn basic(&self) -> impl Iterator<Item = char> {
        self.by_unit
            .iter()
            .flat_map(|run| u32::from(run.unit)..u32::from(run.unit) + u32::from(run.len))
            .filter_map(char::from_u32)
    }

    pub(super) fn form(&self, c: char) -> Option<Form> {
        let pointer = match u16::try_from(u32::from(c)) {
            Err(_) => u32::from(c) - 0x1_0000 + FIRST_ASTRAL,
            Ok(unit) => {
                let run = self.by_unit[..self.by_unit.partition_point(|run| run.unit <= unit)].last()?;
                let offset = unit - run.unit;
                if offset >= run.len {
                    return None;
                }
                u32::from(run.pointer) + u32::from(offset)
            }
        };
        Some(Form::new(&sequence(pointer)))
    }

    /// Reads what starts with a lead byte and a digit.
    pub(super) fn parse(&self, bytes: &[u8]) -> Parse {
        let bytes = &bytes[..bytes.len().min(4)];
        // The sequences that begin like this have pointers from `first` to `last`.
        let (mut first, mut last) = (0, 0);
        for i in 0..4 {
            let (low, count) = if i % 2 == 0 { (0x81, 126) } else { (b'0', 10) };
            let digits = match bytes.get(i) {
                Some(&byte) if byte >= low && byte < low + count => (byte - low, byte - low),
                Some(_) => return Parse::Malformed,
                None => (0, count - 1),
            };
            first = first * u32::from(count) + u32::from(digits.0);
            last = last * u32::from(count) + u32::from(digits.1);
        }
        if first >= END_ASTRAL || (first >= BASIC && last < FIRST_ASTRAL) {
            return Parse::Malformed;
        }
        if bytes.len() < 4 {
            return Parse::Incomplete;
        }
        if first >= FIRST_ASTRAL {
            return match char::from_u32(first - FIRST_ASTRAL + 0x1_0000) {
                Some(c) => Parse::Char { c, len: 4 },
                None => Parse::Malformed,
            };
        }
        match self.by_pointer[..self.by_pointer.partition_point(|run| u32::from(run.pointer) <= first)].last() {
            Some(run) => Parse::of_unit(run.unit + (first as u16 - run.pointer), 4),
            None => Parse::Malformed,
        }
    }
}

/// The four bytes numbered `pointer`.
fn sequence(pointer: u32) -> [u8; 4] {
    let digit = |divisor: u32, count: u32| (pointer / divisor % count) as u8;
    [0x81 + digit(12_600, 126), b'0' + digit(1_260, 10), 0x81 + digit(10, 126), b'0' + digit(1, 10)]
}

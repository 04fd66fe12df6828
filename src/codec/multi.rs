//! The East Asian encodings: lone bytes, pairs, and what is longer.

use std::sync::OnceLock;

use encoding_rs::Encoding as Standard;

use super::four_byte::FourByte;
use super::inverse::{Inverse, NONE};
use super::{Form, Forms, Parse};

/// Lead bytes lie between these, in every encoding.
const LEADS: std::ops::RangeInclusive<u8> = 0x81..=0xFE;
/// And trail bytes between these.
const TRAILS: std::ops::RangeInclusive<u8> = 0x40..=0xFE;
const TRAIL_COUNT: usize = 0xFE - 0x40 + 1;

/// In EUC-JP the byte before the pairs of JIS X 0212.
const JIS_X_0212: u8 = 0x8F;

/// Keeps codes apart where many are decoded at once: no code has a line feed, and no decoder swallows one.
const BREAK: u8 = b'\n';

/// Units from here on are no characters but places in [`Multi::wide`], as many as there are surrogates.
const FIRST_WIDE: u16 = 0xD800;
const WIDE_COUNT: usize = 0x800;

/// Bytes that Windows code page 932 reads as private-use characters of their own where the Encoding Standard rejects them
/// (Microsoft's bestfit932.txt).
const WINDOWS_932: [(u8, u16); 4] = [(0xA0, 0xF8F0), (0xFD, 0xF8F1), (0xFE, 0xF8F2), (0xFF, 0xF8F3)];

/// Reads and writes an encoding whose characters have one byte, two, or more.
pub(super) struct Multi {
    /// The characters of lone bytes from 80 on.
    lone: [u16; 128],
    pairs: Pairs,
    /// The pairs after [`JIS_X_0212`].
    triples: Option<Pairs>,
    four_byte: Option<FourByte>,
    /// Characters beyond the basic plane, and codes for two characters.
    wide: Vec<(char, Option<char>)>,
    usual: &'static Standard,
    /// The way back, made when it is first needed: a text that is only read in this encoding does without.
    back: OnceLock<Back>,
}

/// From characters to codes.
struct Back {
    inverse: Inverse,
    /// The codes for two characters.
    doubles: Vec<(char, char, Form)>,
}

impl Multi {
    /// Asks `decoder` for every code; what its encoder writes becomes the usual form.
    pub(super) fn new(decoder: &'static Standard, with_four_byte: bool) -> Self {
        let mut lone = [NONE; 128];
        let bytes: Vec<u8> = (0x80..=0xFF).flat_map(|byte| [byte, BREAK]).collect();
        decode_each(decoder, &bytes, &mut Vec::new(), |i, units| {
            if let &[unit] = units {
                lone[i] = unit;
            }
        });
        if decoder == encoding_rs::SHIFT_JIS {
            for (byte, unit) in WINDOWS_932 {
                lone[usize::from(byte - 0x80)] = unit;
            }
        }
        let mut wide = Vec::new();
        let pairs = Pairs::new(decoder, &[], &mut wide);
        let triples = (decoder == encoding_rs::EUC_JP).then(|| Pairs::new(decoder, &[JIS_X_0212], &mut wide));
        let four_byte = with_four_byte.then(|| FourByte::new(decoder));
        Multi { lone, pairs, triples, four_byte, wide, usual: decoder, back: OnceLock::new() }
    }

    fn back(&self) -> &Back {
        self.back.get_or_init(|| self.invert())
    }

    fn invert(&self) -> Back {
        let mut inverse = Inverse::new();
        let (mut twice, mut doubles) = (Vec::new(), Vec::new());
        let mut add = |parse: Parse, code: &[u8]| match parse {
            Parse::Char { c, .. } => {
                if inverse.has(c) {
                    twice.push(c);
                }
                inverse.add(c, Form::new(code));
            }
            Parse::Pair { first, second, .. } => doubles.push((first, second, Form::new(code))),
            Parse::Incomplete | Parse::Malformed => {}
        };
        for (byte, &unit) in (0x80..=0xFF).zip(&self.lone) {
            if unit != NONE {
                add(Parse::of_unit(unit, 1), &[byte]);
            }
        }
        for (lead, trail, unit) in self.pairs.iter() {
            add(self.expand(unit, 2), &[lead, trail]);
        }
        for (lead, trail, unit) in self.triples.iter().flat_map(Pairs::iter) {
            add(self.expand(unit, 3), &[JIS_X_0212, lead, trail]);
        }
        if let Some(four_byte) = &self.four_byte {
            for c in four_byte.basic().filter(|&c| inverse.has(c)).collect::<Vec<_>>() {
                if let Some(form) = four_byte.form(c) {
                    inverse.add(c, form);
                    twice.push(c);
                }
            }
        }
        inverse.order(twice.into_iter(), self.usual);
        Back { inverse, doubles }
    }

    pub(super) fn parse(&self, bytes: &[u8]) -> Parse {
        let Some(&lead) = bytes.first() else { return Parse::Incomplete };
        if lead.is_ascii() {
            return Parse::Char { c: char::from(lead), len: 1 };
        }
        let lone = self.lone[usize::from(lead - 0x80)];
        if lone != NONE {
            return Parse::of_unit(lone, 1);
        }
        if let (JIS_X_0212, Some(triples)) = (lead, &self.triples) {
            return self.parse_pair(triples, &bytes[1..], 3);
        }
        if let (Some(four_byte), Some(b'0'..=b'9')) = (&self.four_byte, bytes.get(1)) {
            return four_byte.parse(bytes);
        }
        self.parse_pair(&self.pairs, bytes, 2)
    }

    fn parse_pair(&self, pairs: &Pairs, bytes: &[u8], len: u8) -> Parse {
        match *bytes {
            [] => Parse::Incomplete,
            [lead] => {
                if pairs.is_lead(lead) {
                    Parse::Incomplete
                } else {
                    Parse::Malformed
                }
            }
            [lead, trail, ..] => match pairs.unit(lead, trail) {
                NONE => Parse::Malformed,
                unit => self.expand(unit, len),
            },
        }
    }

    fn expand(&self, unit: u16, len: u8) -> Parse {
        let place = usize::from(unit.wrapping_sub(FIRST_WIDE));
        if place >= WIDE_COUNT {
            return Parse::of_unit(unit, len);
        }
        match self.wide.get(place) {
            Some(&(c, None)) => Parse::Char { c, len },
            Some(&(first, Some(second))) => Parse::Pair { first, second, len },
            None => Parse::Malformed,
        }
    }

    pub(super) fn forms(&self, c: char) -> Forms {
        let forms = self.back().inverse.forms(c);
        match &self.four_byte {
            Some(four_byte) if forms.is_empty() => four_byte.form(c).map(Forms::one).unwrap_or_default(),
            _ => forms,
        }
    }

    pub(super) fn pair_form(&self, first: char, second: char) -> Option<Form> {
        self.back().doubles.iter().find(|&&(a, b, _)| (a, b) == (first, second)).map(|&(_, _, form)| form)
    }

    pub(super) fn encode(&self, text: &str) -> Result<Vec<u8>, usize> {
        let Back { inverse, doubles } = self.back();
        let mut bytes = Vec::with_capacity(text.len());
        let mut chars = text.char_indices().peekable();
        while let Some((offset, c)) = chars.next() {
            if c.is_ascii() {
                bytes.push(c as u8);
                continue;
            }
            if doubles.iter().any(|&(first, _, _)| first == c)
                && let Some(form) = chars.peek().and_then(|&(_, second)| self.pair_form(c, second))
            {
                bytes.extend_from_slice(&form);
                chars.next();
                continue;
            }
            if !inverse.write(c, &mut bytes) {
                match self.four_byte.as_ref().and_then(|four_byte| four_byte.form(c)) {
                    Some(form) => bytes.extend_from_slice(&form),
                    None => return Err(offset),
                }
            }
        }
        Ok(bytes)
    }
}

/// What each lead and trail stand for.
struct Pairs {
    units: Box<[u16]>,
    is_lead: [bool; 256],
}

impl Pairs {
    /// Asks `decoder` for every pair after `prefix`.
    fn new(decoder: &'static Standard, prefix: &[u8], wide: &mut Vec<(char, Option<char>)>) -> Self {
        let mut units = vec![NONE; LEADS.count() * TRAIL_COUNT].into_boxed_slice();
        let mut is_lead = [false; 256];
        let (mut bytes, mut decoded) = (Vec::new(), Vec::new());
        for (lead, row) in LEADS.zip(units.chunks_exact_mut(TRAIL_COUNT)) {
            bytes.clear();
            for trail in TRAILS {
                bytes.extend_from_slice(prefix);
                bytes.extend([lead, trail, BREAK]);
            }
            decode_each(decoder, &bytes, &mut decoded, |i, code| {
                let mut chars = char::decode_utf16(code.iter().copied()).map_while(Result::ok);
                let (Some(first), second) = (chars.next(), chars.next()) else { return };
                // A lone byte and an ASCII character also make two; they are no pair.
                if second.is_some_and(|c| !('\u{300}'..'\u{370}').contains(&c)) {
                    return;
                }
                row[i] = match (code, second) {
                    (&[unit], None) => unit,
                    _ if wide.len() < WIDE_COUNT => {
                        wide.push((first, second));
                        FIRST_WIDE + (wide.len() - 1) as u16
                    }
                    _ => NONE,
                };
                is_lead[usize::from(lead)] = true;
            });
        }
        Pairs { units, is_lead }
    }

    fn is_lead(&self, lead: u8) -> bool {
        self.is_lead[usize::from(lead)]
    }

    fn unit(&self, lead: u8, trail: u8) -> u16 {
        if !LEADS.contains(&lead) || !TRAILS.contains(&trail) {
            return NONE;
        }
        self.units[usize::from(lead - 0x81) * TRAIL_COUNT + usize::from(trail - 0x40)]
    }

    fn iter(&self) -> impl Iterator<Item = (u8, u8, u16)> {
        LEADS
            .zip(self.units.chunks_exact(TRAIL_COUNT))
            .flat_map(|(lead, row)| TRAILS.zip(row).map(move |(trail, &unit)| (lead, trail, unit)))
            .filter(|&(_, _, unit)| unit != NONE)
    }
}

/// Decodes codes that end in [`BREAK`] in one go, and shows what each became; those that are malformed are left out.
fn decode_each(decoder: &'static Standard, bytes: &[u8], units: &mut Vec<u16>, mut show: impl FnMut(usize, &[u16])) {
    // Never more units than bytes, and the decoders ask for a little more.
    units.resize(bytes.len() + 16, 0);
    let (_, _, written, _) = decoder.new_decoder_without_bom_handling().decode_to_utf16(bytes, units, true);
    let replacement = char::REPLACEMENT_CHARACTER as u16;
    for (i, code) in units[..written].split(|&unit| unit == u16::from(BREAK)).enumerate() {
        if !code.is_empty() && !code.contains(&replacement) {
            show(i, code);
        }
    }
}

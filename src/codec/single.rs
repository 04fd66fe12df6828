//! Single-byte pages.

use super::inverse::{Inverse, NONE};
use super::{Encoding, Form, Forms, Parse};

/// Bytes 80 to FF of PTCP154, which neither encoding_rs nor oem_cp has: IANA's registration of the charset,
/// <https://www.iana.org/assignments/charset-reg/PTCP154>; compared with glibc's PT154.
const PTCP154: &str = "ҖҒӮғ„…ҶҮҲүҠӢҢҚҺҸҗ‘’“”•–—ҳҷҡӣңқһҹ\u{A0}ЎўЈӨҘҰ§Ё©Ә«¬ӯ®Ҝ°ұІіҙө¶·ё№ә»јҪҫҝ\
                       АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя";

/// A page of 256 characters and the way back.
pub(super) struct Single {
    /// The character of each byte, [`NONE`] where there is none; NUL is its own, of course.
    units: [u16; 256],
    inverse: Inverse,
    /// The bytes of characters that take two in UTF-8, 0 where there is none: most characters of most pages.
    low: [u8; LOW],
}

const LOW: usize = 0x800;

impl Single {
    pub(super) fn new(encoding: Encoding) -> Self {
        let mut units = [NONE; 256];
        let mut inverse = Inverse::new();
        let mut low = [0; LOW];
        for (byte, unit) in (0..=0xFF_u8).zip(&mut units) {
            if let Some(c) = char_of(encoding, byte) {
                // All pages lie in the basic plane.
                *unit = c as u16;
                inverse.add(c, Form::new(&[byte]));
                if let Some(place) = low.get_mut(c as usize) {
                    *place = byte;
                }
            }
        }
        Single { units, inverse, low }
    }

    pub(super) fn parse(&self, bytes: &[u8]) -> Parse {
        match bytes.first() {
            None => Parse::Incomplete,
            Some(&byte) => match self.units[usize::from(byte)] {
                NONE if byte != 0 => Parse::Malformed,
                unit => Parse::of_unit(unit, 1),
            },
        }
    }

    pub(super) fn forms(&self, c: char) -> Forms {
        self.inverse.forms(c)
    }

    pub(super) fn encode(&self, text: &str) -> Result<Vec<u8>, usize> {
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        loop {
            let offset = text.len() - rest.len();
            match *rest {
                [] => return Ok(bytes),
                [a, ..] if a.is_ascii() => {
                    let run = rest.iter().take_while(|b| b.is_ascii()).count();
                    bytes.extend_from_slice(&rest[..run]);
                    rest = &rest[run..];
                }
                [a @ 0xC2..=0xDF, b, ..] => {
                    let byte = self.low[usize::from(a & 0x1F) << 6 | usize::from(b & 0x3F)];
                    if byte == 0 {
                        return Err(offset);
                    }
                    bytes.push(byte);
                    rest = &rest[2..];
                }
                _ => {
                    let c = text[offset..].chars().next().unwrap_or_default();
                    if !self.inverse.write(c, &mut bytes) {
                        return Err(offset);
                    }
                    rest = &rest[c.len_utf8()..];
                }
            }
        }
    }
}

fn char_of(encoding: Encoding, byte: u8) -> Option<char> {
    if byte.is_ascii() {
        return Some(char::from(byte));
    }
    let high = usize::from(byte - 0x80);
    match encoding {
        Encoding::Iso8859_1 => Some(char::from(byte)),
        Encoding::Ptcp154 => PTCP154.chars().nth(high),
        Encoding::Cp437 => Some(oem_cp::code_table::DECODING_TABLE_CP437[high]),
        Encoding::Cp850 => Some(oem_cp::code_table::DECODING_TABLE_CP850[high]),
        Encoding::Cp852 => Some(oem_cp::code_table::DECODING_TABLE_CP852[high]),
        Encoding::Cp857 => oem_cp::code_table::DECODING_TABLE_CP857[high],
        _ => {
            let text = encoding.decoder()?.decode_without_bom_handling_and_without_replacement(&[byte])?.into_owned();
            text.chars().next()
        }
    }
}

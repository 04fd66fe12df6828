//! The model file: a header, a table of sections, the sections.
//!
//! All numbers are little-endian. Bytes 0..8 are the magic, 8..10 the version, 10..12 the number of sections, 12..16 the
//! CRC-32 of everything after byte 16; then 12 bytes a section: tag, offset, length. Sections start at multiples of 64, so that
//! lines of tables are cache lines where the file is held at such an address.

use std::ops::Range;

use super::MODEL_VERSION;
use super::retrieval::LINE_BYTES;
use crate::ModelError;

const MAGIC: [u8; 8] = *b"luanma\xA7M";
const PREAMBLE: usize = 16;
const ENTRY: usize = 12;

/// Sections of a model, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Section {
    /// Sizes, and the tables that are too small for a section.
    Head,
    /// Character to token, first stage: a block number for each 128 code points.
    Blocks,
    /// Character to token, second stage: the blocks.
    Entries,
    /// Surface records: characters that share a token with others.
    Surfaces,
    /// Probability and back-off of each token.
    Unigrams,
    /// What the codes in the tables stand for.
    Codebooks,
    /// Two tokens.
    Bigrams,
    /// Three tokens.
    Trigrams,
    /// Four tokens.
    Fourgrams,
}

/// Number of sections.
pub(crate) const SECTIONS: usize = 9;
const TAGS: [&[u8; 4]; SECTIONS] = [b"HEAD", b"BLKS", b"ENTR", b"SURF", b"UNIG", b"CODE", b"GRM2", b"GRM3", b"GRM4"];

/// Where each section is.
pub(crate) type Sections = [Range<usize>; SECTIONS];

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Finds the sections; everything but the checksum is checked.
pub(crate) fn sections(bytes: &[u8]) -> Result<Sections, ModelError> {
    if bytes.get(..MAGIC.len()) != Some(&MAGIC[..]) {
        return Err(ModelError::NotAModel { found: bytes.iter().take(MAGIC.len()).copied().collect() });
    }
    if bytes.len() < PREAMBLE {
        return Err(ModelError::Damaged(format!("the file ends after {} bytes, within its header", bytes.len())));
    }
    let version = u16_at(bytes, 8);
    if version != MODEL_VERSION {
        return Err(ModelError::Version { found: version, expected: MODEL_VERSION });
    }
    let count = usize::from(u16_at(bytes, 10));
    if count != SECTIONS {
        return Err(ModelError::Damaged(format!("{count} sections where {SECTIONS} belong")));
    }
    let mut end_of_last = PREAMBLE + SECTIONS * ENTRY;
    if bytes.len() < end_of_last {
        return Err(ModelError::Damaged(format!(
            "the file ends after {} bytes, within its table of sections",
            bytes.len()
        )));
    }
    let mut found: Sections = Default::default();
    for (index, range) in found.iter_mut().enumerate() {
        let at = PREAMBLE + index * ENTRY;
        let name = String::from_utf8_lossy(TAGS[index]);
        if bytes[at..at + 4] != TAGS[index][..] {
            return Err(ModelError::Damaged(format!("section {index} is not {name}")));
        }
        let (offset, length) = (u32_at(bytes, at + 4) as usize, u32_at(bytes, at + 8) as usize);
        let end = offset.checked_add(length).filter(|&end| end <= bytes.len());
        let end = end.ok_or_else(|| {
            ModelError::Damaged(format!("section {name} reaches past the end of the file ({} bytes)", bytes.len()))
        })?;
        let expected = end_of_last.next_multiple_of(LINE_BYTES);
        if offset != expected {
            return Err(ModelError::Damaged(format!("section {name} starts at {offset} instead of {expected}")));
        }
        *range = offset..end;
        end_of_last = end;
    }
    if end_of_last != bytes.len() {
        return Err(ModelError::Damaged(format!("{} bytes follow the last section", bytes.len() - end_of_last)));
    }
    Ok(found)
}

/// Compares the checksum with the contents.
pub(crate) fn verify(bytes: &[u8]) -> Result<(), ModelError> {
    let (stored, computed) = (u32_at(bytes, 12), crc32(&bytes[PREAMBLE..]));
    if stored != computed {
        return Err(ModelError::Damaged(format!("its checksum is {computed:08x}, but it says {stored:08x}")));
    }
    Ok(())
}

/// Puts a file together.
pub(crate) fn assemble(sections: &[Vec<u8>; SECTIONS]) -> Result<Vec<u8>, ModelError> {
    let mut bytes = Vec::new();
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&MODEL_VERSION.to_le_bytes());
    bytes.extend_from_slice(&(SECTIONS as u16).to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    let mut end = PREAMBLE + SECTIONS * ENTRY;
    for (tag, section) in TAGS.iter().zip(sections) {
        let offset = end.next_multiple_of(LINE_BYTES);
        let (Ok(start), Ok(length)) = (u32::try_from(offset), u32::try_from(section.len())) else {
            return Err(ModelError::Damaged("a model may not exceed 4 GiB".into()));
        };
        bytes.extend_from_slice(*tag);
        bytes.extend_from_slice(&start.to_le_bytes());
        bytes.extend_from_slice(&length.to_le_bytes());
        end = offset + section.len();
    }
    for section in sections {
        bytes.resize(bytes.len().next_multiple_of(LINE_BYTES), 0);
        bytes.extend_from_slice(section);
    }
    let crc = crc32(&bytes[PREAMBLE..]);
    bytes[12..16].copy_from_slice(&crc.to_le_bytes());
    Ok(bytes)
}

/// CRC-32 as in zip and PNG (reflected polynomial EDB88320).
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0u32; 256];
        let mut i = 0;
        while i < 256 {
            let mut value = i as u32;
            let mut bit = 0;
            while bit < 8 {
                value = if value & 1 == 1 { value >> 1 ^ 0xEDB8_8320 } else { value >> 1 };
                bit += 1;
            }
            table[i] = value;
            i += 1;
        }
        table
    };
    !bytes.iter().fold(!0u32, |crc, &byte| crc >> 8 ^ TABLE[usize::from(crc as u8 ^ byte)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }
}

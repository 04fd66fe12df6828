//! A static function from 64-bit keys to small numbers, with a fingerprint that rejects most keys it does not hold.
//!
//! The layout is that of a 4-wise binary fuse filter (Graf and Lemire, 2022): each key owns one slot in each of four
//! neighbouring segments, and the exclusive or of the four slots is its fingerprint and payload. About 1.08 slots a key, no
//! pointers, four independent reads within some tens of kilobytes.

/// Slots that belong to one key.
const ARITY: usize = 4;
/// A slot is read through 32 bits from a byte boundary.
pub(crate) const MAX_SLOT_BITS: u32 = 25;
/// Bytes after the last slot, so that every slot can be read through four bytes.
const TAIL: usize = 4;
/// Bytes of the header before the slots.
const HEADER: usize = 24;

/// Where the slots of a table are and how they are cut; read from the table's first bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fuse {
    seed: u64,
    entries: u32,
    segment: u32,
    segments: u32,
    slot_bits: u32,
    fingerprint_bits: u32,
    /// Slots that a key may start at, and the bits within a segment; both follow from the above.
    starts: u64,
    mask: u64,
    slot_mask: u32,
    fingerprint_mask: u32,
}

/// Spreads a key over 64 bits: the finalizer of MurmurHash3, which is a bijection, so that different keys never collide.
#[inline]
fn mix(key: u64) -> u64 {
    let mut h = key;
    h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    h = (h ^ (h >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^ (h >> 33)
}

impl Fuse {
    /// Reads and checks the header; says what is wrong with it.
    pub(crate) fn parse(section: &[u8]) -> Result<Fuse, String> {
        let header = section.get(..HEADER).ok_or("a table is shorter than its header")?;
        let word = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let fuse = Fuse {
            seed: u64::from(word(0)) | u64::from(word(4)) << 32,
            entries: word(8),
            segment: word(12),
            segments: word(16),
            slot_bits: u32::from(header[20]),
            fingerprint_bits: u32::from(header[21]),
            starts: 0,
            mask: 0,
            slot_mask: 0,
            fingerprint_mask: 0,
        };
        if !fuse.segment.is_power_of_two() || fuse.segment > 1 << 16 {
            return Err(format!("a segment of {} slots", fuse.segment));
        }
        if fuse.segments == 0 || fuse.segments > 1 << 20 {
            return Err(format!("{} segments", fuse.segments));
        }
        if fuse.slot_bits == 0 || fuse.slot_bits > MAX_SLOT_BITS || fuse.fingerprint_bits > fuse.slot_bits {
            return Err(format!("slots of {} bits with fingerprints of {}", fuse.slot_bits, fuse.fingerprint_bits));
        }
        if section.len() != fuse.bytes() {
            return Err(format!("a table of {} bytes where {} belong", section.len(), fuse.bytes()));
        }
        Ok(fuse.with_constants())
    }

    fn with_constants(self) -> Fuse {
        let (segment, segments) = (u64::from(self.segment), u64::from(self.segments));
        Fuse {
            starts: segment * segments,
            mask: segment.saturating_sub(1),
            slot_mask: (1 << self.slot_bits) - 1,
            fingerprint_mask: (1 << self.fingerprint_bits) - 1,
            ..self
        }
    }

    /// Number of keys.
    pub(crate) fn entries(&self) -> u32 {
        self.entries
    }

    /// Bits of the payload.
    pub(crate) fn payload_bits(&self) -> u32 {
        self.slot_bits - self.fingerprint_bits
    }

    /// Length of the section: header, slots, tail.
    fn bytes(&self) -> usize {
        HEADER + (self.slots() * self.slot_bits as usize).div_ceil(8) + TAIL
    }

    fn slots(&self) -> usize {
        (self.segments as usize + ARITY - 1) * self.segment as usize
    }

    /// The hash of a key.
    #[inline(always)]
    fn hash(&self, key: u64) -> u64 {
        mix(key ^ self.seed)
    }

    /// The four slots of a hash.
    #[inline(always)]
    fn places(&self, hash: u64) -> [u64; ARITY] {
        let segment = self.mask + 1;
        let base = ((u128::from(hash) * u128::from(self.starts)) >> 64) as u64;
        [
            base,
            (base + segment) ^ (hash & self.mask),
            (base + 2 * segment) ^ ((hash >> 16) & self.mask),
            (base + 3 * segment) ^ ((hash >> 32) & self.mask),
        ]
    }

    #[inline(always)]
    fn fingerprint(&self, hash: u64) -> u32 {
        // The upper half of a product depends on all bits below it, unlike the bits that chose the slots.
        (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32 & self.fingerprint_mask
    }

    /// Whether the fingerprint says that a key is held, and the payload if it is. Nothing here waits for what is read, so
    /// that the processor fetches what several calls ask for at the same time.
    #[inline(always)]
    pub(crate) fn look_up(&self, section: &[u8], key: u64) -> (bool, u32) {
        let hash = self.hash(key);
        let [a, b, c, d] = self.places(hash);
        let slot = |place| read(section, place, self.slot_bits);
        let value = (slot(a) ^ slot(b) ^ slot(c) ^ slot(d)) & self.slot_mask;
        ((value ^ self.fingerprint(hash)) & self.fingerprint_mask == 0, value >> self.fingerprint_bits)
    }

    /// Builds a table of pairs of key and payload; the keys must differ.
    pub(crate) fn build(pairs: &[(u64, u32)], payload_bits: u32, fingerprint_bits: u32) -> Vec<u8> {
        let (segment, segments) = geometry(pairs.len());
        let mut fuse = Fuse {
            seed: 0,
            entries: pairs.len() as u32,
            segment,
            segments,
            slot_bits: payload_bits + fingerprint_bits,
            fingerprint_bits,
            starts: 0,
            mask: 0,
            slot_mask: 0,
            fingerprint_mask: 0,
        }
        .with_constants();
        // Peeling succeeds for nearly every seed; they are tried in order, so that equal input gives equal bytes.
        let mut order = None;
        while order.is_none() {
            fuse.seed = mix(fuse.seed.wrapping_add(1));
            order = fuse.peel(pairs);
        }
        fuse.fill(pairs, &order.unwrap_or_default())
    }

    /// The keys in an order in which each has a slot that no later key touches, with that slot.
    fn peel(&self, pairs: &[(u64, u32)]) -> Option<Vec<(u32, u32)>> {
        let mut degree = vec![0u32; self.slots()];
        let mut owners = vec![0u32; self.slots()];
        for (index, &(key, _)) in pairs.iter().enumerate() {
            for place in self.places(self.hash(key)).map(|place| place as usize) {
                degree[place] += 1;
                owners[place] ^= index as u32;
            }
        }
        let mut order = Vec::with_capacity(pairs.len());
        let mut alone: Vec<usize> = (0..self.slots()).filter(|&place| degree[place] == 1).collect();
        while let Some(place) = alone.pop() {
            if degree[place] != 1 {
                continue;
            }
            let index = owners[place];
            order.push((index, place as u32));
            for other in self.places(self.hash(pairs[index as usize].0)).map(|place| place as usize) {
                degree[other] -= 1;
                owners[other] ^= index;
                if degree[other] == 1 {
                    alone.push(other);
                }
            }
        }
        (order.len() == pairs.len()).then_some(order)
    }

    /// Writes header and slots.
    fn fill(&self, pairs: &[(u64, u32)], order: &[(u32, u32)]) -> Vec<u8> {
        let mut slots = vec![0u32; self.slots()];
        for &(index, own) in order.iter().rev() {
            let (key, payload) = pairs[index as usize];
            let hash = self.hash(key);
            let mut value = payload << self.fingerprint_bits | self.fingerprint(hash);
            for place in self.places(hash) {
                value ^= slots[place as usize];
            }
            slots[own as usize] ^= value;
        }
        let mut bytes = vec![0u8; self.bytes()];
        bytes[..8].copy_from_slice(&self.seed.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.entries.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.segment.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.segments.to_le_bytes());
        bytes[20] = self.slot_bits as u8;
        bytes[21] = self.fingerprint_bits as u8;
        for (place, &value) in slots.iter().enumerate() {
            let bit = place * self.slot_bits as usize;
            let at = HEADER + bit / 8;
            let old = u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
            bytes[at..at + 4].copy_from_slice(&(old | value << (bit % 8)).to_le_bytes());
        }
        bytes
    }
}

/// One slot, in the lowest bits of what is returned; 0 past the end, which a checked table never asks for.
#[inline(always)]
fn read(section: &[u8], place: u64, slot_bits: u32) -> u32 {
    let bit = place * u64::from(slot_bits);
    let at = HEADER + (bit / 8) as usize;
    match section.get(at..).and_then(|rest| rest.first_chunk()) {
        Some(&bytes) => u32::from_le_bytes(bytes) >> (bit % 8),
        None => 0,
    }
}

/// Bytes that a table of so many keys takes.
pub(crate) fn bytes(keys: usize, slot_bits: u32) -> usize {
    let (segment, segments) = geometry(keys);
    HEADER + ((segments as usize + ARITY - 1) * segment as usize * slot_bits as usize).div_ceil(8) + TAIL
}

/// Slots in a segment and segments that keys may start in, after the reference implementation of binary fuse filters.
fn geometry(keys: usize) -> (u32, u32) {
    let n = keys.max(2) as f64;
    let segment = 1u32 << ((n.ln() / 2.91f64.ln() - 0.5).floor().clamp(2.0, 16.0) as u32);
    let factor = (0.77 + 0.305 * 600_000f64.ln() / n.ln()).max(1.075);
    // Small tables are cheap to make roomy, and then always peel.
    let spare = if keys < 10_000 { ARITY * segment as usize } else { 0 };
    let slots = (n * factor).round() as usize + spare;
    let segments = slots.div_ceil(segment as usize).saturating_sub(ARITY - 1).max(1);
    (segment, segments as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_it_was_given_and_little_else() {
        for count in [0u64, 1, 2, 3, 10, 1000, 50_000] {
            let pairs: Vec<(u64, u32)> = (0..count).map(|i| (i * 7 + 3, (i % 31) as u32)).collect();
            let table = Fuse::build(&pairs, 5, 8);
            let fuse = Fuse::parse(&table).expect("what was built can be read");
            assert!(pairs.iter().all(|&(key, value)| fuse.look_up(&table, key) == (true, value)));
            let strangers = (0..10_000u64).filter(|i| fuse.look_up(&table, (1 << 40) + i).0).count();
            assert!(strangers < 100, "{strangers} of 10000 strangers were let in at {count} keys");
        }
    }

    #[test]
    fn a_damaged_header_is_refused() {
        let table = Fuse::build(&[(1, 1), (2, 2)], 4, 8);
        for at in 12..22 {
            let mut bad = table.clone();
            bad[at] = 0xFF;
            assert!(Fuse::parse(&bad).is_err(), "byte {at}");
        }
        assert!(Fuse::parse(&table[..table.len() - 1]).is_err());
        assert!(Fuse::parse(&[]).is_err());
    }
}

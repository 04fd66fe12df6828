//! A static function from 64-bit keys to small numbers, with a fingerprint that rejects most keys it does not hold.
//!
//! Each key belongs to one line of 64 bytes, as long as a cache line, and within it to three slots whose exclusive or is its
//! fingerprint and payload: a linear system a line, for which a seed is looked for that makes it solvable (Dietzfelbinger
//! and Pagh 2008). Keys that a line has no room for are bumped to a smaller table of the same kind (Dillinger,
//! Hübschle-Schneider, Sanders and Walzer 2022); a line says from which hash on it bumps. So nine lookups in ten touch one
//! cache line, and none waits for another.

mod solve;

/// Bytes of a line, and of the header.
pub(crate) const LINE_BYTES: usize = 64;
/// Bytes of a line that are slots; after them come its seed and the largest rank that it does not bump.
const SLOTS_END: usize = LINE_BYTES - 2;
/// Slots that belong to one key.
const ARITY: usize = 3;
/// Tables of bumped keys, the first table included. Each holds a tenth of the one before.
const LEVELS: usize = 8;
/// Keys a line for each slot in it, where others can be bumped. More make the table smaller and bump more; this many bump a tenth.
const LOAD: f64 = 1.06;
/// The same in the last table, which bumps none. Where a line overflows, more lines are tried.
const LAST_LOAD: f64 = 0.5;
/// So many keys are worth a table of their own that bumps.
const BUMPING_KEYS: usize = 2000;
/// Odd numbers without pattern (the fractions of the golden ratio and of the square roots of 2 and 3).
const SPREAD: [u64; 3] = [0x9e37_79b9_7f4a_7c15, 0x6a09_e667_f3bc_c909, 0xbb67_ae85_84ca_a73b];
/// Most keys that are looked up together. With half or twice as many a character costs 0.7 ns more (`benches/limits`).
pub(crate) const BATCH: usize = 64;

type Line = [u8; LINE_BYTES];

/// Most bits of a payload: what it stands for is looked up in a table that must stay in the first cache.
pub(crate) const PAYLOAD_BITS: u32 = 8;

/// What a table says of a key: whether it is held, as far as its fingerprint tells, and its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found(u32);

impl Found {
    /// What any larger number means, too: the key is not held.
    const NOTHING: Found = Found(1 << PAYLOAD_BITS);

    #[inline(always)]
    pub(crate) fn is_held(self) -> bool {
        self.0 < Found::NOTHING.0
    }

    /// A number for each payload, and one that stands for all keys that are not held.
    #[inline(always)]
    pub(crate) fn index(self) -> usize {
        self.0.min(Found::NOTHING.0) as usize
    }
}

impl Default for Found {
    fn default() -> Found {
        Found::NOTHING
    }
}

/// Hash and line of each of many keys, between the passes of a lookup. Used again and again, so that it is not cleared each time.
pub(crate) struct Asked<'t>([(u64, &'t Line); BATCH]);

impl Default for Asked<'_> {
    fn default() -> Self {
        Asked([(0, &[0; LINE_BYTES]); BATCH])
    }
}

/// Where the lines of a table are, whose slots are so many times four bits wide; read from the table's first line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retrieval<const NIBBLES: usize> {
    seed: u64,
    entries: u32,
    /// One more than the largest payload. The bits of a slot above the payload's are its fingerprint.
    payloads: u32,
    /// Added to what is found, so that the largest payload is that of any table.
    lift: u32,
    levels: u32,
    lines: [u32; LEVELS],
}

/// A key's slots in a line with that seed.
#[inline(always)]
fn places(hash: u64, seed: u8, slots: u32) -> [usize; ARITY] {
    let [.., a, b, c] = hash.wrapping_mul(SPREAD[1].wrapping_add(u64::from(seed) << 1)).to_le_bytes();
    [a, b, c].map(|piece| ((u32::from(piece) * slots) >> 8) as usize)
}

#[inline(always)]
fn is_bumped(line: &Line, hash: u64) -> bool {
    rank(hash) > line[LINE_BYTES - 1]
}

/// A hash's place in the order in which a line bumps.
#[inline(always)]
fn rank(hash: u64) -> u8 {
    (hash >> 24) as u8
}

/// The hash of a bumped key in the next table.
#[inline(always)]
fn next(hash: u64) -> u64 {
    (hash ^ hash >> 32).wrapping_mul(SPREAD[2])
}

/// One of so many lines, by the upper bits of a hash.
#[inline(always)]
fn line_of(hash: u64, lines: u32) -> usize {
    (((hash >> 32) * u64::from(lines)) >> 32) as usize
}

/// The lines of all tables.
#[inline(always)]
fn lines(section: &[u8]) -> &[Line] {
    section.as_chunks().0.get(1..).unwrap_or_default()
}

/// A key's line; one of zeros past the end, which a checked table never asks for.
#[inline(always)]
fn line(lines: &[Line], hash: u64, count: u32) -> &Line {
    lines.get(line_of(hash, count)).unwrap_or(&[0; LINE_BYTES])
}

impl<const NIBBLES: usize> Retrieval<NIBBLES> {
    const SLOTS: usize = 2 * SLOTS_END / NIBBLES;
    /// Bits of a slot.
    pub(crate) const SLOT_BITS: u32 = 4 * NIBBLES as u32;
    const SLOT: u32 = u32::MAX >> (u32::BITS - Self::SLOT_BITS);

    /// Reads and checks the header; says what is wrong with it.
    pub(crate) fn parse(section: &[u8]) -> Result<Self, String> {
        let header: &Line = section.first_chunk().ok_or("a table is shorter than its header")?;
        let word = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let (seed, entries) = (u64::from(word(0)) | u64::from(word(4)) << 32, word(8));
        let (payload_bits, levels) = (u32::from(header[12]), u32::from(header[13]));
        let lines: [u32; LEVELS] = std::array::from_fn(|level| word(16 + 4 * level));
        if !(1..Self::SLOT_BITS.min(PAYLOAD_BITS + 1)).contains(&payload_bits) {
            return Err(format!("payloads of {payload_bits} bits in slots of {}", Self::SLOT_BITS));
        }
        let used = lines.get(..levels as usize).filter(|lines| !lines.is_empty() && !lines.contains(&0));
        let used = used.ok_or_else(|| format!("{levels} levels with {lines:?} lines"))?;
        let bytes = (1 + used.iter().map(|&lines| u64::from(lines)).sum::<u64>()) * LINE_BYTES as u64;
        if section.len() as u64 != bytes {
            return Err(format!("a table of {} bytes where {bytes} belong", section.len()));
        }
        Ok(Retrieval { seed, entries, levels, lines, ..Self::empty(payload_bits) })
    }

    fn empty(payload_bits: u32) -> Self {
        Retrieval {
            seed: 0,
            entries: 0,
            payloads: 1 << payload_bits,
            lift: Found::NOTHING.0 - (1 << payload_bits),
            levels: 0,
            lines: [0; LEVELS],
        }
    }

    /// Number of keys.
    pub(crate) fn entries(&self) -> u32 {
        self.entries
    }

    /// Bits of the payload.
    pub(crate) fn payload_bits(&self) -> u32 {
        self.payloads.trailing_zeros()
    }

    /// The payload of a key that was found, by [`Found::index`].
    pub(crate) fn payload(&self, index: usize) -> Option<u32> {
        let payload = (index as u32).checked_sub(self.lift)?;
        Some(payload).filter(|&payload| payload < self.payloads)
    }

    /// The hash of a key: both halves of a product.
    #[inline(always)]
    fn hash(&self, key: u64) -> u64 {
        let product = u128::from(key ^ self.seed) * u128::from(SPREAD[0]);
        product as u64 ^ (product >> 64) as u64
    }

    #[inline(always)]
    fn fingerprint(&self, hash: u64) -> u32 {
        (hash as u32).wrapping_mul(self.payloads) & Self::SLOT
    }

    /// Looks a key up.
    #[inline(always)]
    pub(crate) fn look_up(&self, section: &[u8], key: u64) -> Found {
        let hash = self.hash(key);
        let lines = lines(section);
        let line = line(lines, hash, self.lines[0]);
        if is_bumped(line, hash) { self.look_up_bumped(lines, hash) } else { self.read(line, hash) }
    }

    /// Looks up the given bits of at most [`BATCH`] keys. Nothing waits for what is read: a first pass asks for the lines,
    /// which the processor fetches many at a time, and a second reads them.
    #[inline(always)]
    pub(crate) fn look_up_all<'t>(
        &self,
        section: &'t [u8],
        (keys, mask): (&[u64], u64),
        asked: &mut Asked<'t>,
        found: &mut [Found; BATCH],
    ) {
        const { assert!(BATCH == u64::BITS as usize, "a bit for each key") };
        let lines = lines(section);
        let mut bumped = 0u64;
        for (slot, &key) in asked.0.iter_mut().zip(keys) {
            let hash = self.hash(key & mask);
            let line = line(lines, hash, self.lines[0]);
            *slot = (hash, line);
            bumped = (bumped | u64::from(is_bumped(line, hash))).rotate_right(1);
        }
        for ((found, &(hash, line)), _) in found.iter_mut().zip(&asked.0).zip(keys) {
            *found = self.read(line, hash);
        }
        bumped = bumped.rotate_left(keys.len() as u32);
        while bumped != 0 {
            let index = bumped.trailing_zeros() as usize;
            found[index] = self.look_up_bumped(lines, asked.0[index].0);
            bumped &= bumped - 1;
        }
    }

    /// The same for a key that the first table bumps.
    #[inline(never)]
    fn look_up_bumped(&self, mut lines: &[Line], mut hash: u64) -> Found {
        for level in 1..self.levels as usize {
            lines = lines.get(self.lines[level - 1] as usize..).unwrap_or_default();
            hash = next(hash);
            let line = line(lines, hash, self.lines[level]);
            if !is_bumped(line, hash) {
                return self.read(line, hash);
            }
        }
        Found::NOTHING
    }

    /// What a key's slots hold.
    #[inline(always)]
    fn read(&self, line: &Line, hash: u64) -> Found {
        let [a, b, c] = places(hash, line[LINE_BYTES - 2], Self::SLOTS as u32);
        let value = Self::slot(line, a) ^ Self::slot(line, b) ^ Self::slot(line, c);
        Found((value ^ self.fingerprint(hash)) + self.lift)
    }

    #[inline(always)]
    fn slot(line: &Line, place: usize) -> u32 {
        let (at, half) = (place * NIBBLES / 2, place * NIBBLES % 2);
        // For the compiler, which cannot know that every slot is within the line.
        let at = at.min(LINE_BYTES - 4);
        let bits = u32::from_le_bytes([line[at], line[at + 1], line[at + 2], line[at + 3]]);
        bits.rotate_right(4 * half as u32) & Self::SLOT
    }

    /// Builds a table of pairs of key and payload; the keys must differ.
    pub(crate) fn build(pairs: &[(u64, u32)], payload_bits: u32) -> Vec<u8> {
        let mut table = Retrieval { entries: pairs.len() as u32, ..Self::empty(payload_bits) };
        // One seed in millions gives two keys one hash; they are tried in order, so that equal input gives equal bytes.
        loop {
            table.seed = next(table.seed.wrapping_add(SPREAD[0]));
            if let Some(bytes) = table.fill(pairs) {
                return bytes;
            }
        }
    }

    /// Header and lines; `None` where keys are left after the last table.
    fn fill(mut self, pairs: &[(u64, u32)]) -> Option<Vec<u8>> {
        let mut lines = Vec::new();
        let mut rest: Vec<(u64, u32)> = pairs.iter().map(|&(key, payload)| (self.hash(key), payload)).collect();
        for level in 0..LEVELS {
            let is_last = rest.len() < BUMPING_KEYS || level + 1 == LEVELS;
            let (table, bumped) = if is_last { self.last_level(&rest)? } else { self.level(&rest)? };
            self.lines[level] = (table.len() / LINE_BYTES) as u32;
            self.levels = level as u32 + 1;
            lines.extend(table);
            rest = bumped.into_iter().map(|(hash, value)| (next(hash), value)).collect();
            if is_last {
                break;
            }
        }
        let mut bytes = Vec::with_capacity(LINE_BYTES + lines.len());
        bytes.extend(self.seed.to_le_bytes());
        bytes.extend(self.entries.to_le_bytes());
        bytes.extend([self.payload_bits() as u8, self.levels as u8, 0, 0]);
        bytes.extend(self.lines.iter().flat_map(|lines| lines.to_le_bytes()));
        bytes.resize(LINE_BYTES, 0);
        bytes.extend(lines);
        Some(bytes)
    }

    /// The share of keys that a table bumps at [`LOAD`], or a little more.
    fn bumped() -> f64 {
        0.0565 + 0.265 / (Self::SLOTS as f64).sqrt()
    }

    /// Bytes that a table of so many keys takes, or a little more.
    pub(crate) fn bytes(keys: usize) -> usize {
        let mut lines = 1;
        let mut rest = keys;
        while rest >= BUMPING_KEYS {
            lines += Self::lines_for(rest, LOAD);
            rest = (rest as f64 * Self::bumped()) as usize;
        }
        (lines + Self::lines_for(rest, LAST_LOAD)) * LINE_BYTES
    }

    fn lines_for(keys: usize, load: f64) -> usize {
        (keys as f64 / (Self::SLOTS as f64 * load)).ceil().max(1.0) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds_what_it_was_given<const NIBBLES: usize>(count: u64, payload_bits: u32) {
        let pairs: Vec<(u64, u32)> = (0..count).map(|i| (i * 7 + 3, (i % 13) as u32)).collect();
        let bytes = Retrieval::<NIBBLES>::build(&pairs, payload_bits);
        let table = Retrieval::<NIBBLES>::parse(&bytes).expect("what was built can be read");
        assert!(pairs.iter().all(|&(key, payload)| table.payload(table.look_up(&bytes, key).index()) == Some(payload)));
        let strangers = (0..10_000u64).filter(|i| table.look_up(&bytes, (1 << 40) + i).is_held()).count();
        let expected = 10_000 >> (4 * NIBBLES as u32 - payload_bits);
        assert!(strangers < 10 + expected * 3 / 2, "{strangers} of 10000 strangers were let in at {count} keys");
    }

    #[test]
    fn holds_what_it_was_given_and_little_else() {
        for count in [0, 1, 2, 3, 1000, 5000, 50_000] {
            holds_what_it_was_given::<3>(count, 4);
            holds_what_it_was_given::<4>(count, 8);
            holds_what_it_was_given::<5>(count, 7);
        }
    }

    #[test]
    fn many_at_a_time_are_found_like_one() {
        let pairs: Vec<(u64, u32)> = (0..9000).map(|i| (i * i, (i % 200) as u32)).collect();
        let bytes = Retrieval::<4>::build(&pairs, 8);
        let table = Retrieval::<4>::parse(&bytes).expect("what was built can be read");
        for first in (0..100_000).step_by(777) {
            let keys: Vec<u64> = (0..first % (BATCH as u64 + 1)).map(|i| first + 5 * i).collect();
            let mut found = [Found::default(); BATCH];
            table.look_up_all(&bytes, (&keys, 0xFFFF), &mut Asked::default(), &mut found);
            assert!(keys.iter().zip(found).all(|(key, found)| found == table.look_up(&bytes, key & 0xFFFF)));
        }
    }

    fn takes_what_was_said<const NIBBLES: usize>(count: u64) {
        let pairs: Vec<(u64, u32)> = (0..count).map(|i| ((i << 32) | (5 * i), 1)).collect();
        let (said, is) = (Retrieval::<NIBBLES>::bytes(pairs.len()), Retrieval::<NIBBLES>::build(&pairs, 4).len());
        assert!((said - said / 50..=said).contains(&is), "{said} {is} of {count} keys in {NIBBLES} nibbles");
    }

    #[test]
    fn a_table_takes_what_was_said() {
        for count in [10, 1000, 50_000, 100_000, 400_000] {
            takes_what_was_said::<3>(count);
            takes_what_was_said::<4>(count);
            takes_what_was_said::<5>(count);
        }
    }

    #[test]
    fn keys_that_differ_in_few_bits_spread_over_the_lines() {
        let pairs: Vec<(u64, u32)> = (0..60_000).map(|i| ((i % 300) << 48 | (i / 300), 1)).collect();
        let bytes = Retrieval::<4>::build(&pairs, 8);
        let table = Retrieval::<4>::parse(&bytes).expect("what was built can be read");
        let bumped = f64::from(table.lines[1]) / f64::from(table.lines[0]);
        assert!(bumped < Retrieval::<4>::bumped(), "{bumped}");
    }

    #[test]
    fn a_damaged_header_is_refused() {
        let table = Retrieval::<4>::build(&[(1, 1), (2, 2)], 4);
        let without_payload = [&table[..12], &[0], &table[13..]].concat();
        assert!(Retrieval::<4>::parse(&without_payload).is_err());
        for at in [12, 13, 16, 17, 18] {
            let mut bad = table.clone();
            bad[at] ^= 0xE0;
            assert!(Retrieval::<4>::parse(&bad).is_err(), "byte {at}");
        }
        assert!(Retrieval::<4>::parse(&table[..table.len() - 1]).is_err());
        assert!(Retrieval::<4>::parse(&[]).is_err());
    }
}

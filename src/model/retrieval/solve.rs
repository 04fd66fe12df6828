//! Building: keys into lines, lines solved.

use super::{LAST_LOAD, LINE_BYTES, LOAD, Line, Retrieval, line_of, places, rank};

/// A key's hash and its payload.
pub(super) type Entry = (u64, u32);

/// A table that is full is tried so many times with more lines.
const TRIES: usize = 40;

impl<const NIBBLES: usize> Retrieval<NIBBLES> {
    /// The lines of a table that bumps, and what it bumps.
    pub(super) fn level(&self, entries: &[Entry]) -> Option<(Vec<u8>, Vec<Entry>)> {
        self.lines(entries, Self::lines_for(entries.len(), LOAD))
    }

    /// The lines of a table that bumps nothing.
    pub(super) fn last_level(&self, entries: &[Entry]) -> Option<(Vec<u8>, Vec<Entry>)> {
        let mut lines = Self::lines_for(entries.len(), LAST_LOAD);
        for _ in 0..TRIES {
            let (table, bumped) = self.lines(entries, lines)?;
            if bumped.is_empty() {
                return Some((table, bumped));
            }
            lines += lines / 8 + 1;
        }
        None
    }

    fn lines(&self, entries: &[Entry], lines: usize) -> Option<(Vec<u8>, Vec<Entry>)> {
        let mut sorted = entries.to_vec();
        sorted.sort_unstable_by_key(|&(hash, _)| (line_of(hash, lines as u32), rank(hash), hash));
        let mut table = Vec::with_capacity(lines * LINE_BYTES);
        let mut bumped = Vec::new();
        let mut rest = &sorted[..];
        for index in 0..lines {
            let (own, others) = rest.split_at(rest.partition_point(|&(hash, _)| line_of(hash, lines as u32) <= index));
            table.extend(self.line(own, &mut bumped)?);
            rest = others;
        }
        Some((table, bumped))
    }

    /// A line of entries in the order of their ranks. Bumps from the end what there is no room or solution for; `None` where
    /// it would have to bump the lowest rank too.
    fn line(&self, entries: &[Entry], bumped: &mut Vec<Entry>) -> Option<Line> {
        for count in (0..=entries.len().min(Self::SLOTS)).rev() {
            // Those of one rank are bumped or kept together.
            let last = match entries.get(count) {
                None => u8::MAX,
                Some(&(hash, _)) => rank(hash).checked_sub(1)?,
            };
            if count > 0 && rank(entries[count - 1].0) > last {
                continue;
            }
            let solved = (0..=u8::MAX).find_map(|seed| Some((seed, self.solve(&entries[..count], seed)?)));
            if let Some((seed, slots)) = solved {
                bumped.extend(&entries[count..]);
                return Some(pack::<NIBBLES>(&slots, seed, last));
            }
        }
        None
    }

    /// The slots of a line, by Gaussian elimination over bits; `None` where rows depend on each other.
    fn solve(&self, entries: &[Entry], seed: u8) -> Option<Vec<u32>> {
        let mut rows: Vec<(u64, u32)> = Vec::with_capacity(entries.len());
        for &(hash, value) in entries {
            let mut row = places(hash, seed, Self::SLOTS as u32).iter().fold(0u64, |row, place| row ^ 1 << place);
            let mut value = value | self.fingerprint(hash);
            for &(other, other_value) in &rows {
                if row >> other.trailing_zeros() & 1 == 1 {
                    row ^= other;
                    value ^= other_value;
                }
            }
            if row == 0 {
                return None;
            }
            rows.push((row, value));
        }
        // The lowest slot of a row stands in no later row; slots that are no row's lowest stay 0.
        let mut slots = vec![0u32; Self::SLOTS];
        for &(row, value) in rows.iter().rev() {
            let own = row.trailing_zeros() as usize;
            let others = (0..slots.len()).filter(|&slot| slot != own && row >> slot & 1 == 1);
            slots[own] = others.fold(value, |value, slot| value ^ slots[slot]);
        }
        Some(slots)
    }
}

fn pack<const NIBBLES: usize>(slots: &[u32], seed: u8, last: u8) -> Line {
    let mut line = [0; LINE_BYTES];
    for (place, &value) in slots.iter().enumerate() {
        let (at, half) = (place * NIBBLES / 2, place * NIBBLES % 2);
        for (byte, part) in line[at..].iter_mut().zip((value << (4 * half)).to_le_bytes()) {
            *byte |= part;
        }
    }
    line[LINE_BYTES - 2] = seed;
    line[LINE_BYTES - 1] = last;
    line
}

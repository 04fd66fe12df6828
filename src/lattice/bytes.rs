//! Bytes that are known, or known to be among some.

/// A set of byte values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct ByteSet([u64; 4]);

impl ByteSet {
    pub(crate) const EMPTY: ByteSet = ByteSet([0; 4]);
    /// Everything above ASCII.
    pub(crate) const HIGH: ByteSet = ByteSet::range(0x80, 0xFF);

    pub(crate) const fn range(first: u8, last: u8) -> ByteSet {
        let mut bits = [0u64; 4];
        let mut b = first as usize;
        while b <= last as usize {
            bits[b >> 6] |= 1 << (b & 63);
            b += 1;
        }
        ByteSet(bits)
    }

    pub(crate) fn collect(bytes: impl Iterator<Item = u8>) -> ByteSet {
        bytes.fold(ByteSet::EMPTY, ByteSet::with)
    }

    pub(crate) fn with(mut self, b: u8) -> ByteSet {
        self.0[b as usize >> 6] |= 1 << (b & 63);
        self
    }

    pub(crate) fn contains(&self, b: u8) -> bool {
        self.0[b as usize >> 6] >> (b & 63) & 1 == 1
    }

    pub(crate) fn and(&self, other: &ByteSet) -> ByteSet {
        ByteSet(std::array::from_fn(|i| self.0[i] & other.0[i]))
    }

    pub(crate) fn or(&self, other: &ByteSet) -> ByteSet {
        ByteSet(std::array::from_fn(|i| self.0[i] | other.0[i]))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }

    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|w| w.count_ones() as usize).sum()
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = u8> {
        (0..4usize).flat_map(move |i| {
            let mut word = self.0[i];
            std::iter::from_fn(move || {
                let bit = word.trailing_zeros();
                word &= word.wrapping_sub(1);
                (bit < 64).then(|| (i * 64) as u8 + bit as u8)
            })
        })
    }
}

/// One byte of a lattice: known, or one of a set that a [`Sets`] holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Elem(u16);

impl Elem {
    pub(crate) fn byte(b: u8) -> Elem {
        Elem(b as u16)
    }

    pub(crate) fn known(self) -> Option<u8> {
        u8::try_from(self.0).ok()
    }
}

/// The byte sets that a search has met, so that a hypothesis holds two bytes instead of a set.
#[derive(Default)]
pub(crate) struct Sets(Vec<ByteSet>);

/// Sets past this many are not told apart any more: their elements are taken as any byte above ASCII. It bounds the
/// table; a search meets a few dozen.
const MAX_SETS: usize = 4096;

impl Sets {
    /// The element for a set; `None` for the empty one.
    pub(crate) fn elem(&mut self, set: ByteSet) -> Option<Elem> {
        match set.len() {
            0 => None,
            1 => set.iter().next().map(Elem::byte),
            _ => {
                let at = self.0.iter().position(|s| *s == set).unwrap_or_else(|| {
                    if self.0.len() >= MAX_SETS {
                        return 0;
                    }
                    self.0.push(set);
                    self.0.len() - 1
                });
                Some(Elem(256 + at as u16))
            }
        }
    }

    pub(crate) fn set(&self, elem: Elem) -> ByteSet {
        match elem.known() {
            Some(b) => ByteSet::EMPTY.with(b),
            None => self.0[elem.0 as usize - 256],
        }
    }
}

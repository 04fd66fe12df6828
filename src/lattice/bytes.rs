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

    /// Those of the set that are to be kept.
    fn filter(&self, is_kept: impl Fn(u8) -> bool) -> ByteSet {
        ByteSet(std::array::from_fn(|i| {
            let bits = (0..64).filter(|bit| self.0[i] >> bit & 1 == 1);
            bits.fold(0, |kept, bit| kept | u64::from(is_kept((i * 64 + bit) as u8)) << bit)
        }))
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

/// Pairs of bytes, the lead of each above ASCII.
#[derive(Debug)]
pub(crate) struct Pairs {
    leads: ByteSet,
    /// The trails of each lead from 80 on.
    trails: [ByteSet; 128],
}

impl Pairs {
    pub(super) const fn new() -> Pairs {
        Pairs { leads: ByteSet::EMPTY, trails: [ByteSet::EMPTY; 128] }
    }

    pub(super) fn add(&mut self, lead: u8, trails: ByteSet) {
        if let Some(of_lead) = self.trails.get_mut(usize::from(lead).wrapping_sub(128)).filter(|_| !trails.is_empty()) {
            *of_lead = of_lead.or(&trails);
            self.leads = self.leads.with(lead);
        }
    }

    pub(crate) fn leads(&self) -> ByteSet {
        self.leads
    }

    /// The trails of a lead, none of a byte that is no lead.
    pub(crate) fn trails(&self, lead: u8) -> ByteSet {
        self.trails.get(usize::from(lead).wrapping_sub(128)).copied().unwrap_or(ByteSet::EMPTY)
    }

    /// Those of some leads that any of some trails follows.
    pub(crate) fn leads_of_any(&self, leads: ByteSet, trails: ByteSet) -> ByteSet {
        leads.and(&self.leads).filter(|lead| !self.trails(lead).and(&trails).is_empty())
    }

    /// The trails of any of some leads.
    pub(crate) fn trails_of_any(&self, leads: ByteSet) -> ByteSet {
        leads.iter().fold(ByteSet::EMPTY, |all, lead| all.or(&self.trails(lead)))
    }
}

/// One byte of a lattice: known, or one of some that a [`Sets`] holds.
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

/// One of several bytes: any of a set, whatever stands before it, or the trail of the one before it.
#[derive(Clone, Copy)]
struct Choice {
    set: ByteSet,
    trails: Option<&'static Pairs>,
}

impl Choice {
    fn is(&self, other: &Choice) -> bool {
        let pairs = |choice: &Choice| choice.trails.map(std::ptr::from_ref);
        self.set == other.set && pairs(self) == pairs(other)
    }
}

/// The choices of bytes that a search has met, so that a hypothesis holds two bytes instead of a set.
#[derive(Default)]
pub(crate) struct Sets(Vec<Choice>);

/// Choices past this many are not told apart any more: their elements are taken for the first one. It bounds the
/// table; a search meets a few dozen.
const MAX_SETS: usize = 4096;

impl Sets {
    /// Choices that were met.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The element for any byte of a set; `None` for the empty one.
    pub(crate) fn elem(&mut self, set: ByteSet) -> Option<Elem> {
        match set.len() {
            0 => None,
            1 => set.iter().next().map(Elem::byte),
            _ => Some(self.choice(Choice { set, trails: None })),
        }
    }

    /// The element for a byte of a set that makes a pair with the byte before it; `None` for the empty set.
    pub(crate) fn trail(&mut self, pairs: &'static Pairs, set: ByteSet) -> Option<Elem> {
        (!set.is_empty()).then(|| self.choice(Choice { set, trails: Some(pairs) }))
    }

    fn choice(&mut self, choice: Choice) -> Elem {
        let at = self.0.iter().position(|c| c.is(&choice)).unwrap_or_else(|| {
            if self.0.len() >= MAX_SETS {
                return 0;
            }
            self.0.push(choice);
            self.0.len() - 1
        });
        Elem(256 + at as u16)
    }

    /// The bytes that an element may be, whatever stands before it.
    pub(crate) fn set(&self, elem: Elem) -> ByteSet {
        match elem.known() {
            Some(b) => ByteSet::EMPTY.with(b),
            None => self.0[elem.0 as usize - 256].set,
        }
    }

    /// The bytes that an element may be after a byte.
    pub(crate) fn set_after(&self, before: Option<u8>, elem: Elem) -> ByteSet {
        let set = self.set(elem);
        let choice = self.0.get((elem.0 as usize).wrapping_sub(256));
        match (before, choice.and_then(|choice| choice.trails)) {
            (Some(lead), Some(pairs)) => set.and(&pairs.trails(lead)),
            _ => set,
        }
    }
}

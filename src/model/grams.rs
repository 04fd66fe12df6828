//! Probabilities of tokens after tokens: the lookups in the tables of n-grams.
//!
//! The tables hold ratios: how much likelier a token is after n tokens than after the last n - 1 of them. A false hit then
//! multiplies a probability by a few, where a stored probability would make anything as likely as the commonest word.

use super::retrieval::{BATCH, Found, Retrieval};

/// Bytes of a token's entry: probability for backing off (u16), back-off code (u8), frequency (u8).
pub(crate) const UNIGRAM: usize = 4;
/// Steps of the probability of a token without context, in nats.
pub(crate) const UNIGRAM_STEP: f32 = 1.0 / 2048.0;
/// Steps of a token's frequency, in nats.
pub(crate) const FREQUENCY_STEP: f32 = 0.08;
/// Steps of the back-off weight of a single token: code n stands for -(n - 1) steps, code 0 for "nothing follows".
pub(crate) const BACKOFF_STEP: f32 = 1.0 / 24.0;
/// Rounding may bring a probability to this, not above.
pub(crate) const CERTAIN: f32 = 0.2;
/// Most bits that a probability or back-off weight may take.
const CODE_BITS: u32 = 8;

/// What the codes in the tables stand for: for two, three and four tokens the probabilities, for two and three the
/// back-off weights.
#[derive(Clone, Debug)]
pub(crate) struct Codebook {
    /// ln of the ratio to the probability without the first token, by code.
    pub(crate) nats: [Vec<f32>; 3],
    /// ln of the back-off weight by code; code 0 stands for "nothing follows".
    pub(crate) backoffs: [Vec<f32>; 2],
}

impl Codebook {
    /// Reads five lists, each a power of two long: the exponent, then the values.
    pub(crate) fn parse(section: &[u8]) -> Result<Codebook, String> {
        let mut rest = section;
        let mut list = || -> Result<Vec<f32>, String> {
            let (&bits, values) = rest.split_first().ok_or("section CODE ends early")?;
            if u32::from(bits) > CODE_BITS {
                return Err(format!("codes of {bits} bits in section CODE"));
            }
            let length = 4usize << bits;
            let (values, tail) = values.split_at_checked(length).ok_or("section CODE ends early")?;
            rest = tail;
            let values = values.chunks_exact(4).map(|v| f32::from_le_bytes([v[0], v[1], v[2], v[3]]));
            let values: Vec<f32> = values.collect();
            if values.iter().all(|value| value.is_finite()) {
                Ok(values)
            } else {
                Err("a code that is no number".into())
            }
        };
        let nats = [list()?, list()?, list()?];
        let backoffs = [list()?, list()?];
        if rest.is_empty() { Ok(Codebook { nats, backoffs }) } else { Err("section CODE is too long".into()) }
    }

    /// Writes what `parse` reads.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for list in self.nats.iter().chain(&self.backoffs) {
            bytes.push(list.len().ilog2() as u8);
            bytes.extend(list.iter().flat_map(|value| value.to_le_bytes()));
        }
        bytes
    }
}

/// The key of an n-gram is its tokens, 16 bits each, the last one lowest: what of a key of four is one of two, and three.
const LAST_TWO: u64 = u32::MAX as u64;
pub(crate) const LAST_THREE: u64 = (1 << 48) - 1;

/// ln of a token's probability, and the codes of the back-off weights after it.
pub(crate) type Rating = (f32, [u8; 3]);

/// Two, three and four tokens, in slots of 20, 16 and 12 bits.
type Tables = (Retrieval<5>, Retrieval<4>, Retrieval<3>);
/// Bits of a slot, two tokens first.
pub(crate) const SLOT_BITS: [u32; 3] =
    [Retrieval::<5>::SLOT_BITS, Retrieval::<4>::SLOT_BITS, Retrieval::<3>::SLOT_BITS];

/// Bytes of the three tables with so many entries, or a little more.
pub(crate) fn bytes([two, three, four]: [usize; 3]) -> usize {
    Retrieval::<5>::bytes(two) + Retrieval::<4>::bytes(three) + Retrieval::<3>::bytes(four)
}

/// The table of n-grams of `n` + 1 tokens.
pub(crate) fn table(n: usize, entries: &[(u64, u32)], payload_bits: u32) -> Vec<u8> {
    match n {
        1 => Retrieval::<5>::build(entries, payload_bits),
        2 => Retrieval::<4>::build(entries, payload_bits),
        _ => Retrieval::<3>::build(entries, payload_bits),
    }
}

/// Values by code. As long as a byte is wide, so that no index has to be checked.
type Values = [f32; 1 << CODE_BITS];

/// The tables of n-grams: their headers and codes.
pub(crate) struct Grams {
    tables: Tables,
    /// ln of the ratio to the probability without the first token, by code, for two, three and four tokens.
    nats: [Values; 3],
    /// Back-off weights by code, after one, two and three tokens.
    backoffs: [Values; 3],
    /// Bits of the probability, below those of the back-off.
    nats_bits: [u32; 3],
    nats_masks: [u8; 3],
}

impl Grams {
    /// Reads the headers of the tables and checks that codes and payloads agree.
    pub(crate) fn parse(codebook: Codebook, sections: [&[u8]; 3]) -> Result<Grams, String> {
        let tables: Tables =
            (Retrieval::parse(sections[0])?, Retrieval::parse(sections[1])?, Retrieval::parse(sections[2])?);
        let nats_bits = codebook.nats.each_ref().map(|list| list.len().ilog2());
        let backoff_bits = [codebook.backoffs[0].len().ilog2(), codebook.backoffs[1].len().ilog2(), 0];
        let payload_bits = [tables.0.payload_bits(), tables.1.payload_bits(), tables.2.payload_bits()];
        for (n, bits) in payload_bits.into_iter().enumerate() {
            if bits != nats_bits[n] + backoff_bits[n] {
                return Err(format!("payloads of {bits} bits in section GRM{}", n + 2));
            }
        }
        let nats_masks = nats_bits.map(|bits| ((1u32 << bits) - 1) as u8);
        let values = |list: &[f32]| std::array::from_fn(|code| list.get(code).copied().unwrap_or(0.0));
        let first = std::array::from_fn(|code| -(code as f32 - 1.0).max(0.0) * BACKOFF_STEP);
        let [second, third] = codebook.backoffs.each_ref().map(|list| values(list));
        let nats = codebook.nats.each_ref().map(|list| values(list));
        Ok(Grams { tables, nats, backoffs: [first, second, third], nats_bits, nats_masks })
    }

    /// Entries by length, two tokens first.
    pub(crate) fn entries(&self) -> [u32; 3] {
        [self.tables.0.entries(), self.tables.1.entries(), self.tables.2.entries()]
    }

    /// ln P of a token without context as a back-off distribution, and its back-off code.
    #[inline]
    pub(crate) fn unigram(section: &[u8], token: u16) -> (f32, u8) {
        let at = usize::from(token) * UNIGRAM;
        match section.get(at..at + UNIGRAM) {
            Some(&[low, high, backoff, _]) => (-f32::from(u16::from_le_bytes([low, high])) * UNIGRAM_STEP, backoff),
            _ => (0.0, 0),
        }
    }

    /// ln of a token's share of all tokens.
    #[inline]
    pub(crate) fn frequency(section: &[u8], token: u16) -> f32 {
        let at = usize::from(token) * UNIGRAM + 3;
        -f32::from(section.get(at).copied().unwrap_or(0)) * FREQUENCY_STEP
    }

    /// ln P(token | three tokens), and the back-off codes after it. `codes` are those of the last one, two and three
    /// tokens; `alone` is the token without context.
    #[inline(always)]
    pub(crate) fn token(&self, sections: [&[u8]; 3], key: u64, codes: [u8; 3], alone: (f32, u8)) -> Rating {
        let two = self.tables.0.look_up(sections[0], key & LAST_TWO);
        if !two.is_held() {
            return self.rate([two, two, two], codes, alone);
        }
        let three = self.tables.1.look_up(sections[1], key & LAST_THREE);
        let four = self.tables.2.look_up(sections[2], key);
        self.rate([two, three, four], codes, alone)
    }

    /// What the tables hold of the first `count` keys.
    pub(crate) fn look_up_all(&self, sections: [&[u8]; 3], keys: &[u64; BATCH], count: usize) -> [[Found; BATCH]; 3] {
        let keys = &keys[..count.min(BATCH)];
        let mut found = [[Found::default(); BATCH]; 3];
        let [two, three, four] = &mut found;
        self.tables.0.look_up_all(sections[0], keys, LAST_TWO, two);
        Held::of(keys, two)
            .look_up_all(three, |keys, found| self.tables.1.look_up_all(sections[1], keys, LAST_THREE, found));
        Held::of(keys, three)
            .look_up_all(four, |keys, found| self.tables.2.look_up_all(sections[2], keys, u64::MAX, found));
        found
    }

    /// The same as [`Grams::token`] from what the tables hold of the last two, three and four tokens. Does not branch, as
    /// what comes of this would be guessed wrongly half the time.
    #[inline(always)]
    pub(crate) fn rate(&self, found: [Found; 3], codes: [u8; 3], alone: (f32, u8)) -> Rating {
        let third = self.backoffs[2][usize::from(codes[2])];
        let second = self.backoffs[1][usize::from(codes[1])] + third;
        let first = self.backoffs[0][usize::from(codes[0])] + second;
        let [two, three, four] = found;
        let (mut nats, last) = alone;
        // No true hit makes anything likelier than certain; many false ones would.
        let ratio = self.ratio(0, two.payload());
        let is_second = two.is_held() & (codes[0] != 0) & (nats + ratio < CERTAIN);
        nats += select(is_second, ratio, first);
        let ratio = self.ratio(1, three.payload());
        let is_third = is_second & three.is_held() & (codes[1] != 0) & (nats + ratio < CERTAIN);
        nats += select(is_third, ratio, select(is_second, second, 0.0));
        let ratio = self.ratio(2, four.payload());
        let is_fourth = is_third & four.is_held() & (codes[2] != 0) & (nats + ratio < CERTAIN);
        nats += select(is_fourth, ratio, select(is_third, third, 0.0));
        // By the closure nothing follows longer contexts where nothing follows shorter ones.
        let after_two = self.code(0, two.payload()) * u8::from(is_second & (last != 0));
        let after_three = self.code(1, three.payload()) * u8::from(is_third & (after_two != 0));
        // Ratios are rounded.
        (nats.min(0.0), [last, after_two, after_three])
    }

    #[inline(always)]
    fn ratio(&self, n: usize, payload: u32) -> f32 {
        self.nats[n][usize::from(payload as u8 & self.nats_masks[n])]
    }

    #[inline(always)]
    fn code(&self, n: usize, payload: u32) -> u8 {
        (payload >> self.nats_bits[n]) as u8
    }
}

/// One of two numbers, without a branch: as bits, for which every processor has an instruction.
#[inline(always)]
fn select(is_first: bool, first: f32, second: f32) -> f32 {
    f32::from_bits(std::hint::select_unpredictable(is_first, first.to_bits(), second.to_bits()))
}

/// The keys that a table holds, and where they stood.
struct Held {
    keys: [u64; BATCH],
    places: [u8; BATCH],
    count: usize,
}

impl Held {
    #[inline(always)]
    fn of(keys: &[u64], found: &[Found; BATCH]) -> Held {
        let mut held = Held { keys: [0; BATCH], places: [0; BATCH], count: 0 };
        for (place, (&key, found)) in keys.iter().zip(found).enumerate() {
            held.keys[held.count % BATCH] = key;
            held.places[held.count % BATCH] = place as u8;
            held.count += usize::from(found.is_held());
        }
        held
    }

    /// Looks these keys up and puts what is found where they stood.
    #[inline(always)]
    fn look_up_all(&self, found: &mut [Found; BATCH], look_up: impl FnOnce(&[u64], &mut [Found])) {
        let mut answers = [Found::default(); BATCH];
        look_up(&self.keys[..self.count.min(BATCH)], &mut answers);
        for (&place, &answer) in self.places[..self.count.min(BATCH)].iter().zip(&answers) {
            found[usize::from(place) % BATCH] = answer;
        }
    }
}

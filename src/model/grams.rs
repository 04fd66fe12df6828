//! Probabilities of tokens after tokens: the lookups in the tables of n-grams.
//!
//! The tables hold ratios: how much likelier a token is after n tokens than after the last n - 1 of them. A false hit then
//! multiplies a probability by a few, where a stored probability would make anything as likely as the commonest word.

use super::nats::{Nats, is_negative, select};
use super::retrieval::{Asked, BATCH, Found, PAYLOAD_BITS, Retrieval};

/// Bytes of a token's entry: probability for backing off (u16), back-off code (u8), frequency (u8).
pub(crate) const UNIGRAM: usize = 4;
/// Steps of a token's frequency, in nats.
pub(crate) const FREQUENCY_STEP: f32 = 0.08;
/// Steps of the back-off weight of a single token: code n stands for -(n - 1) steps, code 0 for "nothing follows".
pub(crate) const BACKOFF_STEP: f32 = 1.0 / 24.0;
/// Rounding may bring a probability to this, not above.
pub(crate) const CERTAIN: f32 = 0.2;
/// Most bits that a probability or back-off weight may take.
pub(crate) const CODE_BITS: u32 = 6;
/// No ratio or weight is as large; sums of a few stay within [`Nats`].
pub(crate) const LARGEST: f32 = 4096.0;

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
            if values.iter().all(|value| value.abs() < LARGEST) {
                Ok(values)
            } else {
                Err(format!("a code that is no number below {LARGEST}"))
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

/// A token without context: ln P as a back-off distribution, and its back-off code.
pub(crate) type Alone = (Nats, u8);

/// ln of a token's probability, and the codes of the back-off weights after it.
pub(crate) type Rating = (Nats, Codes);

/// The codes of the back-off weights after one, two and three tokens: wide, so that compilers do not pack them and make each wait
/// for the others.
pub(crate) type Codes = [u32; 3];

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

/// What is known of an n-gram.
#[derive(Clone, Copy)]
struct Entry {
    /// The ratio to the probability without the first token; where the n-gram is not held, one that makes more than certain.
    ratio: Nats,
    /// The code of the back-off weight.
    code: i32,
}

/// What the code of a back-off weight stands for.
#[derive(Clone, Copy)]
struct Weight {
    nats: Nats,
    /// All bits where something follows, else none.
    follows: i32,
}

/// By [`Found::index`]; as long as codes and payloads are wide, so that no index has to be checked.
type Entries = [Entry; (1 << PAYLOAD_BITS) + 1];
type Weights = [Weight; 1 << u8::BITS];

/// The tables of n-grams: their headers and codes.
pub(crate) struct Grams {
    tables: Tables,
    /// For two, three and four tokens.
    entries: [Entries; 3],
    /// By code, after one, two and three tokens.
    weights: [Weights; 3],
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
        let payload = |n: usize, index: usize| match n {
            0 => tables.0.payload(index),
            1 => tables.1.payload(index),
            _ => tables.2.payload(index),
        };
        let entries = std::array::from_fn(|n| {
            let entry = |payload: u32| Entry {
                ratio: Nats::new(codebook.nats[n][payload as usize % codebook.nats[n].len()]),
                code: (payload >> nats_bits[n]) as i32,
            };
            let none = Entry { ratio: Nats::new(2.0 * LARGEST), code: 0 };
            std::array::from_fn(|index| payload(n, index).map_or(none, entry))
        });
        let weight = |code: usize, nats: f32| Weight { nats: Nats::new(nats), follows: -i32::from(code != 0) };
        let first = std::array::from_fn(|code| weight(code, -(code as f32 - 1.0).max(0.0) * BACKOFF_STEP));
        let weights = |list: &[f32]| std::array::from_fn(|code| weight(code, list.get(code).copied().unwrap_or(0.0)));
        let [second, third] = codebook.backoffs.each_ref().map(|list| weights(list));
        Ok(Grams { tables, entries, weights: [first, second, third] })
    }

    /// Entries by length, two tokens first.
    pub(crate) fn entries(&self) -> [u32; 3] {
        [self.tables.0.entries(), self.tables.1.entries(), self.tables.2.entries()]
    }

    /// A token without context.
    #[inline]
    pub(crate) fn unigram(unigrams: &[[u8; UNIGRAM]], token: u16) -> Alone {
        let [low, high, backoff, _] = unigrams.get(usize::from(token)).copied().unwrap_or_default();
        (Nats::of_unigram(u16::from_le_bytes([low, high])), backoff)
    }

    /// ln of a token's share of all tokens.
    #[inline]
    pub(crate) fn frequency(unigrams: &[[u8; UNIGRAM]], token: u16) -> f32 {
        let [.., frequency] = unigrams.get(usize::from(token)).copied().unwrap_or_default();
        -f32::from(frequency) * FREQUENCY_STEP
    }

    /// ln P(token | three tokens), and the back-off codes after it. `codes` are those of the last one, two and three
    /// tokens; `alone` is the token without context.
    #[inline(always)]
    pub(crate) fn token(&self, sections: [&[u8]; 3], key: u64, codes: Codes, alone: Alone) -> Rating {
        let two = self.tables.0.look_up(sections[0], key & LAST_TWO);
        if !two.is_held() {
            return self.rate([Found::default(); 3], codes, alone);
        }
        let three = self.tables.1.look_up(sections[1], key & LAST_THREE);
        let four = self.tables.2.look_up(sections[2], key);
        self.rate([two, three, four], codes, alone)
    }

    /// What the tables hold of the last two, three and four tokens of the keys.
    pub(crate) fn look_up_all<'t>(&self, sections: [&'t [u8]; 3], lookup: &mut Lookup<'t>) {
        let Lookup { keys, count, found: [two, three, four], held, asked } = lookup;
        let keys = &keys[..(*count).min(BATCH)];
        self.tables.0.look_up_all(sections[0], (keys, LAST_TWO), asked, two);
        self.tables.1.look_up_all(sections[1], (keys, LAST_THREE), asked, three);
        // One in four is not held; each of these would ask for a line that nothing else needs.
        held.look_up(&self.tables.2, sections[2], (keys, u64::MAX), asked, (three, four));
    }

    /// The same where all keys begin with the tokens after which the codes are `codes`. Few of the characters that could follow do.
    pub(crate) fn look_up_after<'t>(&self, sections: [&'t [u8]; 3], lookup: &mut Lookup<'t>, codes: Codes) {
        let Lookup { keys, count, found: [two, three, four], held, asked } = lookup;
        let keys = &keys[..(*count).min(BATCH)];
        let follows = |n: usize| self.weights[n][codes[n] as usize % (1 << u8::BITS)].follows != 0;
        (*two, *three, *four) = ([Found::default(); BATCH], [Found::default(); BATCH], [Found::default(); BATCH]);
        if follows(0) {
            self.tables.0.look_up_all(sections[0], (keys, LAST_TWO), asked, two);
        }
        if follows(1) {
            held.look_up(&self.tables.1, sections[1], (keys, LAST_THREE), asked, (two, three));
        }
        if follows(2) {
            held.look_up(&self.tables.2, sections[2], (keys, u64::MAX), asked, (three, four));
        }
    }

    /// The same as [`Grams::token`] from what the tables hold of the last two, three and four tokens. Does not branch, as
    /// what comes of this would be guessed wrongly half the time.
    #[inline(always)]
    pub(crate) fn rate(&self, found: [Found; 3], codes: Codes, alone: Alone) -> Rating {
        const CERTAIN: Nats = Nats::new(self::CERTAIN);
        let weight = |n: usize| self.weights[n][codes[n] as usize % (1 << u8::BITS)];
        let entry = |n: usize| self.entries[n][found[n].index()];
        let [first, second, third] = [weight(0), weight(1), weight(2)];
        let [two, three, four] = [entry(0), entry(1), entry(2)];
        let (nats, last) = alone;
        // No true hit makes anything likelier than certain; many false ones would, and what is not held does.
        let nats = nats - CERTAIN;
        let is_second = first.follows & is_negative(nats + two.ratio);
        let nats = select(is_second, nats + two.ratio, nats + first.nats);
        let is_third = is_second & second.follows & is_negative(nats + three.ratio);
        let nats = select(is_third, nats + three.ratio, nats + second.nats);
        let is_fourth = is_third & third.follows & is_negative(nats + four.ratio);
        let nats = select(is_fourth, nats + four.ratio, nats + third.nats) + CERTAIN;
        // Ratios are rounded.
        let nats = select(is_negative(nats), nats, Nats::default());
        (nats, [u32::from(last), (two.code & is_second) as u32, (three.code & is_third) as u32])
    }
}

/// Keys of four tokens that are looked up together, and what is found of each. Used again and again, so that it is not cleared
/// each time.
pub(crate) struct Lookup<'t> {
    pub(crate) keys: [u64; BATCH],
    pub(crate) count: usize,
    /// Of the last two, three and four tokens.
    pub(crate) found: [[Found; BATCH]; 3],
    held: Held,
    asked: Asked<'t>,
}

impl Default for Lookup<'_> {
    fn default() -> Self {
        let nothing = [Found::default(); BATCH];
        Lookup {
            keys: [0; BATCH],
            count: 0,
            found: [nothing; 3],
            held: Held { keys: [0; BATCH], indices: [0; BATCH], found: nothing },
            asked: Asked::default(),
        }
    }
}

/// Those of many keys that are held without their first token.
struct Held {
    keys: [u64; BATCH],
    indices: [u8; BATCH],
    found: [Found; BATCH],
}

impl Held {
    #[inline(always)]
    fn look_up<'t, const NIBBLES: usize>(
        &mut self,
        table: &Retrieval<NIBBLES>,
        section: &'t [u8],
        (keys, mask): (&[u64], u64),
        asked: &mut Asked<'t>,
        (shorter, found): (&[Found; BATCH], &mut [Found; BATCH]),
    ) {
        let mut count = 0;
        for (index, (&key, shorter)) in keys.iter().zip(shorter).enumerate() {
            self.keys[count % BATCH] = key;
            self.indices[count % BATCH] = index as u8;
            count += usize::from(shorter.is_held());
        }
        let keys = &self.keys[..count.min(BATCH)];
        table.look_up_all(section, (keys, mask), asked, &mut self.found);
        *found = [Found::default(); BATCH];
        for ((&index, answer), _) in self.indices.iter().zip(&self.found).zip(keys) {
            found[usize::from(index) % BATCH] = *answer;
        }
    }
}

//! Probabilities of tokens after tokens: the lookups in the tables of n-grams.
//!
//! The tables hold ratios: how much likelier a token is after n tokens than after the last n - 1 of them. A false hit then
//! multiplies a probability by a few, where a stored probability would make anything as likely as the commonest word.

use super::retrieval::{BATCH, Found, Retrieval};

/// Bytes of a token's entry: probability for backing off (u16), back-off code (u8), frequency (u8).
pub(crate) const UNIGRAM: usize = 4;
/// Steps a nat in which probabilities are added up: of whole numbers one is chosen by a mask, which takes no branch.
const POINT: i32 = 1 << 16;
/// Steps of the probability of a token without context, in nats.
pub(crate) const UNIGRAM_STEP: f32 = 1.0 / 2048.0;
/// Steps of a token's frequency, in nats.
pub(crate) const FREQUENCY_STEP: f32 = 0.08;
/// Steps of the back-off weight of a single token: code n stands for -(n - 1) steps, code 0 for "nothing follows".
pub(crate) const BACKOFF_STEP: f32 = 1.0 / 24.0;
/// Rounding may bring a probability to this, not above.
pub(crate) const CERTAIN: f32 = 0.2;
/// Most bits that a probability or back-off weight may take.
const CODE_BITS: u32 = 6;
/// Most bits that both take together.
const PAYLOAD_BITS: u32 = 2 * CODE_BITS;
/// No ratio or weight is as large; sums of a few stay within [`Nats`].
const LARGEST: f32 = 4096.0;

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

/// Nats in fixed point.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Nats(i32);

impl Nats {
    pub(crate) fn new(nats: f32) -> Nats {
        Nats((nats * POINT as f32).round() as i32)
    }

    #[inline(always)]
    pub(crate) fn to_f32(self) -> f32 {
        self.0 as f32 / POINT as f32
    }
}

/// A token without context: ln P as a back-off distribution, and its back-off code.
pub(crate) type Alone = (Nats, u8);

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

/// What a payload stands for.
#[derive(Clone, Copy)]
struct Entry {
    /// The ratio to the probability without the first token.
    ratio: i32,
    /// The code of the back-off weight.
    code: i32,
}

/// What the code of a back-off weight stands for.
#[derive(Clone, Copy)]
struct Weight {
    nats: i32,
    /// All bits where something follows, else none.
    follows: i32,
}

/// As long as codes and payloads are wide, so that no index has to be checked.
type Entries = Box<[Entry; 1 << PAYLOAD_BITS]>;
type Weights = [Weight; 1 << u8::BITS];

/// The tables of n-grams: their headers and codes.
pub(crate) struct Grams {
    tables: Tables,
    /// By payload, for two, three and four tokens.
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
        let entries = std::array::from_fn(|n| {
            let entry = |payload: usize| Entry {
                ratio: Nats::new(codebook.nats[n][payload % codebook.nats[n].len()]).0,
                code: (payload >> nats_bits[n]) as i32,
            };
            Box::new(std::array::from_fn(entry))
        });
        let weight = |code: usize, nats: f32| Weight { nats: Nats::new(nats).0, follows: -i32::from(code != 0) };
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
        const STEP: i32 = (POINT as f32 * UNIGRAM_STEP) as i32;
        let [low, high, backoff, _] = unigrams.get(usize::from(token)).copied().unwrap_or_default();
        (Nats(-i32::from(u16::from_le_bytes([low, high])) * STEP), backoff)
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
    pub(crate) fn token(&self, sections: [&[u8]; 3], key: u64, codes: [u8; 3], alone: Alone) -> Rating {
        let two = self.tables.0.look_up(sections[0], key & LAST_TWO);
        if !two.is_held() {
            return self.rate([two, two, two], codes, alone);
        }
        let three = self.tables.1.look_up(sections[1], key & LAST_THREE);
        let four = self.tables.2.look_up(sections[2], key);
        self.rate([two, three, four], codes, alone)
    }

    /// What the tables hold of the last two, three and four tokens of at most [`BATCH`] keys.
    pub(crate) fn look_up_all(&self, sections: [&[u8]; 3], keys: &[u64], found: &mut [[Found; BATCH]; 3]) {
        let [two, three, four] = found;
        self.tables.0.look_up_all(sections[0], keys, LAST_TWO, two);
        self.tables.1.look_up_all(sections[1], keys, LAST_THREE, three);
        // One in four is not held; each of these would ask for a line that nothing else needs.
        look_up_held(&self.tables.2, sections[2], (keys, u64::MAX), three, four);
    }

    /// The same where all keys begin with the tokens after which the codes are `codes`. Few of the characters that could follow do.
    pub(crate) fn look_up_after(
        &self,
        sections: [&[u8]; 3],
        keys: &[u64],
        codes: [u8; 3],
        found: &mut [[Found; BATCH]; 3],
    ) {
        let [two, three, four] = found;
        let follows = |n: usize| self.weights[n][usize::from(codes[n])].follows != 0;
        if follows(0) {
            self.tables.0.look_up_all(sections[0], keys, LAST_TWO, two);
        }
        if follows(1) {
            look_up_held(&self.tables.1, sections[1], (keys, LAST_THREE), two, three);
        }
        if follows(2) {
            look_up_held(&self.tables.2, sections[2], (keys, u64::MAX), three, four);
        }
    }

    /// The same as [`Grams::token`] from what the tables hold of the last two, three and four tokens. Does not branch, as
    /// what comes of this would be guessed wrongly half the time.
    #[inline(always)]
    pub(crate) fn rate(&self, found: [Found; 3], codes: [u8; 3], alone: Alone) -> Rating {
        const CERTAIN: i32 = (self::CERTAIN * POINT as f32) as i32;
        let weight = |n: usize, code: u8| self.weights[n][usize::from(code)];
        let [first, second, third] = [weight(0, codes[0]), weight(1, codes[1]), weight(2, codes[2])];
        let entry = |n: usize| self.entries[n][found[n].payload() as usize % (1 << PAYLOAD_BITS)];
        let [two, three, four] = [entry(0), entry(1), entry(2)];
        let (Nats(alone), last) = alone;
        let with_two = alone + two.ratio;
        let with_three = with_two + three.ratio;
        let with_four = with_three + four.ratio;
        // No true hit makes anything likelier than certain; many false ones would.
        let is_second = found[0].mask() & first.follows & below(with_two, CERTAIN);
        let is_third = is_second & found[1].mask() & second.follows & below(with_three, CERTAIN);
        let is_fourth = is_third & found[2].mask() & third.follows & below(with_four, CERTAIN);
        let nats = select(is_fourth, with_four, with_three + third.nats);
        let nats = select(is_third, nats, with_two + second.nats + third.nats);
        let nats = select(is_second, nats, alone + first.nats + second.nats + third.nats);
        // By the closure nothing follows longer contexts where nothing follows shorter ones.
        let after_two = (two.code & is_second & weight(0, last).follows) as u8;
        let after_three = (three.code & is_third & weight(1, after_two).follows) as u8;
        // Ratios are rounded.
        (Nats(nats & below(nats, 0)).to_f32(), [last, after_two, after_three])
    }
}

/// Looks up those keys, as far as they are masked, that are held without their first token.
#[inline(always)]
fn look_up_held<const NIBBLES: usize>(
    table: &Retrieval<NIBBLES>,
    section: &[u8],
    (keys, mask): (&[u64], u64),
    shorter: &[Found; BATCH],
    found: &mut [Found; BATCH],
) {
    let (mut held, mut places, mut count) = ([0; BATCH], [0u8; BATCH], 0);
    for (place, (&key, shorter)) in keys.iter().zip(shorter).enumerate() {
        held[count % BATCH] = key;
        places[count % BATCH] = place as u8;
        count += usize::from(shorter.is_held());
    }
    let held = &held[..count.min(BATCH)];
    let mut answers = [Found::default(); BATCH];
    table.look_up_all(section, held, mask, &mut answers);
    for ((&place, answer), _) in places.iter().zip(answers).zip(held) {
        found[usize::from(place) % BATCH] = answer;
    }
}

/// All bits where one number is below another, else none.
#[inline(always)]
fn below(number: i32, other: i32) -> i32 {
    (number - other) >> 31
}

/// One of two numbers by a mask of all bits or none. Of conditions, even `select_unpredictable`, compilers make branches.
#[inline(always)]
fn select(mask: i32, first: i32, second: i32) -> i32 {
    second ^ ((first ^ second) & mask)
}

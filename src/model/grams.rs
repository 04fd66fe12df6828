//! Probabilities of tokens after tokens: the lookups in the tables of n-grams.
//!
//! The tables hold ratios: how much likelier a token is after n tokens than after the last n - 1 of them. A false hit then
//! multiplies a probability by a few, where a stored probability would make anything as likely as the commonest word.

use super::fuse::Fuse;

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

/// The tables of n-grams: their headers and codes.
#[derive(Debug)]
pub(crate) struct Grams {
    fuses: [Fuse; 3],
    /// ln of the ratio to the probability without the first token, by code, for two, three and four tokens.
    nats: [Vec<f32>; 3],
    /// Back-off weights by code, after one, two and three tokens.
    backoffs: [Vec<f32>; 3],
    /// Bits of the probability, below those of the back-off.
    nats_bits: [u32; 3],
}

/// A hit: ln of the ratio to the probability with one token of context less, and the code of the back-off weight.
type Hit = Option<(f32, u8)>;

/// The key of an n-gram: its tokens, 16 bits each, the last one lowest.
#[inline]
pub(crate) fn key(tokens: &[u16]) -> u64 {
    tokens.iter().fold(0, |key, &token| key << 16 | u64::from(token))
}

impl Grams {
    /// Reads the headers of the tables and checks that codes and payloads agree.
    pub(crate) fn parse(codebook: Codebook, sections: [&[u8]; 3]) -> Result<Grams, String> {
        let fuses = [Fuse::parse(sections[0])?, Fuse::parse(sections[1])?, Fuse::parse(sections[2])?];
        let nats_bits = [0, 1, 2].map(|n: usize| codebook.nats[n].len().ilog2());
        let [second, third] = codebook.backoffs;
        let first = (0..256).map(|code| -(code as f32 - 1.0).max(0.0) * BACKOFF_STEP).collect();
        let backoffs: [Vec<f32>; 3] = [first, second, third];
        for (n, fuse) in fuses.iter().enumerate() {
            let backoff_bits = backoffs.get(n + 1).map_or(0, |list: &Vec<f32>| list.len().ilog2());
            if fuse.payload_bits() != nats_bits[n] + backoff_bits {
                return Err(format!("payloads of {} bits in section GRM{}", fuse.payload_bits(), n + 2));
            }
        }
        Ok(Grams { fuses, nats: codebook.nats, backoffs, nats_bits })
    }

    /// Entries by length, two tokens first.
    pub(crate) fn entries(&self) -> [u32; 3] {
        [0, 1, 2].map(|n: usize| self.fuses[n].entries())
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

    #[inline]
    fn hit(&self, n: usize, section: &[u8], key: u64) -> Hit {
        let payload = self.fuses[n].get(section, key)?;
        let code = payload & ((1 << self.nats_bits[n]) - 1);
        Some((self.nats[n][code as usize], (payload >> self.nats_bits[n]) as u8))
    }

    #[inline]
    fn backoff(&self, length: usize, code: u8) -> f32 {
        self.backoffs[length - 1].get(usize::from(code)).copied().unwrap_or(0.0)
    }

    /// ln P(token | three tokens), and the back-off codes after it. `backoffs` are the codes of the last one, two and
    /// three tokens; `alone` is the token without context.
    #[inline]
    pub(crate) fn token(
        &self,
        sections: [&[u8]; 3],
        [first, second, third]: [u16; 3],
        backoffs: [u8; 3],
        token: u16,
        alone: (f32, u8),
    ) -> (f32, [u8; 3]) {
        let (mut nats, last) = alone;
        let mut after = [last, 0, 0];
        let contexts = [key(&[third, token]), key(&[second, third, token]), key(&[first, second, third, token])];
        for (n, key) in contexts.into_iter().enumerate() {
            // By the closure nothing follows the longer contexts either.
            if backoffs[n] == 0 {
                break;
            }
            // No true hit makes anything likelier than certain; many false ones would.
            let hit = self.hit(n, sections[n], key).filter(|&(ratio, _)| nats + ratio < CERTAIN);
            let Some((ratio, backoff)) = hit else {
                nats += (n..3).map(|longer| self.backoff(longer + 1, backoffs[longer])).sum::<f32>();
                break;
            };
            nats += ratio;
            if let Some(slot) = after.get_mut(n + 1) {
                *slot = backoff;
            }
        }
        // Ratios are rounded.
        (nats.min(0.0), after)
    }
}

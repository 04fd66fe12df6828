//! Nats in fixed point: of whole numbers one is chosen by a mask, which takes no branch.

use std::ops::{Add, AddAssign, Sub};

/// Steps a nat.
const POINT: i32 = 1 << 16;
/// Steps of the costs of forms in nats, as they are stored.
pub(crate) const COST_STEP: f32 = 1.0 / 16.0;
/// Steps of the probability of a token without context in nats, as they are stored.
pub(crate) const UNIGRAM_STEP: f32 = 1.0 / 2048.0;

/// A logarithm of a probability or of a ratio of two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Nats(i32);

impl Nats {
    pub(crate) const fn new(nats: f32) -> Nats {
        let half = if nats < 0.0 { -0.5 } else { 0.5 };
        Nats((nats * POINT as f32 + half) as i32)
    }

    /// A cost as it is stored.
    #[inline(always)]
    pub(crate) fn of_cost(steps: u8) -> Nats {
        const STEP: i32 = (POINT as f32 * COST_STEP) as i32;
        Nats(-i32::from(steps) * STEP)
    }

    /// The probability of a token without context as it is stored.
    #[inline(always)]
    pub(crate) fn of_unigram(steps: u16) -> Nats {
        const STEP: i32 = (POINT as f32 * UNIGRAM_STEP) as i32;
        Nats(-i32::from(steps) * STEP)
    }

    #[inline(always)]
    pub(crate) fn to_f32(self) -> f32 {
        self.0 as f32 / POINT as f32
    }
}

impl Add for Nats {
    type Output = Nats;

    #[inline(always)]
    fn add(self, other: Nats) -> Nats {
        Nats(self.0 + other.0)
    }
}

impl Sub for Nats {
    type Output = Nats;

    #[inline(always)]
    fn sub(self, other: Nats) -> Nats {
        Nats(self.0 - other.0)
    }
}

impl AddAssign for Nats {
    #[inline(always)]
    fn add_assign(&mut self, other: Nats) {
        *self = *self + other;
    }
}

/// All bits where a sum is negative, else none.
#[inline(always)]
pub(super) fn is_negative(sum: Nats) -> i32 {
    sum.0 >> 31
}

/// One of two by a mask of all bits or none. Of conditions, even `select_unpredictable`, compilers make branches.
#[inline(always)]
pub(super) fn select(mask: i32, first: Nats, second: Nats) -> Nats {
    Nats(second.0 ^ ((first.0 ^ second.0) & mask))
}

/// A sum of many, exact.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum(i64);

impl Sum {
    #[inline(always)]
    pub(crate) fn add(&mut self, nats: Nats) {
        self.0 += i64::from(nats.0);
    }

    pub(crate) fn to_f64(self) -> f64 {
        self.0 as f64 / f64::from(POINT)
    }
}

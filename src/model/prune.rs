//! Which n-grams are worth their room.
//!
//! What an n-gram is worth is the likelihood that the training text loses without it, in nats: its own, which falls to
//! that of backing off, less what the others after the same context gain from the mass it leaves. It is kept where that exceeds
//! a price a bit times its bits. An n-gram needs its prefix and suffix in the table; those not worth their own room
//! are paid for by all that need them. The price is raised or lowered until the tables have the size asked for.

use super::estimate::Levels;
use super::grams;

/// Rounds of pruning; the size settles after some ten.
const ROUNDS: usize = 16;
/// The search ends once the size is this close below what was asked for.
const CLOSE: f64 = 0.997;
/// A first price, in nats a bit.
const FIRST_PRICE: f64 = 0.2;

/// What to prune to.
pub(crate) struct Budget {
    /// Bytes of the three tables together.
    pub(crate) bytes: usize,
    /// Worth of n-grams without ideographs is multiplied by this.
    pub(crate) other: f64,
    /// By token: whether it is one.
    pub(crate) ideograph: Vec<bool>,
}

impl Budget {
    fn size(&self, levels: &Levels) -> usize {
        grams::bytes([1, 2, 3].map(|n| kept(levels, n)))
    }
}

fn kept(levels: &Levels, n: usize) -> usize {
    levels.levels[n].kept.iter().filter(|&&kept| kept).count()
}

/// Prunes to the budget; leaves the levels estimated for what is kept.
pub(crate) fn prune(levels: &mut Levels, budget: &Budget, mut progress: impl FnMut(usize, usize)) {
    let mut price = FIRST_PRICE;
    // Prices known to give too much and little enough, once both are known.
    let (mut low, mut high): (Option<f64>, Option<f64>) = (None, None);
    let mut worths = Vec::new();
    for round in 0..ROUNDS {
        average(&mut worths, (1..4).map(|n| worth(levels, n, budget)));
        for n in (1..4).rev() {
            choose(levels, n, price, &worths);
        }
        levels.estimate();
        let size = budget.size(levels);
        progress(round, size);
        let ratio = size as f64 / budget.bytes as f64;
        if ratio <= 1.0 && (ratio >= CLOSE && round >= 5 || (round > 2 && price <= 1e-6)) {
            return;
        }
        // The worths change between the rounds, so that bounds from early rounds would mislead.
        if round < 5 {
            price *= ratio.powf(1.3).clamp(0.1, 10.0);
            continue;
        }
        if ratio > 1.0 {
            low = Some(price)
        } else {
            high = Some(price)
        }
        price = match (low, high) {
            (Some(low), Some(high)) if low < high => f64::midpoint(low, high),
            _ => price * ratio.powf(1.5),
        };
    }
    // Never above the budget, whatever the search did.
    while budget.size(levels) > budget.bytes {
        price *= 1.02;
        average(&mut worths, (1..4).map(|n| worth(levels, n, budget)));
        for n in (1..4).rev() {
            choose(levels, n, price, &worths);
        }
        levels.estimate();
    }
}

/// Averages with the worths of the rounds before. N-grams stand in for each other: without the average, all that were pruned
/// together for lack of worth come back together in the next round.
fn average(worths: &mut Vec<Vec<f32>>, new: impl Iterator<Item = Vec<f32>>) {
    if worths.is_empty() {
        worths.extend(new);
        return;
    }
    for (old, new) in worths.iter_mut().zip(new) {
        for (old, new) in old.iter_mut().zip(new) {
            *old = f32::midpoint(*old, new);
        }
    }
}

/// What each n-gram of a level is worth, in nats over the training text.
fn worth(levels: &Levels, n: usize, budget: &Budget) -> Vec<f32> {
    let (level, below) = (&levels.levels[n], &levels.levels[n - 1]);
    (0..level.keys.len())
        .map(|index| {
            let context = level.prefix[index] as usize;
            let share = level.share(index);
            let weight = f64::from(level.weights[context]);
            let lower = f64::from(below.probability[level.suffix[index] as usize]);
            let (with, without) = if level.kept[index] { (weight, weight + share) } else { (weight - share, weight) };
            let with = with.max(1e-6);
            let probability = share + with * lower;
            let own = probability * (probability / (without * lower)).ln();
            let others = with * (1.0 - lower) * (without / with).ln();
            let mut nats = f64::from(level.totals[context]) * (own - others);
            if budget.other != 1.0 {
                let foreign = |shift: usize| !budget.ideograph[(level.keys[index] >> (16 * shift)) as usize & 0xFFFF];
                if (0..=n).all(foreign) {
                    nats *= budget.other;
                }
            }
            nats as f32
        })
        .collect()
}

/// Keeps what is worth its room and what the kept n-grams of the level above need.
fn choose(levels: &mut Levels, n: usize, price: f64, worths: &[Vec<f32>]) {
    let bits = |n: usize| f64::from(grams::SLOT_BITS[n - 1]);
    let mut chosen = vec![false; levels.levels[n].keys.len()];
    if let Some(above) = levels.levels.get(n + 1) {
        for index in (0..above.keys.len()).filter(|&index| above.kept[index]) {
            chosen[above.prefix[index] as usize] = true;
            chosen[above.suffix[index] as usize] = true;
        }
    }
    let level = &levels.levels[n];
    // What prefix and suffix cost beyond their own worth, shared by those that were kept and need them.
    let mut debts = Vec::new();
    if n > 1 {
        let below = &levels.levels[n - 1];
        let mut users = vec![0u32; below.keys.len()];
        for index in (0..level.keys.len()).filter(|&index| level.kept[index]) {
            users[level.prefix[index] as usize] += 1;
            users[level.suffix[index] as usize] += 1;
        }
        debts = (0..below.keys.len())
            .map(|index| {
                let debt = price * bits(n - 1) - f64::from(worths[n - 2][index]);
                (debt.max(0.0) / f64::from(users[index].max(1))) as f32
            })
            .collect();
    }
    for index in 0..level.keys.len() {
        let mut cost = price * bits(n);
        if n > 1 {
            cost += f64::from(debts[level.prefix[index] as usize]) + f64::from(debts[level.suffix[index] as usize]);
        }
        chosen[index] |= f64::from(worths[n - 1][index]) > cost;
    }
    levels.levels[n].kept = chosen;
}

//! What may be chance: bytes of any text make characters in some reading, and few of them may even make sense.

/// Two ideographs of two bytes are so many bytes; fewer are the same again and again, as in rules and bars.
pub(super) const FEW_BYTES: usize = 4;
/// What a span must gain that brings one character only, of two bytes that are UTF-8, and how much less of three or four: two
/// bytes beyond ASCII are UTF-8 by chance once in 8.5 times (30 leads of 128, a trail every other time), three once in 32, four
/// once in 205. With 2 as with 3.5 the same of the 106,505 clean lines (`make_cases.py --clean-lines`) come out otherwise, and of
/// damaged text one in `ftfy_cases.jsonl`.
const LONE: f64 = 2.5;
const LONE_LESS: [f64; 2] = [1.3, 3.2];
/// The same of other bytes, which are characters anyhow. With 5 one more of the 106,505 clean lines (`make_cases.py --clean-lines`) is
/// harmed; the public cases of one layer and of damage inside fine text come out the same.
pub(super) const LONE_OTHER: f64 = 7.5;

/// What a span must gain that brings few letters and no ideograph, though it was not written in single bytes: two that are no chance. None
/// of the clean lines comes out otherwise with it than where such spans are never taken.
pub(super) const FEW_LETTERS: f64 = 2.0 * LONE_OTHER;

/// What a span must gain that brings nothing but this character, of bytes that are UTF-8.
pub(super) fn lone(c: char) -> f64 {
    LONE - c.len_utf8().checked_sub(3).map_or(0.0, |more| LONE_LESS[more])
}

/// Whether a chain tells the same character or two again and again, and each time gains no more than chance may.
pub(super) fn is_again_and_again(brought: impl Iterator<Item = char> + Clone, gain: f64) -> bool {
    let times = brought.clone().filter(|c| !c.is_ascii()).count().max(1);
    let distinct = distinct(brought);
    (distinct < 2 || distinct < 3 && times >= 2 * distinct) && gain < LONE_OTHER * times as f64 / distinct.max(1) as f64
}

/// Whether what comes out costs more than characters taken by chance do: guesses that explain odd text by text as odd. Of 12,000 texts with
/// losses (`make_cases.py`) none of as many characters costs more than 9.8 nats each.
pub(super) fn is_noise(text: &str, nats: f32) -> bool {
    const LENGTH: usize = 14;
    const CHANCE: f32 = -10.0;
    let length = text.chars().count();
    length >= LENGTH && nats < CHANCE * length as f32
}

/// Whether most characters stand in runs of the same letter. Hands make those, and tables of letters; of bytes of text four
/// equal ones in a row are hardly ever characters.
pub(super) fn are_runs(observed: &[char]) -> bool {
    const RUN: usize = 4;
    let in_runs =
        observed.chunk_by(|a, b| a == b).filter(|run| run.len() >= RUN && !run[0].is_ascii()).map(<[char]>::len);
    in_runs.sum::<usize>() * 2 >= observed.len()
}

/// How many characters beyond ASCII, the same ones counted once, as far as it matters.
pub(super) fn distinct(chars: impl Iterator<Item = char>) -> usize {
    let mut seen: Vec<char> = Vec::new();
    for c in chars.filter(|c| !c.is_ascii()) {
        if seen.len() < FEW_BYTES && !seen.contains(&c) {
            seen.push(c);
        }
    }
    seen.len()
}

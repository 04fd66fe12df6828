//! Noise, the other explanation of odd text: ciphers, tables of characters, bytes by chance. Any two bytes make an ideograph in some
//! encoding, so that what a chain makes of odd text must be likelier than that the text says nothing.

use std::ops::Range;

use crate::{detect, score};

/// The best score of a part of a text where the character at its open end is text, and where it is noise.
#[derive(Clone, Copy)]
struct State {
    text: f32,
    noise: f32,
}

impl State {
    /// Before a text, which does not begin in the middle of noise.
    const START: State = State { text: 0.0, noise: f32::MIN };
    const END: State = State { text: 0.0, noise: 0.0 };

    /// The part with one more character behind it.
    fn then(self, c: char, score: f32) -> State {
        State {
            text: self.text.max(self.noise) + score,
            noise: self.noise.max(self.text + score::NOISE) + flat(c, score),
        }
    }

    /// The part with one more character before it.
    fn after(self, c: char, score: f32) -> State {
        let (text, noise) = (self.text + score, self.noise + flat(c, score));
        State { text: text.max(noise + score::NOISE), noise: noise.max(text) }
    }

    /// The best score of both parts together.
    fn and(self, behind: State) -> f32 {
        (self.text + behind.text).max(self.noise + behind.noise)
    }
}

/// What a character of such a score costs in noise. ASCII costs the same whatever the rest is.
fn flat(c: char, score: f32) -> f32 {
    if c.is_ascii() && c != '?' { score } else { score.max(detect::noise(c)) }
}

/// What some spans leave of a text, as text and noise.
pub(super) struct Rest<'a> {
    text: &'a [char],
    scores: &'a [f32],
    ahead: Vec<State>,
    behind: Vec<State>,
    /// Whether the text is too short to tell noise from damage.
    is_short: bool,
}

impl<'a> Rest<'a> {
    /// What is left of a text with such scores without some spans, which follow each other.
    pub(super) fn of(text: &'a [char], scores: &'a [f32], spans: impl IntoIterator<Item = Range<usize>>) -> Rest<'a> {
        let mut left = vec![true; text.len()];
        for span in spans {
            left[span].fill(false);
        }
        let (mut ahead, mut behind) = (vec![State::START; text.len() + 1], vec![State::END; text.len() + 1]);
        for i in 0..text.len() {
            ahead[i + 1] = if left[i] { ahead[i].then(text[i], scores[i]) } else { ahead[i] };
        }
        for i in (0..text.len()).rev() {
            behind[i] = if left[i] { behind[i + 1].after(text[i], scores[i]) } else { behind[i + 1] };
        }
        let is_short = text.iter().filter(|c| !c.is_ascii()).count() < LEAST;
        Rest { text, scores, ahead, behind, is_short }
    }

    /// What one of the spans adds to the score if it is left as well, and some of it is likelier noise than text; `f32::MIN` if none is.
    pub(super) fn noise(&self, span: Range<usize>) -> f32 {
        if self.is_short {
            return f32::MIN;
        }
        let (ahead, behind) = (self.ahead[span.start], self.behind[span.end]);
        let with = span.clone().fold(ahead, |state, i| state.then(self.text[i], self.scores[i]));
        let adds = with.and(behind) - ahead.and(behind);
        let text: f32 = self.scores[span].iter().sum();
        if adds > text + ROUNDING { adds } else { f32::MIN }
    }
}

/// A text of fewer characters beyond ASCII is likelier damage: of 1,537 names and labels of two characters 16 stay as they were
/// misread where these may be noise, too.
const LEAST: usize = 6;

/// The same sum in another order may differ by so much.
const ROUNDING: f32 = 0.01;

#[cfg(test)]
mod tests {
    use crate::{Chain, fix_text};

    /// Bytes as good as random, read as a Latin page.
    fn random(length: usize, seed: u64) -> String {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(0xa0 + ((state >> 33) % 0x60) as u8)
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn bytes_by_chance_mostly_stay_as_they_are() {
        let texts = || [20, 40, 100, 300].into_iter().flat_map(|length| (1..10).map(move |seed| random(length, seed)));
        let changed: Vec<String> = texts().filter(|text| fix_text(text) != *text).collect();
        // Some are one letter for another by chance.
        assert!(changed.len() * 6 <= texts().count(), "{changed:?}");
    }

    #[test]
    fn a_text_of_as_few_characters_is_no_noise() {
        let chain: Chain = "gbk as iso-8859-1".parse().expect("a chain");
        for text in ["请先保存文件", "石榴树开满了花，老人坐在树下喝茶", "张建国、李秀英、王海燕"]
        {
            assert_eq!(fix_text(&chain.apply(text).expect("nothing is lost")), text);
        }
    }

    #[test]
    fn what_is_lost_in_noise_is_not_guessed() {
        // Every other character is gone: what is left tells of no bytes.
        let text = "春?过?，?子?的?榴?开?了?。?在?周?之?把?同?回?司?颱?過?漁?裡?船?陸?出?".replace('?', "\u{fffd}");
        assert_eq!(fix_text(&text.repeat(3)), text.repeat(3));
    }
}

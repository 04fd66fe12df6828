//! The character-frequency model.
//!
//! A quantised character n-gram model of order four, read in place. Its bytes hold, section by section (`format`), a table
//! from characters to tokens (`surface`, `kinds`), the probabilities of single tokens, and for two, three and four tokens
//! a static function each (`retrieval`) from the tokens to a probability and a back-off weight.
//!
//! ```text
//! P(c | context) = P(token | the three tokens before) * P(c | token, flags)
//! ```
//!
//! The tables are closed: where an n-gram is held, so is what remains without its first or its last token. A lookup
//! therefore starts with two tokens, lengthens as long as it finds something, and a false hit (the price of fingerprints)
//! must happen at every length to get far.
//!
//! Training is the way back: `survey` reads the characters of a text, `counts` its n-grams, `estimate` and `prune` decide
//! what is kept, `quantise` writes.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::ModelError;
use crate::fast::Weights;

mod counts;
mod estimate;
mod format;
mod grams;
mod kinds;
mod nats;
mod prune;
mod quantise;
mod retrieval;
mod step;
mod surface;
mod survey;
mod tables;
mod train;

use nats::Sum;
pub(crate) use step::{Candidate, Rated};
use surface::Flags;
pub(crate) use surface::Leaning;
use tables::Tables;
pub use train::{Counter, Survey, TrainOptions, TrainReport};

/// The format version of the model files that this crate reads.
pub const MODEL_VERSION: u16 = 3;

/// Bytes that begin with a cache line.
#[repr(align(64))]
struct Aligned<B: ?Sized>(B);

/// Trained by `examples/train_model`; `model/zh.md` says on what.
static ZH: &Aligned<[u8]> = &Aligned(*include_bytes!("model/zh.bin"));

/// A character n-gram model: how probable a text is, character by character.
///
/// The embedded model knows Chinese in both scripts, and enough of some twenty other languages to recognise their text.
/// Models are cheap to clone.
///
/// ```
/// let model = luanma::Model::embedded();
/// let (text, damaged) = (model.likelihood("打开窗户"), model.likelihood("鎵撳紑绐楁埛"));
/// assert!(text.nats() / text.chars() as f64 > damaged.nats() / damaged.chars() as f64);
/// ```
#[derive(Clone)]
pub struct Model {
    tables: Arc<Tables>,
}

/// What precedes a character, as far as the model remembers it: three tokens, their back-off weights, and flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Context {
    /// The last three tokens, 16 bits each, the last one lowest; 0 where there is none. In one number, which is most of the
    /// next key, so that a step is passed on in registers.
    tokens: u64,
    /// Codes of the back-off weights of the last one, two and three tokens.
    backoffs: [u8; 3],
    flags: Flags,
}

/// How probable a text is under a [`Model`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Likelihood {
    chars: usize,
    nats: f64,
    folded: f64,
}

impl Likelihood {
    /// The number of characters, line ends included.
    pub fn chars(&self) -> usize {
        self.chars
    }

    /// The natural logarithm of the text's probability.
    pub fn nats(&self) -> f64 {
        self.nats
    }

    /// The same for folded text: without the choice between traditional and simplified, upper and lower case, fullwidth
    /// and ASCII forms, and between ten digits.
    pub fn folded_nats(&self) -> f64 {
        self.folded
    }
}

impl Model {
    /// The model that comes with the crate. Nothing is read or allocated but its header.
    ///
    /// # Panics
    ///
    /// Never: a test reads the embedded bytes as it would a user's file.
    pub fn embedded() -> Model {
        static EMBEDDED: OnceLock<Model> = OnceLock::new();
        let model = EMBEDDED.get_or_init(|| match Tables::parse(Cow::Borrowed(&ZH.0)) {
            Ok(tables) => Model { tables: Arc::new(tables) },
            Err(error) => unreachable!("the embedded model was tested: {error}"),
        });
        model.clone()
    }

    /// A model from the bytes of a model file.
    ///
    /// # Errors
    ///
    /// Where the bytes are no model, or of another version, or damaged.
    ///
    /// ```
    /// let error = luanma::Model::from_bytes(&b"PK\x03\x04"[..]).unwrap_err();
    /// assert_eq!(error.to_string(), "this is not a luanma model: it starts with [50, 4b, 03, 04]");
    /// ```
    pub fn from_bytes(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Model, ModelError> {
        let bytes = bytes.into();
        let tables = Tables::parse(bytes)?;
        tables.verify()?;
        Ok(Model { tables: Arc::new(tables) })
    }

    /// A model from a file.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read, or as in [`Model::from_bytes`].
    pub fn from_file(path: impl AsRef<Path>) -> Result<Model, ModelError> {
        Model::from_bytes(std::fs::read(path)?)
    }

    /// The bytes that [`Model::from_bytes`] reads.
    pub fn as_bytes(&self) -> &[u8] {
        self.tables.bytes()
    }

    /// How probable a text is, line ends included; the text starts at the beginning of a line.
    ///
    /// ```
    /// let model = luanma::Model::embedded();
    /// assert!(model.likelihood("今天").nats() > model.likelihood("今夭").nats());
    /// ```
    pub fn likelihood(&self, text: &str) -> Likelihood {
        let (mut chars, mut sum, mut folded_sum) = (0, Sum::default(), Sum::default());
        self.tables.steps(self.start(), text.chars(), |nats, folded| {
            chars += 1;
            sum.add(nats);
            folded_sum.add(folded);
        });
        Likelihood { chars, nats: sum.to_f64(), folded: folded_sum.to_f64() }
    }

    /// The context at the beginning of a line.
    pub(crate) fn start(&self) -> Context {
        self.tables.start(Flags::default())
    }

    /// The context after a character that is not known: what was seen of script and width is.
    pub(crate) fn after_unknown(&self, context: &Context) -> Context {
        self.tables.start(context.flags.new_line(false))
    }

    /// ln P(c | context), and the context after it. A line end is a character like others.
    #[inline]
    pub(crate) fn step(&self, context: &Context, c: char) -> (f32, Context) {
        #[cfg(test)]
        crate::bounds::rating();
        self.tables.step(context, c)
    }

    /// ln P(c | context).
    #[inline]
    pub(crate) fn score(&self, context: &Context, c: char) -> f32 {
        #[cfg(test)]
        crate::bounds::rating();
        self.tables.step(context, c).0
    }

    /// ln P of each of the characters of a text, one after the other.
    pub(crate) fn score_text(&self, chars: impl Iterator<Item = char>, mut scored: impl FnMut(f32)) {
        #[cfg(test)]
        let chars = chars.inspect(|_| crate::bounds::rating());
        self.tables.steps(self.start(), chars, |nats, _| scored(nats.to_f32()));
    }

    /// ln P of each of several runs after the same context, each character with whether a run begins with it.
    pub(crate) fn score_runs(
        &self,
        context: &Context,
        chars: impl Iterator<Item = (char, bool)>,
        mut scored: impl FnMut(f32),
    ) {
        #[cfg(test)]
        let chars = chars.inspect(|_| crate::bounds::rating());
        self.tables.runs(*context, chars, |nats, _| scored(nats.to_f32()));
    }

    /// A character that is to be rated in many contexts.
    pub(crate) fn candidate(&self, c: char) -> Candidate {
        self.tables.candidate(c)
    }

    /// Rates each of several characters after the same context.
    pub(crate) fn rate_all(&self, context: &Context, chars: &[Candidate], out: &mut Vec<Rated>) {
        #[cfg(test)]
        chars.iter().for_each(|_| crate::bounds::rating());
        out.clear();
        self.tables.rate_all(context, chars, out);
    }

    /// The context after a character that has been rated after `context`.
    pub(crate) fn after(&self, context: &Context, rated: &Rated) -> Context {
        self.tables.after(context, rated)
    }

    /// The form of a character that simplified text writes; itself where there is no other.
    pub(crate) fn simplified(&self, c: char) -> char {
        self.tables.simplified(c)
    }

    /// Which script a character speaks for.
    pub(crate) fn leaning(&self, c: char) -> Leaning {
        self.tables.chars().leaning(c)
    }

    /// How unusual each character is, for [`fast`](crate::fast).
    pub(crate) fn weights(&self) -> &Weights {
        self.tables.weights()
    }

    /// The likeliest characters past ASCII, the likeliest first: those that are tried where bytes say next to nothing.
    pub(crate) fn common_characters(&self) -> &[char] {
        self.tables.common_characters()
    }

    /// ln P(c) without context: how frequent the character is.
    pub(crate) fn unigram(&self, c: char) -> f32 {
        self.tables.frequency(c)
    }
}

impl Default for Model {
    /// The embedded model.
    fn default() -> Model {
        Model::embedded()
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("bytes", &self.as_bytes().len()).field("tables", &self.tables).finish()
    }
}

impl Context {
    /// Nothing before but the given token.
    fn after(token: u16, backoff: u8, flags: Flags) -> Context {
        Context { tokens: u64::from(token), backoffs: [backoff, 0, 0], flags }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nats(text: &str) -> f64 {
        Model::embedded().likelihood(text).nats()
    }

    #[test]
    fn the_embedded_model_is_sound() {
        let model = Model::from_bytes(&ZH.0).expect("the embedded model passes every check");
        assert!(model.as_bytes().len() <= 6_000_000, "the file must stay small enough to be embedded");
        assert!(size_of::<Context>() <= 16);
    }

    #[test]
    fn probabilities_add_up_to_about_one() {
        let model = Model::embedded();
        let mut nats = 0.0;
        let contexts = ["", "今天", "我們在", "The wea", "これは", "В этом го", "第一百", "嗯，", "数据", "政府的"];
        for before in contexts {
            let context = before.chars().fold(model.start(), |context, c| model.step(&context, c).1);
            let all = (0..=0x3_FFFF).filter_map(char::from_u32).filter(|&c| c != '\r');
            let all = all.filter(|&c| c == '\n' || kinds::kind_of(c).fixed().is_none());
            let sum: f64 = all.map(|c| f64::from(model.score(&context, c)).exp()).sum();
            // Rounding moves the sum both ways; false hits of single tokens add to it.
            assert!((0.8..3.0).contains(&sum), "after {before:?} the probabilities add up to {sum}");
            nats += sum.ln() / contexts.len() as f64;
        }
        assert!(nats.abs() < 0.3, "the sums are off by {nats} nats on average");
    }

    #[test]
    fn scoring_and_stepping_agree() {
        let model = Model::embedded();
        let mut context = model.start();
        for c in "乱码 mojibake\r\n國語、国语\u{FFFD}\u{E000}\n５月5日".chars() {
            let (nats, after) = model.step(&context, c);
            assert_eq!(nats, model.score(&context, c));
            assert!(nats <= 0.0 && nats.is_finite(), "{c:?} {nats}");
            context = after;
        }
    }

    #[test]
    fn many_at_a_time_are_rated_like_one() {
        let model = Model::embedded();
        let text =
            "乱码 mojibake\r\n國語、国语\u{FFFD}\u{E000}\n５月5日，会议由副主任主持；Ещё раз… 今日は晴れ。\n".repeat(5);
        let (mut nats, mut context) = (0.0, model.start());
        for c in text.chars() {
            let (step, after) = model.step(&context, c);
            nats += f64::from(step);
            context = after;
        }
        assert_eq!(model.likelihood(&text).nats(), nats);
        let chars: Vec<char> = text.chars().collect();
        let candidates: Vec<Candidate> = chars.iter().map(|&c| model.candidate(c)).collect();
        let mut all = Vec::new();
        model.rate_all(&context, &candidates, &mut all);
        let is_alike = |(&c, rated): (&char, &Rated)| {
            rated.c == c && (rated.nats, model.after(&context, rated)) == model.step(&context, c)
        };
        assert!(chars.iter().zip(&all).all(is_alike));
        assert_eq!(chars.len(), all.len());
    }

    #[test]
    fn a_line_end_is_one_event_however_it_is_written() {
        let model = Model::embedded();
        let after = |text: &str| text.chars().fold(model.start(), |context, c| model.step(&context, c).1);
        assert_eq!(nats("一行\r\n"), nats("一行\n"));
        assert_eq!(after("一行\n").tokens, model.start().tokens);
        assert_ne!(nats("一行\n\n"), nats("一行\n"));
    }

    #[test]
    fn script_follows_the_text() {
        assert!(nats("這裡有很多國家的") > nats("這裡有很多国家的"));
        assert!(nats("这里有很多国家的") > nats("这里有很多國家的"));
        // The script is kept over the end of a line.
        assert!(nats("這是我們的學校\n國家") > nats("這是我們的學校\n国家"));
    }

    #[test]
    fn width_and_case_follow_the_text() {
        assert!(nats("你好，请坐") > nats("你好,请坐"));
        assert!(nats("hello, sit down") > nats("hello，sit down"));
        assert!(nats("windows") > nats("winDows"));
    }

    #[test]
    fn damage_is_less_probable_than_what_it_was() {
        for (text, damaged) in [
            ("数据库连接失败", "鏁版嵁搴撹繛鎺ュけ璐"),
            ("naïve café", "naÃ¯ve cafÃ©"),
            ("привет, мир", "РїСЂРёРІРµС‚, РјРёСЂ"),
            ("時間がない", "譎る俣縺後↑縺"),
            ("żółta łódź", "Ĺ¼ĂłĹ‚ta Ĺ‚ĂłdĹş"),
        ] {
            assert!(nats(text) > nats(damaged) + 10.0, "{text} {} {damaged} {}", nats(text), nats(damaged));
        }
    }

    #[test]
    fn what_no_text_holds_has_its_fixed_probability() {
        let model = Model::embedded();
        for (c, expected) in
            [('\u{E001}', -14.0), ('\u{85}', -14.0), ('\u{FFFD}', -11.0), ('\u{2}', -12.0), ('\u{FDD0}', -14.0)]
        {
            assert_eq!(model.score(&model.start(), c), expected, "{c:?}");
            assert_eq!(model.unigram(c), expected, "{c:?}");
        }
    }

    #[test]
    fn frequencies_are_those_of_text() {
        let model = Model::embedded();
        assert!(model.unigram('的') > -4.5);
        assert!(model.unigram('的') > model.unigram('鐨'));
        assert!(model.unigram('龘') < -10.0);
    }
}

//! The character-frequency model.
//!
//! A quantised character n-gram model of order four, read in place. Its bytes hold, section by section (`format`), a table
//! from characters to tokens (`surface`, `kinds`), the probabilities of single tokens, and for two, three and four tokens
//! a static function each (`fuse`) from the tokens to a probability and a back-off weight.
//!
//! ```text
//! P(c | context) = P(token | the three tokens before) * P(c | token, flags)
//! ```
//!
//! The tables are closed: where an n-gram is held, so is what remains without its first or its last token. A lookup
//! therefore starts with two tokens, lengthens as long as it finds something, and a false hit (the price of fingerprints)
//! must happen at every length to get far.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::ModelError;

mod counts;
mod estimate;
mod format;
mod fuse;
mod grams;
mod kinds;
mod prune;
mod quantise;
mod surface;
mod survey;
mod tables;
mod train;

use kinds::LINE;
use surface::Flags;
use tables::Tables;
pub use train::{Counter, Survey, TrainOptions, TrainReport};

/// The format version of the model files that this crate reads.
pub const MODEL_VERSION: u16 = 1;

/// Trained by `examples/train_model`; `model/zh.md` says on what.
static ZH: &[u8] = include_bytes!("model/zh.bin");

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
    /// The last three tokens, the last one at the end; 0 where there is none.
    tokens: [u16; 3],
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
        let model = EMBEDDED.get_or_init(|| match Tables::parse(Cow::Borrowed(ZH)) {
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
        let mut sum = Likelihood::default();
        let mut context = self.start();
        for c in text.chars() {
            let (nats, folded, after) = self.tables.step(&context, c);
            sum.chars += 1;
            sum.nats += f64::from(nats);
            sum.folded += f64::from(folded);
            context = after;
        }
        sum
    }

    /// The context at the beginning of a line.
    pub(crate) fn start(&self) -> Context {
        self.tables.start(Flags::default())
    }

    /// ln P(c | context), and the context after it. A line end is a character like others.
    pub(crate) fn step(&self, context: &Context, c: char) -> (f32, Context) {
        let (nats, _, after) = self.tables.step(context, c);
        (nats, after)
    }

    /// ln P(c | context).
    pub(crate) fn score(&self, context: &Context, c: char) -> f32 {
        self.tables.step(context, c).0
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
        Context { tokens: [0, 0, token], backoffs: [backoff, 0, 0], flags }
    }

    fn at_line_start(&self) -> bool {
        self.tokens == [0, 0, LINE]
    }
}

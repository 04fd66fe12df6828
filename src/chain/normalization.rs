//! Normalisation forms as steps of a chain.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

use super::{Composed, by_label};
use crate::ChainError;

/// A form that a later pass normalised text to (Unicode Standard Annex #15). Damaged text is normalised as any other: file systems
/// take `é` apart, and what prepares text for a search engine or a model makes `1⁄4` of `¼`.
///
/// ```
/// # fn main() -> Result<(), luanma::ChainError> {
/// let chain: luanma::Chain = "utf-8 as windows-1252 | text as nfd".parse()?;
/// assert_eq!(chain.apply("开")?, "a\u{30a}¼€");
/// assert_eq!(chain.undo("a\u{30a}¼€")?, "开");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Normalization {
    /// Canonical decomposition: what macOS makes of file names.
    Nfd,
    /// Compatibility decomposition, then canonical composition.
    Nfkc,
    /// Compatibility decomposition.
    Nfkd,
}

impl Normalization {
    /// Every form, in the order of their declaration.
    ///
    /// ```
    /// assert!(luanma::Normalization::ALL.contains(&luanma::Normalization::Nfkc));
    /// ```
    pub const ALL: &'static [Normalization] = {
        use Normalization::*;
        &[Nfd, Nfkc, Nfkd]
    };

    /// The name that [`Step`](crate::Step)s are printed with.
    ///
    /// ```
    /// assert_eq!(luanma::Normalization::Nfkc.label(), "nfkc");
    /// ```
    pub fn label(self) -> &'static str {
        match self {
            Normalization::Nfd => "nfd",
            Normalization::Nfkc => "nfkc",
            Normalization::Nfkd => "nfkd",
        }
    }

    /// Normalises a text.
    pub(crate) fn apply(self, text: &str) -> String {
        match self {
            Normalization::Nfd => text.nfd().collect(),
            Normalization::Nfkc => text.nfkc().collect(),
            Normalization::Nfkd => text.nfkd().collect(),
        }
    }

    /// The likeliest text before; the error is the offset of what is not in the form.
    pub(super) fn undo(self, text: &str) -> Result<String, usize> {
        let composed = Composed::with(text, self != Normalization::Nfd).map_or_else(|| text.to_owned(), |c| c.text);
        let again = self.apply(&composed);
        if again == text {
            return Ok(composed);
        }
        let same = again.chars().zip(text.chars()).take_while(|(a, b)| a == b);
        Err(same.map(|(c, _)| c.len_utf8()).sum())
    }
}

impl fmt::Display for Normalization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}

impl FromStr for Normalization {
    type Err = ChainError;

    fn from_str(s: &str) -> Result<Self, ChainError> {
        by_label(Self::ALL, Self::label, s)
    }
}

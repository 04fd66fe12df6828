//! What happened to a text: a chain of steps, each of which wrote bytes in one encoding and read them in another, showed
//! them in ASCII, or normalised what it had read.

mod composed;
mod normalization;
mod notation;
mod undo;

use std::fmt;
use std::str::FromStr;

use crate::{ChainError, Encoding};

pub(crate) use composed::{Composed, is_accent};
pub use normalization::Normalization;
pub use notation::{ByteNotation, TextNotation};
pub(crate) use notation::{
    byte_escape_at, hex_may_be_in, hex_run_at, hz_run_at, is_byte_escape, is_text_escape, mime_gap_at, slashes,
    text_escape_at, utf7_digit, utf7_introducer, utf7_run_at, word_at,
};

/// One step of damage.
///
/// A step is printed as `W as R`: what was written, and what it was taken for, shown as or made of it.
///
/// ```
/// # fn main() -> Result<(), luanma::ChainError> {
/// use luanma::{ByteNotation, Encoding, Normalization, Step, TextNotation};
///
/// let step = Step::Misread { written: Encoding::Utf8, read: Encoding::Gbk };
/// assert_eq!(step, "utf-8 as gbk".parse()?);
/// let step = Step::Escaped { written: Encoding::Gbk, notation: ByteNotation::Percent };
/// assert_eq!(step, "gbk as percent-escapes".parse()?);
/// let step = Step::Spelled { notation: TextNotation::Html };
/// assert_eq!(step, "text as html-references".parse()?);
/// let step = Step::Normalized { form: Normalization::Nfd };
/// assert_eq!(step, "text as nfd".parse()?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// Characters were written as bytes in one encoding, and those bytes read in another.
    Misread {
        /// The encoding that the bytes were written in.
        written: Encoding,
        /// The encoding that they were read in.
        read: Encoding,
    },
    /// Characters were written as bytes, and those bytes shown in ASCII.
    Escaped {
        /// The encoding that the bytes were written in.
        written: Encoding,
        /// How they were shown.
        notation: ByteNotation,
    },
    /// Characters were spelled out in ASCII.
    Spelled {
        /// How they were spelled.
        notation: TextNotation,
    },
    /// Characters were normalised.
    Normalized {
        /// The form that they were brought to.
        form: Normalization,
    },
}

/// Steps of damage in the order in which they happened.
///
/// ```
/// # fn main() -> Result<(), luanma::ChainError> {
/// let chain: luanma::Chain = "utf-8 as windows-1252 | utf-8 as gbk".parse()?;
/// assert_eq!(chain.undo(&chain.apply("乱码")?)?, "乱码");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Chain {
    steps: Vec<Step>,
}

impl Chain {
    /// A chain of the given steps, the first damage first.
    pub fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Chain { steps: steps.into_iter().collect() }
    }

    /// The steps, the first damage first.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether all of the texts were written in UTF-8.
    pub(crate) fn is_utf8(&self) -> bool {
        self.steps().iter().all(|step| step.encodings().is_some_and(|s| s.written == Encoding::Utf8))
    }

    /// The encoding that the text was read in last.
    pub(crate) fn last_reader(&self) -> Option<Encoding> {
        self.steps().last()?.encodings().map(|step| step.read)
    }

    /// Whether UTF-16 was read in another encoding: then there are no parts that another chain damaged.
    pub(crate) fn writes_utf16(&self) -> bool {
        let mut misread = self.steps().iter().filter_map(|step| step.encodings());
        misread.any(|s| s.written.is_utf16() && !s.read.is_utf16())
    }

    /// Whether all was read in the encoding that it was written in: only lost bytes did harm.
    pub(crate) fn is_shift(&self) -> bool {
        self.steps().iter().all(|step| step.encodings().is_some_and(|s| s.written == s.read))
    }

    /// Inflicts the damage.
    ///
    /// ```
    /// # fn main() -> Result<(), luanma::ChainError> {
    /// let chain: luanma::Chain = "utf-8 as gbk".parse()?;
    /// assert_eq!(chain.apply("编码")?, "缂栫爜");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Where a step's encoding lacks a character or rejects the bytes. The error's offset is that of a character in the
    /// text that reached the step.
    pub fn apply(&self, text: &str) -> Result<String, ChainError> {
        let mut text = text.to_owned();
        for (index, step) in self.steps.iter().enumerate() {
            text = step.apply(&text).map_err(|offset| self.unmappable(index, offset))?;
        }
        Ok(text)
    }

    /// Undoes the damage, the last step first.
    ///
    /// Applying the chain to the result gives `text` again, if anything does. Nearly always only one text does; where there
    /// are more, because a character has several byte forms and the written encoding accepts more than one of them, the
    /// usual forms win; what was normalised is composed.
    ///
    /// ```
    /// # fn main() -> Result<(), luanma::ChainError> {
    /// let chain: luanma::Chain = "utf-8 as gbk".parse()?;
    /// assert_eq!(chain.undo("缂栫爜")?, "编码");
    /// assert!(chain.undo("编码").is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Where a character has no bytes in the step's reader, or the bytes are malformed in its writer. The error's offset is
    /// that of a character in the text that reached the step.
    pub fn undo(&self, text: &str) -> Result<String, ChainError> {
        let mut text = text.to_owned();
        let mut end = self.steps.len();
        while let Some(step) = self.steps[..end].last() {
            let mut start = end - 1;
            text = match *step {
                Step::Misread { .. } => {
                    // As many as can be undone together.
                    let mut group: Vec<Misreading> =
                        self.steps[..end].iter().rev().map_while(|s| s.encodings()).take(undo::TOGETHER).collect();
                    group.reverse();
                    start = end - group.len();
                    undo::undo(&group, &text).map_err(|(i, offset)| self.unmappable(start + i, offset))?
                }
                Step::Escaped { written, notation } => {
                    notation.undo(written, &text).map_err(|offset| self.unmappable(start, offset))?
                }
                Step::Spelled { notation } => notation.read(&text).map_err(|offset| self.unmappable(start, offset))?,
                Step::Normalized { form } => form.undo(&text).map_err(|offset| self.unmappable(start, offset))?,
            };
            end = start;
        }
        Ok(text)
    }

    /// Undoes the damage where the usual form of each character does: both directions then run at full speed. Nothing for
    /// escapes.
    pub(crate) fn undo_usual(&self, text: &str) -> Option<String> {
        let steps: Vec<Misreading> = self.steps.iter().map(|step| step.encodings()).collect::<Option<_>>()?;
        undo::usual(&steps, text)
    }

    fn unmappable(&self, index: usize, offset: usize) -> ChainError {
        ChainError::Unmappable { index, step: self.steps[index].to_string(), offset }
    }
}

impl Step {
    /// The encoding that bytes were written in; spelling characters out or normalising them needs none.
    ///
    /// ```
    /// # fn main() -> Result<(), luanma::ChainError> {
    /// let step: luanma::Step = "big5 as backslash-x".parse()?;
    /// assert_eq!(step.written(), Some(luanma::Encoding::Big5));
    /// # Ok(())
    /// # }
    /// ```
    pub fn written(self) -> Option<Encoding> {
        match self {
            Step::Misread { written, .. } | Step::Escaped { written, .. } => Some(written),
            Step::Spelled { .. } | Step::Normalized { .. } => None,
        }
    }

    /// The two encodings of a misreading.
    pub(crate) fn encodings(self) -> Option<Misreading> {
        match self {
            Step::Misread { written, read } => Some(Misreading { written, read }),
            Step::Escaped { .. } | Step::Spelled { .. } | Step::Normalized { .. } => None,
        }
    }

    /// Writes and reads; the error is an offset in `text`.
    fn apply(self, text: &str) -> Result<String, usize> {
        match self {
            Step::Misread { written, read } => {
                let bytes = written.encode(text)?;
                read.decode(&bytes).ok_or_else(|| written.character_at(text, read.decode_prefix(&bytes).1))
            }
            Step::Escaped { written, notation } => Ok(notation.show(written, &written.encode(text)?)),
            Step::Spelled { notation } => notation.show(text),
            Step::Normalized { form } => Ok(form.apply(text)),
        }
    }
}

/// What [`Step::Misread`] holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Misreading {
    pub(crate) written: Encoding,
    pub(crate) read: Encoding,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Misread { written, read } => write!(f, "{written} as {read}"),
            Step::Escaped { written, notation } => write!(f, "{written} as {notation}"),
            Step::Spelled { notation } => write!(f, "{TEXT} as {notation}"),
            Step::Normalized { form } => write!(f, "{TEXT} as {form}"),
        }
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.steps.iter().enumerate() {
            if i > 0 {
                f.write_str(" | ")?;
            }
            step.fmt(f)?;
        }
        Ok(())
    }
}

/// Stands for the encoding where no bytes are written.
const TEXT: &str = "text";

/// The encodings' labels with `as` between them; a notation or a form takes the place of the second, and `text` that of the
/// first where characters are spelled out or normalised.
///
/// ```
/// # fn main() -> Result<(), luanma::ChainError> {
/// let step: luanma::Step = "UTF8 as cp1252".parse()?;
/// assert_eq!(step.to_string(), "utf-8 as windows-1252");
/// # Ok(())
/// # }
/// ```
impl FromStr for Step {
    type Err = ChainError;

    fn from_str(s: &str) -> Result<Self, ChainError> {
        let mut words = s.split_whitespace();
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some(written), Some(between), Some(read), None) if between.eq_ignore_ascii_case("as") => {
                if written.eq_ignore_ascii_case(TEXT) {
                    return match read.parse() {
                        Ok(form) => Ok(Step::Normalized { form }),
                        Err(_) => Ok(Step::Spelled { notation: read.parse()? }),
                    };
                }
                let written = written.parse()?;
                match read.parse() {
                    Ok(notation) => Ok(Step::Escaped { written, notation }),
                    Err(_) => Ok(Step::Misread { written, read: read.parse()? }),
                }
            }
            _ => Err(ChainError::NotAStep(s.trim().to_owned())),
        }
    }
}

/// The one of some that has a label, whatever its case.
fn by_label<T: Copy>(all: &[T], label: impl Fn(T) -> &'static str, s: &str) -> Result<T, ChainError> {
    let is_meant = |one: &T| label(*one).eq_ignore_ascii_case(s.trim());
    all.iter().copied().find(is_meant).ok_or_else(|| ChainError::UnknownEncoding(s.to_owned()))
}

/// Steps with `|` between them; nothing at all is the chain without steps.
impl FromStr for Chain {
    type Err = ChainError;

    fn from_str(s: &str) -> Result<Self, ChainError> {
        if s.trim().is_empty() {
            return Ok(Chain::default());
        }
        Ok(Chain { steps: s.split('|').map(str::parse).collect::<Result<_, _>>()? })
    }
}

/// Steps and chains are stored as they are printed: people read and edit them.
#[cfg(feature = "serde")]
mod as_text {
    use std::borrow::Cow;

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::{Chain, Step};

    impl Serialize for Step {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(self)
        }
    }

    impl<'de> Deserialize<'de> for Step {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
        }
    }

    impl Serialize for Chain {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(self)
        }
    }

    impl<'de> Deserialize<'de> for Chain {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
        }
    }
}

#[cfg(test)]
mod tests;

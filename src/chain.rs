//! What happened to a text: a chain of steps, each of which wrote bytes in one encoding and read them in another.

mod undo;

use std::fmt;
use std::str::FromStr;

use crate::{ChainError, Encoding};

/// One step of damage: characters were written as bytes in one encoding, and those bytes read in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// The encoding that the bytes were written in.
    pub written: Encoding,
    /// The encoding that they were read in.
    pub read: Encoding,
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
            text = step.apply(&text).map_err(|offset| step.unmappable(index, offset))?;
        }
        Ok(text)
    }

    /// Undoes the damage, the last step first.
    ///
    /// Applying the chain to the result gives `text` again, if anything does. Nearly always only one text does; where there
    /// are more, because a character has several byte forms and the written encoding accepts more than one of them, the
    /// usual forms win.
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
        for group in self.steps.rchunks(undo::TOGETHER) {
            let start = end - group.len();
            text = undo::undo(group, &text).map_err(|(i, offset)| group[i].unmappable(start + i, offset))?;
            end = start;
        }
        Ok(text)
    }
}

impl Step {
    /// Writes and reads; the error is an offset in `text`.
    fn apply(self, text: &str) -> Result<String, usize> {
        let bytes = self.written.encode(text)?;
        match self.read.decode(&bytes) {
            Some(read) => Ok(read),
            None => Err(self.written.character_at(text, self.read.decode_prefix(&bytes).1)),
        }
    }

    fn unmappable(self, index: usize, offset: usize) -> ChainError {
        ChainError::Unmappable { index, step: self.to_string(), offset }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as {}", self.written, self.read)
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

/// The encodings' labels with `as` between them.
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
                Ok(Step { written: written.parse()?, read: read.parse()? })
            }
            _ => Err(ChainError::NotAStep(s.trim().to_owned())),
        }
    }
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

//! What happened to a text: a chain of steps, each of which wrote bytes in one encoding and read them in another.

use std::fmt;
use std::str::FromStr;

use crate::{ChainError, Encoding};

/// One step of damage: characters were written as bytes in one encoding, and those bytes read in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
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
    /// # Errors
    ///
    /// Where a step's encoding lacks a character or rejects the bytes.
    pub fn apply(&self, _text: &str) -> Result<String, ChainError> {
        unimplemented!()
    }

    /// Undoes the damage, the last step first.
    ///
    /// # Errors
    ///
    /// Where a character has no bytes in the step's reader, or the bytes are malformed in its writer.
    pub fn undo(&self, _text: &str) -> Result<String, ChainError> {
        unimplemented!()
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

impl FromStr for Chain {
    type Err = ChainError;

    fn from_str(_s: &str) -> Result<Self, ChainError> {
        unimplemented!()
    }
}

//! Encodings as relations between bytes and characters.

use std::fmt;
use std::str::FromStr;

use crate::ChainError;

/// An encoding that text can be written or read in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum Encoding {
    /// UTF-8.
    Utf8,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("utf-8")
    }
}

impl FromStr for Encoding {
    type Err = ChainError;
    fn from_str(s: &str) -> Result<Self, ChainError> {
        Err(ChainError::UnknownEncoding(s.to_owned()))
    }
}

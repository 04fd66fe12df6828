//! The character-frequency model.

/// The format version of the model files that this crate reads.
pub const MODEL_VERSION: u16 = 1;

/// A character n-gram model.
#[derive(Clone, Debug)]
pub struct Model {}

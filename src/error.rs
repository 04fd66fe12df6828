//! What can go wrong: configuration, replay and model files. Repair itself never fails.

/// A [`Chain`](crate::Chain) that could not be read or replayed.
///
/// ```
/// let error = "utf-8 as nonsense".parse::<luanma::Chain>().unwrap_err();
/// assert_eq!(error.to_string(), "\"nonsense\" is not an encoding that luanma knows");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// The label names no encoding.
    #[error("{0:?} is not an encoding that luanma knows")]
    UnknownEncoding(String),
    /// The text is not of the form `W as R | W as R`.
    #[error("{0:?} is not a step; write for example \"utf-8 as gbk\"")]
    NotAStep(String),
    /// A step cannot represent or decode the text that reached it.
    #[error("step {index} ({step}) cannot be applied at byte {offset} of what reached it")]
    Unmappable {
        /// The step's place in the chain, the first damage being 0.
        index: usize,
        /// The step.
        step: String,
        /// Byte offset in the text or bytes that reached the step.
        offset: usize,
    },
}

/// A model file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The file does not start with the model format's magic bytes.
    #[error("this is not a luanma model: it starts with {found:02x?}")]
    NotAModel {
        /// The first bytes found.
        found: Vec<u8>,
    },
    /// The format's version is another than the one this crate reads.
    #[error("model format {found}, but this version of luanma reads format {expected}")]
    Version {
        /// The version in the file.
        found: u16,
        /// The version this crate reads.
        expected: u16,
    },
    /// A section does not fit into the file or contradicts another.
    #[error("the model is damaged: {0}")]
    Damaged(String),
    /// The size asked of training does not hold the characters of the text.
    #[error("a model of {asked} bytes was asked for, but this text needs at least {needed}")]
    TooSmall {
        /// The size asked for.
        asked: usize,
        /// The size of the smallest model that could be made.
        needed: usize,
    },
    /// The file could not be read, or temporary files not be written.
    #[error("cannot read or write: {0}")]
    Io(#[from] std::io::Error),
}

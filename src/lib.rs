//! Gives damaged text back.

mod beyond;
mod bytes;
mod chain;
mod codec;
mod detect;
mod error;
mod escape;
mod fixer;
mod lattice;
mod model;
mod overlay;
mod reading;
mod repair;
mod report;
mod restore;
mod score;
mod script;
mod search;
mod select;

pub use chain::{ByteNotation, Chain, Step, TextNotation};
pub use codec::Encoding;
pub use error::{ChainError, ModelError};
pub use fixer::{
    Annotations, Fixer, FixerBuilder, LossPolicy, Script, fix_and_explain, fix_bytes, fix_text, is_suspicious,
};
pub use model::{Counter, Likelihood, MODEL_VERSION, Model, Survey, TrainOptions, TrainReport};
pub use repair::{Loss, LossKind, Repair, SpanRepair, Verdict};

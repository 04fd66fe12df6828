//! A bug in the library costs one text, not the run.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// The library panicked, which it promises not to.
#[derive(Debug, thiserror::Error)]
#[error("luanma failed on this text, which is a bug in luanma; please report it")]
pub(crate) struct Bug;

/// Runs the work; a panic becomes an error. Nothing is shared with the work but the immutable repairer.
pub(crate) fn guarded<R>(work: impl FnOnce() -> R) -> Result<R, Bug> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| Bug)
}

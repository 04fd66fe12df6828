//! A bug in the library costs one text, not the run.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs the work; a panic becomes an error. Nothing is shared with the work but the immutable repairer.
pub(crate) fn guarded<R>(work: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| "luanma failed on this text, which is a bug in luanma; please report it".to_owned())
}

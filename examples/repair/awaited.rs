//! Stands in for `Model::from_bytes` until the library has it; an inherent function of that name takes precedence.
use luanma::{Model, ModelError};
pub(crate) trait Awaited: Sized {
    fn from_bytes(_bytes: Vec<u8>) -> Result<Self, ModelError> {
        Err(ModelError::Damaged("models cannot be loaded yet".to_owned()))
    }
}
impl Awaited for Model {}

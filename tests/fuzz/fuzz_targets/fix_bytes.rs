//! Any bytes give a text and a sound report.

#![no_main]

#[path = "../../laws/sound.rs"]
#[allow(dead_code)]
mod sound;

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(bytes) = luanma_fuzz::bytes(&mut Unstructured::new(data)) else { return };
    luanma_fuzz::show(&bytes);
    let repair = luanma::fix_bytes(&bytes);
    sound::bytes_are_sound(&bytes, &repair);
    sound::streams_as_whole(&luanma::Fixer::default(), &bytes);
    sound::replays(repair.source_text(), &repair);
});

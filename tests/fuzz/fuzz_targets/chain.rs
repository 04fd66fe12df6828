//! Any label is a chain or refused; a chain does what it says, and undoes it.

#![no_main]

#[path = "../../laws/sound.rs"]
#[allow(dead_code)]
mod sound;

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use luanma::Chain;

fuzz_target!(|data: &[u8]| {
    let mut u = Unstructured::new(data);
    let Ok(any) = u.ratio(1, 8) else { return };
    let chain = if any {
        let Ok(label) = String::arbitrary(&mut u) else { return };
        let Ok(chain) = label.parse::<Chain>() else { return };
        chain
    } else {
        let Ok(chain) = luanma_fuzz::chain(&mut u) else { return };
        chain
    };
    if let Ok(text) = luanma_fuzz::text(&mut u) {
        luanma_fuzz::show(&(&chain, &text));
        sound::chain_is_sound(&chain, &text);
    }
});

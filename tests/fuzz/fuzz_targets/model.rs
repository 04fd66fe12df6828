//! Any bytes are a model or refused, and a model that is taken can be used. Most inputs are changes of a small model, with
//! the checksum mended: anything else ends at the checksum.

#![no_main]

#[path = "../../laws/sound.rs"]
#[allow(dead_code)]
mod sound;

use std::sync::OnceLock;

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use luanma::{Model, TrainOptions};

/// Where the checksum stands, and where what it covers begins.
const CHECKSUM: std::ops::Range<usize> = 12..16;

fn small() -> &'static [u8] {
    static SMALL: OnceLock<Vec<u8>> = OnceLock::new();
    SMALL.get_or_init(|| {
        let text = "天地人，山水火。\n今天天气很好，我们去山上看水。\nThe small café, 4 p.m.\n".repeat(3);
        let model = Model::train([text.as_str()], TrainOptions::default()).expect("a small text makes a small model");
        model.as_bytes().to_vec()
    })
}

fn changed(u: &mut Unstructured<'_>) -> arbitrary::Result<Vec<u8>> {
    let mut bytes = small().to_vec();
    for _ in 0..u.int_in_range(0..=8)? {
        if bytes.is_empty() {
            break;
        }
        let at = u.int_in_range(0..=bytes.len() - 1)?;
        match u.int_in_range(0..=5)? {
            0 => bytes.truncate(at),
            1 => _ = bytes.remove(at),
            2 => bytes.insert(at, u.arbitrary()?),
            _ => bytes[at] = u.arbitrary()?,
        }
    }
    if bytes.len() >= CHECKSUM.end {
        let crc = !bytes[CHECKSUM.end..].iter().fold(!0u32, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |crc, _| crc >> 1 ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 })
        });
        bytes[CHECKSUM].copy_from_slice(&crc.to_le_bytes());
    }
    Ok(bytes)
}

fuzz_target!(|data: &[u8]| {
    let mut u = Unstructured::new(data);
    match u.ratio(1, 8) {
        Ok(true) => sound::model_is_sound(u.take_rest().to_vec()),
        Ok(false) => sound::model_is_sound(changed(&mut u).unwrap_or_default()),
        Err(_) => {}
    }
});

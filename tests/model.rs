//! Model files and training, seen from outside.

use std::sync::OnceLock;

use luanma::{MODEL_VERSION, Model, ModelError, TrainOptions};

/// Text that looks a little like language: words of a small made-up vocabulary, the frequent ones often.
fn text() -> String {
    let stock: Vec<char> =
        "天地人山水火木金土日月星雲風雨花草鳥魚犬馬牛羊國学書语門車東西南北中上下左右大小，。".chars().collect();
    let mut state = 12_345_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as usize) % below
    };
    let mut text = String::new();
    for _ in 0..4000 {
        let length = 3 + random(20);
        let mut last = random(stock.len());
        for _ in 0..length {
            text.push(stock[last]);
            // Two in three characters follow from the last one.
            last = if random(3) > 0 { (last * 7 + 3) % stock.len() } else { random(stock.len()) };
        }
        text.push('\n');
    }
    text
}

/// A small model of that text.
fn small() -> &'static Model {
    static SMALL: OnceLock<Model> = OnceLock::new();
    SMALL.get_or_init(|| {
        let text = text();
        let mut options = TrainOptions::default();
        options.max_bytes = 60_000;
        Model::train([text.as_str()], options).expect("60 kB are enough for fifty characters")
    })
}

/// The checksum that a file says it has.
fn checksum(bytes: &[u8]) -> u32 {
    u32::from_le_bytes([bytes[12], bytes[13], bytes[14], bytes[15]])
}

#[test]
fn equal_text_gives_equal_bytes() {
    let again = {
        let text = text();
        let mut options = TrainOptions::default();
        options.max_bytes = 60_000;
        Model::train([text.as_str()], options).expect("as before")
    };
    assert!(again.as_bytes() == small().as_bytes());
    assert_eq!(format!("{:08x}", checksum(small().as_bytes())), SMALL_CRC);
}

/// Recorded; another value means that models trained before can no longer be made again.
const SMALL_CRC: &str = "ffa3dfac";

#[test]
fn a_trained_model_knows_its_text() {
    let lines = text();
    let line = lines.lines().next().expect("there are lines");
    let backwards: String = line.chars().rev().collect();
    assert!(small().likelihood(line).nats() > small().likelihood(&backwards).nats());
    assert!(small().as_bytes().len() <= 60_000);
}

#[test]
fn a_size_that_cannot_be_met_is_an_error() {
    let mut options = TrainOptions::default();
    options.max_bytes = 100;
    let error = Model::train(["一二三\n"], options).unwrap_err();
    assert!(matches!(error, ModelError::TooSmall { asked: 100, .. }), "{error}");
}

#[test]
fn empty_text_gives_an_empty_model() {
    let model = Model::train([""], TrainOptions::default()).expect("nothing is enough for nothing");
    assert!(model.likelihood("什么").nats() < 0.0);
}

#[test]
fn what_was_written_can_be_read() {
    let bytes = small().as_bytes().to_vec();
    let model = Model::from_bytes(bytes).expect("nothing was changed");
    assert_eq!(model.likelihood("天地人，"), small().likelihood("天地人，"));
}

#[test]
fn foreign_files_are_refused() {
    for foreign in [&b""[..], b"\x89PNG\r\n\x1a\n....", "乱码乱码乱码".as_bytes()] {
        let error = Model::from_bytes(foreign).unwrap_err();
        assert!(matches!(error, ModelError::NotAModel { .. }), "{error}");
    }
    let mut bytes = small().as_bytes().to_vec();
    bytes[8] = 99;
    let error = Model::from_bytes(bytes).unwrap_err();
    assert_eq!(error.to_string(), format!("model format 99, but this version of luanma reads format {MODEL_VERSION}"));
    assert!(matches!(Model::from_file("no such file").unwrap_err(), ModelError::Io(_)));
}

#[test]
fn truncated_files_are_refused() {
    let bytes = small().as_bytes();
    for length in (0..bytes.len()).step_by(997).chain(0..200) {
        let error = Model::from_bytes(bytes[..length].to_vec()).unwrap_err();
        assert!(!error.to_string().is_empty(), "{length}");
    }
}

#[test]
fn one_flipped_bit_is_found() {
    let bytes = small().as_bytes();
    for at in (0..bytes.len()).step_by(2003).chain(0..300) {
        let mut bad = bytes.to_vec();
        bad[at] ^= 1 << (at % 8);
        assert!(Model::from_bytes(bad).is_err(), "byte {at}");
    }
}

#[test]
fn damage_with_a_right_checksum_never_panics() {
    let bytes = small().as_bytes();
    // Some bytes of header, head and codes, fewer of the rest; the checksum mended, so that only the checks of contents stand.
    for at in (16..1200).step_by(11).chain((1200..bytes.len()).step_by(997)) {
        for value in [0x00, 0x7F, 0xFF] {
            let mut bad = bytes.to_vec();
            bad[at] = value;
            let crc = crc32(&bad[16..]);
            bad[12..16].copy_from_slice(&crc.to_le_bytes());
            if let Ok(model) = Model::from_bytes(bad) {
                assert!(!model.likelihood("天地人Ａb7，國国\u{E000}\r\n𠀀").nats().is_nan(), "byte {at}");
            }
        }
    }
}

/// CRC-32, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| crc >> 1 ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 })
    })
}

#[test]
fn models_can_be_shared_between_threads() {
    fn shared<T: Clone + Send + Sync + std::fmt::Debug>(_: &T) {}
    shared(small());
    assert_eq!(Model::default().as_bytes().len(), Model::embedded().as_bytes().len());
}

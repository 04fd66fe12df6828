//! Any stream of lines is answered line by line, by the very code of `examples/repair`.

#![no_main]
#![allow(dead_code)]

#[path = "../../../examples/repair/guard.rs"]
mod guard;
#[path = "../../../examples/repair/jsonl.rs"]
mod jsonl;
#[path = "../../../examples/repair/log.rs"]
mod log;
#[path = "../../../examples/repair/output.rs"]
mod output;
#[path = "../../../examples/repair/pipeline.rs"]
mod pipeline;
#[path = "../../../examples/repair/report.rs"]
mod report;
#[path = "../../../examples/repair/visible.rs"]
mod visible;

use std::io::Cursor;
use std::sync::Arc;

use arbitrary::Unstructured;
use base64::Engine;
use jsonl::{Batch, Lined, Place, answer_all};
use libfuzzer_sys::fuzz_target;
use luanma::Fixer;
use serde_json::json;

/// Identifiers come back as they were, numbers that no program can hold included; so that they are not read here.
#[derive(serde::Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    error: Option<std::borrow::Cow<'a, str>>,
    #[serde(borrow)]
    text: Option<std::borrow::Cow<'a, str>>,
}

/// Lines of questions, some of them whole, some broken.
fn lines(u: &mut Unstructured<'_>) -> arbitrary::Result<Vec<u8>> {
    let mut lines = Vec::new();
    for _ in 0..u.int_in_range(0..=4)? {
        let question = match u.int_in_range(0..=3)? {
            0 => json!({"id": u.arbitrary::<i64>()?, "text": luanma_fuzz::text(u)?}),
            1 => json!({"bytes": base64::prelude::BASE64_STANDARD.encode(luanma_fuzz::bytes(u)?)}),
            2 => json!({"id": u.arbitrary::<String>()?, "bytes": u.arbitrary::<String>()?}),
            _ => json!([u.arbitrary::<String>()?, null, {"text": 1}]),
        };
        let mut line = question.to_string().into_bytes();
        if u.ratio(1, 4)? && !line.is_empty() {
            let at = u.int_in_range(0..=line.len() - 1)?;
            line[at] = u.arbitrary()?;
        }
        lines.append(&mut line);
        lines.extend_from_slice(u.choose(&[&b"\n"[..], b"\r\n", b"\n\n", b""])?);
    }
    Ok(lines)
}

fuzz_target!(|data: &[u8]| {
    let mut u = Unstructured::new(data);
    let stream = match u.ratio(1, 3) {
        Ok(true) => u.take_rest().to_vec(),
        Ok(false) => lines(&mut u).unwrap_or_default(),
        Err(_) => return,
    };
    luanma_fuzz::show(&String::from_utf8_lossy(&stream));
    let start = if stream.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let asked = stream[start..].split(|&b| b == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
    let mut answers = Vec::new();
    let log = log::Log::new(true);
    let fixer = Fixer::default();
    let mut lined = Lined::over(Place::Stdin, Box::new(Cursor::new(stream)));
    while let Some(lines) = lined.batch().expect("memory can be read") {
        answers.append(&mut answer_all(&fixer, &Batch { place: Arc::clone(&lined.place), lines }, &log).lines);
    }
    let mut answered = 0;
    for line in answers.split(|&b| b == b'\n').filter(|line| !line.is_empty()) {
        let answer: Answer<'_> = serde_json::from_slice(line).expect("an answer is JSON");
        assert!(answer.error.is_some() != answer.text.is_some(), "{}", String::from_utf8_lossy(line));
        answered += 1;
    }
    assert_eq!(answered, asked, "one answer a line");
});

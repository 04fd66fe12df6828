//! Cases by hand: what must come back, what must stay, and what does not work yet.
//!
//! All text is our own, damaged by code. `tests/cases/*.toml` say of each case what was done and why it is there.

use std::borrow::Cow;
use std::path::Path;

use luanma::Chain;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// The damaged text; or else `bytes`.
    input: Option<String>,
    /// Bytes of unknown encoding, hexadecimal.
    bytes: Option<String>,
    /// What is to come out; the input itself unless told.
    expected: Option<String>,
    /// What was done to `expected`; for `bytes`, the encoding they are in.
    #[serde(default)]
    chain: String,
    /// Whether something was lost besides, so that doing it again does not give the input.
    #[serde(default)]
    losses: bool,
    why: String,
}

impl Case {
    fn bytes(&self) -> Option<Vec<u8>> {
        let hex = self.bytes.as_deref()?;
        let byte = |i: usize| u8::from_str_radix(&hex[i..i + 2], 16).expect("bytes are hexadecimal");
        Some((0..hex.len()).step_by(2).map(byte).collect())
    }

    fn input(&self) -> &str {
        self.input.as_deref().unwrap_or_default()
    }

    fn expected(&self) -> &str {
        self.expected.as_deref().unwrap_or(self.input())
    }

    fn output(&self) -> String {
        match self.bytes() {
            Some(bytes) => luanma::fix_bytes(&bytes).text().to_owned(),
            None => luanma::fix_text(self.input()).into_owned(),
        }
    }
}

fn load(name: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name).with_extension("toml");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str::<Cases>(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())).case
}

/// Fails with all complaints at once: one more line of a list says more than the first of many.
#[track_caller]
fn none(what: &str, complaints: Vec<String>) {
    assert!(complaints.is_empty(), "{} {what}:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn damage_is_undone() {
    let wrong = |case: &Case| {
        let output = case.output();
        let told =
            || format!("{}: {:?} gave {output:?}, not {:?} ({})", case.name, case.input(), case.expected(), case.why);
        (output != case.expected()).then(told)
    };
    none("cases are not repaired", load("synthetic").iter().filter_map(wrong).collect());
}

#[test]
fn text_that_is_meant_stays() {
    let harmed = |case: &Case| match luanma::fix_text(case.input()) {
        Cow::Borrowed(text) if text == case.input() => None,
        output => Some(format!("{}: {:?} became {output:?} ({})", case.name, case.input(), case.why)),
    };
    none("texts are harmed", load("negative").iter().filter_map(harmed).collect());
}

/// Improvements are not to go unnoticed, nor to be lost again: what starts to pass is to be held.
#[test]
fn known_failures_fail() {
    let passes = |case: &Case| {
        let home = if case.expected.is_some() { "synthetic" } else { "negative" };
        (case.output() == case.expected()).then(|| format!("{}: move it to tests/cases/{home}.toml", case.name))
    };
    none("known failures pass now, which is good", load("known-failures").iter().filter_map(passes).collect());
}

/// The cases themselves are sound: an input is what its chain makes of the original.
#[test]
fn inputs_are_what_was_done() {
    let mut wrong = Vec::new();
    for case in load("synthetic") {
        if let Some(bytes) = case.bytes() {
            let encoding: luanma::Encoding = case.chain.parse().expect("an encoding is named");
            let written = Chain::new([luanma::Step::Misread { written: encoding, read: luanma::Encoding::Iso8859_1 }]);
            let as_latin1: String = bytes.iter().map(|&b| char::from(b)).collect();
            if written.apply(case.expected()).ok() != Some(as_latin1) {
                wrong.push(case.name);
            }
        } else if !case.losses {
            let chain: Chain = case.chain.parse().expect("a chain is named");
            // Local damage is undone where it is: what surrounds it is no work of the chain.
            let (before, damaged, original) = apart(case.input(), case.expected());
            if !around(damaged, original, case.input(), case.expected(), before, &chain) {
                wrong.push(case.name);
            }
        }
    }
    none("inputs are not what the chain gives", wrong);
}

/// The bytes that both texts start with, and what differs in each.
fn apart<'a>(input: &'a str, expected: &'a str) -> (usize, &'a str, &'a str) {
    let same = input.chars().zip(expected.chars()).take_while(|(a, b)| a == b);
    let head: usize = same.map(|(c, _)| c.len_utf8()).sum();
    let (a, b) = (&input[head..], &expected[head..]);
    let same = a.chars().rev().zip(b.chars().rev()).take_while(|(a, b)| a == b);
    let tail: usize = same.map(|(c, _)| c.len_utf8()).sum();
    (head, &a[..a.len() - tail], &b[..b.len() - tail])
}

/// Whether the chain makes the damaged part of the original one, with as much of what surrounds it as it needs: characters
/// that the damage happens to leave alone are counted as surroundings by [`apart`].
fn around(damaged: &str, original: &str, input: &str, expected: &str, before: usize, chain: &Chain) -> bool {
    chain.apply(expected).as_deref() == Ok(input)
        || chain.apply(original).as_deref() == Ok(damaged)
        || expected[..before].char_indices().rev().any(|(at, _)| {
            let (from, to) = (&expected[at..before], &input[at..before]);
            chain.apply(&format!("{from}{original}")).is_ok_and(|made| made == format!("{to}{damaged}"))
        })
}

#[test]
fn names_are_given_once() {
    let mut seen = std::collections::HashSet::new();
    for case in ["synthetic", "negative", "known-failures"].into_iter().flat_map(load) {
        assert!(!case.why.is_empty(), "{}", case.name);
        assert!(case.input.is_some() != case.bytes.is_some(), "{}", case.name);
        assert!(seen.insert(case.name.clone()), "{} stands twice", case.name);
    }
}

//! The files in `examples/data`, which the README's first command repairs.
//!
//! `damaged.txt` is an invented article, damaged as the pages are that started this project: on its GBK bytes each
//! simplified character became its traditional one, the readings of the sixty commonest characters of a list were inserted
//! in brackets, and the stream was cut before the bytes of 。！？；、， with probability 0.65, matches across two characters
//! included; each piece was read as cp936, and fullwidth ASCII became ASCII. Of ten runs with different random numbers the
//! library undoes all; the one with the most damage was taken.

use std::borrow::Cow;

use luanma::{LossKind, Verdict};

const DAMAGED: &str = include_str!("../examples/data/damaged.txt");
const RESTORED: &str = include_str!("../examples/data/restored.txt");
const MIXED: &str = include_str!("../examples/data/mixed.txt");
const MIXED_RESTORED: &str = include_str!("../examples/data/mixed.restored.txt");

#[test]
fn the_article_comes_back() {
    assert_eq!(luanma::fix_text(DAMAGED), RESTORED);
}

#[test]
fn the_repaired_article_stays() {
    assert!(matches!(luanma::fix_text(RESTORED), Cow::Borrowed(_)));
}

#[test]
fn every_loss_is_told() {
    let repair = luanma::fix_and_explain(DAMAGED);
    assert_eq!(repair.verdict(), Verdict::Repaired);
    for (i, (damaged, restored)) in DAMAGED.lines().zip(RESTORED.lines()).enumerate() {
        assert!(damaged == restored || !repair.spans().is_empty(), "line {i}");
    }
    let losses: Vec<_> = repair.spans().iter().flat_map(|span| &span.losses).collect();
    let readings = DAMAGED.matches('(').count() - RESTORED.matches('(').count();
    let removed = losses.iter().filter(|loss| loss.kind == LossKind::Inserted && loss.observed.ends_with(')'));
    assert!(
        removed.count() >= readings - 2,
        "readings that stand inside a broken character are no losses of their own"
    );
    assert!(losses.iter().any(|loss| loss.kind == LossKind::Vanished), "bytes were cut out");
    for loss in losses {
        assert_eq!(&DAMAGED[loss.source.clone()], loss.observed);
        assert_eq!(&repair.text()[loss.output.clone()], loss.restored);
        let sum: f64 = loss.alternatives.iter().map(|(_, probability)| probability).sum();
        assert!((0.0..=1.0).contains(&sum), "{loss:?}");
    }
}

#[test]
fn each_line_of_the_mixed_file_comes_back() {
    for (damaged, restored) in MIXED.lines().zip(MIXED_RESTORED.lines()) {
        assert_eq!(luanma::fix_text(damaged), restored);
    }
}

//! Repair of all kinds of text, one call a row. `benches/limits.rs` sets the same beside what could be reached at best.

mod texts;

use divan::counter::BytesCount;

fn main() {
    divan::main();
}

const PAGE: usize = 100_000;

fn bench(bencher: divan::Bencher, text: &str) {
    bencher.counter(BytesCount::of_str(text)).bench(|| luanma::fix_text(divan::black_box(text)).len());
}

#[divan::bench(args = [60, 3_000, PAGE, 10_000_000])]
fn clean_chinese(bencher: divan::Bencher, bytes: usize) {
    bench(bencher, &texts::chinese(bytes));
}

#[divan::bench]
fn clean_english(bencher: divan::Bencher) {
    bench(bencher, &texts::english(PAGE));
}

#[divan::bench(args = [
    "utf-8 as windows-1252",
    "utf-8 as gbk",
    "gbk as iso-8859-1",
    "gbk as windows-1252 | utf-8 as windows-1252",
])]
fn lossless(bencher: divan::Bencher, chain: &str) {
    bench(bencher, &texts::damaged(chain, 1_000_000));
}

#[divan::bench(sample_count = 10)]
fn no_break_spaces_lost(bencher: divan::Bencher) {
    bench(bencher, &texts::damaged("utf-8 as iso-8859-1", 3_000).replace('\u{a0}', " "));
}

#[divan::bench(sample_count = 5)]
fn utf8_as_cp936_with_marks(bencher: divan::Bencher) {
    bench(bencher, &texts::lossy(3_000));
}

#[divan::bench(sample_count = 10)]
fn gbk_as_utf8(bencher: divan::Bencher) {
    bench(bencher, &texts::hopeless(PAGE));
}

#[divan::bench(sample_count = 5)]
fn sample_document(bencher: divan::Bencher) {
    bench(bencher, include_str!("../examples/data/damaged.txt"));
}

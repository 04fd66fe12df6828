//! Clean text, lossless damage and lossy damage, each beside a limit measured in the same run.

use divan::counter::BytesCount;

const CLEAN: &str = "今天下午，几个同学在图书馆里讨论下个月的旅行计划，谁也没有注意到窗外已经开始下雨。";

fn main() {
    divan::main();
}

fn damaged(chain: &str) -> String {
    let chain: luanma::Chain = chain.parse().expect("a chain");
    chain.apply(CLEAN).expect("a text that the chain can damage")
}

#[divan::bench]
fn limit_chars_of_clean_text(bencher: divan::Bencher) {
    let text = CLEAN.repeat(1000);
    let sum = |text: &str| text.chars().map(u64::from).sum::<u64>();
    bencher.counter(BytesCount::of_str(&text)).bench(|| sum(divan::black_box(&text)));
}

#[divan::bench]
fn clean_text(bencher: divan::Bencher) {
    let text = CLEAN.repeat(1000);
    bencher.counter(BytesCount::of_str(&text)).bench(|| luanma::fix_text(divan::black_box(&text)).len());
}

#[divan::bench(args = ["utf-8 as windows-1252", "gbk as iso-8859-1", "gbk as windows-1252 | utf-8 as windows-1252"])]
fn lossless(bencher: divan::Bencher, chain: &str) {
    let text = damaged(chain);
    bencher.counter(BytesCount::of_str(&text)).bench(|| luanma::fix_text(divan::black_box(&text)).len());
}

#[divan::bench]
fn no_break_spaces_lost(bencher: divan::Bencher) {
    let text = damaged("utf-8 as iso-8859-1").replace('\u{a0}', " ");
    bencher.counter(BytesCount::of_str(&text)).bench(|| luanma::fix_text(divan::black_box(&text)).len());
}

//! plsfix on the texts that `benches/limits.rs` measures: `cargo run --release` in this folder.

#[path = "../../texts/mod.rs"]
mod texts;

use std::hint::black_box;
use std::time::Instant;

fn row(what: &str, text: &str) {
    let config = plsfix::TextFixerConfig { explain: false, ..Default::default() };
    let seconds = (0..3).map(|_| {
        let start = Instant::now();
        black_box(plsfix::fix_text(black_box(text), Some(&config)));
        start.elapsed().as_secs_f64()
    });
    let best = seconds.fold(f64::MAX, f64::min);
    println!("| {what} | {:.4} GB/s |", text.len() as f64 / best / 1e9);
}

fn main() {
    println!("| what | plsfix |\n|---|---|");
    row("clean Chinese, 1 MB", &texts::chinese(1_000_000));
    row("clean English, 1 MB", &texts::english(1_000_000));
    row("UTF-8 as windows-1252, 1 MB", &texts::damaged("utf-8 as windows-1252", 1_000_000));
    row("random bytes as Latin-1, 100 KB", &texts::noise(100_000));
    row("GBK as UTF-8, 100 KB", &texts::hopeless(100_000));
    let twenty: String = texts::damaged("utf-8 as windows-1252", 1_000).chars().take(60).collect();
    row("UTF-8 as windows-1252, 20 characters", &twenty);
}

//! The same texts through luanma and through plsfix, on one core.

#[path = "../../texts/mod.rs"]
mod texts;

use std::hint::black_box;
use std::time::Instant;

/// Best of so many runs.
const RUNS: usize = 3;

fn speed<T: AsRef<str>>(text: &str, fix: impl Fn(&str) -> T) -> String {
    let run = || {
        let start = Instant::now();
        black_box(fix(black_box(text)).as_ref().len());
        start.elapsed().as_secs_f64()
    };
    let best = (0..RUNS).map(|_| run()).fold(f64::MAX, f64::min);
    format!("{:.2} MB/s", text.len() as f64 / best / 1e6)
}

fn main() {
    println!("| what | luanma | plsfix |");
    println!("|---|---|---|");
    let texts = [
        ("clean Chinese, 1 MB", texts::chinese(1_000_000)),
        ("clean English, 1 MB", texts::english(1_000_000)),
        ("UTF-8 as windows-1252, 1 MB", texts::damaged("utf-8 as windows-1252", 1_000_000)),
        ("UTF-8 as GBK, 1 MB", texts::damaged("utf-8 as gbk", 1_000_000)),
        ("random bytes as Latin-1, 100 KB", texts::noise(100_000)),
        ("GBK as UTF-8, 100 KB", texts::hopeless(100_000)),
    ];
    for (what, text) in texts {
        let ours = speed(&text, |text| luanma::fix_text(text).into_owned());
        let theirs = speed(&text, |text| plsfix::fix_text(text, None));
        println!("| {what} | {ours} | {theirs} |");
    }
}

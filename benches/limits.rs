//! Each kind of repair beside its limit, measured in the same run: a pass over the characters, validation, or the codecs
//! alone where the chain is known. Prints the table of `benches/README.md`.

mod texts;

use std::hint::black_box;
use std::time::{Duration, Instant};

/// No row takes much longer than this, but for rows of which one call does.
const PATIENCE: Duration = Duration::from_secs(3);
/// Best of so many runs at most.
const RUNS: usize = 12;
const MEGABYTE: usize = 1_000_000;

/// The shortest of several runs, in seconds.
fn best<T>(mut run: impl FnMut() -> T) -> f64 {
    let begun = Instant::now();
    let mut best = f64::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        black_box(run());
        best = best.min(start.elapsed().as_secs_f64());
        if begun.elapsed() > PATIENCE {
            break;
        }
    }
    best
}

fn fix(text: &str) -> f64 {
    best(|| luanma::fix_text(black_box(text)))
}

fn chars(text: &str) -> f64 {
    best(|| black_box(text).chars().map(u64::from).sum::<u64>())
}

fn validation(text: &str) -> f64 {
    best(|| encoding_rs::Encoding::utf8_valid_up_to(black_box(text.as_bytes())))
}

fn speed(text: &str, seconds: f64) -> String {
    match text.len() as f64 / seconds / 1e6 {
        fast @ 100.0.. => format!("{:.2} GB/s", fast / 1e3),
        slow => format!("{slow:.2} MB/s"),
    }
}

fn row(what: &str, ours: &str, limit: &str, reached: &str, wanted: &str) {
    println!("| {what} | {ours} | {limit} | {reached} | {wanted} |");
}

fn beside(what: &str, text: &str, limit_name: &str, limit: f64, wanted: &str) {
    let ours = fix(text);
    let limit_speed = format!("{limit_name} {}", speed(text, limit));
    row(what, &speed(text, ours), &limit_speed, &format!("{:.2}", limit / ours), wanted);
}

fn alone(what: &str, text: &str, wanted: &str) {
    row(what, &speed(text, fix(text)), "", "", wanted);
}

/// The median time of a call.
fn median(texts: &[String]) -> f64 {
    /// What is too short for the clock is repeated.
    const REPEATED: u32 = 20;
    let one = |text: &String| {
        let start = Instant::now();
        (0..REPEATED).for_each(|_| drop(black_box(luanma::fix_text(black_box(text)))));
        start.elapsed().as_secs_f64() / f64::from(REPEATED)
    };
    let mut times: Vec<f64> = texts.iter().map(one).collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() {
    println!("| what | luanma | limit | of the limit | wanted |");
    println!("|---|---|---|---|---|");
    let chinese = texts::chinese(10 * MEGABYTE);
    beside("clean Chinese, 10 MB", &chinese, "`chars()`", chars(&chinese), "0.8");
    let english = texts::english(10 * MEGABYTE);
    beside("clean English, 10 MB", &english, "validation", validation(&english), "0.4");
    for name in
        ["utf-8 as windows-1252", "utf-8 as gbk", "gbk as iso-8859-1", "gbk as windows-1252 \\| utf-8 as windows-1252"]
    {
        let chain: luanma::Chain = name.replace('\\', "").parse().expect("a chain");
        let text = texts::damaged(&chain.to_string(), 10 * MEGABYTE);
        let limit = best(|| chain.undo(black_box(&text)));
        beside(&format!("{name}, 10 MB"), &text, "chain known", limit, "0.6");
    }
    let (small, large) = (texts::chinese(MEGABYTE), texts::chinese(64 * MEGABYTE));
    let ratio = (fix(&small) / small.len() as f64) / (fix(&large) / large.len() as f64);
    let limit = (chars(&small) / small.len() as f64) / (chars(&large) / large.len() as f64);
    let limit = format!("`chars()` {limit:.2}");
    row("clean Chinese, throughput of 64 MB against 1 MB", &format!("{ratio:.2}"), &limit, "", "0.8");
    drop((chinese, english, large));
    alone("UTF-8 as cp936 with marks, 9 KB", &texts::lossy(6_000), "2 MB/s");
    alone("random bytes as Latin-1, 1 MB", &texts::noise(1_000_000), "10 MB/s");
    alone("GBK as UTF-8, 1 MB", &texts::hopeless(1_000_000), "10 MB/s");
    let long_line = texts::chinese(MEGABYTE).replace('\n', "");
    beside("one line of 1 MB", &long_line, "`chars()`", chars(&long_line), "");
    let alternating = "锟?(a)Ã１ｱ가\u{e000}".repeat(400);
    alone("adversarial: something of everything, 10 KB", &alternating, "0.3 MB/s");
    let rare: String = (0x4e00..0x9fa5).filter_map(char::from_u32).collect();
    alone("adversarial: every ideograph once, 60 KB", &rare, "0.3 MB/s");
    let sample = include_str!("../examples/data/damaged.txt");
    row("sample document", &format!("{:.1} ms", fix(sample) * 1e3), "", "", "20 ms");
    let twenty = |text: String| -> Vec<String> {
        let chars: Vec<char> = text.chars().filter(|&c| c != '\n').collect();
        chars.chunks_exact(20).map(|c| c.iter().collect()).collect()
    };
    let clean: Vec<String> = twenty(texts::chinese(60_000));
    row("20 characters, clean", &format!("{:.0} ns", median(&clean) * 1e9), "", "", "400 ns");
    let utf8_as_gbk: luanma::Chain = "utf-8 as gbk".parse().expect("a chain");
    let damaged: Vec<String> = clean.iter().take(200).filter_map(|text| utf8_as_gbk.apply(text).ok()).collect();
    row("20 characters, UTF-8 as GBK", &format!("{:.0} µs", median(&damaged) * 1e6), "", "", "150 µs");
    let many: Vec<String> = clean.iter().cycle().take(100_000).cloned().collect();
    let seconds = best(|| many.iter().filter(|text| luanma::is_suspicious(text)).count());
    row("a million of 20 characters, `is_suspicious`", &format!("{:.2} s", seconds * 10.0), "", "", "");
}

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
    if std::env::args().any(|argument| argument == FIRST_CALL) {
        println!("{}", luanma::fix_text("鎵撳紑绐楁埛鎵撳紑绐楁埛").len());
        return;
    }
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
    let [small, large] = [1, 64].map(|megabytes| texts::damaged("utf-8 as windows-1252", megabytes * MEGABYTE));
    let ratio = (fix(&small) / small.len() as f64) / (fix(&large) / large.len() as f64);
    row("utf-8 as windows-1252, throughput of 64 MB against 1 MB", &format!("{ratio:.2}"), "", "", "0.8");
    drop(large);
    alone("UTF-8 as cp936 with marks, 9 KB", &texts::lossy(6_000), "2 MB/s");
    alone("random bytes as Latin-1, 1 MB", &texts::noise(1_000_000), "10 MB/s");
    alone("GBK as UTF-8, 1 MB", &texts::hopeless(1_000_000), "10 MB/s");
    let long_line = texts::chinese(MEGABYTE).replace('\n', "");
    beside("one line of 1 MB", &long_line, "`chars()`", chars(&long_line), "");
    alone("UTF-8 as cp936 with marks, 60 KB", &texts::lossy(40_000), "2 MB/s");
    alone("the same, a mark for each private-use character, 60 KB", &texts::lossier(40_000), "2 MB/s");
    let alternating = "锟?(a)Ã１ｱ가\u{e000}".repeat(400);
    alone("adversarial: something of everything, 10 KB", &alternating, "0.3 MB/s");
    let rare: String = (0x4e00..0x9fa5).filter_map(char::from_u32).collect();
    alone("adversarial: every ideograph once, 60 KB", &rare, "0.3 MB/s");
    let (worst, tried, kind) = worst_of_many();
    row(
        &format!("adversarial: worst of {tried} found by chance, {kind}"),
        &format!("{worst:.3} MB/s"),
        "",
        "",
        "0.3 MB/s",
    );
    let sample = include_str!("../examples/data/damaged.txt");
    row("sample document, 991 characters", &format!("{:.1} ms", fix(sample) * 1e3), "", "", "20 ms");
    // The document that started this has 2,684 characters.
    row("the same three times over", &format!("{:.1} ms", fix(&sample.repeat(3)) * 1e3), "", "", "");
    let twenty = |text: String| -> Vec<String> {
        let chars: Vec<char> = text.chars().filter(|&c| c != '\n').collect();
        chars.chunks_exact(20).map(|c| c.iter().collect()).collect()
    };
    let clean: Vec<String> = twenty(texts::chinese(60_000));
    row("20 characters, clean", &format!("{:.0} ns", median(&clean) * 1e9), "", "", "400 ns");
    for name in ["utf-8 as gbk", "gbk as iso-8859-1", "utf-8 as windows-1252"] {
        let chain: luanma::Chain = name.parse().expect("a chain");
        let damaged: Vec<String> = clean.iter().filter_map(|text| chain.apply(text).ok()).take(200).collect();
        row(&format!("20 characters, {name}"), &format!("{:.0} µs", median(&damaged) * 1e6), "", "", "150 µs");
    }
    let many: Vec<String> = clean.iter().cycle().take(100_000).cloned().collect();
    let seconds = best(|| many.iter().filter(|text| luanma::is_suspicious(text)).count());
    row("a million of 20 characters, `is_suspicious`", &format!("{:.2} s", seconds * 10.0), "", "", "");
    let seconds = best(|| many.iter().map(|text| luanma::fix_text(text).len()).sum::<usize>());
    row("a million of 20 characters, `fix_text`", &format!("{:.2} s", seconds * 10.0), "", "", "");
    model_lookups();
    two_cores(&clean);
    row(
        "first call in a fresh process, 20 characters damaged",
        &format!("{:.1} ms", first_call() * 1e3),
        "",
        "",
        "5 ms",
    );
}

/// What a character costs that the model rates, its tables in the caches and out of them.
fn model_lookups() {
    let text = texts::chinese(MEGABYTE);
    let count = text.chars().count() as f64;
    let model = luanma::Model::embedded();
    let nanoseconds = best(|| model.likelihood(black_box(&text))) * 1e9 / count;
    row("model, a character of the same sentences again", &format!("{nanoseconds:.1} ns"), "", "", "25 ns");
    // Ideographs by chance: of the tables, hardly two ask for the same line.
    let mut chance = texts::Chance::new(3);
    let mut scattered = |count: usize| -> String {
        let sentences: Vec<char> = texts::chinese(10_000).chars().collect();
        (0..count).map(|_| sentences[chance.below(sentences.len())]).collect()
    };
    let text = scattered(200_000);
    let nanoseconds = best(|| model.likelihood(black_box(&text))) * 1e9 / 200_000.0;
    row("model, a character of characters by chance", &format!("{nanoseconds:.1} ns"), "", "", "25 ns");
    let mut elsewhere = vec![0u8; 256 * MEGABYTE];
    let mut cold = 0.0;
    for _ in 0..RUNS {
        let text = scattered(4000);
        elsewhere.iter_mut().step_by(64).for_each(|byte| *byte = byte.wrapping_add(1));
        let start = Instant::now();
        black_box(model.likelihood(black_box(&text)));
        cold += start.elapsed().as_secs_f64() * 1e9 / 4000.0 / RUNS as f64;
    }
    row("model, the first 4000 characters after the caches were emptied", &format!("{cold:.0} ns"), "", "", "120 ns");
}

/// Given this argument, the program repairs one text and ends.
const FIRST_CALL: &str = "--first-call";

/// From the start of a process to its end, with one short text repaired in between.
fn first_call() -> f64 {
    let itself = std::env::current_exe().expect("a program knows where it is");
    best(|| std::process::Command::new(&itself).arg(FIRST_CALL).output().expect("it can be started"))
}

/// Inputs made by chance for the worst one.
const TRIED: u64 = 60;
/// No more are tried after so long.
const SEARCHED: Duration = Duration::from_secs(30);
/// Characters of each: 20 to 60 KB. A text of 2 KB may be looked at as closely as one that is damaged throughout.
const LENGTH: usize = 20_000;

/// The slowest of texts made of pieces that each ask for another stage, and what it is made of.
fn worst_of_many() -> (f64, u64, String) {
    let begun = Instant::now();
    let lossy = texts::lossy(600);
    let kinds: [(&str, Vec<char>); 8] = [
        ("marks", "?\u{fffd}？".chars().collect()),
        ("ideographs", ('一'..='龥').collect()),
        ("letters", ('¡'..='ɏ').collect()),
        ("kana", ('｡'..='ﾟ').collect()),
        ("hangul", ('가'..='힣').collect()),
        ("controls", ('\u{80}'..='\u{9f}').collect()),
        ("readings", "網(wǎng)學(xué)".chars().collect()),
        ("lossy", lossy.chars().collect()),
    ];
    let mut worst = (f64::MAX, 0, String::new());
    for seed in (0..TRIED).take_while(|_| begun.elapsed() < SEARCHED) {
        let mut chance = texts::Chance::new(seed);
        // Kinds are mixed two by two, in runs of some length.
        let two = [&kinds[chance.below(kinds.len())], &kinds[chance.below(kinds.len())]];
        let run = 1 + chance.below(12);
        let pick = |chance: &mut texts::Chance, i: usize| {
            let chars = &two[i / run % 2].1;
            chars[chance.below(chars.len())]
        };
        let text: String = (0..LENGTH).map(|i| pick(&mut chance, i)).collect();
        let start = Instant::now();
        black_box(luanma::fix_text(&text));
        let speed = text.len() as f64 / start.elapsed().as_secs_f64() / 1e6;
        if speed < worst.0 {
            (worst.0, worst.2) = (speed, format!("{} and {} in runs of {run}", two[0].0, two[1].0));
        }
        worst.1 = seed + 1;
    }
    worst
}

/// A batch on two cores against one: half of the documents fine, half damaged.
#[cfg(feature = "rayon")]
fn two_cores(clean: &[String]) {
    let chain: luanma::Chain = "utf-8 as gbk".parse().expect("a chain");
    let pages = clean.chunks(20).flat_map(|lines| {
        let page = lines.join("\n");
        [chain.apply(&page).ok(), Some(page)].into_iter().flatten()
    });
    let pages: Vec<String> = pages.collect();
    let pages: Vec<&String> = pages.iter().cycle().take(20_000).collect();
    let fixer = luanma::Fixer::default();
    let on = |cores: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(cores).build().expect("threads");
        best(|| pool.install(|| fixer.fix_batch(&pages).len()))
    };
    let (one, two) = (on(1), on(2));
    row("batch of documents, two cores against one", &format!("{:.2}", one / two), "", "", "1.8");
}

/// Needs the feature `rayon`.
#[cfg(not(feature = "rayon"))]
fn two_cores(_: &[String]) {}

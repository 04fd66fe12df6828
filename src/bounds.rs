//! How much work a text can ask for, counted and not timed: the same on every machine.
//!
//! Three things are counted. A *state* is a hypothesis that emits a character. A *rating* is a look into the model, whoever asks:
//! finding suspects, trying chains, searching. Nearly all time goes into these two, so that what bounds them bounds the time.
//! And of the search ([`crate::restore`]) the ratings that the dearest character asks for.

use std::cell::Cell;

use crate::codec::Parse;
use crate::{Encoding, Fixer};

thread_local! {
    static STATES: Cell<usize> = const { Cell::new(0) };
    static RATINGS: Cell<usize> = const { Cell::new(0) };
    static DEAREST: Cell<usize> = const { Cell::new(0) };
}

/// One more hypothesis has emitted a character.
pub(crate) fn state() {
    STATES.set(STATES.get() + 1);
}

/// One more character has been rated.
pub(crate) fn rating() {
    RATINGS.set(RATINGS.get() + 1);
}

/// The search has gone on by one observed character, or completed the end, for so many ratings.
pub(crate) fn character(ratings: usize) {
    DEAREST.set(DEAREST.get().max(ratings));
}

/// Characters of each text: few, as many as the search for chains looks at, and enough for the search to narrow.
const LENGTHS: [usize; 3] = [20, 400, LONG];
const LONG: usize = 2000;

const TEXT: &str = "春雨过后，院子里的石榴树开满了花。请在下周五之前把合同寄回公司，颱風過後漁港裡的船隻陸續出海！";

/// What no text may ask for: so many for each of its characters, and so many more before the search narrows, which the first
/// few characters may ask for. The crate's documentation states them.
const MOST_STATES: Bound = Bound { each: 20, at_first: 30_000 };
const MOST_RATINGS: Bound = Bound { each: 220, at_first: 280_000 };
/// What no character may ask the search for, whatever the text.
const MOST_FOR_ONE: usize = 110_000;

struct Bound {
    each: usize,
    at_first: usize,
}

impl Bound {
    #[track_caller]
    fn holds(&self, what: &str, spent: usize, length: usize, name: &str) {
        let most = self.each * length + self.at_first;
        assert!(spent <= most, "{name}: {spent} {what} for {length} characters, where {most} are the most");
    }
}

fn repeated(unit: &str) -> String {
    unit.chars().cycle().take(LONG).collect()
}

/// Writes in one encoding and reads in another; a byte that cannot be read becomes `mark`.
fn misread(text: &str, written: Encoding, read: Encoding, mark: char) -> String {
    let writable: String = text.chars().filter(|&c| written.can_write(c)).collect();
    let bytes = written.encode(&writable).expect("what cannot be written was left out");
    let (mut out, mut at) = (String::new(), 0);
    while at < bytes.len() {
        match read.parse(&bytes[at..bytes.len().min(at + 4)]) {
            Parse::Char { c, len } => {
                out.push(c);
                at += usize::from(len);
            }
            _ => {
                out.push(mark);
                at += 1;
            }
        }
    }
    out
}

/// A text damaged by one misreading after the other.
fn damaged(steps: &[(Encoding, Encoding)], mark: char) -> String {
    repeated(&steps.iter().fold(TEXT.repeat(50), |text, &(written, read)| misread(&text, written, read, mark)))
}

/// Each n-th character is another one.
fn spoilt(text: &str, every: usize, by: char) -> String {
    text.chars().enumerate().map(|(i, c)| if i % every == every - 1 { by } else { c }).collect()
}

/// Numbers as good as random, the same each time.
fn random(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    }
}

fn any_of(seed: u64, blocks: &[std::ops::RangeInclusive<char>]) -> String {
    let mut random = random(seed);
    let all: Vec<char> = blocks.iter().cloned().flatten().collect();
    (0..LONG).map(|_| all[random(all.len())]).collect()
}

/// Texts that ask for as much as we could think of, and what fuzzing found to be slow.
fn adversaries() -> Vec<(&'static str, String)> {
    use Encoding::{Big5, EucKr, Gbk, Iso8859_1, ShiftJis, Utf8, Windows1252};
    let utf8_as_gbk = damaged(&[(Utf8, Gbk)], '?');
    let latin = damaged(&[(Utf8, Windows1252)], '?');
    let (mut bytes, mut high) = (random(3), random(4));
    vec![
        ("question marks", repeated("?")),
        ("question marks in Chinese", spoilt(&repeated(TEXT), 2, '?')),
        ("U+FFFD", repeated("\u{fffd}")),
        ("U+FFFD in Chinese", spoilt(&repeated(TEXT), 2, '\u{fffd}')),
        ("boxes and dots", repeated("□・")),
        ("C1 controls", any_of(1, &['\u{80}'..='\u{9f}'])),
        ("random bytes as Latin-1", (0..LONG).map(|_| char::from(bytes(256) as u8)).collect()),
        ("high bytes as Latin-1", (0..LONG).map(|_| char::from(0x80 + high(128) as u8)).collect()),
        ("marks in turn", repeated("?\u{fffd}□")),
        ("marks between letters", repeated("é?ü\u{fffd}")),
        ("marks between ideographs", repeated("锟?鎴\u{fffd}戠")),
        ("one ideograph", repeated("鐃")),
        ("one letter", repeated("Ã")),
        ("one unassigned", repeated("\u{e5e5}")),
        ("two ideographs", repeated("锟斤")),
        ("glosses everywhere", repeated("網(wǎng)絡(luò)")),
        ("glosses after marks", repeated("平?jīng)Q?xué)")),
        ("any ideographs", any_of(5, &['\u{4e00}'..='\u{9fa5}'])),
        ("any Hangul", any_of(6, &['\u{ac00}'..='\u{d7a3}'])),
        ("any katakana", any_of(7, &['\u{ff61}'..='\u{ff9f}'])),
        (
            "any of the kinds that damage is made of",
            any_of(8, &[' '..='?', '\u{80}'..='\u{ff}', '─'..='╿', '一'..='龥']),
        ),
        ("UTF-8 as GBK with every second lost", spoilt(&utf8_as_gbk, 2, '?')),
        ("UTF-8 as GBK with every third lost", spoilt(&utf8_as_gbk, 3, '?')),
        ("UTF-8 as GBK with every fifth lost", spoilt(&utf8_as_gbk, 5, '\u{fffd}')),
        ("UTF-8 as windows-1252 with every second lost", spoilt(&latin, 2, '?')),
        ("UTF-8 as windows-1252 with every fourth lost", spoilt(&latin, 4, '?')),
        ("UTF-8 as GBK with marks", utf8_as_gbk),
        ("UTF-8 as Shift_JIS with marks", damaged(&[(Utf8, ShiftJis)], '・')),
        ("UTF-8 as EUC-KR with marks", damaged(&[(Utf8, EucKr)], '\u{fffd}')),
        ("UTF-8 as Big5 with marks", damaged(&[(Utf8, Big5)], '?')),
        ("Big5 as GBK with marks", damaged(&[(Big5, Gbk)], '?')),
        ("two layers", damaged(&[(Gbk, Windows1252), (Utf8, Gbk)], '?')),
        ("two layers with losses", spoilt(&damaged(&[(Gbk, Windows1252), (Utf8, Gbk)], '?'), 3, '?')),
        ("three layers", damaged(&[(Utf8, Iso8859_1), (Utf8, Iso8859_1), (Utf8, Iso8859_1)], '?')),
        ("three layers with losses", damaged(&[(Utf8, Windows1252), (Utf8, Windows1252), (Utf8, Gbk)], '?')),
        ("three layers with more", spoilt(&damaged(&[(Utf8, Gbk), (Utf8, Gbk), (Utf8, Gbk)], '?'), 7, '?')),
        (
            "short suspects",
            repeated(
                "今天天气很好，我们去山上看水。 ÃÂ«¬?\u{fffd} 这是一条普通的句子，没有什么问题，大家都看得懂它的意思。\n",
            ),
        ),
        ("found by fuzzing", repeated("&#65533;?响窟的黩I包")),
        ("found by fuzzing, as Latin-1", repeated("&#65533;?Ïï¿ÚµÄüI°ü")),
    ]
}

#[test]
fn no_text_asks_for_more_than_is_stated() {
    // What is made once for all texts is not a text's.
    let _ = crate::fix_text("ä½ å¥½");
    for (name, text) in adversaries() {
        for length in LENGTHS {
            let text: String = text.chars().take(length).collect();
            STATES.set(0);
            RATINGS.set(0);
            DEAREST.set(0);
            let _ = Fixer::default().fix_and_explain(&text);
            MOST_STATES.holds("states", STATES.get(), length, name);
            MOST_RATINGS.holds("ratings", RATINGS.get(), length, name);
            let dearest = DEAREST.get();
            assert!(dearest <= MOST_FOR_ONE, "{name}: {dearest} ratings for one of {length} characters");
        }
    }
}

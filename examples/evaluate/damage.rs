//! Cases of our own: the sentences that ship with this program, damaged by code.
//!
//! What loses nothing is damaged by [`Chain::apply`], so this measures the search, not the codecs; for codecs that are not
//! ours, bring cases made elsewhere.

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, SHIFT_JIS, WINDOWS_1252};
use luanma::{Chain, ChainError};

use crate::cases::{Case, Damaged};
use crate::sentences::{OTHERS, SIMPLIFIED, TRADITIONAL};

/// Lengths that texts are cut to, in characters.
const LENGTHS: [usize; 5] = [4, 8, 16, 40, 120];

const SIMPLIFIED_CHAINS: &[&str] = &[
    "utf-8 as windows-1252",
    "utf-8 as iso-8859-1",
    "utf-8 as windows-1251",
    "utf-8 as macintosh",
    "utf-8 as cp437",
    "utf-8 as cp850",
    "utf-8 as koi8-r",
    "utf-8 as gbk",
    "utf-8 as gb18030",
    "utf-8 as big5",
    "utf-8 as shift_jis",
    "utf-8 as euc-kr",
    "gbk as windows-1252",
    "gbk as iso-8859-1",
    "gbk as windows-1251",
    "gbk as cp437",
    "gbk as macintosh",
    "gbk as big5",
    "gbk as shift_jis",
    "gbk as euc-kr",
    "gbk as euc-jp",
    "utf-8 as windows-1252 | utf-8 as windows-1252",
    "utf-8 as gbk | utf-8 as gbk",
    "utf-8 as windows-1252 | utf-8 as gbk",
    "gbk as iso-8859-1 | utf-8 as windows-1252",
    "utf-8 as windows-1252 | utf-8 as windows-1252 | utf-8 as windows-1252",
];

const TRADITIONAL_CHAINS: &[&str] = &[
    "utf-8 as windows-1252",
    "utf-8 as gbk",
    "utf-8 as big5",
    "big5 as windows-1252",
    "big5 as iso-8859-1",
    "big5 as cp437",
    "big5 as gbk",
    "big5 as shift_jis",
    "big5 as euc-kr",
    "gbk as windows-1252",
    "gbk as big5",
];

/// Readers that put a mark where they cannot read on; the writer is UTF-8 or GBK.
const LOSSY_READERS: [(&str, &Encoding); 4] =
    [("gbk", GBK), ("big5", BIG5), ("shift_jis", SHIFT_JIS), ("euc-kr", EUC_KR)];

/// Builds the set; `per_class` texts of each length for each kind of damage, fewer where the damage does not apply.
///
/// # Errors
///
/// If a chain above names an encoding that the library does not know.
pub(crate) fn cases(per_class: usize) -> Result<Vec<Case>, ChainError> {
    let mut set = Set { per_class, cases: Vec::new() };
    let simplified = Pieces::of(SIMPLIFIED);
    let traditional = Pieces::of(TRADITIONAL);
    for (pieces, lang, chains) in
        [(&simplified, "zh-hans", SIMPLIFIED_CHAINS), (&traditional, "zh-hant", TRADITIONAL_CHAINS)]
    {
        for name in chains {
            let chain: Chain = name.parse()?;
            let class = format!("{}-layer", chain.steps().len());
            set.fill(&class, name, lang, pieces, |text| chain.apply(text).ok());
            if chain.steps().len() == 1 {
                set.fill("mixed", name, lang, pieces, |text| mixed(text, &chain));
            }
        }
    }
    for (writer, write) in [("utf-8", encoding_rs::UTF_8), ("gbk", GBK)] {
        for (reader, read) in LOSSY_READERS.into_iter().filter(|(reader, _)| *reader != writer) {
            for mark in ["\u{fffd}", "?"] {
                let name = format!("{writer} as {reader}, {mark}");
                set.fill("lossy-decode", &name, "zh-hans", &simplified, |text| lossy(text, write, read, mark));
            }
        }
    }
    set.fill("lossy-c1", "utf-8 as windows-1252, controls dropped", "zh-hans", &simplified, without_controls);
    set.fill("lossy-cut", "utf-8 as windows-1252, last lost", "zh-hans", &simplified, |text| {
        let mut read = lossless(&encode(text, encoding_rs::UTF_8)?, WINDOWS_1252)?;
        read.pop();
        Some(read)
    });
    set.fill("lossy-shift", "gbk, a byte lost", "zh-hans", &simplified, a_byte_lost);
    for (name, escape) in ESCAPES {
        set.fill("escape", name, "zh-hans", &simplified, |text| {
            Some(text.bytes().map(|b| if b < 0x80 { char::from(b).to_string() } else { escape(b) }).collect())
        });
    }
    for (lang, pieces, encodings) in
        [("zh-hans", &simplified, [GBK, encoding_rs::UTF_8]), ("zh-hant", &traditional, [BIG5, encoding_rs::UTF_8])]
    {
        for encoding in encodings {
            set.fill_bytes(lang, pieces, encoding);
        }
        set.fill_clean(lang, pieces);
    }
    others(&mut set)?;
    Ok(set.cases)
}

/// Other languages: left alone when clean, and brought back from the commonest damage.
fn others(set: &mut Set) -> Result<(), ChainError> {
    let once: Chain = "utf-8 as windows-1252".parse()?;
    for (lang, legacy, sentence) in OTHERS {
        let pieces = Pieces::of(&[sentence]);
        set.fill_clean(lang, &pieces);
        set.fill("other-languages", "utf-8 as windows-1252", lang, &pieces, |text| once.apply(text).ok());
        if let Some(encoding) = Encoding::for_label(legacy.as_bytes()) {
            set.fill_bytes(lang, &pieces, encoding);
        }
    }
    Ok(())
}

struct Set {
    per_class: usize,
    cases: Vec<Case>,
}

impl Set {
    fn fill(&mut self, class: &str, chain: &str, lang: &str, pieces: &Pieces, damage: impl Fn(&str) -> Option<String>) {
        for (len, texts) in &pieces.by_length {
            let damaged = texts.iter().filter_map(|text| Some((text, damage(text)?)));
            for (clean, damaged) in damaged.filter(|(clean, damaged)| *clean != damaged).take(self.per_class) {
                self.put(class, chain, lang, *len, clean, Damaged::Text(damaged));
            }
        }
    }

    fn fill_bytes(&mut self, lang: &str, pieces: &Pieces, encoding: &'static Encoding) {
        for (len, texts) in &pieces.by_length {
            let written = texts.iter().filter(|t| !t.is_ascii()).filter_map(|t| Some((t, encode(t, encoding)?)));
            for (clean, bytes) in written.take(self.per_class) {
                self.put("bytes", &encoding.name().to_lowercase(), lang, *len, clean, Damaged::Bytes(bytes));
            }
        }
    }

    fn fill_clean(&mut self, lang: &str, pieces: &Pieces) {
        for (len, texts) in &pieces.by_length {
            for text in texts {
                self.put("clean", "", lang, *len, text, Damaged::Text(text.clone()));
            }
        }
    }

    fn put(&mut self, class: &str, chain: &str, lang: &str, len: usize, clean: &str, damaged: Damaged) {
        let [class, chain, lang, clean] = [class, chain, lang, clean].map(str::to_owned);
        self.cases.push(Case { class, chain, lang, len, clean, damaged });
    }
}

/// Texts of each length, each beginning where a sentence or a clause does.
struct Pieces {
    by_length: Vec<(usize, Vec<String>)>,
}

impl Pieces {
    fn of(sentences: &[&str]) -> Self {
        let all: Vec<char> = sentences.join("\n").chars().collect();
        let begins = |at: usize| at == 0 || matches!(all[at - 1], '\n' | '，' | '；' | '：' | ',' | ';' | '。');
        let starts: Vec<usize> = (0..all.len()).filter(|&at| begins(at) && !all[at].is_whitespace()).collect();
        let cut = |start: usize, len: usize| -> Option<String> {
            // A line end is no part of a text here; longer texts run over several sentences.
            let text: String = all[start..].iter().filter(|c| **c != '\n').take(len).collect();
            (text.chars().count() == len).then(|| text.trim_end().to_owned())
        };
        let by_length =
            LENGTHS.iter().map(|&len| (len, starts.iter().filter_map(|&start| cut(start, len)).collect())).collect();
        Pieces { by_length }
    }
}

/// Damages the middle third.
fn mixed(text: &str, chain: &Chain) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let third = chars.len() / 3;
    if third < 4 {
        return None;
    }
    let part = |range: std::ops::Range<usize>| chars[range].iter().collect::<String>();
    let middle = chain.apply(&part(third..2 * third)).ok()?;
    Some(part(0..third) + &middle + &part(2 * third..chars.len()))
}

fn encode(text: &str, encoding: &'static Encoding) -> Option<Vec<u8>> {
    let (bytes, _, unmappable) = encoding.encode(text);
    (!unmappable).then(|| bytes.into_owned())
}

fn lossless(bytes: &[u8], encoding: &'static Encoding) -> Option<String> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(|text| text.into_owned())
}

/// Written and read with a mark for what cannot be read; nothing if all could be.
fn lossy(text: &str, write: &'static Encoding, read: &'static Encoding, mark: &str) -> Option<String> {
    let bytes = encode(text, write)?;
    let (damaged, malformed) = read.decode_without_bom_handling(&bytes);
    malformed.then(|| damaged.replace('\u{fffd}', mark))
}

/// What many a sanitizer leaves: no C1 controls, and plain spaces.
fn without_controls(text: &str) -> Option<String> {
    let read = lossless(&encode(text, encoding_rs::UTF_8)?, WINDOWS_1252)?;
    let left: String = read.chars().filter(|c| !c.is_control()).map(|c| if c == '\u{a0}' { ' ' } else { c }).collect();
    (left != read).then_some(left)
}

/// A byte in the middle is lost, and what follows is read one byte off until something brings it back into step.
fn a_byte_lost(text: &str) -> Option<String> {
    let mut bytes = encode(text, GBK).filter(|bytes| bytes.len() >= 16)?;
    let middle = bytes.len() / 2;
    // Only a character of two bytes can be split.
    let at = (middle..bytes.len()).find(|&at| bytes[at] >= 0x80)?;
    bytes.remove(at);
    Some(GBK.decode_without_bom_handling(&bytes).0.replace('\u{fffd}', ""))
}

/// A way to write a byte in letters and digits.
type Escape = fn(u8) -> String;

const ESCAPES: [(&str, Escape); 4] = [
    ("utf-8 as percent", |b| format!("%{b:02X}")),
    ("utf-8 as backslash_x", |b| format!("\\x{b:02x}")),
    ("utf-8 as html_numeric", |b| format!("&#{b};")),
    ("utf-8 as quoted_printable", |b| format!("={b:02X}")),
];

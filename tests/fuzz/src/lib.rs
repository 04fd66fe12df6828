//! Inputs for the fuzz targets. Bytes at random hardly ever look like damaged text, so that most inputs are built: own
//! sentences, damaged step by step as programs damage text, cut, spoilt and put together.

#[path = "../../laws/sentences.rs"]
mod sentences;

use arbitrary::{Arbitrary, Result, Unstructured};
use encoding_rs::Encoding;
use luanma::Chain;

use sentences::{CHAINS, CLEAN, SENTENCES};

/// Pieces that a text is put together of at most, and characters that it has at most: what reaches the search, reaches it
/// within so many, and longer texts only make fewer of them a second.
const PIECES: usize = 5;
const LONGEST: usize = 120;

/// Encodings that damage is done in.
const LABELS: [&str; 22] = [
    "utf-8",
    "gbk",
    "gb18030",
    "big5",
    "shift_jis",
    "euc-kr",
    "euc-jp",
    "windows-1252",
    "windows-1250",
    "windows-1251",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-874",
    "iso-8859-2",
    "iso-8859-7",
    "koi8-r",
    "macintosh",
    "ibm866",
    "iso-8859-15",
    "windows-1258",
];

/// Characters of the kinds that damage is made of, each as first and last of a block.
const BLOCKS: [(u32, u32); 18] = [
    (0x20, 0x7e),
    (0x00, 0x1f),
    (0x80, 0x9f),
    (0xa0, 0xff),
    (0x100, 0x17f),
    (0x370, 0x3ff),
    (0x400, 0x45f),
    (0x5d0, 0x5ea),
    (0x2010, 0x2040),
    (0x2500, 0x257f),
    (0x3040, 0x30ff),
    (0x4e00, 0x9fa5),
    (0xac00, 0xd7a3),
    (0xe000, 0xe0ff),
    (0xf900, 0xfaff),
    (0xff01, 0xffee),
    (0xfff0, 0xffff),
    (0x1f600, 0x1f64f),
];

/// What stands in texts by itself and has a rule of its own.
const ODDITIES: [&str; 24] = [
    "?",
    "\u{fffd}",
    "・",
    "□",
    "\n",
    "\r\n",
    " ",
    "\u{a0}",
    "\u{ad}",
    "\u{feff}",
    "，",
    "。",
    ",",
    "!",
    "锟斤拷",
    "烫烫烫烫",
    "ï¿½",
    "(wǎng)",
    "(xué)",
    "網(wǎng)",
    "平?jīng)Q",
    "\\u4e2d",
    "%E4%B8%AD",
    "&#20013;",
];

/// Prints an input where `LUANMA_SHOW` is set: what the bytes of a find stand for.
pub fn show(input: &impl std::fmt::Debug) {
    if std::env::var_os("LUANMA_SHOW").is_some() {
        eprintln!("{input:?}");
    }
}

/// A text, a random one or a damaged one.
pub fn text(u: &mut Unstructured<'_>) -> Result<String> {
    let mut text = String::new();
    for _ in 0..u.int_in_range(1..=PIECES)? {
        text += &piece(u)?;
        if u.is_empty() {
            break;
        }
    }
    Ok(text.chars().take(LONGEST).collect())
}

fn piece(u: &mut Unstructured<'_>) -> Result<String> {
    Ok(match u.int_in_range(0..=9)? {
        0 => String::arbitrary(u)?,
        1 => run(u)?,
        2 => (*u.choose(&ODDITIES)?).to_owned(),
        3 => sentence(u)?,
        4 => repeated(u)?,
        5 => {
            let chain: Chain = u.choose(&CHAINS)?.parse().expect("the chains of the laws can be read");
            let text = sentence(u)?;
            chain.apply(&text).unwrap_or(text)
        }
        _ => {
            let mut text = sentence(u)?;
            for _ in 0..u.int_in_range(1..=3)? {
                text = misread(u, &text)?;
            }
            spoil(u, text)?
        }
    })
}

/// A sentence of ours, or a part of one.
fn sentence(u: &mut Unstructured<'_>) -> Result<String> {
    let text = if u.ratio(3, 4)? { *u.choose(&SENTENCES)? } else { u.choose(&CLEAN)?.1 };
    let chars: Vec<char> = text.chars().collect();
    let (a, b) = (u.int_in_range(0..=chars.len())?, u.int_in_range(0..=chars.len())?);
    Ok(chars[a.min(b)..a.max(b)].iter().collect())
}

/// Characters of one block.
fn run(u: &mut Unstructured<'_>) -> Result<String> {
    let (first, last) = *u.choose(&BLOCKS)?;
    let mut text = String::new();
    for _ in 0..u.int_in_range(1..=16)? {
        text.extend(char::from_u32(u.int_in_range(first..=last)?));
    }
    Ok(text)
}

/// One character, or two, many times.
fn repeated(u: &mut Unstructured<'_>) -> Result<String> {
    let (first, last) = *u.choose(&BLOCKS)?;
    let unit: String = [u.int_in_range(first..=last)?, u.int_in_range(first..=last)?]
        .into_iter()
        .take(u.int_in_range(1..=2)?)
        .filter_map(char::from_u32)
        .collect();
    Ok(unit.repeat(u.int_in_range(1..=100)?))
}

/// Writes in one encoding, does something to the bytes, reads in another; what cannot be written or read becomes marks, or
/// nothing.
fn misread(u: &mut Unstructured<'_>, text: &str) -> Result<String> {
    let written = encoding(u)?;
    let read = encoding(u)?;
    let mut bytes: Vec<u8> = Vec::new();
    for c in text.chars() {
        let mut buffer = [0; 4];
        let (encoded, _, unmappable) = written.encode(c.encode_utf8(&mut buffer));
        if !unmappable {
            bytes.extend_from_slice(&encoded);
        } else if u.ratio(1, 2)? {
            bytes.push(b'?');
        }
    }
    for _ in 0..u.int_in_range(0..=3)? {
        if bytes.is_empty() {
            break;
        }
        let at = u.int_in_range(0..=bytes.len() - 1)?;
        match u.int_in_range(0..=3)? {
            0 => _ = bytes.remove(at),
            1 => bytes.truncate(at),
            2 => _ = bytes.drain(..at),
            _ => bytes[at] = u.arbitrary()?,
        }
    }
    let (decoded, _) = read.decode_without_bom_handling(&bytes);
    Ok(match u.int_in_range(0..=3)? {
        0 => decoded.replace('\u{fffd}', "?"),
        1 => decoded.replace('\u{fffd}', ""),
        2 => decoded.chars().filter(|c| !c.is_control() && !('\u{e000}'..='\u{f8ff}').contains(c)).collect(),
        _ => decoded.into_owned(),
    })
}

fn encoding(u: &mut Unstructured<'_>) -> Result<&'static Encoding> {
    // UTF-8 and GBK are what most damage begins or ends with.
    let label = if u.ratio(1, 2)? { u.choose(&LABELS[..8])? } else { u.choose(&LABELS)? };
    Ok(Encoding::for_label(label.as_bytes()).expect("the labels are the Encoding Standard's"))
}

/// Characters dropped, turned into marks, or replaced by what a later pass makes of them.
fn spoil(u: &mut Unstructured<'_>, text: String) -> Result<String> {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..u.int_in_range(0..=4)? {
        if chars.is_empty() {
            break;
        }
        let at = u.int_in_range(0..=chars.len() - 1)?;
        match u.int_in_range(0..=5)? {
            0 => chars[at] = '?',
            1 => chars[at] = '\u{fffd}',
            2 => _ = chars.remove(at),
            3 => chars.iter_mut().filter(|c| **c == '\u{a0}').for_each(|c| *c = ' '),
            4 => chars.retain(|c| !('\u{80}'..='\u{9f}').contains(c)),
            _ => chars.iter_mut().filter(|c| ('！'..='～').contains(c)).for_each(|c| {
                *c = char::from_u32(*c as u32 - 0xFEE0).unwrap_or(*c);
            }),
        }
    }
    Ok(chars.into_iter().collect())
}

/// Bytes at random, and bytes of a text in some encoding, cut and changed.
pub fn bytes(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    if u.ratio(1, 4)? {
        return Vec::arbitrary(u);
    }
    let text = if u.ratio(1, 2)? { sentence(u)? } else { text(u)? };
    let mut bytes = match u.int_in_range(0..=5)? {
        0 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        1 => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        _ => encoding(u)?.encode(&text).0.into_owned(),
    };
    for _ in 0..u.int_in_range(0..=3)? {
        if bytes.is_empty() {
            break;
        }
        let at = u.int_in_range(0..=bytes.len() - 1)?;
        match u.int_in_range(0..=64)? {
            // As long as what the library takes for a sample: that takes its time.
            0 => bytes = bytes.iter().copied().cycle().take(4096).collect(),
            1..=16 => _ = bytes.remove(at),
            17..=32 => bytes.truncate(at),
            33..=48 => bytes[at] = u.arbitrary()?,
            _ => {
                let mark = *u.choose(&[&b"\xef\xbb\xbf"[..], b"\xff\xfe", b"\xfe\xff"])?;
                bytes.splice(..0, mark.iter().copied());
            }
        }
    }
    Ok(bytes)
}

/// A chain, a known one or any.
pub fn chain(u: &mut Unstructured<'_>) -> Result<Chain> {
    const READERS: [&str; 13] = [
        "percent-escapes",
        "backslash-x",
        "octal-escapes",
        "quoted-printable",
        "mime-b",
        "mime-q",
        "json-escapes",
        "javascript-escapes",
        "html-references",
        "utf-7",
        "hz",
        "cp437",
        "cp850",
    ];
    let mut steps = Vec::new();
    for _ in 0..u.int_in_range(0..=4)? {
        let written = if u.ratio(1, 8)? { "text" } else { *u.choose(&LABELS)? };
        let read = if u.ratio(1, 4)? { *u.choose(&READERS)? } else { *u.choose(&LABELS)? };
        if let Ok(step) = format!("{written} as {read}").parse() {
            steps.push(step);
        }
    }
    Ok(Chain::new(steps))
}

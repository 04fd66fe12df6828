//! What nobody can restore: bytes that a reader replaced by U+FFFD before the text was written again, and memory that
//! never was text. It is found before the search, which would only undo the last step and show U+FFFD in its place.

use std::ops::Range;
use std::sync::OnceLock;

use crate::codec::Encoding;
use crate::detect::Costs;
use crate::lattice::is_han;
use crate::mention::quoted;

mod settle;

pub(crate) use settle::{is_unchanged, leave, settle};

/// U+FFFD in UTF-8. Read in another encoding it is what the tables below hold.
const MARK: [u8; 3] = [0xEF, 0xBF, 0xBD];
/// Readers that make pairs of bytes one character. Each reads two U+FFFD as three characters (锟斤拷, 嚙踝蕭, 占쏙옙, 鐃緒申).
const PAIR_READERS: [Encoding; 4] = [Encoding::Gbk, Encoding::Big5, Encoding::EucKr, Encoding::EucJp];
/// All characters before this one have codes without EF and BF in these encodings, or none.
const FIRST_OF_PAIRS: char = '\u{e00}';
/// Of each of these three characters the one that text has least: where it is missing, nothing is looked for.
const RAREST: [char; 4] = ['锟', '踝', '쏙', '鐃'];
/// Fine characters between two damaged ones of the same span at most: what survived by chance.
const GAP: usize = 2;
/// U+FFFD alone, without the letters that GBK read as UTF-8 leaves between them, must stand so often to be taken for it. Beside
/// characters of three bytes there must be both, so many and a letter: UTF-8 read as cp949 has U+FFFD among its ideographs.
const MANY_MARKS: usize = 4;
/// Of the characters between U+FFFD one in so many may be of three bytes; GBK read as UTF-8 has few.
const LONG_SHARE: usize = 8;
/// Uninitialised memory (CC, CD, DD) as GBK and as windows-1252 show it.
const FILLS: [char; 6] = ['烫', '屯', '葺', 'Ì', 'Í', 'Ý'];
/// So many ideographs of memory in a row are spoken of, at least.
const MENTIONED_FILL: usize = 3;
/// So many of the same in a row are no joke about it any more, and so many no doubt.
const LONG_FILL: usize = 8;
const SURE_FILL: usize = 16;
/// How sure it is that a place is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// The text speaks of such damage: a single piece in quotation marks.
    Mention,
    Doubtful,
    Sure,
}

/// What left a place as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// U+FFFD itself.
    Mark,
    /// U+FFFD in UTF-8, read in this encoding.
    Read(Encoding),
    Memory,
}

/// A place that is beyond repair, in characters of the text.
#[derive(Clone, Debug)]
pub(crate) struct Lost {
    from: usize,
    to: usize,
    /// The damaged characters in it; between them stands what survived.
    runs: Vec<Range<usize>>,
    level: Level,
    origin: Origin,
    /// What the model says of it, in nats.
    score: f64,
}

/// Damaged characters, and how many bytes are missing there at least.
struct Hit {
    from: usize,
    to: usize,
    missing: usize,
}

/// What is beyond repair in a text, in order and apart from each other.
pub(crate) fn scan(text: &[char]) -> Vec<Lost> {
    let mut lost = Vec::new();
    let (mut marks, mut fills) = (false, false);
    let mut singles: Vec<(Encoding, Vec<Hit>)> = Vec::new();
    let mut pairs = [false; RAREST.len()];
    for (i, &c) in text.iter().enumerate() {
        if c.is_ascii() {
            continue;
        }
        if let Some(read) = single_reader(&text[i..]) {
            let hit = Hit { from: i, to: i + MARK.len(), missing: 1 };
            match singles.iter_mut().find(|s| s.0 == read) {
                Some((_, hits)) => hits.push(hit),
                None => singles.push((read, vec![hit])),
            }
        }
        marks |= c == char::REPLACEMENT_CHARACTER;
        fills |= FILLS.contains(&c);
        if let Some(reader) = RAREST.iter().position(|&r| r == c) {
            pairs[reader] = true;
        }
    }
    for (read, hits) in singles {
        group(text, hits, Origin::Read(read), &mut lost);
    }
    for (read, _) in PAIR_READERS.into_iter().zip(pairs).filter(|p| p.1) {
        group(text, pair_hits(text, read), Origin::Read(read), &mut lost);
    }
    if marks {
        fields(text, &mut lost);
    }
    if fills {
        memory(text, &mut lost);
    }
    lost.sort_by_key(|l| (l.from, l.to));
    lost.dedup_by(|next, kept| next.from < kept.to);
    lost
}

/// Where one place is damaged for sure, others in the same text are no jokes.
pub(crate) fn agree<'a>(parts: impl Iterator<Item = &'a mut Vec<Lost>>) {
    let mut all: Vec<&mut Lost> = parts.flatten().collect();
    if all.iter().any(|l| l.level == Level::Sure) {
        for l in all.iter_mut().filter(|l| l.level == Level::Doubtful) {
            l.level = Level::Sure;
        }
    }
}

/// Whether anything in a text may have to be reported as beyond repair.
pub(crate) fn shows(text: &[char]) -> bool {
    text.contains(&char::REPLACEMENT_CHARACTER) || !scan(text).is_empty()
}

/// Takes what is beyond repair out of what asks for an explanation: no search is worth its time there.
pub(crate) fn excuse(lost: &mut [Lost], costs: &mut Costs) {
    for l in lost {
        l.score = score(costs, l.from, l.to);
        if let Some(scores) = costs.scores.get_mut(l.from..l.to) {
            scores.fill(0.0);
        }
    }
}

/// Of what is not ASCII in a text, all but one character in so many are beyond repair where no search is worth its time.
const SURVIVORS: usize = 16;

/// Whether nearly all of a text was read as UTF-8 and marked: what is left between is no more than such marks leave by chance.
pub(crate) fn is_all(lost: &[Lost], text: &[char]) -> bool {
    let marked = lost.iter().filter(|l| l.origin == Origin::Mark && l.level == Level::Sure);
    let marked: usize = marked.flat_map(|l| &l.runs).map(|run| run.len()).sum();
    marked > 0 && (text.iter().filter(|c| !c.is_ascii()).count() - marked) * SURVIVORS <= marked
}

fn score(costs: &Costs, from: usize, to: usize) -> f64 {
    f64::from(costs.scores.get(from..to).map_or(0.0, |scores| scores.iter().sum()))
}

/// How many bytes are missing in a damaged piece of text at least: each U+FFFD stands for one or more.
pub(crate) fn missing(text: &str) -> usize {
    let chars: Vec<char> = text.chars().collect();
    let marks = chars.iter().filter(|&&c| c == char::REPLACEMENT_CHARACTER).count();
    let count = |hits: &[Hit]| hits.iter().map(|h| h.missing).sum::<usize>();
    let singles = (0..chars.len()).filter(|&i| single_reader(&chars[i..]).is_some()).count();
    // No code of the letters that stand between U+FFFD holds its bytes.
    let letters = chars.iter().all(|&c| c < FIRST_OF_PAIRS || c == char::REPLACEMENT_CHARACTER);
    let readers = PAIR_READERS.iter().filter(|_| !letters);
    let read = readers.map(|&read| count(&pair_hits(&chars, read))).max().unwrap_or(0);
    match singles + read {
        0 if marks > 0 => marks,
        0 if chars.iter().all(|c| FILLS.contains(c)) => chars.iter().map(|c| if is_han(*c) { 2 } else { 1 }).sum(),
        read => read,
    }
}

/// The single-byte encoding in which U+FFFD reads as the text's first three characters.
fn single_reader(text: &[char]) -> Option<Encoding> {
    /// By their first characters; of encodings that agree the commonest one.
    static SHAPES: OnceLock<Vec<([char; 3], Encoding)>> = OnceLock::new();
    let &[a, b, c, ..] = text else { return None };
    // No single-byte encoding holds ideographs, and no shape ends in ASCII.
    if a > '\u{2fff}' || c.is_ascii() {
        return None;
    }
    let shapes = SHAPES.get_or_init(|| {
        let common = [Encoding::Windows1252, Encoding::Windows1251];
        let all = common.iter().chain(Encoding::ALL).filter(|e| e.is_single_byte());
        let mut shapes: Vec<([char; 3], Encoding)> = Vec::new();
        for &read in all {
            let shape: Vec<char> = read.decode(&MARK).unwrap_or_default().chars().collect();
            match shape[..] {
                [a, b, c] if !shapes.iter().any(|s| s.0 == [a, b, c]) => shapes.push(([a, b, c], read)),
                _ => {}
            }
        }
        shapes.sort_by_key(|s| s.0);
        shapes
    });
    shapes.binary_search_by_key(&[a, b, c], |s| s.0).ok().map(|i| shapes[i].1)
}

/// The characters of a text that hold U+FFFD in UTF-8, wherever its bytes fell in the pairs of `read`.
fn pair_hits(text: &[char], read: Encoding) -> Vec<Hit> {
    let (mut hits, mut ends): (Vec<Hit>, Vec<Hit>) = Default::default();
    let (mut bytes, mut origin) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < text.len() {
        bytes.clear();
        origin.clear();
        while let Some(form) = text.get(at).filter(|c| !c.is_ascii()).and_then(|&c| read.forms(c).first().copied()) {
            bytes.extend_from_slice(&form);
            origin.extend(form.iter().map(|_| at));
            at += 1;
        }
        for (i, _) in bytes.windows(MARK.len()).enumerate().filter(|w| w.1 == MARK) {
            let (from, to) = (origin[i], origin[i + 2] + 1);
            hits.push(Hit { from, to, missing: 1 });
        }
        // The third byte went into a pair that was lost in its turn.
        if let ([.., 0xEF, 0xBF], Some(&last)) = (&bytes[..], origin.last()) {
            let mark = matches!(text.get(at), Some('?' | &char::REPLACEMENT_CHARACTER));
            ends.push(Hit { from: last, to: at + usize::from(mark), missing: 1 });
        }
        at += 1;
    }
    // Such an end alone is a character of somebody's name.
    if !hits.is_empty() {
        hits.append(&mut ends);
        hits.sort_by_key(|h| h.from);
    }
    hits
}

/// Joins hits that stand near each other and rates what comes of it.
fn group(text: &[char], hits: Vec<Hit>, origin: Origin, out: &mut Vec<Lost>) {
    let mut groups: Vec<(Lost, usize)> = Vec::new();
    for hit in hits {
        let near = |l: &Lost| hit.from <= l.to + GAP && !text[l.to.min(hit.from)..hit.from].contains(&'\n');
        match groups.last_mut() {
            Some((l, missing)) if near(l) => {
                match l.runs.last_mut() {
                    Some(run) if hit.from <= run.end => run.end = run.end.max(hit.to),
                    _ => l.runs.push(hit.from..hit.to),
                }
                l.to = l.to.max(hit.to);
                *missing += hit.missing;
            }
            _ => {
                let runs = std::iter::once(hit.from..hit.to).collect();
                groups.push((
                    Lost { from: hit.from, to: hit.to, runs, level: Level::Sure, origin, score: 0.0 },
                    hit.missing,
                ));
            }
        }
    }
    for (mut l, missing) in groups {
        // 锟斤拷 once, and nothing else, is what people write who speak of it; ï¿½ people seldom write.
        let pairs = matches!(origin, Origin::Read(read) if !read.is_single_byte());
        let smallest = l.to - l.from == 3 && missing == if pairs { 2 } else { 1 };
        l.level = match () {
            () if smallest && quoted(text, l.from, l.to) => Level::Mention,
            () if smallest && pairs => Level::Doubtful,
            () => Level::Sure,
        };
        out.push(l);
    }
}

/// GBK (or another encoding of pairs) read as UTF-8: U+FFFD mixed with the letters that two bytes make by chance, among
/// them Latin, combining, Greek, Cyrillic, Armenian, Hebrew and Arabic ones. Single ASCII characters may stand between.
fn fields(text: &[char], out: &mut Vec<Lost>) {
    let is_long = |c: char| c > '\u{7ff}' && c != char::REPLACEMENT_CHARACTER;
    let mut at = 0;
    while at < text.len() {
        if text[at].is_ascii() || is_long(text[at]) {
            at += 1;
            continue;
        }
        let from = at;
        let (mut to, mut marks, mut letters, mut long) = (from, 0, 0, 0);
        let mut runs: Vec<Range<usize>> = Vec::new();
        while let Some(&c) = text.get(at) {
            let next = text.get(at + 1).copied().unwrap_or('\n');
            if c.is_ascii() {
                if c.is_ascii_control() || c == ' ' || next.is_ascii() || is_long(next) {
                    break;
                }
            } else if is_long(c) {
                if next.is_ascii() || is_long(next) || runs.last().is_none_or(|run| run.end != at) {
                    break;
                }
                long += 1;
            } else if c == char::REPLACEMENT_CHARACTER {
                marks += 1;
            } else {
                letters += 1;
            }
            if !c.is_ascii() {
                match runs.last_mut() {
                    Some(run) if run.end == at => run.end = at + 1,
                    _ => runs.push(at..at + 1),
                }
                to = at + 1;
            }
            at += 1;
        }
        at = at.max(to);
        let all = marks + letters + long;
        let before = from.checked_sub(1).and_then(|i| text.get(i));
        let among_long = before.into_iter().chain(text.get(to)).any(|&c| is_long(c));
        let enough = match among_long {
            false => marks >= MANY_MARKS || (marks >= 2 && letters > 0),
            true => marks >= MANY_MARKS && letters > 0,
        };
        if enough && 2 * marks >= all && LONG_SHARE * long <= all {
            out.push(Lost { from, to, runs, level: Level::Sure, origin: Origin::Mark, score: 0.0 });
        }
    }
}

/// Long runs of what uninitialised memory looks like.
fn memory(text: &[char], out: &mut Vec<Lost>) {
    let mut at = 0;
    for run in text.chunk_by(|a, b| a == b) {
        let (from, to) = (at, at + run.len());
        at = to;
        let least = if is_han(run[0]) { MENTIONED_FILL } else { LONG_FILL };
        if FILLS.contains(&run[0]) && run.len() >= least {
            let level = match run.len() {
                SURE_FILL.. => Level::Sure,
                LONG_FILL.. => Level::Doubtful,
                _ => Level::Mention,
            };
            let runs = std::iter::once(from..to).collect();
            out.push(Lost { from, to, runs, level, origin: Origin::Memory, score: 0.0 });
        }
    }
}

#[cfg(test)]
mod tests;

//! Which text the escapes of a line stand for: each encoding reads them, the model says which reading is text.

use super::scan::{self, Item, Kind};
use super::{LEAST_GAIN, LEAST_GAIN_OF_ONE, Notation, Options, Piece, confidence, is_text};
use crate::chain::{ByteNotation, Chain, Step, TextNotation};
use crate::codec::Parse;
use crate::{Encoding, detect, score};

/// What an arbitrary escaped byte costs, in nats: one of 128, since few notations escape ASCII.
const BYTE: f32 = 4.85;
/// What an ASCII character costs where it is taken for the second half of a pair: about what it costs in text.
const ASCII: f32 = 4.0;
/// What an arbitrary UTF-16 unit costs: one of 65,536.
const UNIT: f32 = 11.1;
/// What an escaped byte costs that a reading leaves as it stands: text has none, however rare its characters are.
const LEFT: f32 = 8.0;
/// What a character that the model does not know may cost more in an encoding other than UTF-8 than in text that is known to
/// be text.
const DOUBT: f32 = 2.0;
/// What it is worth that other lines of the text are read in the same encoding.
const SAME_ENCODING: f32 = 4.0;
/// What one line can say at most about the encoding of others.
const MOST_WEIGHT: f32 = 20.0;
/// A piece that fits this much worse than arbitrary bytes is left, even where the rest of its line is text; on average of
/// its characters.
const WORST_PIECE: f32 = -5.0;
/// Of characters that were bytes before they were spelled out, one in so many may be left over; with more, bytes are missing
/// everywhere, and half a repair is none.
const MOST_LEFT: usize = 4;
/// Items of a line that are rated; more hardly add evidence.
const SAMPLE: usize = 400;
/// The longest line that is handed over to the ordinary repair for its own sake.
const MOST_HANDED_OVER: usize = 2000;
/// A gain that leaves no room for another encoding, where all bytes are well-formed UTF-8.
const CERTAIN: f32 = 20.0;
/// Plain characters between escapes that a piece may contain, if they are letters, digits or blanks.
const MOST_BETWEEN: usize = 4;

/// What bytes are written in, the commoner of two that agree first.
const WRITERS: &[Encoding] = {
    use Encoding::*;
    &[
        Utf8,
        Gbk,
        Gb18030,
        Big5,
        ShiftJis,
        EucJp,
        EucKr,
        Windows1251,
        Koi8R,
        Windows1252,
        Windows1250,
        Cp866,
        Windows1253,
        Windows1254,
        Windows1255,
        Windows1256,
        Windows1257,
        Windows1258,
        Windows874,
    ]
};

/// What bytes were read in before their characters were spelled out.
const READERS: &[Encoding] = {
    use Encoding::*;
    &[
        Windows1252,
        Iso8859_1,
        Iso8859_15,
        Macintosh,
        Windows1250,
        Windows1251,
        Iso8859_2,
        Koi8R,
        Cp437,
        Cp850,
        Windows1254,
    ]
};
/// Of those that have all characters so many are tried.
const MOST_READERS: usize = 3;

/// How the items of a line are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reading {
    /// What the bytes are decoded as; none where the escapes are the characters.
    written: Option<Encoding>,
    /// What gives the characters of the items their bytes; none where the escapes are bytes.
    read: Option<Encoding>,
}

/// A character as a reading has it.
struct Out {
    c: char,
    /// Items it stands for.
    from: usize,
    to: usize,
    kind: OutKind,
    /// What its items cost as arbitrary bytes, and what it costs as text.
    before: f32,
    after: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OutKind {
    Plain,
    /// An escape that the reading makes no text of.
    Left,
    /// An escape undone.
    Undone,
    /// A soft line break, which is dropped.
    Dropped,
}

impl Out {
    /// Whether it is a character beyond ASCII that was escaped.
    fn is_wide(&self) -> bool {
        self.kind == OutKind::Undone && !self.c.is_ascii()
    }
}

/// The pieces of a notation in a text.
pub(super) fn pieces(text: &str, notation: Notation, options: &Options<'_>) -> Vec<Piece> {
    let mut lines = Vec::new();
    let mut weights: Vec<(Encoding, f32)> = Vec::new();
    for line in scan::lines(text, notation) {
        let Some((items, depth)) = scan::items(text, line.clone(), notation) else { continue };
        let ratings = rate(&items, notation, options);
        for &(reading, gain) in &ratings {
            let Some(written) = reading.written.filter(|_| gain > 0.0) else { continue };
            match weights.iter_mut().find(|w| w.0 == written) {
                Some(weight) => weight.1 += gain.min(MOST_WEIGHT),
                None => weights.push((written, gain.min(MOST_WEIGHT))),
            }
        }
        lines.push((line, depth, ratings));
    }
    let usual = weights.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|w| w.0).filter(|_| lines.len() > 1);
    let mut out = Vec::new();
    for (line, depth, mut ratings) in lines {
        for (reading, gain) in &mut ratings {
            *gain += if reading.written.is_some() && reading.written == usual { SAME_ENCODING } else { 0.0 };
        }
        // Of equals the first, which is the commonest.
        let best = ratings.iter().copied().reduce(|best, next| if next.1 > best.1 { next } else { best });
        let Some((items, _)) = scan::items(text, line.clone(), notation) else { continue };
        let line = Line { text, items: &items, notation, depth };
        match best {
            Some((reading, gain)) if is_enough(&read(&items, reading, options), reading, gain) => {
                line.pieces(reading, gain, options, &mut out)
            }
            _ => line.hand_over(options, &mut out),
        }
    }
    out
}

/// Whether a line is to be read so. Signs alone are no text, however well their bytes fit.
fn is_enough(outs: &[Out], reading: Reading, gain: f32) -> bool {
    let wide = outs.iter().filter(|o| o.is_wide()).count();
    let left = outs.iter().filter(|o| o.kind == OutKind::Left && !o.c.is_ascii()).count();
    let least = if wide == 1 { LEAST_GAIN_OF_ONE } else { LEAST_GAIN };
    let has_letters = outs.iter().any(|o| o.is_wide() && o.c.is_alphabetic());
    gain > least && has_letters && (reading.read.is_none() || left * MOST_LEFT <= wide)
}

/// What each reading of a line is worth over arbitrary bytes.
fn rate(items: &[Item], notation: Notation, options: &Options<'_>) -> Vec<(Reading, f32)> {
    let start = items.iter().position(Item::is_wide_escape).unwrap_or(0);
    let items = &items[start.saturating_sub(8)..items.len().min(start + SAMPLE)];
    let mut out = Vec::new();
    for reading in readings(items, notation, options) {
        let outs = read(items, reading, options);
        let gain = outs.iter().map(|o| o.after - o.before).sum::<f32>() + prior(reading);
        out.push((reading, gain));
        let is_sound = reading.written == Some(Encoding::Utf8) && outs.iter().all(|o| o.kind != OutKind::Left);
        if is_sound && gain > CERTAIN {
            break;
        }
    }
    out
}

fn prior(reading: Reading) -> f32 {
    match reading {
        Reading { written: Some(written), read } => score::step_prior(written, read.unwrap_or(Encoding::Windows1252)),
        _ => 0.0,
    }
}

fn readings(items: &[Item], notation: Notation, options: &Options<'_>) -> Vec<Reading> {
    let writers = || WRITERS.iter().copied().filter(|&e| options.allows(e));
    if let Notation::Bytes(_) = notation {
        let is_weak = notation.is_weak();
        let writers = writers().filter(|e| !(is_weak && e.is_single_byte()));
        return writers.map(|e| Reading { written: Some(e), read: None }).collect();
    }
    let reads_all = |e: Encoding| items.iter().filter(|i| i.is_wide_escape()).all(|i| e.can_write(i.c));
    let readers = READERS.iter().copied().filter(|&e| options.allows(e) && reads_all(e)).take(MOST_READERS);
    let mut out = vec![Reading { written: None, read: None }];
    for read in readers {
        out.extend(writers().filter(|&e| e != read).map(|e| Reading { written: Some(e), read: Some(read) }));
    }
    out
}

/// A line's items in a reading.
fn read(items: &[Item], reading: Reading, options: &Options<'_>) -> Vec<Out> {
    let mut context = options.model.start();
    let mut before = ' ';
    // That bytes are well-formed says much for UTF-8, less for encodings that take nearly all bytes.
    let doubt = if reading.written == Some(Encoding::Utf8) { 0.0 } else { DOUBT };
    let mut out: Vec<Out> = Vec::with_capacity(items.len());
    let mut at = 0;
    while at < items.len() {
        let mut next = match items[at] {
            Item { c, kind: Kind::Plain, .. } => {
                Out { c, from: at, to: at + 1, kind: OutKind::Plain, before: 0.0, after: 0.0 }
            }
            Item { c, kind: Kind::Break, .. } => {
                Out { c, from: at, to: at + 1, kind: OutKind::Dropped, before: 0.0, after: 0.0 }
            }
            item if item.c.is_ascii() || reading.written.is_none() => {
                let before = if item.c <= '\u{FF}' { -BYTE } else { -UNIT };
                let kind = if is_text(item.c) { OutKind::Undone } else { OutKind::Left };
                Out { c: item.c, from: at, to: at + 1, kind, before, after: 0.0 }
            }
            _ => decode(items, at, reading, &mut out),
        };
        at = next.to;
        if next.kind == OutKind::Left {
            // Escaped controls stand for themselves, whatever is around them.
            next.after = next.before - if next.c.is_ascii() { 0.0 } else { LEFT };
        } else if next.kind != OutKind::Dropped {
            let (cost, then) = options.model.step(&context, next.c);
            context = then;
            match next.kind {
                OutKind::Undone if !next.c.is_ascii() => next.after = cost.max(detect::floor(before, next.c) - doubt),
                _ => (next.before, next.after) = (0.0, 0.0),
            }
            before = next.c;
        }
        out.push(next);
    }
    out
}

/// The character whose first byte is the escape at `at`.
fn decode(items: &[Item], at: usize, reading: Reading, out: &mut Vec<Out>) -> Out {
    let left = Out { c: items[at].c, from: at, to: at + 1, kind: OutKind::Left, before: -BYTE, after: 0.0 };
    let Some(written) = reading.written else { return left };
    let byte = |item: &Item| match reading.read {
        None => u8::try_from(u32::from(item.c)).ok(),
        Some(read) => read.forms(item.c).first().and_then(|form| form.first().copied()),
    };
    let (mut bytes, mut ends, mut costs, mut len) = ([0; 4], [0; 4], [0.0; 4], 0);
    for (i, item) in items.iter().enumerate().skip(at) {
        if item.kind == Kind::Break {
            continue;
        }
        let usable = item.kind == Kind::Escaped || item.c.is_ascii();
        let Some(byte) = byte(item).filter(|_| usable && len < bytes.len()) else { break };
        (bytes[len], ends[len]) = (byte, i + 1);
        costs[len] = if item.kind == Kind::Escaped { -BYTE } else { -ASCII };
        len += 1;
    }
    let undone = |c: char, to: usize, before: f32| Out { c, from: at, to, kind: OutKind::Undone, before, after: 0.0 };
    match written.parse(&bytes[..len]) {
        Parse::Char { c, len } if is_text(c) => {
            let len = usize::from(len);
            undone(c, ends[len - 1], costs[..len].iter().sum())
        }
        Parse::Pair { first, second, len } if is_text(first) && is_text(second) => {
            let len = usize::from(len);
            out.push(undone(first, ends[0], costs[0]));
            Out { from: ends[0], ..undone(second, ends[len - 1], costs[1..len].iter().sum()) }
        }
        _ => left,
    }
}

/// A line whose escapes are being undone.
struct Line<'a> {
    text: &'a str,
    items: &'a [Item],
    notation: Notation,
    depth: usize,
}

impl Line<'_> {
    fn pieces(&self, reading: Reading, gain: f32, options: &Options<'_>, pieces: &mut Vec<Piece>) {
        let outs = read(self.items, reading, options);
        let mut steps = Vec::new();
        if let Reading { written: Some(written), read: Some(read) } = reading {
            steps.push(Step::Misread { written, read });
        }
        steps.extend(self.notation.steps(reading.written, self.depth));
        let chain = Chain::new(steps);
        for (from, to) in self.stretches(&outs) {
            let piece = self.piece(&outs[from..to], &chain, gain);
            // Escapes of other depths and odd backslashes inside a stretch read differently; then smaller ones do.
            if self.replays(&piece) {
                pieces.push(piece);
                continue;
            }
            let mut start = from;
            for end in from + 1..=to {
                if end < to && outs[end].kind != OutKind::Plain && outs[end - 1].kind != OutKind::Plain {
                    continue;
                }
                if outs[start].kind != OutKind::Plain {
                    let piece = self.piece(&outs[start..end], &chain, gain);
                    if self.replays(&piece) {
                        pieces.push(piece);
                    }
                }
                start = end;
            }
        }
    }

    fn replays(&self, piece: &Piece) -> bool {
        piece.chain.undo(&self.text[piece.source.clone()]).as_ref() == Ok(&piece.text)
    }

    /// Ranges of what is undone, with little plain text in between.
    fn stretches(&self, outs: &[Out]) -> Vec<(usize, usize)> {
        // Where a notation is put over whole texts, its escapes of ASCII go with the others of the line.
        let whole_line =
            matches!(self.notation, Notation::Bytes(ByteNotation::Percent | ByteNotation::QuotedPrintable));
        let is_edge = |o: &Out| match o.kind {
            OutKind::Undone => whole_line || !matches!(o.c, '"' | '\'' | '\\' | '<' | '>' | '&'),
            OutKind::Dropped => true,
            OutKind::Plain | OutKind::Left => false,
        };
        let mut found = Vec::new();
        let mut current: Option<(usize, usize)> = None;
        let mut between = 0;
        for (i, out) in outs.iter().enumerate() {
            let goes_on = match out.kind {
                _ if is_edge(out) => {
                    current = Some((current.map_or(i, |c| c.0), i + 1));
                    between = 0;
                    true
                }
                OutKind::Undone => true,
                OutKind::Plain => {
                    between += 1;
                    between <= MOST_BETWEEN && (out.c.is_ascii_alphanumeric() || out.c == ' ')
                }
                OutKind::Left | OutKind::Dropped => false,
            };
            if !goes_on {
                found.extend(current.take());
            }
        }
        found.extend(current);
        found.retain(|&(from, to)| {
            let wide = || outs[from..to].iter().filter(|o| o.is_wide());
            let gain: f32 = wide().map(|o| o.after - o.before - WORST_PIECE).sum();
            (whole_line || wide().next().is_some()) && gain >= 0.0
        });
        found
    }

    fn piece(&self, outs: &[Out], chain: &Chain, gain: f32) -> Piece {
        let source = self.items[outs[0].from].start..self.items[outs[outs.len() - 1].to - 1].end;
        let mut text = String::new();
        let mut starts = Vec::with_capacity(outs.len());
        for out in outs.iter().filter(|o| o.kind != OutKind::Dropped) {
            starts.push((text.len(), self.items[out.from].start));
            text.push(out.c);
        }
        let sum = |part: fn(&Out) -> f32| outs.iter().map(part).sum::<f32>().into();
        let (before, after) = (sum(|o| o.before), sum(|o| o.after));
        Piece { source, text, starts, chain: chain.clone(), before, after, confidence: confidence(gain) }
    }

    /// Leaves characters that make no text, even as bytes of a Latin page, to the ordinary repair. What it does not explain
    /// stays escaped.
    fn hand_over(&self, options: &Options<'_>, pieces: &mut Vec<Piece>) {
        if !matches!(self.notation, Notation::Text(TextNotation::Json | TextNotation::Html | TextNotation::UPlus))
            || self.items.len() > MOST_HANDED_OVER
        {
            return;
        }
        let direct = Reading { written: None, read: None };
        let mut unescaped = String::new();
        let mut starts = Vec::with_capacity(self.items.len() + 1);
        // Characters that only a repair makes text of.
        let mut open = Vec::new();
        for item in self.items {
            starts.push((unescaped.len(), item.start));
            if item.is_wide_escape() {
                open.push(unescaped.len());
            }
            unescaped.push(item.c);
        }
        starts.push((unescaped.len(), self.items[self.items.len() - 1].end));
        let repair = (options.repair)(&unescaped);
        let is_covered = |at: &usize| repair.spans().iter().any(|s| s.source.contains(at) && s.losses.is_empty());
        if !open.iter().all(is_covered) {
            return;
        }
        let source = |at: usize| starts[starts.partition_point(|s| s.0 < at)].1;
        for span in repair.spans() {
            let text = repair.text()[span.output.clone()].to_owned();
            let source = source(span.source.start)..source(span.source.end);
            let steps = span.chain.steps().iter().copied().chain(self.notation.steps(direct.written, self.depth));
            let starts = vec![(0, source.start)];
            let (before, after, confidence) = (span.before, span.after, span.confidence);
            let piece = Piece { source, text, starts, chain: Chain::new(steps), before, after, confidence };
            // Spans of which something was lost cannot be replayed; nor is there an escape in every one.
            if self.replays(&piece) && piece.source.len() > span.source.len() {
                pieces.push(piece);
            }
        }
    }
}

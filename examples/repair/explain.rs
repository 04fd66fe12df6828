//! Repairs for the eye: each span in its line, before and after, and what was lost.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use luanma::{Loss, Repair};

use crate::report::loss_kind;
use crate::visible::visible;

/// Characters shown on either side of a span.
const CONTEXT: usize = 24;
/// Longer spans are shown by their two ends, so many characters each.
const END: usize = 120;
/// Losses listed for each span; a page may have thousands, and --json has them all.
const LOSSES: usize = 40;
/// Alternatives listed for each loss.
const ALTERNATIVES: usize = 5;

/// Colours, or none.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Painter {
    damaged: Style,
    repaired: Style,
    heading: Style,
    aside: Style,
}

/// A place in a text, for people: both from 1.
struct Place {
    line: usize,
    column: usize,
    offset: usize,
}

impl Painter {
    /// Colours where standard output is a terminal that has them and NO_COLOR is not set.
    pub(crate) fn for_stdout() -> Self {
        if anstream::AutoStream::choice(&std::io::stdout()) == anstream::ColorChoice::Never {
            return Painter::default();
        }
        Painter {
            damaged: AnsiColor::Red.on_default(),
            repaired: AnsiColor::Green.on_default(),
            heading: Style::new().bold(),
            aside: AnsiColor::BrightBlack.on_default(),
        }
    }

    /// The first line: which text, and what is to be said of it as a whole.
    pub(crate) fn heading(self, name: &str, about: &str) -> Vec<u8> {
        let heading = self.heading;
        format!("{heading}{}{heading:#}: {about}\n", visible(name)).into_bytes()
    }

    /// Each span, with what was lost in it. `source` is the text as given, where it was a text.
    pub(crate) fn spans(self, name: &str, source: Option<&str>, repair: &Repair<'_>, out: &mut Vec<u8>) {
        // Writing to memory does not fail.
        let _ = self.try_spans(&visible(name), source, repair, out);
    }

    fn try_spans(
        &self,
        name: &str,
        source: Option<&str>,
        repair: &Repair<'_>,
        out: &mut Vec<u8>,
    ) -> std::io::Result<()> {
        let Painter { damaged, repaired, heading, aside } = self;
        let mut place = Place { line: 1, column: 1, offset: 0 };
        for span in repair.spans() {
            let (text, offset) = source.map_or((repair.text(), span.output.start), |s| (s, span.source.start));
            place.advance(text, offset);
            let chain = span.chain.to_string();
            writeln!(
                out,
                "{heading}{name}:{}:{}{heading:#} {chain}{}confidence {:.3}, {:+.1} nats",
                place.line,
                place.column,
                if chain.is_empty() { "" } else { ", " },
                span.confidence,
                span.after - span.before
            )?;
            if let Some(source) = source {
                self.line(out, "-", source, &span.source, damaged)?;
            }
            self.line(out, "+", repair.text(), &span.output, repaired)?;
            for loss in span.losses.iter().take(LOSSES) {
                self.loss(out, loss)?;
            }
            if span.losses.len() > LOSSES {
                writeln!(out, "    {aside}and {} more losses{aside:#}", span.losses.len() - LOSSES)?;
            }
        }
        Ok(())
    }

    fn line(
        &self,
        out: &mut Vec<u8>,
        sign: &str,
        text: &str,
        span: &std::ops::Range<usize>,
        style: &Style,
    ) -> std::io::Result<()> {
        let inside = text.get(span.clone()).unwrap_or_default();
        let before = text.get(..span.start).unwrap_or_default();
        let after = text.get(span.end..).unwrap_or_default();
        let start = before.char_indices().rev().take(CONTEXT).take_while(|(_, c)| *c != '\n').last();
        let before = start.map_or("", |(at, _)| &before[at..]);
        let after: String = after.chars().take(CONTEXT).take_while(|c| *c != '\n').collect();
        let inside = ends(inside);
        writeln!(out, "  {style}{sign}{style:#} {}{style}{inside}{style:#}{}", visible(before), visible(&after))
    }

    fn loss(&self, out: &mut Vec<u8>, loss: &Loss) -> std::io::Result<()> {
        let Painter { damaged, repaired, aside, .. } = self;
        let show = |text: &str| if text.is_empty() { "nothing".to_owned() } else { format!("\"{}\"", visible(text)) };
        write!(
            out,
            "    {aside}{}{aside:#} {damaged}{}{damaged:#} -> {repaired}{}{repaired:#}",
            loss_kind(loss.kind),
            show(&loss.observed),
            show(&loss.restored)
        )?;
        for (i, (other, probability)) in loss.alternatives.iter().take(ALTERNATIVES).enumerate() {
            let lead = if i == 0 { "; else" } else { "," };
            write!(out, "{aside}{lead} {} {:.1} %{aside:#}", show(other), probability * 100.0)?;
        }
        writeln!(out)
    }
}

impl Place {
    /// Moves on to a byte offset; each character is passed once, however many spans there are.
    fn advance(&mut self, text: &str, offset: usize) {
        for c in text.get(self.offset..offset).unwrap_or_default().chars() {
            if c == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.offset = offset.max(self.offset);
    }
}

/// The text, or its two ends where it is long.
fn ends(text: &str) -> String {
    let head = text.char_indices().nth(END).map(|(at, _)| at);
    let tail = text.char_indices().nth_back(END - 1).map(|(at, _)| at);
    match (head, tail) {
        (Some(head), Some(tail)) if head < tail => {
            format!("{} [...] {}", visible(&text[..head]), visible(&text[tail..]))
        }
        _ => visible(text),
    }
}

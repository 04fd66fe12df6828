//! Pictures of what the tables say.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

use luanma::Encoding;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::calibration::Calibration;
use crate::cases::Case;
use crate::run::Judged;
use crate::tables::{LENGTHS, Tally, length_class};

/// The blue that is easiest on eyes of any kind.
const BLUE: RGBColor = RGBColor(0, 114, 178);
const FONT: &str = "sans-serif";

type Drawn = Result<(), Box<dyn Error>>;
type Canvas<'c> = DrawingArea<SVGBackend<'c>, Shift>;

/// Draws all pictures into a folder.
pub(crate) fn draw(folder: &Path, cases: &[Case], judged: &[Judged], calibration: &Calibration) -> Drawn {
    by_length(&folder.join("exact-by-length.svg"), cases, judged)?;
    reliability(&folder.join("reliability.svg"), calibration)?;
    readers(&folder.join("writer-by-reader.svg"), cases, judged)
}

/// The share of exact repairs over length, a panel for each class.
fn by_length(path: &Path, cases: &[Case], judged: &[Judged]) -> Drawn {
    const COLUMNS: usize = 4;
    const PANEL: (u32, u32) = (260, 200);
    let mut classes: BTreeMap<&str, BTreeMap<usize, Tally>> = BTreeMap::new();
    for (case, judged) in cases.iter().zip(judged) {
        let at = LENGTHS.iter().position(|&len| len == length_class(case.len)).unwrap_or_default();
        classes.entry(&case.class).or_default().entry(at).or_default().add(case, judged);
    }
    let rows = classes.len().div_ceil(COLUMNS).max(1);
    let (width, height) = (PANEL.0 * COLUMNS as u32, PANEL.1 * rows as u32 + 40);
    let canvas = SVGBackend::new(path, (width, height)).into_drawing_area();
    canvas.fill(&WHITE)?;
    let canvas = canvas.titled("Repaired to the very original, by length in characters", (FONT, 20))?;
    for (panel, (class, lengths)) in canvas.split_evenly((rows, COLUMNS)).iter().zip(&classes) {
        length_panel(panel, class, lengths)?;
    }
    canvas.present()?;
    Ok(())
}

fn length_panel(panel: &Canvas<'_>, class: &str, lengths: &BTreeMap<usize, Tally>) -> Drawn {
    let last = (LENGTHS.len() - 1) as f64;
    let mut chart = ChartBuilder::on(panel)
        .caption(class, (FONT, 15))
        .margin(8)
        .margin_right(16)
        .x_label_area_size(24)
        .y_label_area_size(44)
        .build_cartesian_2d(-0.2..last + 0.2, 0.0..1.0)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_labels(LENGTHS.len())
        .y_labels(5)
        .x_label_formatter(&|x| LENGTHS.get(x.round().max(0.0) as usize).map(usize::to_string).unwrap_or_default())
        .y_label_formatter(&|y| format!("{:.0} %", y * 100.0))
        .label_style((FONT, 12))
        .draw()?;
    let points: Vec<(f64, f64)> = lengths.iter().map(|(&at, tally)| (at as f64, tally.exact_rate())).collect();
    chart.draw_series(LineSeries::new(points.iter().copied(), BLUE.stroke_width(2)))?;
    chart.draw_series(points.iter().map(|&point| Circle::new(point, 3, BLUE.filled())))?;
    Ok(())
}

/// Confidence against truth.
fn reliability(path: &Path, calibration: &Calibration) -> Drawn {
    let canvas = SVGBackend::new(path, (560, 560)).into_drawing_area();
    canvas.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&canvas)
        .caption("What confidence is worth", (FONT, 22))
        .margin(12)
        .x_label_area_size(46)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc("confidence claimed")
        .y_desc("share of right answers")
        .label_style((FONT, 14))
        .draw()?;
    chart.draw_series(LineSeries::new([(0.0, 0.0), (1.0, 1.0)], BLACK.mix(0.4)))?;
    let bins: Vec<_> = calibration.bins.iter().filter(|bin| bin.answers > 0).collect();
    let points = bins.iter().map(|bin| (bin.claimed(), bin.true_rate()));
    chart.draw_series(LineSeries::new(points, BLUE.stroke_width(2)))?;
    for bin in bins {
        let at = (bin.claimed(), bin.true_rate());
        chart.draw_series([Circle::new(at, 5, BLUE.filled())])?;
        let pos = if at.0 > 0.85 { HPos::Right } else { HPos::Left };
        let style = (FONT, 12).into_font().color(&BLACK).pos(Pos::new(pos, VPos::Top));
        chart.draw_series([EmptyElement::at(at) + Text::new(format!(" {} ", bin.answers), (0, 6), style)])?;
    }
    canvas.present()?;
    Ok(())
}

/// The share of exact repairs for each pair of encodings, where one step was all that happened.
fn readers(path: &Path, cases: &[Case], judged: &[Judged]) -> Drawn {
    const CELL: i32 = 62;
    const LEFT: i32 = 130;
    const TOP: i32 = 130;
    let mut cells: BTreeMap<(Encoding, Encoding), Tally> = BTreeMap::new();
    for (case, judged) in cases.iter().zip(judged) {
        if let Some(pair) = single_step(&case.chain) {
            cells.entry(pair).or_default().add(case, judged);
        }
    }
    let writers = numbered(cells.keys().map(|pair| pair.0));
    let readers = numbered(cells.keys().map(|pair| pair.1));
    let width = (LEFT + CELL * readers.len() as i32 + 20).max(420);
    let height = TOP + CELL * writers.len() as i32 + 20;
    let canvas: Canvas<'_> = SVGBackend::new(path, (width as u32, height as u32)).into_drawing_area();
    canvas.fill(&WHITE)?;
    canvas.draw(&Text::new(
        "Repaired to the very original, in %: written as (left), read as (top)",
        (12, 20),
        left_middle(15),
    ))?;
    for (writer, row) in &writers {
        canvas.draw(&Text::new(writer.to_string(), (12, TOP + CELL * row + CELL / 2), left_middle(13)))?;
    }
    for (reader, column) in &readers {
        let style = left_middle(13).transform(FontTransform::Rotate270);
        canvas.draw(&Text::new(reader.to_string(), (LEFT + CELL * column + CELL / 2, TOP - 8), style))?;
    }
    for ((writer, reader), tally) in &cells {
        let (x, y) = (LEFT + CELL * readers[reader], TOP + CELL * writers[writer]);
        let rate = tally.exact_rate();
        canvas.draw(&Rectangle::new([(x, y), (x + CELL - 2, y + CELL - 2)], heat(rate).filled()))?;
        canvas.draw(&Rectangle::new([(x, y), (x + CELL - 2, y + CELL - 2)], BLACK.mix(0.3).stroke_width(1)))?;
        let ink = if rate > 0.6 { WHITE } else { BLACK };
        let middle = Pos::new(HPos::Center, VPos::Center);
        let style = (FONT, 15).into_font().color(&ink).pos(middle);
        canvas.draw(&Text::new(format!("{:.0}", rate * 100.0), (x + CELL / 2, y + CELL / 2 - 6), style))?;
        let small = (FONT, 11).into_font().color(&ink).pos(middle);
        canvas.draw(&Text::new(format!("of {}", tally.cases), (x + CELL / 2, y + CELL / 2 + 13), small))?;
    }
    canvas.present()?;
    Ok(())
}

/// Each encoding once, with its row or column.
fn numbered(encodings: impl Iterator<Item = Encoding>) -> BTreeMap<Encoding, i32> {
    encodings.collect::<BTreeSet<_>>().into_iter().zip(0..).collect()
}

/// The two encodings of a chain of one step. Cases name chains in many ways: "utf-8 as cp936, question",
/// "utf-8 read as gbk (Windows 936)"; what names no two encodings is not for this picture.
fn single_step(chain: &str) -> Option<(Encoding, Encoding)> {
    let step = chain.split([',', '(']).next()?;
    let (writer, reader) = step.split_once(" as ")?;
    let writer = writer.trim_end_matches(" read");
    Some((writer.trim().parse().ok()?, reader.trim().parse().ok()?))
}

/// From white to blue.
fn heat(rate: f64) -> RGBColor {
    let mix = |to: u8| (255.0 + (f64::from(to) - 255.0) * rate.clamp(0.0, 1.0)) as u8;
    RGBColor(mix(0), mix(80), mix(150))
}

fn left_middle(size: i32) -> TextStyle<'static> {
    (FONT, size).into_font().color(&BLACK).pos(Pos::new(HPos::Left, VPos::Center))
}

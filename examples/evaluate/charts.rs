//! Pictures of what the tables say.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::calibration::Calibration;
use crate::cases::Case;
use crate::run::Judged;
use crate::tables::{LENGTHS, Tally, length_class};

/// Okabe and Ito's colours, which most colour-blind readers can tell apart.
const COLOURS: [RGBColor; 8] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(213, 94, 0),
    RGBColor(120, 120, 120),
    RGBColor(0, 0, 0),
];
const FONT: &str = "sans-serif";

type Drawn = Result<(), Box<dyn Error>>;
type Canvas<'c> = DrawingArea<SVGBackend<'c>, Shift>;

/// Draws all pictures into a folder.
pub(crate) fn draw(folder: &Path, cases: &[Case], judged: &[Judged], calibration: &Calibration) -> Drawn {
    by_length(&folder.join("exact-by-length.svg"), cases, judged)?;
    reliability(&folder.join("reliability.svg"), calibration)?;
    readers(&folder.join("writer-by-reader.svg"), cases, judged)
}

/// The share of exact repairs over length, a line for each class.
fn by_length(path: &Path, cases: &[Case], judged: &[Judged]) -> Drawn {
    let mut classes: BTreeMap<&str, BTreeMap<usize, Tally>> = BTreeMap::new();
    for (case, judged) in cases.iter().zip(judged) {
        let at = LENGTHS.iter().position(|&len| len == length_class(case.len)).unwrap_or_default();
        classes.entry(&case.class).or_default().entry(at).or_default().add(case, judged);
    }
    let canvas = SVGBackend::new(path, (900, 560)).into_drawing_area();
    canvas.fill(&WHITE)?;
    let last = (LENGTHS.len() - 1) as f64;
    let mut chart = ChartBuilder::on(&canvas)
        .caption("Repaired to the very original", (FONT, 22))
        .margin(12)
        .margin_right(190)
        .x_label_area_size(46)
        .y_label_area_size(56)
        .build_cartesian_2d(-0.1..last + 0.1, 0.0..1.0)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc("characters, at most")
        .x_labels(LENGTHS.len())
        .x_label_formatter(&|x| LENGTHS.get(x.round().max(0.0) as usize).map(usize::to_string).unwrap_or_default())
        .y_label_formatter(&|y| format!("{:.0} %", y * 100.0))
        .label_style((FONT, 14))
        .draw()?;
    for (i, (class, lengths)) in classes.iter().enumerate() {
        let colour = COLOURS[i % COLOURS.len()];
        let points: Vec<(f64, f64)> = lengths.iter().map(|(&at, tally)| (at as f64, tally.exact_rate())).collect();
        chart.draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))?;
        // Past the last colour, hollow marks tell the classes apart.
        let style = if i < COLOURS.len() { colour.filled() } else { colour.stroke_width(1) };
        chart.draw_series(points.iter().map(|&point| Circle::new(point, 4, style)))?;
        let y = 50 + 20 * i as i32;
        canvas.draw(&Circle::new((728, y), 4, style))?;
        canvas.draw(&Text::new(class.to_string(), (740, y), left_middle(14)))?;
    }
    canvas.present()?;
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
    chart.draw_series(LineSeries::new(points, COLOURS[0].stroke_width(2)))?;
    for bin in bins {
        let at = (bin.claimed(), bin.true_rate());
        chart.draw_series([Circle::new(at, 5, COLOURS[0].filled())])?;
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
    let mut cells: BTreeMap<(&str, &str), Tally> = BTreeMap::new();
    for (case, judged) in cases.iter().zip(judged) {
        if let Some(pair) = single_step(&case.chain) {
            cells.entry(pair).or_default().add(case, judged);
        }
    }
    let number = |name: fn(&(&str, &str)) -> String| -> BTreeMap<String, i32> {
        let names: std::collections::BTreeSet<String> = cells.keys().map(name).collect();
        names.into_iter().zip(0..).collect()
    };
    let writers = number(|pair| pair.0.to_owned());
    let readers = number(|pair| pair.1.to_owned());
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
        canvas.draw(&Text::new(writer.clone(), (12, TOP + CELL * row + CELL / 2), left_middle(13)))?;
    }
    for (reader, column) in &readers {
        let style = left_middle(13).transform(FontTransform::Rotate270);
        canvas.draw(&Text::new(reader.clone(), (LEFT + CELL * column + CELL / 2, TOP - 8), style))?;
    }
    for ((writer, reader), tally) in &cells {
        let (x, y) = (LEFT + CELL * readers[*reader], TOP + CELL * writers[*writer]);
        let rate = tally.exact_rate();
        canvas.draw(&Rectangle::new([(x, y), (x + CELL - 2, y + CELL - 2)], heat(rate).filled()))?;
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

/// The two encodings of a chain of one step; what follows a comma is about what was lost.
fn single_step(chain: &str) -> Option<(&str, &str)> {
    let chain = chain.split(',').next()?.trim();
    if chain.contains('|') {
        return None;
    }
    let (writer, reader) = chain.split_once(" as ").or_else(|| chain.split_once(" read as "))?;
    Some((writer.trim_end_matches(" read"), reader))
}

/// From white to blue.
fn heat(rate: f64) -> RGBColor {
    let mix = |to: u8| (255.0 + (f64::from(to) - 255.0) * rate.clamp(0.0, 1.0)) as u8;
    RGBColor(mix(0), mix(80), mix(150))
}

fn left_middle(size: i32) -> TextStyle<'static> {
    (FONT, size).into_font().color(&BLACK).pos(Pos::new(HPos::Left, VPos::Center))
}

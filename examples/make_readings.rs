//! Makes `src/reading/pinyin.txt`, the toned syllables of the characters in GBK, from fields of the Unihan database.
//!
//! Each input holds one field, a character and its value on a line, with a tab between them: kMandarin, kHanyuPinyin,
//! kHanyuPinlu, kXHC1983 or kTGHZ2013.
//!
//! ```text
//! cargo run --example make_readings -- unihan_*.tsv -o src/reading/pinyin.txt
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::PathBuf;

use clap::Parser;

/// Makes the table of readings from fields of the Unihan database.
#[derive(Parser)]
struct Options {
    /// Files with a character, a tab and the value of a Unihan field on each line.
    #[arg(required = true)]
    fields: Vec<PathBuf>,
    /// Where to write the table.
    #[arg(short, long)]
    output: PathBuf,
}

const HEADER: &str = "# Toned syllables and the characters of GBK that are read so. Made by examples/make_readings.rs from the Unihan \
                      database of Unicode; Unicode licence, https://www.unicode.org/license.txt";

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let mut table: BTreeMap<String, BTreeSet<char>> = BTreeMap::new();
    for path in &options.fields {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        for (number, line) in text.lines().enumerate() {
            let (character, value) =
                line.split_once('\t').ok_or_else(|| format!("{}:{}: no tab", path.display(), number + 1))?;
            let Some(c) = character.chars().next().filter(|_| is_gbk(character)) else { continue };
            for syllable in syllables(value).filter(|syllable| is_gbk(syllable)) {
                table.entry(syllable.to_owned()).or_default().insert(c);
            }
        }
    }
    let mut output = format!("{HEADER}\n");
    for (syllable, characters) in &table {
        output.push_str(syllable);
        output.push('\t');
        output.extend(characters);
        output.push('\n');
    }
    std::fs::write(&options.output, &output)?;
    let readings: usize = table.values().map(BTreeSet::len).sum();
    eprintln!("{} syllables, {readings} readings, {} bytes", table.len(), output.len());
    Ok(())
}

/// The syllables in a value: `wǎng`, `wǎng(12)`, `1403.020:wǎng,wàng 1403.021:wāng`.
fn syllables(value: &str) -> impl Iterator<Item = &str> {
    value.split_whitespace().flat_map(|part| {
        let readings = part.rsplit_once(':').map_or(part, |(_, readings)| readings);
        readings.split(',').map(|reading| reading.split_once('(').map_or(reading, |(syllable, _)| syllable))
    })
}

/// Whether GBK can write all of `text`: the pages that carry readings were made in it.
fn is_gbk(text: &str) -> bool {
    let (_, _, has_unmappable) = encoding_rs::GBK.encode(text);
    !text.is_empty() && !has_unmappable
}

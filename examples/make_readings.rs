//! Makes `src/reading/pinyin.txt`, the toned syllables of the characters in GBK, from fields of the Unihan database.
//!
//! Each input holds one field, a character and its value on a line, with a tab between them: kMandarin, kHanyuPinyin,
//! kHanyuPinlu, kXHC1983 or kTGHZ2013.
//!
//! ```text
//! cargo run --example make_readings -- unihan_*.tsv -o src/reading/pinyin.txt
//! ```

mod unihan;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use clap::Parser;

/// Makes the table of readings from fields of the Unihan database.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    table: unihan::Table,
}

const HEADER: &str = "# Toned syllables and the characters of GBK that are read so. Made by examples/make_readings.rs from the Unihan \
                      database of Unicode; Unicode licence, https://www.unicode.org/license.txt";

fn main() -> Result<(), Box<dyn Error>> {
    let unihan::Table { fields, output: path } = Options::parse().table;
    let mut table: BTreeMap<String, BTreeSet<char>> = BTreeMap::new();
    for field in &fields {
        for (c, value) in unihan::field(field)?.iter().filter(|(c, _)| is_gbk(c.encode_utf8(&mut [0; 4]))) {
            for syllable in syllables(value).filter(|syllable| is_gbk(syllable)) {
                table.entry(syllable.to_owned()).or_default().insert(*c);
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
    std::fs::write(&path, &output)?;
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

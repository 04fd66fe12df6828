//! Makes `src/lattice/variants.txt`, the simplified and traditional forms of characters, from fields of the Unihan database.
//!
//! Each input holds one field, a character and its value on a line, with a tab between them: kSimplifiedVariant or
//! kTraditionalVariant, which the file's name tells.
//!
//! ```text
//! cargo run --example make_variants -- unihan_kSimplifiedVariant.tsv unihan_kTraditionalVariant.tsv -o src/lattice/variants.txt
//! ```

mod unihan;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use clap::Parser;

/// Makes the table of variants from fields of the Unihan database.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    table: unihan::Table,
}

const HEADER: &str = "# Characters, their simplified forms and their traditional forms, as far as GBK or Big5 has one of two. Made by \
                      examples/make_variants.rs from the Unihan database of Unicode; Unicode licence, https://www.unicode.org/license.txt";

fn main() -> Result<(), Box<dyn Error>> {
    let unihan::Table { fields, output: path } = Options::parse().table;
    let mut table: BTreeMap<char, [BTreeSet<char>; 2]> = BTreeMap::new();
    for field in &fields {
        for (traditional, simplified) in unihan::variants(field)? {
            if is_in_pages(traditional) || is_in_pages(simplified) {
                table.entry(traditional).or_default()[0].insert(simplified);
                table.entry(simplified).or_default()[1].insert(traditional);
            }
        }
    }
    let mut output = format!("{HEADER}\n");
    for (c, [simplified, traditional]) in &table {
        output.push(*c);
        for forms in [simplified, traditional] {
            output.push('\t');
            output.extend(forms);
        }
        output.push('\n');
    }
    std::fs::write(&path, &output)?;
    eprintln!("{} characters, {} bytes", table.len(), output.len());
    Ok(())
}

/// Whether damage may show a character: encodings that texts are misread in have it.
fn is_in_pages(c: char) -> bool {
    let mut buffer = [0; 4];
    let text = c.encode_utf8(&mut buffer);
    [encoding_rs::GBK, encoding_rs::BIG5].iter().any(|page| !page.encode(text).2)
}

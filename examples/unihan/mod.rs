//! Fields of the Unihan database, for the examples that make tables of them: a character and its value on each line, with a tab between them.

// Each example needs a part.
#![allow(dead_code)]

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::Args;

/// What a table is made from, and where it goes.
#[derive(Args)]
pub(crate) struct Table {
    /// Files with a character, a tab and the value of a Unihan field on each line.
    #[arg(required = true)]
    pub(crate) fields: Vec<PathBuf>,
    /// Where to write the table.
    #[arg(short, long)]
    pub(crate) output: PathBuf,
}

/// The characters of a field with their values.
pub(crate) fn field(path: &Path) -> Result<Vec<(char, String)>, Box<dyn Error>> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let lines = text.lines().enumerate().map(|(number, line)| {
        let entry =
            line.split_once('\t').and_then(|(character, value)| Some((character.chars().next()?, value.to_owned())));
        entry.ok_or_else(|| format!("{}:{}: no character and tab: {line:?}", path.display(), number + 1).into())
    });
    lines.collect()
}

/// The pairs of a traditional and a simplified character in a field, kSimplifiedVariant or kTraditionalVariant, which the file's name tells.
pub(crate) fn variants(path: &Path) -> Result<Vec<(char, char)>, Box<dyn Error>> {
    // In the list of simplified forms the character itself is traditional, in the other list those it names are.
    let reversed = path.to_string_lossy().contains("Traditional");
    let mut pairs = Vec::new();
    for (c, value) in field(path)? {
        for other in value.split_whitespace() {
            let hex = other.strip_prefix("U+").and_then(|hex| u32::from_str_radix(hex, 16).ok());
            let other = hex.and_then(char::from_u32).ok_or_else(|| format!("{}: {c}: {value:?}", path.display()))?;
            pairs.push(if reversed { (other, c) } else { (c, other) });
        }
    }
    Ok(pairs)
}

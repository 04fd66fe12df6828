//! Texts, plain and compressed, and lists of variants.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::Failure;

/// One text.
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// How often it counts.
    pub weight: u32,
    bytes: u64,
    temporary: bool,
}

impl Drop for Source {
    fn drop(&mut self) {
        if self.temporary {
            // Nothing is lost if a temporary file stays.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Endings of files that are taken from folders.
const ENDINGS: [&str; 4] = [".txt", ".txt.xz", ".txt.gz", ".txt.zst"];

/// Reads `word=number`.
pub fn weight(argument: &str) -> Result<(String, u32), String> {
    let (word, number) = argument.rsplit_once('=').ok_or("write for example zht_=2")?;
    number.parse().map(|number| (word.to_owned(), number)).map_err(|error| format!("{number}: {error}"))
}

/// Finds texts; standard input is kept in a temporary file, because texts are read twice.
pub fn find(paths: &[PathBuf], weights: &[(String, u32)], temp: &Path) -> Result<Vec<Source>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            let path = temp.join(format!("luanma-{}-stdin.txt", std::process::id()));
            let bytes = io::copy(&mut io::stdin().lock(), &mut File::create_new(&path)?)?;
            found.push(Source { path, weight: 1, bytes, temporary: true });
            continue;
        }
        let mut files = vec![path.clone()];
        if path.is_dir() {
            files = std::fs::read_dir(path)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
            files.retain(|file| ENDINGS.iter().any(|ending| file.to_string_lossy().ends_with(ending)));
            files.sort();
        }
        for path in files {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let weight = weights.iter().rev().find(|(word, _)| name.contains(word)).map_or(1, |&(_, weight)| weight);
            let bytes = std::fs::metadata(&path).map_err(|error| format!("{}: {error}", path.display()))?.len();
            if weight > 0 {
                found.push(Source { path, weight, bytes, temporary: false });
            }
        }
    }
    Ok(found)
}

impl Source {
    /// Bytes of the file as it is.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Hands out the lines, without their ends. Bytes that are not UTF-8 are an error: a model of damage is no use.
    pub fn lines(&self, mut each: impl FnMut(&str) -> Result<(), Failure>) -> Result<(), Failure> {
        let name = |error: &dyn std::fmt::Display| format!("{}: {error}", self.path.display());
        let file = BufReader::new(File::open(&self.path).map_err(|error| name(&error))?);
        let reader: Box<dyn Read> = match self.path.extension().and_then(|ending| ending.to_str()) {
            Some("xz") => Box::new(liblzma::read::XzDecoder::new_multi_decoder(file)),
            Some("gz") => Box::new(flate2::bufread::MultiGzDecoder::new(file)),
            Some("zst") => Box::new(ruzstd::decoding::StreamingDecoder::new(file).map_err(|error| name(&error))?),
            _ => Box::new(file),
        };
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let mut line = String::new();
        while reader.read_line(&mut line).map_err(|error| name(&error))? > 0 {
            each(line.trim_end_matches(['\n', '\r']).trim_start_matches('\u{FEFF}'))?;
            line.clear();
        }
        Ok(())
    }
}

/// Reads Unihan's lists: pairs of a traditional and a simplified character.
pub fn variants(paths: &[PathBuf]) -> Result<Vec<(char, char)>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            for name in ["unihan_kSimplifiedVariant.tsv", "unihan_kTraditionalVariant.tsv"] {
                files.push(path.join(name));
            }
        } else {
            files.push(path.clone());
        }
    }
    let mut pairs = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        // In the list of simplified forms the character itself is traditional, in the other list those it names are.
        let reversed = file.to_string_lossy().contains("Traditional");
        for line in text.lines() {
            let (character, others) = line.split_once('\t').ok_or_else(|| format!("{}: {line:?}", file.display()))?;
            let Some(character) = character.chars().next() else { continue };
            for other in others.split_whitespace() {
                let other =
                    other.strip_prefix("U+").and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
                let other = other.ok_or_else(|| format!("{}: {line:?}", file.display()))?;
                pairs.push(if reversed { (other, character) } else { (character, other) });
            }
        }
    }
    Ok(pairs)
}

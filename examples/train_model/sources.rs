//! Texts, plain and compressed, word lists, and lists of variants.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::{Failure, unihan};

/// One text.
pub(crate) struct Source {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// How often it counts.
    pub(crate) weight: u32,
    bytes: u64,
    temporary: bool,
    kind: Kind,
}

/// What a file holds.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// A paragraph a line.
    Text,
    /// A word a line, then how often it stands somewhere; perhaps more.
    Words,
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
pub(crate) fn weight(argument: &str) -> Result<(String, u32), String> {
    let (word, number) = argument.rsplit_once('=').ok_or("write for example zht_=2")?;
    number.parse().map(|number| (word.to_owned(), number)).map_err(|error| format!("{number}: {error}"))
}

/// Finds texts; standard input is kept in a temporary file, because texts are read twice.
pub(crate) fn find(paths: &[PathBuf], weights: &[(String, u32)], temp: &Path) -> Result<Vec<Source>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            let path = temp.join(format!("luanma-{}-stdin.txt", std::process::id()));
            let bytes = io::copy(&mut io::stdin().lock(), &mut File::create_new(&path)?)?;
            found.push(Source { path, weight: 1, bytes, temporary: true, kind: Kind::Text });
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
                found.push(Source { path, weight, bytes, temporary: false, kind: Kind::Text });
            }
        }
    }
    Ok(found)
}

/// Finds word lists.
pub(crate) fn find_words(paths: &[PathBuf], temp: &Path) -> Result<Vec<Source>, Failure> {
    let mut found = find(paths, &[], temp)?;
    found.iter_mut().for_each(|source| source.kind = Kind::Words);
    Ok(found)
}

/// Words of a list that stand less often are left out: segmenters' errors, mostly.
const LEAST_FREQUENCY: u64 = 10;
/// Words in a row.
const ROW: usize = 20;

/// The words of a list as rows of an enumeration, which is how text has words without a sentence around them. Neighbours
/// in a list resemble each other, so they are put in an order that means nothing.
fn enumerate(list: &[String]) -> Vec<String> {
    let frequent =
        |fields: &Vec<&str>| fields.get(1).and_then(|n| n.parse().ok()).is_some_and(|n: u64| n >= LEAST_FREQUENCY);
    let fields = list.iter().map(|line| line.split_whitespace().collect()).filter(frequent);
    let words = fields.map(|fields| fields[0]).filter(|word| word.chars().nth(1).is_some());
    let hash = |word: &str| {
        word.bytes().fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3))
    };
    let mut words: Vec<(u64, &str)> = words.map(|word| (hash(word), word)).collect();
    words.sort_unstable();
    let row = |row: &[(u64, &str)]| row.iter().map(|&(_, word)| word).collect::<Vec<_>>().join("、");
    words.chunks(ROW).map(row).collect()
}

impl Source {
    /// Hands out what there is to learn from, line by line.
    pub(crate) fn lines(&self, mut each: impl FnMut(&str) -> Result<(), Failure>) -> Result<(), Failure> {
        if self.kind == Kind::Text {
            return self.raw_lines(each);
        }
        let mut list = Vec::new();
        self.raw_lines(|line| {
            list.push(line.to_owned());
            Ok(())
        })?;
        enumerate(&list).iter().try_for_each(|row| each(row))
    }

    /// Bytes of the file as it is.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Hands out the lines, without their ends. Bytes that are not UTF-8 are an error: a model of damage is no use.
    fn raw_lines(&self, mut each: impl FnMut(&str) -> Result<(), Failure>) -> Result<(), Failure> {
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
pub(crate) fn variants(paths: &[PathBuf]) -> Result<Vec<(char, char)>, Failure> {
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
        pairs.append(&mut unihan::variants(&file)?);
    }
    Ok(pairs)
}

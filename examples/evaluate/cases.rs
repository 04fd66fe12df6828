//! Cases: a damaged text with the truth beside it, one JSON object a line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::read::MultiGzDecoder;
use serde::Deserialize;

/// A damaged text and what it was.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) class: String,
    pub(crate) chain: String,
    pub(crate) lang: String,
    /// Characters of the truth, or the length that the case's maker aimed at.
    pub(crate) len: usize,
    pub(crate) clean: String,
    pub(crate) damaged: Damaged,
}

#[derive(Clone, Debug)]
pub(crate) enum Damaged {
    Text(String),
    /// Of unknown encoding.
    Bytes(Vec<u8>),
}

impl Case {
    /// A text with nothing wrong.
    pub(crate) fn is_clean(&self) -> bool {
        matches!(&self.damaged, Damaged::Text(text) if *text == self.clean)
    }

    /// Text in escape notations is damage only to those who say so.
    pub(crate) fn wants_escapes(&self) -> bool {
        self.class.ends_with("escape")
    }
}

/// As it stands in a line; other keys do not matter.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    class: String,
    #[serde(default)]
    chain: String,
    #[serde(default)]
    lang: String,
    len: Option<usize>,
    clean: String,
    damaged: Option<String>,
    bytes: Option<String>,
}

/// A case file that cannot be used, and where.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CasesError {
    #[error("{}: {error}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        error: io::Error,
    },
    #[error("{}:{line}: {problem}", path.display())]
    Line { path: PathBuf, line: usize, problem: String },
}

/// Reads a file of cases; one whose name ends in .gz is unpacked.
pub(crate) fn read(path: &Path) -> Result<Vec<Case>, CasesError> {
    let unreadable = |error| CasesError::Read { path: path.to_owned(), error };
    let file = File::open(path).map_err(unreadable)?;
    let packed = path.extension().is_some_and(|extension| extension == "gz");
    let source: Box<dyn Read> = if packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut cases = Vec::new();
    for (index, line) in BufReader::new(source).lines().enumerate() {
        let line = line.map_err(unreadable)?;
        if line.trim().is_empty() {
            continue;
        }
        let case =
            parse(&line).map_err(|problem| CasesError::Line { path: path.to_owned(), line: index + 1, problem })?;
        cases.push(case);
    }
    Ok(cases)
}

fn parse(line: &str) -> Result<Case, String> {
    let line: Line = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let damaged = match (line.damaged, line.bytes) {
        (_, Some(bytes)) => {
            Damaged::Bytes(BASE64_STANDARD.decode(bytes).map_err(|error| format!("\"bytes\": {error}"))?)
        }
        (Some(text), None) => Damaged::Text(text),
        (None, None) => return Err("neither \"damaged\" nor \"bytes\" is there".to_owned()),
    };
    let len = line.len.unwrap_or_else(|| line.clean.chars().count());
    Ok(Case { class: line.class, chain: line.chain, lang: line.lang, len, clean: line.clean, damaged })
}

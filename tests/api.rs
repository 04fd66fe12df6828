//! The public surface, kept in `tests/api.txt`, so that a change of it is seen in review.
//!
//! Every `pub` item is reachable (`unreachable_pub` sees to it), so the sources can be read line by line: functions with
//! their types, fields, variants, and what the types implement. `UPDATE_API=1 cargo test --test api` records a change.

use std::borrow::Cow;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use luanma::{Chain, ChainError, Encoding, Fixer, FixerBuilder, Model, ModelError, Repair};

/// The sources, in one order everywhere, without unit tests.
fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        folder.read_dir().expect("the sources are there").map(|entry| entry.expect("readable").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            out.push(path);
        }
    }
}

/// One space between words, none inside brackets: how a signature is broken into lines says nothing.
fn plain(signature: &str) -> String {
    let words = signature.split_whitespace().collect::<Vec<_>>().join(" ");
    words.replace("( ", "(").replace(", )", ")").replace(" )", ")").trim_end_matches([' ', '{', ';', ',']).to_owned()
}

/// The public items of one source.
fn surface(source: &str) -> String {
    let mut out = String::new();
    let mut lines = source.lines().take_while(|line| *line != "#[cfg(test)]");
    let mut attributes = Vec::new();
    let mut within = String::new();
    while let Some(line) = lines.next() {
        let words = line.trim_start();
        let at_margin = line.len() == words.len();
        if words.starts_with("#[derive") || words.starts_with("#[non_exhaustive") || words.starts_with("#[must_use") {
            attributes.push(words.to_owned());
            continue;
        }
        if at_margin && words.starts_with("impl") {
            within = plain(words);
            // What a type implements is for everyone, unless one of the two is private; those lines say so by themselves.
            if within.contains(" for ") {
                writeln!(out, "{within}").expect("strings can be written to");
            }
        } else if at_margin && !words.is_empty() {
            within.clear();
        }
        if words.starts_with("pub ") && !words.starts_with("pub use") {
            let mut item = line.to_owned();
            while !item.ends_with(['{', ';', ',', '}']) {
                item += lines.next().expect("an item ends");
            }
            // A signature over several lines: its arguments end with commas.
            while item.matches('(').count() > item.matches(')').count()
                || (item.contains(" fn ") && item.ends_with(','))
            {
                item += lines.next().expect("a signature ends");
            }
            let owner = if within.is_empty() || at_margin { String::new() } else { format!("{within}: ") };
            for attribute in attributes.drain(..).filter(|_| at_margin) {
                writeln!(out, "{attribute}").expect("strings can be written to");
            }
            let indent = if at_margin || !owner.is_empty() { "" } else { "    " };
            writeln!(out, "{indent}{owner}{}", plain(&item)).expect("strings can be written to");
            if words.starts_with("pub enum") {
                for variant in lines.by_ref().take_while(|line| *line != "}").map(str::trim) {
                    if !variant.starts_with("//") && !variant.starts_with('#') {
                        writeln!(out, "    {variant}").expect("strings can be written to");
                    }
                }
            }
        }
        if !words.starts_with("//") && !words.starts_with('#') {
            attributes.clear();
        }
    }
    out
}

#[test]
fn the_public_surface_is_the_recorded_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    sources(&root.join("src"), &mut paths);
    let mut found = String::new();
    for path in paths {
        let source = std::fs::read_to_string(&path).expect("sources are UTF-8").replace("\r\n", "\n");
        let items = surface(&source);
        if items.lines().any(|line| line.contains("pub ")) {
            let name = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            write!(found, "// {name}\n{items}\n").expect("strings can be written to");
        }
    }
    let recorded = root.join("tests/api.txt");
    if std::env::var_os("UPDATE_API").is_some() {
        std::fs::write(&recorded, &found).expect("tests/api.txt can be written");
    }
    let known = std::fs::read_to_string(&recorded).unwrap_or_default().replace("\r\n", "\n");
    let gone: Vec<&str> = known.lines().filter(|line| !found.lines().any(|other| other == *line)).collect();
    let new: Vec<&str> = found.lines().filter(|line| !known.lines().any(|other| other == *line)).collect();
    assert!(known == found, "gone:\n{}\nnew:\n{}\nIf that is meant: UPDATE_API=1", gone.join("\n"), new.join("\n"));
}

/// What users write must go on compiling, whatever becomes of names behind it.
#[test]
fn calls_compile_as_users_write_them() {
    let _: fn(&str) -> Cow<'_, str> = luanma::fix_text;
    let _: fn(&str) -> Repair<'_> = luanma::fix_and_explain;
    let _: fn(&[u8]) -> Repair<'_> = luanma::fix_bytes;
    let _: fn(&str) -> bool = luanma::is_suspicious;
    let _: fn() -> FixerBuilder = Fixer::builder;
    let _: fn(FixerBuilder) -> Fixer = FixerBuilder::build;
    let _: for<'a> fn(&Fixer, &'a str) -> Cow<'a, str> = Fixer::fix_text;
    let _: for<'a> fn(&Fixer, &'a str) -> Repair<'a> = Fixer::fix_and_explain;
    let _: for<'a> fn(&Fixer, &'a [u8]) -> Repair<'a> = Fixer::fix_bytes;
    let _: fn(Repair<'static>) -> Cow<'static, str> = Repair::into_text;
    let _: fn(&Chain, &str) -> Result<String, ChainError> = Chain::apply;
    let _: fn(&Chain, &str) -> Result<String, ChainError> = Chain::undo;
    let _: Result<Model, ModelError> = Model::from_bytes(Vec::new());
    let _: &'static [Encoding] = Encoding::ALL;
}

//! Which files there are, and where each goes.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::args::Args;
use crate::log::Log;
use crate::place::backup_of;

/// A text to repair.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) source: Source,
    pub(crate) target: Target,
    /// Found in a folder rather than named by the user.
    pub(crate) found: bool,
}

#[derive(Debug)]
pub(crate) enum Source {
    Stdin,
    File(PathBuf),
}

impl Source {
    fn path(&self) -> Option<&Path> {
        match self {
            Source::Stdin => None,
            Source::File(path) => Some(path),
        }
    }
}

#[derive(Debug)]
pub(crate) enum Target {
    Stdout,
    File(PathBuf),
    InPlace,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Source::Stdin => f.write_str("standard input"),
            Source::File(path) => path.display().fmt(f),
        }
    }
}

/// A command line that makes no sense.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UsageError {
    #[error("standard input cannot be replaced; leave out --in-place")]
    StdinInPlace,
    #[error("standard input has no name to have in a folder; give a file to --output")]
    StdinIntoFolder,
}

/// Everything there is to do, in the order of the command line; whatever cannot be found is told and left out.
pub(crate) fn collect(args: &Args, log: &Log) -> Result<Vec<Entry>, UsageError> {
    let stdin = [PathBuf::from("-")];
    let inputs: &[PathBuf] = if args.inputs.is_empty() { &stdin } else { &args.inputs };
    let into_folder = args.output.as_deref().is_some_and(|out| inputs.len() > 1 || out.is_dir() || ends_in_slash(out))
        || inputs.iter().any(|input| input.is_dir());
    let mut entries = Vec::new();
    for input in inputs {
        if input == Path::new("-") {
            let target = match &args.output {
                None if args.in_place => return Err(UsageError::StdinInPlace),
                None => Target::Stdout,
                Some(_) if into_folder => return Err(UsageError::StdinIntoFolder),
                Some(file) => Target::File(file.clone()),
            };
            entries.push(Entry { source: Source::Stdin, target, found: false });
            continue;
        }
        let target = |name: &Path| match &args.output {
            None if args.in_place => Target::InPlace,
            None => Target::Stdout,
            Some(out) if into_folder => Target::File(out.join(name)),
            Some(out) => Target::File(out.clone()),
        };
        if input.is_dir() {
            walk(args, input, log, |path| {
                let name = path.strip_prefix(input).unwrap_or(&path);
                entries.push(Entry { target: target(name), source: Source::File(path), found: true });
            });
        } else {
            // One that is missing is told when its turn comes.
            let name = input.file_name().map_or(input.as_path(), Path::new);
            entries.push(Entry { source: Source::File(input.clone()), target: target(name), found: false });
        }
    }
    if let Some(suffix) = &args.backup {
        entries = without_backups(entries, suffix);
    }
    Ok(without_collisions(entries, log))
}

fn ends_in_slash(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().last().is_some_and(|&b| std::path::is_separator(char::from(b)))
}

fn walk(args: &Args, folder: &Path, log: &Log, mut take: impl FnMut(PathBuf)) {
    // What is written while we walk must not be read again.
    let output = args.output.as_deref().and_then(|out| fs::canonicalize(out).ok());
    let wanted = |entry: &DirEntry| {
        let hidden = entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".");
        (args.hidden || !hidden)
            && !(entry.depth() > 0
                && entry.file_type().is_dir()
                && output.is_some()
                && fs::canonicalize(entry.path()).ok() == output)
    };
    let files = WalkDir::new(folder).follow_links(args.follow).sort_by_file_name().into_iter().filter_entry(wanted);
    for entry in files {
        match entry {
            Ok(entry) if entry.file_type().is_file() => take(entry.into_path()),
            Ok(_) => {}
            Err(error) => {
                let place = error.path().unwrap_or(folder).to_owned();
                match error.loop_ancestor() {
                    Some(ancestor) => {
                        log.note(format_args!(
                            "{}: leads back to {}; not followed",
                            place.display(),
                            ancestor.display()
                        ));
                    }
                    None => {
                        let reason = error.into_io_error().unwrap_or_else(|| io::Error::other("cannot be walked"));
                        log.failure(place.display(), format_args!("cannot read: {reason}"));
                    }
                }
            }
        }
    }
}

/// Leaves out the originals that an earlier run kept. To repair them would defeat their purpose.
fn without_backups(mut entries: Vec<Entry>, suffix: &str) -> Vec<Entry> {
    let backups: HashSet<PathBuf> = entries.iter().filter_map(|e| Some(backup_of(e.source.path()?, suffix))).collect();
    entries.retain(|entry| !entry.found || entry.source.path().is_none_or(|path| !backups.contains(path)));
    entries
}

/// Leaves out what would write over an input or over another's output, and what would be replaced twice.
fn without_collisions(entries: Vec<Entry>, log: &Log) -> Vec<Entry> {
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let inputs: HashSet<PathBuf> = if entries.iter().any(|e| matches!(e.target, Target::File(_))) {
        entries
            .iter()
            .filter_map(|e| match &e.source {
                Source::File(path) if path.is_file() => Some(real(path)),
                _ => None,
            })
            .collect()
    } else {
        HashSet::new()
    };
    let mut written = HashSet::new();
    let keep = |entry: &Entry| match (&entry.target, &entry.source) {
        (Target::Stdout, _) | (Target::InPlace, Source::Stdin) => true,
        (Target::InPlace, Source::File(path)) => written.insert(real(path)),
        (Target::File(target), source) => {
            let target = real(target);
            if inputs.contains(&target) {
                log.failure(
                    source,
                    format_args!("would be written over {}, an input; use --in-place", target.display()),
                );
                return false;
            }
            let first = !target.exists() || target.is_file();
            if first && !written.insert(target.clone()) {
                log.failure(source, format_args!("would be written over another's output, {}", target.display()));
                return false;
            }
            true
        }
    };
    let mut entries = entries;
    entries.retain(keep);
    entries
}

//! Where a finished text goes.

use std::fs::{self, Metadata};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use crate::output::{Draft, Output};

/// A text that did not reach its place. What stood there still does.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {error}", path.display())]
pub(crate) struct NotWritten {
    path: PathBuf,
    #[source]
    error: io::Error,
}

impl NotWritten {
    pub(crate) fn new(path: &Path, error: io::Error) -> Self {
        NotWritten { path: path.to_owned(), error }
    }
}

/// Has a file written, and makes the folders it is to be in; a new one gets the permissions of `like`.
pub(crate) fn write<R, E: From<NotWritten>>(
    path: &Path,
    like: Option<&Metadata>,
    fill: impl FnOnce(&mut Output) -> Result<R, E>,
) -> Result<R, E> {
    let failed = |error| NotWritten::new(path, error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut out = Output::file(path, like.filter(|there| there.is_file())).map_err(failed)?;
    let filled = fill(&mut out)?;
    out.finish().map_err(failed)?;
    Ok(filled)
}

/// The name that a file's original is kept under.
pub(crate) fn backup_of(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Has another text written for the file that was read when it looked like `read`, and puts it in the file's place if `fill`
/// says so; keeps the file under its name with the suffix.
pub(crate) fn replace<R, E: From<NotWritten>>(
    path: &Path,
    read: &Metadata,
    backup: Option<&str>,
    fill: impl FnOnce(&mut BufWriter<Draft>) -> Result<(R, bool), E>,
) -> Result<R, E> {
    let backup = backup.map(|suffix| backup_of(path, suffix));
    if let Some(backup) = &backup
        && fs::symlink_metadata(backup).is_ok()
    {
        // It may be the only copy of what the file once was.
        return Err(NotWritten::new(backup, io::ErrorKind::AlreadyExists.into()).into());
    }
    let failed = |error| NotWritten::new(path, error);
    // A link keeps pointing to its file, which is the one that is replaced.
    let real = fs::canonicalize(path).map_err(failed)?;
    let mut draft = BufWriter::with_capacity(1 << 16, Draft::of(&real, Some(read)).map_err(failed)?);
    let (filled, wanted) = fill(&mut draft)?;
    if wanted {
        let draft = draft.into_inner().map_err(|e| failed(e.into_error()))?;
        draft.commit(backup.as_deref(), || unchanged(&real, read)).map_err(failed)?;
    }
    Ok(filled)
}

/// Someone else may write to the file while we think about it; their work must not be lost.
fn unchanged(path: &Path, read: &Metadata) -> io::Result<()> {
    let now = fs::metadata(path)?;
    let same = now.len() == read.len() && now.modified().ok() == read.modified().ok();
    if same { Ok(()) } else { Err(io::Error::other("it was changed while it was being repaired")) }
}

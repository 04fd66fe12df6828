//! Where a finished text goes.

use std::fs::{self, Metadata};
use std::io::{self, Write};
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

/// Writes a file and the folders it is to be in; a new one gets the permissions of `like`.
pub(crate) fn write(path: &Path, text: &[u8], like: Option<&Metadata>) -> Result<(), NotWritten> {
    let written = (|| {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut out = Output::file(path, like.filter(|there| there.is_file()))?;
        out.write_all(text)?;
        out.finish()
    })();
    written.map_err(|error| NotWritten { path: path.to_owned(), error })
}

/// The name that a file's original is kept under.
pub(crate) fn backup_of(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Replaces the file that was read when it looked like `read`; keeps it under its name with the suffix.
pub(crate) fn replace(path: &Path, read: &Metadata, text: &[u8], backup: Option<&str>) -> Result<(), NotWritten> {
    let backup = backup.map(|suffix| backup_of(path, suffix));
    if let Some(backup) = &backup
        && fs::symlink_metadata(backup).is_ok()
    {
        // It may be the only copy of what the file once was.
        return Err(NotWritten { path: backup.clone(), error: io::ErrorKind::AlreadyExists.into() });
    }
    let written = (|| {
        // A link keeps pointing to its file, which is the one that is replaced.
        let real = fs::canonicalize(path)?;
        let mut draft = Draft::of(&real, Some(read))?;
        draft.write_all(text)?;
        draft.commit(backup.as_deref(), || unchanged(&real, read))
    })();
    written.map_err(|error| NotWritten { path: path.to_owned(), error })
}

/// Someone else may write to the file while we think about it; their work must not be lost.
fn unchanged(path: &Path, read: &Metadata) -> io::Result<()> {
    let now = fs::metadata(path)?;
    let same = now.len() == read.len() && now.modified().ok() == read.modified().ok();
    if same { Ok(()) } else { Err(io::Error::other("it was changed while it was being repaired")) }
}

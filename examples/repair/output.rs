//! Files written whole or not at all.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

/// The drafts that exist. Held while one is made or takes its final name, so that an interruption falls before or after.
static DRAFTS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// What a shell reports for a program that SIGINT ended.
const INTERRUPTED: i32 = 130;

fn drafts() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    DRAFTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes every draft away and ends the process.
pub(crate) fn interrupted() -> ! {
    leave(INTERRUPTED)
}

/// Ends the process without waiting for other threads, leaving no draft behind.
pub(crate) fn leave(code: i32) -> ! {
    let drafts = drafts();
    for draft in drafts.iter() {
        // Whatever goes wrong here, the process must end.
        let _ = fs::remove_file(draft);
    }
    std::process::exit(code)
}

/// A file in the making, in the folder where it is to stand.
#[derive(Debug)]
pub(crate) struct Draft {
    // `None` only once it is committed or given up.
    file: Option<NamedTempFile>,
    target: PathBuf,
}

impl Draft {
    /// Starts a draft of the file at `target`; its permissions become those of `like`, or what is usual for new files.
    pub(crate) fn of(target: &Path, like: Option<&Metadata>) -> io::Result<Self> {
        let folder = folder(target);
        let mut known = drafts();
        let mut builder = tempfile::Builder::new();
        builder.prefix(".luanma-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // Read and write for all, less the user's umask, as any new file. A copy is for its owner alone until it is whole.
            builder.permissions(fs::Permissions::from_mode(if like.is_some() { 0o600 } else { 0o666 }));
        }
        let file = builder.tempfile_in(folder)?;
        known.insert(file.path().to_owned());
        drop(known);
        let draft = Draft { file: Some(file), target: target.to_owned() };
        if let (Some(like), Some(file)) = (like, &draft.file) {
            #[cfg(unix)]
            {
                use std::os::unix::fs::{MetadataExt, fchown};
                // Only the superuser may give files away; to others the file is theirs, as with any editor.
                let _ = fchown(file.as_file(), Some(like.uid()), Some(like.gid()));
            }
            file.as_file().set_permissions(like.permissions())?;
        }
        Ok(draft)
    }

    /// Puts the finished draft in its place, first giving what stands there a second name where `backup` says so.
    /// `still` is asked at the last moment whether the file there is still the one that was read.
    pub(crate) fn commit(mut self, backup: Option<&Path>, still: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let Some(mut file) = self.file.take() else { return Ok(()) };
        let path = file.path().to_owned();
        let done = (|| {
            file.flush()?;
            file.as_file().sync_all()?;
            let _known = drafts();
            // Whoever opened the draft made sure of this; but a move onto a device would take it from the whole system.
            if fs::symlink_metadata(&self.target).is_ok_and(|there| !there.is_file()) {
                return Err(io::Error::other("is no regular file"));
            }
            still()?;
            if let Some(backup) = backup {
                keep(&self.target, backup)?;
            }
            file.persist(&self.target).map(drop).map_err(|e| {
                if let Some(backup) = backup {
                    // The original still has its own name.
                    let _ = fs::remove_file(backup);
                }
                e.error
            })
        })();
        drafts().remove(&path);
        done?;
        // Makes the new name last through a power cut; not every file system can, and the file itself is safe.
        let _ = File::open(folder(&self.target)).and_then(|f| f.sync_all());
        Ok(())
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().map_or(Ok(0), |f| f.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), NamedTempFile::flush)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            let path = file.path().to_owned();
            drop(file);
            drafts().remove(&path);
        }
    }
}

/// Gives the file a second name, or copies it where the file system knows no second names. Fails if `backup` exists.
fn keep(original: &Path, backup: &Path) -> io::Result<()> {
    match fs::hard_link(original, backup) {
        Ok(()) => return Ok(()),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => return Err(e),
        Err(_) => {}
    }
    let mut copy = OpenOptions::new().write(true).create_new(true).open(backup)?;
    let copied = File::open(original).and_then(|mut from| {
        io::copy(&mut from, &mut copy)?;
        copy.set_permissions(from.metadata()?.permissions())?;
        copy.sync_all()
    });
    copied.inspect_err(|_| _ = fs::remove_file(backup))
}

fn folder(target: &Path) -> &Path {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Where a stream of text goes: standard output, a file in the making, or something that is no file, such as a pipe.
#[derive(Debug)]
pub(crate) enum Output {
    Stdout(io::BufWriter<io::StdoutLock<'static>>),
    Draft(io::BufWriter<Draft>),
    Device(File),
}

impl Output {
    pub(crate) fn stdout() -> Self {
        Output::Stdout(io::BufWriter::with_capacity(1 << 16, io::stdout().lock()))
    }

    /// A file that is there keeps its permissions; a new one gets those of `like`, or the usual ones.
    pub(crate) fn file(path: &Path, like: Option<&Metadata>) -> io::Result<Self> {
        match fs::metadata(path) {
            // A move onto a device or a pipe would put a file in its place.
            Ok(there) if !there.is_file() => Ok(Output::Device(OpenOptions::new().write(true).open(path)?)),
            // A link keeps pointing to its file, which is the one that is replaced.
            Ok(there) => Ok(Output::draft(&fs::canonicalize(path)?, Some(&there))?),
            Err(_) if fs::symlink_metadata(path).is_ok() => Err(io::Error::other("is a link to nothing")),
            Err(_) => Output::draft(path, like),
        }
    }

    fn draft(path: &Path, like: Option<&Metadata>) -> io::Result<Self> {
        Ok(Output::Draft(io::BufWriter::with_capacity(1 << 16, Draft::of(path, like)?)))
    }

    /// Makes sure that everything has arrived.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Output::Stdout(mut out) => out.flush(),
            Output::Draft(out) => out.into_inner().map_err(io::IntoInnerError::into_error)?.commit(None, || Ok(())),
            Output::Device(mut out) => out.flush(),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Output::Stdout(out) => out.write(bytes),
            Output::Draft(out) => out.write(bytes),
            Output::Device(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Output::Stdout(out) => out.flush(),
            Output::Draft(out) => out.flush(),
            Output::Device(out) => out.flush(),
        }
    }
}

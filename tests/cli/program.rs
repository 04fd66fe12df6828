//! Finds the program, runs it, and keeps what it said.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;

use serde_json::Value;

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
    pub(crate) code: Option<i32>,
}

impl Run {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.out).expect("output is UTF-8")
    }

    /// Standard output as JSON lines.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).expect("a line of output is JSON")).collect()
    }

    #[track_caller]
    pub(crate) fn ended_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "standard error was:\n{}", self.err);
        self
    }
}

/// The built program. Cargo builds examples along with the tests, but not for every way of asking for a single test.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--example", "repair", "--message-format=json-render-diagnostics"]);
        cargo.arg("--manifest-path").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let built = cargo.stderr(Stdio::inherit()).output().expect("cargo runs");
        assert!(built.status.success(), "the example is built");
        let messages = String::from_utf8(built.stdout).expect("cargo writes UTF-8");
        let executable = messages
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|message| message["target"]["name"] == "repair")
            .find_map(|message| message["executable"].as_str().map(PathBuf::from));
        executable.expect("cargo names the executable")
    })
}

/// The program, not yet started.
pub(crate) fn command<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(program());
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the program to its end.
pub(crate) fn repair<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>, stdin: impl AsRef<[u8]>) -> Run {
    let mut child = command(args).spawn().expect("the program starts");
    let mut pipe = child.stdin.take().expect("standard input is a pipe");
    let stdin = stdin.as_ref().to_vec();
    // Not every run reads its standard input, so this may fail; and it must not wait for the output to be read.
    let feeder = thread::spawn(move || _ = pipe.write_all(&stdin));
    let run = ended(child);
    feeder.join().expect("standard input was written");
    run
}

/// Waits for a started program.
pub(crate) fn ended(child: Child) -> Run {
    let output = child.wait_with_output().expect("the program ends");
    Run { out: output.stdout, err: String::from_utf8_lossy(&output.stderr).into_owned(), code: output.status.code() }
}

/// An empty folder that goes away with its owner.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder can be made")
}

/// Makes a file, and the folders it is in.
pub(crate) fn file(folder: &Path, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder can be made");
    fs::write(&path, bytes).expect("the file can be written");
    path
}

/// Everything below a folder, hidden files too.
pub(crate) fn names(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .min_depth(1)
        .into_iter()
        .map(|entry| entry.expect("the folder can be walked").path().strip_prefix(folder).expect("is below").to_owned())
        .collect();
    names.sort();
    names
}

#[track_caller]
pub(crate) fn holds(path: &Path, bytes: impl AsRef<[u8]>) {
    let found = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(String::from_utf8_lossy(&found), String::from_utf8_lossy(bytes.as_ref()), "{}", path.display());
    assert_eq!(found, bytes.as_ref());
}

//! Full disks, missing files, pipes that nobody reads, interruptions: the rest goes on, and nothing is lost.

use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::program::{command, ended, file, folder, holds, names, repair};

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
}

pub(crate) fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < PATIENCE, "{what} never happened");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_missing_file_does_not_stop_the_others() {
    let folder = folder();
    let one = file(folder.path(), "1", "one\n");
    let two = file(folder.path(), "2", "two\n");
    let missing = folder.path().join("missing.txt");
    let below = one.join("below-a-file");
    let run = repair([&one, &missing, &below, &two], "").ended_with(1);
    assert_eq!(run.text(), "one\ntwo\n");
    assert!(run.err.contains("missing.txt: cannot read: No such file"), "{}", run.err);
    assert!(run.err.contains("below-a-file: cannot read: Not a directory"), "{}", run.err);
}

#[test]
fn an_unwritable_target_does_not_stop_the_others() {
    let folder = folder();
    let one = file(folder.path(), "in/1", "one\n");
    file(folder.path(), "in/sub/2", "two\n");
    // Where the second is to go there is a file in the place of a folder.
    let out = folder.path().join("out");
    file(&out, "sub", "in the way");
    let args = [folder.path().join("in"), "-o".into(), out.clone()];
    let run = repair(&args, "").ended_with(1);
    assert!(run.err.contains("cannot write"), "{}", run.err);
    assert!(run.err.contains("2"), "{}", run.err);
    holds(&out.join("1"), "one\n");
    holds(&out.join("sub"), "in the way");
    holds(&one, "one\n");
    assert_eq!(names(&out).len(), 2);
    let run = repair([one.as_os_str(), "-o".as_ref(), one.join("x").as_os_str()], "").ended_with(1);
    assert!(run.err.contains("cannot write"), "{}", run.err);
}

#[test]
fn a_read_only_folder_keeps_its_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let path = file(folder.path(), "a", b"\xb2\xe2\xca\xd4\n");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).expect("permissions can be set");
    let run = repair(["-i".as_ref(), "--backup".as_ref(), "~".as_ref(), path.as_os_str()], "");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions can be set");
    // The superuser may write anywhere; then the original is in the backup.
    let kept = if run.code == Some(0) { folder.path().join("a~") } else { path };
    holds(&kept, b"\xb2\xe2\xca\xd4\n");
}

#[test]
fn a_full_disk_is_told() {
    let full = Path::new("/dev/full");
    if !full.exists() {
        return;
    }
    let folder = folder();
    let path = file(folder.path(), "a", "text\n".repeat(100_000));
    // Only ever as an open stream, never by its name: were the program to replace what it is to write to, the device of the
    // whole system would be gone.
    let questions = "{\"text\":\"a\"}\n".repeat(1000);
    for (args, stdin) in [(vec![path.to_str().expect("UTF-8")], ""), (vec!["--jsonl"], questions.as_str())] {
        let mut child = command(&args)
            .stdout(OpenOptions::new().write(true).open(full).expect("the device can be written"))
            .spawn()
            .expect("the program starts");
        let _ = child.stdin.take().expect("standard input is a pipe").write_all(stdin.as_bytes());
        let run = ended(child).ended_with(1);
        assert!(run.err.contains("standard output: cannot write: No space left"), "{}", run.err);
    }
}

#[test]
fn a_file_too_large_for_the_disk_leaves_the_old_one() {
    let folder = folder();
    let path = file(folder.path(), "in", "text\n".repeat(200_000));
    let out = file(folder.path(), "out", "old\n");
    // A limit on file size stands in for a full disk; the shell ignores the signal, so that the write itself fails.
    let script = "trap '' XFSZ; ulimit -f 100; exec \"$@\"";
    let program = command([] as [&str; 0]).get_program().to_owned();
    let run = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(program)
        .args([path.as_os_str(), "-o".as_ref(), out.as_os_str()])
        .output()
        .expect("the shell runs");
    assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
    holds(&out, "old\n");
    assert_eq!(names(folder.path()), ["in", "out"].map(Path::new));
}

#[test]
fn a_pipe_that_nobody_reads_ends_the_run_quietly() {
    let folder = folder();
    let path = file(folder.path(), "a", "text\n".repeat(1 << 20));
    for args in [vec![path.as_os_str()], vec!["--jsonl".as_ref()]] {
        let mut child = command(&args).spawn().expect("the program starts");
        let mut questions = child.stdin.take().expect("standard input is a pipe");
        let mut out = child.stdout.take().expect("standard output is a pipe");
        let feeder = thread::spawn(move || while questions.write_all(b"{\"text\":\"a\"}\n").is_ok() {});
        let mut first = [0; 10];
        out.read_exact(&mut first).expect("something comes out");
        drop(out);
        // Its standard input is still open: it must not wait for that.
        let run = ended(child).ended_with(0);
        assert_eq!(run.err, "");
        feeder.join().expect("the feeder ends");
    }
}

#[test]
fn standard_error_that_is_closed_changes_nothing() {
    let folder = folder();
    let path = file(folder.path(), "a", "text\n");
    let mut child =
        command([folder.path().join("missing").as_os_str(), path.as_os_str()]).spawn().expect("the program starts");
    drop(child.stderr.take());
    let run = ended(child).ended_with(1);
    assert_eq!(run.text(), "text\n");
}

#[test]
fn an_interruption_leaves_no_half_written_file() {
    for (signal, old) in [("INT", None), ("TERM", Some("old answers\n"))] {
        let folder = folder();
        let out = folder.path().join("answers.jsonl");
        if let Some(old) = old {
            fs::write(&out, old).expect("the file can be written");
        }
        let mut child =
            command(["--jsonl".as_ref(), "-o".as_ref(), out.as_os_str()]).spawn().expect("the program starts");
        let mut questions = child.stdin.take().expect("standard input is a pipe");
        questions.write_all(b"{\"text\":\"a\"}\n").expect("a question can be put");
        let drafts = || names(folder.path()).into_iter().filter(|name| name != Path::new("answers.jsonl")).count();
        wait_for("a draft", || drafts() == 1);
        send(signal, &child);
        ended(child).ended_with(130);
        assert_eq!(drafts(), 0, "{signal}");
        match old {
            Some(old) => holds(&out, old),
            None => assert!(!out.exists()),
        }
        drop(questions);
    }
}

#[test]
fn an_interruption_while_files_are_replaced_loses_none() {
    const FILES: usize = 400;
    let folder = folder();
    let bytes = b"\xb2\xe2\xca\xd4 and more\n".repeat(50);
    for i in 0..FILES {
        file(folder.path(), format!("{i}.txt"), &bytes);
    }
    let child = command(["-i".as_ref(), "--backup".as_ref(), ".orig".as_ref(), folder.path().as_os_str()])
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    // Somewhere in the middle; the run may as well be over already.
    wait_for("a backup", || names(folder.path()).len() > FILES + 3);
    send("INT", &child);
    ended(child);
    for i in 0..FILES {
        let (path, backup) = (folder.path().join(format!("{i}.txt")), folder.path().join(format!("{i}.txt.orig")));
        let now = fs::read(&path).expect("each file is still there");
        if backup.exists() {
            holds(&backup, &bytes);
            assert!(now == bytes || std::str::from_utf8(&now).is_ok_and(|t| t.lines().count() == 50));
        } else {
            assert_eq!(now, bytes);
        }
    }
    let drafts = names(folder.path()).iter().filter(|n| n.to_string_lossy().starts_with(".luanma-")).count();
    assert_eq!(drafts, 0);
}

//! Long texts and what can happen to them on the way; disks that are full; runs that are killed.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use crate::program::{command, ended, file, folder, holds, names, repair};
use crate::trouble::{send, wait_for};

/// Longer than what the program holds of a text, so that it is repaired piece by piece.
const LONG: usize = 5 << 20;
const LINE: &str = "打开窗户，请先保存文件。\n";

fn damaged() -> String {
    let chain: luanma::Chain = "utf-8 as windows-1252".parse().expect("a chain");
    chain.apply("系统检测到新的设备。").expect("a text that the chain can damage") + "\n"
}

fn long(line: &str) -> String {
    line.repeat(LONG / line.len() + 1)
}

fn drafts(folder: &Path) -> usize {
    names(folder).iter().filter(|name| name.to_string_lossy().contains(".luanma-")).count()
}

#[test]
fn long_texts_are_repaired_wherever_they_go() {
    let folder = folder();
    let (text, want) = (long(&damaged()), "系统检测到新的设备。\n");
    let path = file(folder.path(), "a", &text);
    let is_right = |text: &str| text.lines().count() == LONG / damaged().len() + 1 && text.replace(want, "").is_empty();
    let run = repair([&path], "").ended_with(0);
    assert!(is_right(run.text()) && run.err.is_empty(), "{}", run.err);
    assert!(is_right(repair(["-"], &text).ended_with(0).text()));
    let out = folder.path().join("out");
    repair([path.as_os_str(), "-o".as_ref(), out.as_os_str()], "").ended_with(0);
    assert!(is_right(&fs::read_to_string(&out).expect("the output is UTF-8")));
    let run = repair(["-i".as_ref(), "--backup".as_ref(), "~".as_ref(), path.as_os_str()], "").ended_with(0);
    assert!(run.err.contains("1 processed, 1 repaired, 0 converted"), "{}", run.err);
    assert!(is_right(&fs::read_to_string(&path).expect("the file is UTF-8")));
    assert!(fs::read_to_string(folder.path().join("a~")).expect("the backup is there") == text);
    assert_eq!(drafts(folder.path()), 0);
}

#[test]
fn long_clean_and_binary_files_are_not_touched() {
    let folder = folder();
    let clean = file(folder.path(), "clean", long(LINE));
    let binary: Vec<u8> = (0..=255).cycle().take(LONG).collect();
    let mixed = [long(LINE).as_bytes(), &binary].concat();
    let (binary, mixed) = (file(folder.path(), "binary", binary), file(folder.path(), "mixed", mixed));
    let all = [&clean, &binary, &mixed];
    let before: Vec<_> = all.iter().map(|path| fs::metadata(path).expect("there").modified().ok()).collect();
    let contents: Vec<_> = all.iter().map(|path| fs::read(path).expect("there")).collect();
    let run = repair(["-i".as_ref()].into_iter().chain(all.iter().map(|p| p.as_os_str())), "").ended_with(0);
    assert!(run.err.contains("binary: looks binary") && run.err.contains("mixed: looks binary"), "{}", run.err);
    assert!(run.err.contains("3 processed, 0 repaired, 0 converted"), "{}", run.err);
    assert_eq!(before, all.iter().map(|path| fs::metadata(path).expect("there").modified().ok()).collect::<Vec<_>>());
    for (path, content) in all.into_iter().zip(contents) {
        assert!(fs::read(path).expect("there") == content);
        assert!(repair([path], "").ended_with(0).out == content);
    }
    assert_eq!(drafts(folder.path()), 0);
}

#[test]
fn long_texts_in_other_encodings_come_out_as_utf8() {
    let text = long(LINE);
    let folder = folder();
    let twice = text.repeat(2);
    let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(twice.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for (name, bytes) in [("gbk", encoding_rs::GBK.encode(&twice).0.into_owned()), ("utf16", utf16)] {
        let path = file(folder.path(), name, bytes);
        let run = repair([&path], "").ended_with(0);
        assert!(run.text().replace(LINE, "").is_empty(), "{name}");
        assert!(run.err.contains("not UTF-8; read as"), "{}", run.err);
        let run = repair(["-i".as_ref(), path.as_os_str()], "").ended_with(0);
        assert!(run.err.contains("1 converted"), "{}", run.err);
        assert!(fs::read_to_string(&path).expect("UTF-8 now").replace(LINE, "").is_empty());
    }
    // A byte that fits nowhere would be lost.
    let path = file(folder.path(), "stray", [text.as_bytes(), b"\xff\n"].concat());
    let run = repair(["-i".as_ref(), path.as_os_str()], "").ended_with(1);
    assert!(run.err.contains("would lose them"), "{}", run.err);
    assert!(fs::read(&path).expect("there").ends_with(b"\xff\n"));
    assert_eq!(drafts(folder.path()), 0);
}

#[test]
fn what_is_too_long_for_a_report_is_told() {
    let run = repair(["--json"], "x".repeat((64 << 20) + 1)).ended_with(1);
    assert!(run.err.contains("longer than 64 MiB"), "{}", run.err);
    assert_eq!(run.json()[0]["verdict"], "failed");
}

/// So much address space is enough for any text; the lines below are longer.
const MEMORY: &str = "ulimit -v 600000; exec \"$@\"";
const HUGE: usize = 1_000_000_000;
/// Of what it says so much is kept.
const KEPT: usize = 4096;

/// Feeds one line of so many bytes to the program, which has little memory, and gives the length of what it says.
fn feed(args: &[&str], begin: &str, length: usize, end: &str) -> (usize, Vec<u8>, String, Option<i32>) {
    let program = command([] as [&str; 0]).get_program().to_owned();
    let mut child = Command::new("sh")
        .args(["-c", MEMORY, "sh"])
        .arg(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the shell starts");
    let mut questions = child.stdin.take().expect("standard input is a pipe");
    let mut out = child.stdout.take().expect("standard output is a pipe");
    let (begin, end) = (begin.to_owned(), end.to_owned());
    let feeder = thread::spawn(move || {
        let block = vec![b'x'; 1 << 20];
        let mut left = length;
        let mut written = questions.write_all(begin.as_bytes());
        while left > 0 && written.is_ok() {
            let now = left.min(block.len());
            written = questions.write_all(&block[..now]);
            left -= now;
        }
        written.and_then(|()| questions.write_all(end.as_bytes()))
    });
    let (mut said, mut first, mut buffer) = (0, Vec::new(), vec![0; 1 << 16]);
    loop {
        let read = out.read(&mut buffer).expect("the output can be read");
        if read == 0 {
            break;
        }
        said += read;
        first.extend_from_slice(&buffer[..read.min(KEPT.saturating_sub(first.len()))]);
    }
    let run = ended(child);
    let fed = feeder.join().expect("the feeder ends");
    assert!(fed.is_ok(), "{fed:?}: {}", run.err);
    (said, first, run.err, run.code)
}

fn a_line_of(length: usize) {
    let (said, _, err, code) = feed(&[], "", length, "\n");
    assert_eq!((said, code), (length + 1, Some(0)), "{err}");
    let (_, answers, err, code) = feed(&["--jsonl"], "{\"text\":\"", length, "\"}\n{\"id\":7,\"text\":\"a\"}\n");
    assert_eq!(code, Some(1), "{err}");
    let answers = String::from_utf8(answers).expect("answers are UTF-8");
    let mut answers = answers.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
    let (refused, answered) = (answers.next().expect("an answer"), answers.next().expect("another"));
    assert_eq!(refused["line"], 1);
    assert!(refused["error"].as_str().is_some_and(|e| e.contains("longer than 64 MiB")), "{refused}");
    assert_eq!((&answered["id"], &answered["text"]), (&7.into(), &"a".into()));
}

#[test]
fn a_line_longer_than_memory_passes_or_is_refused() {
    a_line_of(HUGE);
}

/// As above; takes its time.
#[test]
#[ignore = "takes half a minute"]
fn a_line_of_10_gb_passes_or_is_refused() {
    a_line_of(10_000_000_000);
}

#[test]
fn a_file_that_is_written_to_while_it_is_repaired_is_left_as_it_is_then() {
    let folder = folder();
    let path = file(folder.path(), "a", long(&damaged()));
    let child = command(["-i".as_ref(), path.as_os_str()]).spawn().expect("the program starts");
    wait_for("a draft", || drafts(folder.path()) == 1);
    let mut other = fs::OpenOptions::new().append(true).open(&path).expect("the file can be written");
    other.write_all(b"more\n").expect("the file can be written");
    let run = ended(child).ended_with(1);
    assert!(run.err.contains("it was changed while it was being repaired"), "{}", run.err);
    assert!(fs::read_to_string(&path).expect("there") == long(&damaged()) + "more\n");
    assert_eq!(names(folder.path()), [Path::new("a")]);
}

#[test]
fn a_file_that_vanishes_while_it_is_repaired_does_not_come_back() {
    let folder = folder();
    let path = file(folder.path(), "a", long(&damaged()));
    let child = command(["-i".as_ref(), "--backup".as_ref(), "~".as_ref(), path.as_os_str()]).spawn();
    let child = child.expect("the program starts");
    wait_for("a draft", || drafts(folder.path()) == 1);
    fs::remove_file(&path).expect("the file can be removed");
    let run = ended(child).ended_with(1);
    assert!(run.err.contains("cannot write") && run.err.contains("No such file"), "{}", run.err);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_file_that_vanishes_before_its_turn_does_not_stop_the_others() {
    let folder = folder();
    file(folder.path(), "1", long(&damaged()));
    let vanishing = file(folder.path(), "2", "two\n");
    file(folder.path(), "3", "three\n");
    let out = crate::program::folder();
    let args = ["-j1".as_ref(), folder.path().as_os_str(), "-o".as_ref(), out.path().as_os_str()];
    let child = command(args).spawn().expect("the program starts");
    wait_for("a draft", || drafts(out.path()) == 1);
    fs::remove_file(&vanishing).expect("the file can be removed");
    let run = ended(child).ended_with(1);
    assert!(run.err.contains("2: cannot read: No such file"), "{}", run.err);
    assert_eq!(names(out.path()), ["1", "3"].map(Path::new));
    holds(&out.path().join("3"), "three\n");
}

/// What a run that is killed cannot clean up is a draft; the files are whole.
#[test]
fn a_kill_loses_no_file() {
    let folder = folder();
    let text = long(&damaged());
    for name in ["1", "2", "3"] {
        file(folder.path(), name, &text);
    }
    let args = ["-j1".as_ref(), "-i".as_ref(), "--backup".as_ref(), "~".as_ref(), folder.path().as_os_str()];
    let child = command(args).spawn().expect("the program starts");
    wait_for("the first file's backup", || folder.path().join("1~").exists());
    wait_for("the second file's draft", || drafts(folder.path()) == 1);
    send("KILL", &child);
    assert_eq!(ended(child).code, None);
    for name in ["1", "2", "3"] {
        let now = fs::read_to_string(folder.path().join(name)).expect("each file is still there");
        let backup = folder.path().join(format!("{name}~"));
        if backup.exists() {
            assert!(fs::read_to_string(backup).expect("there") == text);
        }
        assert!(now == text || now.lines().count() == text.lines().count() && !now.contains('ç'), "{name} is whole");
    }
    assert!(folder.path().join("1~").exists());
}

#[test]
fn an_interruption_of_a_long_text_leaves_the_old_one() {
    for (args, kept) in [(vec!["-i"], "a"), (vec!["-o", "out"], "out")] {
        let folder = folder();
        let path = file(folder.path(), "a", long(&damaged()));
        let out = file(folder.path(), "out", "old\n");
        let args = args.into_iter().map(|arg| if arg == "out" { out.as_os_str() } else { arg.as_ref() });
        let child = command(args.chain([path.as_os_str()])).spawn().expect("the program starts");
        wait_for("a draft", || drafts(folder.path()) == 1);
        send("INT", &child);
        ended(child).ended_with(130);
        assert!(fs::read_to_string(&path).expect("there") == long(&damaged()), "{kept}");
        holds(&out, "old\n");
        assert_eq!(names(folder.path()), ["a", "out"].map(Path::new));
    }
}

/// A disk of our own, of so many bytes, for as long as a script runs; nothing where the system forbids it.
fn on_a_small_disk(bytes: usize, script: &str, arg: &Path) -> Option<std::process::Output> {
    let disk = folder();
    let script = format!("mount -t tmpfs -o size={bytes} none \"$1\" && cd \"$1\" || exit 77\n{script}");
    let run = Command::new("unshare")
        .args(["-rm", "sh", "-c", &script, "sh"])
        .arg(disk.path())
        .arg(command([] as [&str; 0]).get_program())
        .arg(arg)
        .output();
    run.ok().filter(|run| !matches!(run.status.code(), Some(1 | 77)) || run.stdout.starts_with(b"on the disk"))
}

#[test]
fn a_full_disk_keeps_what_is_on_it() {
    let folder = folder();
    for (size, text) in [("short", damaged().repeat(20_000)), ("long", long(&damaged()))] {
        let path = file(folder.path(), size, &text);
        // There is room for the text, but not for a second one, which is shorter by half.
        let script = "echo on the disk; cp \"$3\" a; \"$2\" -i --backup '~' a 2>message; echo $?; ls -A; cat message; cmp a \"$3\" && echo same";
        let Some(run) = on_a_small_disk(text.len() * 5 / 4, script, &path) else {
            println!("no disk can be made here");
            return;
        };
        let said = String::from_utf8_lossy(&run.stdout);
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines[1..4], ["1", "a", "message"], "{said}");
        assert!(said.contains("a: cannot write a: No space left on device"), "{said}");
        assert!(said.ends_with("same\n"), "{said}");
    }
}

#[test]
fn a_link_to_itself_is_told() {
    let folder = folder();
    let link = folder.path().join("link");
    symlink(&link, &link).expect("a link can be made");
    for args in [vec![link.as_os_str()], vec!["-i".as_ref(), link.as_os_str()]] {
        let run = repair(&args, "").ended_with(1);
        assert!(run.err.contains("link: cannot read: Too many levels of symbolic links"), "{}", run.err);
    }
    assert_eq!(repair([folder.path()], "").ended_with(0).text(), "");
}

fn a_folder_of(files: usize) {
    let (from, to) = (folder(), folder());
    for i in 0..files {
        // No more than some thousands in one folder, or the file system is what is tested.
        file(from.path(), format!("{}/{i}", i / 5000), "plain\n");
    }
    let run = repair(["-q".as_ref(), from.path().as_os_str(), "-o".as_ref(), to.path().as_os_str()], "").ended_with(0);
    assert_eq!(run.err, "");
    let written =
        walkdir::WalkDir::new(to.path()).into_iter().filter(|e| e.as_ref().is_ok_and(|e| e.file_type().is_file()));
    assert_eq!(written.count(), files);
    let run = repair([from.path()], "").ended_with(0);
    assert_eq!(run.text().len(), files * "plain\n".len());
    assert!(run.err.contains(&format!("{files} processed")), "{}", run.err);
}

#[test]
fn a_folder_with_very_many_files() {
    a_folder_of(3_000);
}

/// As above; each file is brought to the disk, which takes its time.
#[test]
#[ignore = "takes many minutes"]
fn a_folder_with_a_million_files() {
    a_folder_of(1_000_000);
}

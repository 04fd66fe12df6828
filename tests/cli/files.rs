//! Files and folders: where text goes, what stays as it was.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use crate::program::{file, folder, holds, names, repair};

/// 测试 in GBK: any program has to write these as other bytes to have UTF-8.
const GBK: &[u8] = b"\xb2\xe2\xca\xd4\n";

fn run(args: &[&dyn AsRef<OsStr>]) -> crate::program::Run {
    repair(args.iter().map(|a| a.as_ref()), "")
}

#[test]
fn a_folder_comes_out_as_a_folder() {
    let (from, to) = (folder(), folder());
    file(from.path(), "a.txt", "a\n");
    file(from.path(), "sub/deep/b.txt", "b\n");
    file(from.path(), "picture", b"\x89PNG\0\0\0\xff");
    file(from.path(), ".hidden", "h\n");
    file(from.path(), ".git/object", "o\n");
    let out = to.path().join("new/out");
    run(&[&from.path(), &"--output", &out]).ended_with(0);
    assert_eq!(names(&out), ["a.txt", "picture", "sub", "sub/deep", "sub/deep/b.txt"].map(Path::new));
    holds(&out.join("sub/deep/b.txt"), "b\n");
    holds(&out.join("picture"), b"\x89PNG\0\0\0\xff");
    run(&[&"--hidden", &from.path(), &"--output", &out]).ended_with(0);
    holds(&out.join(".git/object"), "o\n");
}

#[test]
fn a_folder_goes_to_standard_output_in_the_order_of_its_names() {
    let from = folder();
    for name in ["c", "a", "b/x", "B"] {
        file(from.path(), name, format!("{name}\n"));
    }
    assert_eq!(run(&[&from.path()]).ended_with(0).text(), "B\na\nb/x\nc\n");
}

#[test]
fn an_output_inside_the_input_is_not_read() {
    let from = folder();
    file(from.path(), "a", "a\n");
    let out = from.path().join("out");
    for _ in 0..3 {
        run(&[&from.path(), &"-o", &out]).ended_with(0);
    }
    // The first time it was not there yet to be passed over, the other times it was.
    assert_eq!(names(&out), [Path::new("a")]);
}

#[test]
fn outputs_never_fall_on_inputs_or_on_each_other() {
    let folder = folder();
    let (one, two) = (file(folder.path(), "1/same", "one\n"), file(folder.path(), "2/same", "two\n"));
    let message = run(&[&one, &"-o", &one]).ended_with(1).err;
    assert!(message.contains("--in-place"), "{message}");
    let out = folder.path().join("out");
    let message = run(&[&one, &two, &"-o", &out]).ended_with(1).err;
    assert!(message.contains("another's output"), "{message}");
    holds(&out.join("same"), "one\n");
    run(&[&one, &two, &"-o", &folder.path().join("1")]).ended_with(1);
    holds(&one, "one\n");
    holds(&two, "two\n");
}

#[test]
fn in_place_leaves_clean_and_binary_files_untouched() {
    let folder = folder();
    let clean = file(folder.path(), "clean.txt", "nothing to do\n");
    let binary = file(folder.path(), "image", b"GIF89a\0\0\0\xff\xfe");
    let before = [fs::metadata(&clean), fs::metadata(&binary)].map(|m| m.and_then(|m| m.modified()).expect("a time"));
    run(&[&"-i", &"--backup", &".orig", &folder.path()]).ended_with(0);
    let after = [fs::metadata(&clean), fs::metadata(&binary)].map(|m| m.and_then(|m| m.modified()).expect("a time"));
    assert_eq!(before, after);
    assert_eq!(names(folder.path()), ["clean.txt", "image"].map(Path::new));
}

#[test]
fn in_place_keeps_the_original_where_told() {
    let folder = folder();
    let path = file(folder.path(), "old.txt", GBK);
    run(&[&"--in-place", &"--backup", &".orig", &path]).ended_with(0);
    holds(&folder.path().join("old.txt.orig"), GBK);
    let text = fs::read_to_string(&path).expect("the repaired file is UTF-8");
    assert!(text.ends_with('\n') && text.len() > 1);
    assert_eq!(names(folder.path()), ["old.txt", "old.txt.orig"].map(Path::new));
}

#[test]
fn a_backup_is_never_overwritten() {
    let folder = folder();
    let path = file(folder.path(), "old.txt", GBK);
    let backup = file(folder.path(), "old.txt.orig", "the only copy");
    let message = run(&[&"--in-place", &"--backup", &".orig", &path]).ended_with(1).err;
    assert!(message.contains("old.txt.orig"), "{message}");
    holds(&path, GBK);
    holds(&backup, "the only copy");
    assert_eq!(names(folder.path()).len(), 2);
}

#[test]
fn backups_are_not_repaired_by_the_next_run() {
    let folder = folder();
    for name in ["a.txt", "sub/b.txt"] {
        file(folder.path(), name, GBK);
    }
    for _ in 0..2 {
        run(&[&"--in-place", &"--backup", &".orig", &folder.path()]).ended_with(0);
        holds(&folder.path().join("a.txt.orig"), GBK);
        holds(&folder.path().join("sub/b.txt.orig"), GBK);
        assert_eq!(names(folder.path()).len(), 5);
    }
}

#[test]
fn without_a_backup_no_bytes_are_lost() {
    let folder = folder();
    // Neither byte may stand in any Chinese, Japanese or Korean encoding here, nor in UTF-8.
    let bytes = b"mixed \xe4\xbd\xa0\xe5\xa5\xbd and \xc4\xe3\xba\xc3 and \xff\xff\xff\n";
    let path = file(folder.path(), "mixed.txt", bytes);
    let run = run(&[&"--in-place", &path]);
    let now = fs::read(&path).expect("the file is still there");
    match run.code {
        Some(1) => assert_eq!(now, bytes),
        _ => assert!(!String::from_utf8(now).expect("replaced by UTF-8").contains('\u{fffd}')),
    }
    assert_eq!(names(folder.path()).len(), 1);
}

#[test]
fn one_file_named_twice_is_replaced_once() {
    let folder = folder();
    let path = file(folder.path(), "old.txt", GBK);
    let run = run(&[&"-i", &"--backup", &"~", &path, &folder.path().join("./old.txt"), &folder.path()]).ended_with(0);
    assert!(run.err.contains("1 processed"), "{}", run.err);
    holds(&folder.path().join("old.txt~"), GBK);
}

#[test]
fn reports_and_texts_may_go_different_ways() {
    let folder = folder();
    let path = file(folder.path(), "a.txt", "plain\n");
    let out = folder.path().join("b.txt");
    let reports = run(&[&"--json", &path, &"-o", &out]).ended_with(0).json();
    assert!(reports[0].get("text").is_none());
    holds(&out, "plain\n");
    let run = run(&[&"--explain", &path, &"-o", &out]).ended_with(0);
    assert!(run.text().contains("clean"));
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsString;
    use std::fs::OpenOptions;
    use std::io::Read;
    use std::os::unix::ffi::OsStringExt;
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    use std::process::Command;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("the file is there").permissions().mode() & 0o7777
    }

    #[test]
    fn permissions_are_kept() {
        let folder = folder();
        for (name, bits) in [("script", 0o750), ("secret", 0o600), ("shared", 0o664)] {
            let path = file(folder.path(), name, GBK);
            fs::set_permissions(&path, fs::Permissions::from_mode(bits)).expect("permissions can be set");
            run(&[&"-i", &"--backup", &".orig", &path]).ended_with(0);
            assert_eq!(mode(&path), bits, "{name}");
            assert_eq!(mode(&folder.path().join(format!("{name}.orig"))), bits, "{name}");
            let out = folder.path().join("out").join(name);
            run(&[&path, &"-o", &out]).ended_with(0);
            assert_eq!(mode(&out), bits, "{name}");
        }
    }

    #[test]
    fn an_existing_output_keeps_its_permissions_and_its_links() {
        let folder = folder();
        let path = file(folder.path(), "a", "new\n");
        let out = file(folder.path(), "real", "old\n");
        fs::set_permissions(&out, fs::Permissions::from_mode(0o640)).expect("permissions can be set");
        let link = folder.path().join("link");
        symlink(&out, &link).expect("a link can be made");
        run(&[&path, &"-o", &link]).ended_with(0);
        holds(&out, "new\n");
        assert_eq!(mode(&out), 0o640);
        assert!(link.is_symlink());
    }

    #[test]
    fn a_link_keeps_pointing_to_what_is_replaced() {
        let folder = folder();
        let path = file(folder.path(), "real/file", GBK);
        let link = folder.path().join("link");
        symlink(&path, &link).expect("a link can be made");
        run(&[&"-i", &"--backup", &".orig", &link]).ended_with(0);
        assert!(link.is_symlink());
        assert_ne!(fs::read(&path).expect("the file is there"), GBK);
        holds(&folder.path().join("link.orig"), GBK);
    }

    #[test]
    fn links_in_folders_are_followed_only_when_told_and_loops_end() {
        let folder = folder();
        let elsewhere = super::folder();
        file(elsewhere.path(), "far", "far\n");
        file(folder.path(), "near", "near\n");
        symlink(elsewhere.path(), folder.path().join("away")).expect("a link can be made");
        symlink(folder.path(), folder.path().join("loop")).expect("a link can be made");
        symlink("nowhere", folder.path().join("zdead")).expect("a link can be made");
        let plain = run(&[&folder.path()]).ended_with(0);
        assert_eq!(plain.text(), "near\n");
        assert_eq!(plain.err, "");
        let followed = run(&[&"--follow", &folder.path()]).ended_with(1);
        assert_eq!(followed.text(), "far\nnear\n");
        assert!(followed.err.contains("loop: leads back to"), "{}", followed.err);
        assert!(followed.err.contains("zdead: cannot read"), "{}", followed.err);
    }

    #[test]
    fn names_that_are_not_utf8_are_names_too() {
        let (folder, out) = (folder(), super::folder());
        let name = OsString::from_vec(b"\xb2\xe2\xca\xd4.txt".to_vec());
        let path = file(folder.path(), &name, GBK);
        run(&[&folder.path(), &"-o", &out.path()]).ended_with(0);
        assert_eq!(names(out.path()), [Path::new(&name)]);
        let reports = run(&[&"--json", &path]).ended_with(0).json();
        assert!(reports[0]["path_bytes"].is_string());
        run(&[&"-i", &"--backup", &".orig", &path]).ended_with(0);
        let mut backup = path.into_os_string();
        backup.push(".orig");
        holds(backup.as_ref(), GBK);
        let missing = run(&[&OsString::from_vec(b"/no/\xff".to_vec())]).ended_with(1);
        assert!(missing.err.contains("cannot read"), "{}", missing.err);
    }

    /// A pipe stands for all that is no file: if it were replaced after all, no device of the system would be gone.
    #[test]
    fn pipes_are_written_to_and_never_replaced() {
        let folder = folder();
        let path = file(folder.path(), "a", "text\n");
        let pipe = folder.path().join("pipe");
        let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
        assert!(made.success());
        // Open at both ends, so that neither side waits for the other even if the program never comes.
        let mut reader = OpenOptions::new().read(true).write(true).open(&pipe).expect("the pipe can be opened");
        run(&[&path, &"-o", &pipe]).ended_with(0);
        let mut got = [0; 5];
        assert!(fs::metadata(&pipe).expect("the pipe is there").file_type().is_fifo());
        reader.read_exact(&mut got).expect("the pipe can be read");
        assert_eq!(&got, b"text\n");
        let message = run(&[&"-i", &pipe]).ended_with(1).err;
        assert!(message.contains("no regular file"), "{message}");
        assert!(fs::metadata(&pipe).expect("the pipe is there").file_type().is_fifo());
        assert_eq!(names(folder.path()).len(), 2);
    }

    #[test]
    fn standard_streams_have_names_too() {
        let folder = folder();
        let path = file(folder.path(), "a", "text\n");
        assert_eq!(run(&[&path, &"-o", &"/dev/stdout"]).ended_with(0).text(), "text\n");
        assert_eq!(repair(["/dev/stdin"], "text\n").ended_with(0).text(), "text\n");
    }
}

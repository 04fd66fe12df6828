//! Text in, text out; and command lines that make no sense.

use crate::program::{command, ended, file, folder, repair};

const NO_ARGS: [&str; 0] = [];

#[test]
fn clean_text_passes_through() {
    for text in [
        "",
        "\n",
        "no line end",
        "one\r\ntwo\r\n\r\n",
        "plain\n",
        "夏天到了，河边的柳树很绿。\n",
        "a\0b\0\0\0c\n",
        "\u{feff}with a mark\n",
    ] {
        let run = repair(NO_ARGS, text).ended_with(0);
        assert_eq!(run.text(), text);
        assert_eq!(run.err, "");
        assert_eq!(repair(["-"], text).ended_with(0).text(), text);
    }
}

#[test]
fn a_huge_line_passes_through() {
    let line = "x".repeat(8 << 20);
    assert!(repair(NO_ARGS, &line).ended_with(0).text() == line);
}

#[test]
fn bytes_that_are_not_utf8_come_out_as_utf8_and_the_user_is_told() {
    let run = repair(NO_ARGS, b"\xc4\xe3\xba\xc3\xa3\xac\xca\xc0\xbd\xe7\n").ended_with(0);
    assert!(run.text().ends_with('\n'));
    assert!(run.err.contains("standard input: not UTF-8"), "{}", run.err);
    assert_eq!(repair(["--quiet"], b"\xc4\xe3\xba\xc3\n").ended_with(0).err, "");
}

#[test]
fn binary_input_passes_through() {
    let bytes: Vec<u8> = (0..=255).cycle().take(5000).collect();
    let run = repair(NO_ARGS, &bytes).ended_with(0);
    assert_eq!(run.out, bytes);
    assert!(run.err.contains("binary"), "{}", run.err);
    let padded = b"\x89PNG\r\n\0\0\0\rIHDR\xff\xfe";
    assert_eq!(repair(NO_ARGS, padded).ended_with(0).out, padded);
}

#[test]
fn utf16_is_no_binary() {
    let text = "第一行\n第二行 and more\n";
    for units in [u16::to_le_bytes, u16::to_be_bytes] {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(units).collect();
        let run = repair(NO_ARGS, &bytes).ended_with(0);
        assert!(run.err.contains("not UTF-8"), "{}", run.err);
        assert!(!run.err.contains("binary"), "{}", run.err);
    }
}

#[test]
fn files_come_out_in_the_order_given() {
    let folder = folder();
    let names: Vec<_> = (0..200).map(|i| file(folder.path(), format!("{i}"), format!("file {i}\n"))).collect();
    let want: String = (0..200).map(|i| format!("file {i}\n")).collect();
    for threads in ["1", "2", "7"] {
        let args = ["-j".as_ref(), threads.as_ref()].into_iter().chain(names.iter().map(|n| n.as_os_str()));
        let run = repair(args, "").ended_with(0);
        assert_eq!(run.text(), want);
        assert!(run.err.contains("200 processed"), "{}", run.err);
    }
    assert_eq!(repair([&names[3], &names[3]], "").ended_with(0).text(), "file 3\nfile 3\n");
}

#[test]
fn explanations_have_no_colours_in_a_pipe() {
    let run = repair(["--explain"], "plain\n").ended_with(0);
    assert!(run.text().starts_with("standard input: clean"), "{}", run.text());
    assert!(!run.text().contains('\u{1b}'));
}

#[test]
fn colours_are_for_those_who_want_them() {
    let folder = folder();
    let path = file(folder.path(), "a.txt", "plain\n");
    let coloured = |name: &str, value: &str| {
        let mut command = command(["--explain".as_ref(), path.as_os_str()]);
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env(name, value);
        let run = ended(command.spawn().expect("the program starts")).ended_with(0);
        run.text().contains('\u{1b}')
    };
    assert!(coloured("CLICOLOR_FORCE", "1"));
    assert!(!coloured("NO_COLOR", "1"));
}

#[cfg(unix)]
#[test]
fn names_cannot_command_the_terminal() {
    let folder = folder();
    let path = file(folder.path(), "\u{1b}[2Jname\u{202e}", "plain\n");
    let missing = folder.path().join("\u{1b}[2Jmissing\u{9b}");
    let run = repair(["--explain".as_ref(), path.as_os_str(), missing.as_os_str()], "").ended_with(1);
    for said in [run.text(), &run.err] {
        assert!(said.contains("\\u{1b}[2J") && !said.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{said}");
    }
}

#[test]
fn reports_are_json_with_the_text() {
    let run = repair(["--json"], "plain \"text\"\n").ended_with(0);
    let reports = run.json();
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0]["text"], "plain \"text\"\n");
    assert_eq!(reports[0]["changed"], false);
    assert_eq!(reports[0]["verdict"], "clean");
    assert!(reports[0]["spans"].as_array().is_some_and(Vec::is_empty));
}

#[test]
fn every_file_has_a_report_whatever_becomes_of_it() {
    let folder = folder();
    let binary = file(folder.path(), "binary", b"\xff\0\0\0");
    let missing = folder.path().join("missing");
    let text = file(folder.path(), "text", "plain\n");
    let run = repair(["--json".as_ref(), binary.as_os_str(), missing.as_os_str(), text.as_os_str()], "").ended_with(1);
    let verdicts: Vec<_> = run.json().iter().map(|report| report["verdict"].clone()).collect();
    assert_eq!(verdicts, ["binary", "failed", "clean"]);
    assert_eq!(run.json()[1]["path"], missing.to_str().expect("the folder's name is UTF-8"));
}

#[test]
fn the_help_tells_the_exit_codes() {
    let run = repair(["--help"], "").ended_with(0);
    for wanted in ["Exit codes", "--in-place", "--jsonl", "--backup", "written\n  whole or not at all"] {
        assert!(run.text().contains(wanted), "{wanted}");
    }
}

#[test]
fn senseless_command_lines_end_with_2_before_anything_is_touched() {
    let folder = folder();
    let path = file(folder.path(), "a.txt", b"\xc4\xe3\xba\xc3");
    let path = path.to_str().expect("the folder's name is UTF-8");
    for args in [
        &["--nonsense"][..],
        &["--in-place"],
        &["--in-place", "-"],
        &["--in-place", "--jsonl", path],
        &["--in-place", "--output", "x", path],
        &["--backup", ".orig", path],
        &["--in-place", "--backup", "", path],
        &["--in-place", "--backup", "../x", path],
        &["--json", "--explain", path],
        &["--min-confidence", "2", path],
        &["--min-confidence", "NaN", path],
        &["--max-layers", "-1", path],
        &["--threads", "0", path],
        &["--encoding", "no-such-encoding", path],
        &["--on-loss", "panic", path],
        &["--script", "latin", path],
        &["--model", "/no/such/model", path],
        &["--model", path, path],
        &["--output", "/tmp/", "-"],
    ] {
        let run = repair(args, "").ended_with(2);
        assert_eq!(run.text(), "", "{args:?}");
        assert_ne!(run.err, "", "{args:?}");
    }
    crate::program::holds(path.as_ref(), b"\xc4\xe3\xba\xc3");
}

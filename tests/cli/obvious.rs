//! The few repairs that no version of the library may miss, seen through the program.

use serde_json::json;

use crate::program::{command, ended, file, folder, holds, repair};

const GREETING: &str = "你好，世界！";

/// The greeting, damaged in the commonest ways.
const DAMAGED: [(&str, &str); 4] = [
    ("ä½\u{a0}å¥½ï¼Œä¸–ç•Œï¼\u{81}", "utf-8 as windows-1252"),
    ("浣犲ソ锛屼笘鐣岋紒", "utf-8 as gbk"),
    ("ÄãºÃ£¬ÊÀ½ç£¡", "gbk as windows-1252"),
    ("Ã¤Â½Â\u{a0}Ã¥Â¥Â½Ã¯Â¼Å’Ã¤Â¸â€“Ã§â€¢Å’Ã¯Â¼Â\u{81}", "utf-8 as windows-1252 | utf-8 as windows-1252"),
];

#[test]
fn a_greeting_comes_back() {
    for (damaged, chain) in DAMAGED {
        assert_eq!(repair([] as [&str; 0], damaged).ended_with(0).text(), GREETING, "{chain}");
        let question = json!({"id": 1, "text": damaged}).to_string();
        let answer = &repair(["--jsonl"], question).ended_with(0).json()[0];
        assert_eq!(answer["text"], GREETING);
        assert_eq!(answer["changed"], true);
        assert!(answer["confidence"].as_f64().is_some_and(|confidence| confidence > 0.5));
        assert_eq!(answer["spans"].as_array().map(Vec::len), Some(1), "{chain}");
    }
}

#[test]
fn a_file_is_repaired_in_place_and_its_original_kept() {
    let folder = folder();
    let damaged = format!("first line\n{}\nlast line\n", DAMAGED[0].0);
    let path = file(folder.path(), "a.txt", &damaged);
    let run = repair(["-i".as_ref(), "--backup".as_ref(), "~".as_ref(), path.as_os_str()], "").ended_with(0);
    assert!(run.err.contains("1 repaired"), "{}", run.err);
    holds(&path, format!("first line\n{GREETING}\nlast line\n"));
    holds(&folder.path().join("a.txt~"), damaged);
}

#[test]
fn an_explanation_shows_both_texts_and_the_chain() {
    let mut command = command(["--explain"]);
    command.env("CLICOLOR_FORCE", "1").env_remove("NO_COLOR");
    let folder = folder();
    let path = file(folder.path(), "a.txt", format!("one\ntwo {}\n", DAMAGED[0].0));
    let run = ended(command.arg(&path).spawn().expect("the program starts")).ended_with(0);
    for wanted in ["a.txt:2:5", "utf-8 as windows-1252", "å¥½", GREETING, "\u{1b}["] {
        assert!(run.text().contains(wanted), "{wanted}: {}", run.text());
    }
}

#[test]
fn bytes_in_gbk_are_read_as_such() {
    let text = "会议改到下午三点开始，请大家准时参加。\n";
    let (bytes, _, _) = encoding_rs::GBK.encode(text);
    let run = repair([] as [&str; 0], &bytes).ended_with(0);
    assert_eq!(run.text(), text);
    assert!(run.err.contains("read as gb"), "{}", run.err);
}

//! A question a line, an answer a line.

use std::io::{BufRead, BufReader, Write};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::program::{command, ended, file, folder, holds, names, repair};

fn ask(lines: impl AsRef<[u8]>, code: i32) -> Vec<Value> {
    repair(["--jsonl"], lines).ended_with(code).json()
}

#[test]
fn each_question_has_its_answer_in_order() {
    let questions: String = (0..5000)
        .map(|i| json!({"id": i, "text": "x".repeat(i * 7 % 500), "other": {"keys": [null]}}).to_string() + "\n")
        .collect();
    for threads in ["1", "2", "5"] {
        let run = repair(["--jsonl", "--threads", threads], &questions).ended_with(0);
        let answers = run.json();
        assert_eq!(answers.len(), 5000);
        for (i, answer) in answers.iter().enumerate() {
            assert_eq!(answer["id"], i);
            assert_eq!(answer["text"], "x".repeat(i * 7 % 500));
            assert_eq!(answer["changed"], false);
            assert!(answer["confidence"].as_f64().is_some_and(|c| (0.0..=1.0).contains(&c)));
            assert!(answer["chain"].is_string() && answer["spans"].is_array());
        }
        assert_eq!(run.err, "");
    }
}

#[test]
fn identifiers_come_back_as_they_were() {
    let ids = ["7", "1.50", "123456789012345678901234567890", "\"\\u4e00\"", "[1,{\"a\":null}]", "true"];
    let questions: String = ids.iter().map(|id| format!("{{\"text\":\"a\",\"id\":{id}}}\n")).collect();
    let run = repair(["--jsonl"], questions).ended_with(0);
    for (line, id) in run.text().lines().zip(ids) {
        assert!(line.starts_with(&format!("{{\"id\":{id},")), "{line}");
    }
    assert!(ask("{\"text\": \"a\"}\n", 0)[0].get("id").is_none());
}

#[test]
fn a_broken_line_is_answered_and_the_run_goes_on() {
    let lines: [&[u8]; 14] = [
        b"{\"id\": 0, \"text\": \"a\"}",
        b"",
        b"{broken",
        b"[1, 2]",
        b"   \t",
        b"{\"id\": 1}",
        b"{\"id\": 2, \"bytes\": \"?\"}",
        b"{\"id\": 3, \"text\": \"a\", \"bytes\": \"YQ==\"}",
        b"{\"id\": 4, \"text\": \"\xff\"}",
        b"{\"id\": 5, \"text\": \"\\ud800\"}",
        b"{\"id\": 6, \"text\": 7}",
        b"{\"id\": 7, \"text\": \"a\"} {}",
        b"null",
        b"{\"id\": 8, \"text\": \"last, without a line end\"}",
    ];
    let run = repair(["--jsonl"], lines.join(&b'\n')).ended_with(1);
    let answers = run.json();
    let broken = [3, 4, 6, 7, 8, 9, 10, 11, 12, 13];
    assert_eq!(answers.len(), broken.len() + 2);
    assert_eq!(answers[0]["text"], "a");
    for (answer, line) in answers[1..].iter().zip(broken) {
        assert_eq!(answer["line"], line);
        assert!(answer["error"].as_str().is_some_and(|e| !e.is_empty()));
        assert!(run.err.contains(&format!("standard input:{line}: ")), "{}", run.err);
    }
    assert_eq!(answers[3]["id"], 1, "the identifier is told where it is known");
    assert_eq!(answers[broken.len() + 1]["text"], "last, without a line end");
    assert_eq!(repair(["--jsonl", "--quiet"], "{").ended_with(1).err, "");
}

#[test]
fn deep_and_odd_json_is_no_trouble() {
    let deep = format!("{{\"text\": \"a\", \"x\": {}{}}}\n", "[".repeat(200_000), "]".repeat(200_000));
    let odd = "\u{feff}{\"text\": \"first\"}\r\n{\"text\": \"a\\u0000b\\n\"}\r\n";
    assert_eq!(repair(["--jsonl"], deep).text().lines().count(), 1);
    let answers = ask(odd, 0);
    assert_eq!(answers[0]["text"], "first");
    assert_eq!(answers[1]["text"], "a\0b\n");
    assert!(ask("", 0).is_empty());
    assert!(ask("\n\n \n", 0).is_empty());
}

#[test]
fn bytes_are_taken_with_and_without_padding() {
    for encoded in ["cGxhaW4=", "cGxhaW4"] {
        let answer = &ask(format!("{{\"id\": 1, \"bytes\": \"{encoded}\"}}\n"), 0)[0];
        assert_eq!(answer["text"], "plain");
    }
    assert_eq!(ask("{\"bytes\": \"\"}\n", 0)[0]["text"], "");
}

#[test]
fn a_long_line_among_short_ones() {
    let long = "y".repeat(4 << 20);
    let questions = format!("{{\"text\":\"a\"}}\n{{\"text\":\"{long}\"}}\n{{\"text\":\"b\"}}\n");
    let answers = ask(questions, 0);
    assert_eq!(answers.len(), 3);
    assert!(answers[1]["text"] == long.as_str());
    assert_eq!(answers[2]["text"], "b");
}

#[test]
fn an_answer_does_not_wait_for_the_next_question() {
    let mut child = command(["--jsonl"]).spawn().expect("the program starts");
    let mut questions = child.stdin.take().expect("standard input is a pipe");
    let answers = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for line in answers.lines() {
            let _ = tell.send(line.expect("an answer can be read"));
        }
    });
    for i in 0..5 {
        questions.write_all(format!("{{\"id\":{i},\"text\":\"a\"}}\n").as_bytes()).expect("a question can be put");
        let answer = told.recv_timeout(Duration::from_secs(60)).expect("an answer comes while we wait");
        assert!(answer.starts_with(&format!("{{\"id\":{i},")), "{answer}");
    }
    drop(questions);
    ended(child).ended_with(0);
}

#[test]
fn questions_and_answers_may_be_files() {
    let folder = folder();
    let one = file(folder.path(), "1.jsonl", "{\"id\":1,\"text\":\"a\"}\n{\"id\":2,\"text\":\"b\"}");
    let two = file(folder.path(), "2.jsonl", "{\"id\":3,\"text\":\"c\"}\n{\n");
    let out = folder.path().join("out.jsonl");
    let missing = folder.path().join("missing.jsonl");
    let args =
        ["--jsonl".as_ref(), one.as_os_str(), missing.as_os_str(), two.as_os_str(), "-o".as_ref(), out.as_os_str()];
    let run = repair(args, "").ended_with(1);
    assert_eq!(run.text(), "");
    assert!(run.err.contains("missing.jsonl: cannot read"), "{}", run.err);
    assert!(run.err.contains("2.jsonl:2: not JSON"), "{}", run.err);
    let answers = std::fs::read_to_string(&out).expect("the answers are there");
    assert_eq!(answers.lines().count(), 4);
    assert_eq!(names(folder.path()).len(), 3);
    repair(["--jsonl".as_ref(), one.as_os_str(), "-o".as_ref(), one.as_os_str()], "").ended_with(2);
    holds(&one, "{\"id\":1,\"text\":\"a\"}\n{\"id\":2,\"text\":\"b\"}");
}

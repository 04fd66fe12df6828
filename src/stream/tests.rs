//! Texts that are read piece by piece come out as they do whole.

use std::io::{self, BufRead, Read};

use super::PIECE;
use crate::{Chain, Encoding, Fixer, Verdict, fix_bytes, fix_text};

const SENTENCES: [&str; 4] = [
    "春雨过后，院子里的石榴树开满了花，老人坐在树下喝茶。",
    "请在下周五之前把合同寄回公司，会议记录已经发到各位的邮箱。",
    "She said the café’s “daily special” was fine – nothing more…",
    "火车晚点了四十分钟，站台上人很多，孩子们在放风筝！",
];

/// Several pieces.
const LONG: usize = 3 * PIECE;

fn apply(chain: &str, text: &str) -> String {
    let chain: Chain = chain.parse().expect("a chain");
    chain.apply(text).expect("a text that the chain can damage")
}

/// Lines until there are enough bytes.
fn lines(line: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for i in 0.. {
        if text.len() >= LONG {
            break;
        }
        text += &line(i);
    }
    text
}

fn streamed(bytes: &[u8]) -> (String, Verdict) {
    let mut reader = Fixer::default().reader(bytes);
    let mut text = String::new();
    reader.read_to_string(&mut text).expect("memory can be read");
    (text, reader.verdict())
}

#[track_caller]
fn comes_out_as_whole(text: &str) {
    let (streamed, verdict) = streamed(text.as_bytes());
    let whole = crate::fix_and_explain(text);
    let at = streamed.bytes().zip(whole.text().bytes()).position(|(a, b)| a != b);
    assert!(
        streamed == whole.text(),
        "the same up to byte {at:?}, where whole it reads {:?}",
        at.map(|at| String::from_utf8_lossy(&whole.text().as_bytes()[at - 30.min(at)..][..60]))
    );
    assert_eq!(verdict, whole.verdict());
}

#[test]
fn short_texts() {
    for text in [
        "",
        "a",
        "\n",
        "plain\n",
        "鎵撳紑绐楁埛",
        "打开窗户\r\n鎵撳紑绐楁埛\r\n",
        "\u{feff}é\n",
        "\u{fffd}\u{fffd}\u{fffd}\u{fffd}",
    ] {
        comes_out_as_whole(text);
    }
}

#[test]
fn clean_lines() {
    comes_out_as_whole(&lines(|i| format!("{i}: {}\n", SENTENCES[i % 4])));
}

#[test]
fn a_clean_line_without_end() {
    comes_out_as_whole(&lines(|i| SENTENCES[i % 4].to_owned()));
    comes_out_as_whole(&"院子里的石榴树开满了花".repeat(LONG / 33));
    comes_out_as_whole(&"x".repeat(LONG));
}

#[test]
fn damaged_lines_among_clean_ones() {
    let damaged = apply("utf-8 as windows-1252", "系统检测到新的设备，正在安装驱动程序。");
    comes_out_as_whole(&lines(|i| {
        if i % 50 == 7 { format!("{i} {damaged}\n") } else { format!("{i} {}\n", SENTENCES[i % 4]) }
    }));
}

#[test]
fn damaged_lines() {
    for chain in ["utf-8 as iso-8859-1", "gbk as windows-1252", "utf-8 as windows-1252 | utf-8 as windows-1252"] {
        let chinese = [SENTENCES[0], SENTENCES[1], SENTENCES[3]];
        comes_out_as_whole(&lines(|i| format!("{}\n", apply(chain, chinese[i % 3]))));
    }
}

#[test]
fn a_damaged_line_without_end() {
    for chain in ["utf-8 as iso-8859-1", "gbk as windows-1252"] {
        comes_out_as_whole(&lines(|i| apply(chain, SENTENCES[[0, 1, 3][i % 3]])));
        // Without a stop to cut at.
        comes_out_as_whole(&lines(|_| apply(chain, "院子里的石榴树开满了花老人坐在树下喝茶")));
    }
}

#[test]
fn bytes_of_unknown_encoding() {
    let text = lines(|i| format!("{i}: {}\n", SENTENCES[[0, 1, 3][i % 3]]));
    let one_line = lines(|i| SENTENCES[[0, 1, 3][i % 3]].to_owned());
    for text in [text, one_line] {
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [b"\xff\xfe", &utf16[..]].concat();
        let gbk = encoding_rs::GBK.encode(&text).0;
        for bytes in [&*gbk, &marked] {
            let (streamed, _) = streamed(bytes);
            assert!(streamed == fix_bytes(bytes).text());
            assert!(streamed == text);
        }
    }
}

#[test]
fn a_stray_byte_is_marked_and_the_rest_is_read_on() {
    let text = lines(|i| format!("{i}: {}\n", SENTENCES[i % 4]));
    let mut bytes = text.clone().into_bytes();
    let at = text.rfind('\n').expect("there are lines");
    bytes.insert(at, 0xff);
    let (streamed, _) = streamed(&bytes);
    assert_eq!(streamed.chars().filter(|&c| c == '\u{fffd}').count(), 1);
    assert_eq!(streamed.replace('\u{fffd}', ""), text);
}

#[test]
fn a_character_cut_off_at_the_end_is_marked() {
    let mut bytes = lines(|_| "打开窗户\n".to_owned()).into_bytes();
    bytes.extend_from_slice("打".as_bytes().get(..2).expect("three bytes"));
    let whole = fix_bytes(&bytes);
    assert!(whole.source_text().ends_with("打开窗户\n\u{fffd}\u{fffd}"));
    assert!(streamed(&bytes).0 == whole.text());
}

/// Gives one byte at a time, and now and then an error instead.
struct Trickle<'a> {
    bytes: &'a [u8],
    calls: usize,
}

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        match self.calls % 100 {
            50 => Err(io::ErrorKind::Interrupted.into()),
            99 => Err(io::ErrorKind::WouldBlock.into()),
            _ => {
                let (now, later) = self.bytes.split_at(self.bytes.len().min(1));
                buffer[..now.len()].copy_from_slice(now);
                self.bytes = later;
                Ok(now.len())
            }
        }
    }
}

#[test]
fn a_reader_that_fails_may_be_tried_again() {
    let text = "请先保存文件，鎵撳紑绐楁埛\n".repeat(100);
    let mut reader = Fixer::default().reader(Trickle { bytes: text.as_bytes(), calls: 0 });
    let (mut out, mut errors) = (Vec::new(), 0);
    loop {
        match reader.fill_buf() {
            Ok([]) => break,
            Ok(bytes) => {
                out.extend_from_slice(bytes);
                let length = bytes.len();
                reader.consume(length);
            }
            Err(error) => {
                assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
                errors += 1;
            }
        }
    }
    assert!(errors > 10);
    assert_eq!(String::from_utf8(out).expect("UTF-8"), fix_text(&text));
    assert_eq!((reader.verdict(), reader.encoding()), (Verdict::Repaired, Some(Encoding::Utf8)));
}

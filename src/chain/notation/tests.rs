use proptest::prelude::*;

use super::*;
use crate::{Chain, Step};

fn chain(s: &str) -> Chain {
    s.parse().unwrap()
}

#[test]
fn the_usual_spelling_is_written_and_others_are_read() {
    for (step, text, shown, others) in [
        (
            "utf-8 as percent-escapes",
            "中 a/100%",
            "%E4%B8%AD a/100%25",
            vec!["%e4%b8%ad%20a%2F100%", "%E4%B8%AD a/100%25"],
        ),
        (
            "gbk as backslash-x",
            "中\\n",
            r"\xd6\xd0\n",
            vec![r"\xD6\xD0\n", r"\\xd6\\xd0\n", r"\'d6\'D0\n", r"\udcd6\uDCD0\n"],
        ),
        ("utf-8 as backslash-hex", "中\\n\\e", r"\E4\B8\AD\n\5Ce", vec![r"\e4\b8\ad\n\e", r"\\E4\\B8\\AD\n\e"]),
        ("gbk as angle-brackets", "中<d6 <b>", "<d6><d0><d6 <b>", vec!["<D6><D0><d6 <b>"]),
        ("utf-8 as hex", "中1", "E4B8AD31", vec!["e4b8ad31", "0xE4B8AD31", r"\xe4b8ad31", "E4 B8 AD 31"]),
        ("big5 as octal-escapes", "中\\", r"\244\244\", vec![r"\\244\\244\\134"]),
        ("utf-8 as quoted-printable", "1=中", "1=3D=E4=B8=AD", vec!["1=3D=e4=\r\n=B8=AD", "1==E4= \n=B8=AD=\n"]),
        (
            "text as json-escapes",
            "é😀\\",
            r"\u00e9\ud83d\ude00\",
            vec![r"\\u00E9\\uD83D\\uDE00\\u005c", r"\u{e9}\x{1F600}\", r"\u00e9\U0001f600\"],
        ),
        (
            "text as u-plus",
            "中<😀#U12",
            "<U+4E2D><<U+0001F600>#U12",
            vec!["#U4e2d<#L01f600#U12", "<U+4E2D><U+003C><U+1f600>#U12"],
        ),
        ("text as javascript-escapes", "é中%", "%E9%u4E2D%25", vec!["%u00e9%u4e2d%"]),
        (
            "text as html-references",
            "é中&<",
            "&#233;&#20013;&<",
            vec!["&eacute;&#x4E2D;&amp;&lt;", "&#0233;&#X4e2d;&&lt;", "&#233&#20013&<"],
        ),
        ("text as utf-7", "1+1 中\\", "1+-1 +Ti0AXA-", vec!["1+-1 +Ti0-+AFw"]),
        ("text as utf-7-imap", "1+1&中\\", "1+1&-&Ti0-\\", vec!["1+1&-&Ti0AXA-"]),
        ("text as hz", "~中a", "~~~{VP~}a", vec!["~~~\n~{VP~}a"]),
        ("gbk as mime-b", "中文 a", "=?gbk?B?1tDOxCBh?=", vec!["=?GB2312*zh?b?1tA=?= \r\n =?gb2312?q?=CE=C4_a?="]),
        ("gbk as mime-q", "中文 a", "=?gbk?Q?=D6=D0=CE=C4_a?=", vec!["=?x?Q?=D6=D0=CE?= =?x?B?xA==?= a"]),
    ] {
        let chain = chain(step);
        assert_eq!(chain.apply(text).as_deref(), Ok(shown), "{step}");
        assert_eq!(chain.undo(shown).as_deref(), Ok(text), "{step}");
        for other in others {
            assert_eq!(chain.undo(other).as_deref(), Ok(text), "{step}: {other}");
        }
    }
}

#[test]
fn what_is_no_escape_stays() {
    for (step, text) in [
        ("utf-8 as percent-escapes", "100%, %zz %4"),
        ("utf-8 as backslash-x", r"C:\xyz \x4 \\ \n \345"),
        ("utf-8 as octal-escapes", r"\400 \34 \8 \x41"),
        ("utf-8 as backslash-hex", r"C:\temp \4 \n \"),
        ("utf-8 as quoted-printable", "a=b =4 ="),
        ("utf-8 as angle-brackets", "<b> <4> <e4 <xy> <"),
        ("text as u-plus", "<U+4E> <U+4E2D <U+D800> #U4e #l4e2d U+4E2D <U+"),
        ("text as json-escapes", r"\u12 \ud83d \ud83dx \n \\n \u{} \u{110000} \u{4e2d \U00004e2"),
        ("text as html-references", "R&D &nosuch; &#; &#xD800; &#0; &amp &#12345678901234567890; &#65 &#"),
        ("utf-8 as mime-b", "=?utf-8?B?a?= =?utf-8?Q?a =?x?X?y?= =?"),
    ] {
        assert_eq!(chain(step).undo(text).as_deref(), Ok(text), "{step}");
    }
}

#[test]
fn pairs_of_backslashes_stay() {
    assert_eq!(chain("utf-8 as backslash-x").undo(r"C:\\\xe4\xb8\xad").as_deref(), Ok(r"C:\\中"));
    // The second byte of a pair may itself be a backslash.
    assert_eq!(chain("shift_jis as octal-escapes").undo(r"\224\\202\311").as_deref(), Ok("能に"));
}

#[test]
fn words_are_no_longer_than_allowed() {
    for step in ["utf-8 as mime-b", "gb18030 as mime-q", "utf-16le as mime-q"] {
        let text = "长长的主题，没有尽头 long 😀".repeat(7);
        let shown = chain(step).apply(&text).unwrap();
        assert!(shown.split(' ').all(|word| (20..=75).contains(&word.len())), "{step}: {shown}");
        assert_eq!(chain(step).undo(&shown), Ok(text));
    }
}

#[test]
fn errors_tell_where() {
    let offset = |error: ChainError| match error {
        ChainError::Unmappable { index, offset, .. } => (index, offset),
        other => panic!("{other}"),
    };
    assert_eq!(offset(chain("utf-8 as percent-escapes").undo("a%E4%B8%AD%FF").unwrap_err()), (0, 10));
    assert_eq!(offset(chain("utf-8 as percent-escapes").undo("%E4%B8").unwrap_err()), (0, 0));
    assert_eq!(offset(chain("utf-8 as backslash-x").undo("ab中").unwrap_err()), (0, 2));
    assert_eq!(offset(chain("utf-8 as gbk | text as utf-7").undo("a+b").unwrap_err()), (1, 1));
    assert_eq!(offset(chain("text as hz").apply("a€").unwrap_err()), (0, 1));
    assert_eq!(offset(chain("utf-8 as mime-b").undo("a =?utf-8?B?1tA=?=").unwrap_err()), (0, 2));
}

#[test]
fn notations_stand_where_encodings_do() {
    assert_eq!(chain("UTF8 as Percent-Escapes|TEXT as HZ").to_string(), "utf-8 as percent-escapes | text as hz");
    for s in ["text as percent-escapes", "utf-8 as hz", "percent-escapes as utf-8", "text as gbk"] {
        assert!(matches!(s.parse::<Chain>(), Err(ChainError::UnknownEncoding(_))), "{s}");
    }
}

#[test]
fn long_texts_take_linear_time() {
    for text in ["\\", "\\\\x", "+", "+A", "=?", "=?a?", "=?a?B?", "~{", "~", "= ", "&", "&#", "%25", "\\ud83d"] {
        let text = text.repeat(10_000);
        for step in steps() {
            let _ = Chain::new([step]).undo(&text);
            let _ = Chain::new([step]).apply(&text);
        }
    }
}

fn steps() -> Vec<Step> {
    let encodings = [
        Encoding::Utf8,
        Encoding::Gb18030,
        Encoding::Big5,
        Encoding::ShiftJis,
        Encoding::Utf16Le,
        Encoding::Windows1252,
    ];
    let bytes =
        ByteNotation::ALL.iter().flat_map(|&notation| encodings.map(|written| Step::Escaped { written, notation }));
    bytes.chain(TextNotation::ALL.iter().map(|&notation| Step::Spelled { notation })).collect()
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "([ -~]|[\\\\xu04e%25=?_&;#amp+\\-~{}\n]|[一-龥。，é]){0,16}",
        "(\\\\x4e|\\\\u4e2d|%25|=3D|&amp;|&#228;|~~|~\\{|=\\?gbk\\?Q\\?=|\\+Ti0-|中|\\\\|%|&|=|é|x|u|0){0,10}",
        "[一-龥😀-😎]{0,40}",
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn what_was_shown_is_read(text in text(), steps in proptest::collection::vec(proptest::sample::select(steps()), 1..4)) {
        let chain = Chain::new(steps);
        if let Ok(shown) = chain.apply(&text) {
            let undone = chain.undo(&shown);
            if undone.as_ref() != Ok(&text) {
                // Big5 and Shift_JIS write some characters in a form that is read as another text.
                prop_assert_eq!(undone.and_then(|u| chain.apply(&u)), Ok(shown), "{}: {:?}", chain, text);
            }
        }
    }

    #[test]
    fn nothing_panics(text in text(), step in proptest::sample::select(steps())) {
        let _ = Chain::new([step]).undo(&text);
    }
}

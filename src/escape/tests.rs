use proptest::prelude::*;

use crate::{Fixer, Repair, Step};

fn fix(text: &str) -> Repair<'_> {
    Fixer::builder().escapes(true).build().fix_and_explain(text)
}

#[track_caller]
fn undone(text: &str, original: &str, chain: &str) {
    let repair = fix(text);
    assert_eq!(repair.text(), original);
    assert_eq!(repair.spans()[0].chain.to_string(), chain, "{text}");
    replays(text, &repair);
}

/// Every span with escapes is what its chain undoes, and what is between spans is untouched.
fn replays(text: &str, repair: &Repair<'_>) {
    let (mut source, mut output) = (0, 0);
    for span in repair.spans() {
        assert_eq!(text[source..span.source.start], repair.text()[output..span.output.start]);
        (source, output) = (span.source.end, span.output.end);
        if span.chain.steps().iter().any(|step| !matches!(step, Step::Misread { .. })) {
            assert!(span.losses.is_empty());
            assert_eq!(span.chain.undo(&text[span.source.clone()]).as_deref(), Ok(&repair.text()[span.output.clone()]));
        }
    }
    assert_eq!(text[source..], repair.text()[output..]);
}

/// Shows bytes above ASCII, and no others.
fn shown(bytes: &[u8], escape: impl Fn(u8) -> String) -> String {
    bytes.iter().map(|&b| if b.is_ascii() { (b as char).to_string() } else { escape(b) }).collect()
}

fn gbk(text: &str) -> Vec<u8> {
    crate::Encoding::Gbk.encode(text).unwrap()
}

const SENTENCE: &str = "请把文件保存到新的目录里，再重新打开程序。";

#[test]
fn bytes_are_read_in_the_encoding_that_makes_them_text() {
    for (encoding, bytes) in [("utf-8", SENTENCE.as_bytes().to_vec()), ("gbk", gbk(SENTENCE))] {
        let as_step = |notation: &str| format!("{encoding} as {notation}");
        undone(&shown(&bytes, |b| format!("%{b:02X}")), SENTENCE, &as_step("percent-escapes"));
        undone(&shown(&bytes, |b| format!("\\x{b:02x}")), SENTENCE, &as_step("backslash-x"));
        undone(&shown(&bytes, |b| format!("\\{b:03o}")), SENTENCE, &as_step("octal-escapes"));
        undone(&shown(&bytes, |b| format!("={b:02X}")), SENTENCE, &as_step("quoted-printable"));
        undone(&shown(&bytes, |b| format!("<{b:02x}>")), SENTENCE, &as_step("angle-brackets"));
        undone(&shown(&bytes, |b| format!("\\{b:02X}")), SENTENCE, &as_step("backslash-hex"));
    }
}

#[test]
fn characters_that_were_bytes_are_bytes_again() {
    for (encoding, bytes) in [("utf-8", SENTENCE.as_bytes().to_vec()), ("gbk", gbk(SENTENCE))] {
        let repair = shown(&bytes, |b| format!("\\u{b:04x}"));
        assert_eq!(fix(&repair).text(), SENTENCE, "{encoding}");
        assert_eq!(fix(&shown(&bytes, |b| format!("&#{b};"))).text(), SENTENCE, "{encoding}");
    }
    undone("&auml;&frac12;&nbsp;&aring;&yen;&frac12;", "你好", "utf-8 as windows-1252 | text as html-references");
}

#[test]
fn characters_that_were_spelled_out_are_read() {
    undone("&#25105;&#20204;&#30340;&#31243;&#24207;", "我们的程序", "text as html-references");
    undone("%u6211%u4EEC%u7684%u7A0B%u5E8F", "我们的程序", "text as javascript-escapes");
    undone("<U+6211><U+4EEC><U+7684><U+7A0B><U+5E8F>", "我们的程序", "text as u-plus");
    undone("#U6211#U4eec#U7684#U7a0b#U5e8f.txt", "我们的程序.txt", "text as u-plus");
    undone(r"\u{6211}\u{4eec}\u{7684}\u{7a0b}\u{5e8f}", "我们的程序", "text as json-escapes");
    undone("+YhFO7HaEegtejw-", "我们的程序", "text as utf-7");
    undone("INBOX.&YhFO7HaEegtejw-", "INBOX.我们的程序", "text as utf-7-imap");
    undone("~{NRCG5D3LPr~}!", "我们的程序!", "text as hz");
}

#[test]
fn nothing_but_digits_is_read_where_it_is_text() {
    let digits = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    undone(&format!("name = 0x{};", digits("我们".as_bytes())), "name = 我们;", "utf-8 as hex");
    undone(&digits(&gbk(SENTENCE)), SENTENCE, "gb18030 as hex");
    undone("62114EEC76847A0B5E8F54175417", "我们的程序吗吗", "utf-16be as hex");
    for number in
        ["0xAAAAAAAAAAAAAAAA", "3ffb999999999999", "550e8400-e29b-41d4-a716-446655440000", "E4 B8 AD", "6211 4EEC"]
    {
        assert_eq!(fix(number).text(), number);
    }
}

#[test]
fn what_was_escaped_again_is_undone_again() {
    let once = shown(SENTENCE.as_bytes(), |b| format!("%{b:02X}"));
    undone(&once.replace('%', "%25"), SENTENCE, "utf-8 as percent-escapes | utf-8 as percent-escapes");
    undone("&amp;#25105;&amp;#20204;&amp;#30340;", "我们的", "text as html-references | text as html-references");
}

#[test]
fn what_is_around_a_run_stays() {
    let escaped = shown("打开文件".as_bytes(), |b| format!("\\x{b:02x}"));
    for around in ["b'{}\\n'", "printf(\"%s: {}\\x00\", 1);", "C:\\\\tmp\\\\{}", "é 中文 {} ~ = & +"] {
        let text = around.replace("{}", &escaped);
        assert_eq!(fix(&text).text(), around.replace("{}", "打开文件"));
        replays(&text, &fix(&text));
    }
    let percent = shown("打开文件".as_bytes(), |b| format!("%{b:02x}"));
    assert_eq!(fix(&format!("a=1&b={percent}&c=2")).text(), "a=1&b=打开文件&c=2");
}

#[test]
fn soft_line_breaks_go_with_the_rest() {
    let text = shown(SENTENCE.as_bytes(), |b| format!("={b:02X}"));
    let broken = format!("{}=\r\n{}=\n{}\nplain = 5", &text[..30], &text[30..36], &text[36..]);
    assert_eq!(fix(&broken).text(), format!("{SENTENCE}\nplain = 5"));
}

#[test]
fn encoded_words_name_their_encoding() {
    undone("Re: =?gb2312?B?1tjQwrTyv6o=?= ok", "Re: 重新打开 ok", "gbk as mime-b");
    undone("=?GBK?Q?=D6=D8=D0=C2?=\r\n =?gbk?B?tPK/qg==?=", "重新打开", "gbk as mime-q");
}

#[test]
fn other_text_stays() {
    for text in [
        "https://example.com/s?q=%E6%89%93%E5%BC%80%E6%96%87%E4%BB%B6&n=%20",
        "见（https://example.com/%E6%89%93%E5%BC%80）。",
        "100%25 off, a%20b, %41%42",
        r"\x89PNG\r\n\x1a\n\x00",
        r"\xde\xad\xbe\xef \377\376 \x00\xff\x80",
        "x=A5; y=B0; a == 3D",
        "R&amp;D &lt;b&gt; &copy; 2020 &mdash; a",
        "=?gb2312?B?SGVsbG8gd29ybGQ=?= =?utf-8?Q?Hello?=",
        "1+abc-2 c++ a+b-c +-",
        "~/bin ~{~a~} ~~",
        "\\u0041\\u000a \\u0000",
        "剅⁒〲\\u2065㈱",
        "C&#8217;est l&#151;",
    ] {
        let repair = fix(text);
        assert_eq!(repair.text(), text);
        assert!(!repair.is_changed() && repair.spans().is_empty());
    }
}

#[test]
fn without_the_option_nothing_is_undone() {
    let text = shown(SENTENCE.as_bytes(), |b| format!("%{b:02X}"));
    assert!(!crate::fix_and_explain(&text).is_changed());
}

#[test]
fn long_texts_take_linear_time() {
    for unit in [
        "\\xe4",
        "%E6%89%93",
        "%25",
        "=\n",
        "=E6",
        "&#228;",
        "&auml;",
        "+AAA",
        "~{VP",
        "=?a?",
        "\\\\",
        "\\u4e2d",
        "%u4e2d",
    ] {
        let _ = fix(&unit.repeat(2_000));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn nothing_panics_and_all_replays(
        text in "(\\\\x[0-9a-f]{2}|%[0-9A-F]{2}|=[C-F][0-9]|&#[0-9]{2,5};|\\\\u[0-9a-f]{4}|\\\\[0-3][0-7]{2}|%E6%89%93|\\\\xe6\\\\x89\\\\x93|&eacute;|=\n|~\\{VPND~\\}|\\+Ti0-|=\\?gbk\\?Q\\?=D6=D8\\?=|[ -~]|[é中ä]|\n){0,24}"
    ) {
        replays(&text, &fix(&text));
    }
}

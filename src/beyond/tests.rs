use super::*;

fn found(text: &str) -> Vec<(String, Level)> {
    let chars: Vec<char> = text.chars().collect();
    let mut all = [scan(&chars)];
    agree(all.iter_mut());
    all[0].iter().map(|l| (chars[l.from..l.to].iter().collect(), l.level)).collect()
}

/// The text's GBK bytes read as UTF-8, as a careless reader shows them.
fn as_utf8(text: &str) -> String {
    String::from_utf8_lossy(&Encoding::Gbk.encode(text).unwrap()).into_owned()
}

/// UTF-8 read in another encoding.
fn read_in(read: Encoding, text: &str) -> String {
    read.decode(text.as_bytes()).unwrap_or_else(|| panic!("{read} cannot read {text:?}"))
}

#[test]
fn gbk_read_as_utf8_is_found_in_source_code() {
    let damaged = as_utf8("打开窗户的把手");
    assert_eq!(found(&format!("open(w); // {damaged}\n")), [(damaged.clone(), Level::Sure)]);
    assert!(missing(&damaged) >= 7);
}

#[test]
fn marks_between_ideographs_are_left_to_the_search() {
    assert_eq!(found("鎴戜�鐨�勭珯"), []);
    assert_eq!(found("été à la � plage �"), []);
}

#[test]
fn marks_read_in_every_encoding_are_found() {
    for read in [Encoding::Windows1252, Encoding::Windows1251, Encoding::Koi8R, Encoding::Cp866, Encoding::Macintosh] {
        let piece = read_in(read, "\u{fffd}\u{fffd}");
        assert_eq!(found(&format!("a {piece}b")), [(piece.clone(), Level::Sure)], "{read}");
        assert_eq!(missing(&piece), 2, "{read}");
    }
    for read in PAIR_READERS {
        let piece = read_in(read, "\u{fffd}\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(found(&format!("a {piece} b")), [(piece.clone(), Level::Sure)], "{read}");
        assert_eq!(missing(&piece), 4, "{read}");
    }
}

#[test]
fn the_rarest_characters_are_those_of_the_pair_readers() {
    for (read, rarest) in PAIR_READERS.into_iter().zip(RAREST) {
        assert!(read_in(read, "\u{fffd}\u{fffd}").contains(rarest), "{read}");
    }
}

#[test]
fn marks_that_fell_across_pairs_are_found() {
    // 窗 and 户 each lost a byte; what is left of them joins the bytes of U+FFFD.
    let twice = read_in(Encoding::Gbk, &as_utf8("符号和字母"));
    let all = found(&format!("// {twice}"));
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all[0].1, Level::Sure);
}

#[test]
fn the_first_half_of_a_mark_alone_is_a_name() {
    assert_eq!(found("我的朋友陈锟�来了"), []);
    assert_eq!(found("锟斤拷锟�"), [("锟斤拷锟�".to_owned(), Level::Sure)]);
    assert_eq!(missing("锟斤拷锟�"), 3);
}

#[test]
fn a_mention_is_no_damage() {
    assert_eq!(found("常见的“锟斤拷”是什么"), [("锟斤拷".to_owned(), Level::Mention)]);
    assert_eq!(found("又见锟斤拷了"), [("锟斤拷".to_owned(), Level::Doubtful)]);
    assert_eq!(found("水烫烫烫的"), [("烫烫烫".to_owned(), Level::Mention)]);
}

#[test]
fn what_is_sure_in_one_place_is_in_another() {
    let levels: Vec<Level> = found("锟斤拷名\n锟斤拷锟斤拷锟斤拷值").iter().map(|f| f.1).collect();
    assert_eq!(levels, [Level::Sure, Level::Sure]);
}

#[test]
fn memory_is_found_where_it_is_long() {
    assert_eq!(found(&"烫".repeat(9)), [("烫".repeat(9), Level::Doubtful)]);
    assert_eq!(found(&"屯".repeat(40)), [("屯".repeat(40), Level::Sure)]);
    assert_eq!(found(&"Í".repeat(20)), [("Í".repeat(20), Level::Sure)]);
    assert_eq!(found("ÍÍÍ"), []);
    assert_eq!(missing(&"屯".repeat(40)), 80);
}

#[test]
fn text_in_many_languages_shows_nothing() {
    for text in ["占地面积和申请", "쏙 빠지다", "Привет, мир", "½ ï ¿Qué?", "ναι Ώ", "我们请来了陈锟先生。"]
    {
        assert_eq!(found(text), [], "{text}");
    }
}

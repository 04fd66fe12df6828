//! What the structure of a text tells of a character that a reader has eaten: it closes what is open, ends a line, parts words as others
//! are parted, or begins a tag; or that none is missing.
//!
//! The model knows what follows a character, not that a quotation mark opened twenty characters ago. In source files and
//! lists this is what mostly is known of the character after the last one of a string, a comment or an item, and in pages of
//! the one after an element's text.

mod enclosed;
mod lines;

/// What is known of the character that a mark has eaten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Told {
    #[default]
    Nothing,
    /// Which one it was.
    Eaten(char),
    /// That what follows the mark needs none before it.
    Complete,
}

/// What structure tells of each mark of a text; empty where there is none.
pub(super) fn told(text: &[char], is_mark: impl Fn(char) -> bool) -> Vec<Told> {
    if !text.iter().any(|&c| is_mark(c)) {
        return Vec::new();
    }
    let mut told = vec![Told::Nothing; text.len()];
    lines::end(text, &is_mark, &mut told);
    let mut start = 0;
    for end in 0..=text.len() {
        if end == text.len() || text[end] == '\n' || told[end] == Told::Eaten('\n') {
            enclosed::close(text, start..end, &is_mark, &mut told);
            start = end + 1;
        }
    }
    lines::part(text, &is_mark, &mut told);
    told
}

#[cfg(test)]
mod tests {
    use super::Told;

    #[test]
    fn structure_tells_what_was_eaten() {
        for (text, eaten) in [
            ("\"name\": \"姓名?,", "\""),
            ("print(\"完成?)", "\""),
            ("\"你好?, 世界\"", ""),
            ("call(参数?;", ")"),
            ("**标题?*：正文", "*"),
            ("**标题**?*", ""),
            ("效率?- 第二项", "\n"),
            ("流程：?1. 第一步", "\n"),
            ("数目?        let x = 1;", "\n"),
            ("    第一行\n    第二行?    第三行", "\n"),
            ("第一列    第二列?    第三列", ""),
            ("第一行\r\n第二行?\n第三行\r\n", "\r"),
            ("第一行\n第二行?\n第三行\r\n", ""),
            ("\"数目?    \"名称?,", "\n\""),
            ("<p>你好?/p>", "<"),
            ("第一行?br />第二行?br>", "<<"),
            ("一?/二>", ""),
            ("真的?他说", ""),
            ("真的?", ""),
            ("VALUES (1, '姓名?, '地址?, '2008');", "''"),
            ("SET title='名称? WHERE id=1", "'"),
            ("content=\"关键字?>", "\""),
            ("I don't know, 真的?, isn't it", ""),
            ("\"\"\"说明?", ""),
            ("[标题?(http://a.b)", "]"),
            ("请稍候?..", "."),
            ("照片?jpg", "."),
            ("请问?do", ""),
            ("[00:01.20]第一句?[00:04.00]第二句\n[00:07.10]第三句", "\n"),
            ("// 第一行?int b = 2;\nint c = 3;", "\n"),
            ("1\n第一句?\n2\n第二句\n\n3\n第三句", "\n"),
            ("编号\t名称\t价格\n1\t苹果?30\n2\t香蕉\t20\n3\t梨\t5", "\t"),
            ("1\t苹果?\t30\n", ""),
            ("使用 Rust 编写?wasm 模块", " "),
        ] {
            let text: Vec<char> = text.chars().collect();
            let told: String = super::told(&text, |c| c == '?')
                .into_iter()
                .filter_map(|told| if let Told::Eaten(c) = told { Some(c) } else { None })
                .collect();
            assert_eq!(told, eaten, "{text:?}");
        }
        assert!(super::told(&['a', 'b'], |c| c == '?').is_empty());
    }

    #[test]
    fn what_is_complete_needs_nothing_before_its_end() {
        for text in ["title='名称?' WHERE", "title=\"数目?\">", "call(数目?)", "<b>标题?</b>", "1,名称?,3"] {
            let text: Vec<char> = text.chars().collect();
            let told = super::told(&text, |c| c == '?');
            assert_eq!(
                told.iter().filter(|told| **told != Told::Nothing).collect::<Vec<_>>(),
                [&Told::Complete],
                "{text:?}"
            );
        }
    }
}

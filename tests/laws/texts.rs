//! Texts for the laws: own sentences, ways to damage them, and random strings of the kinds that damage is made of.

use luanma::Chain;
use proptest::prelude::*;
use proptest::sample::select;

/// Fine text, one sentence a language.
pub(crate) const CLEAN: [(&str, &str); 26] = [
    ("Chinese", "山脚下的小店每天清晨就开门，卖豆浆和油条。"),
    ("Chinese, traditional", "巷口的麵包店剛出爐，整條街都聞得到香味。"),
    ("Japanese", "庭の柿の木に、今年もたくさんの実がなりました。"),
    ("Korean", "할머니는 마당에서 고추를 말리고 계셨다."),
    ("Vietnamese", "Chiều nay gió thổi mạnh, lá vàng rơi đầy sân trường."),
    ("English", "She said the café’s “daily special” was fine – nothing more…"),
    ("French", "Où as-tu posé la clé ? Elle était à côté de la théière."),
    ("German", "Im Frühjahr öffnet das Café am Fluss wieder für Gäste."),
    ("Spanish", "¿Dónde está el jardín? Mañana lo verás, señorita."),
    ("Portuguese", "O avô não pôde vir à reunião por causa da chuva."),
    ("Italian", "Domani la città sarà piena di gente, perché c’è il mercato."),
    ("Catalan", "El cel és blau i l'aigua del port està tranquil·la."),
    ("Romanian", "Bunica a pus pâinea și brânza pe masă în grădină."),
    ("Czech", "Na konci ulice stojí malý dům s červenou střechou."),
    ("Norwegian", "Bestefar går på ski når snøen ligger høyt på fjellet."),
    ("Finnish", "Kesällä istumme järven rannalla ja syömme mansikoita."),
    ("Icelandic", "Amma bakar brauð og börnin leika sér úti í garði."),
    ("Turkish", "Dün akşam komşumuz bahçede çay içip türkü söyledi."),
    ("Russian", "Старый мост через реку закрыли на ремонт до весны."),
    ("Ukrainian", "Біля школи росте стара яблуня, а під нею лавка."),
    ("Greek", "Το καλοκαίρι τα παιδιά κολυμπούν στη θάλασσα."),
    ("Hebrew", "בערב ישבנו בחצר ושתינו תה עם נענע."),
    ("Arabic", "جلسنا في المساء قرب النافذة وشربنا الشاي."),
    ("Persian", "عصرها پدربزرگ در حیاط چای می‌نوشید."),
    ("Thai", "ตอนเย็นเด็กๆ เล่นว่าวอยู่กลางทุ่งนา"),
    ("Hindi", "शाम को बच्चे नदी के किनारे खेल रहे थे।"),
];

/// Own sentences for damage.
const SENTENCES: [&str; 10] = [
    "春雨过后，院子里的石榴树开满了花。",
    "请在下周五之前把合同寄回公司。",
    "老人坐在树下喝茶，看孩子们放风筝。",
    "系统检测到新的设备，正在安装驱动程序。",
    "他把旧照片放进木盒里，轻轻盖上盖子。",
    "颱風過後，漁港裡的船隻陸續出海。",
    "這座橋是去年秋天才修好的。",
    "会议记录已经发到各位的邮箱。",
    "火车晚点了四十分钟，站台上人很多。",
    "明天上午九点，展览馆门口集合。",
];

/// Chains that the wild knows, from one step to three.
const CHAINS: [&str; 12] = [
    "utf-8 as windows-1252",
    "utf-8 as iso-8859-1",
    "utf-8 as gbk",
    "utf-8 as big5",
    "gbk as windows-1252",
    "gbk as iso-8859-1",
    "gbk as cp437",
    "gbk as euc-kr",
    "big5 as windows-1252",
    "utf-8 as windows-1252 | utf-8 as windows-1252",
    "gbk as windows-1252 | utf-8 as windows-1252",
    "utf-8 as iso-8859-1 | utf-8 as iso-8859-1 | utf-8 as iso-8859-1",
];

/// A sentence, what a chain makes of it, and the chain; only where the chain can do it.
pub(crate) fn damaged() -> impl Strategy<Value = (&'static str, String, Chain)> {
    (select(&SENTENCES), select(&CHAINS)).prop_filter_map("the chain lacks a character", |(text, chain)| {
        let chain: Chain = chain.parse().ok()?;
        let damaged = chain.apply(text).ok()?;
        Some((text, damaged, chain))
    })
}

/// A sentence that lost something: characters dropped, turned into marks, or cut off.
pub(crate) fn spoilt() -> impl Strategy<Value = String> {
    (damaged(), prop::collection::vec((any::<prop::sample::Index>(), 0u8..3), 0..4)).prop_map(
        |((_, text, _), spoils)| {
            let mut chars: Vec<char> = text.chars().collect();
            for (at, how) in spoils {
                let at = at.index(chars.len());
                match how {
                    0 => chars[at] = '?',
                    1 => chars[at] = char::REPLACEMENT_CHARACTER,
                    _ if chars.len() > 1 => _ = chars.remove(at),
                    _ => {}
                }
            }
            chars.into_iter().collect()
        },
    )
}

/// Lines of clean and of damaged text.
pub(crate) fn page() -> impl Strategy<Value = String> {
    let line = prop_oneof![select(&CLEAN).prop_map(|(_, text)| text.to_owned()), spoilt()];
    prop::collection::vec(line, 1..5).prop_map(|lines| lines.join("\n"))
}

/// Runs of characters of the kinds that damage is made of, and of kinds that it is not.
pub(crate) fn soup() -> impl Strategy<Value = String> {
    let run = prop_oneof![
        "[ -~]{1,8}",
        "[À-ÿ]{1,8}",
        "[\u{80}-\u{ff}]{1,8}",
        "[Ā-ž‚ƒ„†‡ˆ‰‹Œ‘’“”•–—˜™›œŸ€…]{1,6}",
        "[А-яЁё]{1,8}",
        "[Α-ω]{1,8}",
        "[א-ת]{1,6}",
        "[ぁ-ヾ]{1,8}",
        "[ｦ-ﾟ]{1,8}",
        "[一-龥]{1,8}",
        "[가-힣]{1,6}",
        "[─-╿]{1,6}",
        "[\u{e000}-\u{e0ff}]{1,3}",
        "[！-～]{1,4}",
        "[？?\u{fffd}・□]{1,4}",
        "\\((wǎng|jīng|xué|guān|dāng)\\)",
        "[\u{0}-\u{1f}\u{7f}]{1,3}",
        "[😀-🙏]{1,3}",
        Just("\u{feff}".to_owned()),
        Just("锟斤拷".to_owned()),
        Just("\r\n".to_owned()),
    ];
    prop::collection::vec(run, 0..8).prop_map(|runs| runs.concat())
}

/// Any string at all: code points at random, runs of one kind, and pages.
pub(crate) fn anything() -> impl Strategy<Value = String> {
    prop_oneof![2 => any::<String>(), 4 => soup(), 2 => spoilt(), 1 => page()]
}

/// Bytes at random, and bytes of text that may be cut anywhere.
pub(crate) fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let cut = |(text, from, to): (String, prop::sample::Index, prop::sample::Index)| {
        let bytes = text.into_bytes();
        let (a, b) = (from.index(bytes.len() + 1), to.index(bytes.len() + 1));
        bytes[a.min(b)..a.max(b)].to_vec()
    };
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..80),
        prop::collection::vec(0x80u8..=0xff, 0..40),
        (anything(), any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(cut),
    ]
}

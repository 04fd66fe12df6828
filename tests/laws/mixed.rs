//! Kinds of damage beside and inside each other: each stage's report has to fit into the others'.

use luanma::{Chain, Fixer, Verdict};

use crate::sound::{borrows_what_stays, is_sound, replays};

const TEXT: &str = "系统检测到新的设备，正在安装驱动程序";

fn damaged(chain: &str, text: &str) -> String {
    let chain: Chain = chain.parse().expect("a chain");
    chain.apply(text).expect("a text that the chain can damage")
}

#[test]
fn escapes_beside_and_above_other_damage() {
    let fixer = Fixer::builder().escapes(true).build();
    let latin = damaged("utf-8 as windows-1252", TEXT);
    let gbk = damaged("utf-8 as gbk", "明天上午九点，展览馆门口集合");
    let escaped = damaged("utf-8 as percent-escapes", "巷口的面包店");
    // Escapes of what is damaged itself, and of a part of it.
    let both = damaged("utf-8 as percent-escapes", &latin);
    let references: String = latin.chars().map(|c| format!("&#{};", c as u32)).collect();
    let half = latin.char_indices().nth(20).map_or(0, |(at, _)| at);
    let mixed = format!("{}{}", damaged("utf-8 as percent-escapes", &latin[..half]), &latin[half..]);
    let mut repaired = 0;
    for text in [
        format!("{escaped} {gbk}"),
        format!("{gbk} {escaped} {latin}"),
        format!("{latin}{escaped}{latin}"),
        format!("{gbk}?{escaped}?{gbk}"),
        both,
        references,
        mixed,
        format!("{}{}", damaged("utf-8 as percent-escapes", &latin[..half]), latin[half..].replace('\u{8f}', "?")),
    ] {
        let repair = fixer.fix_and_explain(&text);
        is_sound(&text, &repair);
        replays(&text, &repair);
        borrows_what_stays(&fixer, &text, &repair);
        repaired += usize::from(repair.verdict() == Verdict::Repaired);
    }
    assert!(repaired > 5, "{repaired} of the texts were repaired");
}

#[test]
fn what_is_beyond_repair_beside_and_inside_other_damage() {
    let gbk = damaged("utf-8 as gbk", "明天上午九点，展览馆门口集合");
    let marks = "\u{fffd}\u{fffd}\u{fffd}\u{fffd}é\u{fffd}";
    for lost in ["锟斤拷锟斤拷", "烫烫烫烫烫烫烫烫烫", "ï¿½ï¿½", marks, "\u{fffd}"] {
        for text in [
            format!("{gbk}{lost}"),
            format!("{lost}{gbk}{lost}"),
            format!("{TEXT}\n{lost}\n{gbk}"),
            damaged("utf-8 as windows-1252", &format!("{TEXT}{lost}").replace(['é', 'ï', '¿', '½'], "")),
            // Marks that were damaged once more with the text around them.
            damaged("utf-8 as iso-8859-1", &format!("{TEXT}{lost}{TEXT}")),
        ] {
            let repair = luanma::fix_and_explain(&text);
            is_sound(&text, &repair);
            replays(&text, &repair);
            borrows_what_stays(&Fixer::default(), &text, &repair);
        }
    }
}

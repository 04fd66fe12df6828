//! Texts for the laws: own sentences, ways to damage them, and random strings of the kinds that damage is made of.

use luanma::Chain;
use proptest::prelude::*;
use proptest::sample::select;

use crate::sentences::{CHAINS, CLEAN, SENTENCES};

/// A sentence, what a chain makes of it, and the chain; only where the chain can do it.
pub(crate) fn damaged() -> impl Strategy<Value = (&'static str, String, Chain)> {
    (select(&SENTENCES), select(&CHAINS)).prop_filter_map("the chain lacks a character", |(text, chain)| {
        let chain: Chain = chain.parse().ok()?;
        let damaged = chain.apply(text).ok()?;
        Some((text, damaged, chain))
    })
}

/// What later passes do to a text, damaged or not.
pub(crate) const FORMS: [&str; 4] = ["", "text as nfd", "text as nfkc", "text as nfkd"];

/// What a later pass makes of a text.
pub(crate) fn formed(text: &str, form: &str) -> String {
    form.parse::<Chain>().and_then(|form| form.apply(text)).expect("any text can be normalised")
}

/// A sentence that lost something: characters dropped, turned into marks, or cut off, and then normalised.
pub(crate) fn spoilt() -> impl Strategy<Value = String> {
    (damaged(), prop::collection::vec((any::<prop::sample::Index>(), 0u8..3), 0..4), select(&FORMS)).prop_map(
        |((_, text, _), spoils, form)| {
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
            formed(&chars.into_iter().collect::<String>(), form)
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
        "([ acenuAC][\u{300}-\u{328}]{1,2}){1,4}",
        "[13]\u{2044}[24]",
        "[äåæçèéï]([ ao123'\"-]|TM|\\.{3}|[\u{80}-\u{bf}]){1,3}",
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

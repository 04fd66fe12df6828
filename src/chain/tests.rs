use proptest::prelude::*;

use super::*;

fn chain(s: &str) -> Chain {
    s.parse().unwrap()
}

#[test]
fn chains_read_and_print() {
    let parsed = chain(" UTF8 as cp1252|utf-8  AS GB2312 ");
    assert_eq!(parsed.to_string(), "utf-8 as windows-1252 | utf-8 as gbk");
    assert_eq!(parsed.steps().len(), 2);
    assert_eq!(chain("").steps(), []);
    assert_eq!(Chain::default().to_string(), "");
    for s in ["utf-8", "utf-8 as", "utf-8 gbk", "utf-8 as gbk |", "| utf-8 as gbk", "utf-8 as gbk as big5"] {
        assert!(matches!(s.parse::<Chain>(), Err(ChainError::NotAStep(_))), "{s}");
    }
    assert!(matches!("utf-8 as martian".parse::<Chain>(), Err(ChainError::UnknownEncoding(_))));
}

#[test]
fn forms_that_were_not_usual_are_found_again() {
    // 上。 is E4B88A E38082; the next character makes the pair A2E3, a euro sign whose usual form is 80.
    let step = chain("utf-8 as gbk");
    for text in ["客。心", "上。客。下么", "亃。。"] {
        if let Ok(damaged) = step.apply(text) {
            assert_eq!(step.undo(&damaged).as_deref(), Ok(text), "{damaged}");
        }
    }
    let damaged = step.apply("客。心").unwrap();
    assert!(damaged.contains('€'), "{damaged}");
}

#[test]
fn codes_for_two_characters_come_back() {
    let step = chain("iso-8859-1 as big5");
    let text = "\u{88}\u{62}\u{88}\u{66}\u{88}\u{A5}";
    let damaged = step.apply(text).unwrap();
    assert_eq!(damaged, "Ê̄Êê̌");
    assert_eq!(step.undo(&damaged).as_deref(), Ok(text));
    let back = chain("big5 as iso-8859-1");
    assert_eq!(back.undo(&back.apply("Ê̄Êê̌").unwrap()).as_deref(), Ok("Ê̄Êê̌"));
}

#[test]
fn a_choice_of_form_heeds_the_steps_before() {
    // The bytes of "¢ã" make gbk's other euro sign. Its usual form, 80, would be fine as latin-1, but windows-1252 has no U+0080.
    let both = chain("utf-8 as windows-1252 | latin1 as gbk");
    let damaged = both.apply("佢㡡").unwrap();
    assert_eq!(damaged, "浣€\u{3000}");
    assert_eq!(both.undo(&damaged).as_deref(), Ok("佢㡡"));
}

#[test]
fn chains_may_be_long() {
    let long = Chain::new([Step::Misread { written: Encoding::Utf8, read: Encoding::Windows1252 }; 7]);
    assert_eq!(long.undo(&long.apply("é中").unwrap()).as_deref(), Ok("é中"));
    let idle = Chain::new([Step::Misread { written: Encoding::Gb18030, read: Encoding::Gb18030 }; 5_000]);
    assert_eq!(idle.undo("€　Ê").as_deref(), Ok("€　Ê"));
}

#[cfg(feature = "serde")]
#[test]
fn chains_are_stored_as_text() {
    let stored = serde_json::to_string(&chain("utf8 as cp936 | big5 as sjis")).unwrap();
    assert_eq!(stored, r#""utf-8 as gbk | big5 as shift_jis""#);
    assert_eq!(serde_json::from_str::<Chain>(&stored).unwrap().to_string(), "utf-8 as gbk | big5 as shift_jis");
    assert_eq!(serde_json::from_str::<Encoding>(r#""CP936""#).unwrap(), Encoding::Gbk);
    assert!(serde_json::from_str::<Step>(r#""utf-8""#).is_err());
}

#[test]
fn errors_tell_where() {
    let step = chain("utf-8 as gbk");
    let offset = |error: ChainError| match error {
        ChainError::Unmappable { index, offset, .. } => (index, offset),
        other => panic!("{other}"),
    };
    assert_eq!(offset(step.undo("ab中").unwrap_err()), (0, 2));
    assert_eq!(offset(step.undo("ab𠮷").unwrap_err()), (0, 2));
    assert_eq!(offset(chain("gbk as utf-8").apply("ab中").unwrap_err()), (0, 2));
    assert_eq!(offset(chain("utf-8 as utf-8 | gbk as latin1").apply("ab𠮷").unwrap_err()), (1, 2));
    // An odd number of bytes: the last one begins a pair.
    assert_eq!(offset(step.apply("中").unwrap_err()), (0, 0));
}

#[test]
fn long_undecided_texts_take_linear_time() {
    // Every ideographic space has two forms, and both are fine in the middle of UTF-16.
    let step = chain("utf-16le as gbk");
    let text = "\u{3000}".repeat(100_000);
    assert!(step.undo(&text).is_ok());
    let step = chain("utf-8 as gbk");
    assert!(step.undo(&"€".repeat(100_000)).is_err());
}

fn encoding() -> impl Strategy<Value = Encoding> {
    proptest::sample::select(Encoding::ALL)
}

fn steps(most: usize) -> impl Strategy<Value = Chain> {
    // The encodings of everyday damage more often than the others: random pairs seldom fit each other.
    let common = proptest::sample::select(vec![
        Encoding::Utf8,
        Encoding::Gbk,
        Encoding::Gb18030,
        Encoding::Big5,
        Encoding::Windows1252,
        Encoding::Iso8859_1,
    ]);
    let one = prop_oneof![common, encoding()];
    proptest::collection::vec((one.clone(), one), 1..=most)
        .prop_map(|pairs| Chain::new(pairs.into_iter().map(|(written, read)| Step::Misread { written, read })))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~一-龥。，、！？：；（）“”]{0,12}",
        "[a-zäöüßéà€]{0,12}",
        "[а-яА-Я ]{0,12}",
        "[ぁ-んァ-ヶ㈱∵①髙]{0,12}",
        "[\u{80}-\u{FF}]{0,12}",
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn what_was_done_is_undone(text in text(), chain in steps(3)) {
        if let Ok(damaged) = chain.apply(&text) {
            let undone = chain.undo(&damaged);
            // Two texts may be damaged alike (€ as gbk is both € and ¢ã as windows-1252); the one found must be such a one.
            prop_assert!(undone.is_ok(), "{chain}: {text:?} {damaged:?} {undone:?}");
            let undone = undone.unwrap();
            if undone != text {
                prop_assert_eq!(chain.apply(&undone), Ok(damaged), "{}", chain);
                let ambiguous = chain.steps().iter().any(|step| step.encodings().is_some_and(|e| e.read.has_duplicates()));
                prop_assert!(ambiguous, "{}: {:?} {:?}", chain, text, undone);
            }
        }
    }

    #[test]
    fn nothing_panics(text in any::<String>(), chain in steps(3)) {
        let _ = chain.apply(&text);
        let _ = chain.undo(&text);
    }

    #[test]
    fn chains_print_what_they_read(chain in steps(5)) {
        prop_assert_eq!(chain.to_string().parse::<Chain>().unwrap(), chain);
    }

    #[test]
    fn any_text_is_a_chain_or_an_error(s in ".{0,40}") {
        if let Ok(chain) = s.parse::<Chain>() {
            prop_assert_eq!(chain.to_string().parse::<Chain>().unwrap(), chain);
        }
    }
}

proptest! {
    #[test]
    fn what_was_normalised_is_composed_to_what_gives_the_same(
        text in "[ a-eA-E13\\u{a8}\\u{aa}\\u{b4}-\\u{be}\\u{c0}-\\u{17f}\\u{300}-\\u{328}\\u{3bc}\\u{2044}가-갷ｶﾞがé中]{0,20}",
        form in prop::sample::select(Normalization::ALL),
    ) {
        let step = Chain::new([Step::Normalized { form }]);
        let normalised = step.apply(&text).unwrap();
        let composed = step.undo(&normalised).unwrap();
        prop_assert_eq!(step.apply(&composed).unwrap(), normalised);
    }
}

//! Laws that hold for every input. `PROPTEST_CASES` raises the number of cases a law (256 unless told).

mod finds;
mod mixed;
mod sentences;
mod sound;
mod texts;

use std::borrow::Cow;

use luanma::{Chain, ChainError, Fixer, Model, Repair, SpanRepair, Step, fix_and_explain, fix_bytes, fix_text};
use proptest::prelude::*;

use sentences::CLEAN;
use sound::{
    borrows_what_stays, bytes_are_sound, chain_is_sound, changed, is_sound, model_is_sound, replays, streams_as_whole,
};
use texts::{FORMS, anything, bytes, damaged, formed, page, soup, spoilt};

proptest! {
    // A million cases reject more than proptest allows of itself: not every chain has every character.
    #![proptest_config(ProptestConfig { max_local_rejects: u32::MAX, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_a_sound_report(text in anything()) {
        let repair = fix_and_explain(&text);
        is_sound(&text, &repair);
        borrows_what_stays(&Fixer::default(), &text, &repair);
    }

    #[test]
    fn any_bytes_give_text(bytes in bytes()) {
        bytes_are_sound(&bytes, &fix_bytes(&bytes));
    }

    /// Fuzzing tries more of it; a short text tells most about where it is cut.
    #[test]
    fn a_short_reader_reads_as_the_whole((_, line) in prop::sample::select(&CLEAN), from: prop::sample::Index, to: prop::sample::Index) {
        let bytes = line.as_bytes();
        let (a, b) = (from.index(bytes.len() + 1), to.index(bytes.len() + 1));
        streams_as_whole(&Fixer::default(), &bytes[a.min(b)..a.max(b)]);
    }

    #[test]
    fn any_options_give_a_sound_report(text in soup(), confidence in -0.5..1.5f64, layers in 0usize..6, escapes: bool) {
        let fixer = Fixer::builder().min_confidence(confidence).max_layers(layers).escapes(escapes).build();
        let repair = fixer.fix_and_explain(&text);
        is_sound(&text, &repair);
        // What is doubtful may be told, but is not changed.
        prop_assert!(changed(&text, &repair).all(|span| span.confidence >= confidence));
    }

    /// Where only a part could be repaired, a second run may find more; what has been repaired stays.
    #[test]
    fn a_repaired_sentence_stays((_, text, _) in damaged()) {
        let once = fix_text(&text);
        let twice = fix_text(&once);
        prop_assert!(matches!(twice, Cow::Borrowed(_)), "{:?} gave {:?}, and that {:?}", text, once, twice);
    }

    #[test]
    fn a_span_without_losses_is_what_its_chain_does(text in prop_oneof![page(), spoilt(), soup()]) {
        replays(&text, &fix_and_explain(&text));
    }

    /// Of the ideographs that KS X 1001 has twice normalising leaves one.
    #[test]
    fn what_a_chain_does_is_undone((original, damaged, chain) in damaged(), form in prop::sample::select(&["", "text as nfd"])) {
        prop_assume!(form.is_empty() || !chain.to_string().contains("euc-kr"));
        let damaged = formed(&damaged, form);
        prop_assert_eq!(fix_text(&damaged), original);
    }

    #[test]
    fn applied_and_undone_is_the_same((original, damaged, chain) in damaged()) {
        prop_assert_eq!(chain.undo(&damaged), Ok(original.to_owned()));
        prop_assert_eq!(chain.to_string().parse::<Chain>(), Ok(chain));
    }

    #[test]
    fn what_is_undone_can_be_done_again(text in anything(), (_, _, chain) in damaged()) {
        chain_is_sound(&chain, &text);
    }

    #[test]
    fn clean_lines_stay_beside_each_other(lines in prop::collection::vec(prop::sample::select(&CLEAN), 1..6)) {
        let text = lines.iter().map(|(_, line)| *line).collect::<Vec<_>>().join("\n");
        prop_assert!(matches!(fix_text(&text), Cow::Borrowed(_)), "{}", fix_text(&text));
    }

    /// What is cut out of fine text, and what two such pieces make, is fine text that begins and ends anywhere.
    #[test]
    fn cuts_of_clean_lines_stay(
        lines in prop::collection::vec(prop::sample::select(&CLEAN), 2..4),
        between in prop::sample::select(&["", " ", "\n", "\r\n", "\t", ", "]),
        form in prop::sample::select(&FORMS),
        from: prop::sample::Index,
        to: prop::sample::Index,
    ) {
        let text: Vec<char> = lines.iter().map(|(_, line)| *line).collect::<Vec<_>>().join(between).chars().collect();
        let (a, b) = (from.index(text.len() + 1), to.index(text.len() + 1));
        let cut = formed(&text[a.min(b)..a.max(b)].iter().collect::<String>(), form);
        prop_assert!(matches!(fix_text(&cut), Cow::Borrowed(_)), "{:?} became {:?}", cut, fix_text(&cut));
    }

    /// Pages are full of what shows as nothing, or as a blank.
    #[test]
    fn clean_lines_stay_as_pages_write_them(
        (_, line) in prop::sample::select(&CLEAN),
        every in 3usize..6,
        blank in prop::sample::select(&[" ", "\u{a0}", "\u{202f}"]),
        inside in prop::sample::select(&["", "\u{ad}", "\u{200b}"]),
    ) {
        let (mut text, mut letters) = (String::new(), 0);
        for c in line.chars() {
            letters = if c.is_alphabetic() { letters + 1 } else { 0 };
            if letters > 1 && letters % every == 1 {
                text.push_str(inside);
            }
            if c == ' ' { text.push_str(blank) } else { text.push(c) }
        }
        prop_assert!(matches!(fix_text(&text), Cow::Borrowed(_)), "{:?} became {:?}", text, fix_text(&text));
    }

    #[test]
    fn chains_are_read_or_refused(text in anything(), label in "[a-z0-9_ |-]{0,40}") {
        let _: Result<Chain, ChainError> = text.parse();
        if let Ok(chain) = label.parse::<Chain>() {
            prop_assert_eq!(chain.to_string().parse::<Chain>(), Ok(chain));
        }
    }

    #[test]
    fn any_bytes_are_a_model_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        model_is_sound(bytes);
    }
}

#[test]
fn clean_text_stays() {
    for (language, text) in CLEAN {
        assert!(matches!(fix_text(text), Cow::Borrowed(_)), "{language}: {}", fix_text(text));
    }
}

#[test]
fn types_can_be_shared_between_threads() {
    fn shared<T: Clone + std::fmt::Debug + Send + Sync + 'static>() {}
    shared::<Fixer>();
    shared::<luanma::FixerBuilder>();
    shared::<Model>();
    shared::<Chain>();
    shared::<Step>();
    shared::<luanma::Encoding>();
    shared::<Repair<'static>>();
    shared::<SpanRepair>();
    shared::<luanma::Loss>();
    shared::<ChainError>();
    shared::<luanma::Verdict>();
    shared::<luanma::LossKind>();
    shared::<luanma::Likelihood>();
    shared::<luanma::TrainOptions>();
    shared::<luanma::TrainReport>();
    fn sent<T: Send + Sync>() {}
    sent::<luanma::FixReader<std::fs::File>>();
    sent::<luanma::Survey>();
    sent::<luanma::Counter>();
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    error::<ChainError>();
    error::<luanma::ModelError>();
}

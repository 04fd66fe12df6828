//! Laws that hold for every input. `PROPTEST_CASES` raises the number of cases a law (256 unless told).

mod texts;

use std::borrow::Cow;

use luanma::{
    Chain, ChainError, Fixer, Model, Repair, SpanRepair, Step, Verdict, fix_and_explain, fix_bytes, fix_text,
};
use proptest::prelude::*;

use texts::{CLEAN, anything, bytes, damaged, page, soup, spoilt};

/// What a report has to be, whatever the text was.
#[track_caller]
fn is_sound(text: &str, repair: &Repair<'_>) {
    let output = repair.text();
    let (mut source_end, mut output_end) = (0, 0);
    let mut rebuilt = String::new();
    for span in repair.spans() {
        assert!(
            span.source.start >= source_end && span.output.start >= output_end,
            "spans in order and apart: {span:?}"
        );
        // Slicing panics off a character boundary.
        rebuilt.push_str(&text[source_end..span.source.start]);
        rebuilt.push_str(&output[span.output.clone()]);
        (source_end, output_end) = (span.source.end, span.output.end);
        assert!((0.0..=1.0).contains(&span.confidence), "{span:?}");
        assert!(span.before.is_finite() && span.after.is_finite(), "{span:?}");
        losses_are_sound(text, output, span);
    }
    rebuilt.push_str(&text[source_end..]);
    assert_eq!(rebuilt, output, "outside the spans nothing is changed");
    assert!((0.0..=1.0).contains(&repair.confidence()));
    assert_eq!(repair.is_changed(), text != output);
    assert_eq!(repair.is_changed(), repair.verdict() == Verdict::Repaired);
}

#[track_caller]
fn losses_are_sound(text: &str, output: &str, span: &SpanRepair) {
    for loss in &span.losses {
        assert!(span.source.start <= loss.source.start && loss.source.end <= span.source.end, "{loss:?} in {span:?}");
        assert!(span.output.start <= loss.output.start && loss.output.end <= span.output.end, "{loss:?} in {span:?}");
        assert_eq!(text[loss.source.clone()], loss.observed);
        assert_eq!(output[loss.output.clone()], loss.restored);
        assert!(loss.alternatives.iter().all(|(_, p)| (0.0..=1.0).contains(p)), "{loss:?}");
        assert!(loss.alternatives.is_sorted_by(|a, b| a.1 >= b.1), "the likeliest first: {loss:?}");
    }
}

/// The spans that were repaired; those that are doubtful or beyond repair are told, but left as they are.
fn changed<'r>(text: &'r str, repair: &'r Repair<'_>) -> impl Iterator<Item = &'r SpanRepair> {
    repair.spans().iter().filter(|span| text[span.source.clone()] != repair.text()[span.output.clone()])
}

proptest! {
    #[test]
    fn any_text_gives_a_sound_report(text in anything()) {
        let repair = fix_and_explain(&text);
        is_sound(&text, &repair);
        match fix_text(&text) {
            Cow::Borrowed(same) => prop_assert!(!repair.is_changed() && std::ptr::eq(same, text.as_str())),
            Cow::Owned(other) => prop_assert!(repair.is_changed() && other == repair.text()),
        }
    }

    #[test]
    fn any_bytes_give_text(bytes in bytes()) {
        let repair = fix_bytes(&bytes);
        prop_assert!(repair.encoding().is_some());
        prop_assert!((0.0..=1.0).contains(&repair.confidence()));
        for span in repair.spans() {
            prop_assert!(repair.text().get(span.output.clone()).is_some());
        }
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

    /// Replayed in one direction or the other: € has two byte forms in GBK, and a chain that is applied writes the usual one.
    #[test]
    fn a_span_without_losses_is_what_its_chain_does(text in prop_oneof![page(), spoilt(), soup()]) {
        let repair = fix_and_explain(&text);
        for span in changed(&text, &repair).filter(|span| span.losses.is_empty()) {
            let (source, output) = (&text[span.source.clone()], &repair.text()[span.output.clone()]);
            let replayed = span.chain.apply(output).is_ok_and(|again| again == source)
                || span.chain.undo(source).is_ok_and(|again| again == output);
            prop_assert!(replayed, "{:?}: {:?} from {:?}", span, output, source);
        }
    }

    #[test]
    fn what_a_chain_does_is_undone((original, damaged, _) in damaged()) {
        prop_assert_eq!(fix_text(&damaged), original);
    }

    #[test]
    fn applied_and_undone_is_the_same((original, damaged, chain) in damaged()) {
        prop_assert_eq!(chain.undo(&damaged), Ok(original.to_owned()));
        prop_assert_eq!(chain.to_string().parse::<Chain>(), Ok(chain));
    }

    #[test]
    fn what_is_undone_can_be_done_again(text in anything(), (_, _, chain) in damaged()) {
        if let Ok(original) = chain.undo(&text) {
            prop_assert_eq!(chain.apply(&original), Ok(text));
        }
    }

    #[test]
    fn clean_lines_stay_beside_each_other(lines in prop::collection::vec(prop::sample::select(&CLEAN), 1..6)) {
        let text = lines.iter().map(|(_, line)| *line).collect::<Vec<_>>().join("\n");
        prop_assert!(matches!(fix_text(&text), Cow::Borrowed(_)), "{}", fix_text(&text));
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
        prop_assert!(Model::from_bytes(bytes).is_err());
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
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    error::<ChainError>();
    error::<luanma::ModelError>();
}

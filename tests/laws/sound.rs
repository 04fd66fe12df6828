//! What holds for every input, as functions that panic where it does not. The property tests and the fuzz targets share them.

use std::borrow::Cow;
use std::io::Read;

use luanma::{Chain, Encoding, Fixer, Model, Repair, SpanRepair, Step, Verdict};

/// What a report has to be, whatever the text was.
#[track_caller]
pub(crate) fn is_sound(text: &str, repair: &Repair<'_>) {
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
        assert_eq!(rebuilt.len(), span.output.start, "the output span stands where the source span stood: {span:?}");
        rebuilt.push_str(&output[span.output.clone()]);
        (source_end, output_end) = (span.source.end, span.output.end);
        assert!((0.0..=1.0).contains(&span.confidence), "{span:?}");
        assert!(span.before.is_finite() && span.after.is_finite(), "{span:?}");
        losses_are_sound(text, output, span);
    }
    rebuilt.push_str(&text[source_end..]);
    assert_eq!(rebuilt, output, "outside the spans nothing is changed");
    assert!((0.0..=1.0).contains(&repair.confidence()));
    assert_eq!(repair.source_text(), text);
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
        // Where the policy is to mark, the character of the best text goes before; at its place it may be less likely.
        let others = &loss.alternatives[usize::from(loss.restored == "\u{fffd}").min(loss.alternatives.len())..];
        assert!(others.is_sorted_by(|a, b| a.1 >= b.1), "the likeliest first: {loss:?}");
    }
}

/// The spans that were repaired; those that are doubtful or beyond repair are told, but left as they are.
pub(crate) fn changed<'r>(text: &'r str, repair: &'r Repair<'_>) -> impl Iterator<Item = &'r SpanRepair> {
    repair.spans().iter().filter(|span| text[span.source.clone()] != repair.text()[span.output.clone()])
}

/// A span without losses is what its chain does, in one direction or the other: € has two byte forms in GBK, and a chain
/// that is applied writes the usual one.
#[track_caller]
pub(crate) fn replays(text: &str, repair: &Repair<'_>) {
    for span in changed(text, repair).filter(|span| span.losses.is_empty()) {
        let (source, output) = (&text[span.source.clone()], &repair.text()[span.output.clone()]);
        let replayed = span.chain.apply(output).is_ok_and(|again| again == source)
            || span.chain.undo(source).is_ok_and(|again| again == output);
        assert!(replayed, "{span:?}: {output:?} from {source:?}");
    }
}

/// The short call gives what the long one does, and borrows exactly what it does not change.
#[track_caller]
pub(crate) fn borrows_what_stays(fixer: &Fixer, text: &str, repair: &Repair<'_>) {
    match fixer.fix_text(text) {
        Cow::Borrowed(same) => assert!(!repair.is_changed() && std::ptr::eq(same, text)),
        Cow::Owned(other) => assert!(repair.is_changed() && other == repair.text()),
    }
    if !fixer.is_suspicious(text) {
        assert_eq!(repair.verdict(), Verdict::Clean, "not suspicious, and yet {repair:?}");
    }
}

/// What [`is_sound`] is for texts: the report of bytes tells of the text that they read.
#[track_caller]
pub(crate) fn bytes_are_sound(bytes: &[u8], repair: &Repair<'_>) {
    assert!(repair.encoding().is_some());
    is_sound(repair.source_text(), repair);
    assert!(!bytes.is_empty() || repair.text().is_empty());
}

/// What is read in pieces comes out as it does whole: text as text, bytes as bytes.
#[track_caller]
pub(crate) fn streams_as_whole(fixer: &Fixer, bytes: &[u8]) {
    let mut streamed = String::new();
    fixer.reader(bytes).read_to_string(&mut streamed).expect("memory can be read, and what comes out is UTF-8");
    match std::str::from_utf8(bytes) {
        Ok(text) => assert_eq!(streamed, fixer.fix_text(text)),
        Err(_) => assert_eq!(streamed, fixer.fix_bytes(bytes).text()),
    }
}

/// A chain is printed as it is read, and what it undoes can be done again.
#[track_caller]
pub(crate) fn chain_is_sound(chain: &Chain, text: &str) {
    assert_eq!(chain.to_string().parse::<Chain>().as_ref(), Ok(chain));
    // Only UTF-8 has one form for each character and nothing else: of other encodings more is read than is ever written.
    let exact = chain.steps().iter().all(|step| matches!(step, Step::Misread { written: Encoding::Utf8, .. }));
    if exact && let Ok(original) = chain.undo(text) {
        assert_eq!(chain.apply(&original).as_deref(), Ok(text), "{chain} gave {original:?}");
    }
    if let Ok(damaged) = chain.apply(text) {
        // Another original may fit as well: 80 and A2 E3 both read € in GBK. But one there must be.
        let back = chain.undo(&damaged).unwrap_or_else(|e| panic!("{chain}: {damaged:?} from {text:?}: {e}"));
        assert_eq!(chain.apply(&back).as_ref(), Ok(&damaged), "{chain}: {back:?} for {text:?}");
    }
}

/// A model is refused or can be used.
#[track_caller]
pub(crate) fn model_is_sound(bytes: Vec<u8>) {
    let Ok(model) = Model::from_bytes(bytes.clone()) else { return };
    assert_eq!(model.as_bytes(), bytes);
    let text = "天地人Ａb7，國国\u{e000}\r\n𠀀 é";
    assert!(!model.likelihood(text).nats().is_nan());
    let fixer = Fixer::builder().model(model).build();
    // Nothing is said of how well a made-up model repairs.
    for text in [text, "鎵撳紑绐楁埛", "Ã©tÃ©"] {
        let repair = fixer.fix_and_explain(text);
        assert_eq!(repair.is_changed(), text != repair.text());
    }
}

//! Any text gives a sound report, whatever the options.

#![no_main]

#[path = "../../laws/sound.rs"]
#[allow(dead_code)]
mod sound;

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use luanma::{Annotations, Encoding, Fixer, LossPolicy, Script};

fn fixer(u: &mut Unstructured<'_>) -> arbitrary::Result<Fixer> {
    let mut builder = Fixer::builder();
    // Half of the inputs as most users repair.
    if u.ratio(1, 2)? {
        return Ok(builder.build());
    }
    if u.arbitrary()? {
        builder = builder.min_confidence(f64::from(u.int_in_range(0..=10)?) / 10.0);
    }
    if u.arbitrary()? {
        builder = builder.max_layers(u.int_in_range(0..=5)?);
    }
    if u.ratio(1, 4)? {
        let mut encodings = Vec::new();
        for _ in 0..u.int_in_range(0..=6)? {
            encodings.push(*u.choose(Encoding::ALL)?);
        }
        builder = builder.encodings(encodings);
    }
    Ok(builder
        .on_loss(*u.choose(&[LossPolicy::Restore, LossPolicy::Mark, LossPolicy::Leave])?)
        .annotations(*u.choose(&[Annotations::Remove, Annotations::Keep])?)
        .escapes(u.arbitrary()?)
        .build())
}

fuzz_target!(|data: &[u8]| {
    let mut u = Unstructured::new(data);
    let Ok(simplified) = u.ratio(1, 16) else { return };
    let Ok(fixer) = fixer(&mut u) else { return };
    let Ok(text) = luanma_fuzz::text(&mut u) else { return };
    luanma_fuzz::show(&text);
    if simplified {
        // Characters are simplified outside the spans as well, so that only the calls are tried.
        let repair =
            Fixer::builder().script(Script::Simplified).build().fix_and_explain(&text).into_text().into_owned();
        assert!(repair.len() <= text.len() * 4 + 64);
        return;
    }
    let repair = fixer.fix_and_explain(&text);
    sound::is_sound(&text, &repair);
    sound::replays(&text, &repair);
    sound::borrows_what_stays(&fixer, &text, &repair);
});

//! What fuzzing and reading found, one test each.

use luanma::{Fixer, LossPolicy, fix_and_explain, fix_bytes};

use crate::sound::{bytes_are_sound, is_sound, replays};

/// Bytes that were exactly as long as a sample lost what stood cut off at their end: the last byte told of no mark.
#[test]
fn a_character_cut_off_at_the_end_of_a_sample_is_marked() {
    for length in [4095, 4096, 4097] {
        let mut bytes = b"\xd6\xd0\xce\xc4".repeat(length / 4 + 1);
        bytes.truncate(length - 1);
        // A lead byte without its trail.
        bytes[length - 2] = b' ';
        bytes.push(0xd6);
        let repair = fix_bytes(&bytes);
        assert!(repair.source_text().ends_with('\u{fffd}'), "{length}: {:?}", repair.source_text().chars().last());
    }
}

/// Escapes are ASCII, which was called clean before the options were asked.
#[test]
fn escapes_are_suspicious_where_they_are_to_be_undone() {
    let fixer = Fixer::builder().escapes(true).build();
    let text = "%E4%B8%ADlau i l'aigua del po";
    assert!(fixer.fix_and_explain(text).is_changed());
    assert!(fixer.is_suspicious(text));
    assert!(!luanma::is_suspicious(text));
}

/// The soft hyphen came out as it was, so that the span began after it; but it was half of the first pair that was read.
#[test]
fn a_span_begins_where_its_chain_is_in_step() {
    let bytes = [&[0xad][..], &[0xff; 53], &[0]].concat();
    let repair = fix_bytes(&bytes);
    bytes_are_sound(&bytes, &repair);
    replays(repair.source_text(), &repair);
}

/// Marks put the guess before the other possibilities, though one of those may be likelier at its place: the law said otherwise.
#[test]
fn the_guess_stands_first_where_it_is_marked() {
    let text = "ط چای م 말리고??Йд?С?в?н?Ы";
    for escapes in [false, true] {
        let fixer = Fixer::builder().on_loss(LossPolicy::Mark).escapes(escapes).build();
        is_sound(text, &fixer.fix_and_explain(text));
    }
}

/// 淏 has two forms in Shift_JIS. Text damaged twice shows the usual one; the other one let 望 come of what 晚 was.
#[test]
fn what_is_written_again_is_written_in_the_usual_form() {
    let text = "山脚下的小店每天清晨就开门，卖豆浆和油条。\n╗≡│╡═φ╡π┴╦╦─╩«╖╓╓╙ú¼╒╛╠¿╔╧╚╦║▄╢αíú\n╗≡│╡═φπ┴╦╦─╩«╖╓╓╙ú¼╒╛╠¿╔╧╚╦║▄╢αíú";
    let repair = fix_and_explain(text);
    is_sound(text, &repair);
    replays(text, &repair);
}

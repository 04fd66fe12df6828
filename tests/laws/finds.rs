//! What fuzzing and reading found, one test each.

use luanma::fix_bytes;

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

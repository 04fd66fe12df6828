//! The relations against the decoders they come from, over everything that can be decoded.

use proptest::prelude::*;

use super::*;

const MULTI: [Encoding; 6] =
    [Encoding::Gb18030, Encoding::Gbk, Encoding::Big5, Encoding::ShiftJis, Encoding::EucJp, Encoding::EucKr];

fn standard(encoding: Encoding, bytes: &[u8]) -> Option<String> {
    let decoder = encoding.decoder()?;
    Some(decoder.decode_without_bom_handling_and_without_replacement(bytes)?.into_owned())
}

/// Checks `bytes`, which may or may not be one character's code, against encoding_rs and against the way back.
fn check_code(encoding: Encoding, bytes: &[u8]) {
    let windows_932 = match (encoding, bytes) {
        (Encoding::ShiftJis, [0xA0]) => Some("\u{f8f0}"),
        (Encoding::ShiftJis, [0xFD]) => Some("\u{f8f1}"),
        (Encoding::ShiftJis, [0xFE]) => Some("\u{f8f2}"),
        (Encoding::ShiftJis, [0xFF]) => Some("\u{f8f3}"),
        _ => None,
    };
    let expected = windows_932.map(str::to_owned).or_else(|| standard(encoding, bytes));
    match encoding.parse(bytes) {
        Parse::Char { c, len } if usize::from(len) == bytes.len() => {
            assert_eq!(expected, Some(c.to_string()), "{encoding} {bytes:02x?}");
            assert!(encoding.forms(c).iter().any(|form| **form == *bytes), "{encoding} {bytes:02x?} {c}");
            assert!(encoding.can_write(c));
        }
        Parse::Pair { first, second, len } if usize::from(len) == bytes.len() => {
            assert_eq!(expected, Some(String::from_iter([first, second])), "{encoding} {bytes:02x?}");
            assert_eq!(encoding.pair_form(first, second).as_deref(), Some(bytes));
        }
        // The first character is shorter; its own turn comes.
        Parse::Char { .. } => {}
        other => assert_eq!(expected, None, "{encoding} {bytes:02x?} {other:?}"),
    }
}

#[test]
fn every_byte_and_every_pair_is_as_in_the_standard() {
    for encoding in MULTI {
        for a in 0..=0xFF {
            check_code(encoding, &[a]);
            for b in 0..=0xFF_u8 {
                if !(a >= 0x80 && encoding == Encoding::Gbk && b.is_ascii_digit()) {
                    check_code(encoding, &[a, b]);
                }
            }
        }
    }
}

#[test]
fn every_triple_of_euc_jp_is_as_in_the_standard() {
    for a in 0x80..=0xFF {
        for b in 0..=0xFF {
            check_code(Encoding::EucJp, &[0x8F, a, b]);
        }
    }
}

#[test]
fn every_four_byte_sequence_is_as_in_the_standard() {
    // All of the basic plane and both ends of every thousand beyond it; the rest is one straight line.
    let digits = |p: u32| {
        [0x81 + (p / 12_600) as u8, b'0' + (p / 1_260 % 10) as u8, 0x81 + (p / 10 % 126) as u8, b'0' + (p % 10) as u8]
    };
    for pointer in (0..40_000).chain((40_000..126 * 12_600).filter(|p| p % 1_000 < 2)).chain(1_237_570..1_237_580) {
        check_code(Encoding::Gb18030, &digits(pointer));
    }
    assert_eq!(Encoding::Gb18030.parse(&digits(1_237_575)), Parse::Char { c: char::MAX, len: 4 });
    assert_eq!(Encoding::Gb18030.parse(&digits(1_237_576)), Parse::Malformed);
}

#[test]
fn prefixes_are_incomplete_exactly_if_something_completes_them() {
    for encoding in MULTI {
        for a in 0x80..=0xFF_u8 {
            if encoding.parse(&[a]) == Parse::Incomplete {
                let second = (0..=0xFF).any(|b| !matches!(encoding.parse(&[a, b]), Parse::Malformed));
                assert!(second, "{encoding} {a:02x}");
            } else {
                let longer = (0..=0xFF).any(|b| matches!(encoding.parse(&[a, b]), Parse::Char { len: 2, .. }));
                assert!(!longer, "{encoding} {a:02x}");
            }
        }
    }
    for bytes in [&[0x85, 0x30][..], &[0x84, 0x32], &[0xE3, 0x33], &[0xE4, 0x30], &[0x84, 0x31, 0xA5]] {
        assert_eq!(Encoding::Gb18030.parse(bytes), Parse::Malformed, "{bytes:02x?}");
    }
    for bytes in [&[][..], &[0x81], &[0x84, 0x31], &[0xE3, 0x32], &[0x84, 0x31, 0xA4], &[0x90, 0x30, 0x81]] {
        assert_eq!(Encoding::Gb18030.parse(bytes), Parse::Incomplete, "{bytes:02x?}");
    }
}

#[test]
fn single_byte_pages_are_ascii_below_and_come_back() {
    for &encoding in Encoding::ALL.iter().filter(|encoding| encoding.is_single_byte()) {
        for byte in 0..=0xFF {
            check_code_of_page(encoding, byte);
        }
    }
}

fn check_code_of_page(encoding: Encoding, byte: u8) {
    match encoding.parse(&[byte]) {
        Parse::Char { c, len: 1 } => {
            assert!(!byte.is_ascii() || c == char::from(byte));
            assert_eq!(&*encoding.forms(c)[0], [byte]);
            assert_eq!(encoding.forms(c).len(), 1, "{encoding} {byte:02x}");
            assert_eq!(encoding.decode(&[byte]), Some(c.to_string()));
            assert_eq!(encoding.encode(&c.to_string()), Ok(vec![byte]));
        }
        Parse::Malformed => {
            assert_eq!(encoding.decode(&[byte]), None);
            // Nothing that a browser shows as a C1 control may be missing.
            assert!(byte >= 0xA0, "{encoding} {byte:02x}");
        }
        other => panic!("{encoding} {byte:02x} {other:?}"),
    }
}

#[test]
fn ascii_is_ascii_everywhere_else() {
    let ascii: String = (0..0x80_u8).map(char::from).collect();
    for &encoding in Encoding::ALL.iter().filter(|e| !matches!(e, Encoding::Utf16Le | Encoding::Utf16Be)) {
        assert_eq!(encoding.decode(ascii.as_bytes()).as_deref(), Some(ascii.as_str()), "{encoding}");
        assert_eq!(encoding.encode(&ascii).as_deref(), Ok(ascii.as_bytes()), "{encoding}");
        for c in ascii.chars() {
            assert_eq!(encoding.forms(c).len(), 1, "{encoding} {c:?}");
        }
    }
}

#[test]
fn all_lists_every_encoding_in_order() {
    assert!(Encoding::ALL.iter().enumerate().all(|(i, &encoding)| encoding as usize == i));
    assert_eq!(Encoding::ALL.last(), Some(&Encoding::XUserDefined));
}

fn forms(encoding: Encoding, c: char) -> Vec<Vec<u8>> {
    encoding.forms(c).iter().map(|form| form.to_vec()).collect()
}

#[test]
fn pages_of_other_sources_agree_with_python() {
    let cases: &[(Encoding, &str, &[u8])] = &[
        (Encoding::Ptcp154, "Қазақ тілі ӨҰҺ№", b"\x8d\xe0\xe7\xe0\x9d \xf2\xb3\xeb\xb3 \xa4\xa6\x8e\xb9"),
        (Encoding::Cp437, "naïve ½ ░█ αß", b"na\x8bve \xab \xb0\xdb \xe0\xe1"),
        (Encoding::Cp850, "Çà ÐÞ ¤ §", b"\x80\x85 \xd1\xe8 \xcf \xf5"),
        (Encoding::Cp852, "Žluťoučký kůň", b"\xa6lu\x9cou\x9fk\xec k\x85\xe5"),
        (Encoding::Cp857, "Iğdır şöğüş", b"I\xa7d\x8dr \x9f\x94\xa7\x81\x9f"),
        (Encoding::Cp866, "Ёж и лёд №", b"\xf0\xa6 \xa8 \xab\xf1\xa4 \xfc"),
    ];
    for &(encoding, text, bytes) in cases {
        assert_eq!(encoding.encode(text).as_deref(), Ok(bytes), "{encoding}");
        assert_eq!(encoding.decode(bytes).as_deref(), Some(text), "{encoding}");
    }
    // The three that cp857 leaves undefined.
    assert!([0xD5, 0xE7, 0xF2].iter().all(|&byte| Encoding::Cp857.parse(&[byte]) == Parse::Malformed));
}

#[test]
fn duplicates_are_known_and_the_usual_form_comes_first() {
    assert_eq!(forms(Encoding::Gbk, '€'), [vec![0x80], vec![0xA2, 0xE3]]);
    assert_eq!(forms(Encoding::Gb18030, '€'), [vec![0xA2, 0xE3], vec![0x80]]);
    assert_eq!(forms(Encoding::Gbk, '\u{3000}'), [[0xA1, 0xA1], [0xA3, 0xA0]]);
    assert_eq!(forms(Encoding::ShiftJis, '∵'), [[0x81, 0xE6], [0x87, 0x9A], [0xFA, 0x5B]]);
    assert_eq!(forms(Encoding::ShiftJis, '纊'), [[0xFA, 0x5C], [0xED, 0x40]]);
    assert_eq!(forms(Encoding::EucJp, '∵'), [[0xA2, 0xE8], [0xAD, 0xFA]]);
    assert_eq!(forms(Encoding::Big5, '═'), [[0xF9, 0xF9], [0xA2, 0xA4]]);
    // KS X 1001 lists some hanja once for each reading, but Unicode gave every one its own character.
    assert_eq!(forms(Encoding::EucKr, '樂'), [[0xE4, 0xC5]]);
    assert_eq!(forms(Encoding::Gbk, '\u{E000}'), [[0xAA, 0xA1]]);
    assert!(forms(Encoding::Gbk, '𠮷').is_empty());
    assert_eq!(forms(Encoding::Gb18030, '𠮷').len(), 1);
    assert_eq!(forms(Encoding::Utf16Be, '𠮷'), [[0xD8, 0x42, 0xDF, 0xB7]]);
}

#[test]
fn no_page_of_single_bytes_has_east_asian_characters() {
    for encoding in Encoding::ALL.iter().filter(|e| e.is_single_byte()) {
        for byte in 0x80..=0xFF {
            if let Parse::Char { c, .. } = encoding.parse(&[byte]) {
                assert!(!EAST_ASIAN.contains(&c), "{encoding} {byte:02x}");
            }
        }
    }
}

#[test]
fn usual_forms_are_those_of_the_standard() {
    for encoding in MULTI {
        let encoder = encoding.decoder().unwrap();
        for c in ('\u{80}'..='\u{2FFFF}').filter(|&c| encoding.forms(c).len() > 1) {
            let text = c.to_string();
            let (bytes, _, failed) = encoder.encode(&text);
            if !failed {
                assert_eq!(*encoding.forms(c)[0], *bytes, "{encoding} {c}");
            }
        }
    }
}

#[test]
fn forms_decode_to_their_character() {
    for &encoding in Encoding::ALL {
        let mut most = 0;
        for c in ('\0'..='\u{2FFFF}').chain('\u{10FF00}'..=char::MAX) {
            let forms = encoding.forms(c);
            most = most.max(forms.len());
            for form in forms.iter() {
                assert_eq!(encoding.parse(form), Parse::Char { c, len: form.len() as u8 }, "{encoding} {form:02x?}");
            }
        }
        assert_eq!(most > 1, encoding.has_duplicates(), "{encoding}");
        // A place is left over, so none can have been dropped.
        assert!(most < 4, "{encoding}");
    }
}

#[test]
fn big5_codes_for_two_characters_go_both_ways() {
    let text = "Ê̄Ê̌ê̄ê̌Êê";
    let bytes = Encoding::Big5.encode(text).unwrap();
    assert_eq!(bytes, [0x88, 0x62, 0x88, 0x64, 0x88, 0xA3, 0x88, 0xA5, 0x88, 0x66, 0x88, 0xA7]);
    assert_eq!(Encoding::Big5.decode(&bytes).as_deref(), Some(text));
    assert_eq!(Encoding::Big5.encode("\u{304}"), Err(0));
}

#[test]
fn gbk_knows_no_four_byte_sequences() {
    let four = [b'1', 0x81, 0x30, 0x81, 0x30, b'2'];
    assert_eq!(Encoding::Gb18030.decode(&four).as_deref(), Some("1\u{80}2"));
    assert_eq!(Encoding::Gbk.decode(&four), None);
    assert_eq!(Encoding::Gbk.decode_prefix(&four), ("1".to_owned(), 1));
    assert_eq!(Encoding::Gbk.encode("1\u{80}2"), Err(1));
}

#[test]
fn unicode_is_strict() {
    for bytes in [
        &[0xC0, 0x80][..],
        &[0xE0, 0x9F],
        &[0xED, 0xA0, 0x80],
        &[0xF0, 0x8F],
        &[0xF4, 0x90],
        &[0xF5],
        &[0x80],
        &[0xE4, 0xB8, 0x41],
    ] {
        assert_eq!(Encoding::Utf8.parse(bytes), Parse::Malformed, "{bytes:02x?}");
    }
    for bytes in [&[][..], &[0xC2], &[0xE4, 0xB8], &[0xF0, 0x90, 0x80]] {
        assert_eq!(Encoding::Utf8.parse(bytes), Parse::Incomplete, "{bytes:02x?}");
    }
    for bytes in [&[0xDC][..], &[0xDC, 0x00], &[0xD8, 0x00, 0x00], &[0xD8, 0x00, 0xD8, 0x00]] {
        assert_eq!(Encoding::Utf16Be.parse(bytes), Parse::Malformed, "{bytes:02x?}");
    }
    for bytes in [&[][..], &[0xD8], &[0xD8, 0x00], &[0xD8, 0x00, 0xDC]] {
        assert_eq!(Encoding::Utf16Be.parse(bytes), Parse::Incomplete, "{bytes:02x?}");
    }
    assert_eq!(Encoding::Utf16Le.parse(&[0xDC]), Parse::Incomplete);
    assert_eq!(Encoding::Utf16Le.parse(&[0x00, 0xD8, 0x00]), Parse::Incomplete);
}

/// Bytes of the kinds that make and break codes.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![any::<u8>(), 0x30..=0x3A_u8, 0x81..=0xFE_u8, Just(0x8F), 0xA1..=0xFE_u8];
    proptest::collection::vec(byte, 0..24)
}

proptest! {
    #[test]
    fn decoding_and_parsing_agree(bytes in bytes(), at in 0..Encoding::ALL.len()) {
        let encoding = Encoding::ALL[at];
        let (text, consumed) = encoding.decode_prefix(&bytes);
        let (mut parsed, mut rest) = (String::new(), &bytes[..]);
        loop {
            match encoding.parse(rest) {
                Parse::Char { c, len } => { parsed.push(c); rest = &rest[usize::from(len)..]; }
                Parse::Pair { first, second, len } => { parsed.extend([first, second]); rest = &rest[usize::from(len)..]; }
                Parse::Incomplete | Parse::Malformed => break,
            }
        }
        prop_assert_eq!(&text, &parsed);
        prop_assert_eq!(consumed, bytes.len() - rest.len());
        prop_assert_eq!(encoding.decode(&bytes), rest.is_empty().then_some(text));
    }

    #[test]
    fn what_is_written_reads_back(text in "[\\x00-\\x7FÊê\u{304}\u{30C}一-龥ァ-ヶ가-힣€、。𠮷]{0,12}", at in 0..Encoding::ALL.len()) {
        let encoding = Encoding::ALL[at];
        match encoding.encode(&text) {
            Ok(bytes) => prop_assert_eq!(encoding.decode(&bytes), Some(text)),
            Err(offset) => {
                prop_assert!(encoding.encode(&text[..offset]).is_ok());
                prop_assert!(text[offset..].chars().next().is_some_and(|c| !encoding.can_write(c)));
            }
        }
    }
}

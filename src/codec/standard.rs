//! The decoders of encoding_rs, which follow the Encoding Standard.

use super::Encoding;

impl Encoding {
    /// The decoder in encoding_rs, if it has one that reads as documented here.
    pub(super) fn decoder(self) -> Option<&'static encoding_rs::Encoding> {
        Some(match self {
            Encoding::Utf8 => encoding_rs::UTF_8,
            Encoding::Gb18030 => encoding_rs::GB18030,
            Encoding::Gbk => encoding_rs::GBK,
            Encoding::Big5 => encoding_rs::BIG5,
            Encoding::ShiftJis => encoding_rs::SHIFT_JIS,
            Encoding::EucJp => encoding_rs::EUC_JP,
            Encoding::EucKr => encoding_rs::EUC_KR,
            Encoding::Utf16Le => encoding_rs::UTF_16LE,
            Encoding::Utf16Be => encoding_rs::UTF_16BE,
            Encoding::Windows1250 => encoding_rs::WINDOWS_1250,
            Encoding::Windows1251 => encoding_rs::WINDOWS_1251,
            Encoding::Windows1252 => encoding_rs::WINDOWS_1252,
            Encoding::Windows1253 => encoding_rs::WINDOWS_1253,
            Encoding::Windows1254 => encoding_rs::WINDOWS_1254,
            Encoding::Windows1255 => encoding_rs::WINDOWS_1255,
            Encoding::Windows1256 => encoding_rs::WINDOWS_1256,
            Encoding::Windows1257 => encoding_rs::WINDOWS_1257,
            Encoding::Windows1258 => encoding_rs::WINDOWS_1258,
            Encoding::Windows874 => encoding_rs::WINDOWS_874,
            Encoding::Iso8859_2 => encoding_rs::ISO_8859_2,
            Encoding::Iso8859_3 => encoding_rs::ISO_8859_3,
            Encoding::Iso8859_4 => encoding_rs::ISO_8859_4,
            Encoding::Iso8859_5 => encoding_rs::ISO_8859_5,
            Encoding::Iso8859_6 => encoding_rs::ISO_8859_6,
            Encoding::Iso8859_7 => encoding_rs::ISO_8859_7,
            Encoding::Iso8859_8 => encoding_rs::ISO_8859_8,
            Encoding::Iso8859_10 => encoding_rs::ISO_8859_10,
            Encoding::Iso8859_13 => encoding_rs::ISO_8859_13,
            Encoding::Iso8859_14 => encoding_rs::ISO_8859_14,
            Encoding::Iso8859_15 => encoding_rs::ISO_8859_15,
            Encoding::Iso8859_16 => encoding_rs::ISO_8859_16,
            Encoding::Koi8R => encoding_rs::KOI8_R,
            Encoding::Koi8U => encoding_rs::KOI8_U,
            Encoding::Macintosh => encoding_rs::MACINTOSH,
            Encoding::Cp866 => encoding_rs::IBM866,
            Encoding::XUserDefined => encoding_rs::X_USER_DEFINED,
            Encoding::Iso8859_1
            | Encoding::Ptcp154
            | Encoding::Cp437
            | Encoding::Cp850
            | Encoding::Cp852
            | Encoding::Cp857 => return None,
        })
    }
}

/// Whether the GBK decoder of encoding_rs, which is the one for gb18030, read a four-byte sequence.
///
/// Only those have digits among their bytes (trails of pairs start at 40), and they vanish from the text: counting is enough.
pub(super) fn has_four_byte(bytes: &[u8], text: &str) -> bool {
    digits(bytes) != digits(text.as_bytes())
}

/// The number of ASCII digits. Sums that fit into a byte let the compiler count many bytes at once.
fn digits(bytes: &[u8]) -> usize {
    bytes.chunks(255).map(|chunk| usize::from(chunk.iter().map(|b| u8::from(b.is_ascii_digit())).sum::<u8>())).sum()
}

/// Decodes as far as `bytes` are well-formed, and tells how far that is.
pub(super) fn well_formed_prefix(decoder: &'static encoding_rs::Encoding, bytes: &[u8]) -> (String, usize) {
    let mut decoder = decoder.new_decoder_without_bom_handling();
    // Nothing can be longer than memory; `None` would only mean that the sum overflowed.
    let Some(capacity) = decoder.max_utf8_buffer_length_without_replacement(bytes.len()) else {
        return (String::new(), 0);
    };
    let mut text = String::with_capacity(capacity);
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    let consumed = match result {
        encoding_rs::DecoderResult::Malformed(bad, after) => read.saturating_sub(usize::from(bad) + usize::from(after)),
        encoding_rs::DecoderResult::InputEmpty | encoding_rs::DecoderResult::OutputFull => read,
    };
    (text, consumed)
}

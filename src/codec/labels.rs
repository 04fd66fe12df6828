//! What encodings are called.

use std::fmt;
use std::str::FromStr;

use super::Encoding;
use crate::ChainError;

impl Encoding {
    /// The label, in lower case.
    ///
    /// ```
    /// assert_eq!(luanma::Encoding::ShiftJis.label(), "shift_jis");
    /// ```
    pub fn label(self) -> &'static str {
        self.names().0
    }

    /// The label, and other names as [`plain`] leaves them.
    fn names(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Encoding::Utf8 => ("utf-8", &["cp65001", "unicode11utf8"]),
            Encoding::Gb18030 => ("gb18030", &["cp54936", "windows54936"]),
            // The Encoding Standard, too, takes gb2312 for GBK, of which it is a part.
            Encoding::Gbk => {
                ("gbk", &["cp936", "936", "ms936", "windows936", "xgbk", "gb2312", "gb23121980", "euccn", "chinese"])
            }
            Encoding::Big5 => {
                ("big5", &["big5hkscs", "cp950", "950", "ms950", "windows950", "cp951", "cnbig5", "xxbig5"])
            }
            Encoding::ShiftJis => (
                "shift_jis",
                &["sjis", "cp932", "932", "ms932", "windows932", "windows31j", "mskanji", "xsjis", "csshiftjis"],
            ),
            Encoding::EucJp => ("euc-jp", &["ujis", "xeucjp", "eucjpms", "cp51932"]),
            Encoding::EucKr => (
                "euc-kr",
                &["cp949", "949", "ms949", "windows949", "uhc", "ksc5601", "ksc56011987", "cp51949", "korean"],
            ),
            Encoding::Utf16Le => ("utf-16le", &["utf16", "cp1200", "unicode", "ucs2", "ucs2le"]),
            Encoding::Utf16Be => ("utf-16be", &["cp1201", "ucs2be", "unicodefffe"]),
            Encoding::Windows1250 => ("windows-1250", &["cp1250", "xcp1250", "ansi1250"]),
            Encoding::Windows1251 => ("windows-1251", &["cp1251", "xcp1251", "ansi1251"]),
            Encoding::Windows1252 => ("windows-1252", &["cp1252", "xcp1252", "ansi1252"]),
            Encoding::Windows1253 => ("windows-1253", &["cp1253", "xcp1253", "ansi1253"]),
            // Extends ISO 8859-9, as windows-874 does ISO 8859-11: browsers read them alike.
            Encoding::Windows1254 => ("windows-1254", &["cp1254", "xcp1254", "ansi1254", "iso88599", "latin5"]),
            Encoding::Windows1255 => ("windows-1255", &["cp1255", "xcp1255", "ansi1255"]),
            Encoding::Windows1256 => ("windows-1256", &["cp1256", "xcp1256", "ansi1256"]),
            Encoding::Windows1257 => ("windows-1257", &["cp1257", "xcp1257", "ansi1257"]),
            Encoding::Windows1258 => ("windows-1258", &["cp1258", "xcp1258", "ansi1258"]),
            Encoding::Windows874 => ("windows-874", &["cp874", "dos874", "tis620", "iso885911"]),
            Encoding::Iso8859_1 => ("iso-8859-1", &["latin1", "l1", "cp28591", "cp819", "ibm819"]),
            Encoding::Iso8859_2 => ("iso-8859-2", &["latin2", "l2", "cp28592"]),
            Encoding::Iso8859_3 => ("iso-8859-3", &["latin3", "l3", "cp28593"]),
            Encoding::Iso8859_4 => ("iso-8859-4", &["latin4", "l4", "cp28594"]),
            Encoding::Iso8859_5 => ("iso-8859-5", &["cyrillic", "cp28595"]),
            Encoding::Iso8859_6 => ("iso-8859-6", &["arabic", "asmo708", "ecma114", "cp28596"]),
            Encoding::Iso8859_7 => ("iso-8859-7", &["greek", "elot928", "ecma118", "cp28597"]),
            Encoding::Iso8859_8 => ("iso-8859-8", &["hebrew", "visual", "iso88598i", "logical", "cp28598"]),
            Encoding::Iso8859_10 => ("iso-8859-10", &["latin6", "l6", "cp28600"]),
            Encoding::Iso8859_13 => ("iso-8859-13", &["latin7", "l7", "cp28603"]),
            Encoding::Iso8859_14 => ("iso-8859-14", &["latin8", "l8", "cp28604"]),
            Encoding::Iso8859_15 => ("iso-8859-15", &["latin9", "l9", "cp28605"]),
            Encoding::Iso8859_16 => ("iso-8859-16", &["latin10", "l10", "cp28606"]),
            Encoding::Koi8R => ("koi8-r", &["koi8", "koi", "cp20866"]),
            Encoding::Koi8U => ("koi8-u", &["koi8ru", "cp21866"]),
            Encoding::Ptcp154 => ("ptcp154", &["csptcp154", "pt154", "cp154", "cyrillicasian"]),
            Encoding::Macintosh => ("macintosh", &["macroman", "xmacroman", "mac", "cp10000"]),
            Encoding::Cp437 => ("cp437", &["ibm437", "437", "oem437", "dos437"]),
            Encoding::Cp850 => ("cp850", &["ibm850", "850", "oem850", "dos850"]),
            Encoding::Cp852 => ("cp852", &["ibm852", "852", "oem852", "dos852"]),
            Encoding::Cp857 => ("cp857", &["ibm857", "857", "oem857", "dos857"]),
            Encoding::Cp866 => ("cp866", &["ibm866", "866", "oem866", "dos866"]),
            Encoding::XUserDefined => ("x-user-defined", &["userdefined"]),
        }
    }
}

/// Case and punctuation make no difference between names.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).map(|c| c.to_ascii_lowercase()).collect()
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}

impl FromStr for Encoding {
    type Err = ChainError;

    fn from_str(s: &str) -> Result<Self, ChainError> {
        let wanted = plain(s.trim());
        let is_meant = |encoding: &Encoding| {
            let (label, aliases) = encoding.names();
            plain(label) == wanted || aliases.contains(&wanted.as_str())
        };
        Self::ALL.iter().copied().find(is_meant).ok_or_else(|| ChainError::UnknownEncoding(s.to_owned()))
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Encoding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.label())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Encoding {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let label = std::borrow::Cow::<str>::deserialize(deserializer)?;
        label.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_each_means_one_encoding() {
        let mut seen = std::collections::HashMap::new();
        for &encoding in Encoding::ALL {
            let (label, aliases) = encoding.names();
            assert_eq!(label.parse::<Encoding>().unwrap(), encoding);
            assert_eq!(label.to_ascii_uppercase().replace('-', "_").parse::<Encoding>().unwrap(), encoding);
            for name in aliases.iter().map(|&alias| alias.to_owned()).chain([plain(label)]) {
                assert_eq!(plain(&name), name);
                assert_eq!(seen.insert(name, encoding), None, "{encoding}");
            }
        }
    }

    #[test]
    fn usual_aliases_are_understood() {
        for (alias, label) in [
            ("cp936", "gbk"),
            ("GB2312", "gbk"),
            ("cp1252", "windows-1252"),
            ("Latin-1", "iso-8859-1"),
            ("latin1", "iso-8859-1"),
            ("sjis", "shift_jis"),
            ("Shift-JIS", "shift_jis"),
            ("cp932", "shift_jis"),
            ("big5-hkscs", "big5"),
            ("cp950", "big5"),
            ("euc_kr", "euc-kr"),
            ("cp949", "euc-kr"),
            ("mac_roman", "macintosh"),
            ("UTF_16LE", "utf-16le"),
            ("utf8", "utf-8"),
            ("KOI8R", "koi8-r"),
            ("PT154", "ptcp154"),
            ("ibm866", "cp866"),
        ] {
            assert_eq!(alias.parse::<Encoding>().unwrap().label(), label, "{alias}");
        }
        assert!("nonsense".parse::<Encoding>().is_err());
        assert!("".parse::<Encoding>().is_err());
    }
}

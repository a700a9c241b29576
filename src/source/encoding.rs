//! From bytes to text, as Python reads its sources: byte order mark, then the declaration of PEP 263, then UTF-8.

use std::{borrow::Cow, fmt};

use encoding_rs::Encoding;
use memchr::memchr;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// The text of a file; line ends and form feeds are as they were.
#[derive(Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// Without the byte order mark.
    pub text: Cow<'a, str>,
    /// In Python's spelling.
    pub encoding: &'static str,
    pub bom: bool,
    /// Some bytes had no meaning in this encoding. Python refuses such a file; its facts can still be read.
    pub lossy: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// It holds NUL bytes.
    Binary,
    UnknownEncoding(String),
    /// It begins with the mark of UTF-8 and declares something else.
    BomConflict(String),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Binary => out.write_str("holds NUL bytes"),
            Self::UnknownEncoding(name) => write!(out, "declares the unknown encoding `{name}`"),
            Self::BomConflict(name) => {
                write!(out, "declares `{name}` but begins with the mark of UTF-8")
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Decoder {
    Utf8,
    Ascii,
    /// Each byte is the character of its number. What the web calls so is another encoding, windows-1252.
    Latin1,
    Table(&'static Encoding),
}

pub fn decode(bytes: &[u8]) -> Result<Decoded<'_>, DecodeError> {
    if memchr(0, bytes).is_some() {
        return Err(DecodeError::Binary);
    }
    let (bytes, bom) = match bytes.strip_prefix(BOM) {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    let (encoding, decoder) = match declared(bytes) {
        None => ("utf-8", Decoder::Utf8),
        Some(name) => {
            let (encoding, decoder) =
                named(name).ok_or_else(|| DecodeError::UnknownEncoding(name.to_owned()))?;
            // Python insists on the very spelling here: even `utf8` is a conflict.
            if bom && normal_name(name) != "utf-8" {
                return Err(DecodeError::BomConflict(name.to_owned()));
            }
            (encoding, decoder)
        }
    };
    let (text, lossy) = match decoder {
        Decoder::Utf8 => {
            // The check alone is several times faster than the repair, and nearly all files pass it.
            match std::str::from_utf8(bytes) {
                Ok(text) => (Cow::Borrowed(text), false),
                Err(_) => (String::from_utf8_lossy(bytes), true),
            }
        }
        Decoder::Ascii => ascii(bytes),
        Decoder::Latin1 => (latin1(bytes), false),
        Decoder::Table(encoding) => encoding.decode_without_bom_handling(bytes),
    };
    Ok(Decoded { text, encoding, bom, lossy })
}

fn ascii(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.is_ascii() => (Cow::Borrowed(text), false),
        _ => {
            let character = |byte: &u8| {
                if byte.is_ascii() { char::from(*byte) } else { char::REPLACEMENT_CHARACTER }
            };
            (Cow::Owned(bytes.iter().map(character).collect()), true)
        }
    }
}

fn latin1(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.is_ascii() => Cow::Borrowed(text),
        _ => Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()),
    }
}

/// The encoding that a comment in the first line declares, or in the second if the first says nothing else.
fn declared(bytes: &[u8]) -> Option<&str> {
    let mut lines = bytes.splitn(3, |byte| matches!(byte, b'\n' | b'\r'));
    let first = lines.next()?;
    if let Some(name) = cookie(first) {
        return Some(name);
    }
    let is_blank = matches!(without_indent(first), [] | [b'#', ..]);
    if !is_blank {
        return None;
    }
    let mut second = lines.next()?;
    // `\r\n` is one line end.
    if second.is_empty() && bytes.get(first.len()..first.len() + 2) == Some(b"\r\n") {
        second = lines.next()?.split(|byte| matches!(byte, b'\n' | b'\r')).next()?;
    }
    cookie(second)
}

/// `NAME` in `# … coding: NAME` or `# … coding=NAME`.
fn cookie(line: &[u8]) -> Option<&str> {
    let comment = without_indent(line).strip_prefix(b"#")?;
    for at in memchr::memmem::find_iter(comment, b"coding") {
        let after = &comment[at + b"coding".len()..];
        let [b':' | b'=', name @ ..] = after else { continue };
        let start =
            name.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(name.len());
        let name = &name[start..];
        let is_of_name =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        let end = name.iter().position(|byte| !is_of_name(byte)).unwrap_or(name.len());
        if end > 0 {
            return std::str::from_utf8(&name[..end]).ok();
        }
    }
    None
}

fn without_indent(line: &[u8]) -> &[u8] {
    let start =
        line.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\x0c')).unwrap_or(line.len());
    &line[start..]
}

/// What Python's tokenizer makes of a name before it looks for the codec.
fn normal_name(name: &str) -> Cow<'_, str> {
    let head: String =
        name.chars().take(12).collect::<String>().to_ascii_lowercase().replace('_', "-");
    let is = |known: &str| {
        head.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    if is("utf-8") {
        Cow::Borrowed("utf-8")
    } else if ["latin-1", "iso-8859-1", "iso-latin-1"].into_iter().any(is) {
        Cow::Borrowed("iso-8859-1")
    } else {
        Cow::Borrowed(name)
    }
}

fn named(name: &str) -> Option<(&'static str, Decoder)> {
    // Python's codecs are found without regard to case and to what stands between letters.
    let key = normal_name(name).to_ascii_lowercase().replace(['-', '.', ' '], "_");
    let known = match key.as_str() {
        "utf_8" | "utf8" | "u8" | "utf" | "utf8_ucs2" | "utf8_ucs4" | "cp65001" => {
            return Some(("utf-8", Decoder::Utf8));
        }
        "ascii" | "us_ascii" | "us" | "646" | "ansi_x3_4_1968" | "iso646_us" | "iso_ir_6" => {
            return Some(("ascii", Decoder::Ascii));
        }
        "iso_8859_1" | "iso8859_1" | "iso8859" | "8859" | "cp819" | "latin" | "latin1"
        | "latin_1" | "l1" => {
            return Some(("iso-8859-1", Decoder::Latin1));
        }
        key => CODECS.iter().find(|(_, names, _)| names.contains(&key))?,
    };
    let (encoding, _, decoder) = known;
    Some((encoding, Decoder::Table(decoder)))
}

/// Python's name, the spellings it accepts, the table of the web's standard that comes closest.
const CODECS: &[(&str, &[&str], &Encoding)] = {
    use encoding_rs as web;
    &[
        ("iso8859-2", &["iso_8859_2", "iso8859_2", "latin2", "l2"], web::ISO_8859_2),
        ("iso8859-3", &["iso_8859_3", "iso8859_3", "latin3", "l3"], web::ISO_8859_3),
        ("iso8859-4", &["iso_8859_4", "iso8859_4", "latin4", "l4"], web::ISO_8859_4),
        ("iso8859-5", &["iso_8859_5", "iso8859_5", "cyrillic"], web::ISO_8859_5),
        ("iso8859-6", &["iso_8859_6", "iso8859_6", "arabic"], web::ISO_8859_6),
        ("iso8859-7", &["iso_8859_7", "iso8859_7", "greek", "greek8"], web::ISO_8859_7),
        ("iso8859-8", &["iso_8859_8", "iso8859_8", "hebrew"], web::ISO_8859_8),
        ("iso8859-9", &["iso_8859_9", "iso8859_9", "latin5", "l5"], web::WINDOWS_1254),
        ("iso8859-10", &["iso_8859_10", "iso8859_10", "latin6", "l6"], web::ISO_8859_10),
        ("iso8859-13", &["iso_8859_13", "iso8859_13", "latin7", "l7"], web::ISO_8859_13),
        ("iso8859-14", &["iso_8859_14", "iso8859_14", "latin8", "l8"], web::ISO_8859_14),
        ("iso8859-15", &["iso_8859_15", "iso8859_15", "latin9", "l9"], web::ISO_8859_15),
        ("iso8859-16", &["iso_8859_16", "iso8859_16", "latin10", "l10"], web::ISO_8859_16),
        ("cp874", &["cp874", "tis_620", "tis620"], web::WINDOWS_874),
        ("cp1250", &["cp1250", "1250", "windows_1250"], web::WINDOWS_1250),
        ("cp1251", &["cp1251", "1251", "windows_1251"], web::WINDOWS_1251),
        ("cp1252", &["cp1252", "1252", "windows_1252"], web::WINDOWS_1252),
        ("cp1253", &["cp1253", "1253", "windows_1253"], web::WINDOWS_1253),
        ("cp1254", &["cp1254", "1254", "windows_1254"], web::WINDOWS_1254),
        ("cp1255", &["cp1255", "1255", "windows_1255"], web::WINDOWS_1255),
        ("cp1256", &["cp1256", "1256", "windows_1256"], web::WINDOWS_1256),
        ("cp1257", &["cp1257", "1257", "windows_1257"], web::WINDOWS_1257),
        ("cp1258", &["cp1258", "1258", "windows_1258"], web::WINDOWS_1258),
        ("cp866", &["cp866", "866", "ibm866"], web::IBM866),
        ("koi8-r", &["koi8_r", "cskoi8r"], web::KOI8_R),
        ("koi8-u", &["koi8_u"], web::KOI8_U),
        ("mac-roman", &["mac_roman", "macroman", "macintosh"], web::MACINTOSH),
        ("euc_jp", &["euc_jp", "eucjp", "ujis", "u_jis"], web::EUC_JP),
        ("shift_jis", &["shift_jis", "shiftjis", "sjis", "s_jis", "csshiftjis"], web::SHIFT_JIS),
        ("cp932", &["cp932", "932", "ms932", "mskanji", "ms_kanji"], web::SHIFT_JIS),
        (
            "iso2022_jp",
            &["iso2022_jp", "iso_2022_jp", "iso2022jp", "csiso2022jp"],
            web::ISO_2022_JP,
        ),
        (
            "gb2312",
            &["gb2312", "chinese", "euc_cn", "euccn", "gb2312_80", "eucgb2312_cn"],
            web::GBK,
        ),
        ("gbk", &["gbk", "936", "cp936", "ms936"], web::GBK),
        ("gb18030", &["gb18030", "gb18030_2000"], web::GB18030),
        (
            "big5",
            &["big5", "big5_tw", "csbig5", "cp950", "950", "ms950", "big5hkscs", "big5_hkscs"],
            web::BIG5,
        ),
        (
            "euc_kr",
            &["euc_kr", "euckr", "korean", "ksc5601", "ks_c_5601", "ks_x_1001", "ksx1001"],
            web::EUC_KR,
        ),
        ("cp949", &["cp949", "949", "ms949", "uhc"], web::EUC_KR),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], encoding: &str, text: &str) {
        let decoded = decode(bytes).unwrap();
        assert_eq!((decoded.encoding, &*decoded.text, decoded.lossy), (encoding, text, false));
    }

    fn refuse(bytes: &[u8], why: DecodeError) {
        assert_eq!(decode(bytes), Err(why));
    }

    #[test]
    fn valid_utf8_is_not_copied_and_keeps_every_byte() {
        let text = "x = 'ä'\r\n\x0cy = 1\rz = 2\n";
        let decoded = decode(text.as_bytes()).unwrap();
        assert!(matches!(decoded.text, Cow::Borrowed(same) if same == text));
        assert_eq!((decoded.encoding, decoded.bom, decoded.lossy), ("utf-8", false, false));
    }

    #[test]
    fn byte_order_mark() {
        let decoded = decode(b"\xef\xbb\xbf# coding: UTF_8\nx").unwrap();
        assert_eq!((&*decoded.text, decoded.bom), ("# coding: UTF_8\nx", true));
        refuse(b"\xef\xbb\xbf# coding: latin-1\n", DecodeError::BomConflict("latin-1".to_owned()));
        refuse(b"\xef\xbb\xbf# coding: utf8\n", DecodeError::BomConflict("utf8".to_owned()));
    }

    #[test]
    fn a_declaration_is_a_comment_in_line_one_or_two() {
        check(b"# -*- coding: latin-1 -*-\n'\xe9'", "iso-8859-1", "# -*- coding: latin-1 -*-\n'é'");
        check(
            b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n'\x80'",
            "cp1252",
            "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n'€'",
        );
        check(b"#\r\n# coding=koi8-r\r\n'\xc1'", "koi8-r", "#\r\n# coding=koi8-r\r\n'а'");
        check(b"\x0c \t\n#coding:latin_1_unix\n", "iso-8859-1", "\x0c \t\n#coding:latin_1_unix\n");
    }

    #[test]
    fn no_declaration() {
        check(b"x = 1 # one\n# coding: nonsense\n", "utf-8", "x = 1 # one\n# coding: nonsense\n");
        check(b"\n\n# coding: nonsense\n", "utf-8", "\n\n# coding: nonsense\n");
        check(b"\"\"\"\n# coding: nonsense\n\"\"\"", "utf-8", "\"\"\"\n# coding: nonsense\n\"\"\"");
        check(b"# encoding : nonsense\n", "utf-8", "# encoding : nonsense\n");
        check(b"x = '# coding: nonsense'\n", "utf-8", "x = '# coding: nonsense'\n");
    }

    #[test]
    fn latin1_is_not_windows_1252() {
        check(b"# coding: iso-8859-1\n\x80", "iso-8859-1", "# coding: iso-8859-1\n\u{80}");
        check(b"# coding: iso-8859-15\n\xa4", "iso8859-15", "# coding: iso-8859-15\n€");
    }

    #[test]
    fn asian_encodings() {
        check(b"# coding: euc-jp\n\xa4\xa2", "euc_jp", "# coding: euc-jp\nあ");
        check(b"# coding: Shift_JIS\n\x82\xa0", "shift_jis", "# coding: Shift_JIS\nあ");
        check(b"# coding: gbk\n\xd6\xd0", "gbk", "# coding: gbk\n中");
        check(b"# coding: big5\n\xa4\xa4", "big5", "# coding: big5\n中");
    }

    #[test]
    fn what_python_refuses() {
        refuse(b"# coding: nonsense\n", DecodeError::UnknownEncoding("nonsense".to_owned()));
        refuse(b"# coding: utf-16\n", DecodeError::UnknownEncoding("utf-16".to_owned()));
        refuse(b"x = 1\0\n", DecodeError::Binary);
        refuse(b"\xff\xfex\0=\0", DecodeError::Binary);
    }

    #[test]
    fn bytes_without_meaning_are_marked() {
        let decoded = decode(b"x = '\xff'\ny = 1\n").unwrap();
        assert_eq!((&*decoded.text, decoded.lossy), ("x = '\u{fffd}'\ny = 1\n", true));
        assert!(decode(b"# coding: ascii\n\xe9").unwrap().lossy);
    }
}

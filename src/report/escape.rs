//! What may reach a terminal: text from a scanned tree with everything that could steer or deceive made visible.

use std::borrow::Cow;
use std::fmt::Write;

/// The text with control, invisible and direction-changing characters as escapes: `\x1b`, `\n`, `\u{202e}`.
///
/// Every name, path, identifier and string that comes from a tree passes here before it is shown.
pub fn visible(text: &str) -> Cow<'_, str> {
    let harmless = |c: char| !must_escape(c);
    if text.chars().all(harmless) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if harmless(c) => shown.push(c),
            c if c < '\u{100}' => write!(shown, "\\x{:02x}", c as u32).expect("a string grows"),
            c => write!(shown, "\\u{{{:x}}}", c as u32).expect("a string grows"),
        }
    }
    Cow::Owned(shown)
}

/// Controls, format characters (Unicode's Cf), and what takes no room on the screen and so could hide in a name.
///
/// The emoji selectors U+FE0E and U+FE0F stay: file names carry them in good faith and they change nothing but the look.
pub fn must_escape(c: char) -> bool {
    matches!(
        c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}'
            | '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_names_are_borrowed() {
        assert!(matches!(visible("pkg/größe_管理.py"), Cow::Borrowed(_)));
    }

    #[test]
    fn escapes_are_visible() {
        assert_eq!(visible("a\x1b[31mb"), "a\\x1b[31mb");
        assert_eq!(visible("x\u{9b}2J"), "x\\x9b2J");
        assert_eq!(
            visible("gpj.\u{202e}exe\u{200b}\u{feff}"),
            "gpj.\\u{202e}exe\\u{200b}\\u{feff}"
        );
        assert_eq!(visible("two\nlines\tand\r"), "two\\nlines\\tand\\r");
        assert_eq!(visible("tag\u{e0041}"), "tag\\u{e0041}");
    }

    proptest! {
        #[test]
        fn no_control_survives(text in any::<Vec<char>>()) {
            let text: String = text.into_iter().collect();
            let shown = visible(&text);
            prop_assert!(!shown.chars().any(must_escape));
            prop_assert!(!shown.chars().any(char::is_control));
        }

        #[test]
        fn no_control_survives_among_ascii(text in "[\\x00-\\x9f\u{2000}-\u{2070}]{0,40}") {
            prop_assert!(!visible(&text).chars().any(must_escape));
        }

        #[test]
        fn once_is_enough(text in any::<String>()) {
            let once = visible(&text).into_owned();
            prop_assert_eq!(visible(&once), once.as_str());
        }
    }
}

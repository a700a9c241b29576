//! Roles of text on a plain terminal page, and when they are shown in colour.

/// What a piece of text is, which decides how it looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    #[default]
    Plain,
    Heading,
    Dim,
    Number,
    Warn,
}

impl Style {
    /// Colours of the terminal's own palette, so that they suit light and dark alike.
    fn start(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Heading => "\x1b[1m",
            Self::Dim => "\x1b[2m",
            Self::Number => "\x1b[36m",
            Self::Warn => "\x1b[33m",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    Plain,
    Colour,
}

impl Paint {
    /// Appends the text, which must be escaped already, in its style.
    pub fn push(self, line: &mut String, text: &str, style: Style) {
        if self == Self::Plain || style == Style::Plain || text.is_empty() {
            line.push_str(text);
            return;
        }
        line.push_str(style.start());
        line.push_str(text);
        line.push_str("\x1b[0m");
    }
}

/// A piece of a line.
#[derive(Clone, Debug)]
pub struct Span {
    pub text: String,
    pub style: Style,
}

pub fn plain(text: impl Into<String>) -> Span {
    Span { text: text.into(), style: Style::Plain }
}

pub fn heading(text: impl Into<String>) -> Span {
    Span { text: text.into(), style: Style::Heading }
}

pub fn dim(text: impl Into<String>) -> Span {
    Span { text: text.into(), style: Style::Dim }
}

pub fn warn(text: impl Into<String>) -> Span {
    Span { text: text.into(), style: Style::Warn }
}

/// `8,880`
pub fn number(count: usize) -> Span {
    Span { text: grouped(count), style: Style::Number }
}

/// `8,880`
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 file`, `8,880 files`, `2 classes`, `3 entries`
pub fn counted(count: usize, noun: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { noun.to_owned() } else { plural(noun) })
}

fn plural(noun: &str) -> String {
    match noun.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if noun.ends_with(['s', 'x']) => format!("{noun}es"),
        None => format!("{noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn nouns_follow_their_number() {
        assert_eq!(counted(1, "class"), "1 class");
        assert_eq!(counted(2, "class"), "2 classes");
        assert_eq!(counted(8880, "file"), "8,880 files");
        assert_eq!(counted(2, "entry"), "2 entries");
    }

    #[test]
    fn plain_paper_has_no_escapes() {
        let mut line = String::new();
        Paint::Plain.push(&mut line, "x", Style::Warn);
        assert_eq!(line, "x");
        Paint::Colour.push(&mut line, "y", Style::Warn);
        assert_eq!(line, "x\x1b[33my\x1b[0m");
    }
}

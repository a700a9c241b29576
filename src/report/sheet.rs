//! The page that text views are written on: everything on it is escaped and painted here.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::escape::visible;
use super::paint::{Paint, Span, dim, heading};
use super::table::Table;

pub struct Sheet<'w> {
    out: &'w mut dyn Write,
    paint: Paint,
    /// Columns of the terminal; none: not a terminal, as wide as needed.
    width: Option<usize>,
}

impl<'w> Sheet<'w> {
    pub fn new(out: &'w mut dyn Write, paint: Paint, width: Option<usize>) -> Self {
        Self { out, paint, width }
    }

    pub fn line(&mut self, spans: impl IntoIterator<Item = Span>) -> io::Result<()> {
        let mut line = String::new();
        for span in spans {
            self.paint.push(&mut line, &visible(&span.text), span.style);
        }
        writeln!(self.out, "{line}")
    }

    pub fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    pub fn heading(&mut self, text: impl Into<String>) -> io::Result<()> {
        self.line([heading(text)])
    }

    pub fn dim(&mut self, text: impl Into<String>) -> io::Result<()> {
        self.line([dim(text)])
    }

    /// A remark, broken into lines that fit the terminal; those behind the first are indented as the first is.
    pub fn remark(&mut self, text: &str) -> io::Result<()> {
        // What is wrapped must be as wide as it will be shown.
        for line in wrapped(&visible(text), self.width.unwrap_or(usize::MAX)) {
            self.dim(line)?;
        }
        Ok(())
    }

    pub fn table(&mut self, table: &Table) -> io::Result<()> {
        for line in table.lines(self.paint, self.width) {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }
}

/// Breaks a text between words; a word that is too wide stands on a line of its own.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let indent = &text[..text.len() - text.trim_start().len()];
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{indent}{word}")),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_break_between_words() {
        assert_eq!(wrapped("  one two three", 10), ["  one two", "  three"]);
        assert_eq!(wrapped("longer-than-that a", 5), ["longer-than-that", "a"]);
        assert_eq!(wrapped("one line", usize::MAX), ["one line"]);
    }
}

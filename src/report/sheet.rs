//! The page that text views are written on: everything on it is escaped and painted here.

use std::io::{self, Write};

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

    pub fn table(&mut self, table: &Table) -> io::Result<()> {
        for line in table.lines(self.paint, self.width) {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }
}

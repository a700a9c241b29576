//! Text of a source file: line ends, and the way from a byte offset to line and column.

use memchr::memchr2_iter;

pub use super::encoding::{DecodeError, Decoded, decode};

/// Where each line of a text starts.
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<u32>,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = Vec::with_capacity(bytes.len() / 32 + 1);
        starts.push(0);
        for at in memchr2_iter(b'\n', b'\r', bytes) {
            let within_crlf = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
            if !within_crlf {
                starts.push(at as u32 + 1);
            }
        }
        Self { text, starts }
    }

    /// Lines as an editor counts them: a final line end opens no further line.
    pub fn count(&self) -> u32 {
        let last = *self.starts.last().expect("a text has a first line");
        let ends_with_line_end = last as usize == self.text.len();
        self.starts.len() as u32 - u32::from(ends_with_line_end)
    }

    /// Line and column of a byte offset, both from 1; columns count characters. It is quickest when the offset is not
    /// far below the line `near`.
    pub fn position(&self, offset: u32, near: u32) -> (u32, u32) {
        let mut from = (near as usize).min(self.starts.len());
        if self.starts.get(from).is_none_or(|start| *start > offset) {
            from = 0;
        }
        let mut step = 8;
        while self.starts.get(from + step).is_some_and(|start| *start <= offset) {
            from += step;
            step *= 2;
        }
        let to = (from + step).min(self.starts.len());
        let line = from + self.starts[from..to].partition_point(|start| *start <= offset);
        let start = self.starts[line - 1] as usize;
        let before = self.text.get(start..offset as usize).unwrap_or("");
        let column = if before.is_ascii() { before.len() } else { before.chars().count() };
        (line as u32, column as u32 + 1)
    }

    /// Byte offset of the start of a line.
    pub fn start(&self, line: u32) -> Option<u32> {
        self.starts.get(line.checked_sub(1)? as usize).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_end_counts_once() {
        let lines = Lines::new("a\nb\r\nc\rd");
        assert_eq!(lines.count(), 4);
        assert_eq!(lines.position(2, 1), (2, 1));
        assert_eq!(lines.position(5, 1), (3, 1));
        assert_eq!(lines.position(7, 4), (4, 1));
    }

    #[test]
    fn columns_count_characters() {
        let lines = Lines::new("x = 'ä' + y\n");
        assert_eq!(lines.position("x = 'ä' + ".len() as u32, 1), (1, 11));
        assert_eq!(lines.count(), 1);
    }

    #[test]
    fn an_empty_text_has_no_line() {
        assert_eq!(Lines::new("").count(), 0);
    }
}

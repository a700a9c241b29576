//! Text of a source file: line ends, and the way from a byte offset to line and column.

use memchr::{memchr, memchr2_iter};

pub use super::encoding::{DecodeError, Decoded, decode};

/// Where each line of a text starts.
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<u32>,
    is_ascii: bool,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = Vec::with_capacity(bytes.len() / 32 + 1);
        starts.push(0);
        if memchr(b'\r', bytes).is_none() {
            let is_ascii = push_starts(bytes, &mut starts);
            return Self { text, starts, is_ascii };
        }
        for at in memchr2_iter(b'\n', b'\r', bytes) {
            let within_crlf = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
            if !within_crlf {
                starts.push(at as u32 + 1);
            }
        }
        Self { text, starts, is_ascii: text.is_ascii() }
    }

    /// Lines as an editor counts them: a final line end opens no further line.
    pub fn count(&self) -> u32 {
        let last = *self.starts.last().expect("a text has a first line");
        let ends_with_line_end = last as usize == self.text.len();
        self.starts.len() as u32 - u32::from(ends_with_line_end)
    }

    /// Line and column of a byte offset, both from 1; columns count characters. It is quickest when the offset is not
    /// far from the line `near`.
    pub fn position(&self, offset: u32, near: u32) -> (u32, u32) {
        let line = self.line(offset, near);
        (line, self.characters(self.starts[line as usize - 1], offset) + 1)
    }

    /// How many characters stand between two byte offsets.
    pub fn characters(&self, start: u32, end: u32) -> u32 {
        if self.is_ascii {
            return end - start;
        }
        let between = self.text.as_bytes().get(start as usize..end as usize).unwrap_or(&[]);
        let goes_on = |byte: &&u8| **byte & 0xc0 == 0x80;
        (between.len() - between.iter().filter(goes_on).count()) as u32
    }

    /// A line with its end; nothing past the last.
    pub fn text(&self, line: u32) -> Option<&'a str> {
        let start = self.start(line)? as usize;
        let end = self.start(line + 1).map_or(self.text.len(), |next| next as usize);
        self.text.get(start..end)
    }

    /// The line of a byte offset, from 1; quickest near the line `near`.
    pub fn line(&self, offset: u32, near: u32) -> u32 {
        let mut from = (near as usize).min(self.starts.len());
        let mut to = from;
        let mut step = 8;
        while self.starts.get(to).is_some_and(|start| *start <= offset) {
            from = to;
            to += step;
            step *= 2;
        }
        while self.starts.get(from).is_none_or(|start| *start > offset) && from > 0 {
            to = from;
            from = from.saturating_sub(step);
            step *= 2;
        }
        let to = to.min(self.starts.len());
        (from + self.starts[from..to].partition_point(|start| *start <= offset)) as u32
    }

    /// Byte offset of the start of a line.
    pub fn start(&self, line: u32) -> Option<u32> {
        self.starts.get(line.checked_sub(1)? as usize).copied()
    }
}

/// Where lines start in a text that ends them by line feeds. Lines are short: a mask of the feeds among 64 bytes takes less
/// ado than a search for each. Gives whether all of it is ASCII, which is known by the way.
fn push_starts(bytes: &[u8], starts: &mut Vec<u32>) -> bool {
    let (blocks, rest) = bytes.as_chunks::<64>();
    let mut seen = 0;
    for (index, block) in blocks.iter().enumerate() {
        let (words, _) = block.as_chunks::<8>();
        let mut all_feeds = 0;
        for word in words.iter().rev() {
            seen |= u64::from_ne_bytes(*word);
            all_feeds = all_feeds << 8 | feeds(*word);
        }
        while all_feeds != 0 {
            starts.push(index as u32 * 64 + all_feeds.trailing_zeros() + 1);
            all_feeds &= all_feeds - 1;
        }
    }
    let before = blocks.len() * 64;
    let ends = rest.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    starts.extend(ends.map(|(at, _)| (before + at + 1) as u32));
    seen.to_ne_bytes().is_ascii() && rest.is_ascii()
}

/// A bit for each of eight bytes that is a line feed.
fn feeds(bytes: [u8; 8]) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let other = u64::from_le_bytes(bytes) ^ u64::from_ne_bytes([b'\n'; 8]);
    // The highest bit of each byte that is one.
    let highest = !(((other & LOW) + LOW) | other | LOW);
    // Gathered in the highest byte: no two of the sums meet.
    (highest >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
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
        assert_eq!(lines.line(5, 1), 3);
    }

    #[test]
    fn columns_count_characters() {
        let lines = Lines::new("x = 'ä' + y\n");
        assert_eq!(lines.position("x = 'ä' + ".len() as u32, 1), (1, 11));
        assert_eq!(lines.count(), 1);
        // Wherever in a text of any length the letter stands.
        for length in [8, 63, 64, 65, 130, 200] {
            for at in 0..length {
                let text = format!("{}ä{}", "x".repeat(at), "x".repeat(length - at));
                let (line, column) = Lines::new(&text).position(text.len() as u32, 1);
                assert_eq!((line, column), (1, length as u32 + 2), "{text}");
            }
        }
    }

    #[test]
    fn all_line_feeds_are_found() {
        let bytes: Vec<u8> =
            (0..2_000_u32).map(|n| (n * n % 251) as u8 % 16 + (n % 9) as u8).collect();
        let text: String = bytes.iter().filter(|b| **b != b'\r').map(|b| char::from(*b)).collect();
        for end in [0, 1, 63, 64, 65, text.len()] {
            let text = &text[..end];
            let expected = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            let expected = expected.map(|(at, _)| at as u32 + 1);
            let expected: Vec<u32> = std::iter::once(0).chain(expected).collect();
            let lines = Lines::new(text);
            assert_eq!(lines.starts, expected);
            assert!(lines.is_ascii);
        }
    }

    #[test]
    fn a_place_is_found_from_anywhere() {
        let text = "ab\n".repeat(300);
        let lines = Lines::new(&text);
        for near in [1, 2, 9, 150, 299, 300, 301, 999] {
            for line in 1..=300 {
                assert_eq!(lines.position(line * 3 - 2, near), (line, 2), "{line} from {near}");
            }
        }
    }

    #[test]
    fn an_empty_text_has_no_line() {
        assert_eq!(Lines::new("").count(), 0);
    }
}

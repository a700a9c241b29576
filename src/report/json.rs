//! JSON as it leaves: one document, a line for every key at the top and for every row, every odd character escaped.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::escape::must_escape;

/// Writes the document and a final line end.
pub fn write(out: &mut dyn Write, document: &impl Serialize) -> io::Result<()> {
    let mut out = out;
    document.serialize(&mut Serializer::with_formatter(&mut out, Rowwise::default()))?;
    writeln!(out)
}

/// Writes a value on one line.
pub fn write_line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let mut out = out;
    value.serialize(&mut Serializer::with_formatter(
        &mut out,
        Rowwise { depth: ROW_DEPTH, empty: true },
    ))?;
    writeln!(out)
}

/// Breaks lines down to the rows of a document, so that `grep`, `head` and `diff` are of use on it.
#[derive(Default)]
struct Rowwise {
    depth: usize,
    empty: bool,
}

const ROW_DEPTH: usize = 2;

impl Rowwise {
    fn open(&mut self) {
        self.depth += 1;
        self.empty = true;
    }

    fn next<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.empty = false;
        if !first {
            out.write_all(b",")?;
        }
        if self.depth <= ROW_DEPTH { break_line(out, self.depth) } else { Ok(()) }
    }

    fn close<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        if !self.empty && self.depth <= ROW_DEPTH {
            self.depth -= 1;
            break_line(out, self.depth)?;
        } else {
            self.depth -= 1;
        }
        self.empty = false;
        Ok(())
    }
}

fn break_line<W: ?Sized + Write>(out: &mut W, depth: usize) -> io::Result<()> {
    write!(out, "\n{:1$}", "", 2 * depth)
}

impl Formatter for Rowwise {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open();
        out.write_all(b"[")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, first)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out)?;
        out.write_all(b"]")
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open();
        out.write_all(b"{")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(if self.depth <= ROW_DEPTH { b": " } else { b":" })
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out)?;
        out.write_all(b"}")
    }

    /// JSON escapes C0 by itself; DEL, C1, direction marks and the invisible are escaped here, so that the document can be
    /// shown on a terminal and still says exactly what was read.
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut written = 0;
        for (at, odd) in fragment.char_indices().filter(|(_, c)| must_escape(*c)) {
            out.write_all(&fragment.as_bytes()[written..at])?;
            for unit in odd.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            written = at + odd.len_utf8();
        }
        out.write_all(&fragment.as_bytes()[written..])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn written(document: &impl Serialize) -> String {
        let mut bytes = Vec::new();
        write(&mut bytes, document).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn rows_stand_on_their_own_lines() {
        let document = json!({"a": [], "rows": [{"x": [1, 2], "y": {}}, {"x": []}], "s": 1});
        assert_eq!(
            written(&document),
            "{\n  \"a\": [],\n  \"rows\": [\n    {\"x\":[1,2],\"y\":{}},\n    {\"x\":[]}\n  ],\n  \"s\": 1\n}\n"
        );
    }

    proptest! {
        #[test]
        fn reads_back_as_it_was_and_holds_no_control(text in any::<String>(), odd in "[\\x00-\\x9f\u{2000}-\u{2070}\u{e0000}-\u{e007f}]{0,20}") {
            let document = json!([{"text": text, "odd": odd}]);
            let written = written(&document);
            prop_assert!(!written.chars().any(|c| c != '\n' && must_escape(c)));
            prop_assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), document);
        }
    }
}

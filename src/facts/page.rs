//! The page being read: the text, the facts drafted from it so far, and how to note a place or an excerpt.

use std::cell::Cell;

use ruff_text_size::{Ranged, TextRange, TextSize};

use super::rows::{Pos, Sym};
use super::store::Draft;
use crate::source::text::Lines;

/// Excerpts longer than this are cut.
const EXCERPT: usize = 200;

pub struct Page<'a> {
    pub source: &'a str,
    pub draft: Draft,
    lines: Lines<'a>,
    /// The line asked for last; the next is often the same or near.
    line: Cell<u32>,
}

impl<'a> Page<'a> {
    pub fn new(source: &'a str) -> Self {
        let lines = Lines::new(source);
        let mut draft = Draft::for_text(source.len());
        draft.lines = lines.count();
        Self { source, draft, lines, line: Cell::new(1) }
    }

    pub fn at(&self, offset: TextSize) -> Pos {
        let offset = offset.to_u32();
        let last = self.line.get();
        for line in last..last + 3 {
            let Some(start) = self.lines.start(line).filter(|start| *start <= offset) else {
                break;
            };
            if self.lines.start(line + 1).is_none_or(|next| offset < next) {
                self.line.set(line);
                let before = self.source.get(start as usize..offset as usize).unwrap_or("");
                let ascii = before.is_ascii();
                let column = if ascii { before.len() } else { before.chars().count() };
                return Pos { line, column: column as u32 + 1 };
            }
        }
        let (line, column) = self.lines.position(offset);
        self.line.set(line);
        Pos { line, column }
    }

    pub fn start_of(&self, node: impl Ranged) -> Pos {
        self.at(node.start())
    }

    pub fn line_of(&self, offset: TextSize) -> u32 {
        self.at(offset).line
    }

    pub fn sym(&mut self, text: &str) -> Sym {
        self.draft.sym(text)
    }

    pub fn slice(&self, range: TextRange) -> &'a str {
        self.source.get(range.start().to_usize()..range.end().to_usize()).unwrap_or("")
    }

    /// The source of a node on one line, shortened.
    pub fn excerpt(&mut self, node: impl Ranged) -> Sym {
        let written = self.slice(node.range());
        if is_short_line(written) {
            return self.sym(written);
        }
        let text = shorten(written);
        self.sym(&text)
    }
}

/// True only of what [`shorten`] leaves as it is.
fn is_short_line(text: &str) -> bool {
    let bytes = text.as_bytes();
    let plain = |pair: &[u8]| pair[0] > b' ' || pair[0] == b' ' && pair[1] > b' ';
    bytes.len() <= EXCERPT
        && bytes.is_ascii()
        && bytes.windows(2).all(plain)
        && !bytes.starts_with(b" ")
        && bytes.last().is_none_or(|last| *last > b' ')
}

/// White space folded, cut after [`EXCERPT`] characters.
pub fn shorten(text: &str) -> String {
    let mut short = String::new();
    for word in text.split_whitespace() {
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
        if let Some((cut, _)) = short.char_indices().nth(EXCERPT) {
            short.truncate(cut);
            short.push('…');
            break;
        }
    }
    short
}

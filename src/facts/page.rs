//! The page being read: the text, the facts drafted from it so far, and how to note a place or an excerpt.

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
}

impl<'a> Page<'a> {
    pub fn new(source: &'a str) -> Self {
        let lines = Lines::new(source);
        let mut draft = Draft::default();
        draft.lines = lines.count();
        Self { source, draft, lines }
    }

    pub fn at(&self, offset: TextSize) -> Pos {
        let (line, column) = self.lines.position(offset.to_u32());
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
        let text = shorten(self.slice(node.range()));
        self.sym(&text)
    }
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

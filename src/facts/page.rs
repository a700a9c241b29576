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
    /// The place asked for last; the next is often near.
    last: Cell<Place>,
}

#[derive(Clone, Copy)]
struct Place {
    offset: u32,
    at: Pos,
}

impl<'a> Page<'a> {
    pub fn new(source: &'a str, lines: Lines<'a>) -> Self {
        let mut draft = Draft::for_text(source.len());
        draft.lines = lines.count();
        let last = Cell::new(Place { offset: 0, at: Pos { line: 1, column: 1 } });
        Self { source, draft, lines, last }
    }

    pub fn at(&self, offset: TextSize) -> Pos {
        let offset = offset.to_u32();
        let last = self.last.get();
        for line in last.at.line..last.at.line + 3 {
            let Some(start) = self.lines.start(line).filter(|start| *start <= offset) else {
                break;
            };
            if self.lines.start(line + 1).is_none_or(|next| offset < next) {
                // On one line, count from the last place: a line of megabytes holds many.
                let column = match line == last.at.line {
                    true if offset >= last.offset => {
                        last.at.column + self.lines.characters(last.offset, offset)
                    }
                    true => last.at.column - self.lines.characters(offset, last.offset),
                    false => 1 + self.lines.characters(start, offset),
                };
                return self.remember(offset, Pos { line, column });
            }
        }
        let (line, column) = self.lines.position(offset, last.at.line);
        self.remember(offset, Pos { line, column })
    }

    fn remember(&self, offset: u32, at: Pos) -> Pos {
        self.last.set(Place { offset, at });
        at
    }

    pub fn start_of(&self, node: impl Ranged) -> Pos {
        self.at(node.start())
    }

    /// A place far away, without going there.
    pub fn line_of(&self, offset: TextSize) -> u32 {
        self.lines.line(offset.to_u32(), self.last.get().at.line)
    }

    /// A line of the text, from 1.
    pub fn line(&self, number: u32) -> Option<&'a str> {
        self.lines.text(number)
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

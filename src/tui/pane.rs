//! What a screen shows, as data: panes with tables that give their rows one by one, texts, sources and diffs. Drawing,
//! filtering, export and the mouse all read it, so that a screen says each thing once.

use std::borrow::Cow;

use super::canvas::{self, Piece, piece};
use super::list::{Order, contains};
use super::object::{Object, Spot};
use super::theme::Role;
use crate::facts::rows::Row;
use crate::model::FileId;

pub struct Pane<'a> {
    pub title: Vec<Piece>,
    /// Stands at the right end of the title.
    pub badge: String,
    /// What the pane is about; when that changes, its cursor begins anew.
    pub subject: String,
    /// The row it begins at.
    pub start: usize,
    pub content: Content<'a>,
}

pub enum Content<'a> {
    Table(Box<dyn Rows + 'a>),
    Text(Vec<TextLine>),
    Source(Source),
    Diff(Pair),
}

/// Rows that are made when they are looked at.
pub trait Rows {
    fn columns(&self) -> &'static [Column];
    fn len(&self) -> usize;
    /// One cell for each column.
    fn cells(&self, row: usize) -> Vec<Cell<'_>>;
    /// What words of a filter look at.
    fn name(&self, row: usize) -> Cow<'_, str>;
    fn object(&self, row: usize) -> Option<Object>;
    fn place(&self, row: usize) -> Option<Spot>;
    /// By which column the rows stand as they come.
    fn own_order(&self) -> Option<Order> {
        None
    }
    /// What a filter can ask for by name besides the columns: `path:`.
    fn field(&self, _row: usize, _name: &str) -> Option<Cow<'_, str>> {
        None
    }
    /// Whether a word of a filter, in lower case, is part of the row's name.
    fn has_word(&self, row: usize, word: &str) -> bool {
        contains(&self.name(row), word)
    }
    /// Whether its rows stand under heads, which filter and order keep with them.
    fn is_tree(&self) -> bool {
        false
    }
    /// The head that a row stands under; nothing for a head.
    fn head(&self, _row: usize) -> Option<usize> {
        None
    }
    /// The head under which something is folded away.
    fn stand_in(&self, _object: &Object) -> Option<usize> {
        None
    }
    /// The same without heads and with nothing folded away, to be given away.
    fn flat(&self) -> Option<Box<dyn Rows + '_>> {
        None
    }
    /// What the pane says when there is no row.
    fn empty(&self) -> &'static str {
        "nothing here"
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    Fixed(u16),
    /// At least so much, and a part of what is left.
    Share(u16),
}

#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub title: &'static str,
    pub width: Width,
    pub right: bool,
    /// Columns of the highest rank go first when there is no room; 0 stays.
    pub rank: u8,
    /// What does not fit loses its middle rather than its end.
    pub is_path: bool,
}

impl Column {
    pub const fn name(title: &'static str, least: u16) -> Self {
        Self { title, width: Width::Share(least), right: false, rank: 0, is_path: true }
    }

    pub const fn text(title: &'static str, width: u16) -> Self {
        Self { title, width: Width::Fixed(width), right: false, rank: 1, is_path: false }
    }

    pub const fn number(title: &'static str, width: u16) -> Self {
        Self { title, width: Width::Fixed(width), right: true, rank: 0, is_path: false }
    }

    pub const fn rank(self, rank: u8) -> Self {
        Self { rank, ..self }
    }
}

#[derive(Clone, Debug)]
pub struct Cell<'a> {
    pub text: Cow<'a, str>,
    pub role: Role,
    /// By what the column is sorted and compared, if it is a number.
    pub number: Option<f64>,
    /// A share to draw as a bar instead of the text.
    pub bar: Option<f64>,
}

impl<'a> Cell<'a> {
    pub fn text(text: impl Into<Cow<'a, str>>, role: Role) -> Self {
        Self { text: text.into(), role, number: None, bar: None }
    }

    pub fn count(count: usize) -> Self {
        let text = crate::report::paint::grouped(count);
        Self { text: text.into(), role: Role::Number, number: Some(count as f64), bar: None }
    }

    pub fn decimal(value: f64) -> Self {
        let text = format!("{value:.1}");
        Self { text: text.into(), role: Role::Number, number: Some(value), bar: None }
    }

    pub fn bar(share: f64, role: Role) -> Self {
        Self { text: "".into(), role, number: Some(share), bar: Some(share) }
    }

    pub fn unknown() -> Self {
        Self::text("…", Role::Dim)
    }
}

/// A line of a text pane, and where it leads.
#[derive(Clone, Debug, Default)]
pub struct TextLine {
    pub pieces: Vec<Piece>,
    pub object: Option<Object>,
    pub place: Option<Spot>,
    /// A drawing: its lines are not broken.
    pub fixed: bool,
    /// Columns that what follows of a broken line is indented by; 0: a little more than its start.
    pub hang: usize,
}

impl TextLine {
    pub fn of(pieces: impl IntoIterator<Item = Piece>) -> Self {
        Self { pieces: pieces.into_iter().collect(), ..Self::default() }
    }

    pub fn at(self, place: Spot) -> Self {
        Self { place: Some(place), ..self }
    }

    pub fn object(self, object: Object) -> Self {
        Self { object: Some(object), ..self }
    }

    pub fn fixed(self) -> Self {
        Self { fixed: true, ..self }
    }

    pub fn hanging(self, hang: usize) -> Self {
        Self { hang, ..self }
    }

    /// The line in as many as it takes, broken between words; what follows is indented a little more.
    pub fn broken(self, room: usize) -> Vec<Self> {
        let text = self.text();
        if self.fixed || room < 20 || width(&text) <= room {
            return vec![self];
        }
        let own_indent = text.len() - text.trim_start().len();
        let hang = if self.hang > 0 { self.hang } else { own_indent + 4 };
        let indent = " ".repeat(hang.min(room / 2));
        let mut lines: Vec<Vec<Piece>> = vec![Vec::new()];
        let mut used = 0;
        for part in &self.pieces {
            for word in part.text.split_inclusive(' ') {
                let taken = width(word);
                if used > indent.len() && used + width(word.trim_end()) > room {
                    trim_end(lines.last_mut());
                    lines.push(vec![piece(indent.clone(), Role::Text)]);
                    used = indent.len();
                }
                if let Some(line) = lines.last_mut() {
                    line.push(piece(word.to_owned(), part.role));
                }
                used += taken;
            }
        }
        let (object, place) = (&self.object, self.place);
        let line = |pieces| Self { pieces, object: object.clone(), place, fixed: false, hang: 0 };
        lines.into_iter().map(line).collect()
    }

    pub fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_ref()).collect()
    }
}

/// A file's text with a line to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    pub file: FileId,
    pub line: u32,
}

/// Two classes, side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    pub left: (FileId, Row),
    pub right: (FileId, Row),
}

impl<'a> Pane<'a> {
    pub fn table(title: Vec<Piece>, subject: impl Into<String>, rows: impl Rows + 'a) -> Self {
        let content = Content::Table(Box::new(rows));
        Self { title, badge: String::new(), subject: subject.into(), start: 0, content }
    }

    pub fn text(title: Vec<Piece>, subject: impl Into<String>, lines: Vec<TextLine>) -> Self {
        let content = Content::Text(lines);
        Self { title, badge: String::new(), subject: subject.into(), start: 0, content }
    }

    pub fn start(self, start: usize) -> Self {
        Self { start, ..self }
    }

    pub fn badge(self, badge: impl Into<String>) -> Self {
        Self { badge: badge.into(), ..self }
    }
}

/// Without the space that the line was broken at.
fn trim_end(line: Option<&mut Vec<Piece>>) {
    if let Some(last) = line.and_then(|line| line.last_mut()) {
        last.text = last.text.trim_end().to_owned().into();
    }
}

fn width(text: &str) -> usize {
    usize::from(canvas::width(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_between_words() {
        let line = TextLine::of([
            piece("  one two three ", Role::Number),
            piece("four five six seven", Role::Text),
        ]);
        let shown: Vec<String> = line.broken(22).iter().map(TextLine::text).collect();
        assert_eq!(shown, ["  one two three four", "      five six seven"]);
        let drawing = TextLine::of([piece("x".repeat(99), Role::Text)]).fixed();
        assert_eq!(drawing.broken(22).len(), 1);
        let word = TextLine::of([piece("x".repeat(99), Role::Text)]);
        assert_eq!(word.broken(22).len(), 1);
    }
}

//! Aligned tables that fit the terminal: long names give way in their middle, then the least important columns go.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::escape::visible;
use super::paint::{Paint, Style, grouped};

const GAP: usize = 2;

/// Shorter than this, names say little.
const READABLE: usize = 32;
/// Shorter than this, they say nothing.
const LEAST: usize = 14;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

/// What cells lose where room is short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shrinks {
    Never,
    Middle,
    End,
}

/// One column of a table.
#[derive(Clone, Debug)]
pub struct Column {
    title: &'static str,
    align: Align,
    shrinks: Shrinks,
    /// When room is short the column with the highest rank goes first; 0 stays always.
    rank: u8,
}

impl Column {
    pub fn text(title: &'static str) -> Self {
        Self { title, align: Align::Left, shrinks: Shrinks::Never, rank: 0 }
    }

    pub fn number(title: &'static str) -> Self {
        Self { title, align: Align::Right, shrinks: Shrinks::Never, rank: 0 }
    }

    /// A dotted name or path, which may lose its middle.
    pub fn name(title: &'static str) -> Self {
        Self { title, align: Align::Left, shrinks: Shrinks::Middle, rank: 0 }
    }

    /// Words, which may lose their end.
    pub fn prose(title: &'static str) -> Self {
        Self { title, align: Align::Left, shrinks: Shrinks::End, rank: 0 }
    }

    /// The column may be left out, higher ranks first.
    pub fn rank(self, rank: u8) -> Self {
        Self { rank, ..self }
    }
}

#[derive(Clone, Debug)]
pub struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    pub fn text(text: &str) -> Self {
        Self { text: visible(text).into_owned(), style: Style::Plain }
    }

    pub fn number(count: usize) -> Self {
        Self { text: grouped(count), style: Style::Number }
    }

    /// A number with one decimal: `4.2`.
    pub fn decimal(value: f64) -> Self {
        Self { text: format!("{value:.1}"), style: Style::Number }
    }

    pub fn dim(text: &str) -> Self {
        Self { style: Style::Dim, ..Self::text(text) }
    }

    pub fn warn(text: &str) -> Self {
        Self { style: Style::Warn, ..Self::text(text) }
    }
}

pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    indent: usize,
}

impl Table {
    pub fn new(columns: impl Into<Vec<Column>>) -> Self {
        Self { columns: columns.into(), rows: Vec::new(), indent: 0 }
    }

    pub fn indented(self, indent: usize) -> Self {
        Self { indent, ..self }
    }

    pub fn row(&mut self, cells: impl Into<Vec<Cell>>) {
        let cells = cells.into();
        assert_eq!(cells.len(), self.columns.len(), "a row has a cell for every column");
        self.rows.push(cells);
    }

    /// The lines of the table: titles first, unless no column has one. `width` is the terminal's; none: as wide as needed.
    pub fn lines(&self, paint: Paint, width: Option<usize>) -> Vec<String> {
        let shown = self.fit(width);
        let titled = shown.iter().any(|(column, _)| !self.columns[*column].title.is_empty());
        let mut lines = Vec::with_capacity(self.rows.len() + 1);
        if titled {
            lines.push(self.line(&shown, paint, |column| (self.columns[column].title, Style::Dim)));
        }
        for row in &self.rows {
            lines.push(self.line(&shown, paint, |column| (&row[column].text, row[column].style)));
        }
        lines
    }

    fn line<'c>(
        &self,
        shown: &[(usize, usize)],
        paint: Paint,
        cell: impl Fn(usize) -> (&'c str, Style),
    ) -> String {
        let mut line = " ".repeat(self.indent);
        for (place, (column, width)) in shown.iter().enumerate() {
            let (text, style) = cell(*column);
            let text = match self.columns[*column].shrinks {
                Shrinks::End => without_end(text, *width),
                Shrinks::Never | Shrinks::Middle => shorten(text, *width),
            };
            let padding = " ".repeat(width - text.width());
            let is_last = place + 1 == shown.len();
            match self.columns[*column].align {
                Align::Right => {
                    line.push_str(&padding);
                    paint.push(&mut line, &text, style);
                }
                Align::Left => {
                    paint.push(&mut line, &text, style);
                    line.push_str(if is_last { "" } else { &padding });
                }
            }
            if !is_last {
                line.push_str(&" ".repeat(GAP));
            }
        }
        line.truncate(line.trim_end().len());
        line
    }

    /// The columns that fit, each with its width: names are shortened as far as they read well, then columns go, and only
    /// then names are shortened as far as possible.
    fn fit(&self, width: Option<usize>) -> Vec<(usize, usize)> {
        let mut shown: Vec<(usize, usize)> =
            (0..self.columns.len()).map(|column| (column, self.natural_width(column))).collect();
        let Some(width) = width else { return shown };
        loop {
            let gaps = GAP * shown.len().saturating_sub(1) + self.indent;
            let wanted: usize = shown.iter().map(|(_, width)| width).sum();
            let excess = (wanted + gaps).saturating_sub(width);
            let dispensable = shown
                .iter()
                .enumerate()
                .filter(|(_, (column, _))| self.columns[*column].rank > 0)
                .max_by_key(|(place, (column, _))| (self.columns[*column].rank, *place))
                .map(|(place, _)| place);
            let Some(place) = dispensable else {
                self.squeeze(&mut shown, excess, LEAST);
                return shown;
            };
            let spare: usize = shown.iter().map(|entry| self.spare(*entry, READABLE)).sum();
            if excess <= spare {
                self.squeeze(&mut shown, excess, READABLE);
                return shown;
            }
            shown.remove(place);
        }
    }

    /// Takes up to `excess` from the columns that can give, always from the widest.
    fn squeeze(&self, shown: &mut [(usize, usize)], excess: usize, least: usize) {
        for _ in 0..excess {
            let givers = shown.iter_mut().filter(|entry| self.spare(**entry, least) > 0);
            let Some(widest) = givers.max_by_key(|entry| entry.1) else { return };
            widest.1 -= 1;
        }
    }

    fn spare(&self, (column, width): (usize, usize), least: usize) -> usize {
        match self.columns[column].shrinks {
            Shrinks::Never => 0,
            Shrinks::Middle | Shrinks::End => width.saturating_sub(least),
        }
    }

    fn natural_width(&self, column: usize) -> usize {
        let cells = self.rows.iter().map(|row| row[column].text.width());
        cells.chain([self.columns[column].title.width()]).max().unwrap_or(0)
    }
}

/// The text in at most `width` columns, without its middle: `backend.….manager.Manager`, `src/…/core/manager.py:12`.
pub fn shorten(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let separator = if text.contains('/') { '/' } else { '.' };
    without_middle_parts(text, separator, width).unwrap_or_else(|| without_middle(text, width))
}

/// The first part, `…`, and as many of the last parts as fit; else `…` and as many as fit.
fn without_middle_parts(text: &str, separator: char, width: usize) -> Option<String> {
    let (first, rest) = text.split_once(separator)?;
    let tails = || rest.match_indices(separator).map(|(at, _)| &rest[at + separator.len_utf8()..]);
    let with_first = tails().map(|tail| format!("{first}{separator}…{separator}{tail}"));
    let without = std::iter::once(rest).chain(tails()).map(|tail| format!("…{separator}{tail}"));
    with_first.chain(without).find(|shortened| shortened.width() <= width)
}

/// Rather more of the end than of the start: the end tells names apart.
fn without_middle(text: &str, width: usize) -> String {
    let Some(room) = width.checked_sub(1) else { return String::new() };
    let head = take_width(text.chars(), room / 3);
    let tail = take_width(text.chars().rev(), room - head.width());
    head + "…" + &tail.chars().rev().collect::<String>()
}

fn without_end(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let Some(room) = width.checked_sub(1) else { return String::new() };
    take_width(text.chars(), room).trim_end().to_owned() + "…"
}

fn take_width(chars: impl Iterator<Item = char>, width: usize) -> String {
    let mut used = 0;
    chars
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= width
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_lose_their_middle() {
        let name = "backend.app.websocket_core.manager.Manager";
        assert_eq!(shorten(name, 60), name);
        assert_eq!(shorten(name, 30), "backend.….manager.Manager");
        assert_eq!(shorten(name, 20), "backend.….Manager");
        assert_eq!(shorten(name, 12), "….Manager");
        assert_eq!(shorten("core/manager.py:7", 15), "…/manager.py:7");
        assert_eq!(shorten(name, 8), "ba…nager");
        assert_eq!(shorten("src/app/core/manager.py:120", 24), "src/…/manager.py:120");
        assert_eq!(shorten("WebSocketManager", 0), "");
    }

    #[test]
    fn numbers_stand_to_the_right_and_titles_above() {
        let mut table = Table::new([Column::name("class"), Column::number("files")]);
        table.row([Cell::text("app.Manager"), Cell::number(1200)]);
        table.row([Cell::text("Bus"), Cell::number(3)]);
        let lines = table.lines(Paint::Plain, None);
        assert_eq!(lines, ["class        files", "app.Manager  1,200", "Bus              3"]);
    }

    #[test]
    fn the_least_important_column_goes_when_shortening_is_not_enough() {
        let mut table = Table::new([
            Column::name("name"),
            Column::number("sites"),
            Column::text("why").rank(1),
        ]);
        table.row([
            Cell::text("backend.app.core.manager.Manager"),
            Cell::number(12),
            Cell::text("a reason of some length"),
        ]);
        let lines = table.lines(Paint::Plain, Some(39));
        assert_eq!(
            lines,
            ["name                              sites", "backend.app.core.manager.Manager     12"]
        );
        let lines = table.lines(Paint::Plain, Some(30));
        assert_eq!(lines, ["name                     sites", "backend.….Manager           12"]);
    }

    #[test]
    fn prose_loses_its_end() {
        let mut table = Table::new([Column::name("name"), Column::prose("why").rank(1)]);
        table.row([
            Cell::text("Bus"),
            Cell::text("because it was so from the very start of it all"),
        ]);
        let lines = table.lines(Paint::Plain, Some(39));
        assert_eq!(lines[1], "Bus   because it was so from the very…");
        assert_eq!(table.lines(Paint::Plain, Some(20))[1], "Bus");
    }

    #[test]
    fn cells_are_escaped() {
        let mut table = Table::new([Column::text("")]);
        table.row([Cell::text("a\x1b[2Jb")]);
        assert_eq!(table.lines(Paint::Plain, None), ["a\\x1b[2Jb"]);
    }

    proptest! {
        #[test]
        fn shortened_text_fits(text in "[a-z./管é]{0,60}", width in 0_usize..70) {
            prop_assert!(shorten(&text, width).width() <= width);
        }

        #[test]
        fn tables_of_names_fit(names in prop::collection::vec("[a-z.]{0,80}", 1..6), width in 40_usize..120) {
            let mut table = Table::new([Column::name("name"), Column::number("n"), Column::name("path").rank(1)]);
            for name in &names {
                table.row([Cell::text(name), Cell::number(name.len()), Cell::text(name)]);
            }
            for line in table.lines(Paint::Plain, Some(width)) {
                prop_assert!(line.width() <= width);
            }
        }
    }
}

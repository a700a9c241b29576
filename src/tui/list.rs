//! Where a pane stands: its cursor, what part of it is seen, and which of its rows a filter and an order leave.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::object::Object;
use super::pane::{Cell, Content, Pane, Rows};

#[derive(Clone, Debug, Default)]
pub struct PaneState {
    /// Of what is shown, from 0. In texts the line at the cursor.
    pub cursor: usize,
    /// The first row that is seen.
    pub offset: usize,
    /// Columns scrolled to the right.
    pub across: usize,
    pub subject: String,
    pub filter: String,
    pub order: Option<Order>,
    /// The rows that the filter and the order leave, if there is either.
    shown: Option<Arc<[u32]>>,
    /// What `shown` was made for.
    made_for: Option<(Version, String, Option<Order>)>,
    /// What the cursor stood on, to find it again after a rescan.
    anchor: Option<Object>,
    /// What the cursor is to be put on.
    sought: Option<Object>,
    /// How many rows there are, all and shown.
    pub total: usize,
    pub len: usize,
    /// Rows that fit the pane.
    pub height: usize,
}

/// Of which data a pane's rows are.
pub type Version = (u64, u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    pub column: usize,
    pub descending: bool,
}

impl Order {
    pub const fn down(column: usize) -> Self {
        Self { column, descending: true }
    }
}

impl PaneState {
    /// Brings the state in line with what the pane now holds and how high it is. `version` changes with every scan.
    /// `length` is the number of lines where the pane itself does not know it.
    pub fn settle(&mut self, pane: &Pane, version: Version, height: usize, length: usize) {
        let was_hidden = self.height == 0;
        self.height = height;
        let is_new = self.subject != pane.subject;
        let mut find_anchor = false;
        let sought = self.sought.take();
        if is_new {
            self.subject.clone_from(&pane.subject);
            (self.cursor, self.offset, self.across) = (pane.start, 0, 0);
            self.filter.clear();
            self.made_for = None;
        }
        match &pane.content {
            Content::Table(rows) => {
                let wanted = (version, self.filter.clone(), self.order);
                if self.made_for.as_ref() != Some(&wanted) || self.total != rows.len() {
                    find_anchor = !is_new && self.made_for.is_some();
                    self.shown = shown(&**rows, &self.filter, self.order);
                    self.made_for = Some(wanted);
                }
                self.total = rows.len();
                self.len = self.shown.as_ref().map_or(rows.len(), |shown| shown.len());
                if sought.is_some() {
                    (self.anchor, find_anchor) = (sought, true);
                }
                if find_anchor {
                    match self.position_of_anchor(&**rows) {
                        Some(at) => self.cursor = at,
                        // What the filter has left over begins at its start.
                        None if !self.filter.is_empty() => self.cursor = 0,
                        None => {}
                    }
                }
            }
            Content::Text(lines) => (self.total, self.len) = (lines.len(), lines.len()),
            Content::Source(source) => {
                (self.total, self.len) = (length, length);
                if is_new {
                    self.cursor = source.line.saturating_sub(1) as usize;
                }
                // What stands above the line belongs to it; a hidden pane has no room for that.
                if is_new || was_hidden {
                    self.offset = self.cursor.saturating_sub(height / 3);
                }
            }
            Content::Diff(_) => (self.total, self.len) = (length, length),
        }
        // A source that is still being read has no lines, and its cursor must wait for them.
        if !matches!(pane.content, Content::Source(_)) || length > 0 {
            self.keep_in_view();
        }
        if let Content::Table(rows) = &pane.content {
            self.anchor = self.row(self.cursor).and_then(|row| rows.object(row));
        }
    }

    fn position_of_anchor(&self, rows: &dyn Rows) -> Option<usize> {
        let anchor = self.anchor.as_ref()?;
        let is_it = |at: usize| {
            self.row(at).and_then(|row| rows.object(row)).is_some_and(|object| object == *anchor)
        };
        // Mostly it has not moved.
        if is_it(self.cursor) {
            return Some(self.cursor);
        }
        (0..self.len).find(|at| is_it(*at)).or_else(|| {
            let head = rows.stand_in(anchor)?;
            (0..self.len).find(|at| self.row(*at) == Some(head))
        })
    }

    fn keep_in_view(&mut self) {
        self.cursor = self.cursor.min(self.len.saturating_sub(1));
        let height = self.height.max(1);
        self.offset = self.offset.min(self.cursor).max((self.cursor + 1).saturating_sub(height));
        self.offset = self.offset.min(self.len.saturating_sub(height));
    }

    /// The row of the table at a shown position.
    pub fn row(&self, at: usize) -> Option<usize> {
        match &self.shown {
            Some(shown) => shown.get(at).map(|row| *row as usize),
            None => (at < self.len).then_some(at),
        }
    }

    pub fn selected(&self) -> Option<usize> {
        self.row(self.cursor)
    }

    pub fn move_by(&mut self, rows: isize) {
        self.cursor = self.cursor.saturating_add_signed(rows).min(self.len.saturating_sub(1));
    }

    /// Puts the cursor on the row with this object at the next settling; a filter that hides it goes.
    pub fn seek(&mut self, object: Object) {
        self.sought = Some(object);
        self.filter.clear();
    }

    /// Stays where it is, whatever comes to stand there.
    pub fn let_go(&mut self) {
        self.anchor = None;
    }

    /// What the cursor stands on.
    pub fn object(&self) -> Option<&Object> {
        self.anchor.as_ref()
    }

    /// The positions shown, as rows of the table.
    pub fn shown_rows(&self) -> Vec<usize> {
        (0..self.len).filter_map(|at| self.row(at)).collect()
    }

    /// What the filter leaves of other rows than those shown.
    pub fn left_of(&self, rows: &dyn Rows) -> Vec<usize> {
        let shown = shown(rows, &self.filter, None);
        shown.map_or_else(
            || (0..rows.len()).collect(),
            |shown| shown.iter().map(|row| *row as usize).collect(),
        )
    }
}

/// Rows that the filter leaves, in the asked order; nothing when that is all of them as they are.
fn shown(rows: &dyn Rows, filter: &str, order: Option<Order>) -> Option<Arc<[u32]>> {
    let filter = Filter::parse(filter);
    if filter.terms.is_empty() && order.is_none() {
        return None;
    }
    let mut shown = left(rows, &filter);
    if let Some(order) = order {
        let keyed = |row: u32| -> Keyed { (sort_key(rows, row as usize, order.column), row) };
        let by_key = |a: &Keyed, b: &Keyed| {
            let by_key = if order.descending { b.0.cmp(&a.0) } else { a.0.cmp(&b.0) };
            by_key.then(a.1.cmp(&b.1))
        };
        // What stands under a head goes where it goes.
        let mut groups: Vec<(Keyed, Vec<Keyed>)> = Vec::new();
        for row in shown {
            let is_under = rows.is_tree() && rows.head(row as usize).is_some();
            match groups.last_mut().filter(|_| is_under) {
                Some((_, under)) => under.push(keyed(row)),
                None => groups.push((keyed(row), Vec::new())),
            }
        }
        groups.sort_by(|(a, _), (b, _)| by_key(a, b));
        shown = Vec::new();
        for ((_, head), mut under) in groups {
            under.sort_by(by_key);
            shown.push(head);
            shown.extend(under.into_iter().map(|(_, row)| row));
        }
    }
    Some(shown.into())
}

/// Rows that the filter leaves; a head stays with what is left under it.
fn left(rows: &dyn Rows, filter: &Filter) -> Vec<u32> {
    if !rows.is_tree() || filter.terms.is_empty() {
        let kept = (0..rows.len()).filter(|row| filter.keeps(rows, *row));
        return kept.map(|row| row as u32).collect();
    }
    let mut left = Vec::new();
    let mut last = None;
    for row in 0..rows.len() {
        let Some(head) = rows.head(row).filter(|_| filter.keeps(rows, row)) else { continue };
        if last.replace(head) != Some(head) {
            left.push(head as u32);
        }
        left.push(row as u32);
    }
    left
}

struct Key(Option<f64>, String);

type Keyed = (Key, u32);

impl Key {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.0, other.0) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => self.1.cmp(&other.1),
        }
    }
}

fn sort_key(rows: &dyn Rows, row: usize, column: usize) -> Key {
    match rows.cells(row).into_iter().nth(column) {
        Some(Cell { number: Some(number), .. }) => Key(Some(number), String::new()),
        Some(cell) => Key(None, cell.text.to_lowercase()),
        None => Key(None, String::new()),
    }
}

/// Words that must all fit: `ws`, `!test`, `kind:shim`, `paths:>5`.
struct Filter {
    terms: Vec<Term>,
}

struct Term {
    not: bool,
    what: What,
}

enum What {
    /// Part of the row's name, whatever its case.
    Word(String),
    /// Part of the text of a column.
    Column(String, String),
    Above(String, f64),
    Below(String, f64),
}

impl Filter {
    fn parse(text: &str) -> Self {
        let term = |word: &str| {
            let (not, word) = word.strip_prefix('!').map_or((false, word), |rest| (true, rest));
            if word.is_empty() {
                return None;
            }
            let word = word.to_lowercase();
            let what = match word.split_once(':') {
                Some((column, value)) if !column.is_empty() => {
                    let column = column.to_owned();
                    let number = |text: &str| text.parse::<f64>().ok();
                    match (value.strip_prefix('>').map(number), value.strip_prefix('<').map(number))
                    {
                        (Some(Some(least)), _) => What::Above(column, least),
                        (_, Some(Some(most))) => What::Below(column, most),
                        // A comparison that is still being typed leaves all.
                        (Some(None), _) | (_, Some(None)) => return None,
                        (None, None) => What::Column(column, value.to_owned()),
                    }
                }
                _ => What::Word(word),
            };
            Some(Term { not, what })
        };
        Self { terms: text.split_whitespace().filter_map(term).collect() }
    }

    fn keeps(&self, rows: &dyn Rows, row: usize) -> bool {
        self.terms.iter().all(|term| term.what.fits(rows, row) != term.not)
    }
}

/// Why a filter leaves nothing: a column that is not there, or the words that are.
pub fn nothing_fits(rows: &dyn Rows, filter: &str) -> String {
    const MANY: usize = 1_000;
    const FEW: usize = 6;
    let named = rows.columns().iter().filter(|column| !column.title.is_empty());
    let titles: Vec<&str> = named.map(|column| column.title).collect();
    for term in Filter::parse(filter).terms {
        let (What::Column(name, _) | What::Above(name, _) | What::Below(name, _)) = term.what
        else {
            continue;
        };
        let some = || 0..rows.len().min(MANY);
        let there_are = |title: &str, words: BTreeSet<String>| {
            let words: Vec<String> = words.into_iter().take(FEW).collect();
            format!("no row fits; {title} here: {}; esc clears", words.join(", "))
        };
        let own: BTreeSet<String> =
            some().filter_map(|row| rows.field(row, &name)).map(Cow::into_owned).collect();
        if !own.is_empty() {
            return there_are(&name, own);
        }
        let Some(at) = rows.columns().iter().position(|column| column.title.starts_with(&name))
        else {
            let titles = titles.join(", ");
            return format!(
                "there is no column `{name}` here; the columns are {titles}; esc clears"
            );
        };
        let column = &rows.columns()[at];
        if !column.right && !column.is_path {
            let all = some().filter_map(|row| rows.cells(row).into_iter().nth(at));
            return there_are(column.title, all.map(|cell| cell.text.into_owned()).collect());
        }
    }
    "no row fits the filter; esc clears it".to_owned()
}

impl What {
    fn fits(&self, rows: &dyn Rows, row: usize) -> bool {
        let cell = |name: &str| {
            let at = rows.columns().iter().position(|column| column.title.starts_with(name))?;
            rows.cells(row).into_iter().nth(at)
        };
        match self {
            Self::Word(word) => rows.has_word(row, word),
            Self::Column(name, value) => {
                if let Some(field) = rows.field(row, name) {
                    return contains(&field, value);
                }
                // A word with a colon that names no column is only a word.
                cell(name).map_or_else(
                    || contains(&rows.name(row), &format!("{name}:{value}")),
                    |cell| contains(&cell.text, value),
                )
            }
            Self::Above(name, least) => {
                cell(name).and_then(|cell| cell.number).is_some_and(|number| number > *least)
            }
            Self::Below(name, most) => {
                cell(name).and_then(|cell| cell.number).is_some_and(|number| number < *most)
            }
        }
    }
}

/// Whether a text holds a word that is in lower case already; without a copy where both are ASCII.
pub fn contains(text: &str, word: &str) -> bool {
    if word.is_empty() {
        return true;
    }
    if text.is_ascii() && word.is_ascii() {
        return text
            .as_bytes()
            .windows(word.len())
            .any(|at| at.eq_ignore_ascii_case(word.as_bytes()));
    }
    text.to_lowercase().contains(word)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::tui::object::Spot;
    use crate::tui::pane::Column;
    use crate::tui::theme::Role;

    struct Names(Vec<&'static str>);

    impl Rows for Names {
        fn columns(&self) -> &'static [Column] {
            const COLUMNS: [Column; 2] = [Column::name("name", 4), Column::number("length", 6)];
            &COLUMNS
        }
        fn len(&self) -> usize {
            self.0.len()
        }
        fn cells(&self, row: usize) -> Vec<Cell<'_>> {
            vec![Cell::text(self.0[row], Role::Text), Cell::count(self.0[row].len())]
        }
        fn name(&self, row: usize) -> Cow<'_, str> {
            self.0[row].into()
        }
        fn object(&self, row: usize) -> Option<Object> {
            Some(Object::Concept(self.0[row].to_owned()))
        }
        fn place(&self, _: usize) -> Option<Spot> {
            None
        }
    }

    fn left(filter: &str, order: Option<Order>) -> Vec<&'static str> {
        let rows = Names(vec!["Manager", "Bus", "TestManager", "Größe"]);
        let shown = shown(&rows, filter, order);
        let all: Vec<u32> = (0..4).collect();
        shown.as_deref().unwrap_or(&all).iter().map(|row| rows.0[*row as usize]).collect()
    }

    #[test]
    fn filters_are_words_columns_and_comparisons() {
        assert_eq!(left("manager", None), ["Manager", "TestManager"]);
        assert_eq!(left("manager !test", None), ["Manager"]);
        assert_eq!(left("length:>6", None), ["Manager", "TestManager", "Größe"]);
        assert_eq!(left("length:<4", None), ["Bus"]);
        assert_eq!(left("name:us", None), ["Bus"]);
        assert_eq!(left("größe", None), ["Größe"]);
        assert_eq!(left("length:>", None).len(), 4);
        assert_eq!(left("!", None).len(), 4);
    }

    #[test]
    fn a_filter_that_leaves_nothing_says_why() {
        let rows = Names(vec!["Manager"]);
        assert_eq!(
            nothing_fits(&rows, "kind:shim"),
            "there is no column `kind` here; the columns are name, length; esc clears"
        );
        assert!(nothing_fits(&rows, "length:>9").starts_with("no row fits the filter"));
    }

    #[test]
    fn orders_are_stable() {
        let by_length = Order { column: 1, descending: true };
        assert_eq!(left("", Some(by_length)), ["TestManager", "Manager", "Größe", "Bus"]);
    }

    #[test]
    fn the_cursor_stays_on_its_object() {
        let pane = |names| Pane::table(Vec::new(), "names", Names(names));
        let mut state = PaneState::default();
        state.settle(&pane(vec!["A", "B", "C"]), (1, 0), 2, 0);
        state.move_by(2);
        state.settle(&pane(vec!["A", "B", "C"]), (1, 0), 2, 0);
        assert_eq!((state.cursor, state.offset), (2, 1));
        state.settle(&pane(vec!["C", "D", "A", "B"]), (2, 0), 2, 0);
        assert_eq!((state.cursor, state.offset), (0, 0));
        state.settle(&pane(vec![]), (3, 0), 2, 0);
        assert_eq!((state.cursor, state.len), (0, 0));
    }
}

//! What a body consists of when names are left out of account, and how much of it another body has too.

use super::within;
use crate::facts::Facts;
use crate::facts::rows::{Definition, DefinitionKind, LinePrint, Row};

/// What makes two lines alike: their shape; of a field of a class the names too, without which all fields look the same.
pub type Key = u32;

/// The lines of a body, each once for every company it stands in.
///
/// A line is *shared* with another body that has it with the same line before it or with the same line after it: a
/// shape such as `x = f(y)` alone says nothing. Since each company counts once, a table that goes on in one shape is
/// worth no more than a few lines of it.
#[derive(Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Content {
    /// What all lines weigh together; first, so that contents are ordered by size.
    weight: u32,
    /// Sorted.
    lines: Vec<Line>,
    /// Lines that follow one another, sorted.
    pairs: Vec<Pair>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    pub key: Key,
    before: Key,
    after: Key,
    pub weight: u32,
}

type Pair = [Key; 2];

/// Stands before the first line and after the last.
const EDGE: Key = Key::MAX;

impl Content {
    pub fn of_class(facts: &Facts, class: Row) -> Self {
        let Some(definition) = facts.definition(class) else { return Self::default() };
        let prints = facts.prints(definition.prints);
        let place = |row: Row| {
            let from_start = row.saturating_sub(definition.prints.start) as usize;
            from_start.min(prints.len())
        };
        let mut blocks = Blocks::default();
        let mut done = 0;
        for method in methods_within(facts, class) {
            let (start, end) = (place(method.prints.start), place(method.prints.end));
            // One of a class inside a method is part of that.
            if start <= done || end < start {
                continue;
            }
            blocks.add_fields(&prints[done..start - 1]);
            // With its head, so that a method of one line is a pair.
            blocks.add_code(&prints[start - 1..end]);
            done = end;
        }
        blocks.add_fields(&prints[done..]);
        blocks.into_content()
    }

    pub fn of_function(facts: &Facts, function: &Definition) -> Self {
        let mut blocks = Blocks::default();
        blocks.add_code(facts.prints(function.prints));
        blocks.into_content()
    }

    pub fn weight(&self) -> u32 {
        self.weight
    }

    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// How alike two bodies are, in percent: the share of each that the other has too, by weight, and of the two shares
    /// the geometric mean.
    ///
    /// Bodies of one size with a third of their lines changed are about 66 % alike. A body and a copy of it that became
    /// twice as long are 70 % alike, for all of the one and half of the other is shared; and a few lines that happen to
    /// be in a class of a thousand make hardly any percent.
    pub fn similarity(&self, other: &Self) -> u8 {
        if self.lines == other.lines {
            return 100;
        }
        let shared = u128::from(self.shared_with(other)) * u128::from(other.shared_with(self));
        let whole = u128::from(self.weight) * u128::from(other.weight);
        let square = (shared * 100 * 100).checked_div(whole).unwrap_or(0);
        square.isqrt() as u8
    }

    fn shared_with(&self, other: &Self) -> u32 {
        let has = |pair: Pair| other.pairs.binary_search(&pair).is_ok();
        let is_shared = |line: &&Line| has([line.before, line.key]) || has([line.key, line.after]);
        self.lines.iter().filter(is_shared).map(|line| line.weight).sum()
    }
}

/// The methods of a class and of the classes in it.
fn methods_within(facts: &Facts, class: Row) -> impl Iterator<Item = &Definition> {
    let is_class =
        |row| facts.definition(row).is_some_and(|row| row.kind() == DefinitionKind::Class);
    let is_method =
        move |row: &&Definition| row.kind() == DefinitionKind::Function && is_class(row.parent);
    within(facts, class).map(|(_, row)| row).filter(is_method)
}

/// Stretches of lines, one behind the other; in which order they stand does not count.
#[derive(Default)]
struct Blocks {
    lines: Vec<Line>,
}

impl Blocks {
    fn add_code(&mut self, prints: &[LinePrint]) {
        self.add(prints, LinePrint::shape, code_weight);
    }

    fn add_fields(&mut self, prints: &[LinePrint]) {
        self.add(prints, LinePrint::shape_and_names, |_| FIELD_WEIGHT);
    }

    fn add(
        &mut self,
        prints: &[LinePrint],
        key: fn(LinePrint) -> Key,
        weight: fn(LinePrint) -> u32,
    ) {
        let mut before = EDGE;
        for (at, print) in prints.iter().enumerate() {
            let own = key(*print);
            let after = prints.get(at + 1).map_or(EDGE, |next| key(*next));
            self.lines.push(Line { key: own, before, after, weight: weight(*print) });
            before = own;
        }
    }

    fn into_content(mut self) -> Content {
        self.lines.sort_unstable();
        self.lines.dedup();
        let followed = self.lines.iter().filter(|line| line.after != EDGE);
        let mut pairs: Vec<Pair> = followed.map(|line| [line.key, line.after]).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let weight = self.lines.iter().map(|line| line.weight).sum();
        Content { weight, lines: self.lines, pairs }
    }
}

/// Tokens above four: `self.x = x`, `return self.x` and `log("…")` stand everywhere, and count next to nothing. No line
/// weighs more than twenty, so that a long call or table does not decide alone.
fn code_weight(print: LinePrint) -> u32 {
    print.tokens().saturating_sub(4).clamp(1, 20)
}

/// How a field is written says little; that it has this name says as much as a short statement.
const FIELD_WEIGHT: u32 = 3;

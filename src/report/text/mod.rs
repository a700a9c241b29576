//! The documents as pages for people: a heading with the counted thing, a table, and how it was counted.

pub mod cache;
pub mod check;
pub mod classes;
pub mod clusters;
pub mod config;
pub mod cycles;
pub mod findings;
pub mod hotspots;
pub mod scan;
pub mod show;
pub mod tests;
pub mod unresolved;
pub mod users;
pub mod variants;

use std::fmt::Write;
use std::io;

use super::paint::{counted, grouped};
use super::sheet::Sheet;
use super::wire::{Hop, Tree};

/// What every page says around its table.
pub struct Frame<'a> {
    /// The counted thing, before any limit: `1,058 classes`.
    pub heading: String,
    /// What counts and what does not.
    pub rule: &'a str,
    /// The files that were counted: `production and tests`.
    pub scope: &'a str,
}

/// How many more there are, how it was counted, and what was read.
fn footer(sheet: &mut Sheet, frame: &Frame, tree: &Tree, omitted: usize) -> io::Result<()> {
    if omitted > 0 {
        sheet.dim(format!("… and {} more; --limit 0 shows all", grouped(omitted)))?;
    }
    sheet.blank()?;
    sheet.remark(frame.rule)?;
    sheet.remark(&format!("{}; {}", coverage(tree), frame.scope))
}

/// `8,880 files: 8,878 parsed, 2 recovered`
pub fn coverage(tree: &Tree) -> String {
    let mut text =
        format!("{}: {} parsed", counted(tree.files, "Python file"), grouped(tree.parsed));
    let rest =
        [(tree.recovered, "recovered"), (tree.unreadable, "unreadable"), (tree.skipped, "skipped")];
    for (count, word) in rest {
        if count > 0 {
            write!(text, ", {} {word}", grouped(count)).expect("a string grows");
        }
    }
    text
}

/// The first few, and how many more there are.
pub fn some_of(names: &[String]) -> String {
    const FEW: usize = 3;
    let mut text = names[..names.len().min(FEW)].join(", ");
    if names.len() > FEW {
        write!(text, " and {} more", grouped(names.len() - FEW)).expect("a string grows");
    }
    text
}

/// `app/__init__.py` is `app` at line 3 by `from`: `app:3 from → app.core:1 definition`
fn trail(hops: &[Hop]) -> String {
    let hops: Vec<String> =
        hops.iter().map(|hop| format!("{}:{} {}", hop.module, hop.line, hop.how)).collect();
    hops.join(" → ")
}

#[cfg(test)]
mod checks {
    use super::*;

    #[test]
    fn coverage_names_only_what_happened() {
        let tree = Tree { files: 8880, parsed: 8878, recovered: 2, ..Tree::default() };
        assert_eq!(coverage(&tree), "8,880 Python files: 8,878 parsed, 2 recovered");
    }
}

//! The page of `scan`.

use std::io;

use super::{coverage, some_of};
use crate::report::paint::{counted, grouped};
use crate::report::sheet::Sheet;
use crate::report::table::{Cell, Column, Table};
use crate::report::wire::{Outcomes, ScanDocument, Timing, Tree};

pub fn print(sheet: &mut Sheet, document: &ScanDocument, timing: &Timing) -> io::Result<()> {
    let tree = &document.tree;
    sheet.heading(format!("{}: {}", document.root, counted(tree.files, "Python file")))?;
    sheet.table(&sizes(tree))?;

    sheet.blank()?;
    sheet.heading(format!(
        "{}: module names are counted from here",
        counted(tree.roots.len(), "root")
    ))?;
    let mut by_reason: Vec<(&str, Vec<String>)> = Vec::new();
    for root in &document.roots {
        match by_reason.iter_mut().find(|(reason, _)| *reason == root.reason) {
            Some((_, paths)) => paths.push(root.path.clone()),
            None => by_reason.push((&root.reason, vec![root.path.clone()])),
        }
    }
    let mut roots =
        Table::new([Column::number(""), Column::text(""), Column::name("")]).indented(2);
    for (reason, paths) in by_reason {
        roots.row([Cell::number(paths.len()), Cell::text(reason), Cell::dim(&some_of(&paths))]);
    }
    sheet.table(&roots)?;

    sheet.blank()?;
    sheet.heading(format!(
        "{} by what they resolve to",
        counted(tree.outcomes.total(), "imported name")
    ))?;
    sheet.table(&outcomes(&tree.outcomes))?;

    if !document.rows.is_empty() {
        let files = document.rows.len() + document.omitted;
        sheet.blank()?;
        sheet.heading(format!("{} not read whole", counted(files, "file")))?;
        let mut table =
            Table::new([Column::name(""), Column::text(""), Column::text("")]).indented(2);
        for row in &document.rows {
            table.row([
                Cell::text(&row.file.path),
                Cell::warn(&row.status),
                Cell::dim(&row.reason),
            ]);
        }
        sheet.table(&table)?;
        if document.omitted > 0 {
            sheet
                .dim(format!("  … and {} more; --limit 0 shows all", grouped(document.omitted)))?;
        }
    }

    sheet.blank()?;
    sheet.dim(stages(timing))?;
    sheet.dim(coverage(tree))
}

fn sizes(tree: &Tree) -> Table {
    let mut table = Table::new([Column::text(""), Column::number("")]).indented(2);
    let rows = [
        ("parsed", tree.parsed),
        ("recovered", tree.recovered),
        ("unreadable", tree.unreadable),
        ("skipped", tree.skipped),
        ("lines", tree.lines),
        ("modules", tree.modules),
        ("packages", tree.packages),
        ("classes", tree.classes),
        ("functions", tree.functions),
        ("import statements", tree.imports),
    ];
    for (word, count) in rows {
        table.row([Cell::text(word), Cell::number(count)]);
    }
    table
}

fn outcomes(outcomes: &Outcomes) -> Table {
    let total = outcomes.total().max(1);
    let mut table =
        Table::new([Column::text(""), Column::number(""), Column::number("")]).indented(2);
    let rows = [
        ("definition", outcomes.definition),
        ("module", outcomes.module),
        ("external", outcomes.external),
        ("missing", outcomes.missing),
        ("unresolved", outcomes.unresolved),
        ("outside roots", outcomes.outside_roots),
        ("dynamic", outcomes.dynamic),
    ];
    for (word, count) in rows {
        let share = 100.0 * count as f64 / total as f64;
        table.row([Cell::text(word), Cell::number(count), Cell::dim(&format!("{share:.1} %"))]);
    }
    table
}

/// `walk 31 ms, read 12 ms; cache: 8,880 hits, 0 misses`
fn stages(timing: &Timing) -> String {
    let stages: Vec<String> = timing
        .stages
        .iter()
        .map(|stage| format!("{} {:.0} ms", stage.name, stage.milliseconds))
        .collect();
    let cache = &timing.cache;
    format!(
        "{}; cache: {}, {}",
        stages.join(", "),
        counted(cache.hits, "hit"),
        counted(cache.misses, "miss"),
    )
}

//! The page of `tests`: under each definition the tests that reach it, the nearest first.

use std::io;

use super::{Frame, footer, trail};
use crate::report::paint::{counted, dim, heading, plain, warn};
use crate::report::sheet::Sheet;
use crate::report::table::{Cell, Column, Table};
use crate::report::wire::{Document, ReachingTest, TestsRow};

pub const RULE: &str = "distance 1: the test file names the definition; one more for each import on the way; imports for type \
                        checkers do not count, `conftest.py` files do";

/// `tests` is the most to show of each definition's tests; 0 shows all.
pub fn print(
    sheet: &mut Sheet,
    document: &Document<TestsRow>,
    frame: &Frame,
    tests: usize,
) -> io::Result<()> {
    sheet.heading(frame.heading.as_str())?;
    if document.rows.iter().all(|row| row.tests.is_empty()) {
        sheet.table(&untested(&document.rows))?;
    } else {
        for row in &document.rows {
            sheet.blank()?;
            definition(sheet, row, tests)?;
        }
    }
    footer(sheet, frame, &document.tree, document.omitted)
}

fn untested(rows: &[TestsRow]) -> Table {
    let mut table = Table::new([
        Column::name("definition"),
        Column::name("place"),
        Column::name("cluster").rank(1),
    ]);
    for row in rows {
        table.row([
            Cell::text(&row.definition),
            Cell::text(&format!("{}:{}", row.file.path, row.line)),
            Cell::dim(row.cluster.as_deref().unwrap_or("")),
        ]);
    }
    table
}

fn definition(sheet: &mut Sheet, row: &TestsRow, limit: usize) -> io::Result<()> {
    let name = heading(&row.definition);
    let place = dim(format!("  {}:{}", row.file.path, row.line));
    let Some(nearest) = row.tests.first() else {
        return sheet.line([name, place, warn("  no test reaches it")]);
    };
    let files = counted(row.tests.len(), "test file");
    let nearest = nearest.distance;
    sheet.line([name, place, plain(format!("  {files}, the nearest at distance {nearest}"))])?;
    let shown = if limit == 0 { row.tests.len() } else { row.tests.len().min(limit) };
    sheet.table(&reaching(&row.tests[..shown]))?;
    if shown < row.tests.len() {
        sheet.dim(format!("  … and {}", counted(row.tests.len() - shown, "more test file")))?;
    }
    Ok(())
}

pub fn reaching(tests: &[ReachingTest]) -> Table {
    let mut table = Table::new([
        Column::number("distance"),
        Column::name("test file"),
        Column::number("tests"),
        Column::text(if tests.iter().any(|test| test.result.is_some()) { "result" } else { "" }),
        Column::name("way").rank(1),
        Column::text("").rank(2),
    ])
    .indented(2);
    for test in tests {
        let result = test.result.as_ref();
        let verdict = result.map_or("", |result| result.verdict.as_str());
        table.row([
            Cell::number(test.distance),
            Cell::text(&test.file.path),
            Cell::number(test.tests),
            if matches!(verdict, "failed" | "not collected") {
                Cell::warn(verdict)
            } else {
                Cell::text(verdict)
            },
            Cell::dim(&trail(&test.trail)),
            Cell::dim(result.and_then(|result| result.message.as_deref()).unwrap_or("")),
        ]);
    }
    table
}

//! The page of `tests`: under each definition the tests that reach it, the nearest first.

use std::io;

use super::{Frame, footer};
use crate::report::paint::{counted, dim, plain, warn};
use crate::report::sheet::Sheet;
use crate::report::table::{Cell, Column, Table};
use crate::report::wire::{Document, Hop, ReachingTest, TestsRow};

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
    sheet.heading(row.definition.as_str())?;
    sheet.line([dim(format!("  {}:{}", row.file.path, row.line))])?;
    let Some(nearest) = row.tests.first() else {
        return sheet.line([warn("  no test reaches it")]);
    };
    let files = counted(row.tests.len(), "test file");
    let nearest = nearest.distance;
    sheet.line([plain(format!("  {files}, the nearest at distance {nearest}"))])?;
    let shown = if limit == 0 { row.tests.len() } else { row.tests.len().min(limit) };
    sheet.table(&reaching(&row.tests[..shown]))?;
    if shown < row.tests.len() {
        sheet.dim(format!("  … and {}", counted(row.tests.len() - shown, "more test file")))?;
    }
    Ok(())
}

pub fn reaching(tests: &[ReachingTest]) -> Table {
    let with_results = tests.iter().any(|test| test.result.is_some());
    let mut columns =
        vec![Column::number("distance"), Column::name("test file"), Column::number("tests")];
    if with_results {
        columns.push(Column::text("result"));
    }
    columns.push(Column::prose("way").rank(1));
    if with_results {
        columns.push(Column::prose("message").rank(2));
    }
    let mut table = Table::new(columns).indented(2);
    for test in tests {
        let mut cells = vec![
            Cell::number(test.distance),
            Cell::text(&test.file.path),
            Cell::number(test.tests),
        ];
        if with_results {
            let verdict = test.result.as_ref().map_or("", |result| result.verdict.as_str());
            let is_bad = matches!(verdict, "failed" | "not collected");
            cells.push(if is_bad { Cell::warn(verdict) } else { Cell::text(verdict) });
        }
        cells.push(Cell::dim(&way(&test.trail)));
        if with_results {
            let message = test.result.as_ref().and_then(|result| result.message.as_deref());
            cells.push(Cell::dim(message.unwrap_or("")));
        }
        table.row(cells);
    }
    table
}

/// `test_flow:8 → service:3 names it`: of each module the last name tells enough.
fn way(hops: &[Hop]) -> String {
    let last = hops.len().saturating_sub(1);
    let hops = hops.iter().enumerate().map(|(at, hop)| {
        let module = hop.module.rsplit('.').next().unwrap_or(&hop.module);
        let how = if at == last || hop.how == "conftest" {
            format!(" {}", hop.how)
        } else {
            String::new()
        };
        format!("{module}:{}{how}", hop.line)
    });
    hops.collect::<Vec<_>>().join(" → ")
}

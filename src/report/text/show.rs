//! The page of `show`: what it is, by which paths it is reached, and from where.

use std::io;

use super::{Frame, clusters, footer, hotspots, users, variants};
use crate::report::paint::{counted, dim, heading, plain, warn};
use crate::report::sheet::Sheet;
use crate::report::table::{Cell, Column, Table};
use crate::report::wire::{Beside, Document, ShowRow, ShownConcept};

pub const RULE: &str = "counted: as in `variants` and `users`; the effective number is the exponential of the entropy of \
                        the paths' shares by files";

/// `sites` is the most to show of each symbol's users; 0 shows all.
pub fn print(
    sheet: &mut Sheet,
    document: &Document<ShowRow>,
    frame: &Frame,
    sites: usize,
) -> io::Result<()> {
    sheet.heading(frame.heading.as_str())?;
    for row in &document.rows {
        sheet.blank()?;
        symbol(sheet, row, sites)?;
    }
    footer(sheet, frame, &document.tree, document.omitted)
}

fn symbol(sheet: &mut Sheet, row: &ShowRow, sites: usize) -> io::Result<()> {
    sheet.line([heading(&row.symbol), dim(format!("  {}", row.kind))])?;
    if let Some(place) = &row.place {
        sheet.line([plain(format!("  {}:{}-{}", place.file.path, place.line, place.end_line))])?;
    }
    if let Some(doc) = &row.doc {
        sheet.remark(&format!("  {doc}"))?;
    }
    if !row.bases.is_empty() {
        sheet.remark(&format!("  bases {}", row.bases.join(", ")))?;
    }
    if !row.methods.is_empty() {
        sheet.remark(&format!("  methods {}", row.methods.join(", ")))?;
    }
    if let Some(concept) = &row.concept {
        concept_of(sheet, concept)?;
    }
    sheet.blank()?;
    sheet.heading(format!(
        "{}, effectively {:.1}",
        counted(row.variants.len(), "path"),
        row.effective
    ))?;
    sheet.table(&variants::table(&row.variants))?;
    tests(sheet, row)?;
    sheet.blank()?;
    sheet.heading(counted(row.users.len(), "site"))?;
    let shown = if sites == 0 { row.users.len() } else { row.users.len().min(sites) };
    users::by_file(sheet, &row.users[..shown])?;
    if shown < row.users.len() {
        let more = counted(row.users.len() - shown, "more site");
        sheet.remark(&format!("… and {more}; `fragscope users {}` shows them", row.symbol))?;
    }
    Ok(())
}

/// Tests shown of each symbol.
const SHOWN_TESTS: usize = 8;

fn tests(sheet: &mut Sheet, row: &ShowRow) -> io::Result<()> {
    if !matches!(row.kind.as_str(), "class" | "function") {
        return Ok(());
    }
    sheet.blank()?;
    if row.tests.is_empty() {
        return sheet.line([warn("no test reaches it")]);
    }
    sheet.heading(format!("{} that reach it", counted(row.tests.len(), "test file")))?;
    let shown = row.tests.len().min(SHOWN_TESTS);
    sheet.table(&super::tests::reaching(&row.tests[..shown]))?;
    if shown < row.tests.len() {
        let more = counted(row.tests.len() - shown, "more test file");
        sheet.remark(&format!("… and {more}; `fragscope tests {}` shows them", row.symbol))?;
    }
    Ok(())
}

fn concept_of(sheet: &mut Sheet, concept: &ShownConcept) -> io::Result<()> {
    sheet.blank()?;
    sheet.heading(format!("concept {}", concept.hotspot.id))?;
    sheet.remark(&format!("  {}", concept.hotspot.why))?;
    sheet.table(&hotspots::table(std::slice::from_ref(&concept.hotspot)))?;
    clusters::canonical(sheet, &concept.cluster.canonical)?;
    if concept.beside.is_empty() {
        return Ok(());
    }
    sheet.blank()?;
    sheet.heading(counted(concept.beside.len(), "other definition"))?;
    sheet.table(&beside(&concept.beside))
}

fn beside(others: &[Beside]) -> Table {
    let mut table = Table::new([
        Column::name("beside this one"),
        Column::number("alike"),
        Column::number("same"),
        Column::number("changed"),
        Column::number("only here"),
        Column::number("only there"),
        Column::prose("changed methods").rank(1),
    ])
    .indented(2);
    for other in others {
        table.row([
            Cell::text(&other.definition),
            Cell::text(&format!("{}%", other.similarity)),
            Cell::number(other.same.len()),
            Cell::number(other.changed.len()),
            Cell::number(other.only_here.len()),
            Cell::number(other.only_there.len()),
            Cell::dim(&super::some_of(&other.changed)),
        ]);
    }
    table
}

//! The page of `check`: what is new, then what is stale.

use std::io;

use super::findings::{by_file, by_rule};
use super::{Frame, footer};
use crate::report::paint::counted;
use crate::report::sheet::Sheet;
use crate::report::table::{Cell, Column, Table};
use crate::report::wire::{CheckDocument, FindingRow};

pub fn print(
    sheet: &mut Sheet,
    document: &CheckDocument,
    frame: &Frame,
    summary: &[(String, String, usize)],
) -> io::Result<()> {
    sheet.heading(frame.heading.as_str())?;
    by_rule(sheet, summary)?;
    by_file(sheet, &document.document.rows)?;
    if !document.added.is_empty() {
        let what = format!("{} added to the baseline", counted(document.added.len(), "entry"));
        listed(sheet, what, &document.added, true)?;
    }
    if !document.stale.is_empty() {
        let what = match &document.against {
            Some(_) => format!("{} gone", counted(document.stale.len(), "finding")),
            None => format!(
                "{}; `fragscope baseline update` takes them out",
                counted(document.stale.len(), "stale entry")
            ),
        };
        listed(sheet, what, &document.stale, false)?;
    }
    footer(sheet, frame, &document.document.tree, document.document.omitted)
}

fn listed(sheet: &mut Sheet, what: String, rows: &[FindingRow], whole: bool) -> io::Result<()> {
    sheet.blank()?;
    sheet.heading(what)?;
    let mut table = Table::new([Column::text(""), Column::text(""), Column::name("")]).indented(2);
    for row in rows {
        let text = if whole { &row.message } else { &row.symbol };
        table.row([Cell::dim(&row.fingerprint), Cell::text(&row.rule), Cell::text(text)]);
    }
    sheet.table(&table)
}

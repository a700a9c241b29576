//! The page of `check`: what is new, then what is stale.

use std::io;

use super::findings::{by_file, by_rule};
use super::{Frame, footer};
use crate::report::paint::counted;
use crate::report::sheet::Sheet;
use crate::report::table::{Cell, Column, Table};
use crate::report::wire::CheckDocument;

pub fn print(
    sheet: &mut Sheet,
    document: &CheckDocument,
    frame: &Frame,
    summary: &[(String, String, usize)],
) -> io::Result<()> {
    sheet.heading(frame.heading.as_str())?;
    by_rule(sheet, summary)?;
    by_file(sheet, &document.document.rows)?;
    if !document.stale.is_empty() {
        sheet.blank()?;
        sheet.heading(format!(
            "{}; `fragscope baseline update` takes them out",
            counted(document.stale.len(), "stale entry")
        ))?;
        let mut table =
            Table::new([Column::text(""), Column::text(""), Column::name("")]).indented(2);
        for row in &document.stale {
            table.row([
                Cell::dim(&row.fingerprint),
                Cell::text(&row.rule),
                Cell::text(&row.symbol),
            ]);
        }
        sheet.table(&table)?;
    }
    footer(sheet, frame, &document.document.tree, document.document.omitted)
}

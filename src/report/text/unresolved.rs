//! The page of `unresolved`.

use std::io;

use super::{Frame, footer};
use crate::report::sheet::Sheet;
use crate::report::table::{Cell, Column, Table};
use crate::report::wire::{Document, UnresolvedRow};

pub const RULE: &str = "counted: imported names and import strings, one per name per statement, that lead nowhere, and open dynamic sites";

pub fn print(
    sheet: &mut Sheet,
    document: &Document<UnresolvedRow>,
    frame: &Frame,
) -> io::Result<()> {
    sheet.heading(frame.heading.as_str())?;
    let mut table = Table::new([
        Column::name("place"),
        Column::name("target"),
        Column::name("name"),
        Column::text("outcome"),
        Column::name("reason").rank(2),
        Column::name("hint").rank(1),
    ]);
    for row in &document.rows {
        table.row([
            Cell::text(&format!("{}:{}", row.file.path, row.line)),
            Cell::text(&row.target),
            Cell::text(row.name.as_deref().unwrap_or("")),
            Cell::warn(&row.outcome),
            Cell::dim(&row.reason),
            Cell::text(row.hint.as_deref().unwrap_or("")),
        ]);
    }
    sheet.table(&table)?;
    footer(sheet, frame, &document.tree, document.omitted)
}

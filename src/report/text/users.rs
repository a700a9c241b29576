//! The page of `users`: sites by file.

use std::io;

use super::{Frame, footer, trail};
use crate::report::sheet::Sheet;
use crate::report::table::{Cell, Column, Table};
use crate::report::wire::{Document, UserRow};

pub const RULE: &str = "counted: every import, dotted use, star, string, exec and notebook cell that reaches it, one row per \
                        site; ? marks weaker evidence";

pub fn print(sheet: &mut Sheet, document: &Document<UserRow>, frame: &Frame) -> io::Result<()> {
    sheet.heading(frame.heading.as_str())?;
    by_file(sheet, &document.rows)?;
    footer(sheet, frame, &document.tree, document.omitted)
}

/// The sites under the file they stand in; rows of one file stand together.
pub fn by_file(sheet: &mut Sheet, rows: &[UserRow]) -> io::Result<()> {
    for rows in rows.chunk_by(|a, b| a.file == b.file) {
        sheet.line([crate::report::paint::plain(&rows[0].file.path)])?;
        let mut table = Table::new([
            Column::number(""),
            Column::text(""),
            Column::text(""),
            Column::text("").rank(2),
            Column::name("").rank(1),
            Column::name("").rank(3),
        ])
        .indented(2);
        for row in rows {
            table.row([
                Cell::text(&format!("{}:{}", row.line, row.column)),
                Cell::warn(if row.certain { "" } else { "?" }),
                Cell::text(&row.form),
                Cell::dim(&row.scope),
                Cell::text(&row.written),
                Cell::dim(&trail(&row.via)),
            ]);
        }
        sheet.table(&table)?;
    }
    Ok(())
}

//! The page of `classes`.

use std::io;

use super::{Frame, footer};
use crate::report::sheet::Sheet;
use crate::report::table::{Cell, Column, Table};
use crate::report::wire::{ClassRow, Document};

pub const RULE: &str = "counted: class statements at any depth, one row each";

pub fn print(sheet: &mut Sheet, document: &Document<ClassRow>, frame: &Frame) -> io::Result<()> {
    sheet.heading(frame.heading.as_str())?;
    let mut table = Table::new([
        Column::name("class"),
        Column::name("place"),
        Column::number("lines"),
        Column::number("methods"),
        Column::text("kind").rank(1),
        Column::name("bases").rank(2),
    ]);
    for row in &document.rows {
        table.row([
            Cell::text(&format!("{}.{}", row.module, row.qualname)),
            Cell::text(&format!("{}:{}", row.file.path, row.line)),
            Cell::number((row.end_line + 1).saturating_sub(row.line) as usize),
            Cell::number(row.methods.len()),
            Cell::dim(&row.kind),
            Cell::dim(&row.bases.join(", ")),
        ]);
    }
    sheet.table(&table)?;
    footer(sheet, frame, &document.tree, document.omitted)
}

//! The page of `config`.

use std::io;

use super::{Frame, footer};
use crate::report::sheet::Sheet;
use crate::report::table::{Cell, Column, Table};
use crate::report::wire::{ConfigRow, Document};

pub const RULE: &str =
    "from: the file named above, what was found in the tree, or what is built in";

pub fn print(sheet: &mut Sheet, document: &Document<ConfigRow>, frame: &Frame) -> io::Result<()> {
    sheet.heading(frame.heading.as_str())?;
    let mut table = Table::new([Column::text("key"), Column::text("from"), Column::prose("value")]);
    for row in &document.rows {
        table.row([Cell::text(&row.key), Cell::dim(&row.from), Cell::text(&row.value)]);
    }
    sheet.table(&table)?;
    footer(sheet, frame, &document.tree, document.omitted)
}

//! The page of `cache show`.

use std::io;

use crate::report::paint::{counted, grouped};
use crate::report::sheet::Sheet;
use crate::report::table::{Cell, Column, Table};
use crate::report::wire::CacheDocument;

pub fn print(sheet: &mut Sheet, document: &CacheDocument) -> io::Result<()> {
    let bytes: u64 = document.rows.iter().map(|row| row.bytes).sum();
    sheet.heading(format!(
        "{}: {}, {} bytes",
        document.root,
        counted(document.rows.len(), "file"),
        grouped(usize::try_from(bytes).unwrap_or(usize::MAX)),
    ))?;
    let mut table = Table::new([Column::name("file"), Column::number("bytes")]);
    for row in &document.rows {
        let bytes = usize::try_from(row.bytes).unwrap_or(usize::MAX);
        table.row([Cell::text(&row.file), Cell::number(bytes)]);
    }
    if !document.rows.is_empty() {
        sheet.table(&table)?;
    }
    sheet.dim("facts of files by their content; `fragscope cache clear` removes them")
}

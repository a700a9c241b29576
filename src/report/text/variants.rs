//! The page of `variants`.

use std::fmt::Write as _;
use std::io;

use super::{Frame, footer, trail};
use crate::report::paint::grouped;
use crate::report::sheet::Sheet;
use crate::report::table::{Cell, Column, Table};
use crate::report::wire::{Document, FromFolder, VariantRow};

pub const RULE: &str = "counted: distinct absolute dotted paths; statements are imported names, one per name per import \
                        statement; uses are dotted and string uses; * marks the path to prefer";

pub fn print(sheet: &mut Sheet, document: &Document<VariantRow>, frame: &Frame) -> io::Result<()> {
    sheet.heading(frame.heading.as_str())?;
    sheet.table(&table(&document.rows))?;
    footer(sheet, frame, &document.tree, document.omitted)
}

pub fn table(rows: &[VariantRow]) -> Table {
    let mut table = Table::new([
        Column::text(""),
        Column::name("path"),
        Column::text("kind"),
        Column::number("statements"),
        Column::number("uses"),
        Column::number("files"),
        Column::name("from").rank(1),
        Column::name("definition").rank(2),
        Column::name("trail").rank(3),
    ]);
    for row in rows {
        table.row([
            Cell::text(if row.canonical { "*" } else { "" }),
            Cell::text(&row.path),
            if row.definition.is_none() { Cell::warn(&row.kind) } else { Cell::text(&row.kind) },
            Cell::number(row.statements),
            Cell::number(row.uses),
            Cell::number(row.files),
            Cell::text(&from(&row.from)),
            Cell::dim(row.definition.as_deref().unwrap_or("")),
            Cell::dim(&trail(&row.trail)),
        ]);
    }
    table
}

/// `app/services 12, tests 3, +4 folders`
fn from(folders: &[FromFolder]) -> String {
    const FEW: usize = 2;
    let named = folders.iter().take(FEW).map(|from| {
        let folder = if from.folder.is_empty() { "." } else { &from.folder };
        format!("{folder} {}", grouped(from.files))
    });
    let mut text = named.collect::<Vec<_>>().join(", ");
    match folders.len().saturating_sub(FEW) {
        0 => {}
        1 => text += ", +1 folder",
        more => write!(text, ", +{} folders", grouped(more)).expect("a string grows"),
    }
    text
}

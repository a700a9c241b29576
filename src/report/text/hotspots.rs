//! The page of `hotspots`: each kind as a table, its parts beside the score.

use std::io;

use super::{Frame, footer};
use crate::report::sheet::Sheet;
use crate::report::table::{Cell, Column, Table};
use crate::report::wire::{Document, HotspotRow};

pub const RULE: &str = "score: the sum of its parts; a module has its share of its concepts' parts, a package the sum of its \
                        modules; `fragscope explain hotspots` tells what each part means";

/// The parts as columns: key, title, and how soon it goes when room is short.
const PARTS: [(&str, &str, u8); 7] = [
    ("import_spread", "paths", 1),
    ("definition_spread", "defs", 2),
    ("divergence", "differ", 4),
    ("dual_use", "dual", 5),
    ("cycles", "cycle", 7),
    ("findings", "found", 6),
    ("reach", "reach", 3),
];

pub fn print(sheet: &mut Sheet, document: &Document<HotspotRow>, frame: &Frame) -> io::Result<()> {
    sheet.heading(frame.heading.as_str())?;
    for rows in document.rows.chunk_by(|a, b| a.kind == b.kind) {
        sheet.blank()?;
        sheet.table(&table(rows))?;
    }
    footer(sheet, frame, &document.tree, document.omitted)
}

pub fn table(rows: &[HotspotRow]) -> Table {
    let title = match rows.first().map(|row| row.kind.as_str()) {
        Some("module") => "module",
        Some("package") => "package",
        _ => "concept",
    };
    let mut columns = vec![Column::name(title), Column::number("score")];
    columns.extend(PARTS.iter().map(|(_, title, rank)| Column::number(title).rank(*rank)));
    columns.push(Column::prose("why").rank(8));
    let mut table = Table::new(columns);
    for row in rows {
        let mut cells = vec![Cell::text(&row.id), Cell::decimal(row.score)];
        let parts = PARTS.iter().map(|(key, ..)| row.parts.get(*key).copied().unwrap_or(0.0));
        cells.extend(
            parts.map(|part| if part == 0.0 { Cell::dim("·") } else { Cell::decimal(part) }),
        );
        cells.push(Cell::dim(&row.why));
        table.row(cells);
    }
    table
}

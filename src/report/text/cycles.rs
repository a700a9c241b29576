//! The page of `cycles`: for each the shortest ring with its lines, then the cheapest cut.

use std::io;

use super::{Frame, footer};
use crate::report::paint::{counted, plain};
use crate::report::sheet::Sheet;
use crate::report::table::{Cell, Column, Table};
use crate::report::wire::{CycleRow, Document, Edge};

pub const RULE: &str = "counted: strongly connected modules; deferred imports stand in functions, typing ones under \
                        TYPE_CHECKING; an import of a submodule is none of its packages";

pub fn print(sheet: &mut Sheet, document: &Document<CycleRow>, frame: &Frame) -> io::Result<()> {
    sheet.heading(frame.heading.as_str())?;
    for (index, cycle) in document.rows.iter().enumerate() {
        sheet.blank()?;
        sheet.heading(format!(
            "{}. {}: {} and {} among them",
            index + 1,
            cycle.kind,
            counted(cycle.modules.len(), "module"),
            counted(cycle.edges.len(), "import"),
        ))?;
        sheet.line([plain("  shortest ring")])?;
        sheet.table(&edges(&cycle.ring))?;
        sheet.line([plain(if cycle.cheapest { "  cheapest cut" } else { "  a cheap cut" })])?;
        sheet.table(&edges(&cycle.cut))?;
    }
    footer(sheet, frame, &document.tree, document.omitted)
}

fn edges(edges: &[Edge]) -> Table {
    let columns = [
        Column::name(""),
        Column::text(""),
        Column::name(""),
        Column::name(""),
        Column::text("").rank(1),
    ];
    let mut table = Table::new(columns).indented(4);
    for edge in edges {
        table.row([
            Cell::text(&edge.from),
            Cell::dim("→"),
            Cell::text(&edge.to),
            Cell::text(&format!("{}:{}", edge.file.path, edge.line)),
            Cell::dim(&edge.kind),
        ]);
    }
    table
}

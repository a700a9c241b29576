//! The page of `clusters`: for each its definitions, and the one to come back to.

use std::fmt::Write as _;
use std::io;

use super::{Frame, footer};
use crate::report::paint::{counted, dim, grouped, heading, plain};
use crate::report::sheet::Sheet;
use crate::report::table::{Cell, Column, Table};
use crate::report::wire::{Canonical, ClusterRow, ClustersDocument, Definition};

pub const RULE: &str = "counted: classes at module level, one a module and name; same-name in two or more modules, families by \
                        stem, near copies by their bodies; `fragscope explain clusters` tells what is no duplicate";

/// Definitions shown of each cluster.
const SHOWN: usize = 12;

pub fn print(sheet: &mut Sheet, document: &ClustersDocument, frame: &Frame) -> io::Result<()> {
    sheet.heading(frame.heading.as_str())?;
    for row in &document.document.rows {
        sheet.blank()?;
        cluster(sheet, row)?;
    }
    if !document.apart.is_empty() {
        sheet.blank()?;
        let names = counted(document.apart.len(), "more name");
        sheet.remark(&format!(
            "{names} in two or more modules only as base and subclass, or interface and implementation: no duplicates"
        ))?;
    }
    footer(sheet, frame, &document.document.tree, document.document.omitted)
}

fn cluster(sheet: &mut Sheet, row: &ClusterRow) -> io::Result<()> {
    let all = row.definitions.len() + row.kin.len();
    let copies = row.kin.iter().filter(|kin| kin.by == "near-copy").count();
    let family = row.kin.len() - copies;
    let mut what = counted(row.definitions.len(), "definition");
    if family > 0 {
        write!(what, " and {} of the family", grouped(family)).expect("a string grows");
    }
    if copies > 0 {
        write!(what, " and {}", counted(copies, "near copy")).expect("a string grows");
    }
    sheet.line([
        heading(&row.name),
        dim(format!("  {}  ", row.kind)),
        plain(format!("{what}, effectively {:.1}", row.effective)),
    ])?;
    sheet.remark(&format!("  score {:.1}{}", row.score, beside(row)))?;
    sheet.table(&definitions(row))?;
    if all > SHOWN {
        sheet.dim(format!("  … and {}", counted(all - SHOWN, "more definition")))?;
    }
    canonical(sheet, &row.canonical)
}

fn beside(row: &ClusterRow) -> String {
    let beside: Vec<String> =
        row.beside.iter().map(|(word, count)| format!("{count} {word}")).collect();
    if beside.is_empty() { String::new() } else { format!("; beside it {}", beside.join(", ")) }
}

pub fn definitions(row: &ClusterRow) -> Table {
    let mut table = Table::new([
        Column::text(""),
        Column::name("definition"),
        Column::name("place").rank(1),
        Column::number("lines").rank(4),
        Column::number("used by"),
        Column::number("tests").rank(3),
        Column::number("alike"),
        Column::text("").rank(2),
    ])
    .indented(2);
    for definition in row.definitions.iter().chain(&row.kin).take(SHOWN) {
        let name = format!("{}.{}", definition.module, definition.qualname);
        table.row([
            Cell::text(if name == row.canonical.definition { "*" } else { "" }),
            Cell::text(&name),
            Cell::dim(&format!("{}:{}", definition.file.path, definition.line)),
            Cell::number(definition.lines as usize),
            Cell::number(definition.importers),
            Cell::number(definition.tests),
            Cell::text(&format!("{}%", definition.similarity)),
            Cell::dim(&tie(row, definition)),
        ]);
    }
    table
}

/// What ties a definition to its cluster, where it is not the cluster's own rule; and what it is, if no production code.
fn tie(row: &ClusterRow, definition: &Definition) -> String {
    let mut words = Vec::new();
    if definition.by != row.kind {
        words.push(definition.by.clone());
    }
    if !definition.affixes.is_empty() {
        words.push(format!("+{}", definition.affixes.join(" +")));
    }
    words.extend(definition.relation.clone());
    if definition.kind != "production" {
        words.push(definition.kind.clone());
    }
    words.join(" ")
}

/// `  come back to app.core.Manager (high): used by 8 of 9 importing files; …`
pub fn canonical(sheet: &mut Sheet, canonical: &Canonical) -> io::Result<()> {
    sheet.line([
        dim("  come back to "),
        plain(&canonical.path),
        dim(format!(" ({})", canonical.confidence)),
    ])?;
    if !canonical.reasons.is_empty() {
        sheet.remark(&format!("    for {}", canonical.reasons.join("; ")))?;
    }
    if !canonical.against.is_empty() {
        sheet.remark(&format!("    against {}", canonical.against.join("; ")))?;
    }
    Ok(())
}

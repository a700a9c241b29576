//! The page of `findings`: how many of each rule, then each at its place with its remedy.

use std::collections::BTreeMap;
use std::io;

use super::{Frame, footer};
use crate::report::paint::{counted, dim, heading, plain, warn};
use crate::report::sheet::Sheet;
use crate::report::table::{Cell, Column, Table};
use crate::report::wire::{FindingRow, FindingsDocument};

pub const RULE: &str = "counted: one finding a rule and place; what a comment allows is left out; `fragscope explain RULE` tells \
                        what a rule means";

/// `summary`: every rule with the number of its findings, before any limit.
pub fn print(
    sheet: &mut Sheet,
    document: &FindingsDocument,
    frame: &Frame,
    summary: &[(String, String, usize)],
) -> io::Result<()> {
    sheet.heading(frame.heading.as_str())?;
    by_rule(sheet, summary)?;
    by_file(sheet, &document.document.rows)?;
    if !document.allowed.is_empty() {
        sheet.blank()?;
        sheet.dim(format!("{} allowed by comments", counted(document.allowed.len(), "finding")))?;
    }
    footer(sheet, frame, &document.document.tree, document.document.omitted)
}

pub fn by_rule(sheet: &mut Sheet, summary: &[(String, String, usize)]) -> io::Result<()> {
    let mut table =
        Table::new([Column::text("rule"), Column::text("severity"), Column::number("findings")]);
    for (rule, severity, count) in summary {
        table.row([Cell::text(rule), Cell::dim(severity), Cell::number(*count)]);
    }
    if summary.is_empty() { Ok(()) } else { sheet.table(&table) }
}

pub fn by_file(sheet: &mut Sheet, rows: &[FindingRow]) -> io::Result<()> {
    let mut files: BTreeMap<&str, Vec<&FindingRow>> = BTreeMap::new();
    for row in rows {
        files.entry(&row.file.path).or_default().push(row);
    }
    for (path, rows) in files {
        sheet.blank()?;
        sheet.line([heading(path)])?;
        for row in rows {
            finding(sheet, row)?;
        }
    }
    Ok(())
}

fn finding(sheet: &mut Sheet, row: &FindingRow) -> io::Result<()> {
    let severity = match row.severity.as_str() {
        "info" => dim(&row.severity),
        _ => warn(&row.severity),
    };
    sheet.line([
        plain(format!("  {}:{}  ", row.line, row.column)),
        severity,
        plain(format!("  {}", row.rule)),
    ])?;
    sheet.remark(&format!("    {}", row.message))?;
    sheet.remark(&format!("    → {}", row.remedy))
}

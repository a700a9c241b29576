//! The page of `show`: what it is, by which paths it is reached, and from where.

use std::io;

use super::{Frame, footer, users, variants};
use crate::report::paint::{counted, dim, heading, plain};
use crate::report::sheet::Sheet;
use crate::report::wire::{Document, ShowRow};

pub const RULE: &str = "counted: as in `variants` and `users`; the effective number is the exponential of the entropy of \
                        the paths' shares by files";

/// `sites` is the most to show of each symbol's users; 0 shows all.
pub fn print(
    sheet: &mut Sheet,
    document: &Document<ShowRow>,
    frame: &Frame,
    sites: usize,
) -> io::Result<()> {
    sheet.heading(frame.heading.as_str())?;
    for row in &document.rows {
        sheet.blank()?;
        symbol(sheet, row, sites)?;
    }
    footer(sheet, frame, &document.tree, document.omitted)
}

fn symbol(sheet: &mut Sheet, row: &ShowRow, sites: usize) -> io::Result<()> {
    sheet.line([heading(&row.symbol), dim(format!("  {}", row.kind))])?;
    if let Some(place) = &row.place {
        sheet.line([plain(format!("  {}:{}-{}", place.file.path, place.line, place.end_line))])?;
    }
    if let Some(doc) = &row.doc {
        sheet.line([dim(format!("  {doc}"))])?;
    }
    if !row.bases.is_empty() {
        sheet.line([dim("  bases    "), plain(row.bases.join(", "))])?;
    }
    if !row.methods.is_empty() {
        sheet.line([dim("  methods  "), plain(row.methods.join(", "))])?;
    }
    sheet.blank()?;
    sheet.heading(format!(
        "{}, effectively {:.1}",
        counted(row.variants.len(), "path"),
        row.effective
    ))?;
    sheet.table(&variants::table(&row.variants))?;
    sheet.blank()?;
    sheet.heading(counted(row.users.len(), "site"))?;
    let shown = if sites == 0 { row.users.len() } else { row.users.len().min(sites) };
    users::by_file(sheet, &row.users[..shown])?;
    if shown < row.users.len() {
        let more = counted(row.users.len() - shown, "more site");
        sheet.dim(format!("… and {more}; `fragscope users {}` shows them", row.symbol))?;
    }
    Ok(())
}

//! The page of `cache`.

use std::io;

use crate::report::paint::{counted, plain};
use crate::report::sheet::Sheet;
use crate::report::wire::CacheDocument;

pub fn print(sheet: &mut Sheet, document: &CacheDocument) -> io::Result<()> {
    sheet.heading(document.root.as_str())?;
    for row in &document.rows {
        sheet.line([plain(format!(
            "{}: {} of {} in {}",
            row.state,
            size(row.bytes),
            counted(row.trees, "tree"),
            counted(row.files, "file"),
        ))])?;
    }
    sheet
        .dim("facts of Python files by their content, and rankings of trees; without them the next scan parses every file")
}

/// `12.3 MB`
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => counted(bytes as usize, "byte"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        assert_eq!(size(1), "1 byte");
        assert_eq!(size(12_345), "12.3 kB");
        assert_eq!(size(345_678_901), "345.7 MB");
    }
}

//! One line a finding, as compilers write them: editors and `grep` understand it.

use std::io::{self, Write};

use super::{Report, every};
use crate::report::escape::visible;

pub fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    for row in every(report) {
        let line = format!(
            "{}:{}:{}: {}[{}] {}",
            row.file.path, row.line, row.column, row.severity, row.rule, row.message
        );
        let state = if row.state == "new" { String::new() } else { format!(" ({})", row.state) };
        writeln!(out, "{}{state}", visible(&line))?;
    }
    Ok(())
}

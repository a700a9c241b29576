//! GitHub's workflow commands: annotations on the lines of a pull request.

use std::io::{self, Write};

use super::{Report, failing};
use crate::report::escape::visible;

/// So many of each kind are shown a step, and the rest dropped without a word.
const SHOWN: usize = 10;

pub fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    for (severity, command) in [("error", "error"), ("warning", "warning"), ("info", "notice")] {
        let rows: Vec<_> = failing(report).filter(|row| row.severity == severity).collect();
        for (at, row) in rows.iter().take(SHOWN).enumerate() {
            let more = rows.len() - SHOWN.min(rows.len());
            let rest = match more {
                more @ 1.. if at + 1 == SHOWN => format!("; and {more} more of this kind"),
                _ => String::new(),
            };
            writeln!(
                out,
                "::{command} file={},line={},col={},title={}::{}{rest}",
                property(&row.file.path),
                row.line,
                row.column,
                property(&row.rule),
                data(&format!("{} → {}", row.message, row.remedy)),
            )?;
        }
    }
    Ok(())
}

/// No text of the tree can begin a command of its own.
fn data(text: &str) -> String {
    visible(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_begins_a_command() {
        assert_eq!(property("a,b:c%"), "a%2Cb%3Ac%25");
        assert!(!data("x\n::error::y").contains('\n'));
    }
}

//! A table for spreadsheets, by RFC 4180. A cell that a spreadsheet would run as a formula begins with an apostrophe.

use std::io::{self, Write};

use super::{Report, every};
use crate::report::escape::visible;

pub fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    write!(out, "rule,severity,state,path,line,column,symbol,message,remedy,fingerprint\r\n")?;
    for row in every(report) {
        let (line, column) = (row.line.to_string(), row.column.to_string());
        let cells = [
            &row.rule,
            &row.severity,
            &row.state,
            &row.file.path,
            &line,
            &column,
            &row.symbol,
            &row.message,
            &row.remedy,
            &row.fingerprint,
        ];
        let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
        write!(out, "{}\r\n", cells.join(","))?;
    }
    Ok(())
}

fn cell(text: &str) -> String {
    let text = visible(text);
    let is_formula = text.starts_with(['=', '+', '-', '@']);
    let text = if is_formula { format!("'{text}") } else { text.into_owned() };
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be_and_never_run() {
        assert_eq!(cell("plain"), "plain");
        assert_eq!(cell("a, \"b\""), "\"a, \"\"b\"\"\"");
        assert_eq!(cell("=HYPERLINK()"), "'=HYPERLINK()");
    }
}

//! Markdown that fits a comment on a pull request.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Report, failing, fails};
use crate::report::escape::visible;
use crate::report::paint::counted;
use crate::report::text::coverage;

/// GitHub refuses a comment of more characters than this.
const LONGEST: usize = 60_000;

pub fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let rows: Vec<_> = failing(report).collect();
    let known = report.rows.iter().filter(|row| !fails(row)).count();
    let mut text = format!("### fragscope: {}", counted(rows.len(), "new finding"));
    writeln!(text, ", {known} known, {} stale", report.stale.len()).map_err(io::Error::other)?;
    let mut rules: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for row in &rows {
        rules.entry(&row.rule).or_default().push(row);
    }
    let mut left_out = 0;
    for (rule, rows) in rules {
        let mut part = format!("\n**{rule}** ({})\n\n", rows.len());
        for row in &rows {
            writeln!(
                part,
                "- `{}:{}` {} → {}",
                code(&row.file.path),
                row.line,
                plain(&row.message),
                plain(&row.remedy)
            )
            .map_err(io::Error::other)?;
        }
        if text.len() + part.len() > LONGEST {
            left_out += rows.len();
        } else {
            text += &part;
        }
    }
    if left_out > 0 {
        let left_out = counted(left_out, "finding");
        writeln!(text, "\n… and {left_out} that do not fit here").map_err(io::Error::other)?;
    }
    writeln!(text, "\n<sub>{}</sub>", coverage(report.tree)).map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

fn code(text: &str) -> String {
    visible(text).replace('`', "'")
}

/// Text of the tree is text: it neither links, nor mentions, nor starts HTML.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut in_code = false;
    for c in visible(text).chars() {
        match c {
            '`' => in_code = !in_code,
            '<' | '>' | '[' | ']' | '*' | '_' | '@' | '#' | '|' if !in_code => plain.push('\\'),
            _ => {}
        }
        plain.push(c);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_the_tree_stays_text() {
        assert_eq!(plain("see @all <b> `a_b` [x]"), "see \\@all \\<b\\> `a_b` \\[x\\]");
    }
}

//! JUnit's XML: a suite a rule, a test case a module; what is new fails, what is known is skipped.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Report, fails};
use crate::report::escape::visible;
use crate::report::wire::FindingRow;

pub fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let mut suites: BTreeMap<&str, BTreeMap<&str, Vec<&FindingRow>>> = BTreeMap::new();
    for (rule, ..) in report.rules {
        suites.entry(rule).or_default();
    }
    for row in report.rows.iter().chain(report.added) {
        suites.entry(&row.rule).or_default().entry(&row.file.path).or_default().push(row);
    }
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let is_new = |rows: &Vec<&FindingRow>| rows.iter().any(|row| fails(row));
    // A rule that found nothing is a test that passed.
    let all: usize = suites.values().map(|cases| cases.len().max(1)).sum();
    let failed = suites.values().flat_map(BTreeMap::values).filter(|rows| is_new(rows)).count();
    writeln!(
        out,
        "<testsuites name=\"fragscope\" tests=\"{all}\" failures=\"{failed}\" errors=\"0\">"
    )?;
    for (rule, cases) in suites {
        let failures = cases.values().filter(|rows| is_new(rows)).count();
        let tests = cases.len().max(1);
        let skipped = cases.len() - failures;
        writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">",
            xml(rule)
        )?;
        if cases.is_empty() {
            writeln!(out, "    <testcase classname=\"{}\" name=\"nothing found\"/>", xml(rule))?;
        }
        for (path, rows) in cases {
            writeln!(
                out,
                "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\">",
                xml(rule),
                xml(path),
                xml(path)
            )?;
            if is_new(&rows) {
                let new: Vec<_> = rows.iter().filter(|row| fails(row)).collect();
                let lines: Vec<String> = new
                    .iter()
                    .map(|row| {
                        format!("{}:{}: {} → {}", row.file.path, row.line, row.message, row.remedy)
                    })
                    .map(|line| xml(&line))
                    .collect();
                writeln!(
                    out,
                    "      <failure message=\"{}\" type=\"{}\">{}</failure>",
                    xml(&new[0].message),
                    xml(&new[0].severity),
                    lines.join("\n")
                )?;
            } else {
                writeln!(out, "      <skipped message=\"known\"/>")?;
            }
            writeln!(out, "    </testcase>")?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

/// XML 1.0 has neither control characters nor two that Unicode leaves free: they are made visible before.
fn xml(text: &str) -> String {
    visible(text)
        .replace('\u{fffe}', "\\u{fffe}")
        .replace('\u{ffff}', "\\u{ffff}")
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_place() {
        assert_eq!(xml("a<b>&\"]]>\u{1}"), "a&lt;b&gt;&amp;&quot;]]&gt;\\x01");
        assert_eq!(xml("\u{ffff}"), "\\u{ffff}");
    }
}

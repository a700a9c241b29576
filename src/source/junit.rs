//! Results of a test run as pytest writes them with `--junit-xml`.

use std::path::Path;

use anyhow::{Context, anyhow, ensure};

use super::read::read_regular;

/// A file larger than this is no test report.
const LARGEST: u64 = 1 << 30;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    /// An assertion, or an error while the test or its fixtures ran.
    Failed,
    Skipped,
    /// The test file could not be imported.
    NotCollected,
}

/// One test case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Dotted module of the test file, with its class when there is one.
    pub module: String,
    /// The test file, when the report names it.
    pub file: Option<String>,
    pub outcome: Outcome,
    /// The first line of what went wrong.
    pub message: String,
}

/// Reads a report.
pub fn read(path: &Path) -> anyhow::Result<Vec<Case>> {
    let bytes = read_regular(path, LARGEST)
        .map_err(|reason| anyhow!("cannot read the test results {}: {reason}", path.display()))?;
    let text = String::from_utf8_lossy(&bytes);
    parse(&text).with_context(|| format!("cannot understand the test results {}", path.display()))
}

fn parse(text: &str) -> anyhow::Result<Vec<Case>> {
    let document = roxmltree::Document::parse(text)?;
    let root = document.root_element().tag_name().name();
    ensure!(
        matches!(root, "testsuites" | "testsuite"),
        "it is no JUnit report, its outermost element is `{root}`; `pytest --junit-xml FILE` writes one"
    );
    let cases = document.descendants().filter(|node| node.has_tag_name("testcase"));
    Ok(cases.map(case).collect())
}

fn case(node: roxmltree::Node) -> Case {
    let attribute = |name: &str| node.attribute(name).unwrap_or_default();
    let found = node.children().find_map(|child| {
        let message = child.attribute("message").unwrap_or_default();
        match child.tag_name().name() {
            "error" if message.contains("collection failure") => {
                Some((Outcome::NotCollected, child.text().unwrap_or(message)))
            }
            "error" | "failure" => Some((Outcome::Failed, message)),
            "skipped" => Some((Outcome::Skipped, message)),
            _ => None,
        }
    });
    let (outcome, message) = found.unwrap_or((Outcome::Passed, ""));
    // What could not be collected is a case without a class, whose name is the module.
    let module = match attribute("classname") {
        "" => attribute("name"),
        class => class,
    };
    Case {
        module: module.to_owned(),
        file: node.attribute("file").map(str::to_owned),
        outcome,
        message: telling_line(message).to_owned(),
    }
}

/// The line that says what went wrong: pytest marks it with an `E`, else it is the first one.
fn telling_line(message: &str) -> &str {
    let marked = message.lines().find_map(|line| line.strip_prefix("E  "));
    marked.or_else(|| message.lines().find(|line| !line.trim().is_empty())).unwrap_or("").trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" tests="4">
<testcase classname="tests.unit.test_core.TestManager" name="test_send" time="0.1"/>
<testcase classname="tests.unit.test_core" name="test_stop"><failure message="assert 1 == 2">lines</failure></testcase>
<testcase classname="tests.unit.test_core" name="test_skip"><skipped message="not now"/></testcase>
<testcase classname="" name="tests.unit.test_gone"><error message="collection failure">ImportError while importing
tests/unit/test_gone.py:1: in &lt;module&gt;
E   ModuleNotFoundError: No module named 'gone'</error></testcase>
</testsuite></testsuites>"#;

    #[test]
    fn every_case_has_its_result() {
        let cases = parse(REPORT).unwrap();
        let told: Vec<(&str, Outcome, &str)> =
            cases.iter().map(|case| (&*case.module, case.outcome, &*case.message)).collect();
        assert_eq!(
            told,
            [
                ("tests.unit.test_core.TestManager", Outcome::Passed, ""),
                ("tests.unit.test_core", Outcome::Failed, "assert 1 == 2"),
                ("tests.unit.test_core", Outcome::Skipped, "not now"),
                (
                    "tests.unit.test_gone",
                    Outcome::NotCollected,
                    "ModuleNotFoundError: No module named 'gone'"
                ),
            ]
        );
    }

    #[test]
    fn what_is_no_report_is_told() {
        assert!(parse("<html/>").unwrap_err().to_string().contains("outermost element is `html`"));
        assert!(parse("not xml").is_err());
    }
}

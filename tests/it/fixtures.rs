//! Small Python trees and the rows we expect of them; `tests/fixtures/README.md` says how to add one.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use fragscope::engine::{self, Options, Progress};
use fragscope::model::Resolver;
use serde::Deserialize;
use serde_json::Value;
use walkdir::WalkDir;

use crate::program::Call;

/// `case.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The point of the case, in one sentence.
    about: String,
    /// Of a rule's case: whether it finds something.
    pub kind: Option<CaseKind>,
    /// Command and arguments; the tree's path is added.
    pub run: Vec<String>,
    /// Fields of each row to print; `a.b` reaches into objects, and into each object of a list.
    #[serde(default)]
    columns: Vec<String>,
    /// Fields of the `tree` object to print before the rows.
    #[serde(default)]
    tree: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseKind {
    Hit,
    NearMiss,
}

#[test]
fn every_fixture_gives_its_expected_rows() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let cases = case_folders(&fixtures);
    assert!(!cases.is_empty(), "no case.toml under {}", fixtures.display());

    let bless = std::env::var_os("FRAGSCOPE_BLESS").is_some_and(|value| value == "1");
    let mut report = String::new();
    let mut n_failed = 0;
    for folder in &cases {
        let result = if bless { bless_case(folder) } else { check_case(folder) };
        if let Err(problem) = result {
            n_failed += 1;
            let name = folder.strip_prefix(&fixtures).unwrap_or(folder);
            write!(report, "\n{}\n{}\n", name.display(), indented(&problem))
                .expect("a string takes all");
        }
    }
    assert!(n_failed == 0, "{n_failed} of {} cases fail\n{report}", cases.len());
}

#[test]
fn imports_linked_together_lead_where_each_leads_alone() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let snapshot = engine::scan(&fixtures, &Options::default(), &Progress::default()).unwrap();
    let project = &snapshot.project;
    let mut n_imports = 0;
    for id in project.ids() {
        let file = project.file(id);
        for (row, import) in file.facts.imports().iter().enumerate() {
            let alone = Resolver::new(project).import(id, import);
            let end = alone.iter().map(|reached| reached.end).min_by_key(|end| end.outcome());
            let linked = project.link_of(id, row).end;
            assert_eq!(Some(linked), end, "{} line {}", file.path, import.line);
            n_imports += 1;
        }
    }
    assert!(n_imports > 500, "only {n_imports} imports in {}", fixtures.display());
}

#[test]
fn cells_reach_into_objects_and_lists() {
    let row: Value = serde_json::from_str(
        r#"{"a": {"b": 1}, "edges": [{"to": "x"}, {"to": "y"}], "none": null, "empty": "", "list": []}"#,
    )
    .unwrap();
    let cells: Vec<String> = ["a.b", "edges.to", "none", "empty", "list"]
        .iter()
        .map(|column| cell(&row, column).unwrap())
        .collect();
    assert_eq!(cells, ["1", "x,y", "null", "\"\"", "[]"]);
    assert_eq!(cell(&row, "a.c"), None);
}

#[test]
fn a_difference_shows_what_is_lacking_and_what_is_too_much() {
    assert_eq!(difference("a\nb\nc\n", "a\nx\nc\n"), "  a\n- b\n+ x\n  c\n");
    assert_eq!(difference("a\nb\n", "b\na\n"), "the same lines in another order\n- a\n  b\n+ a\n");
}

pub fn case_folders(fixtures: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = WalkDir::new(fixtures)
        .into_iter()
        .map(|entry| entry.expect("the fixtures can be walked"))
        .filter(|entry| entry.file_name() == "case.toml")
        .map(|entry| entry.path().parent().expect("a file has a folder").to_path_buf())
        .collect();
    folders.sort();
    folders
}

fn check_case(folder: &Path) -> Result<(), String> {
    let case = read_case(folder)?;
    let expected = fs::read_to_string(folder.join("expected.txt")).map_err(|error| {
        format!("cannot read expected.txt: {error}; write it, or run with FRAGSCOPE_BLESS=1")
    })?;
    let actual = actual(&case, folder).map_err(|problem| told(&case, &problem))?;
    if actual == expected { Ok(()) } else { Err(told(&case, &difference(&expected, &actual))) }
}

fn bless_case(folder: &Path) -> Result<(), String> {
    let actual = actual(&read_case(folder)?, folder)?;
    fs::write(folder.join("expected.txt"), actual)
        .map_err(|error| format!("cannot write expected.txt: {error}"))
}

pub fn read_case(folder: &Path) -> Result<Case, String> {
    let text = fs::read_to_string(folder.join("case.toml")).map_err(|error| error.to_string())?;
    let case: Case = toml::from_str(&text).map_err(|error| format!("case.toml: {error}"))?;
    if case.about.trim().is_empty()
        || case.run.is_empty()
        || case.columns.len() + case.tree.len() == 0
    {
        return Err(
            "case.toml: `about`, `run` and `columns` or `tree` must say something".to_string()
        );
    }
    if !folder.join("tree").is_dir() {
        return Err("there is no folder `tree`".to_string());
    }
    Ok(case)
}

/// The lines that expected.txt should hold.
fn actual(case: &Case, folder: &Path) -> Result<String, String> {
    let tree = folder.join("tree");
    let outcome = Call::new()
        .args(&case.run)
        .args([tree.as_os_str()])
        .args(["--format", "json", "--no-cache"])
        .run();
    let document = outcome.json()?;

    let mut lines = String::new();
    let found = !document["rows"].as_array().is_none_or(Vec::is_empty);
    match case.kind {
        Some(CaseKind::Hit) if !found => return Err("a hit finds something".to_string()),
        Some(CaseKind::NearMiss) if found => {
            return Err(format!("a near miss finds nothing, and not {:#}", document["rows"]));
        }
        _ => {}
    }
    for name in &case.tree {
        let value = cell(&document["tree"], name).unwrap_or_else(|| "absent".to_string());
        writeln!(lines, "{name} = {value}").expect("a string takes all");
    }
    if !case.columns.is_empty() {
        let rows = document["rows"].as_array().ok_or("the document has no list `rows`")?;
        lines += &listed(case, rows)?;
    }
    Ok(lines)
}

/// One line a row, with the fields that the case asks for.
pub fn listed(case: &Case, rows: &[Value]) -> Result<String, String> {
    let mut lines = String::new();
    for row in rows {
        let cells: Option<Vec<String>> =
            case.columns.iter().map(|column| cell(row, column)).collect();
        let cells = cells.ok_or_else(|| format!("a row lacks one of {:?}: {row}", case.columns))?;
        writeln!(lines, "{}", cells.join("  ")).expect("a string takes all");
    }
    Ok(lines)
}

/// One field as text; none when there is no such field.
fn cell(value: &Value, path: &str) -> Option<String> {
    if path.is_empty() {
        return Some(match value {
            Value::Array(items) if items.is_empty() => "[]".to_string(),
            Value::Array(items) => {
                items.iter().map(|item| cell(item, "")).collect::<Option<Vec<_>>>()?.join(",")
            }
            Value::String(text) if text.is_empty() => "\"\"".to_string(),
            Value::String(text) => text.clone(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
        });
    }
    if let Value::Array(items) = value {
        return Some(
            items.iter().map(|item| cell(item, path)).collect::<Option<Vec<_>>>()?.join(","),
        );
    }
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    cell(value.get(name)?, rest)
}

fn told(case: &Case, problem: &str) -> String {
    format!("about: {}\nrun:   {}\n{}", case.about, case.run.join(" "), problem.trim_end())
}

/// `-` is expected and not there, `+` is there and not expected.
fn difference(expected: &str, actual: &str) -> String {
    let (left, right): (Vec<&str>, Vec<&str>) =
        (expected.lines().collect(), actual.lines().collect());
    let (mut sorted_left, mut sorted_right) = (left.clone(), right.clone());
    sorted_left.sort_unstable();
    sorted_right.sort_unstable();
    let mut text = String::new();
    if sorted_left == sorted_right {
        text.push_str("the same lines in another order\n");
    }

    // Lengths of the longest common subsequence of what is left of both sides.
    let mut common = vec![vec![0_usize; right.len() + 1]; left.len() + 1];
    for i in (0..left.len()).rev() {
        for j in (0..right.len()).rev() {
            common[i][j] = if left[i] == right[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < left.len() || j < right.len() {
        let (mark, line) = if i < left.len() && j < right.len() && left[i] == right[j] {
            i += 1;
            j += 1;
            (' ', left[i - 1])
        } else if j == right.len() || (i < left.len() && common[i + 1][j] >= common[i][j + 1]) {
            i += 1;
            ('-', left[i - 1])
        } else {
            j += 1;
            ('+', right[j - 1])
        };
        writeln!(text, "{mark} {line}").expect("a string takes all");
    }
    text
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

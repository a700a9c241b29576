//! The gate from outside: what is new, what is known whatever moves, and when no judgement is possible.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Call, Outcome};

/// A tree with two classes of one name, a shim, and a user of it.
fn tree() -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, text) in [
        ("app/__init__.py", ""),
        ("app/core/store.py", "class Store:\n    def get(self):\n        return 1\n"),
        ("app/old/store.py", "class Store:\n    def get(self):\n        return [2]\n"),
        ("app/shim.py", "from app.core.store import Store\n"),
        ("use/one.py", "from app.core.store import Store\n"),
        ("use/two.py", "from app.shim import Store\nfrom app.gone import Missing\n"),
    ] {
        write(folder.path(), path, text);
    }
    folder
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn run(folder: &Path, arguments: &[&str]) -> Outcome {
    Call::new().args(arguments).arg("--no-cache").in_folder(folder).run()
}

fn check(folder: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let outcome = run(folder, &[&["check", "--format", "json", "--known"], arguments].concat());
    let document = serde_json::from_slice(&outcome.stdout).unwrap_or(Value::Null);
    (outcome.code, document)
}

fn states(document: &Value) -> Vec<(&str, &str)> {
    let rows = document["rows"].as_array().unwrap().iter();
    rows.map(|row| (row["rule"].as_str().unwrap(), row["state"].as_str().unwrap())).collect()
}

fn with_baseline() -> TempDir {
    let folder = tree();
    assert_eq!(run(folder.path(), &["baseline", "init"]).code, Some(0));
    folder
}

#[test]
fn without_a_baseline_all_is_new_and_with_one_nothing_is() {
    let folder = tree();
    let (code, document) = check(folder.path(), &[]);
    assert_eq!(code, Some(1));
    let found = states(&document);
    assert!(found.len() > 3 && found.iter().all(|(_, state)| *state == "new"), "{found:?}");
    assert_eq!(check(folder.path(), &["--exit-zero"]).0, Some(0));

    assert_eq!(run(folder.path(), &["baseline", "init"]).code, Some(0));
    let before = fs::read(folder.path().join("fragscope-baseline.jsonl")).unwrap();
    let (code, document) = check(folder.path(), &[]);
    assert_eq!(code, Some(0));
    assert!(states(&document).iter().all(|(_, state)| *state == "known"));
    assert_eq!(run(folder.path(), &["baseline", "update"]).code, Some(0));
    assert_eq!(fs::read(folder.path().join("fragscope-baseline.jsonl")).unwrap(), before);
}

#[test]
fn lines_that_move_change_nothing() {
    let folder = with_baseline();
    for path in ["app/core/store.py", "app/old/store.py", "app/shim.py", "use/one.py", "use/two.py"]
    {
        let text = fs::read_to_string(folder.path().join(path)).unwrap();
        write(folder.path(), path, &format!("{}{text}", "# moved\n".repeat(10)));
    }
    assert_eq!(check(folder.path(), &[]).0, Some(0));
}

#[test]
fn a_folder_with_another_name_is_followed() {
    let folder = with_baseline();
    fs::rename(folder.path().join("use"), folder.path().join("usage")).unwrap();
    let (code, document) = check(folder.path(), &["--strict"]);
    let found = states(&document);
    assert_eq!(code, Some(0), "{found:?}");
    assert!(found.iter().any(|(_, state)| *state == "moved"), "{found:?}");
    assert_eq!(run(folder.path(), &["baseline", "update"]).code, Some(0));
    let (_, document) = check(folder.path(), &[]);
    assert!(states(&document).iter().all(|(_, state)| *state == "known"));
}

#[test]
fn a_copy_is_one_new_finding_and_a_removal_one_stale_entry() {
    let folder = with_baseline();
    write(
        folder.path(),
        "app/third/store.py",
        "class Store:\n    def get(self):\n        return {3}\n",
    );
    write(folder.path(), "use/three.py", "from app.third.store import Store\n");
    let (code, document) = check(folder.path(), &["--rule", "duplicate-class"]);
    assert_eq!(code, Some(1));
    let new: Vec<_> = document["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["state"] == "new")
        .map(|row| row["symbol"].as_str().unwrap())
        .collect();
    assert_eq!(new, ["app.third.store.Store"]);

    let folder = with_baseline();
    write(folder.path(), "use/two.py", "from app.shim import Store\n");
    let (code, document) = check(folder.path(), &[]);
    assert_eq!(code, Some(0));
    assert_eq!(document["stale"].as_array().unwrap().len(), 1);
    assert_eq!(check(folder.path(), &["--strict"]).0, Some(1));
}

#[test]
fn accepting_needs_a_reason_and_a_finding() {
    let folder = with_baseline();
    write(
        folder.path(),
        "use/three.py",
        "from app.gone import Missing\n\nclass Three(Missing):\n    pass\n",
    );
    let (code, document) = check(folder.path(), &[]);
    assert_eq!(code, Some(1));
    let rows = document["rows"].as_array().unwrap();
    let new = rows.iter().find(|row| row["state"] == "new").unwrap();
    let fingerprint = new["fingerprint"].as_str().unwrap();
    assert_eq!(run(folder.path(), &["baseline", "accept", fingerprint]).code, Some(2));
    assert_eq!(run(folder.path(), &["baseline", "accept", "0000", "--reason", "x"]).code, Some(2));
    let accept = ["baseline", "accept", fingerprint, "--reason", "gone until May"];
    assert_eq!(run(folder.path(), &accept).code, Some(0));
    assert_eq!(check(folder.path(), &[]).0, Some(0));
    let text = fs::read_to_string(folder.path().join("fragscope-baseline.jsonl")).unwrap();
    assert!(text.contains("\"reason\":\"gone until May\""));
}

#[test]
fn no_judgement_is_possible() {
    let said = |folder: &Path, arguments: &[&str]| {
        let outcome = run(folder, arguments);
        assert_eq!(outcome.code, Some(2), "{arguments:?}");
        String::from_utf8(outcome.stderr).unwrap()
    };
    let empty = TempDir::new().unwrap();
    assert!(said(empty.path(), &["check"]).contains("there is no Python file"));
    write(empty.path(), "a.py", "x = 1\n");
    assert!(said(empty.path(), &["check"]).contains("no file imports anything"));
    write(empty.path(), "b.py", "import a\ndef broken(:\n");
    assert!(said(empty.path(), &["check", "--min-coverage", "90"]).contains("only 50.0 %"));

    let folder = with_baseline();
    assert!(
        said(folder.path(), &["check", "--baseline", "none"]).contains("there is no baseline none")
    );
    assert!(
        said(folder.path(), &["check", "--rule", "shim-modul"])
            .contains("did you mean `shim-module`")
    );
    assert!(said(folder.path(), &["baseline", "init"]).contains("already"));
    let path = folder.path().join("fragscope-baseline.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("{\"fp\":", "<<<<<<< ours\n{\"fp\":")).unwrap();
    assert!(said(folder.path(), &["check"]).contains("merge conflict"));
    fs::write(&path, "").unwrap();
    assert!(said(folder.path(), &["check"]).contains("it is empty"));
}

#[test]
fn branches_merge_without_a_conflict() {
    let folder = with_baseline();
    let path = folder.path().join("fragscope-baseline.jsonl");
    let base = fs::read_to_string(&path).unwrap();
    let ours: String = base
        .lines()
        .filter(|line| !line.contains("shim-module"))
        .map(|line| line.to_owned() + "\n")
        .collect();
    let theirs: String = base
        .lines()
        .filter(|line| !line.contains("duplicate-class"))
        .map(|line| line.to_owned() + "\n")
        .collect();
    for (name, text) in [("base", &base), ("ours", &ours), ("theirs", &theirs)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    assert_eq!(run(folder.path(), &["baseline", "merge", "base", "ours", "theirs"]).code, Some(0));
    let merged = fs::read_to_string(folder.path().join("ours")).unwrap();
    let kept = base
        .lines()
        .filter(|line| !line.contains("shim-module") && !line.contains("duplicate-class"));
    assert_eq!(merged.lines().collect::<Vec<_>>(), kept.collect::<Vec<_>>());
}

#[test]
fn every_format_is_what_it_says() {
    let folder = tree();
    let text = |format: &str| {
        let outcome = run(folder.path(), &["check", "--format", format]);
        assert_eq!(outcome.code, Some(1), "{format}");
        String::from_utf8(outcome.stdout).unwrap()
    };
    let (_, document) = check(folder.path(), &[]);
    let count = document["rows"].as_array().unwrap().len();
    assert_eq!(text("concise").lines().count(), count);
    assert_eq!(text("csv").lines().count(), count + 1);
    for line in text("json-lines").lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        assert_eq!(row["state"], "new");
    }
    let sarif: Value = serde_json::from_str(&text("sarif")).unwrap();
    let results = &sarif["runs"][0];
    assert_eq!(results["results"].as_array().unwrap().len(), count);
    for result in results["results"].as_array().unwrap() {
        let rule =
            &results["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["help"]["text"].as_str().unwrap().contains("What to do"));
    }
    let gitlab: Value = serde_json::from_str(&text("gitlab")).unwrap();
    let mut fingerprints: Vec<&str> = gitlab
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| issue["fingerprint"].as_str().unwrap())
        .collect();
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), count);
    assert!(text("junit").starts_with("<?xml version=\"1.0\""));
    assert!(text("github").lines().all(|line| line.starts_with("::")));
    assert!(text("markdown").starts_with("### fragscope: "));
    let outcome = run(folder.path(), &["scan", "--format", "sarif"]);
    assert_eq!(outcome.code, Some(2));
}

#[test]
fn names_of_the_tree_cannot_leave_their_place_in_any_format() {
    let folder = TempDir::new().unwrap();
    let odd = "app/x\n::error::owned ]]><b>\u{1b}[2J,\"q\".py";
    write(folder.path(), odd, "from app.gone import Missing\n");
    write(folder.path(), "app/a.py", "import os\n");
    for format in [
        "text",
        "json",
        "concise",
        "json-lines",
        "sarif",
        "junit",
        "github",
        "gitlab",
        "markdown",
        "csv",
    ] {
        let outcome = run(folder.path(), &["check", "--format", format]);
        assert_eq!(outcome.code, Some(1), "{format}: {}", String::from_utf8_lossy(&outcome.stderr));
        let text = String::from_utf8(outcome.stdout).unwrap();
        assert!(!text.contains('\u{1b}'), "{format}");
        assert!(!text.lines().any(|line| line.starts_with("::error::owned")), "{format}");
    }
}

#[test]
fn files_are_written_beside_the_answer() {
    let folder = tree();
    let arguments = ["check", "--output", "sarif=out.sarif", "--output", "junit=out.xml"];
    assert_eq!(run(folder.path(), &arguments).code, Some(1));
    let sarif: Value =
        serde_json::from_slice(&fs::read(folder.path().join("out.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert!(fs::read_to_string(folder.path().join("out.xml")).unwrap().contains("<testsuites"));
    assert_eq!(run(folder.path(), &["check", "--output", "json=out.json"]).code, Some(1));
    let json: Value =
        serde_json::from_slice(&fs::read(folder.path().join("out.json")).unwrap()).unwrap();
    assert_eq!(json["schema"], "fragscope/check/1");
    let nowhere = ["check", "--output", "sarif=none/out.sarif"];
    assert_eq!(run(folder.path(), &nowhere).code, Some(2));
    assert_eq!(run(folder.path(), &["check", "--output", "srif=x"]).code, Some(2));
}

#[test]
fn what_counts_as_moved_can_be_set() {
    let moved = |setting: &str, is_copied: bool| {
        let folder = with_baseline();
        write(folder.path(), "fragscope.toml", setting);
        fs::create_dir(folder.path().join("usage")).unwrap();
        for name in ["one.py", "two.py"] {
            let (from, to) = (folder.path().join("use").join(name), folder.path().join("usage"));
            fs::rename(&from, to.join(name)).unwrap();
            if is_copied {
                fs::write(from, "").unwrap();
            }
        }
        let (code, document) = check(folder.path(), &[]);
        (code, states(&document).iter().filter(|(_, state)| *state == "moved").count())
    };
    assert_eq!(moved("", false), moved("moves = \"rename\"\n", false));
    assert_eq!(moved("", false).0, Some(0));
    // The files are still there: what they had is no longer in them.
    assert_eq!(moved("", true), (Some(1), 0));
    assert_eq!(moved("moves = \"any\"\n", true), moved("", false));
    assert_eq!(moved("moves = \"deny\"\n", false), (Some(1), 0));
}

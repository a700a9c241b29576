//! Trees that mean harm: whatever lies in them, the program ends well, tells what it left out, and runs and writes nothing.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic like the tests they serve")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Call, Outcome};

mod bytes;
mod cache;
mod entries;
mod git;
mod names;
mod sameness;

/// Every command that reads a tree, with a symbol where it takes one.
const COMMANDS: &[&[&str]] = &[
    &["scan"],
    &["classes"],
    &["variants", "Good"],
    &["users", "Good"],
    &["unresolved"],
    &["cycles"],
    &["show", "Good"],
    &["clusters"],
    &["hotspots"],
    &["tests", "Good"],
];

const FORMATS: &[&str] = &["text", "json"];

/// A tree that is made for one test. It always holds `good.py` with the class `Good`, which nothing may hide.
struct Tree {
    folder: TempDir,
}

impl Tree {
    fn new() -> Self {
        let folder =
            tempfile::Builder::new().prefix("fragscope-").tempdir().expect("a temporary folder");
        let tree = Self { folder };
        fs::create_dir(tree.root()).expect("a new folder");
        tree.write("good.py", "class Good: pass\n");
        tree
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("tree")
    }

    /// A place beside the tree.
    fn outside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder"))
            .expect("folders can be made");
        fs::write(&path, bytes).expect("the file can be written");
        path
    }

    fn pipe(&self, path: impl AsRef<Path>) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("a pipe has a folder"))
            .expect("folders can be made");
        make_pipe(&path);
    }

    fn link(&self, path: &str, target: impl AsRef<Path>) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("a link has a folder"))
            .expect("folders can be made");
        std::os::unix::fs::symlink(target, path).expect("the link can be made");
    }

    fn call(&self, command: &[&str], format: &str) -> Call {
        Call::new().args(command).arg(self.root()).args(["--format", format])
    }

    fn run(&self, command: &[&str], format: &str) -> Outcome {
        self.call(command, format).args(["--no-cache"]).run()
    }

    fn json(&self, command: &[&str]) -> Value {
        self.run(command, "json").json().unwrap_or_else(|problem| panic!("{command:?}: {problem}"))
    }

    /// What `scan` says, once nothing hides `Good` and the numbers add up.
    fn survive(&self) -> Survivor {
        let scan = self.json(&["scan"]);
        let classes = self.json(&["classes"]);
        assert_counts_add_up(&scan);
        let survivor = Survivor { scan, classes };
        assert_eq!(
            survivor.lines_of("good.py", "Good"),
            [1],
            "the file beside the hostile one is read"
        );
        survivor
    }
}

/// A tree that was read without harm.
struct Survivor {
    scan: Value,
    classes: Value,
}

impl Survivor {
    /// The lines at which the file defines the class.
    fn lines_of(&self, path: &str, class: &str) -> Vec<u64> {
        let rows = self.classes["rows"].as_array().expect("a list of rows");
        rows.iter()
            .filter(|row| row["path"] == path && row["name"] == class)
            .map(|row| row["line"].as_u64().expect("a line"))
            .collect()
    }

    fn n_classes(&self, class: &str) -> usize {
        let rows = self.classes["rows"].as_array().expect("a list of rows");
        rows.iter().filter(|row| row["name"] == class).count()
    }

    /// Why the file was not read, wherever the document says so.
    fn reason(&self, path: &str) -> Option<String> {
        find_reason(&self.scan, path)
    }

    fn assert_reason(&self, path: &str) {
        assert!(self.reason(path).is_some(), "scan names no reason for {path:?}\n{:#}", self.scan);
    }

    fn assert_facts_or_reason(&self, path: &str, class: &str) {
        let is_read = !self.lines_of(path, class).is_empty();
        assert!(
            is_read || self.reason(path).is_some(),
            "{path:?} vanished: neither facts nor reason\n{:#}",
            self.scan
        );
    }
}

/// An object anywhere in the document that has this `path` and says a `reason`.
fn find_reason(value: &Value, path: &str) -> Option<String> {
    match value {
        Value::Object(fields) => {
            let reason = value["reason"].as_str().filter(|reason| !reason.is_empty());
            match reason {
                Some(reason) if value["path"] == path => Some(reason.to_string()),
                _ => fields.values().find_map(|inner| find_reason(inner, path)),
            }
        }
        Value::Array(items) => items.iter().find_map(|inner| find_reason(inner, path)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// Every file found is parsed, recovered, unreadable or skipped, and every imported name has one outcome.
fn assert_counts_add_up(document: &Value) {
    let tree = &document["tree"];
    let number = |name: &str| {
        tree[name].as_u64().unwrap_or_else(|| panic!("tree.{name} is no number: {tree:#}"))
    };
    let accounted =
        number("parsed") + number("recovered") + number("unreadable") + number("skipped");
    assert_eq!(
        number("files"),
        accounted,
        "files = parsed + recovered + unreadable + skipped\n{tree:#}"
    );
}

fn make_pipe(path: &Path) {
    let status = Command::new("mkfifo").arg(path).status().expect("mkfifo is a standard tool");
    assert!(status.success(), "mkfifo {}", path.display());
}

fn write_program(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders can be made");
    fs::write(path, script).expect("the script can be written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
        .expect("the script can be made executable");
}

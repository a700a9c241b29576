//! What leaves the program is text: no name, string or message of a tree reaches the terminal as a command.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use serde_json::Value;

use super::{COMMANDS, FORMATS, Tree};
use crate::program::{Call, Outcome};

const NAMES: &[&[u8]] = &[
    b"esc\x1b[31mred.py",
    b"title\x1b]0;owned\x07.py",
    b"clipboard\x1b]52;c;aGk=\x1b\\.py",
    b"new\nline.py",
    b"\n::error::workflow.py",
    b"return\r.py",
    b"tab\t.py",
    b"back\x08space.py",
    b"del\x7f.py",
    b"nine-b\xc2\x9b31m.py",
    b"latin\xe9.py",
    b"bytes\xff\xfe.py",
    b"cut\xe2\x82.py",
    // Two names that are one when what is no UTF-8 is replaced.
    b"same\xf0.py",
    b"same\xf1.py",
    "right\u{202e}yp.py".as_bytes(),
    "isolate\u{2066}x\u{2069}.py".as_bytes(),
    "zero\u{200b}width.py".as_bytes(),
    b"-rf.py",
    b"--format=xml.py",
    b"quote\".py",
    b"back\\slash.py",
    b"$(touch owned);`touch owned`.py",
    b"%1b%0a.py",
    b"]]><script>.py",
    b"fold\x1b[2Jer/__init__.py",
    b"fold\x1b[2Jer/in\nner.py",
    b"\xff\xfe/raw.py",
    b" .py",
    b"book\x1b[31m.ipynb",
];

/// Files by all those names, which also say such things in their text.
fn tree_of_names() -> Tree {
    let tree = Tree::new();
    for name in NAMES {
        let source = "import good\n\
            from good import Good\n\
            from good import Absent\n\
            from importlib import import_module\n\
            import_module('good.\x1b[31mgone')\n\
            import_module(f'{\"\x1b[31m\"}')\n\
            Alias = Good\n\
            class Manager(good.Good, Generic['\x1b]0;owned\x07', \"\u{202e}\u{9b}31m\"]):\n    \
                '''\x1b[31mdocumented'''\n    \
                def start(self, x='\x1b[2J'): pass\n";
        let notebook = r#"{"cells": [{"cell_type": "code", "source": "from good import Good\nclass \u001bX: pass"}], "metadata": {}, "nbformat": 4}"#;
        let source = if name.ends_with(b".ipynb") { notebook } else { source };
        tree.write(OsStr::from_bytes(name), source);
    }
    tree.write(
        "broken.py",
        "class \x1b[31m Broken: pass\nfrom good import \x1b]0;owned\x07\nprint '\x1b[31m'\n",
    );
    tree.write("cookie.py", "# coding: \x1b[31mred\n");
    tree.write("ring_one.py", "import ring_two\n");
    tree.write("ring_two.py", "import ring_one\n");
    tree.write(
        "pyproject.toml",
        "[project]\nname = \"\\u001b[31mred\"\nversion = \"1\"\ndependencies = [\"\\u001b]0;owned\\u0007\"]\n",
    );
    tree
}

#[test]
fn no_control_character_leaves_in_any_format() {
    let tree = tree_of_names();
    for command in COMMANDS {
        for format in FORMATS {
            let outcome = tree.run(command, format);
            assert_eq!(outcome.code, Some(0), "{command:?} {format}: {}", outcome.ending());
            assert!(!outcome.stdout.is_empty(), "{command:?} {format} says something");
            assert_clean(&outcome, &format!("{command:?} as {format}"));
            if *format == "json" {
                outcome.json().unwrap();
            }
        }
    }
}

#[test]
fn every_odd_name_is_counted_and_told_apart() {
    let tree = tree_of_names();
    let read = tree.survive();
    let rows = read.classes["rows"].as_array().unwrap();
    let mut paths: Vec<[&Value; 2]> = rows
        .iter()
        .filter(|row| row["name"] == "Manager")
        .map(|row| [&row["path"], &row["path_hex"]])
        .collect();
    let n_files = NAMES.iter().filter(|name| name.ends_with(b".py")).count();
    assert_eq!(paths.len(), n_files);
    paths.sort_by_key(|path| path.map(ToString::to_string));
    paths.dedup();
    assert_eq!(paths.len(), n_files, "no two files share a path in the output");
}

#[test]
fn messages_are_clean_too() {
    let tree = Tree::new();
    let escape = "\x1b[31m\u{202e}\nred";
    let calls = [
        Call::new().args(["users", escape]).arg(tree.root()),
        Call::new().args(["show", escape]).arg(tree.root()),
        Call::new().args(["variants", escape]).arg(tree.root()),
        Call::new().args(["scan"]).arg(tree.root().join(escape)),
        Call::new().args(["scan", "--format", escape]).arg(tree.root()),
        Call::new().args(["scan", "--config", escape]).arg(tree.root()),
        Call::new().args([escape]),
    ];
    for (n, call) in calls.into_iter().enumerate() {
        let outcome = call.run();
        assert!(outcome.code.is_some(), "call {n}: {}", outcome.ending());
        assert_clean(&outcome, &format!("call {n}"));
    }
}

#[test]
fn the_tree_itself_has_an_odd_name() {
    let tree = Tree::new();
    for name in [b"tree\x1b[31m\n".as_slice(), b"\xff\xfe", b"-rf"] {
        let root = tree.outside("odd").join(OsStr::from_bytes(name));
        std::fs::create_dir_all(&root).unwrap();
        std::fs::write(root.join("core.py"), "class Good: pass\n").unwrap();
        for command in COMMANDS {
            for format in FORMATS {
                let outcome = Call::new()
                    .args(*command)
                    .arg(&root)
                    .args(["--format", format, "--no-cache"])
                    .run();
                assert_eq!(outcome.code, Some(0), "{command:?} {format}: {}", outcome.ending());
                assert_clean(&outcome, &format!("{command:?} as {format}"));
            }
        }
    }
}

/// Bytes that are text, and text without control, direction or invisible characters but the line feed.
fn assert_clean(outcome: &Outcome, what: &str) {
    for (stream, bytes) in [("stdout", &outcome.stdout), ("stderr", &outcome.stderr)] {
        let text = std::str::from_utf8(bytes)
            .unwrap_or_else(|error| panic!("{what}, {stream}: no UTF-8: {error}"));
        for (n, line) in text.split('\n').enumerate() {
            if let Some(bad) = line.chars().find(|char| is_dangerous(*char)) {
                panic!("{what}, {stream}, line {}: {bad:?} in {line:?}", n + 1);
            }
        }
    }
}

fn is_dangerous(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

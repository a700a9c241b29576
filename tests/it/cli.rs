//! The command line from outside: the program as it is built, its help, its documents and its exit status.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const COMMANDS: &[&str] = &[
    "scan",
    "classes",
    "clusters",
    "hotspots",
    "tests",
    "variants",
    "users",
    "unresolved",
    "cycles",
    "show",
    "findings",
    "check",
    "baseline",
    "init",
    "config",
    "explain",
    "schema",
    "cache",
];

/// The program in a folder, away from the terminal and the environment of whoever runs the tests.
fn fragscope(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fragscope"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    for name in ["COLUMNS", "NO_COLOR", "CLICOLOR_FORCE", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    fragscope(folder, arguments).output().expect("the program starts")
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("output is UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("messages are UTF-8")
}

#[test]
fn help_is_the_manual() {
    let mut manual = stdout(&run(here(), &["--help"]));
    for command in COMMANDS {
        let output = run(here(), &[command, "--help"]);
        assert_eq!(output.status.code(), Some(0), "{command}");
        let help = stdout(&output);
        assert!(help.contains("Example:"), "{command} shows an example");
        let title = format!("== {command} ");
        manual = format!("{manual}\n{title:=<100}\n{help}");
    }
    insta::assert_snapshot!("help", manual);
}

#[test]
fn wrong_calls_end_in_2_and_say_how_to_mend_them() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("backend")).unwrap();
    std::fs::write(folder.path().join("a.py"), "").unwrap();
    let cases: &[(&[&str], &str)] = &[
        (&["sacn"], "did you mean `fragscope scan`?"),
        (&["nowhere/at/all"], "there is no folder `nowhere/at/all`"),
        (&["a.py"], "`a.py` is no folder"),
        (&["scan", "nowhere"], "there is no folder `nowhere`"),
        (&["backend", "scan"], "PATH comes last"),
        (&["users"], "<SYMBOL>"),
        (&["users", "backend"], "`fragscope users SYMBOL backend`"),
        (&["show", "."], "`.` is a folder"),
        (&["classes", "--sort", "nmae"], "[possible values: path, name, lines, methods]"),
        (&["classes", "--sort", "nmae"], "a similar value exists: 'name'"),
        (&["classes", "--in", "["], "invalid value '[' for '--in <GLOB>'"),
        (&["classes", "--limit", "-1"], "error: "),
        (&["classes", "--fromat", "json"], "'--format'"),
        (&["schema", "clases"], "a similar value exists: 'classes'"),
        (&["cache", "drop"], "unrecognized subcommand 'drop'"),
        (&["--demo", "backend"], "leave one of them out"),
        (&["--format", "json"], "`fragscope scan --format json`"),
    ];
    for (arguments, message) in cases {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(stdout(&output), "", "{arguments:?}");
        let said = stderr(&output);
        assert!(said.starts_with("error: "), "{arguments:?} said {said}");
        assert!(said.contains(message), "{arguments:?} said {said}");
    }
}

#[test]
fn what_was_typed_cannot_steer_the_terminal() {
    for arguments in [["\x1b[2Jscan"], ["--\x1b]0;x\x07"], ["gpj.\u{202e}yp"]] {
        let output = run(here(), &arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(!stderr(&output).contains(['\x1b', '\x07', '\u{202e}']), "{}", stderr(&output));
    }
}

#[test]
fn help_is_coloured_only_when_asked() {
    let plain = run(here(), &["--help"]);
    assert!(!stdout(&plain).contains('\x1b'));
    let forced = fragscope(here(), &["--help"]).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(stdout(&forced).contains('\x1b'));
}

#[test]
fn schemas_are_valid_and_come_out_the_same() {
    for command in COMMANDS
        .iter()
        .filter(|command| !matches!(**command, "baseline" | "init" | "explain" | "schema"))
    {
        let output = run(here(), &["schema", command]);
        assert_eq!(output.status.code(), Some(0), "{command}");
        assert_eq!(output.stdout, run(here(), &["schema", command]).stdout);
        let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
        jsonschema::meta::validate(&schema).expect("a valid schema");
        assert_eq!(schema["properties"]["schema"]["const"], format!("fragscope/{command}/1"));
        jsonschema::validator_for(&schema).expect("a usable schema");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let mut child = fragscope(here(), &["schema", "show"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, "");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = fragscope(here(), &["schema", "show"])
        .stdout(full)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).starts_with("error: "));
}

/// What each command is called with to give a document of the built-in tree.
const DOCUMENTS: &[&[&str]] = &[
    &["scan", "--demo"],
    &["scan", "--demo", "--timing"],
    &["classes", "--demo"],
    &["variants", "--demo"],
    &["variants", "PaymentProcessor", "--demo"],
    &["users", "backend.app.payments", "--demo"],
    &["unresolved", "--demo"],
    &["cycles", "--demo"],
    &["show", "PaymentProcessor", "--demo"],
    &["clusters", "--demo"],
    &["hotspots", "--demo"],
    &["tests", "--demo"],
    &["tests", "PaymentProcessor", "--demo"],
    &["findings", "--demo"],
    &["config", "--demo"],
    &["cache"],
];

fn json(arguments: &[&str]) -> Value {
    let output = fragscope(here(), arguments).args(["--format", "json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
    serde_json::from_slice(&output.stdout).expect("one JSON document")
}

#[test]
fn documents_keep_to_their_schemas() {
    for arguments in DOCUMENTS {
        let document = json(arguments);
        assert!(!document["rows"].is_null(), "{arguments:?}");
        let schema = json(&["schema", arguments[0]]);
        let errors: Vec<String> = jsonschema::validator_for(&schema)
            .unwrap()
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{arguments:?}\n{}", errors.join("\n"));
    }
}

#[test]
fn documents_are_the_same_whatever_the_number_of_threads() {
    for arguments in DOCUMENTS.iter().filter(|arguments| !arguments.contains(&"--timing")) {
        let with_jobs = |jobs: &str| {
            let rest = ["--format", "json", "--jobs", jobs];
            fragscope(here(), arguments).args(rest).output().unwrap().stdout
        };
        let once = with_jobs("1");
        assert!(once == with_jobs("8"), "{arguments:?}");
        assert!(once == with_jobs("0"), "{arguments:?}");
    }
}

#[test]
fn imported_names_are_all_counted() {
    let document = json(&["scan", "--demo"]);
    let tree = &document["tree"];
    let number = |value: &Value| value.as_u64().unwrap();
    let parts = ["parsed", "recovered", "unreadable", "skipped"];
    let sum: u64 = parts.iter().map(|part| number(&tree[part])).sum();
    assert_eq!(sum, number(&tree["files"]));
    let outcomes = tree["outcomes"].as_object().unwrap();
    let names: Vec<&str> = outcomes.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["definition", "dynamic", "external", "missing", "module", "outside-roots", "unresolved"]
    );
    let variants = json(&["classes", "--demo"]);
    assert_eq!(number(&tree["classes"]) as usize, variants["rows"].as_array().unwrap().len());
}

/// A tree whose names and texts try to steer the terminal.
#[cfg(unix)]
fn hostile_tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).unwrap();
    std::fs::create_dir(folder.path().join("app")).unwrap();
    write("app/__init__.py", "from .core import Manager\nfrom .gone import Lost\n");
    write(
        "app/core.py",
        "class Manager(Base['\x1b[31m\u{202e}\u{9b}2J']):\n    '\x1b]0;doc\x07'\n",
    );
    write(
        "app/a\x1b[2J\nb\t\u{202e}.py",
        "from app.core import Manager\nfrom app import nothing\n",
    );
    write("app/broken\u{200b}.py", "class A:\n  x = '\x1b[2J\n def\n");
    folder
}

#[cfg(unix)]
#[test]
fn no_control_byte_of_a_tree_leaves_the_program() {
    let folder = hostile_tree();
    let calls: &[&[&str]] = &[
        &["."],
        &["scan"],
        &["classes"],
        &["variants"],
        &["users", "Manager"],
        &["users", "app"],
        &["unresolved"],
        &["cycles"],
        &["show", "Manager"],
        &["show", "Mana\x1b[2Jger"],
    ];
    for arguments in calls {
        for format in ["text", "json"] {
            let output = fragscope(folder.path(), arguments)
                .args(["--format", format, "--no-cache"])
                .output()
                .unwrap();
            for text in [stdout(&output), stderr(&output)] {
                let odd = text.chars().find(|c| {
                    *c != '\n' && (c.is_control() || matches!(c, '\u{200b}'..='\u{202e}'))
                });
                assert_eq!(odd, None, "{arguments:?} as {format}: {text}");
            }
        }
    }
    let rows = run(folder.path(), &["users", "app.core.Manager", "--no-cache"]);
    assert!(stdout(&rows).contains("app/a\\x1b[2J\\nb\\t\\u{202e}.py"), "{}", stdout(&rows));
}

#[test]
fn a_tree_without_python_is_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["scan"][..], &["classes"], &["."]] {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains("there is no Python file in ."), "{}", stderr(&output));
    }
}

#[test]
fn a_symbol_that_is_not_there_names_the_nearest() {
    let output = run(here(), &["users", "PaymentProcesor", "--demo"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("did you mean `PaymentProcessor`?"), "{}", stderr(&output));
}

#[test]
fn rows_are_filtered_sorted_and_limited() {
    let rows = |arguments: &[&str]| json(arguments)["rows"].as_array().unwrap().clone();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    for row in rows(&["classes", "--demo", "--match", "*PROCESSOR"]) {
        assert!(text(&row, "name").ends_with("Processor"));
    }
    let tests = rows(&["classes", "--demo", "--scope", "tests"]);
    assert!(!tests.is_empty() && tests.iter().all(|row| row["kind"] == "test"));
    let within = rows(&["classes", "--demo", "--in", "backend", "--not-in", "**/payments/**"]);
    let inside = |row: &Value| {
        text(row, "path").starts_with("backend/") && !text(row, "path").contains("/payments/")
    };
    assert!(!within.is_empty() && within.iter().all(inside));
    let by_methods = rows(&["classes", "--demo", "--sort", "methods"]);
    let counts: Vec<usize> =
        by_methods.iter().map(|row| row["methods"].as_array().unwrap().len()).collect();
    assert!(counts.is_sorted_by(|a, b| a >= b));
    let document = json(&["classes", "--demo", "--limit", "3"]);
    assert_eq!(document["rows"].as_array().unwrap().len(), 3);
    assert_eq!(document["omitted"], by_methods.len() - 3);
    let page = stdout(&run(here(), &["classes", "--demo", "--limit", "3"]));
    assert!(page.contains(&format!("… and {} more; --limit 0 shows all", by_methods.len() - 3)));
}

#[test]
fn the_overview_comes_without_a_command() {
    let page = stdout(&run(here(), &["--demo"]));
    for part in ["demo: ", "reached by more than one path", "import cycle", "PaymentProcessor"] {
        assert!(page.contains(part), "{page}");
    }
}

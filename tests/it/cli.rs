//! The command line from outside: the program as it is built, its help, its documents and its exit status.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const COMMANDS: &[&str] =
    &["scan", "classes", "variants", "users", "unresolved", "cycles", "show", "schema", "cache"];

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
        (&["classes", "--sort", "nmae"], "[possible values: name, path, lines, methods]"),
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
    for command in COMMANDS.iter().filter(|command| **command != "schema") {
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

//! The same tree gives the same bytes, whoever asks, when, and with how many threads.

use std::path::{Path, PathBuf};

use super::{COMMANDS, FORMATS};
use crate::program::{Call, Outcome};

/// All fixtures as one tree: every construct we know, and hundreds of namesakes.
fn everything() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn run(call: Call, command: &[&str], format: &str, more: &[&str]) -> Outcome {
    call.args(command).arg(everything()).args(["--format", format, "--no-cache"]).args(more).run()
}

/// Every command and format; the text of `scan` tells how long it took.
fn views() -> Vec<(Vec<&'static str>, &'static str)> {
    let mut views = Vec::new();
    for command in COMMANDS {
        for format in FORMATS {
            if (command[0], *format) != ("scan", "text") {
                let command: Vec<&str> = command
                    .iter()
                    .map(|word| if *word == "Good" { "Manager" } else { *word })
                    .collect();
                views.push((command, *format));
            }
        }
    }
    views
}

fn assert_same(first: &Outcome, second: &Outcome, what: &str) {
    assert!(first.code.is_some(), "{what}: {}", first.ending());
    assert_eq!(first.code, second.code, "{what}");
    assert!(!first.stdout.is_empty() || !first.stderr.is_empty(), "{what}: says something");
    if first.stdout != second.stdout {
        let (first, second) =
            (String::from_utf8_lossy(&first.stdout), String::from_utf8_lossy(&second.stdout));
        let apart = first.lines().zip(second.lines()).find(|(one, other)| one != other);
        panic!("{what}: other bytes, first in {apart:?}");
    }
}

#[test]
fn for_any_number_of_threads() {
    for (command, format) in views() {
        let alone = run(Call::new(), &command, format, &["--jobs", "1"]);
        for jobs in ["2", "8", "8", "8"] {
            let many = run(Call::new(), &command, format, &["--jobs", jobs]);
            assert_same(&alone, &many, &format!("{command:?} as {format} with --jobs {jobs}"));
        }
    }
}

#[test]
fn for_any_clock_locale_and_umask() {
    let environments: [&[(&str, &str)]; 5] = [
        &[("TZ", "Pacific/Kiritimati")],
        &[("TZ", "America/St_Johns"), ("SOURCE_DATE_EPOCH", "0")],
        &[("LANG", "tr_TR.UTF-8"), ("LC_ALL", "tr_TR.UTF-8")],
        &[("LC_ALL", "C"), ("LANGUAGE", "de")],
        &[("COLUMNS", "20"), ("TERM", "dumb"), ("RUST_BACKTRACE", "full")],
    ];
    for (command, format) in views() {
        let plain = run(Call::new(), &command, format, &[]);
        for environment in environments {
            let call =
                environment.iter().fold(Call::new(), |call, (name, value)| call.env(name, value));
            let other = run(call, &command, format, &[]);
            assert_same(&plain, &other, &format!("{command:?} as {format} with {environment:?}"));
        }
        for umask in ["000", "077", "777"] {
            let call = Call::within(&format!("umask {umask}; exec \"$0\" \"$@\""));
            let other = run(call, &command, format, &[]);
            assert_same(&plain, &other, &format!("{command:?} as {format} with umask {umask}"));
        }
    }
}

#[test]
fn without_a_home() {
    for (command, format) in views() {
        let plain = run(Call::new(), &command, format, &[]);
        let homeless = Call::new().without("HOME").without("XDG_CACHE_HOME");
        let homeless = homeless.args(&command).arg(everything()).args(["--format", format]).run();
        assert_same(&plain, &homeless, &format!("{command:?} as {format} without HOME"));
    }
}

#[test]
fn counts_add_up_over_everything() {
    let document = run(Call::new(), &["scan"], "json", &[]).json().unwrap();
    super::assert_counts_add_up(&document);
    let outcomes = document["tree"]["outcomes"].as_object().expect("numbers by outcome");
    let n_outcomes: u64 = outcomes.values().map(|number| number.as_u64().expect("a number")).sum();
    let n_statements = document["tree"]["imports"].as_u64().expect("a number");
    assert!(
        n_outcomes >= n_statements,
        "every statement imports a name: {n_outcomes} names, {n_statements} statements"
    );
}

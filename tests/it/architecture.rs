//! The ladder of rooms, the doors of outside crates, and that every dependency is used.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A room uses only rooms that stand before it.
const LADDER: [&str; 12] = [
    "memory", "source", "facts", "model", "analysis", "remedy", "gate", "report", "config",
    "engine", "tui", "cli",
];

/// Who may name an outside crate, a room or one file of it; crates that are not listed are free.
const DOORS: [(&str, &[&str]); 20] = [
    ("roxmltree", &["source"]),
    // The explorer colours source by the parser's own tokens.
    ("ruff_python_ast", &["facts", "tui/highlight.rs"]),
    ("ruff_python_parser", &["facts"]),
    ("ruff_text_size", &["facts", "tui/highlight.rs"]),
    ("gix", &["source"]),
    ("ignore", &["source"]),
    ("walkdir", &["source"]),
    ("encoding_rs", &["source"]),
    ("petgraph", &["model", "analysis"]),
    ("clap", &["cli"]),
    ("schemars", &["report", "config"]),
    ("include_dir", &["engine", "cli"]),
    ("ratatui", &["tui"]),
    ("crossterm", &["tui"]),
    ("tokio", &["tui/mod.rs"]),
    ("tokio_stream", &["tui/mod.rs"]),
    ("notify", &["tui/watch.rs"]),
    ("ascii_dag", &["tui"]),
    ("frizbee", &["tui"]),
    ("similar", &["tui"]),
];

struct Source {
    /// Below `src`, with `/`.
    path: String,
    text: String,
}

impl Source {
    fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.trim_end_matches(".rs")
    }

    /// The code without comments, as lines.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines =
            self.text.lines().enumerate().map(|(index, line)| (index + 1, line.trim_start()));
        lines.filter(|(_, line)| !line.starts_with("//"))
    }
}

fn sources() -> Vec<Source> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    let mut folders = vec![top.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(&top).unwrap().to_string_lossy().replace('\\', "/");
                sources.push(Source { path: below, text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

fn rung(room: &str) -> Option<usize> {
    LADDER.iter().position(|name| *name == room)
}

/// Names that follow `prefix` in a line: `crate::model::Project` gives `model` for `crate::`.
fn names_after<'a>(line: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(prefix).map(move |(at, _)| {
        let rest = &line[at + prefix.len()..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        &rest[..end]
    })
}

#[test]
fn rooms_use_only_rooms_to_their_left() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(own) = rung(source.room()) else { continue };
        for (number, line) in source.code() {
            for used in names_after(line, "crate::") {
                if rung(used).is_some_and(|used| used > own) {
                    wrong.push(format!("src/{}:{number} uses {used}: {line}", source.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn outside_crates_enter_by_their_door() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (name, rooms) in DOORS {
            let enters = |line: &str| {
                names_after(line, "use ").any(|used| used == name)
                    || line.contains(&format!("{name}::"))
            };
            for (number, line) in source.code().filter(|(_, line)| enters(line)) {
                if !rooms.contains(&source.room()) && !rooms.contains(&&*source.path) {
                    wrong.push(format!(
                        "src/{}:{number} names {name}, which enters by {}: {line}",
                        source.path,
                        rooms.join(", ")
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_source_and_remedy_and_engine_touch_the_disk() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| {
        !["source", "remedy", "engine", "config", "cli", "main"].contains(&source.room())
    }) {
        let code = source.text.split("#[cfg(test)]").next().unwrap_or_default();
        for (index, line) in code.lines().enumerate() {
            let line = line.trim_start();
            // The explorer starts the user's editor.
            let may_start = source.path == "tui/children.rs" && line.contains("std::process");
            if !line.starts_with("//")
                && !may_start
                && ["std::fs", "std::process", "File::open"].iter().any(|word| line.contains(word))
            {
                wrong.push(format!("src/{}:{}: {line}", source.path, index + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Cargo.toml denies it to all, and one file allows it to itself.
#[test]
fn only_the_allocator_is_unsafe() {
    let allowing: Vec<String> = sources()
        .into_iter()
        .filter(|source| source.code().any(|(_, line)| line.contains("unsafe_code")))
        .map(|source| source.path)
        .collect();
    assert_eq!(allowing, ["memory.rs"]);
    let manifest =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    assert_eq!(manifest["lints"]["rust"]["unsafe_code"].as_str(), Some("deny"));
}

#[test]
fn every_file_says_first_what_it_is_for() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| source.path)
        .collect();
    assert!(silent.is_empty(), "no first line in {}", silent.join(", "));
}

#[test]
fn every_room_stands_in_the_ladder_and_on_the_map() {
    let rooms: BTreeSet<String> = sources().iter().map(|source| source.room().to_owned()).collect();
    let map =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md")).unwrap();
    for room in rooms.iter().filter(|room| !["lib", "main"].contains(&room.as_str())) {
        assert!(rung(room).is_some(), "{room} has no place in the ladder");
        assert!(
            map.contains(&format!("`{room}")),
            "ARCHITECTURE.md does not mention the room {room}"
        );
    }
}

#[test]
fn every_dependency_is_used() {
    let manifest =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let mut names: BTreeSet<String> =
        manifest["dependencies"].as_table().unwrap().keys().cloned().collect();
    for target in manifest
        .get("target")
        .and_then(toml::Value::as_table)
        .into_iter()
        .flat_map(toml::Table::values)
    {
        names.extend(target["dependencies"].as_table().unwrap().keys().cloned());
    }
    let sources = sources();
    let used = |name: &str| {
        let name = name.replace('-', "_");
        let word = |line: &str| {
            names_after(line, "use ").any(|used| used == name)
                || line.contains(&format!("{name}::"))
        };
        sources.iter().any(|source| source.code().any(|(_, line)| word(line)))
    };
    let unused: Vec<&String> = names.iter().filter(|name| !used(name)).collect();
    assert!(unused.is_empty(), "unused: {unused:?}");
}

//! The cache is never believed more than the tree, and never lies in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use walkdir::WalkDir;

use super::{COMMANDS, Tree};
use crate::program::{Call, Outcome};

/// Views that say nothing about the cache itself.
const VIEWS: &[&[&str]] = &[
    &["scan"],
    &["classes"],
    &["users", "Good"],
    &["unresolved"],
    &["variants", "Good"],
    &["hotspots"],
    &["hotspots", "--kind", "concept", "--scope", "all"],
];

fn tree_of_a_few_files() -> Tree {
    let tree = Tree::new();
    tree.write("app/better.py", "class Good:\n    def f(self): return 1\nclass Store: pass\n");
    tree.write("app/door.py", "from app.better import Good, Store\n");
    tree.write("app/use.py", "from app.door import Good\nfrom app.better import Store\n");
    for n in 0..20 {
        tree.write(
            format!("app/file_{n}.py"),
            format!("from good import Good as G{n}\nimport absent_{n}\nclass Class{n}(G{n}):\n    def f(self): pass\n"),
        );
    }
    tree
}

fn run_with_cache(tree: &Tree, cache: &Path, command: &[&str]) -> Outcome {
    tree.call(command, "json").env("XDG_CACHE_HOME", cache).run()
}

/// Every file below the folder with its bytes.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            files.push((entry.path().to_path_buf(), fs::read(entry.path()).unwrap()));
        } else {
            files.push((entry.path().to_path_buf(), Vec::new()));
        }
    }
    files
}

#[track_caller]
fn assert_as_without_cache(tree: &Tree, cache: &Path, what: &str) {
    for command in VIEWS {
        let plain = tree.run(command, "json");
        let cached = run_with_cache(tree, cache, command);
        plain.json().unwrap();
        assert_eq!(cached.code, Some(0), "{what}, {command:?}: {}", cached.ending());
        assert!(plain.stdout == cached.stdout, "{what}: {command:?} says something else");
    }
}

#[test]
fn warm_says_what_cold_said() {
    let tree = tree_of_a_few_files();
    let cache = tree.outside("cache");
    assert_as_without_cache(&tree, &cache, "cold");
    assert_as_without_cache(&tree, &cache, "warm");
    tree.write("app/file_3.py", "class Other: pass\n");
    fs::remove_file(tree.root().join("app/file_4.py")).unwrap();
    tree.write("app/new.py", "from good import Good\n");
    assert_as_without_cache(&tree, &cache, "after a change");
}

/// Without a cache nobody asks for a file's size before it is opened.
#[test]
fn what_is_not_read_is_told_alike() {
    let tree = tree_of_a_few_files();
    let cache = tree.outside("cache");
    let large = fs::File::create(tree.root().join("app/large.py")).unwrap();
    large.set_len(fragscope::source::MAX_BYTES + 1).unwrap();
    tree.write("app/binary.py", "x = 1\0\n");
    assert_as_without_cache(&tree, &cache, "cold");
    assert_as_without_cache(&tree, &cache, "warm");
    let rows = tree.run(&["scan"], "json").json().unwrap()["rows"].clone();
    let reasons: Vec<_> = rows.as_array().unwrap().iter().map(|row| &row["reason"]).collect();
    assert_eq!(reasons, ["holds NUL bytes, no text", "too large"]);
}

/// Same size and same time, other bytes: the disk's word for "unchanged" is not enough on its own.
#[test]
fn a_file_replaced_by_one_of_equal_size() {
    let tree = tree_of_a_few_files();
    let cache = tree.outside("cache");
    tree.write("app/swapped.py", "class Before: pass\n");
    assert_as_without_cache(&tree, &cache, "cold");
    // By another file: its inode tells.
    tree.write("app/other.txt", "class After_: pass\n");
    fs::rename(tree.root().join("app/other.txt"), tree.root().join("app/swapped.py")).unwrap();
    assert_as_without_cache(&tree, &cache, "swapped");
}

type Damage = fn(&mut Vec<u8>);

#[test]
fn a_damaged_cache_is_read_anew() {
    let tree = tree_of_a_few_files();
    let cache = tree.outside("cache");
    let damages: [(&str, Damage); 7] = [
        ("emptied", Vec::clear),
        ("cut in half", |bytes| bytes.truncate(bytes.len() / 2)),
        ("one byte short", |bytes| {
            bytes.pop();
        }),
        ("a bit of every 64th byte", |bytes| {
            for byte in bytes.iter_mut().step_by(64) {
                *byte ^= 0x10;
            }
        }),
        ("the first bytes", |bytes| {
            for byte in bytes.iter_mut().take(64) {
                *byte = !*byte;
            }
        }),
        ("the last bytes", |bytes| {
            for byte in bytes.iter_mut().rev().take(64) {
                *byte = !*byte;
            }
        }),
        ("all ones", |bytes| bytes.fill(0xff)),
    ];
    for (what, damage) in damages {
        assert_as_without_cache(&tree, &cache, "cold");
        damage_files(&cache, damage);
        assert_as_without_cache(&tree, &cache, what);
    }
}

/// Each place of a cache in turn: header, sizes, rows, texts.
#[test]
fn a_single_flipped_bit_anywhere() {
    let tree = tree_of_a_few_files();
    let cache = tree.outside("cache");
    run_with_cache(&tree, &cache, &["classes"]);
    run_with_cache(&tree, &cache, &["hotspots"]);
    let plain = tree.run(&["hotspots"], "json");
    let whole = contents(&cache);
    for n in 0..150 {
        for (path, bytes) in whole.iter().filter(|(_, bytes)| !bytes.is_empty()) {
            let mut damaged = bytes.clone();
            let place = bytes.len() * n / 150;
            damaged[place] ^= 1 << (n % 8);
            fs::write(path, damaged).unwrap();
        }
        let cached = run_with_cache(&tree, &cache, &["hotspots"]);
        assert_eq!(cached.code, Some(0), "bit {n}: {}", cached.ending());
        assert!(plain.stdout == cached.stdout, "bit {n}: other rows");
    }
}

fn damage_files(cache: &Path, damage: Damage) {
    for (path, mut bytes) in contents(cache) {
        if path.is_file() {
            damage(&mut bytes);
            fs::write(path, bytes).unwrap();
        }
    }
}

#[test]
fn odd_things_in_the_place_of_the_cache() {
    let tree = tree_of_a_few_files();
    let cache = tree.outside("cache");
    assert_as_without_cache(&tree, &cache, "cold");
    for (path, _) in contents(&cache) {
        if path.is_file() {
            fs::remove_file(&path).unwrap();
            super::make_pipe(&path);
        }
    }
    assert_as_without_cache(&tree, &cache, "pipes for files");

    let file = tree.outside("file");
    fs::write(&file, "no folder").unwrap();
    assert_as_without_cache(&tree, &file, "a file for the folder");
    let dangling = tree.outside("dangling");
    std::os::unix::fs::symlink("/nowhere/at/all", &dangling).unwrap();
    assert_as_without_cache(&tree, &dangling, "a link to nowhere");
    assert_as_without_cache(&tree, Path::new("/proc/self/nothing"), "a folder that cannot be made");
}

#[test]
fn many_runs_at_once() {
    let tree = tree_of_a_few_files();
    let cache = tree.outside("cache");
    let plain = tree.run(&["classes"], "json");
    plain.json().unwrap();
    let judged = tree.run(&["hotspots"], "json");
    assert!(String::from_utf8_lossy(&judged.stdout).contains("Good"));
    thread::scope(|scope| {
        let runs: Vec<_> =
            (0..12).map(|_| scope.spawn(|| run_with_cache(&tree, &cache, &["classes"]))).collect();
        let judging: Vec<_> =
            (0..6).map(|_| scope.spawn(|| run_with_cache(&tree, &cache, &["hotspots"]))).collect();
        let all = runs.into_iter().map(|run| (run, &plain));
        for (run, plain) in all.chain(judging.into_iter().map(|run| (run, &judged))) {
            let outcome = run.join().unwrap();
            assert_eq!(outcome.code, Some(0), "{}", outcome.ending());
            assert!(plain.stdout == outcome.stdout);
        }
    });
    assert_as_without_cache(&tree, &cache, "afterwards");
}

/// Whoever writes the tree does not write our cache.
#[test]
fn a_cache_that_comes_with_the_tree_is_ignored() {
    let honest = tree_of_a_few_files();
    let cache = honest.outside("cache");
    // The same paths and sizes, but every class is another: believed, it would show.
    let lying = tree_of_a_few_files();
    for n in 0..20 {
        let path = lying.root().join(format!("app/file_{n}.py"));
        let source = fs::read_to_string(&path).unwrap().replace("class Class", "class Liars");
        fs::write(path, source).unwrap();
    }
    run_with_cache(&lying, &cache, &["classes"]);
    for (path, bytes) in contents(&cache) {
        let inner = path.strip_prefix(&cache).unwrap();
        for place in
            [".cache", ".fragscope", ".fragscope_cache", "cache", ".", "fragscope", "target"]
        {
            if path.is_file() {
                honest.write(Path::new(place).join(inner), &bytes);
            }
        }
    }
    let before = contents(&honest.root());
    for command in COMMANDS {
        let outcome = honest.call(command, "json").in_folder(&honest.root()).run();
        assert_eq!(outcome.code, Some(0), "{command:?}: {}", outcome.ending());
        assert!(
            !String::from_utf8_lossy(&outcome.stdout).contains("Liars"),
            "{command:?} believed the tree's cache"
        );
    }
    assert!(before == contents(&honest.root()), "reading a tree changes nothing in it");
}

#[test]
fn reading_writes_nothing_into_the_tree() {
    let tree = tree_of_a_few_files();
    let before = contents(&tree.root());
    for command in COMMANDS {
        for environment in [Some("cache"), Some("."), Some(""), None] {
            let call = Call::new().args(*command).in_folder(&tree.root());
            let call = match environment {
                // A relative cache folder is to be ignored, says the standard that names the variable.
                Some(folder) => call.env("XDG_CACHE_HOME", folder),
                None => call.without("XDG_CACHE_HOME"),
            };
            let outcome = call.run();
            assert_eq!(outcome.code, Some(0), "{command:?}: {}", outcome.ending());
        }
    }
    assert!(before == contents(&tree.root()));
}

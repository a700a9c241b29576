//! Micro-benchmarks of the stages of a scan: parse and extract, resolve, warm start.
//!
//! `cargo bench` runs them on the built-in demo; `FRAGSCOPE_BENCH_TREE=… cargo bench` on a tree of yours. Compare runs on one
//! machine at one time, or let `benches/compare.sh` compare whole programs.

use std::path::PathBuf;

use fragscope::analysis::classes::classes;
use fragscope::analysis::copies::{DEFAULT_FLOOR, near_copies};
use fragscope::analysis::{Scope, Survey};
use fragscope::config::Config;
use fragscope::engine::{Look, Options, Progress, Snapshot, scan, scan_demo};
use fragscope::facts::{self, Facts};
use fragscope::model::{FileInput, Folders, Project, Surroundings, TreeInput};
use fragscope::source::{self, Language};

fn main() {
    divan::main();
}

fn tree() -> PathBuf {
    let demo = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
    std::env::var_os("FRAGSCOPE_BENCH_TREE").map_or(demo, PathBuf::from)
}

fn snapshot(cache: bool) -> Snapshot {
    scan(&tree(), &Options { cache, ..Options::default() }, &Progress::default())
        .expect("the tree can be scanned")
}

/// The bytes of every Python file of the tree.
fn contents() -> Vec<(Language, Vec<u8>)> {
    let snapshot = snapshot(false);
    let read = |entry: &source::Entry| {
        source::read(&snapshot.tree, entry, source::MAX_BYTES)
            .ok()
            .map(|bytes| (entry.language, bytes))
    };
    snapshot.tree.entries.iter().filter_map(read).collect()
}

/// One thread: what parsing and extracting all files costs.
#[divan::bench(sample_count = 10)]
fn parse_and_extract(bencher: divan::Bencher) {
    let contents = contents();
    let bytes: usize = contents.iter().map(|(_, bytes)| bytes.len()).sum();
    bencher.counter(divan::counter::BytesCount::new(bytes)).bench(|| {
        contents
            .iter()
            .map(|(language, bytes)| facts::extract(bytes, *language))
            .collect::<Vec<Facts>>()
    });
}

/// From facts to a project in which every imported name is resolved.
#[divan::bench(sample_count = 10)]
fn resolve(bencher: divan::Bencher) {
    let snapshot = snapshot(false);
    let input = || {
        let file = |file: &fragscope::model::File| FileInput {
            path: file.path.clone(),
            language: file.language,
            kind: file.kind,
            facts: file.facts.clone(),
        };
        snapshot.project.files.iter().map(file).collect::<Vec<FileInput>>()
    };
    let build = |files: Vec<FileInput>| {
        let paths = files.iter().map(|file| (&*file.path, file.language));
        let none = std::iter::empty;
        let folders = Folders::build("tree", paths, none(), none());
        let surroundings = Surroundings::default();
        Project::build(files, TreeInput { folders, roots: &snapshot.roots, surroundings })
    };
    bencher.with_inputs(input).bench_values(build);
}

/// A whole scan when nothing has changed, with the cache in the user's own folder.
#[divan::bench(sample_count = 10)]
fn warm_start(bencher: divan::Bencher) {
    snapshot(true);
    bencher.bench(|| snapshot(true));
}

/// The code graph, its cycles, and every road to every definition.
#[divan::bench(sample_count = 10)]
fn lens_survey(bencher: divan::Bencher) {
    let snapshot = snapshot(false);
    bencher.bench(|| Survey::of(&snapshot.project, Scope::Production));
}

/// From the survey to concepts with their scores, git left out.
#[divan::bench(sample_count = 10)]
fn lens_concepts(bencher: divan::Bencher) {
    let snapshot = snapshot(false);
    let survey = Survey::of(&snapshot.project, Scope::Production);
    let config = Config::default();
    bencher.bench(|| Look::at(&snapshot, &config, None, Scope::Production).judge(&survey));
}

/// The part of that which compares bodies.
#[divan::bench(sample_count = 10)]
fn lens_copies(bencher: divan::Bencher) {
    let snapshot = snapshot(false);
    let classes = classes(&snapshot.project);
    bencher.bench(|| near_copies(&snapshot.project, &classes, DEFAULT_FLOOR));
}

#[divan::bench(sample_count = 10)]
fn cold_start(bencher: divan::Bencher) {
    bencher.bench(|| snapshot(false));
}

#[divan::bench(sample_count = 10)]
fn demo(bencher: divan::Bencher) {
    bencher.bench(|| scan_demo(&Options::default(), &Progress::default()));
}

//! How well near-copies are found: real classes, copies made of them, and all the other classes of the tree around them.
//!
//! `FRAGSCOPE_BENCH_TREE=… cargo bench --bench near_copies` on a tree of yours, else on the built-in demo.
//! `FRAGSCOPE_BENCH_PAIRS=30` also lists so many of the pairs that the tree has by itself, to be judged by eye;
//! `FRAGSCOPE_BENCH_FLOOR=60` tries another floor than the default.

#![allow(clippy::print_stdout, reason = "its table is for people to read")]

mod mutate;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Instant;

use fragscope::analysis::classes::classes;
use fragscope::analysis::copies::{ClassRef, DEFAULT_FLOOR, NearCopy, near_copies, similarity};
use fragscope::engine::{Options, Progress, Snapshot, scan, scan_tree};
use fragscope::facts::rows::{Definition, NO_ROW};
use fragscope::model::Project;
use fragscope::source::{self, FileKind, Language, Tree};
use mutate::{Dice, Mutation};

const SAMPLE: usize = 200;
/// A class with fewer logical lines has too little to be known by once it is edited.
const LEAST_LINES: usize = 12;
/// The folder in which the mutants are; behind all other paths.
const MUTANTS: &str = "zz_mutants";

fn main() {
    let demo = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
    let path = std::env::var_os("FRAGSCOPE_BENCH_TREE").map_or(demo, PathBuf::from);
    let floor = number("FRAGSCOPE_BENCH_FLOOR").unwrap_or(DEFAULT_FLOOR);

    let started = Instant::now();
    let snapshot = scan(&path, &Options::default(), &Progress::default()).expect("a tree to scan");
    let scan_time = started.elapsed();
    let project = &snapshot.project;
    let all = classes(project);
    let started = Instant::now();
    let n_pairs = near_copies(project, &all, floor).len();
    let time = started.elapsed();
    println!(
        "{} classes, {n_pairs} pairs alike by {floor} %: {} ms, the cold scan {} ms",
        all.len(),
        time.as_millis(),
        scan_time.as_millis()
    );
    let production = of_production(project);
    let own = near_copies(project, &production, floor);
    println!("{} classes of production code, {} pairs", production.len(), own.len());
    list(project, &own, number("FRAGSCOPE_BENCH_PAIRS").unwrap_or(0));

    let trial = Trial::prepare(&snapshot, &own);
    trial.print(floor);
}

fn number<N: std::str::FromStr>(variable: &str) -> Option<N> {
    std::env::var(variable).ok()?.parse().ok()
}

fn of_production(project: &Project) -> Vec<ClassRef> {
    let mut found = classes(project);
    found.retain(|(file, _)| project.file(*file).kind == FileKind::Production);
    found
}

fn definition(project: &Project, (file, row): ClassRef) -> &Definition {
    project.file(file).facts.definition(row).expect("the census gives rows of the file")
}

/// Some of the pairs, for a reader.
fn list(project: &Project, pairs: &[NearCopy], wanted: usize) {
    let place = |class: ClassRef| {
        let row = definition(project, class);
        format!("{}:{}-{}", project.file(class.0).path, row.first_line, row.end_line)
    };
    let mut order: Vec<&NearCopy> = pairs.iter().collect();
    Dice::new(7).shuffle(&mut order);
    for copy in order.into_iter().take(wanted) {
        println!("  {} %  {}  {}", copy.similarity, place(copy.left), place(copy.right));
    }
}

/// A class as it is in the tree.
struct Original {
    path: String,
    line: u32,
    text: String,
}

/// A class made from originals, by their positions.
struct Mutant {
    mutation: Mutation,
    of: usize,
    /// Where added lines and methods come from.
    donor: usize,
}

/// A tree with originals, what was made of them, and everything that was in it before.
struct Trial {
    project: Project,
    originals: Vec<Original>,
    /// By path.
    mutants: BTreeMap<String, Mutant>,
}

/// What became of the mutants of one kind.
#[derive(Default)]
struct Grade {
    mutants: usize,
    found: usize,
    /// Of each to its original.
    similarities: Vec<u8>,
    /// Pairs whose two sides have an original in common, and those that have none.
    related: usize,
    unrelated: usize,
}

impl Trial {
    fn prepare(snapshot: &Snapshot, own: &[NearCopy]) -> Self {
        let mut texts: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for entry in &snapshot.tree.entries {
            if let Ok(bytes) = source::read(&snapshot.tree, entry, source::MAX_BYTES) {
                texts.insert(entry.path.as_str().to_owned(), bytes);
            }
        }
        let originals = sample(&snapshot.project, own, &texts);
        let mut mutants = BTreeMap::new();
        let mut dice = Dice::new(1);
        for (of, original) in originals.iter().enumerate() {
            for mutation in Mutation::ALL {
                let donor = (of + 1 + dice.below(originals.len() - 1)) % originals.len();
                let text = mutation.apply(&original.text, &originals[donor].text, &mut dice);
                let path = format!("{MUTANTS}/m{:05}.py", mutants.len());
                texts.insert(path.clone(), text.into_bytes());
                mutants.insert(path, Mutant { mutation, of, donor });
            }
        }
        let tree = Tree::in_memory(texts.into_iter().map(|(path, text)| (path, Cow::Owned(text))));
        let snapshot = scan_tree(tree, &Options::default(), &Progress::default());
        let project = snapshot.expect("nothing cancels it").project;
        Self { project, originals, mutants }
    }

    fn mutant(&self, class: ClassRef) -> Option<&Mutant> {
        self.mutants.get(&*self.project.file(class.0).path)
    }

    /// The originals that went into a class: the donor only where whole methods of it did.
    fn sources(&self, class: ClassRef) -> Vec<usize> {
        let Some(mutant) = self.mutant(class) else {
            let path = &*self.project.file(class.0).path;
            let line = definition(&self.project, class).at.line;
            let is_it = |original: &Original| original.path == path && original.line == line;
            return self.originals.iter().position(is_it).into_iter().collect();
        };
        let donor = mutant.mutation.adds_methods().then_some(mutant.donor);
        donor.into_iter().chain([mutant.of]).collect()
    }

    fn print(&self, floor: u8) {
        let project = &self.project;
        let all = of_production(project);
        let started = Instant::now();
        let pairs = near_copies(project, &all, floor);
        println!(
            "{} originals and {} mutants among {} classes, {} pairs alike by {floor} %: {} ms",
            self.originals.len(),
            self.mutants.len(),
            all.len(),
            pairs.len(),
            started.elapsed().as_millis()
        );
        let grades = self.grades(&all, &pairs);
        println!(
            "{:<26}{:>9}{:>9}{:>9}{:>11}{:>24}",
            "", "mutants", "alike", "found", "precision", "similarity 5/50/95 %"
        );
        for (mutation, grade) in grades {
            let at = |percent: usize| {
                let last = grade.similarities.len().saturating_sub(1);
                grade.similarities.get(last * percent / 100).copied().unwrap_or(0)
            };
            let n_alike = grade.similarities.iter().filter(|percent| **percent >= floor).count();
            println!(
                "{:<26}{:>9}{:>7.1} %{:>7.1} %{:>9.1} %{:>16}{:>4}{:>4}",
                mutation.words(),
                grade.mutants,
                percent(n_alike, grade.mutants),
                percent(grade.found, grade.mutants),
                percent(grade.related, grade.related + grade.unrelated),
                at(5),
                at(50),
                at(95)
            );
        }
    }

    fn grades(&self, all: &[ClassRef], pairs: &[NearCopy]) -> BTreeMap<Mutation, Grade> {
        let project = &self.project;
        let mut places: BTreeMap<usize, ClassRef> = BTreeMap::new();
        for class in all.iter().filter(|class| self.mutant(**class).is_none()) {
            places.extend(self.sources(*class).into_iter().map(|original| (original, *class)));
        }
        let mut grades: BTreeMap<Mutation, Grade> = BTreeMap::new();
        for class in all.iter().filter(|class| definition(project, **class).parent == NO_ROW) {
            let Some(mutant) = self.mutant(*class) else { continue };
            let grade = grades.entry(mutant.mutation).or_default();
            grade.mutants += 1;
            grade.similarities.push(similarity(project, places[&mutant.of], *class));
        }
        for pair in pairs {
            let (left, right) = (self.sources(pair.left), self.sources(pair.right));
            let is_related = left.iter().any(|original| right.contains(original));
            for (own, other) in [(pair.left, pair.right), (pair.right, pair.left)] {
                let Some(mutant) = self.mutant(own) else { continue };
                let grade = grades.entry(mutant.mutation).or_default();
                grade.found += usize::from(places[&mutant.of] == other);
                grade.related += usize::from(is_related);
                grade.unrelated += usize::from(!is_related);
            }
        }
        for grade in grades.values_mut() {
            grade.similarities.sort_unstable();
        }
        grades
    }
}

/// Classes of production code that have no copy in the tree, from all over it.
fn sample(project: &Project, own: &[NearCopy], texts: &BTreeMap<String, Vec<u8>>) -> Vec<Original> {
    let copied: BTreeSet<ClassRef> = own.iter().flat_map(|copy| [copy.left, copy.right]).collect();
    let mut fit = of_production(project);
    fit.retain(|class| {
        let row = definition(project, *class);
        project.file(class.0).language == Language::Python
            && row.parent == NO_ROW
            && row.prints.len() >= LEAST_LINES
            && !copied.contains(class)
    });
    Dice::new(3).shuffle(&mut fit);
    let original = |class: ClassRef| {
        let row = definition(project, class);
        let path = project.file(class.0).path.to_string();
        let text = String::from_utf8_lossy(texts.get(&path)?);
        let length = (row.end_line + 1).saturating_sub(row.first_line) as usize;
        let lines = text.lines().skip(row.first_line as usize - 1).take(length);
        let text: String = lines.flat_map(|line| [line, "\n"]).collect();
        // What stands in an `if` cannot stand alone.
        let stands_alone = !text.starts_with([' ', '\t']);
        stands_alone.then_some(Original { path, line: row.at.line, text })
    };
    fit.into_iter().filter_map(original).take(SAMPLE).collect()
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

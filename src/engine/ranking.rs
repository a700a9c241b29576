//! The ranking of a tree: its concepts by score and the areas they burden. It is kept between runs, since it is what is
//! looked at first, and follows from what is known before it is computed.
//!
//! Of one ranking the key is a hash of all that it follows from: the program, the facts of all files and how they are
//! linked ([`Snapshot::kept`]), the configuration, the scope and the newest commit. So an entry is never out of date; it is
//! only no longer asked for.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::Path;
use std::time::UNIX_EPOCH;

use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3;

use super::Snapshot;
use super::cache::shelf;
use super::cache::words::{Kept, Reader, Writer, kept, kept_by_place};
use crate::analysis::burden::Tally;
use crate::analysis::canonical::{Confidence, Proposal, Reason};
use crate::analysis::clusters::{Apart, ClusterKind, Member, NESTED, Relation};
use crate::analysis::concepts::{Concept, Concepts, Held, Parts};
use crate::analysis::hotspots::{Area, Hotspots};
use crate::analysis::variants::Spread;
use crate::analysis::{Scope, Standing};
use crate::config::Config;
use crate::model::Project;
use crate::source::FileKind;
use crate::source::history::Newest;

/// Concepts that are read and written together; every such part by a thread.
const PART: usize = 1024;

pub struct Ranking {
    pub concepts: Concepts,
    pub areas: Hotspots,
}

/// Where a ranking is kept, and under which key.
pub struct Key<'s> {
    folder: &'s Path,
    key: u128,
}

impl<'s> Key<'s> {
    /// None where nothing is kept.
    pub fn of(
        snapshot: &'s Snapshot,
        config: &Config,
        newest: Option<&Newest>,
        scope: Scope,
    ) -> Option<Self> {
        let (folder, tree) = snapshot.kept.as_ref()?;
        let mut hasher = Xxh3::new();
        let mut add = |part: &dyn Debug| hasher.update(format!("{part:?}\0").as_bytes());
        add(&program()?);
        add(tree);
        add(config);
        add(&newest);
        add(&scope);
        Some(Self { folder, key: hasher.digest128() })
    }

    /// What an earlier run found, if it looked at the very same.
    pub fn find(&self, project: &Project) -> Option<Ranking> {
        let parts = shelf::find(self.folder, self.key)?;
        let read = |part: usize| {
            let (words, text) = parts.part(part)?;
            Some(Reader { words, text, project })
        };
        let mut head = read(0)?;
        let n_concepts = usize::take(&mut head)?;
        let rest = Rest::take(&mut head).filter(|_| head.is_done())?;
        let all: Option<Vec<Vec<Concept>>> = (1..parts.len())
            .into_par_iter()
            .map(|part| {
                let mut from = read(part)?;
                <Vec<Concept>>::take(&mut from).filter(|_| from.is_done())
            })
            .collect();
        let all: Vec<Concept> = all?.into_iter().flatten().collect();
        let Rest { apart, modules, packages } = rest;
        let areas = || modules.iter().chain(&packages);
        let is_whole = all.len() == n_concepts
            && all.iter().all(is_whole)
            && areas().all(|area| area.concepts.iter().all(|at| *at < n_concepts));
        let concepts = Concepts { all, apart };
        is_whole.then_some(Ranking { concepts, areas: Hotspots { modules, packages } })
    }

    /// Keeps a ranking for the next run. A cache that cannot be written costs that run time, and this one nothing.
    pub fn keep(&self, ranking: &Ranking) {
        let mut head = Writer::default();
        ranking.concepts.all.len().put(&mut head);
        ranking.concepts.apart.put(&mut head);
        ranking.areas.modules.put(&mut head);
        ranking.areas.packages.put(&mut head);
        let part = |concepts: &[Concept]| {
            let mut part = Writer::default();
            concepts.len().put(&mut part);
            for concept in concepts {
                concept.put(&mut part);
            }
            part
        };
        let concepts: Vec<Writer> = ranking.concepts.all.par_chunks(PART).map(part).collect();
        let parts: Vec<(&[u32], &str)> = std::iter::once(&head)
            .chain(&concepts)
            .map(|part| (&part.words[..], &part.text[..]))
            .collect();
        let _ = shelf::keep(self.folder, self.key, &parts);
    }
}

/// The program that runs: another one may judge otherwise, also where it calls itself the same version.
fn program() -> Option<impl Debug> {
    let file = std::env::current_exe().ok()?.metadata().ok()?;
    let written = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((env!("CARGO_PKG_VERSION"), file.len(), written))
}

/// Whether the counts of a concept fit what it holds.
fn is_whole(concept: &Concept) -> bool {
    (1..=concept.n_counted).contains(&concept.n_definitions)
        && concept.n_counted <= concept.held.len()
}

struct Rest {
    apart: Vec<Apart>,
    modules: Vec<Area>,
    packages: Vec<Area>,
}

kept! {
    Rest { apart, modules, packages }
    Apart { name, definitions }
    Area { id, file, modules, concepts, findings, parts }
    Concept {
        id, kind, held, n_definitions, n_counted, beside, canonical, spread, effective, dual, in_cycles, findings, parts,
    }
    Held { member, standing, importers, tests, likeness, changed, is_sibling, relation, similarity }
    Member { place, by, affixes }
    Proposal { place, path, confidence, reasons, against }
    Spread { paths, effective, definitions, files }
    Parts { import_spread, definition_spread, divergence, dual_use, cycles, findings, reach }
    Tally { errors, warnings, infos }
}

kept_by_place! {
    ClusterKind: ClusterKind::ALL;
    Confidence: [Confidence::Low, Confidence::Medium, Confidence::High, Confidence::Declared];
    FileKind: FileKind::ALL;
    Relation: Relation::ALL;
}

/// The word of a standing, or of what is no standing: `nested`.
impl Kept for BTreeMap<&'static str, usize> {
    fn put(&self, out: &mut Writer) {
        self.len().put(out);
        for (word, count) in self {
            (*word).to_owned().put(out);
            count.put(out);
        }
    }

    fn take(from: &mut Reader) -> Option<Self> {
        let known = |word: &str| {
            let kinds = FileKind::ALL.iter().map(|kind| kind.word());
            kinds.chain([Standing::Mock.word(), NESTED]).find(|known| *known == word)
        };
        let length = usize::take(from).filter(|length| *length <= from.words.len())?;
        (0..length).map(|_| Some((known(&String::take(from)?)?, usize::take(from)?))).collect()
    }
}

impl Kept for Standing {
    fn put(&self, out: &mut Writer) {
        match self {
            Self::Of(kind) => Some(*kind),
            Self::Mock => None,
        }
        .put(out);
    }

    fn take(from: &mut Reader) -> Option<Self> {
        Some(<Option<FileKind> as Kept>::take(from)?.map_or(Self::Mock, Self::Of))
    }
}

impl Kept for Reason {
    fn put(&self, out: &mut Writer) {
        let (code, numbers) = match self {
            Self::Importers(some, all) => (1, vec![*some, *all]),
            Self::Tests(count) => (2, vec![*count]),
            Self::WidestApi(count) => (3, vec![*count]),
            Self::NotProduction(kind) => {
                out.words.push(4);
                return kind.put(out);
            }
            plain => {
                let at = PLAIN.iter().position(|other| other == plain);
                (at.map_or(u32::MAX, |at| at as u32 + 5), Vec::new())
            }
        };
        out.words.push(code);
        for number in numbers {
            number.put(out);
        }
    }

    fn take(from: &mut Reader) -> Option<Self> {
        Some(match from.word()? {
            1 => Self::Importers(usize::take(from)?, usize::take(from)?),
            2 => Self::Tests(usize::take(from)?),
            3 => Self::WidestApi(usize::take(from)?),
            4 => Self::NotProduction(FileKind::take(from)?),
            code => *PLAIN.get((code as usize).checked_sub(5)?)?,
        })
    }
}

/// Reasons without numbers.
const PLAIN: [Reason; 14] = [
    Reason::Declared,
    Reason::OnlyDefinition,
    Reason::Unused,
    Reason::NoTest,
    Reason::Oldest,
    Reason::InCycle,
    Reason::NotInCycle,
    Reason::Deprecated,
    Reason::NotDeprecated,
    Reason::Affixes,
    Reason::PlainName,
    Reason::Mock,
    Reason::PrivateModule,
    Reason::Interface,
];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use crate::engine::scan::scan_with;
    use crate::engine::{Look, Options, Progress};

    fn scanned(tree: &Path, cache: &Path) -> Snapshot {
        let options = Options { cache: true, ..Options::default() };
        scan_with(tree, &options, &Progress::default(), Some(cache)).unwrap()
    }

    fn told(ranking: &Ranking) -> String {
        let Ranking { concepts, areas } = ranking;
        format!("{:?}{:?}{:?}{:?}", concepts.all, concepts.apart, areas.modules, areas.packages)
    }

    fn judged(look: &Look) -> String {
        told(&look.judge(&look.survey().unwrap()).unwrap())
    }

    fn kept(cache: &Path) -> Vec<PathBuf> {
        let files = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<PathBuf> =
            files.filter(|path| path.extension().is_some_and(|end| end == "ranking")).collect();
        files.sort();
        files
    }

    /// Two names twice each, and an import by two paths.
    fn write_tree(folder: &Path) {
        let files = [
            ("a.py", "class Store:\n    def get(self): return 1\nclass Bus: ...\n"),
            ("b.py", "class Store:\n    def get(self): return 2\nclass BusImpl: ...\n"),
            ("c.py", "from a import Store, Bus\n"),
            ("u.py", "from a import Store\nfrom c import Bus\n"),
            ("v.py", "from b import Store, BusImpl\nfrom c import Store as S\nfrom a import Bus\n"),
        ];
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
    }

    #[test]
    fn what_is_kept_is_what_is_computed() {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let mut n_concepts = 0;
        for room in ["classes", "clusters", "findings", "hotspots", "users", "variants"] {
            for case in fs::read_dir(fixtures.join(room)).unwrap() {
                let tree = case.unwrap().path().join("tree");
                if !tree.is_dir() {
                    continue;
                }
                let home = tempfile::tempdir().unwrap();
                let cache = home.path().join("tree");
                let config = Config::load(&tree, None).unwrap_or_default();
                for scope in [Scope::Production, Scope::All] {
                    let first = scanned(&tree, &cache);
                    let Ok(survey) = Look::at(&first, &config, None, scope).survey() else {
                        continue;
                    };
                    let look = Look::at(&first, &config, None, scope);
                    assert!(look.kept().is_none());
                    let computed = told(&look.judge(&survey).unwrap());
                    let second = scanned(&tree, &cache);
                    let look = Look::at(&second, &config, None, scope);
                    let kept = look.kept().unwrap_or_else(|| panic!("{}", tree.display()));
                    n_concepts += kept.concepts.all.len();
                    assert_eq!(told(&kept), computed, "{}", tree.display());
                }
            }
        }
        assert!(n_concepts > 100, "{n_concepts}");
    }

    #[test]
    fn whatever_it_follows_from_makes_another_key() {
        let (tree, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let cache = home.path().join("tree");
        write_tree(tree.path());
        let config = Config::default();
        let is_kept = |config: &Config, scope: Scope| {
            Look::at(&scanned(tree.path(), &cache), config, None, scope).kept().is_some()
        };
        judged(&Look::at(&scanned(tree.path(), &cache), &config, None, Scope::Production));
        assert!(is_kept(&config, Scope::Production));
        assert!(!is_kept(&config, Scope::All));
        let affixes = Config { affixes: Some(Vec::new()), ..Config::default() };
        assert!(!is_kept(&affixes, Scope::Production));
        fs::create_dir(tree.path().join("src")).unwrap();
        assert!(!is_kept(&config, Scope::Production), "a folder may be a package");
        fs::remove_dir(tree.path().join("src")).unwrap();
        assert!(is_kept(&config, Scope::Production));
        fs::write(tree.path().join("requirements.txt"), "bus\n").unwrap();
        assert!(!is_kept(&config, Scope::Production), "what is declared is no part of the tree");
        fs::remove_file(tree.path().join("requirements.txt")).unwrap();
        fs::rename(tree.path().join("u.py"), tree.path().join("w.py")).unwrap();
        assert!(!is_kept(&config, Scope::Production));
        fs::rename(tree.path().join("w.py"), tree.path().join("u.py")).unwrap();
        fs::write(tree.path().join("u.py"), "from b import Store\n").unwrap();
        assert!(!is_kept(&config, Scope::Production));
    }

    #[test]
    fn nothing_is_kept_without_a_cache_and_little_with_one() {
        let (tree, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let cache = home.path().join("tree");
        write_tree(tree.path());
        let config = Config::default();
        let uncached =
            scan_with(tree.path(), &Options::default(), &Progress::default(), None).unwrap();
        judged(&Look::at(&uncached, &config, None, Scope::All));
        assert!(!cache.exists());
        for n in 0..9 {
            fs::write(tree.path().join("u.py"), format!("from a import Store\nx = '{n}'\n"))
                .unwrap();
            let snapshot = scanned(tree.path(), &cache);
            let look = Look::at(&snapshot, &config, None, Scope::All);
            judged(&look);
            assert!(look.kept().is_some());
            assert!(kept(&cache).len() <= 6);
        }
    }

    #[test]
    fn a_damaged_entry_is_computed_anew() {
        let (tree, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let cache = home.path().join("tree");
        write_tree(tree.path());
        let snapshot = scanned(tree.path(), &cache);
        let config = Config::default();
        let look = Look::at(&snapshot, &config, None, Scope::All);
        let computed = judged(&look);
        let [file] = &kept(&cache)[..] else { panic!("one entry") };
        let whole = fs::read(file).unwrap();
        for bit in (0..whole.len() * 8).step_by(7) {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            fs::write(file, &bytes).unwrap();
            assert!(look.kept().is_none(), "bit {bit}");
        }
        for length in 0..whole.len() {
            fs::write(file, &whole[..length]).unwrap();
            assert!(look.kept().is_none(), "{length} bytes");
        }
        assert_eq!(judged(&look), computed);
        assert_eq!(told(&look.kept().unwrap()), computed);
        assert_eq!(fs::read(file).unwrap(), whole);
    }

    /// Sound by its checksums, and yet not of this tree: what a forger could do, or a bug of ours.
    #[test]
    fn an_entry_of_another_tree_is_not_taken_over() {
        let (tree, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let cache = home.path().join("tree");
        write_tree(tree.path());
        let snapshot = scanned(tree.path(), &cache);
        let config = Config::default();
        judged(&Look::at(&snapshot, &config, None, Scope::All));
        for file in ["b.py", "c.py", "u.py", "v.py"] {
            fs::remove_file(tree.path().join(file)).unwrap();
        }
        let smaller = scanned(tree.path(), &cache);
        let key = Key::of(&snapshot, &config, None, Scope::All).unwrap();
        assert!(key.find(&snapshot.project).is_some());
        assert!(key.find(&smaller.project).is_none());
    }

    /// Every word of an entry replaced by odd ones, with checksums that fit.
    #[test]
    fn no_word_of_an_entry_is_trusted() {
        let (tree, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let cache = home.path().join("tree");
        write_tree(tree.path());
        let snapshot = scanned(tree.path(), &cache);
        let config = Config::default();
        judged(&Look::at(&snapshot, &config, None, Scope::All));
        let key = Key::of(&snapshot, &config, None, Scope::All).unwrap();
        let parts = shelf::find(&cache, key.key).unwrap();
        let parts: Vec<(Vec<u32>, String)> = (0..parts.len())
            .filter_map(|at| parts.part(at))
            .map(|(words, text)| (words.to_vec(), text.to_owned()))
            .collect();
        let mut refused = 0;
        for part in 0..parts.len() {
            for at in 0..parts[part].0.len() {
                for odd in [0, 7, u32::MAX - 1, u32::MAX] {
                    let mut parts = parts.clone();
                    parts[part].0[at] = odd;
                    let borrowed: Vec<(&[u32], &str)> =
                        parts.iter().map(|(words, text)| (&words[..], &text[..])).collect();
                    shelf::keep(&cache, key.key, &borrowed).unwrap();
                    refused += usize::from(key.find(&snapshot.project).is_none());
                }
            }
        }
        assert!(refused > 100, "{refused}");
    }
}

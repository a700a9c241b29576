//! A glimpse: which class names stand out among the files that were read so far, before anything is linked.
//!
//! A real score takes a resolved tree and the roads to every definition, which cost as much as reading some thousand files.
//! So names are taken as written: what a class name is imported from stands for its paths, and how often it is defined for
//! its definitions. The parts are then put together as `concepts.rs` does it; what only a resolved tree has (how alike the
//! definitions are, dual use, cycles) is left out.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Scope, entropy};
use crate::facts::Facts;
use crate::facts::rows::{DefinitionKind, ImportForm, NO_ROW};
use crate::source::FileKind;

/// What of the choice among definitions counts on the average: somewhere between nothing but a name in common and all.
const LIKENESS: f64 = 0.65;

const BIT: f64 = std::f64::consts::LN_2;

/// What is known of the names so far.
#[derive(Debug)]
pub struct Glimpse {
    scope: Scope,
    names: FxHashMap<Box<str>, Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// Files with a class of this name at module level.
    definitions: usize,
    /// Files that import the name.
    importers: usize,
    /// The same by the module that they import it from. Relative imports are apart: a package's own way to its modules is
    /// order and not fragmentation.
    by_path: FxHashMap<Box<str>, usize>,
}

/// A name that stands out.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    pub name: String,
    pub definitions: usize,
    pub paths: usize,
    pub files: usize,
    pub score: f64,
}

impl Glimpse {
    pub fn new(scope: Scope) -> Self {
        Self { scope, names: FxHashMap::default() }
    }

    pub fn add(&mut self, kind: FileKind, facts: &Facts) {
        if !self.scope.holds(kind) {
            return;
        }
        let classes = facts.definitions().iter();
        let classes =
            classes.filter(|row| row.parent == NO_ROW && row.kind() == DefinitionKind::Class);
        let own: FxHashSet<&str> = classes.map(|row| facts.text(row.name)).collect();
        #[expect(clippy::iter_over_hash_type, reason = "each name is counted by itself")]
        for name in own {
            self.seen(name).definitions += 1;
        }
        let imports = facts.imports().iter().filter(|import| import.form() == ImportForm::From);
        let mut ways: Vec<(&str, &str)> = imports
            .map(|import| {
                let module = if import.level == 0 { facts.text(import.module) } else { "" };
                (facts.text(import.name), module)
            })
            .collect();
        ways.sort_unstable();
        ways.dedup();
        for ways in ways.chunk_by(|a, b| a.0 == b.0) {
            let seen = self.seen(ways[0].0);
            seen.importers += 1;
            for (_, module) in ways.iter().filter(|(_, module)| !module.is_empty()) {
                match seen.by_path.get_mut(*module) {
                    Some(files) => *files += 1,
                    None => drop(seen.by_path.insert((*module).into(), 1)),
                }
            }
        }
    }

    fn seen(&mut self, name: &str) -> &mut Seen {
        if !self.names.contains_key(name) {
            self.names.insert(name.into(), Seen::default());
        }
        self.names.get_mut(name).expect("it was put there")
    }

    /// Names of classes that several files define or that are imported by several paths; the highest score first.
    pub fn ranked(&self) -> Vec<Sighting> {
        let stands_out =
            |seen: &&Seen| seen.definitions > 1 || seen.definitions == 1 && seen.by_path.len() > 1;
        let mut found: Vec<Sighting> = self
            .names
            .iter()
            .filter(|(_, seen)| stands_out(seen))
            .map(|(name, seen)| seen.sighting(name))
            .collect();
        found.sort_by(|a, b| {
            let by_size = || (b.definitions, b.files).cmp(&(a.definitions, a.files));
            let by_score = b.score.total_cmp(&a.score);
            by_score.then_with(by_size).then_with(|| a.name.cmp(&b.name))
        });
        found
    }
}

impl Seen {
    fn sighting(&self, name: &str) -> Sighting {
        let mut files: Vec<usize> = self.by_path.values().copied().collect();
        files.sort_unstable_by(|a, b| b.cmp(a));
        let all = entropy(files.iter().copied()) / BIT;
        // The ways that most files take are taken to lead to one definition each.
        let users = files.iter().copied().chain(std::iter::repeat(0));
        let of_definitions = entropy(users.take(self.definitions).map(|users| users + 1)) / BIT;
        let of_paths = (all - of_definitions).max(0.0);
        let reach = (1.0 + self.importers as f64).log2();
        let score =
            reach * (of_paths + LIKENESS * of_definitions + (of_paths + of_definitions).min(1.0));
        Sighting {
            name: name.to_owned(),
            definitions: self.definitions,
            paths: self.by_path.len(),
            files: self.importers,
            score,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::clusters::Rules;
    use crate::analysis::clusters::clusters;
    use crate::analysis::concepts::{Concept, concepts};
    use crate::analysis::{Survey, testing::project};
    use crate::model::Project;

    fn glimpse(project: &Project) -> Vec<Sighting> {
        let mut glimpse = Glimpse::new(Scope::All);
        project.files.iter().for_each(|file| glimpse.add(file.kind, &file.facts));
        glimpse.ranked()
    }

    const TREE: &str = "# file: a.py\nclass Manager: ...\nclass Bus: ...\nclass Lone: ...\n\
        # file: b.py\nclass Manager: ...\nclass Bus: ...\n\
        # file: c.py\nfrom a import Bus\nfrom b import Lone\n\
        # file: u.py\nfrom a import Manager, Bus, Lone\n\
        # file: v.py\nfrom b import Manager\nfrom a import Bus, Lone\n\
        # file: w.py\nfrom a import Manager\nfrom a import Bus\n\
        # file: x.py\nfrom b import Manager\n";

    #[test]
    fn names_as_they_are_written_stand_for_paths() {
        let found = glimpse(&project(TREE));
        let told: Vec<_> =
            found.iter().map(|s| (&*s.name, s.definitions, s.paths, s.files)).collect();
        assert_eq!(told, [("Manager", 2, 2, 4), ("Lone", 1, 2, 3), ("Bus", 2, 1, 4)]);
    }

    #[test]
    fn the_order_is_that_of_the_scores() {
        let project = project(&TREE.replace("from b import Lone", "from b import Manager"));
        let survey = Survey::of(&project, Scope::All);
        let rules = Rules::default();
        let found = clusters(&project, &survey, &rules);
        let real = concepts(&project, &survey, &rules, found).all;
        let real: Vec<&str> = real.iter().map(Concept::name).collect();
        let seen = glimpse(&project);
        let seen: Vec<&str> = seen.iter().map(|sighting| &*sighting.name).collect();
        assert_eq!(seen, ["Manager", "Bus"]);
        assert_eq!(seen, real);
    }

    #[test]
    fn what_the_scope_leaves_out_is_not_seen() {
        let project = project("# file: a.py\nclass A: ...\n# file: b.py\nclass A: ...\n");
        let mut glimpse = Glimpse::new(Scope::Production);
        for file in &project.files {
            glimpse.add(FileKind::Test, &file.facts);
        }
        assert!(glimpse.ranked().is_empty());
    }
}

//! Reach: which tests get to a definition, and over how many imports.
//!
//! A file that names the definition is at distance 1, a file that imports such a file at 2, and so on; imports for type
//! checkers do not count. A test is also reached by the `conftest.py` files of its folder and of those above. The module
//! that defines is a way when its own code uses the definition.

use std::collections::{BTreeMap, VecDeque};

use rustc_hash::FxHashMap;

use super::{Place, Scope, Survey};
use crate::facts::rows::{DefinitionKind, NO_ROW, Row};
use crate::model::graph::{EdgeKind, Node};
use crate::model::{FileId, Moment, Project};

/// How a file comes to be one step nearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Names the definition.
    Names,
    Imports,
    /// pytest loads the `conftest.py` for it.
    Conftest,
}

impl Way {
    pub fn word(self) -> &'static str {
        match self {
            Self::Names => "names it",
            Self::Imports => "imports",
            Self::Conftest => "conftest",
        }
    }
}

/// One step of a trail, from the test towards the definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub file: FileId,
    pub line: u32,
    pub way: Way,
}

/// A test file and the shortest way from it.
#[derive(Clone, Debug)]
pub struct Reaching {
    pub test: FileId,
    /// As many as the distance; the first is in the test.
    pub trail: Vec<Step>,
}

/// Who imports whom, ready to be followed back.
pub struct Reach<'p> {
    project: &'p Project,
    importers: FxHashMap<FileId, Vec<(FileId, u32)>>,
    /// Files with tests in them, in the order of their paths.
    tests: Vec<FileId>,
}

impl<'p> Reach<'p> {
    pub fn of(project: &'p Project, survey: &Survey) -> Self {
        let mut importers: FxHashMap<FileId, Vec<(FileId, u32)>> = FxHashMap::default();
        let graph = &survey.graph.graph;
        for edge in graph.edge_indices() {
            let Some((from, to)) = graph.edge_endpoints(edge) else { continue };
            let weight = graph[edge];
            let counts = matches!(
                weight.kind,
                EdgeKind::Import(Moment::RunTime | Moment::Deferred) | EdgeKind::UseByString
            );
            let to = match graph[to] {
                Node::Module(file) | Node::Definition(file, _) => file,
                Node::Package(_) => continue,
            };
            if let (true, Node::Module(from)) = (counts, graph[from]) {
                importers.entry(to).or_default().push((from, weight.at.line));
            }
        }
        #[expect(clippy::iter_over_hash_type, reason = "each list is put in order by itself")]
        for files in importers.values_mut() {
            files.sort_unstable();
            files.dedup_by_key(|(file, _)| *file);
        }
        let tests = project.ids().filter(|file| n_tests(project, survey, *file) > 0).collect();
        Self { project, importers, tests }
    }

    /// The test files that reach a definition, the nearest first.
    pub fn tests(&self, survey: &Survey, definition: Place) -> Vec<Reaching> {
        let came_from = self.spread(survey, definition);
        let mut found: Vec<Reaching> = self
            .tests
            .iter()
            .filter(|test| came_from.contains_key(test))
            .map(|test| Reaching { test: *test, trail: trail(&came_from, *test) })
            .collect();
        found.sort_by_key(|reaching| (reaching.trail.len(), reaching.test));
        found
    }

    /// Whether any test reaches a definition.
    pub fn is_tested(&self, survey: &Survey, definition: Place) -> bool {
        let came_from = self.spread(survey, definition);
        self.tests.iter().any(|test| came_from.contains_key(test))
    }

    /// Every file from which the definition is reached, with the next step towards it.
    fn spread(&self, survey: &Survey, definition: Place) -> BTreeMap<FileId, (Step, FileId)> {
        let home = definition.0;
        let mut came_from: BTreeMap<FileId, (Step, FileId)> = BTreeMap::new();
        let mut open = VecDeque::new();
        let uses_itself = self.own_use(definition).map(|line| (home, line));
        let naming = survey.users(definition).iter().copied().filter(|(file, _)| *file != home);
        for (file, line) in naming.chain(uses_itself) {
            came_from.entry(file).or_insert_with(|| {
                open.push_back(file);
                (Step { file, line, way: Way::Names }, home)
            });
        }
        while let Some(at) = open.pop_front() {
            let importers = self.importers.get(&at).map_or(&[][..], Vec::as_slice).iter();
            let imports = importers.map(|(file, line)| (*file, *line, Way::Imports));
            let loads = self.served(at).map(|file| (file, 1, Way::Conftest));
            for (file, line, way) in imports.chain(loads) {
                came_from.entry(file).or_insert_with(|| {
                    open.push_back(file);
                    (Step { file, line, way }, at)
                });
            }
        }
        came_from
    }

    /// The line on which the module's own code uses the definition.
    pub fn own_use(&self, (file, row): Place) -> Option<u32> {
        let facts = &self.project.file(file).facts;
        let name = facts.text(facts.definition(row)?.name);
        let is_it = |chain: &str| chain.split('.').next() == Some(name);
        let mut uses = facts.uses().iter().filter(|used| used.import == NO_ROW);
        uses.find(|used| is_it(facts.text(used.chain))).map(|used| used.at.line)
    }

    /// Tests for which pytest loads this file, if it is a `conftest.py`.
    fn served(&self, file: FileId) -> impl Iterator<Item = FileId> + '_ {
        let folder = self.project.file(file).path.strip_suffix("conftest.py");
        let folder = folder.filter(|folder| folder.is_empty() || folder.ends_with('/'));
        let is_below = move |test: &&FileId| {
            folder.is_some_and(|folder| self.project.file(**test).path.starts_with(folder))
        };
        self.tests.iter().filter(is_below).copied().filter(move |test| *test != file)
    }
}

fn trail(came_from: &BTreeMap<FileId, (Step, FileId)>, test: FileId) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = test;
    while let Some((step, next)) = came_from.get(&at) {
        steps.push(*step);
        if step.way == Way::Names {
            break;
        }
        at = *next;
    }
    steps
}

/// Test functions and methods of a test file: those that pytest and unittest collect by their names, inherited ones of its
/// classes counted. A helper in a folder of tests is none.
pub fn n_tests(project: &Project, survey: &Survey, file: FileId) -> usize {
    let held = project.file(file);
    let name = held.path.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    let is_collected =
        stem.starts_with("test") || stem.ends_with("_test") || stem.ends_with("_tests");
    if !Scope::Tests.holds(held.kind) || !is_collected {
        return 0;
    }
    let classes = (0..held.facts.definitions().len() as Row).filter(|row| {
        let class = held.facts.definition(*row);
        class.is_some_and(|class| class.kind() == DefinitionKind::Class && class.parent == NO_ROW)
    });
    let bases = classes.flat_map(|row| survey.ancestors((file, row)));
    let inherited = bases.map(|(file, row)| {
        let facts = &project.file(*file).facts;
        let own = facts.definitions().iter().filter(|definition| definition.parent == *row);
        own.filter(|own| facts.text(own.name).starts_with("test")).count()
    });
    let inherited: usize = inherited.sum();
    let facts = &held.facts;
    let is_test = |definition: &&crate::facts::rows::Definition| {
        let in_class_or_module = definition.parent == NO_ROW
            || facts
                .definition(definition.parent)
                .is_some_and(|parent| parent.kind() == DefinitionKind::Class);
        definition.kind() == DefinitionKind::Function
            && in_class_or_module
            && facts.text(definition.name).starts_with("test")
    };
    inherited + facts.definitions().iter().filter(is_test).count()
}

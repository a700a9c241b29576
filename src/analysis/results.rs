//! Results of a test run, laid over the test files they are about.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::model::{FileId, Project};
use crate::source::FileKind;
use crate::source::junit::{Case, Outcome};

/// What a run said of one test file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
    /// The file could not even be imported.
    pub is_uncollected: bool,
    /// The first line of the first thing that went wrong.
    pub message: Option<String>,
}

impl Tally {
    pub fn verdict(&self) -> &'static str {
        match self {
            Self { is_uncollected: true, .. } => "not collected",
            Self { failed: 1.., .. } => "failed",
            Self { passed: 1.., .. } => "passed",
            Self { skipped: 1.., .. } => "skipped",
            Self { .. } => "not run",
        }
    }

    fn count(&mut self, case: &Case) {
        match case.outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Skipped => self.skipped += 1,
            Outcome::NotCollected => self.is_uncollected = true,
        }
        let went_wrong = matches!(case.outcome, Outcome::Failed | Outcome::NotCollected);
        if went_wrong && self.message.is_none() && !case.message.is_empty() {
            self.message = Some(case.message.clone());
        }
    }
}

/// The results by test file, and how many cases fit no file of the tree.
pub fn by_file(project: &Project, cases: &[Case]) -> (BTreeMap<FileId, Tally>, usize) {
    let tests = TestFiles::of(project);
    let mut tallies: BTreeMap<FileId, Tally> = BTreeMap::new();
    let mut strays = 0;
    for case in cases {
        match tests.find(case) {
            Some(file) => tallies.entry(file).or_default().count(case),
            None => strays += 1,
        }
    }
    (tallies, strays)
}

/// Test files by every end of their dotted paths: pytest may have run from another folder than the tree's top.
struct TestFiles {
    /// None where several files share the end.
    by_end: FxHashMap<String, Option<FileId>>,
}

impl TestFiles {
    fn of(project: &Project) -> Self {
        let mut by_end: FxHashMap<String, Option<FileId>> = FxHashMap::default();
        for id in project.ids().filter(|id| project.file(*id).kind == FileKind::Test) {
            let path = &*project.file(id).path;
            let dotted = path.rsplit_once('.').map_or(path, |(stem, _)| stem).replace('/', ".");
            let starts = dotted.match_indices('.').map(|(at, _)| at + 1);
            for start in std::iter::once(0).chain(starts) {
                by_end
                    .entry(dotted[start..].to_owned())
                    .and_modify(|known| *known = None)
                    .or_insert(Some(id));
            }
        }
        Self { by_end }
    }

    /// The file of the longest run of segments that is the end of one test file's path only.
    fn find(&self, case: &Case) -> Option<FileId> {
        let named = case.file.as_deref().map(|file| file.trim_end_matches(".py").replace('/', "."));
        let of_file = named.and_then(|dotted| self.longest(&dotted));
        of_file.or_else(|| self.longest(&case.module))
    }

    fn longest(&self, dotted: &str) -> Option<FileId> {
        let segments: Vec<&str> = dotted.split('.').collect();
        for length in (1..=segments.len()).rev() {
            for run in segments.windows(length) {
                if let Some(Some(file)) = self.by_end.get(&run.join(".")) {
                    return Some(*file);
                }
            }
        }
        None
    }
}

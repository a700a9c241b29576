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

/// Test files by their dotted paths, and by every end of them: pytest may have run from another folder than the tree's top.
struct TestFiles {
    by_path: FxHashMap<String, FileId>,
    /// None where several files share the end.
    by_end: FxHashMap<String, Option<FileId>>,
}

impl TestFiles {
    fn of(project: &Project) -> Self {
        let mut files = Self { by_path: FxHashMap::default(), by_end: FxHashMap::default() };
        for id in project.ids().filter(|id| project.file(*id).kind == FileKind::Test) {
            let dotted = dotted(&project.file(id).path);
            for (at, _) in dotted.match_indices('.') {
                files
                    .by_end
                    .entry(dotted[at + 1..].to_owned())
                    .and_modify(|known| *known = None)
                    .or_insert(Some(id));
            }
            files.by_path.insert(dotted, id);
        }
        files
    }

    fn find(&self, case: &Case) -> Option<FileId> {
        let of_file = case.file.as_deref().and_then(|file| self.named(&dotted(file)));
        // Without a class, some tools write the test's own id.
        let module = case.module.split("::").next().unwrap_or_default();
        let module = if module.contains('/') { dotted(module) } else { module.to_owned() };
        of_file.or_else(|| self.of_module(&module))
    }

    /// The file of a whole dotted path, or of the longest end of it that one test file alone has.
    fn named(&self, path: &str) -> Option<FileId> {
        let known = |end: &str| {
            let by_end = || self.by_end.get(end).copied().flatten();
            self.by_path.get(end).copied().or_else(by_end)
        };
        let mut ends = path.match_indices('.').map(|(at, _)| &path[at + 1..]);
        known(path).or_else(|| ends.find_map(known))
    }

    /// The same, less the classes behind the module.
    fn of_module(&self, dotted: &str) -> Option<FileId> {
        let is_class =
            |name: &str| name.starts_with(|first: char| first.is_uppercase() || first == '_');
        let mut module = dotted;
        loop {
            if let Some(file) = self.named(module) {
                return Some(file);
            }
            match module.rsplit_once('.') {
                Some((rest, last)) if is_class(last) => module = rest,
                _ => return None,
            }
        }
    }
}

/// `tests/unit/test_core.py` is `tests.unit.test_core`, also as Windows writes it.
fn dotted(path: &str) -> String {
    let path = path.replace('\\', "/");
    let path = path.trim_start_matches("./");
    path.rsplit_once('.').map_or(path, |(stem, _)| stem).replace('/', ".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::testing::project;
    use crate::source::junit::Outcome;

    #[test]
    fn cases_find_their_files() {
        let project = project(
            "# file: tests/test_core.py\nx = 1\n# file: pkg/tests/test_core.py\nx = 1\n\
             # file: tests/test_fix.py\nx = 1\n# file: tests/helpers.py\nx = 1\n",
        );
        let files = TestFiles::of(&project);
        let found = |module: &str, file: Option<&str>| {
            let case = Case {
                module: module.to_owned(),
                file: file.map(str::to_owned),
                outcome: Outcome::Passed,
                message: String::new(),
            };
            files.find(&case).map(|id| &*project.file(id).path)
        };
        assert_eq!(found("tests.test_core", None), Some("tests/test_core.py"));
        assert_eq!(found("pkg.tests.test_core.TestA", None), Some("pkg/tests/test_core.py"));
        assert_eq!(found("", Some("tests/test_core.py")), Some("tests/test_core.py"));
        assert_eq!(found("x", Some("tests\\test_fix.py")), Some("tests/test_fix.py"));
        assert_eq!(found("tests/test_fix.py::test_f", None), Some("tests/test_fix.py"));
        assert_eq!(found("repo.tests.test_fix.TestA.TestB", None), Some("tests/test_fix.py"));
        assert_eq!(found("test_fix", None), Some("tests/test_fix.py"));
        assert_eq!(found("elsewhere.tests.helpers.test_zzz", None), None);
        assert_eq!(found("elsewhere", None), None);
    }
}

//! What was read of a tree: the counts that stand behind every number.

use super::Snapshot;
use crate::analysis::classes::count;
use crate::facts::rows::Status;
use crate::model::Outcome;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Parsed, recovered, unreadable and skipped together.
    pub files: usize,
    pub parsed: usize,
    /// With syntax errors; the facts around them were read.
    pub recovered: usize,
    pub unreadable: usize,
    pub skipped: usize,
    pub lines: usize,
    pub modules: usize,
    pub packages: usize,
    pub classes: usize,
    pub functions: usize,
    pub import_statements: usize,
    /// Imported names, in the order of [`Outcome::ALL`].
    pub outcomes: [usize; Outcome::ALL.len()],
}

impl Snapshot {
    pub fn coverage(&self) -> Coverage {
        let project = &self.project;
        let with_status =
            |status| project.files.iter().filter(|file| file.facts.status() == status).count();
        let (classes, functions) = count(project);
        let unreadable = self.unread.iter().filter(|unread| unread.is_unreadable).count();
        Coverage {
            files: project.files.len() + self.unread.len(),
            parsed: with_status(Status::Parsed),
            recovered: with_status(Status::Recovered),
            unreadable,
            skipped: self.unread.len() - unreadable,
            lines: project.files.iter().map(|file| file.facts.lines() as usize).sum(),
            modules: project.modules(),
            packages: project.packages(),
            classes,
            functions,
            import_statements: project.import_statements(),
            outcomes: project.outcomes(),
        }
    }
}

//! For tests of measures: a project from text.

use crate::facts::extract;
use crate::model::{FileInput, Folders, Project, Surroundings, TreeInput};
use crate::source::{MAX_BYTES, Tree, read, roots};

/// A project in memory; the line `# file: PATH` begins a file.
pub fn project(text: &str) -> Project {
    let tree = Tree::from_text(text);
    let file = |entry: &crate::source::Entry| FileInput {
        path: entry.path.as_str().into(),
        language: entry.language,
        kind: entry.kind,
        facts: extract(&read(&tree, entry, MAX_BYTES).unwrap(), entry.language),
    };
    let files = tree.entries.iter().map(file).collect();
    let paths = tree.entries.iter().map(|entry| (entry.path.as_str(), entry.language));
    let none = std::iter::empty;
    let input = TreeInput {
        folders: Folders::build("tree", paths, none(), none()),
        roots: &roots::find(&tree, None),
        surroundings: Surroundings::default(),
    };
    Project::build(files, input)
}

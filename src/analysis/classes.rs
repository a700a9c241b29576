//! The census: which classes and functions there are.

use crate::facts::rows::{DefinitionKind, Row};
use crate::model::{FileId, Project};

/// Every class statement, in the order of paths and lines. A stub beside its source repeats the source's classes and is
/// left out.
pub fn classes(project: &Project) -> Vec<(FileId, Row)> {
    definitions(project, DefinitionKind::Class)
}

/// Every function and method, counted like classes.
pub fn functions(project: &Project) -> Vec<(FileId, Row)> {
    definitions(project, DefinitionKind::Function)
}

fn definitions(project: &Project, kind: DefinitionKind) -> Vec<(FileId, Row)> {
    let mut found = Vec::new();
    for id in project.ids().filter(|id| project.file(*id).source.is_none()) {
        let rows = project.file(id).facts.definitions().iter().enumerate();
        found.extend(rows.filter(|(_, row)| row.kind() == kind).map(|(at, _)| (id, at as Row)));
    }
    found
}

/// Names of the methods of a class, in the order of the code, each once.
pub fn methods(project: &Project, file: FileId, class: Row) -> Vec<&str> {
    let facts = &project.file(file).facts;
    let mut names: Vec<&str> = Vec::new();
    for definition in facts.definitions() {
        if definition.parent == class && definition.kind() == DefinitionKind::Function {
            let name = facts.text(definition.name);
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

//! The census: which classes there are, and which names have more than one.

use std::collections::BTreeMap;

use crate::facts::rows::{Definition, DefinitionKind, NO_ROW, Row};
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

/// Classes at module level whose name is defined in two or more modules, by name; most definitions first.
pub fn same_names(
    project: &Project,
    counts: impl Fn(FileId) -> bool,
) -> Vec<(String, Vec<(FileId, Row)>)> {
    let mut by_name: BTreeMap<&str, Vec<(FileId, Row)>> = BTreeMap::new();
    for (file, row) in classes(project).into_iter().filter(|(file, _)| counts(*file)) {
        let facts = &project.file(file).facts;
        let at_module_level = |row: &&Definition| row.parent == NO_ROW;
        if let Some(class) = facts.definition(row).filter(at_module_level) {
            by_name.entry(facts.text(class.name)).or_default().push((file, row));
        }
    }
    let in_several = |found: &Vec<(FileId, Row)>| found.iter().any(|(file, _)| *file != found[0].0);
    let mut names: Vec<(String, Vec<(FileId, Row)>)> = by_name
        .into_iter()
        .filter(|(_, found)| in_several(found))
        .map(|(name, found)| (name.to_owned(), found))
        .collect();
    names.sort_by_key(|(_, found)| std::cmp::Reverse(found.len()));
    names
}

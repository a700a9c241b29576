//! The census: which classes and functions there are.

use rayon::prelude::*;

use crate::facts::rows::{DefinitionKind, Row};
use crate::model::{File, FileId, Project};

/// Every class statement, in the order of paths and lines. A stub beside its source repeats the source's classes and is
/// left out.
pub fn classes(project: &Project) -> Vec<(FileId, Row)> {
    let mut found = Vec::new();
    for id in project.ids().filter(|id| is_counted(project.file(*id))) {
        let rows = project.file(id).facts.definitions().iter().enumerate();
        let classes = rows.filter(|(_, row)| row.kind() == DefinitionKind::Class);
        found.extend(classes.map(|(at, _)| (id, at as Row)));
    }
    found
}

/// How many classes there are, and how many functions and methods, which are counted alike.
pub fn count(project: &Project) -> (usize, usize) {
    let in_file = |file: &File| {
        let rows = file.facts.definitions();
        let n_classes = rows.iter().filter(|row| row.kind() == DefinitionKind::Class).count();
        (n_classes, rows.len() - n_classes)
    };
    let counted = project.files.par_iter().filter(|file| is_counted(file)).map(in_file);
    counted.reduce(|| (0, 0), |all, some| (all.0 + some.0, all.1 + some.1))
}

fn is_counted(file: &File) -> bool {
    file.source.is_none()
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

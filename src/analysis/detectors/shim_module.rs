//! `shim-module`: a module that does nothing but pass on what others define.

use super::record;
use crate::analysis::finding::{Finding, Ground};
use crate::facts::rows::Pos;
use crate::model::{FileId, Project};

record!(
    "shim-module",
    Info,
    "a module does nothing but pass on what other modules define",
    in_tests: false,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    let project = ground.project;
    let shims = ground.files().into_iter().filter(|id| {
        let file = project.file(*id);
        // A script or a stub that only imports is run or read, not imported from.
        file.is_shim()
            && passes_on_ours(project, *id)
            && file.source.is_none()
            && !file.facts.is(crate::facts::rows::file_flag::MAIN)
    });
    shims
        .map(|file| {
            let users = ground.survey.graph.importers(file).into_iter();
            let users = users.filter(|user| ground.holds(*user)).count();
            let module = project.file(file).module.to_string();
            let used = match users {
                0 => "no file imports it".to_owned(),
                1 => "1 file imports it".to_owned(),
                users => format!("{users} files import it"),
            };
            Finding::new(&RULE, file, Pos::TOP, module.clone())
                .message(format!("`{module}` only passes on what others define; {used}"))
                .remedy("let its users import from the modules that define, then remove it")
                .key([module])
        })
        .collect()
}

/// Whether most of what it imports is of this tree. What gathers names of libraries, or chooses between them, has a purpose.
fn passes_on_ours(project: &Project, file: FileId) -> bool {
    let links = project.links(file);
    let ours = links.iter().filter(|link| link.end.is_ours()).count();
    ours > 0 && ours * 2 >= links.len()
}

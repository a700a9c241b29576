//! `star-import-chain`: a star import of a module that has its names by a star itself.

use super::record;
use crate::analysis::finding::{Finding, Ground};
use crate::facts::rows::{BindingKind, Import, ImportForm};
use crate::model::{End, FileId, Place};

record!(
    "star-import-chain",
    Warning,
    "names come through two star imports or more",
    in_tests: false,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in ground.files() {
        for (import, target) in stars(ground, file) {
            if let Some((next, last)) = stars(ground, target).next() {
                let module = |file| ground.project.file(file).module.to_string();
                let names = (module(target), module(last));
                found.push(
                    Finding::new(&RULE, file, import.at, names.0.clone())
                        .message(format!(
                            "the star of `{}` brings what the star of `{}` brings there: no reader can tell where a name is from",
                            names.0, names.1
                        ))
                        .remedy("import the names that are used, from the modules that define them")
                        .related(target, next.at, format!("the star of `{}`", names.1))
                        .key([names.0]),
                );
            }
        }
    }
    found
}

/// Star imports of a module's top level with the modules of the tree that they name.
fn stars<'g>(ground: &'g Ground, file: FileId) -> impl Iterator<Item = (&'g Import, FileId)> {
    let project = ground.project;
    let facts = &project.file(file).facts;
    let bound = facts.module_bindings().filter(|binding| binding.kind() == BindingKind::Star);
    bound.filter_map(move |binding| {
        let import = facts.imports().get(binding.row as usize)?;
        match project.links(file).get(binding.row as usize)?.end {
            End::Place(Place::Module(target))
                if import.form() == ImportForm::Star && target != file =>
            {
                Some((import, target))
            }
            _ => None,
        }
    })
}

//! `outside-roots`: an import of a module that stands in the tree where no root of the file reaches.

use super::lost_imports;
use super::record;
use crate::analysis::finding::{Finding, Ground};
use crate::analysis::unresolved::Unresolved;
use crate::facts::rows::{NO_ROW, ScopeKind};
use crate::model::{FileId, Outcome, Place, Project};
use crate::source::FileKind;

record!(
    "outside-roots",
    Warning,
    "a module is imported that stands in the tree, where no root of the file reaches",
    in_tests: true,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    lost_imports::findings(
        ground,
        &RULE,
        Outcome::OutsideRoots,
        |row| is_meant(ground, row),
        |row| first(&row.target).to_owned(),
        |row, top| {
            let from = row.hint.as_deref().unwrap_or_default();
            let run = match ground.project.file(row.file).kind {
                FileKind::Test => "a run of pytest from the top",
                _ => "a run that starts elsewhere",
            };
            let message = format!(
                "`{top}` is found only from `{from}`: {run} ends in `ModuleNotFoundError: No module named '{top}'`"
            );
            let remedy = format!(
                "run with `{from}` on the path (pytest: `pythonpath = [\"{from}\"]`), or declare it as one of `roots` if all \
             runs have it"
            );
            (message, remedy)
        },
    )
}

fn first(dotted: &str) -> &str {
    dotted.split('.').next().unwrap_or(dotted)
}

/// Whether it is surely that module which was meant: it has the name, or the chains that are read from it.
fn is_meant(ground: &Ground, row: &Unresolved) -> bool {
    let project = ground.project;
    let facts = &project.file(row.file).facts;
    // The other road of a `try`: it is there for the run that needs it.
    if facts.scope_chain(row.scope).any(|scope| scope.kind() == ScopeKind::Except) {
        return false;
    }
    project.outside_places(row.file, &row.target).iter().any(|place| match (place, &row.name) {
        // A folder without `__init__` has only modules.
        (Place::Namespace(folder), Some(name)) => project.folders.child(*folder, name).is_some(),
        (Place::Namespace(_), None) => true,
        (Place::Module(module), Some(name)) => {
            has(project, *module, name)
                || (makes_names(project, *module) && is_near(project, *module, row))
        }
        (Place::Module(module), None) => {
            let asked = asked_of(project, row);
            is_near(project, *module, row)
                && (makes_names(project, *module)
                    || asked.is_none_or(|name| has(project, *module, name)))
        }
    })
}

/// What stands in a package has a longer name, and only who is in that package may have left it out.
fn is_near(project: &Project, module: FileId, row: &Unresolved) -> bool {
    let folders = &project.folders;
    let depth = row.target.split('.').count() - usize::from(!project.file(module).is_package());
    let Some(home) = folders.ancestors(folders.folder_of(module)).nth(depth) else { return true };
    let own = folders.folder_of(row.file);
    folders.folder(home).init.is_none() || folders.ancestors(own).any(|around| around == home)
}

/// Whether it may have names that cannot be known.
fn makes_names(project: &Project, module: FileId) -> bool {
    let facts = &project.file(module).facts;
    !facts.dynamics().is_empty() || facts.bindings_of("*").next().is_some()
}

fn has(project: &Project, module: FileId, name: &str) -> bool {
    let facts = &project.file(module).facts;
    let below = project.folders.package_folder(module);
    name == "*"
        || facts.bindings_of(name).next().is_some()
        || below.is_some_and(|folder| project.folders.child(folder, name).is_some())
}

/// The first attribute that the file reads of what it imported whole.
fn asked_of<'p>(project: &'p Project, row: &Unresolved) -> Option<&'p str> {
    let facts = &project.file(row.file).facts;
    let import = facts.imports().iter().position(|import| import.at == row.at)?;
    let bound = facts.text(facts.imports()[import].bound);
    facts.uses().iter().find_map(|used| {
        let (root, rest) = facts.text(used.chain).split_once('.')?;
        let is_of_it = used.import == NO_ROW || used.import as usize == import;
        (is_of_it && root == bound).then(|| rest.split('.').next().unwrap_or(rest))
    })
}

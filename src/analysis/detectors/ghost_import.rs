//! `ghost-import`: an import of something by a path that no longer leads to it, though it exists elsewhere.

use rustc_hash::FxHashSet;

use super::record;
use crate::analysis::finding::{Finding, Ground, Severity};
use crate::analysis::unresolved::{Unresolved, unresolved};
use crate::facts::rows::{DefinitionKind, NO_ROW, ScopeKind};
use crate::model::{Outcome, Project};
use crate::source::FileKind;

record!(
    "ghost-import",
    Error,
    "a class or function is imported by a path that no longer leads to it",
    in_tests: true,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    let is_known = is_known_elsewhere(ground.project);
    let rows = unresolved(ground.project).into_iter();
    let rows = rows.filter(|row| is_in_use(ground.project, row));
    rows.filter(|row| row.outcome == Outcome::Unresolved && row.form.is_none() && is_known(row))
        .map(|row| {
            let target = target_of(&row);
            let name = row.name.clone().unwrap_or_default();
            let remedy = match &row.hint {
                Some(hint) => format!("import it from where it is now: `{hint}`"),
                None => format!("`fragscope show {name}` tells where it is now"),
            };
            let finding = Finding::new(&RULE, row.file, row.at, target.clone())
                .message(format!("`{target}` is a ghost: {}", row.reason))
                .remedy(remedy)
                .key([target]);
            if is_optional(ground.project, &row) {
                finding.severity(Severity::Info)
            } else {
                finding
            }
        })
        .collect()
}

/// Whether a class or a function of the tree has the name that was asked for.
pub fn is_known_elsewhere(project: &Project) -> impl Fn(&Unresolved) -> bool + use<> {
    let mut names: FxHashSet<String> = FxHashSet::default();
    for file in &project.files {
        for definition in file.facts.definitions() {
            if definition.parent == NO_ROW || definition.kind() == DefinitionKind::Class {
                names.insert(file.facts.text(definition.name).to_owned());
            }
        }
    }
    move |row: &Unresolved| row.name.as_ref().is_some_and(|name| names.contains(name))
}

/// The dotted path that was asked for.
pub fn target_of(row: &Unresolved) -> String {
    match &row.name {
        Some(name) if !row.target.is_empty() => format!("{}.{name}", row.target),
        Some(name) => name.clone(),
        None => row.target.clone(),
    }
}

/// Whether it stands in code that is meant to run, and that somebody here can mend.
pub fn is_in_use(project: &Project, row: &Unresolved) -> bool {
    let kind = project.file(row.file).kind;
    !matches!(kind, FileKind::Backup | FileKind::Vendored | FileKind::Generated)
}

/// Whether the code is ready for the name not to be there.
pub fn is_optional(project: &Project, row: &Unresolved) -> bool {
    let facts = &project.file(row.file).facts;
    let mut around = facts.scope_chain(row.scope);
    around.any(|scope| matches!(scope.kind(), ScopeKind::Try | ScopeKind::Except))
}

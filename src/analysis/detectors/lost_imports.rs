//! What the rules on imports that lead nowhere share: which rows they are about, and how a finding is made of one.

use rustc_hash::FxHashSet;

use crate::analysis::finding::{Finding, Ground, Rule, Severity};
use crate::analysis::unresolved::Unresolved;
use crate::facts::rows::{DefinitionKind, NO_ROW, ScopeKind};
use crate::model::{Outcome, Project};
use crate::source::FileKind;

/// One finding for each import of this outcome that the rule is about: `words` gives message and remedy for its target. Where
/// the code is ready for the name not to be there, it is only information.
pub fn findings(
    ground: &Ground,
    rule: &Rule,
    outcome: Outcome,
    is_about: impl Fn(&Unresolved) -> bool,
    words: impl Fn(&Unresolved, &str) -> (String, String),
) -> Vec<Finding> {
    let project = ground.project;
    let rows = ground.lost().iter().filter(|row| {
        row.outcome == outcome && row.form.is_none() && is_in_use(project, row) && is_about(row)
    });
    rows.map(|row| {
        let target = target_of(row);
        let (message, remedy) = words(row, &target);
        let finding = Finding::new(rule, row.file, row.at, target.clone())
            .message(message)
            .remedy(remedy)
            .key([target]);
        if is_optional(project, row) { finding.severity(Severity::Info) } else { finding }
    })
    .collect()
}

/// Whether a class or a function of the tree has the name that was asked for.
pub fn is_known_elsewhere(project: &Project) -> impl Fn(&Unresolved) -> bool {
    let mut names: FxHashSet<&str> = FxHashSet::default();
    for file in &project.files {
        for definition in file.facts.definitions() {
            if definition.parent == NO_ROW || definition.kind() == DefinitionKind::Class {
                names.insert(file.facts.text(definition.name));
            }
        }
    }
    move |row: &Unresolved| row.name.as_ref().is_some_and(|name| names.contains(name.as_str()))
}

/// The dotted path that was asked for.
fn target_of(row: &Unresolved) -> String {
    match &row.name {
        Some(name) if !row.target.is_empty() => format!("{}.{name}", row.target),
        Some(name) => name.clone(),
        None => row.target.clone(),
    }
}

/// Whether it stands in code that is meant to run, and that somebody here can mend.
fn is_in_use(project: &Project, row: &Unresolved) -> bool {
    let kind = project.file(row.file).kind;
    !matches!(kind, FileKind::Backup | FileKind::Vendored | FileKind::Generated)
}

fn is_optional(project: &Project, row: &Unresolved) -> bool {
    let facts = &project.file(row.file).facts;
    let mut around = facts.scope_chain(row.scope);
    around.any(|scope| matches!(scope.kind(), ScopeKind::Try | ScopeKind::Except))
}

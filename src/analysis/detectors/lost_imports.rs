//! What the rules on imports that lead nowhere share: which rows they are about, and how a finding is made of one.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use rustc_hash::FxHashSet;

use crate::analysis::finding::{Finding, Ground, Rule, Severity};
use crate::analysis::unresolved::Unresolved;
use crate::facts::rows::{DefinitionKind, NO_ROW, ScopeKind};
use crate::model::{FileId, Outcome, Project};
use crate::source::FileKind;

/// One finding for each file and subject of the imports of this outcome that the rule is about: `words` gives message and
/// remedy for its target. Where the code is ready for the name not to be there, it is only information.
pub fn findings(
    ground: &Ground,
    rule: &Rule,
    outcome: Outcome,
    is_about: impl Fn(&Unresolved) -> bool,
    subject: impl Fn(&Unresolved) -> String,
    words: impl Fn(&Unresolved, &str) -> (String, String),
) -> Vec<Finding> {
    let project = ground.project;
    let rows = ground.lost().iter().filter(|row| {
        row.outcome == outcome && row.form.is_none() && is_in_use(project, row) && is_about(row)
    });
    let mut told: BTreeMap<(FileId, String), Finding> = BTreeMap::new();
    for row in rows {
        let target = subject(row);
        let severity = if is_optional(project, row) { Severity::Info } else { rule.severity };
        match told.entry((row.file, target)) {
            Entry::Vacant(slot) => {
                let target = slot.key().1.clone();
                let (message, remedy) = words(row, &target);
                let finding = Finding::new(rule, row.file, row.at, target.clone())
                    .severity(severity)
                    .message(message)
                    .remedy(remedy)
                    .key([target]);
                slot.insert(finding);
            }
            Entry::Occupied(mut slot) => {
                let finding = slot.get_mut();
                finding.severity = finding.severity.max(severity);
                if finding.related.len() < MOST_RELATED {
                    let what = format!("`{}` is asked for here", target_of(row));
                    *finding = finding.clone().related(row.file, row.at, what);
                }
            }
        }
    }
    told.into_values().collect()
}

/// A finding names no more imports than this.
const MOST_RELATED: usize = 20;

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
pub fn target_of(row: &Unresolved) -> String {
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

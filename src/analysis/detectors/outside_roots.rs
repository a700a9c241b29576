//! `outside-roots`: an import of a module that stands in the tree where no root of the file reaches.

use super::ghost_import::{is_in_use, is_optional, target_of};
use super::record;
use crate::analysis::finding::{Finding, Ground, Severity};
use crate::analysis::unresolved::unresolved;
use crate::model::Outcome;
use crate::source::FileKind;

record!(
    "outside-roots",
    Warning,
    "a module is imported that stands in the tree, where no root of the file reaches",
    in_tests: true,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    let rows = unresolved(ground.project).into_iter();
    rows.filter(|row| row.outcome == Outcome::OutsideRoots && is_in_use(ground.project, row))
        .map(|row| {
            let target = target_of(&row);
            let top = row.target.split('.').next().unwrap_or_default().to_owned();
            let from = row.hint.clone().unwrap_or_default();
            let run = match ground.project.file(row.file).kind {
                FileKind::Test => "a run of pytest from the top",
                _ => "a run that starts elsewhere",
            };
            let finding = Finding::new(&RULE, row.file, row.at, target.clone())
                .message(format!(
                    "`{top}` is found only from `{from}`: {run} ends in `ModuleNotFoundError: No module named '{top}'`"
                ))
                .remedy(format!(
                    "run with `{from}` on the path (pytest: `pythonpath = [\"{from}\"]`), or declare it as one of `roots` \
                     if all runs have it"
                ))
                .key([target]);
            if is_optional(ground.project, &row) {
                finding.severity(Severity::Info)
            } else {
                finding
            }
        })
        .collect()
}

//! `unresolved-import`: an imported name that exists nowhere.

use super::ghost_import::{is_in_use, is_known_elsewhere, is_optional, target_of};
use super::record;
use crate::analysis::finding::{Finding, Ground, Severity};
use crate::analysis::unresolved::unresolved;
use crate::model::Outcome;

record!(
    "unresolved-import",
    Error,
    "an imported name exists nowhere in the tree",
    in_tests: true,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    let is_known = is_known_elsewhere(ground.project);
    let rows = unresolved(ground.project).into_iter();
    rows.filter(|row| is_in_use(ground.project, row))
        .filter(|row| row.outcome == Outcome::Unresolved && row.form.is_none() && !is_known(row))
        .map(|row| {
            let target = target_of(&row);
            let remedy = match &row.hint {
                Some(hint) => format!("did you mean `{hint}`?"),
                None => "import it from where it is, or remove what needs it".to_owned(),
            };
            let finding = Finding::new(&RULE, row.file, row.at, target.clone())
                .message(format!("`{target}` does not exist: {}", row.reason))
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

//! `unresolved-import`: an imported name that exists nowhere.

use super::lost_imports::{self, is_known_elsewhere, target_of};
use super::record;
use crate::analysis::finding::{Finding, Ground};
use crate::analysis::unresolved::Unresolved;
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
    let is_nowhere = |row: &Unresolved| !is_known(row);
    // A module that is not there is one fault, however many names are asked of it.
    let subject = |row: &Unresolved| match row.reason.strip_prefix("there is no module `") {
        Some(module) if !row.target.is_empty() => module.trim_end_matches('`').to_owned(),
        _ => target_of(row),
    };
    lost_imports::findings(
        ground,
        &RULE,
        Outcome::Unresolved,
        is_nowhere,
        subject,
        |row, target| {
            let remedy = match &row.hint {
                Some(hint) => format!("did you mean `{hint}`?"),
                None => "import it from where it is, or remove what needs it".to_owned(),
            };
            (format!("`{target}` does not exist: {}", row.reason), remedy)
        },
    )
}

//! `unresolved-import`: an imported name that exists nowhere.

use super::lost_imports::{self, is_known_elsewhere};
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
    lost_imports::findings(ground, &RULE, Outcome::Unresolved, is_nowhere, |row, target| {
        let remedy = match &row.hint {
            Some(hint) => format!("did you mean `{hint}`?"),
            None => "import it from where it is, or remove what needs it".to_owned(),
        };
        (format!("`{target}` does not exist: {}", row.reason), remedy)
    })
}

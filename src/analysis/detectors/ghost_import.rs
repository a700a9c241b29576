//! `ghost-import`: an import of something by a path that no longer leads to it, though it exists elsewhere.

use super::lost_imports::{self, is_known_elsewhere, target_of};
use super::record;
use crate::analysis::finding::{Finding, Ground};
use crate::model::Outcome;

record!(
    "ghost-import",
    Error,
    "a class or function is imported by a path that no longer leads to it",
    in_tests: true,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    let is_known = is_known_elsewhere(ground.project);
    lost_imports::findings(
        ground,
        &RULE,
        Outcome::Unresolved,
        is_known,
        target_of,
        |row, target| {
            let name = row.name.as_deref().unwrap_or_default();
            let remedy = match &row.hint {
                Some(hint) => format!("import it from where it is now: `{hint}`"),
                None => format!("`fragscope show {name}` tells where it is now"),
            };
            (format!("`{target}` is a ghost: {}", row.reason), remedy)
        },
    )
}

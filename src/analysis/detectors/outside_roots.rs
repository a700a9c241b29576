//! `outside-roots`: an import of a module that stands in the tree where no root of the file reaches.

use super::lost_imports;
use super::record;
use crate::analysis::finding::{Finding, Ground};
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
    lost_imports::findings(
        ground,
        &RULE,
        Outcome::OutsideRoots,
        |_| true,
        |row, _| {
            let top = row.target.split('.').next().unwrap_or_default();
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

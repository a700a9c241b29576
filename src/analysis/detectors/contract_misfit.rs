//! `contract-misfit`: a contract names what is not in the tree, or asks for what is not checked here.

use super::record;
use crate::analysis::finding::{Finding, Ground};
use crate::facts::rows::Pos;

record!(
    "contract-misfit",
    Error,
    "a contract names what is not there, or asks for what is not checked here",
    in_tests: true,
    find
);

/// A contract file is no module of the tree: its findings stand at the top of the first package that it speaks of.
fn find(ground: &Ground) -> Vec<Finding> {
    let misfits = ground.contracts().misfits.iter();
    misfits
        .filter_map(|misfit| {
            let file = misfit.file.or_else(|| ground.project.ids().next())?;
            let key = std::iter::once(misfit.contract.clone()).chain(misfit.key.iter().cloned());
            let finding = Finding::new(&RULE, file, Pos::TOP, misfit.contract.clone())
                .severity(misfit.severity)
                .message(format!("contract `{}`: {}", misfit.contract, misfit.message))
                .remedy(misfit.remedy.clone())
                .key(key);
            Some(finding)
        })
        .collect()
}

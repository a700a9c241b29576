//! `broken-contract`: an import that a contract of import-linter or Tach does not allow.

use super::record;
use crate::analysis::Scope;
use crate::analysis::finding::{Finding, Ground};

record!(
    "broken-contract",
    Error,
    "an import breaks a contract that is written for import-linter or Tach",
    // Which modules a contract holds for is the contract's to say.
    in_tests: true,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    let breaches = ground.contracts().breaches.iter();
    let asked = breaches.filter(|breach| ground.scope != Scope::Tests || ground.holds(breach.file));
    asked
        .map(|breach| {
            let mut finding = Finding::new(&RULE, breach.file, breach.at, breach.contract.clone())
                .severity(breach.severity)
                .message(breach.message.clone())
                .remedy(breach.remedy.clone())
                .key(breach.key.clone());
            for (file, at, what) in &breach.related {
                finding = finding.related(*file, *at, what.clone());
            }
            finding
        })
        .collect()
}

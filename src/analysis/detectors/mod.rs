//! The rules, one file each. Adding one is a file here, a line in the table, a text under `assets/explain`, and cases under
//! `tests/fixtures` for hits and near misses.

mod backup_copy;
mod duplicate_class;
mod ghost_import;
mod import_cycle;
mod import_path_variant;
mod near_duplicate_class;
mod outside_roots;
mod shim_module;
mod star_import_chain;
mod unreached_definition;
mod unresolved_import;
pub mod unused_suppression;

use rayon::prelude::*;

use super::finding::{Finding, Ground, Rule};

/// Every rule, in the order of their ids.
pub const RULES: &[&Rule] = &[
    &backup_copy::RULE,
    &duplicate_class::RULE,
    &ghost_import::RULE,
    &import_cycle::RULE,
    &import_path_variant::RULE,
    &near_duplicate_class::RULE,
    &outside_roots::RULE,
    &shim_module::RULE,
    &star_import_chain::RULE,
    &unreached_definition::RULE,
    &unresolved_import::RULE,
    &unused_suppression::RULE,
];

pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id).copied()
}

/// What the given rules find, in the order of paths and places.
pub fn findings(ground: &Ground, rules: &[&Rule]) -> Vec<Finding> {
    let kind = |finding: &Finding| ground.project.file(finding.file).kind;
    let mut found: Vec<Finding> = rules
        .par_iter()
        .flat_map_iter(|rule| {
            let mut found = (rule.find)(ground);
            found.retain(|finding| rule.in_tests || ground.scope.holds(kind(finding)));
            found
        })
        .collect();
    found.sort_by(|a, b| {
        (a.file, a.at, a.rule, &a.symbol, &a.key).cmp(&(b.file, b.at, b.rule, &b.symbol, &b.key))
    });
    found
}

/// Builds a rule from its file's name and its explanation.
macro_rules! record {
    ($id:literal, $severity:ident, $summary:literal, in_tests: $in_tests:literal, $find:path) => {
        pub const RULE: $crate::analysis::finding::Rule = $crate::analysis::finding::Rule {
            id: $id,
            severity: $crate::analysis::finding::Severity::$severity,
            summary: $summary,
            explanation: include_str!(concat!("../../../assets/explain/", $id, ".md")),
            in_tests: $in_tests,
            find: $find,
        };
    };
}
use record;

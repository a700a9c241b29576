//! The rules, one file each. Adding one is a file here, a line in the table, a text under `assets/explain`, and cases under
//! `tests/fixtures` for hits and near misses.

mod backup_copy;
mod broken_contract;
mod contract_misfit;
mod dead_patch;
mod deprecated_import;
mod deprecation;
mod dict_shape;
mod direct_instantiation;
mod double_identity;
mod dual_pattern;
mod duplicate_class;
mod ghost_import;
mod hardcoded_endpoint;
mod import_cycle;
mod import_path_variant;
mod interface_gap;
mod lost_imports;
mod mock_targets;
mod near_duplicate_class;
mod outside_roots;
mod patch_target_missing;
mod scattered_config;
mod shadowed_module;
mod shared_mutable_state;
mod shim_module;
mod singleton;
mod star_import_chain;
#[cfg(test)]
mod testing;
mod unreached_definition;
mod unresolved_import;
pub mod unused_suppression;

use rayon::prelude::*;

use super::finding::{Finding, Ground, Rule};

/// Every rule, in the order of their ids.
pub const RULES: &[&Rule] = &[
    &backup_copy::RULE,
    &broken_contract::RULE,
    &contract_misfit::RULE,
    &dead_patch::RULE,
    &deprecated_import::RULE,
    &dict_shape::RULE,
    &direct_instantiation::RULE,
    &double_identity::RULE,
    &dual_pattern::RULE,
    &duplicate_class::RULE,
    &ghost_import::RULE,
    &hardcoded_endpoint::RULE,
    &import_cycle::RULE,
    &import_path_variant::RULE,
    &interface_gap::RULE,
    &near_duplicate_class::RULE,
    &outside_roots::RULE,
    &patch_target_missing::RULE,
    &scattered_config::RULE,
    &shadowed_module::RULE,
    &shared_mutable_state::RULE,
    &shim_module::RULE,
    &singleton::RULE,
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

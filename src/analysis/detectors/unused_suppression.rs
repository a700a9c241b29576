//! `unused-suppression`: a comment that allows a finding which is not there, or that cannot be understood.

use super::record;
use crate::analysis::finding::{Finding, Ground};

record!(
    "unused-suppression",
    Warning,
    "a comment allows a finding that is not there, or cannot be understood",
    in_tests: true,
    find
);

/// What is unused is known when all other findings are: `suppress::sift` tells of it.
fn find(_: &Ground) -> Vec<Finding> {
    Vec::new()
}

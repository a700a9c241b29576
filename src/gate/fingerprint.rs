//! What makes a finding the same one tomorrow: its meaning, and never a line, a count or an order.

use sha2::{Digest, Sha256};

use crate::analysis::finding::Finding;
use crate::model::Project;

/// The recipe; another one has another name.
pub const RECIPE: &str = "v1";

/// Sixteen hexadecimal digits over the recipe, the rule, the module it stands in, and what the rule says tells it apart.
pub fn fingerprint(project: &Project, finding: &Finding) -> String {
    let module = &*project.file(finding.file).module;
    digest([RECIPE, finding.rule, module].into_iter().chain(finding.key.iter().map(String::as_str)))
}

/// What stays the same when a file or a folder gets another name: the rule, and the last part of each name.
pub fn content(finding: &Finding) -> String {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let names: Vec<String> = finding.key.iter().map(|name| last(name)).collect();
    digest([RECIPE, finding.rule].into_iter().chain(names.iter().map(String::as_str)))
}

fn digest<'f>(fields: impl Iterator<Item = &'f str>) -> String {
    let mut hash = Sha256::new();
    for field in fields {
        // With its length before it, no field runs into the next.
        hash.update((field.len() as u64).to_le_bytes());
        hash.update(field.as_bytes());
    }
    let digest = hash.finalize();
    digest[..8].iter().flat_map(|byte| [byte >> 4, byte & 0xf]).map(hex).collect()
}

fn hex(digit: u8) -> char {
    char::from_digit(digit.into(), 16).expect("four bits are a digit")
}

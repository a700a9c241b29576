//! What makes a finding the same one tomorrow: its meaning, and never a line, a count or an order.

use sha2::{Digest, Sha256};

use crate::analysis::finding::Finding;
use crate::model::Project;

/// The version of the recipe; another recipe is another version.
const VERSION: &str = "fp/v1";

/// Sixteen hexadecimal digits over the version, the rule, the module it stands in, and what the rule says tells it apart.
pub fn fingerprint(project: &Project, finding: &Finding) -> String {
    let module = &*project.file(finding.file).module;
    let mut hash = Sha256::new();
    let fields = [VERSION, finding.rule, module].into_iter();
    for field in fields.chain(finding.key.iter().map(String::as_str)) {
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

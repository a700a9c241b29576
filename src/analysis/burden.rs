//! Findings as a part of the score: what the rules found that no other part counts already, by severity.

use std::collections::BTreeMap;

use super::Scope;
use super::belonging::Belonging;
use super::concepts::{Concepts, bits};
use super::finding::{Finding, Severity};
use crate::model::{FileId, Project};

/// Rules whose findings are no part of the score.
pub const UNCOUNTED: [&str; 13] = [
    // Paths are import spread and dual use.
    "deprecated-import",
    "double-identity",
    "dual-pattern",
    "import-path-variant",
    "shim-module",
    "star-import-chain",
    // Definitions are definition spread and divergence.
    "duplicate-class",
    "near-duplicate-class",
    // Rings are cycles.
    "import-cycle",
    // What nobody reaches is the last but one step of healing, and must not weigh more than the step before.
    "unreached-definition",
    // Contracts are what other tools hold; their files are read only for those who ask.
    "broken-contract",
    "contract-misfit",
    // A comment is no code.
    "unused-suppression",
];

/// Findings that count, by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub errors: usize,
    pub warnings: usize,
    pub infos: usize,
}

impl Tally {
    fn add(&mut self, severity: Severity) {
        *match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Info => &mut self.infos,
        } += 1;
    }

    pub fn total(self) -> usize {
        self.errors + self.warnings + self.infos
    }

    /// In bits: an error is one, a warning half as heavy, an info an eighth; many weigh less each than few.
    pub fn bits(self) -> f64 {
        bits(self.errors as f64 + self.warnings as f64 / 2.0 + self.infos as f64 / 8.0)
    }

    /// `2 errors, 1 warning, 3 info`
    pub fn words(self) -> String {
        let counted = |count: usize, one: &str, many: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {many}")),
        };
        let words = [
            counted(self.errors, "error", "errors"),
            counted(self.warnings, "warning", "warnings"),
            counted(self.infos, "info", "info"),
        ];
        words.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.infos += other.infos;
    }
}

/// What counts of the findings, by the file in which they stand.
pub type Burden = BTreeMap<FileId, Tally>;

/// Lays the findings on the concepts that they are about, puts these in order again, and tells what lies on each file.
/// Findings are those that nobody allowed; what stands in files that the scope leaves out does not count.
pub fn burden(
    project: &Project,
    scope: Scope,
    concepts: &mut Concepts,
    findings: &[Finding],
) -> Burden {
    let belonging = Belonging::of(project, &concepts.all);
    let mut burden = Burden::new();
    let counts = |finding: &&Finding| {
        !UNCOUNTED.contains(&finding.rule) && scope.holds(project.file(finding.file).kind)
    };
    for finding in findings.iter().filter(counts) {
        burden.entry(finding.file).or_default().add(finding.severity);
        if let Some(at) = belonging.concept_of(finding) {
            concepts.all[at].findings.add(finding.severity);
        }
    }
    for concept in &mut concepts.all {
        concept.parts.findings = concept.choice() * concept.findings.bits();
    }
    concepts.rank();
    burden
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::detectors::rule;

    #[test]
    fn what_does_not_count_are_rules() {
        for id in UNCOUNTED {
            assert!(rule(id).is_some(), "{id}");
        }
    }

    #[test]
    fn the_explanation_names_what_does_not_count() {
        let text = include_str!("../../assets/explain/hotspots.md");
        for id in UNCOUNTED {
            assert!(text.contains(id), "assets/explain/hotspots.md does not name {id}");
        }
    }

    #[test]
    fn the_graver_and_the_more_the_heavier() {
        let tally = |errors, warnings, infos| Tally { errors, warnings, infos };
        assert!(tally(0, 0, 0).bits().abs() < 1e-9);
        assert!((tally(1, 0, 0).bits() - 1.0).abs() < 1e-9);
        assert!(tally(1, 0, 0).bits() > tally(0, 1, 0).bits());
        assert!(tally(0, 1, 0).bits() > tally(0, 0, 1).bits());
        assert!(tally(0, 2, 0).bits() > tally(0, 1, 1).bits());
        assert_eq!(tally(1, 2, 3).words(), "1 error, 2 warnings, 3 info");
    }
}

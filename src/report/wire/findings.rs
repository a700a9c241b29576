//! `findings`: what the rules found.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Document, FileRef};

#[derive(Debug, Serialize, JsonSchema)]
pub struct FindingsDocument {
    #[serde(flatten)]
    pub document: Document<FindingRow>,
    /// Findings that a comment allows.
    pub allowed: Vec<AllowedRow>,
}

/// Findings against the baseline.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckDocument {
    #[serde(flatten)]
    pub document: Document<FindingRow>,
    /// The revision whose findings are the known ones; null where a baseline is.
    pub against: Option<RevisionRow>,
    /// What is known and no longer found.
    pub stale: Vec<FindingRow>,
    /// Entries that the baseline has and had not at the revision of `--baseline-ref`.
    pub added: Vec<FindingRow>,
    /// Findings that the baseline knows.
    pub known: usize,
    /// Findings that the baseline knows under another path, whose file is gone.
    pub moved: usize,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RevisionRow {
    /// As it was asked for.
    pub revision: String,
    pub commit: String,
    /// Python files that it has.
    pub files: usize,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FindingRow {
    pub rule: String,
    /// `error`, `warning` or `info`.
    pub severity: String,
    #[serde(flatten)]
    pub file: FileRef,
    pub line: u32,
    pub column: u32,
    /// What it is about, dotted.
    pub symbol: String,
    pub message: String,
    pub remedy: String,
    /// The same as long as the finding means the same, wherever its lines move.
    pub fingerprint: String,
    /// `new`, `moved`, `known` or `stale`; of entries of the baseline `added`, or `accepted` where a reason is given.
    pub state: String,
    /// Other places that belong to it.
    pub related: Vec<RelatedRow>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RelatedRow {
    #[serde(flatten)]
    pub file: FileRef,
    pub line: u32,
    /// What stands there.
    pub what: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AllowedRow {
    #[serde(flatten)]
    pub finding: FindingRow,
    pub reason: String,
}

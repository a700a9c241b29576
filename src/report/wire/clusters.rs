//! `clusters`: classes that claim to be the same thing.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Document, FileRef};

#[derive(Debug, Serialize, JsonSchema)]
pub struct ClustersDocument {
    #[serde(flatten)]
    pub document: Document<ClusterRow>,
    /// Names that meet the counting rule of `same-name` and are no duplicates: all their classes are base and subclass, or
    /// interface and implementation, of each other.
    pub apart: Vec<ApartRow>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ClusterRow {
    /// The name they share; of a family its stem, of copies the name of the most used, else the declared one.
    pub name: String,
    /// `declared`, `same-name`, `family` or `near-copy`.
    pub kind: String,
    pub definitions: Vec<Definition>,
    /// Classes of the same family, or with a body like one of the definitions, under another name.
    pub kin: Vec<Definition>,
    /// Classes of the same name that the scope leaves out, by what they are: `test`, `mock`, `nested`, …
    pub beside: BTreeMap<String, usize>,
    /// Effective number of definitions, by the files that use each and the one that has it.
    pub effective: f64,
    /// As in `hotspots`.
    pub score: f64,
    pub canonical: Canonical,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Definition {
    pub module: String,
    pub qualname: String,
    #[serde(flatten)]
    pub file: FileRef,
    pub line: u32,
    pub lines: u32,
    /// Files other than its own that reach it, by any path.
    pub importers: usize,
    /// Test files that name it.
    pub tests: usize,
    /// `production`, `script`, `test`, `mock`, `vendored`, `generated`, `backup` or `migration`.
    pub kind: String,
    /// How alike its body is to the canonical one's, in percent.
    pub similarity: u8,
    /// What ties it to the cluster: `same-name`, `family`, `near-copy` or `declared`.
    pub by: String,
    /// What it is to the canonical one, where that makes it no duplicate: `derives from it`, `implements it`, …
    pub relation: Option<String>,
    /// Words of its name that the stem of the family lacks.
    pub affixes: Vec<String>,
}

/// Which definition to come back to.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Canonical {
    /// `module.qualname`
    pub definition: String,
    /// The path to import it by.
    pub path: String,
    /// `declared`, `high`, `medium` or `low`.
    pub confidence: String,
    pub reasons: Vec<String>,
    /// What speaks against it.
    pub against: Vec<String>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ApartRow {
    pub name: String,
    /// `module.qualname`
    pub definitions: Vec<String>,
}

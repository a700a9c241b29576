//! `hotspots`: concepts, modules and packages by how fragmented they are.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HotspotRow {
    /// `concept`, `module` or `package`.
    pub kind: String,
    /// A concept's name, a dotted module or package.
    pub id: String,
    pub score: f64,
    /// Named numbers that sum to the score.
    pub parts: BTreeMap<String, f64>,
    /// Of a concept: its definitions and their family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definitions: Option<usize>,
    /// Of a concept: distinct dotted paths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paths: Option<usize>,
    /// Of a concept: effective number of paths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_paths: Option<f64>,
    /// Of a concept: effective number of definitions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_definitions: Option<f64>,
    /// Of a concept: files that use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<usize>,
    /// Of a concept: files that use two of its paths or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dual_use: Option<usize>,
    /// Of a module or package: concepts that it has a part in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concepts: Option<usize>,
    /// Of a package: modules in it and below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modules: Option<usize>,
    /// Why it is here, in words.
    pub why: String,
}

//! `unresolved`: imported names that lead nowhere.

use schemars::JsonSchema;
use serde::Serialize;

use super::FileRef;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UnresolvedRow {
    /// The dotted name asked for, made absolute.
    pub target: String,
    /// The imported name.
    pub name: String,
    #[serde(flatten)]
    pub file: FileRef,
    pub line: u32,
    /// `unresolved`, `missing`, `outside-roots` or `dynamic`.
    pub outcome: String,
    /// Why.
    pub reason: String,
    /// What may have been meant, or which root would reach it.
    pub hint: Option<String>,
}

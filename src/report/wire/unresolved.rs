//! `unresolved`: imported names that lead nowhere.

use schemars::JsonSchema;
use serde::Serialize;

use super::FileRef;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UnresolvedRow {
    /// The module as written, made absolute; a string as written; of an open dynamic site its expression.
    pub target: String,
    /// The imported name, or the part of a string that is not there; null for `import a.b`.
    pub name: Option<String>,
    #[serde(flatten)]
    pub file: FileRef,
    pub line: u32,
    /// `unresolved`, `missing`, `outside-roots` or `dynamic`.
    pub outcome: String,
    /// Why.
    pub reason: String,
    /// The name or module that was probably meant; for what is outside the roots, the root that would reach it.
    pub hint: Option<String>,
}

//! `users`: every site that reaches a symbol or module.

use schemars::JsonSchema;
use serde::Serialize;

use super::{FileRef, Hop};

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UserRow {
    /// The definition or module that is reached.
    pub target: String,
    #[serde(flatten)]
    pub file: FileRef,
    pub line: u32,
    pub column: u32,
    /// `import`, `from`, `star`, `call`, `base`, `patch`, `string`, …
    pub form: String,
    /// The block it stands in: `module`, `function`, `try`, `type-checking`, …
    pub scope: String,
    /// The dotted path as written, made absolute.
    pub written: String,
    /// From the written path to the definition.
    pub via: Vec<Hop>,
    /// False for weaker evidence: dotted strings, one branch of several, ambiguous roots.
    pub certain: bool,
}

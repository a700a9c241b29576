//! `cycles`: modules that import each other in a ring.

use schemars::JsonSchema;
use serde::Serialize;

use super::FileRef;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CycleRow {
    /// Strongly connected modules, by name.
    pub modules: Vec<String>,
    /// When the ring closes: at `run-time`, only when functions run (`deferred`), or only for type checkers (`typing`).
    pub kind: String,
    /// All imports among them.
    pub edges: Vec<Edge>,
    /// A shortest ring, in order.
    pub ring: Vec<Edge>,
    /// The fewest imports whose removal leaves no cycle of this kind.
    pub cut: Vec<Edge>,
    /// Whether no cheaper cut exists; false when the ring is too large to be sure.
    pub cheapest: bool,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Edge {
    pub from: String,
    pub to: String,
    /// Where the import stands.
    #[serde(flatten)]
    pub file: FileRef,
    pub line: u32,
    /// `run-time`, `deferred` (within a function) or `typing`.
    pub kind: String,
}

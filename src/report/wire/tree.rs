//! What was read of a tree.

use schemars::JsonSchema;
use serde::Serialize;

#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Tree {
    /// Python files found: parsed, recovered, unreadable and skipped together.
    pub files: usize,
    pub parsed: usize,
    /// Files with syntax errors whose remaining facts were read.
    pub recovered: usize,
    pub unreadable: usize,
    pub skipped: usize,
    pub lines: usize,
    pub modules: usize,
    pub packages: usize,
    /// Class definitions, at any depth.
    pub classes: usize,
    /// Function definitions, at any depth.
    pub functions: usize,
    /// Import statements.
    pub imports: usize,
    /// Folders from which dotted module names are counted, relative to the scanned folder.
    pub roots: Vec<String>,
    pub outcomes: Outcomes,
}

/// Imported names by what they resolve to; together they are all imported names.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Outcomes {
    pub definition: usize,
    pub module: usize,
    /// Standard library, installed or declared.
    pub external: usize,
    /// Nobody has it.
    pub missing: usize,
    /// Under one of the tree's packages, and does not exist.
    pub unresolved: usize,
    /// The file exists, and no root of the importing file reaches it.
    pub outside_roots: usize,
    /// Not to be told without running the code.
    pub dynamic: usize,
}

impl Outcomes {
    pub fn total(&self) -> usize {
        let Self { definition, module, external, missing, unresolved, outside_roots, dynamic } =
            self;
        definition + module + external + missing + unresolved + outside_roots + dynamic
    }
}

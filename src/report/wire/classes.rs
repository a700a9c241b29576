//! `classes`: the census of class definitions.

use schemars::JsonSchema;
use serde::Serialize;

use super::FileRef;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ClassRow {
    pub name: String,
    /// Within the module: `Outer.Inner`.
    pub qualname: String,
    /// Dotted name of the module.
    pub module: String,
    #[serde(flatten)]
    pub file: FileRef,
    pub line: u32,
    pub end_line: u32,
    /// As written.
    pub bases: Vec<String>,
    /// Names of the methods, in the order of the code.
    pub methods: Vec<String>,
    /// Whether it stands in a class or function.
    pub nested: bool,
    /// Kind of the file: `production`, `test`, `vendored`, …
    pub kind: String,
}

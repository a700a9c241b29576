//! `show`: all about one symbol on one page.

use schemars::JsonSchema;
use serde::Serialize;

use super::{ClusterRow, FileRef, HotspotRow, ReachingTest, UserRow, VariantRow};

/// Lines of a file.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Extent {
    #[serde(flatten)]
    pub file: FileRef,
    pub line: u32,
    pub end_line: u32,
}

/// A definition that goes by the name, or a ghost: a name that is used and defined nowhere.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ShowRow {
    /// `module.qualname`, or the module's name.
    pub symbol: String,
    /// `class`, `function`, `binding`, `module` or `ghost`.
    pub kind: String,
    /// Null for a ghost and for a package without `__init__.py`.
    pub place: Option<Extent>,
    /// First paragraph of the docstring.
    pub doc: Option<String>,
    /// As written; of a class.
    pub bases: Vec<String>,
    /// Of a class.
    pub methods: Vec<String>,
    /// Effective number of paths: the exponential of the entropy of their shares by files.
    pub effective: f64,
    /// Of a class or function that is part of a concept: how fragmented that is, and the definition to come back to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concept: Option<ShownConcept>,
    /// Test files that reach it, the nearest first.
    pub tests: Vec<ReachingTest>,
    pub variants: Vec<VariantRow>,
    pub users: Vec<UserRow>,
}

/// The concept that a definition is part of.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ShownConcept {
    pub hotspot: HotspotRow,
    pub cluster: ClusterRow,
    /// The other definitions beside this one, method by method.
    pub beside: Vec<Beside>,
}

/// Two definitions, method by method.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Beside {
    /// The other one, `module.qualname`.
    pub definition: String,
    /// How alike their bodies are, in percent.
    pub similarity: u8,
    /// Methods with the same body.
    pub same: Vec<String>,
    /// Methods that both have and whose bodies differ.
    pub changed: Vec<String>,
    /// Methods that only the shown one has.
    pub only_here: Vec<String>,
    /// Methods that only the other one has.
    pub only_there: Vec<String>,
}

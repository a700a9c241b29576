//! `show`: all about one symbol on one page.

use schemars::JsonSchema;
use serde::Serialize;

use super::{FileRef, UserRow, VariantRow};

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
    pub variants: Vec<VariantRow>,
    pub users: Vec<UserRow>,
}

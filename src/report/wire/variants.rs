//! `variants`: the dotted paths by which definitions are reached.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Hop, Site};

/// Files of one folder that use a path.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FromFolder {
    /// Empty for the top.
    pub folder: String,
    pub files: usize,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct VariantRow {
    /// The definition's own name.
    pub name: String,
    /// `module.qualname`; null for a ghost.
    pub definition: Option<String>,
    /// The dotted path as written, made absolute.
    pub path: String,
    /// `definition`, `re-export`, `alias`, `shim` or `ghost`.
    pub kind: String,
    /// Whether this is the path that should be used: declared, or else proposed.
    pub canonical: bool,
    /// Imported names: one per name per import statement.
    pub statements: usize,
    /// Dotted and string uses.
    pub uses: usize,
    /// Files with at least one of its sites.
    pub files: usize,
    /// Folders of those files, the one with most of them first.
    pub from: Vec<FromFolder>,
    /// From the path to the definition.
    pub trail: Vec<Hop>,
    pub sites: Vec<Site>,
}

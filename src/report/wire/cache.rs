//! `cache`: what is kept between runs.

use schemars::JsonSchema;
use serde::Serialize;

use super::Kind;

/// The cache of all trees together; after `cache clear`, what was removed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CacheDocument {
    /// Name and version of the document's form.
    pub schema: String,
    /// The folder of the cache.
    pub root: String,
    pub rows: Vec<CacheRow>,
}

impl CacheDocument {
    pub fn new(root: String, row: CacheRow) -> Self {
        Self { schema: Kind::Cache.id(), root, rows: vec![row] }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct CacheRow {
    /// `kept` or `removed`.
    pub state: String,
    /// Trees that have something stored.
    pub trees: usize,
    /// Files of the cache, not of the trees.
    pub files: usize,
    pub bytes: u64,
}

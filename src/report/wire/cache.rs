//! `cache`: what is kept between runs.

use schemars::JsonSchema;
use serde::Serialize;

use super::Kind;

#[derive(Debug, Serialize, JsonSchema)]
pub struct CacheDocument {
    /// Name and version of the document's form.
    pub schema: String,
    /// The folder of the cache.
    pub root: String,
    /// One row for every scanned tree that has something stored.
    pub rows: Vec<CacheRow>,
}

impl CacheDocument {
    pub fn new(root: String, rows: Vec<CacheRow>) -> Self {
        Self { schema: Kind::Cache.id(), root, rows }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct CacheRow {
    /// File within the cache folder.
    pub file: String,
    pub bytes: u64,
}

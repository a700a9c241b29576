//! `scan`: what was read, and why the rest was not.

use schemars::JsonSchema;
use serde::Serialize;

use super::{FileRef, Kind, Tree, cut, is_zero};

#[derive(Debug, Serialize, JsonSchema)]
pub struct ScanDocument {
    /// Name and version of the document's form.
    pub schema: String,
    /// The scanned folder, as it was named.
    pub root: String,
    pub tree: Tree,
    /// Files that were not read whole.
    pub rows: Vec<ScanRow>,
    /// Rows left out by `--limit`; absent when there are none.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub omitted: usize,
    pub roots: Vec<ScanRoot>,
    /// Only with `--timing`: it differs between runs, and nothing else does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timing: Option<Timing>,
}

impl ScanDocument {
    pub fn new(root: String, tree: Tree, rows: Vec<ScanRow>, roots: Vec<ScanRoot>) -> Self {
        Self { schema: Kind::Scan.id(), root, tree, rows, omitted: 0, roots, timing: None }
    }

    pub fn limit(&mut self, limit: usize) {
        self.omitted = cut(&mut self.rows, limit);
    }
}

/// A file that was skipped, could not be read, or was read in spite of syntax errors.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ScanRow {
    #[serde(flatten)]
    pub file: FileRef,
    /// `skipped`, `unreadable` or `recovered`.
    pub status: String,
    pub reason: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ScanRoot {
    /// Relative to the scanned folder; `.` is itself.
    pub path: String,
    /// Why it is one.
    pub reason: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Timing {
    pub stages: Vec<Stage>,
    pub cache: CacheUse,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Stage {
    pub name: String,
    pub milliseconds: f64,
}

/// Files whose facts were in the cache, and those that had to be parsed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CacheUse {
    pub hits: usize,
    pub misses: usize,
}

//! The JSON documents, which are a contract: one struct per command, and from it the JSON Schema.
//!
//! Within a number a document only grows; a key that goes or changes its meaning raises the number.

mod cache;
mod classes;
mod clusters;
mod config;
mod cycles;
mod findings;
mod hotspots;
mod place;
mod scan;
mod show;
mod tests;
mod tree;
mod unresolved;
mod users;
mod variants;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

pub use self::tests::{ReachingTest, TestResult, TestsRow};
pub use cache::{CacheDocument, CacheRow};
pub use classes::ClassRow;
pub use clusters::{ApartRow, Canonical, ClusterRow, ClustersDocument, Definition};
pub use config::ConfigRow;
pub use cycles::{CycleRow, Edge};
pub use findings::{
    AllowedRow, CheckDocument, FindingRow, FindingsDocument, RelatedRow, RevisionRow,
};
pub use hotspots::HotspotRow;
pub use place::{FileRef, Hop, Site};
pub use scan::{CacheUse, ScanDocument, ScanRoot, ScanRow, Stage, Timing};
pub use show::{Beside, Extent, ShowRow, ShownConcept};
pub use tree::{Outcomes, Tree};
pub use unresolved::UnresolvedRow;
pub use users::UserRow;
pub use variants::{FromFolder, VariantRow};

/// The commands that give a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Scan,
    Classes,
    Clusters,
    Hotspots,
    Tests,
    Findings,
    Check,
    Config,
    Variants,
    Users,
    Unresolved,
    Cycles,
    Show,
    Cache,
}

impl Kind {
    pub const ALL: &[Self] = &[
        Self::Scan,
        Self::Classes,
        Self::Clusters,
        Self::Hotspots,
        Self::Tests,
        Self::Findings,
        Self::Check,
        Self::Config,
        Self::Variants,
        Self::Users,
        Self::Unresolved,
        Self::Cycles,
        Self::Show,
        Self::Cache,
    ];

    /// The command's name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Scan => "scan",
            Self::Classes => "classes",
            Self::Clusters => "clusters",
            Self::Hotspots => "hotspots",
            Self::Tests => "tests",
            Self::Findings => "findings",
            Self::Check => "check",
            Self::Config => "config",
            Self::Variants => "variants",
            Self::Users => "users",
            Self::Unresolved => "unresolved",
            Self::Cycles => "cycles",
            Self::Show => "show",
            Self::Cache => "cache",
        }
    }

    /// The value of the key `schema`.
    pub fn id(self) -> String {
        format!("fragscope/{}/1", self.word())
    }

    /// JSON Schema, draft 2020-12.
    pub fn schema(self) -> Value {
        let mut schema = match self {
            Self::Scan => schema_of::<ScanDocument>(),
            Self::Classes => schema_of::<Document<ClassRow>>(),
            Self::Clusters => schema_of::<ClustersDocument>(),
            Self::Hotspots => schema_of::<Document<HotspotRow>>(),
            Self::Config => schema_of::<Document<ConfigRow>>(),
            Self::Check => schema_of::<CheckDocument>(),
            Self::Findings => schema_of::<FindingsDocument>(),
            Self::Tests => schema_of::<Document<TestsRow>>(),
            Self::Variants => schema_of::<Document<VariantRow>>(),
            Self::Users => schema_of::<Document<UserRow>>(),
            Self::Unresolved => schema_of::<Document<UnresolvedRow>>(),
            Self::Cycles => schema_of::<Document<CycleRow>>(),
            Self::Show => schema_of::<Document<ShowRow>>(),
            Self::Cache => schema_of::<CacheDocument>(),
        };
        schema["title"] = Value::from(format!("fragscope {}", self.word()));
        schema["properties"]["schema"]["const"] = Value::from(self.id());
        schema
    }
}

fn schema_of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// A document: what was read, and the rows that were asked for.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Document<R> {
    /// Name and version of the document's form.
    pub schema: String,
    /// The scanned folder, as it was named.
    pub root: String,
    /// What was read: the coverage behind every row.
    pub tree: Tree,
    pub rows: Vec<R>,
    /// Rows left out by `--limit`; absent when there are none.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub omitted: usize,
}

impl<R> Document<R> {
    pub fn new(kind: Kind, root: String, tree: Tree, rows: Vec<R>) -> Self {
        Self { schema: kind.id(), root, tree, rows, omitted: 0 }
    }

    /// Keeps the first rows only; 0 keeps all.
    pub fn limit(&mut self, limit: usize) {
        self.omitted = cut(&mut self.rows, limit);
    }
}

/// Cuts rows to a limit, of which 0 is none, and tells how many went.
fn cut<R>(rows: &mut Vec<R>, limit: usize) -> usize {
    if limit == 0 || rows.len() <= limit {
        return 0;
    }
    let omitted = rows.len() - limit;
    rows.truncate(limit);
    omitted
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

#[cfg(test)]
mod checks {
    use super::*;

    #[test]
    fn a_schema_names_its_document() {
        for kind in Kind::ALL {
            let schema = kind.schema();
            assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
            assert_eq!(schema["properties"]["schema"]["const"], kind.id());
            assert_eq!(schema, kind.schema());
        }
    }

    #[test]
    fn limits_say_what_they_cut() {
        let mut document = Document::new(Kind::Classes, ".".into(), Tree::default(), vec![1, 2, 3]);
        document.limit(0);
        assert_eq!((document.rows.len(), document.omitted), (3, 0));
        document.limit(2);
        assert_eq!((document.rows.len(), document.omitted), (2, 1));
    }
}

//! `tests`: which tests reach a definition.

use schemars::JsonSchema;
use serde::Serialize;

use super::{FileRef, Hop};

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TestsRow {
    /// `module.qualname`
    pub definition: String,
    #[serde(flatten)]
    pub file: FileRef,
    pub line: u32,
    /// The cluster it belongs to.
    pub cluster: Option<String>,
    /// Test files that reach it, the nearest first; empty when no test does.
    pub tests: Vec<ReachingTest>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReachingTest {
    pub module: String,
    #[serde(flatten)]
    pub file: FileRef,
    /// 1: the test file names the definition; 2: it imports a file that does; and so on.
    pub distance: usize,
    /// Test functions and methods in the file.
    pub tests: usize,
    /// The shortest way, from the test file on; each hop says by what it leads to the next.
    pub trail: Vec<Hop>,
    /// What the JUnit file says of this test file; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<TestResult>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TestResult {
    /// `passed`, `failed`, `not collected`, `skipped` or `not run`.
    pub verdict: String,
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
    /// The first line of what went wrong.
    pub message: Option<String>,
}

//! The tables of the configuration as they are written.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Folders from which dotted names are counted, instead of those found.
    pub roots: Option<Vec<String>>,
    /// Patterns of files and folders to leave out, as in a `.gitignore`.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Patterns of files that are tests, instead of the built-in rules.
    pub tests: Option<Vec<String>>,
    /// Words in class names that tell versions and roles of one thing apart, instead of the built-in ones.
    pub affixes: Option<Vec<String>>,
    /// What people call by one name, and where its home is.
    #[serde(default)]
    pub concept: Vec<ConceptTable>,
    /// What dictionaries of a kind should look like.
    #[serde(default)]
    pub shape: Vec<ShapeTable>,
    /// Contracts of import-linter and Tach: whether they are read, or from which files instead of those found.
    pub contracts: Option<ContractsTable>,
    /// Which findings that say the same elsewhere have moved and stay known: those whose file is gone or what they are about
    /// renamed (`rename`, the default), all (`any`), or none (`deny`).
    pub moves: Option<MovesWord>,
    /// Severity of rules, and where they are not asked.
    #[serde(default)]
    pub rules: BTreeMap<String, RuleTable>,
    /// The file it came from.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

/// `[[concept]]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConceptTable {
    pub name: String,
    /// Dotted path of the definition to come back to.
    pub canonical: String,
    /// Names that mean the same thing, with `*` and `?`; those of the cluster it is in when left out.
    #[serde(default)]
    pub members: Vec<String>,
    /// Dotted modules and symbols that should no longer be used.
    #[serde(default)]
    pub deprecated: Vec<String>,
    /// Dotted functions and classes that alone may construct it.
    #[serde(default)]
    pub factory: Vec<String>,
    /// Methods that every member should have.
    #[serde(default)]
    pub interface: Vec<String>,
    /// Dotted symbols of the old way: both in one file is a dual pattern.
    #[serde(default)]
    pub instead_of: Vec<String>,
    /// How many definitions may exist.
    pub definitions: Option<usize>,
}

/// `[[shape]]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShapeTable {
    pub name: String,
    /// Keys with the values that mark a dictionary as one of this kind; one of them is enough.
    pub when: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub required: Vec<String>,
    /// Old keys with those that replace them.
    #[serde(default)]
    pub legacy: BTreeMap<String, String>,
}

/// `contracts = false`, or `contracts = ["backend/.importlinter"]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "true, false, or a list of contract files")]
pub enum ContractsTable {
    Whether(bool),
    /// Relative to the tree.
    Files(Vec<String>),
}

/// `moves = "rename"`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MovesWord {
    Rename,
    Any,
    Deny,
}

/// `[rules]`: `id = "off"`, or `id = { severity = "error", allow = ["tests/**"] }`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a severity (off, info, warning, error), or { severity = …, allow = [globs] }"
)]
pub enum RuleTable {
    Severity(SeverityWord),
    Whole(WholeRule),
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WholeRule {
    pub severity: Option<SeverityWord>,
    /// Files in which the rule is not asked.
    #[serde(default)]
    pub allow: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SeverityWord {
    Off,
    Info,
    Warning,
    Error,
}

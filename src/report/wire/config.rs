//! `config`: the values in force.

use schemars::JsonSchema;
use serde::Serialize;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ConfigRow {
    /// `roots`, `concept.NAME.canonical`, `rules.ID`, …
    pub key: String,
    pub value: String,
    /// `file`, `found` or `built in`.
    pub from: String,
}

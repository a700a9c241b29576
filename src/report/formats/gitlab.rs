//! GitLab's code quality report. Of equal fingerprints it shows only the first, so repeats get a number.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Report, failing};

pub fn document(report: &Report) -> Value {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let issue = |row: &crate::report::wire::FindingRow, ordinal: usize| {
        let severity = match row.severity.as_str() {
            "error" => "major",
            "warning" => "minor",
            _ => "info",
        };
        let fingerprint = match ordinal {
            1 => row.fingerprint.clone(),
            more => format!("{}-{more}", row.fingerprint),
        };
        json!({
            "description": format!("{} → {}", row.message, row.remedy),
            "check_name": row.rule,
            "fingerprint": fingerprint,
            "severity": severity,
            "location": { "path": row.file.path, "lines": { "begin": row.line } },
        })
    };
    let issues = failing(report).map(|row| {
        let ordinal = seen.entry(&row.fingerprint).or_default();
        *ordinal += 1;
        issue(row, *ordinal)
    });
    Value::Array(issues.collect())
}

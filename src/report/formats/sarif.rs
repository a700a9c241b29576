//! SARIF 2.1.0, with what GitHub asks for beyond its schema.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Report, new};
use crate::report::wire::FindingRow;

/// GitHub refuses a run with more results; the gravest are kept.
const MOST_RESULTS: usize = 25_000;
const MOST_RELATED: usize = 100;

pub fn document(report: &Report) -> Value {
    let mut rows: Vec<&FindingRow> = new(report).collect();
    let found = rows.len();
    if found > MOST_RESULTS {
        rows.sort_by_key(|row| match row.severity.as_str() {
            "error" => 0,
            "warning" => 1,
            _ => 2,
        });
        rows.truncate(MOST_RESULTS);
    }
    let rules: Vec<Value> = report
        .rules
        .iter()
        .map(|(id, summary, explanation)| {
            json!({
                "id": id,
                "shortDescription": { "text": summary },
                "fullDescription": { "text": summary },
                "help": { "text": explanation },
            })
        })
        .collect();
    let index = |id: &str| report.rules.iter().position(|(rule, ..)| *rule == id);
    let results: Vec<Value> = rows.iter().map(|row| result(row, index(&row.rule))).collect();
    let mut invocation = json!({ "executionSuccessful": true });
    if found > MOST_RESULTS {
        let text = format!("{} of {found} findings are left out", found - MOST_RESULTS);
        invocation["toolExecutionNotifications"] =
            json!([{ "level": "warning", "message": { "text": text } }]);
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "fragscope",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "invocations": [invocation],
            "results": results,
        }],
    })
}

fn result(row: &FindingRow, rule: Option<usize>) -> Value {
    let level = match row.severity.as_str() {
        "error" => "error",
        "warning" => "warning",
        _ => "note",
    };
    let related: Vec<Value> = row
        .related
        .iter()
        .take(MOST_RELATED)
        .map(|related| {
            let mut place = location(&related.file.path, related.line, 1);
            place["message"] = json!({ "text": related.what });
            place
        })
        .collect();
    json!({
        "ruleId": row.rule,
        "ruleIndex": rule.map_or(-1, |index| index as i64),
        "level": level,
        "message": { "text": format!("{} → {}", row.message, row.remedy) },
        "locations": [location(&row.file.path, row.line, row.column)],
        "relatedLocations": related,
        "partialFingerprints": { "fragscope/v1": row.fingerprint },
        "baselineState": "new",
    })
}

fn location(path: &str, line: u32, column: u32) -> Value {
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(path) },
            "region": {
                "startLine": line, "startColumn": column, "endLine": line, "endColumn": column + 1,
            },
        },
    })
}

/// A relative reference: everything but what paths are made of is in percents.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            write!(uri, "%{byte:02X}").expect("a string grows");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_references() {
        assert_eq!(uri("a b/c#.py"), "a%20b/c%23.py");
        assert_eq!(uri("größe.py"), "gr%C3%B6%C3%9Fe.py");
    }
}

//! SARIF 2.1.0, with what GitHub asks for beyond its schema.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::line_hashes::line_hashes;
use super::{Report, failing};
use crate::report::wire::FindingRow;

/// GitHub refuses a run with more results; the gravest are kept.
const MOST_RESULTS: usize = 25_000;
/// It takes a thousand and shows so many.
const MOST_RELATED: usize = 100;

pub fn document(report: &Report) -> Value {
    let mut rows: Vec<&FindingRow> = failing(report).collect();
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
    let mut hashes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let results = rows.iter().map(|row| {
        let of_file = hashes.entry(&row.file.path).or_insert_with_key(|path| {
            (report.read)(path).map_or_else(Vec::new, |bytes| line_hashes(&bytes))
        });
        result(row, index(&row.rule), of_file.get((row.line as usize).saturating_sub(1)))
    });
    let results: Vec<Value> = results.collect();
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

fn result(row: &FindingRow, rule: Option<usize>, line_hash: Option<&String>) -> Value {
    let level = match row.severity.as_str() {
        "error" => "error",
        "warning" => "warning",
        _ => "note",
    };
    let mut told = BTreeSet::new();
    let related = row.related.iter().filter(|related| {
        // Each place once: the schema asks for it.
        told.insert((&related.file.path, related.line, &related.what))
    });
    let related: Vec<Value> = related
        .take(MOST_RELATED)
        .map(|related| {
            let mut place = location(&related.file.path, related.line, 1);
            place["message"] = json!({ "text": related.what });
            place
        })
        .collect();
    let mut fingerprints = json!({ "fp/v1": row.fingerprint });
    if let Some(hash) = line_hash {
        fingerprints["primaryLocationLineHash"] = json!(hash);
    }
    json!({
        "ruleId": row.rule,
        "ruleIndex": rule.map_or(-1, |index| index as i64),
        "level": level,
        "message": { "text": format!("{} → {}", row.message, row.remedy) },
        "locations": [location(&row.file.path, row.line, row.column)],
        "relatedLocations": related,
        "partialFingerprints": fingerprints,
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
    use crate::report::wire::{FileRef, RelatedRow, Tree};

    use super::*;

    fn row(severity: &str, related: usize) -> FindingRow {
        let file = || FileRef { path: "a.py".to_owned(), path_hex: None };
        let related = (0..related).map(|at| RelatedRow {
            file: file(),
            line: (at / 2) as u32 + 1,
            what: "here".to_owned(),
        });
        FindingRow {
            rule: "shim-module".to_owned(),
            severity: severity.to_owned(),
            file: file(),
            line: 2,
            column: 1,
            symbol: "a".to_owned(),
            message: "m".to_owned(),
            remedy: "r".to_owned(),
            fingerprint: "0123456789abcdef".to_owned(),
            state: "new".to_owned(),
            related: related.collect(),
        }
    }

    fn results(rows: &[FindingRow]) -> Value {
        let tree = Tree::default();
        let rules = [("shim-module", "s", "e")];
        let read = |_: &str| Some(b"a\nb\n".to_vec());
        document(&Report { rows, stale: &[], added: &[], tree: &tree, rules: &rules, read: &read })
    }

    #[test]
    fn related_places_are_told_once_and_not_without_end() {
        let document = results(&[row("info", 4), row("info", 500)]);
        let results = &document["runs"][0]["results"];
        assert_eq!(results[0]["relatedLocations"].as_array().unwrap().len(), 2);
        assert_eq!(results[1]["relatedLocations"].as_array().unwrap().len(), MOST_RELATED);
        let hash = line_hashes(b"a\nb\n")[1].clone();
        assert_eq!(results[0]["partialFingerprints"]["primaryLocationLineHash"], hash);
    }

    #[test]
    fn the_gravest_of_too_many_are_kept() {
        let mut rows = vec![row("info", 0); MOST_RESULTS];
        rows.push(row("error", 0));
        let document = results(&rows);
        let run = &document["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().len(), MOST_RESULTS);
        assert_eq!(run["results"][0]["level"], "error");
        let note = &run["invocations"][0]["toolExecutionNotifications"][0];
        assert_eq!(note["message"]["text"], "1 of 25001 findings are left out");
    }

    #[test]
    fn paths_become_references() {
        assert_eq!(uri("a b/c#.py"), "a%20b/c%23.py");
        assert_eq!(uri("größe.py"), "gr%C3%B6%C3%9Fe.py");
    }
}

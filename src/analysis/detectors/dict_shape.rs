//! `dict-shape`: a dictionary of a declared kind lacks keys, has old ones, or has them at the wrong level.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::record;
use crate::analysis::finding::{Finding, Ground, Shape, enclosing};
use crate::facts::Facts;
use crate::facts::rows::{Dict, NO_ROW, Row};
use crate::model::FileId;

record!(
    "dict-shape",
    Warning,
    "a dictionary has not the shape that its kind should have",
    in_tests: false,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    if ground.declared.shapes.is_empty() {
        return Vec::new();
    }
    let files = ground.files().into_par_iter();
    files.flat_map_iter(|file| in_file(ground, file)).collect()
}

fn in_file(ground: &Ground, file: FileId) -> Vec<Finding> {
    let facts = &ground.project.file(file).facts;
    let mut children: BTreeMap<Row, Vec<Row>> = BTreeMap::new();
    for (row, dict) in facts.dicts().iter().enumerate().filter(|(_, dict)| dict.parent != NO_ROW) {
        children.entry(dict.parent).or_default().push(row as Row);
    }
    let mut found = Vec::new();
    for (row, dict) in facts.dicts().iter().enumerate() {
        for shape in &ground.declared.shapes {
            let Some(mark) = mark_of(facts, dict, shape) else { continue };
            let below = children.get(&(row as Row)).map_or(&[][..], Vec::as_slice);
            let faults = faults(facts, dict, below, shape);
            if !faults.is_empty() {
                found.push(finding(ground, file, dict, shape, &mark, &faults));
            }
        }
    }
    found
}

/// The key and value that say that a dictionary is one of the kind.
fn mark_of(facts: &Facts, dict: &Dict, shape: &Shape) -> Option<String> {
    facts.dict_keys(dict.keys).iter().find_map(|pair| {
        let (key, value) = (facts.text(pair.key), facts.text(pair.value));
        let is_mark = shape.when.iter().any(|(wanted, values)| {
            wanted == key && !pair.value.is_none() && values.iter().any(|known| known == value)
        });
        is_mark.then(|| format!("{key} = {value}"))
    })
}

/// What is wrong with it, each in a few words.
fn faults(facts: &Facts, dict: &Dict, below: &[Row], shape: &Shape) -> Vec<String> {
    let own: BTreeSet<&str> =
        facts.dict_keys(dict.keys).iter().map(|pair| facts.text(pair.key)).collect();
    let (added, adds_unknown) = added_keys(facts, dict);
    let is_open = dict.open == 1 || adds_unknown;
    let has = |key: &str| own.contains(key) || added.contains(key);
    let mut faults = Vec::new();
    let mut replaced: BTreeSet<&str> = BTreeSet::new();
    for (old, new) in &shape.legacy {
        if has(old) {
            replaced.insert(new);
            if has(new) {
                faults.push(format!("has the old `{old}` beside `{new}`"));
            } else {
                faults.push(format!("says `{old}` for `{new}`"));
            }
        }
    }
    let mut missing: Vec<&str> = Vec::new();
    for key in shape.required.iter().map(String::as_str) {
        if has(key) || replaced.contains(key) {
            continue;
        }
        if let Some(level) = elsewhere(facts, dict, below, key) {
            faults.push(format!("has `{key}` {level}"));
        } else if !is_open {
            missing.push(key);
        }
    }
    if !missing.is_empty() {
        faults.push(format!("lacks `{}`", missing.join("`, `")));
    }
    faults
}

/// Keys that the same function adds by subscript; and whether it adds what cannot be known.
fn added_keys<'f>(facts: &'f Facts, dict: &Dict) -> (BTreeSet<&'f str>, bool) {
    if dict.target.is_none() {
        return (BTreeSet::new(), false);
    }
    let owner = |scope: Row| facts.scopes().get(scope as usize).map_or(NO_ROW, |s| s.definition);
    let stores = facts.key_stores().iter().filter(|store| {
        store.name == dict.target && owner(store.scope) == owner(dict.scope) && store.at > dict.at
    });
    let mut keys = BTreeSet::new();
    let mut unknown = false;
    for store in stores {
        if store.key.is_none() {
            unknown = true;
        } else {
            keys.insert(facts.text(store.key));
        }
    }
    // `event.update(…)` and its like are calls on a local, which leave no trace: what was assigned and has no keys added
    // is judged as it stands.
    (keys, unknown)
}

/// Where else a key stands that should stand here: in a dictionary within, or in the one around.
fn elsewhere(facts: &Facts, dict: &Dict, below: &[Row], key: &str) -> Option<String> {
    let has =
        |dict: &Dict| facts.dict_keys(dict.keys).iter().any(|pair| facts.text(pair.key) == key);
    for row in below {
        let Some(inner) = facts.dicts().get(*row as usize) else { continue };
        if has(inner) {
            return Some(format!("one level too deep, in `{}`", facts.text(inner.parent_key)));
        }
    }
    let around = facts.dicts().get(dict.parent as usize)?;
    has(around).then(|| "one level too high, in the dictionary around".to_owned())
}

fn finding(
    ground: &Ground,
    file: FileId,
    dict: &Dict,
    shape: &Shape,
    mark: &str,
    faults: &[String],
) -> Finding {
    let by = enclosing(ground.project, file, dict.scope);
    let new: Vec<&str> = shape.required.iter().map(String::as_str).collect();
    Finding::new(&RULE, file, dict.at, shape.name.clone())
        .message(format!("this `{}` ({mark}) {}", shape.name, faults.join("; ")))
        .remedy(format!("give it the keys `{}`", new.join("`, `")))
        .key([shape.name.clone(), by, mark.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::analysis::detectors::testing::run;
    use crate::analysis::finding::{Declarations, Shape};
    use crate::analysis::testing::project;

    fn check(text: &str, expected: &[&str]) {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let declared = Declarations {
            concepts: Vec::new(),
            shapes: vec![Shape {
                name: "event".into(),
                when: vec![
                    ("event_type".into(), words(&["started"])),
                    ("type".into(), words(&["started"])),
                ],
                required: words(&["event_type", "timestamp", "user_id"]),
                legacy: vec![
                    ("type".into(), "event_type".into()),
                    ("time".into(), "timestamp".into()),
                ],
            }],
        };
        let project = project(text);
        let found = run(&RULE, &project, &declared);
        let lines: Vec<String> =
            found.iter().map(|found| format!("{} {}", found.at.line, found.message)).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn missing_old_and_misplaced_keys() {
        check(
            "# file: a.py\nsend({'event_type': 'started', 'timestamp': 1})\n\
             send(dict(type='started', time=1, user_id=2))\n\
             send({'event_type': 'started', 'timestamp': 1, 'data': {'user_id': 2}})\n",
            &[
                "1 this `event` (event_type = started) lacks `user_id`",
                "2 this `event` (type = started) says `type` for `event_type`; says `time` for `timestamp`",
                "3 this `event` (event_type = started) has `user_id` one level too deep, in `data`",
            ],
        );
    }

    #[test]
    fn what_is_whole_open_or_of_another_kind() {
        check(
            "# file: a.py\nsend({'event_type': 'started', **rest})\n\
             send({'event_type': 'other'})\n\
             def f(kind):\n    event = {'event_type': 'started', 'timestamp': 1}\n    event['user_id'] = 2\n\
             \x20   send({'type': kind})\n\
             # file: tests/test_a.py\nevent = {'type': 'started'}\n",
            &[],
        );
    }
}

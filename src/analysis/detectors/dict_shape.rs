//! `dict-shape`: a dictionary of a declared kind lacks keys, has old ones, or has them at the wrong level; undeclared, one that says
//! a key otherwise than most of its family.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::record;
use crate::analysis::finding::{Finding, Ground, Severity, Shape, enclosing};
use crate::facts::Facts;
use crate::facts::rows::{Dict, NO_ROW, Pos, Row};
use crate::model::FileId;

record!(
    "dict-shape",
    Warning,
    "a dictionary has not the shape that its kind should have",
    in_tests: false,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    if !ground.declared.shapes.is_empty() {
        let files = ground.files().into_par_iter();
        found.extend(files.flat_map_iter(|file| in_file(ground, file)).collect::<Vec<_>>());
    }
    let declared: BTreeSet<(FileId, Pos)> =
        found.iter().map(|found| (found.file, found.at)).collect();
    let usual = evident(ground).into_iter();
    found.extend(usual.filter(|usual| !declared.contains(&(usual.file, usual.at))));
    found
}

/// Keys that say of what kind an event is.
const KINDS: [&str; 6] = ["type", "event_type", "event", "message_type", "msg_type", "eventType"];
/// Other keys that are told for each other.
const TWINS: [[&str; 2]; 9] = [
    ["time", "timestamp"],
    ["ts", "timestamp"],
    ["user", "user_id"],
    ["userId", "user_id"],
    ["thread", "thread_id"],
    ["threadId", "thread_id"],
    ["run", "run_id"],
    ["runId", "run_id"],
    ["payload", "data"],
];
/// A majority is so many files,
const LEAST_FILES: usize = 3;
/// and so many times as many as the others.
const MAJORITY: usize = 2;
/// A finding shows no more of the majority.
const MOST_SHOWN: usize = 3;

/// A dictionary that says of what kind it is.
struct Event<'g> {
    file: FileId,
    dict: &'g Dict,
    /// The value by which it is known.
    value: &'g str,
    keys: BTreeSet<&'g str>,
    is_open: bool,
}

/// Events that nobody declared: most say their kind, their time and so on by one key, few by another.
fn evident(ground: &Ground) -> Vec<Finding> {
    let events = events(ground);
    // Kinds are of one family when a file makes dictionaries of both.
    let mut family: BTreeMap<&str, &str> = BTreeMap::new();
    let mut first_of: BTreeMap<FileId, &str> = BTreeMap::new();
    for event in &events {
        let first = *first_of.entry(event.file).or_insert(event.value);
        let (a, b) = (root(&family, first), root(&family, event.value));
        if a != b {
            family.insert(a.max(b), a.min(b));
        }
    }
    let mut families: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
    for event in &events {
        families.entry(root(&family, event.value)).or_default().push(event);
    }
    let mut found = Vec::new();
    for events in families.values() {
        let mut faults: Vec<(&Event, Usual)> = Vec::new();
        let closed = || events.iter().filter(|event| !event.is_open);
        // The family may be loose: the very kind has to be known with that key too.
        let is_known = |event: &Event, new: &str| {
            events.iter().any(|it| it.value == event.value && it.keys.contains(new))
        };
        // One key is the usual one for the kind, and the others stand in its place.
        let files_of = |key: &str| {
            let those = events.iter().filter(|event| event.keys.contains(key));
            those.map(|event| event.file).collect::<BTreeSet<FileId>>().len()
        };
        let new = KINDS.iter().copied().max_by_key(|key| files_of(key)).unwrap_or_default();
        for event in closed().filter(|event| !event.keys.contains(new)) {
            let old =
                KINDS.iter().copied().find(|key| event.keys.contains(key)).unwrap_or_default();
            if let Some(usual) = usual(events, old, new).filter(|_| is_known(event, new)) {
                faults.push((event, usual));
            }
        }
        for [old, new] in TWINS.into_iter().chain(TWINS.map(|[old, new]| [new, old])) {
            let Some(usual) = usual(events, old, new) else { continue };
            for event in closed().filter(|event| says(event, old, new) && is_known(event, new)) {
                faults.push((event, usual.clone()));
            }
        }
        let mut told: BTreeMap<(FileId, Pos), (&Event, Vec<Usual>)> = BTreeMap::new();
        for (event, usual) in faults {
            let slot = told.entry((event.file, event.dict.at));
            slot.or_insert((event, Vec::new())).1.push(usual);
        }
        found.extend(told.into_values().map(|(event, usual)| deviating(ground, event, &usual)));
    }
    found
}

fn root<'f>(family: &BTreeMap<&'f str, &'f str>, mut value: &'f str) -> &'f str {
    while let Some(next) = family.get(value) {
        value = next;
    }
    value
}

fn events<'g>(ground: &Ground<'g>) -> Vec<Event<'g>> {
    let mut events = Vec::new();
    for file in ground.files() {
        let facts = &ground.project.file(file).facts;
        for dict in facts.dicts() {
            let pairs = facts.dict_keys(dict.keys);
            // One word may be of anything: `string`, `error`.
            let is_telling =
                |text: &str| text.contains(['_', '.', ':', '-']) && !text.contains(' ');
            let mark = pairs.iter().find(|pair| {
                KINDS.contains(&facts.text(pair.key)) && is_telling(facts.text(pair.value))
            });
            let Some(mark) = mark else { continue };
            let (added, adds_unknown) = added_keys(facts, dict);
            let mut keys: BTreeSet<&str> = pairs.iter().map(|pair| facts.text(pair.key)).collect();
            keys.extend(added);
            let is_open = dict.open == 1 || adds_unknown;
            events.push(Event { file, dict, value: facts.text(mark.value), keys, is_open });
        }
    }
    events
}

fn says(event: &Event, old: &str, new: &str) -> bool {
    event.keys.contains(old) && !event.keys.contains(new)
}

/// What most dictionaries of a family have instead of a key.
#[derive(Clone)]
struct Usual {
    old: &'static str,
    new: &'static str,
    files: usize,
    others: usize,
    shown: Vec<(FileId, Pos)>,
}

fn usual(events: &[&Event], old: &'static str, new: &'static str) -> Option<Usual> {
    let files = |old: &str, new: &str| -> BTreeMap<FileId, Pos> {
        let those = events.iter().filter(|event| says(event, old, new));
        those.map(|event| (event.file, event.dict.at)).collect()
    };
    let (most, few) = (files(new, old), files(old, new));
    let is_clear = most.len() >= LEAST_FILES && most.len() >= MAJORITY * few.len();
    (is_clear && !few.is_empty()).then(|| Usual {
        old,
        new,
        files: most.len(),
        others: few.len(),
        shown: most.into_iter().take(MOST_SHOWN).collect(),
    })
}

fn deviating(ground: &Ground, event: &Event, usual: &[Usual]) -> Finding {
    let by = enclosing(ground.project, event.file, event.dict.scope);
    let faults: Vec<String> =
        usual.iter().map(|usual| format!("says `{}` for `{}`", usual.old, usual.new)).collect();
    let why: Vec<String> = usual
        .iter()
        .map(|usual| {
            let say = if usual.others == 1 { "1 says" } else { &format!("{} say", usual.others) };
            format!("{} files say `{}`, {say} `{}`", usual.files, usual.new, usual.old)
        })
        .collect();
    let mut finding = Finding::new(&RULE, event.file, event.dict.at, event.value)
        .severity(Severity::Info)
        .message(format!(
            "this `{}` {}: of dictionaries of its family {}",
            event.value,
            faults.join("; "),
            why.join("; ")
        ))
        .remedy("give all of them one shape; better, make them in one function or class")
        .key([event.value.to_owned(), by]);
    for (file, at) in usual.iter().flat_map(|usual| usual.shown.iter()) {
        finding = finding.related(*file, *at, "one of those that most are like");
    }
    finding
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
            ..Declarations::default()
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

    #[test]
    fn what_most_dictionaries_of_a_family_say() {
        let project = project(
            "# file: a.py\nsend({'type': 'agent_started', 'timestamp': 1})\nsend({'type': 'agent_done', 'timestamp': 1})\n\
             # file: b.py\nsend({'type': 'agent_started', 'timestamp': 1})\n\
             # file: c.py\nsend({'type': 'agent_done', 'timestamp': 1})\n\
             # file: d.py\nsend({'type': 'agent_done', 'timestamp': 2, **more})\n\
             # file: e.py\nsend({'event': 'agent_started', 'time': 1})\nsend({'event': 'agent_started', 'time': 1, **more})\n\
             send({'event': 'agent_done', 'type': 'agent_done', 'timestamp': 1})\nsend({'event': 'other_thing'})\n\
             # file: f.py\nx = {'event': 'agent_done'}\nx['type'] = 1\n",
        );
        let found = run(&RULE, &project, &Declarations::default());
        let lines: Vec<String> =
            found.iter().map(|found| format!("{} {}", found.at.line, found.message)).collect();
        assert_eq!(
            lines,
            [
                "1 this `agent_started` says `event` for `type`; says `time` for `timestamp`: of dictionaries of its \
                 family 4 files say `type`, 1 says `event`; 5 files say `timestamp`, 1 says `time`",
            ]
        );
    }
}

//! `fragscope config`: the values in force and where each came from.

use super::Verdict;
use super::args::ConfigArgs;
use super::desk::{Desk, Scanned};
use super::tree::tree;
use crate::analysis::affixes;
use crate::config::{ContractsTable, RuleTable};
use crate::report::text::{self, Frame};
use crate::report::wire::{ConfigRow, Document, Kind};

pub fn run(args: &ConfigArgs, desk: &mut Desk) -> anyhow::Result<Verdict> {
    let scanned = desk.scan(args.path.as_deref())?;
    // A configuration that names what is not there is told of here, too.
    scanned.config.declarations(&scanned.snapshot.project)?;
    let rows = rows(&scanned)?;
    let heading = match &scanned.config.file {
        Some(file) => format!("configuration of {}: {}", scanned.root, file.display()),
        None => format!("configuration of {}: none, all is built in or found", scanned.root),
    };
    let frame = Frame { heading, rule: text::config::RULE, scope: "of the whole tree" };
    let document = Document::new(Kind::Config, scanned.root.clone(), tree(&scanned.snapshot), rows);
    desk.give(&document, |sheet| text::config::print(sheet, &document, &frame))?;
    Ok(Verdict::Fine)
}

const FILE: &str = "file";
const FOUND: &str = "found";
const BUILT_IN: &str = "built in";

fn rows(scanned: &Scanned) -> anyhow::Result<Vec<ConfigRow>> {
    let config = &scanned.config;
    let mut rows = Vec::new();
    let mut push = |key: &str, value: String, from: &str| {
        rows.push(ConfigRow { key: key.to_owned(), value, from: from.to_owned() });
    };
    let list = |values: &[String]| values.join(", ");
    match &config.roots {
        Some(roots) => push("roots", list(roots), FILE),
        None => push("roots", list(&tree(&scanned.snapshot).roots), FOUND),
    }
    if config.exclude.is_empty() {
        push("exclude", "nothing but what is ignored or hidden".to_owned(), BUILT_IN);
    } else {
        push("exclude", list(&config.exclude), FILE);
    }
    match &config.tests {
        Some(tests) => push("tests", list(tests), FILE),
        None => push("tests", "by names of files and folders".to_owned(), BUILT_IN),
    }
    match &config.affixes {
        Some(affixes) => push("affixes", list(affixes), FILE),
        None => push("affixes", affixes::DEFAULT.join(", "), BUILT_IN),
    }
    let contracts = config.contracts(&scanned.snapshot.tree)?;
    match (&config.contracts, contracts.files.as_slice()) {
        (Some(ContractsTable::Whether(false)), _) => push("contracts", "off".to_owned(), FILE),
        (Some(ContractsTable::Files(_)), files) => push("contracts", list(files), FILE),
        (None | Some(ContractsTable::Whether(true)), []) => {
            push("contracts", "none of import-linter or Tach".to_owned(), FOUND);
        }
        (None | Some(ContractsTable::Whether(true)), files) => {
            push("contracts", list(files), FOUND);
        }
    }
    let from = if config.moves.is_some() { FILE } else { BUILT_IN };
    push("moves", config.moves().word().to_owned(), from);
    for concept in &config.concept {
        let key = format!("concept.{}", concept.name);
        push(&format!("{key}.canonical"), concept.canonical.clone(), FILE);
        let lists = [
            ("members", &concept.members),
            ("deprecated", &concept.deprecated),
            ("factory", &concept.factory),
            ("interface", &concept.interface),
            ("instead-of", &concept.instead_of),
        ];
        for (name, values) in lists.into_iter().filter(|(_, values)| !values.is_empty()) {
            push(&format!("{key}.{name}"), list(values), FILE);
        }
        if let Some(definitions) = concept.definitions {
            push(&format!("{key}.definitions"), definitions.to_string(), FILE);
        }
    }
    for shape in &config.shape {
        let key = format!("shape.{}", shape.name);
        let when = shape.when.iter().map(|(key, values)| format!("{key} = {}", values.join(" | ")));
        push(&format!("{key}.when"), when.collect::<Vec<_>>().join(", "), FILE);
        if !shape.required.is_empty() {
            push(&format!("{key}.required"), list(&shape.required), FILE);
        }
        if !shape.legacy.is_empty() {
            let legacy = shape.legacy.iter().map(|(old, new)| format!("{old} → {new}"));
            push(&format!("{key}.legacy"), legacy.collect::<Vec<_>>().join(", "), FILE);
        }
    }
    for settings in config.rule_settings()? {
        let own = config.rules.get(settings.rule.id);
        let allow = match own {
            Some(RuleTable::Whole(whole)) if !whole.allow.is_empty() => {
                format!(", not in {}", list(&whole.allow))
            }
            _ => String::new(),
        };
        let from = if own.is_some() { FILE } else { BUILT_IN };
        push(
            &format!("rules.{}", settings.rule.id),
            format!("{}{allow}", settings.severity.word()),
            from,
        );
    }
    for id in config.rules.keys().filter(|id| config.is_off(id)) {
        push(&format!("rules.{id}"), "off".to_owned(), FILE);
    }
    Ok(rows)
}

//! `fragscope unresolved`: names that lead nowhere.

use super::Verdict;
use super::args::{UnresolvedArgs, UnresolvedSort};
use super::desk::Desk;
use super::rows::file_ref;
use super::tree::tree;
use crate::analysis::unresolved::{Unresolved, unresolved};
use crate::engine::Snapshot;
use crate::model::Outcome;
use crate::report::paint::{counted, grouped};
use crate::report::text::{self, Frame};
use crate::report::wire::{Document, Kind, UnresolvedRow};

pub fn run(args: &UnresolvedArgs, desk: &mut Desk) -> anyhow::Result<Verdict> {
    let scanned = desk.scan(args.path.as_deref())?;
    let snapshot = &scanned.snapshot;
    let project = &snapshot.project;
    let mut rows: Vec<UnresolvedRow> = unresolved(project)
        .iter()
        .filter(|found| {
            args.rows.want_file(project, found.file) && args.rows.want_name(&whole(found))
        })
        .map(|found| row(snapshot, found))
        .collect();
    match args.sort {
        UnresolvedSort::Path => {}
        UnresolvedSort::Target => rows.sort_by(|a, b| a.target.cmp(&b.target)),
        UnresolvedSort::Outcome => rows.sort_by(|a, b| a.outcome.cmp(&b.outcome)),
    }
    let frame = Frame {
        heading: heading(&rows),
        rule: text::unresolved::RULE,
        scope: args.rows.scope().phrase(),
    };
    let mut document = Document::new(Kind::Unresolved, scanned.root, tree(snapshot), rows);
    document.limit(desk.limit(args.rows.limit));
    desk.give(&document, |sheet| text::unresolved::print(sheet, &document, &frame))?;
    Ok(Verdict::Fine)
}

/// `12 names that cannot be followed: 5 missing, 7 unresolved`
fn heading(rows: &[UnresolvedRow]) -> String {
    let mut parts = Vec::new();
    for outcome in Outcome::ALL {
        let count = rows.iter().filter(|row| row.outcome == outcome.word()).count();
        if count > 0 {
            parts.push(format!("{} {}", grouped(count), outcome.word()));
        }
    }
    let names = counted(rows.len(), "name");
    let heading = format!("{names} that cannot be followed");
    if parts.is_empty() { heading } else { format!("{heading}: {}", parts.join(", ")) }
}

/// The module and the name in it.
fn whole(found: &Unresolved) -> String {
    match &found.name {
        Some(name) => format!("{}.{name}", found.target),
        None => found.target.clone(),
    }
}

fn row(snapshot: &Snapshot, found: &Unresolved) -> UnresolvedRow {
    UnresolvedRow {
        target: found.target.clone(),
        name: found.name.clone(),
        file: file_ref(snapshot, found.file),
        line: found.at.line,
        outcome: found.outcome.word().to_owned(),
        reason: found.reason.clone(),
        hint: found.hint.clone(),
    }
}

//! `fragscope classes`: the census.

use std::cmp::Reverse;

use super::Verdict;
use super::args::{ClassSort, ClassesArgs};
use super::desk::Desk;
use super::rows::file_ref;
use super::tree::tree;
use crate::analysis::classes::{classes, methods};
use crate::engine::Snapshot;
use crate::facts::rows::{NO_ROW, Row};
use crate::model::FileId;
use crate::report::paint::counted;
use crate::report::text::{self, Frame};
use crate::report::wire::{ClassRow, Document, Kind};

pub fn run(args: &ClassesArgs, desk: &mut Desk) -> anyhow::Result<Verdict> {
    let scanned = desk.scan(args.path.as_deref())?;
    let snapshot = &scanned.snapshot;
    let mut rows: Vec<ClassRow> = classes(&snapshot.project)
        .into_iter()
        .filter(|(file, _)| args.rows.want_file(&snapshot.project, *file))
        .map(|(file, class)| row(snapshot, file, class))
        .filter(|row| args.rows.want_name(&format!("{}.{}", row.module, row.qualname)))
        .collect();
    let lines = |row: &ClassRow| row.end_line - row.line;
    match args.sort {
        ClassSort::Path => {}
        ClassSort::Name => rows.sort_by(|a, b| a.name.cmp(&b.name)),
        ClassSort::Lines => rows.sort_by_key(|row| Reverse(lines(row))),
        ClassSort::Methods => rows.sort_by_key(|row| Reverse(row.methods.len())),
    }
    let frame = Frame {
        heading: counted(rows.len(), "class"),
        rule: text::classes::RULE,
        scope: args.rows.scope().phrase(),
    };
    let mut document = Document::new(Kind::Classes, scanned.root, tree(snapshot), rows);
    document.limit(desk.limit(args.rows.limit));
    desk.give(&document, |sheet| text::classes::print(sheet, &document, &frame))?;
    Ok(Verdict::Fine)
}

pub fn row(snapshot: &Snapshot, file: FileId, class: Row) -> ClassRow {
    let project = &snapshot.project;
    let own = project.file(file);
    let facts = &own.facts;
    let definition = facts.definition(class).expect("the census gives rows of the file");
    let bases = facts.exprs(definition.bases).iter();
    ClassRow {
        name: facts.text(definition.name).to_owned(),
        qualname: facts.qualname(definition).into_owned(),
        module: own.module.to_string(),
        file: file_ref(snapshot, file),
        line: definition.at.line,
        end_line: definition.end_line,
        bases: bases.map(|base| facts.text(base.text).to_owned()).collect(),
        methods: methods(project, file, class).into_iter().map(str::to_owned).collect(),
        nested: definition.parent != NO_ROW,
        kind: own.kind.word().to_owned(),
    }
}

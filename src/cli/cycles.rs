//! `fragscope cycles`: modules that import each other in a ring.

use std::cmp::Reverse;

use super::Verdict;
use super::args::{CycleKind, CycleSort, CyclesArgs};
use super::desk::Desk;
use super::rows::file_ref;
use super::tree::tree;
use crate::analysis::cycles::{Cycle, Link, cycles};
use crate::engine::Snapshot;
use crate::model::Moment;
use crate::model::graph::CodeGraph;
use crate::report::paint::counted;
use crate::report::text::{self, Frame};
use crate::report::wire::{CycleRow, Document, Edge, Kind};

pub fn run(args: &CyclesArgs, desk: &mut Desk) -> anyhow::Result<Verdict> {
    let scanned = desk.scan(args.path.as_deref())?;
    let snapshot = &scanned.snapshot;
    let project = &snapshot.project;
    let graph = CodeGraph::build(project);
    let is_wanted = |cycle: &Cycle| {
        let of_kind = args.kind.wants(cycle.moment);
        let wants = |file| {
            args.rows.want_file(project, file) && args.rows.want_name(&project.file(file).module)
        };
        of_kind && cycle.modules.iter().any(|file| wants(*file))
    };
    let mut rows: Vec<CycleRow> = cycles(project, &graph)
        .iter()
        .filter(|cycle| is_wanted(cycle))
        .map(|cycle| row(snapshot, cycle))
        .collect();
    match args.sort {
        CycleSort::Kind => {}
        CycleSort::Size => rows.sort_by_key(|row| Reverse(row.modules.len())),
        CycleSort::Name => rows.sort_by(|a, b| a.modules.cmp(&b.modules)),
        CycleSort::Cut => rows.sort_by_key(|row| Reverse(row.cut.len())),
    }
    let frame = Frame {
        heading: heading(&rows, args.kind),
        rule: text::cycles::RULE,
        scope: args.rows.scope().phrase(),
    };
    let mut document = Document::new(Kind::Cycles, scanned.root, tree(snapshot), rows);
    document.limit(desk.limit(args.rows.limit));
    desk.give(&document, |sheet| text::cycles::print(sheet, &document, &frame))?;
    Ok(Verdict::Fine)
}

impl CycleKind {
    fn wants(self, moment: Moment) -> bool {
        match self {
            Self::RunTime => moment == Moment::RunTime,
            Self::Deferred => moment == Moment::Deferred,
            Self::Typing => moment == Moment::Typing,
            Self::All => true,
        }
    }
}

/// `4 cycles: 2 run-time, 2 deferred`
fn heading(rows: &[CycleRow], kind: CycleKind) -> String {
    let mut parts = Vec::new();
    for moment in [Moment::RunTime, Moment::Deferred, Moment::Typing] {
        let count = rows.iter().filter(|row| row.kind == moment.word()).count();
        if count > 0 {
            parts.push(format!("{count} {}", moment.word()));
        }
    }
    let cycles = counted(rows.len(), "cycle");
    match kind {
        CycleKind::RunTime => {
            format!("{cycles} at run time; `--kind all` adds those that close later or never")
        }
        _ if parts.is_empty() => cycles,
        _ => format!("{cycles}: {}", parts.join(", ")),
    }
}

fn row(snapshot: &Snapshot, cycle: &Cycle) -> CycleRow {
    let project = &snapshot.project;
    let edge = |link: &Link| Edge {
        from: project.file(link.from).module.to_string(),
        to: project.file(link.to).module.to_string(),
        file: file_ref(snapshot, link.from),
        line: link.at.line,
        kind: link.moment.word().to_owned(),
    };
    let edges = |links: &[Link]| links.iter().map(edge).collect();
    let modules = cycle.modules.iter();
    CycleRow {
        modules: modules.map(|file| project.file(*file).module.to_string()).collect(),
        kind: cycle.moment.word().to_owned(),
        edges: edges(&cycle.links),
        ring: edges(&cycle.ring),
        cut: edges(&cycle.cut),
        cheapest: cycle.is_cheapest,
    }
}

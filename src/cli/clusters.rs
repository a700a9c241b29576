//! `fragscope clusters`: classes that claim to be the same thing.

use std::cmp::Reverse;

use super::Verdict;
use super::args::{ClusterChoice, ClusterSort, ClustersArgs};
use super::concepts::{cluster_row, is_wanted};
use super::desk::Desk;
use super::tree::tree;
use crate::analysis::clusters::ClusterKind;
use crate::report::paint::counted;
use crate::report::text::{self, Frame};
use crate::report::wire::{ApartRow, ClusterRow, ClustersDocument, Document, Kind};

pub fn run(args: &ClustersArgs, desk: &mut Desk) -> anyhow::Result<Verdict> {
    let scanned = desk.scan(args.path.as_deref())?;
    let snapshot = &scanned.snapshot;
    let project = &snapshot.project;
    let scope = args.rows.judged_scope();
    let lenses = scanned.lenses(scope)?;
    let found = lenses.concepts.all.iter();
    let mut rows: Vec<ClusterRow> = found
        .filter(|concept| concept.kind.is_some_and(|kind| args.kind.wants(kind)))
        .filter(|concept| is_wanted(project, &args.rows, concept))
        .map(|concept| cluster_row(snapshot, concept))
        .collect();
    match args.sort {
        ClusterSort::Score => {}
        ClusterSort::Name => rows.sort_by(|a, b| a.name.cmp(&b.name)),
        ClusterSort::Definitions => rows.sort_by_key(|row| Reverse(row.definitions.len())),
        ClusterSort::Effective => rows.sort_by(|a, b| b.effective.total_cmp(&a.effective)),
    }
    let apart = lenses.concepts.apart.iter().filter(|apart| args.rows.want_name(&apart.name));
    let apart: Vec<ApartRow> = apart
        .map(|apart| ApartRow {
            name: apart.name.clone(),
            definitions: apart
                .definitions
                .iter()
                .map(|(file, row)| project.definition_name(*file, *row))
                .collect(),
        })
        .collect();
    let frame =
        Frame { heading: heading(&rows), rule: text::clusters::RULE, scope: scope.phrase() };
    let mut document = Document::new(Kind::Clusters, scanned.root, tree(snapshot), rows);
    document.limit(desk.limit(args.rows.limit));
    let document = ClustersDocument { document, apart };
    desk.give(&document, |sheet| text::clusters::print(sheet, &document, &frame))?;
    Ok(Verdict::Fine)
}

impl ClusterChoice {
    fn wants(self, kind: ClusterKind) -> bool {
        match self {
            Self::All => true,
            Self::Declared => kind == ClusterKind::Declared,
            Self::SameName => kind == ClusterKind::SameName,
            Self::Family => kind == ClusterKind::Family,
            Self::NearCopy => kind == ClusterKind::NearCopy,
        }
    }
}

/// `131 clusters: 123 same-name, 5 family, 3 near-copy`
fn heading(rows: &[ClusterRow]) -> String {
    let mut parts = Vec::new();
    for kind in ClusterKind::ALL {
        let count = rows.iter().filter(|row| row.kind == kind.word()).count();
        if count > 0 {
            parts.push(format!("{count} {}", kind.word()));
        }
    }
    let clusters = counted(rows.len(), "cluster");
    if parts.is_empty() { clusters } else { format!("{clusters}: {}", parts.join(", ")) }
}

//! `fragscope scan`: what was read, and why the rest was not.

use super::Verdict;
use super::args::{ScanArgs, ScanSort};
use super::desk::Desk;
use super::rows::file_ref;
use super::tree::{folder_name, tree};
use crate::engine::Snapshot;
use crate::facts::rows::Status;
use crate::report::text;
use crate::report::wire::{CacheUse, FileRef, ScanDocument, ScanRoot, ScanRow, Stage, Timing};

pub fn run(args: &ScanArgs, desk: &mut Desk) -> anyhow::Result<Verdict> {
    let scanned = desk.scan(args.path.as_deref())?;
    let snapshot = &scanned.snapshot;
    let mut rows = rows(snapshot);
    match args.sort {
        ScanSort::Path => {}
        ScanSort::Status => rows.sort_by(|a, b| a.status.cmp(&b.status)),
    }
    let mut document = ScanDocument::new(scanned.root, tree(snapshot), rows, roots(snapshot));
    document.limit(desk.limit(args.limit));
    let timing = timing(snapshot);
    if args.timing {
        document.timing = Some(timing.clone());
    }
    desk.give(&document, |sheet| text::scan::print(sheet, &document, &timing))?;
    Ok(Verdict::Fine)
}

/// Every file that was not read whole, sorted by path.
fn rows(snapshot: &Snapshot) -> Vec<ScanRow> {
    let unread = snapshot.unread.iter().map(|unread| ScanRow {
        file: FileRef::from(&unread.path),
        status: if unread.is_unreadable { "unreadable" } else { "skipped" }.to_owned(),
        reason: unread.reason.clone(),
    });
    let project = &snapshot.project;
    let recovered = project
        .ids()
        .filter(|id| project.file(*id).facts.status() == Status::Recovered)
        .map(|id| {
            let facts = &project.file(id).facts;
            let first = facts.errors().first();
            ScanRow {
                file: file_ref(snapshot, id),
                status: "recovered".to_owned(),
                reason: first.map_or_else(String::new, |error| {
                    let more = match facts.errors().len() - 1 {
                        0 => String::new(),
                        more => format!(", and {more} more"),
                    };
                    format!("line {}: {}{more}", error.at.line, facts.text(error.message))
                }),
            }
        });
    let mut rows: Vec<ScanRow> = unread.chain(recovered).collect();
    rows.sort_by(|a, b| a.file.path.cmp(&b.file.path));
    rows
}

fn roots(snapshot: &Snapshot) -> Vec<ScanRoot> {
    let root = |root: &crate::source::Root| ScanRoot {
        path: folder_name(&root.folder),
        reason: root.reason.word().to_owned(),
    };
    snapshot.roots.iter().map(root).collect()
}

fn timing(snapshot: &Snapshot) -> Timing {
    let stage = |(stage, time): &(crate::engine::Stage, std::time::Duration)| Stage {
        name: stage.word().to_owned(),
        milliseconds: (time.as_secs_f64() * 10_000.0).round() / 10.0,
    };
    let cache = snapshot.cache;
    Timing {
        stages: snapshot.stages.iter().map(stage).collect(),
        cache: CacheUse { hits: cache.unchanged + cache.same_content, misses: cache.extracted },
    }
}

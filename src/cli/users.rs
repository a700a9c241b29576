//! `fragscope users`: every site that reaches a symbol or module.

use std::collections::BTreeSet;

use anyhow::ensure;

use super::Verdict;
use super::args::{UserSort, UsersArgs};
use super::desk::Desk;
use super::rows::{file_ref, hops, scope_word};
use super::symbol::{ghosts, unknown};
use super::target::refuse_a_folder_as_symbol;
use super::tree::tree;
use crate::analysis::users::users;
use crate::engine::Snapshot;
use crate::model::{Project, Site};
use crate::report::paint::counted;
use crate::report::text::{self, Frame};
use crate::report::wire::{Document, Kind, UserRow};

pub fn run(args: &UsersArgs, desk: &mut Desk) -> anyhow::Result<Verdict> {
    refuse_a_folder_as_symbol("users", &args.symbol, args.path.as_deref(), desk.reading.demo)?;
    let scanned = desk.scan(args.path.as_deref())?;
    let snapshot = &scanned.snapshot;
    let project = &snapshot.project;
    let mut rows: Vec<UserRow> = sites(project, &args.symbol)?
        .iter()
        .filter(|site| args.rows.want_file(project, site.file) && args.rows.want_name(&site.path))
        .map(|site| row(snapshot, site))
        .collect();
    match args.sort {
        UserSort::Path => {}
        UserSort::Form => rows.sort_by(|a, b| a.form.cmp(&b.form)),
        UserSort::Target => rows.sort_by(|a, b| a.target.cmp(&b.target)),
    }
    let frame = Frame {
        heading: format!("{}: {}", args.symbol, heading(&rows)),
        rule: text::users::RULE,
        scope: args.rows.scope().phrase(),
    };
    let mut document = Document::new(Kind::Users, scanned.root, tree(snapshot), rows);
    document.limit(desk.limit(args.rows.limit));
    desk.give(&document, |sheet| text::users::print(sheet, &document, &frame))?;
    Ok(Verdict::Fine)
}

/// The users of what is there; of a name that is nowhere, the sites that write it.
fn sites(project: &Project, symbol: &str) -> anyhow::Result<Vec<Site>> {
    let ends = project.find(symbol);
    if !ends.is_empty() {
        return Ok(users(project, &ends, false));
    }
    let ghosts = ghosts(project, symbol);
    ensure!(!ghosts.is_empty(), unknown(project, symbol));
    let mut sites: Vec<Site> = ghosts.into_iter().flat_map(|ghost| ghost.sites).collect();
    sites.sort_by(|a, b| (a.file, a.at, &a.path).cmp(&(b.file, b.at, &b.path)));
    Ok(sites)
}

/// `692 sites in 348 files`
fn heading(rows: &[UserRow]) -> String {
    let files: BTreeSet<&str> = rows.iter().map(|row| row.file.path.as_str()).collect();
    format!("{} in {}", counted(rows.len(), "site"), counted(files.len(), "file"))
}

pub fn row(snapshot: &Snapshot, site: &Site) -> UserRow {
    let project = &snapshot.project;
    UserRow {
        target: project.end_name(site.end).unwrap_or_else(|| site.path.clone()),
        file: file_ref(snapshot, site.file),
        line: site.at.line,
        column: site.at.column,
        form: site.form.word().to_owned(),
        scope: scope_word(project, site.file, site.scope),
        written: site.path.clone(),
        via: hops(project, &site.trail),
        certain: site.certain,
    }
}

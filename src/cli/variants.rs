//! `fragscope variants`: by which dotted paths definitions are reached.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anyhow::ensure;

use super::Verdict;
use super::args::{Rows, VariantSort, VariantsArgs};
use super::desk::Desk;
use super::rows::{hops, site_row};
use super::symbol::{is_named, unknown};
use super::target::symbol_or_folder;
use super::tree::tree;
use crate::analysis::variants::{Spread, Variant, variants};
use crate::engine::Snapshot;
use crate::model::{FileId, Project};
use crate::report::paint::counted;
use crate::report::text::{self, Frame};
use crate::report::wire::{Document, FromFolder, Kind, VariantRow};

pub fn run(args: &VariantsArgs, desk: &mut Desk) -> anyhow::Result<Verdict> {
    let (symbol, folder) =
        symbol_or_folder(args.symbol.as_deref(), args.path.as_deref(), desk.reading.demo);
    let scanned = desk.scan(folder.as_deref())?;
    let snapshot = &scanned.snapshot;
    let project = &snapshot.project;
    let mut found = match &symbol {
        None => variants(project, None, &|_| true),
        Some(symbol) => {
            let ends = project.find(symbol);
            let found = variants(project, Some(&ends), &|path| is_named(path, symbol));
            ensure!(!ends.is_empty() || !found.is_empty(), unknown(project, symbol));
            found
        }
    };
    scanned.config.rules(project)?.honour(project, &mut found);
    retain_wanted(project, &args.rows, &mut found);
    let heading = heading(symbol.as_deref(), &found);
    let mut rows: Vec<VariantRow> = found.iter().map(|found| row(snapshot, found)).collect();
    sort(
        &mut rows,
        args.sort.unwrap_or(if desk.is_json() { VariantSort::Name } else { VariantSort::Paths }),
    );
    let frame = Frame { heading, rule: text::variants::RULE, scope: args.rows.scope().phrase() };
    let mut document = Document::new(Kind::Variants, scanned.root, tree(snapshot), rows);
    document.limit(desk.limit(args.rows.limit));
    desk.give(&document, |sheet| text::variants::print(sheet, &document, &frame))?;
    Ok(Verdict::Fine)
}

/// Keeps the variants of wanted names, each with its sites in wanted files.
pub fn retain_wanted(project: &Project, rows: &Rows, found: &mut Vec<Variant>) {
    found.retain(|variant| {
        rows.want_name(&variant.path) || rows.want_name(&definition(project, variant))
    });
    for variant in found.iter_mut() {
        variant.retain_sites(|site| rows.want_file(project, site.file));
    }
    found.retain(|variant| !variant.sites.is_empty());
}

fn definition(project: &Project, variant: &Variant) -> String {
    variant.definition.and_then(|end| project.end_name(end)).unwrap_or_default()
}

/// `Manager: 18 paths, effectively 4.2, to 3 definitions; 2 paths lead nowhere`. Over all names the effective number means
/// nothing.
fn heading(symbol: Option<&str>, found: &[Variant]) -> String {
    let (real, ghosts): (Vec<&Variant>, Vec<&Variant>) =
        found.iter().partition(|variant| variant.definition.is_some());
    let spread = Spread::of(&real);
    let paths = counted(spread.paths, "path");
    let definitions = counted(spread.definitions, "definition");
    let mut heading = match symbol {
        Some(symbol) => {
            format!("{symbol}: {paths}, effectively {:.1}, to {definitions}", spread.effective)
        }
        None => format!("{paths} to {definitions}"),
    };
    match ghosts.len() {
        0 => {}
        1 => heading += "; 1 path leads nowhere",
        more => write!(heading, "; {more} paths lead nowhere").expect("a string grows"),
    }
    heading
}

fn sort(rows: &mut [VariantRow], key: VariantSort) {
    let whose = |row: &VariantRow| (row.definition.is_none(), row.definition.clone());
    rows.sort_by(|a, b| (&a.name, whose(a), &a.path).cmp(&(&b.name, whose(b), &b.path)));
    match key {
        VariantSort::Name => {}
        VariantSort::Path => rows.sort_by(|a, b| a.path.cmp(&b.path)),
        VariantSort::Files => rows.sort_by_key(|row| Reverse(row.files)),
        VariantSort::Statements => rows.sort_by_key(|row| Reverse(row.statements)),
        VariantSort::Uses => rows.sort_by_key(|row| Reverse(row.uses)),
        VariantSort::Paths => {
            let mut paths: BTreeMap<_, usize> = BTreeMap::new();
            for row in rows.iter() {
                *paths.entry(whose(row)).or_default() += 1;
            }
            rows.sort_by_cached_key(|row| {
                let whose = whose(row);
                (whose.0, Reverse(paths[&whose]), whose.1, Reverse(row.files))
            });
        }
    }
}

pub fn row(snapshot: &Snapshot, variant: &Variant) -> VariantRow {
    let project = &snapshot.project;
    VariantRow {
        name: variant.name.clone(),
        definition: variant.definition.and_then(|end| project.end_name(end)),
        path: variant.path.clone(),
        kind: variant.kind.word().to_owned(),
        canonical: variant.canonical,
        statements: variant.statements,
        uses: variant.uses,
        files: variant.files,
        from: folders(project, variant),
        trail: hops(project, &variant.trail),
        sites: variant.sites.iter().map(|site| site_row(snapshot, site)).collect(),
    }
}

/// From where a path is used.
fn folders(project: &Project, variant: &Variant) -> Vec<FromFolder> {
    let files: BTreeSet<FileId> = variant.sites.iter().map(|site| site.file).collect();
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for file in files {
        let folder = project.folders.folder(project.folders.folder_of(file));
        *folders.entry(&folder.path).or_default() += 1;
    }
    let mut from: Vec<FromFolder> = folders
        .into_iter()
        .map(|(folder, files)| FromFolder { folder: folder.to_owned(), files })
        .collect();
    from.sort_by_key(|from| Reverse(from.files));
    from
}

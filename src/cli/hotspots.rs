//! `fragscope hotspots`: concepts, modules and packages, the worst first.

use std::collections::{BTreeMap, BTreeSet};

use super::Verdict;
use super::args::{HotspotChoice, HotspotSort, HotspotsArgs};
use super::concepts::is_wanted;
use super::desk::Desk;
use super::tree::tree;
use crate::analysis::concepts::{Concept, Parts, rounded};
use crate::analysis::hotspots::{Area, HotspotKind, packages_of};
use crate::model::Project;
use crate::report::paint::counted;
use crate::report::text::{self, Frame};
use crate::report::wire::{Document, HotspotRow, Kind};

/// Rows of each kind on a page unless told otherwise.
const PAGE_ROWS: usize = 10;

pub fn run(args: &HotspotsArgs, desk: &mut Desk) -> anyhow::Result<Verdict> {
    let scanned = desk.scan(args.path.as_deref())?;
    let snapshot = &scanned.snapshot;
    let project = &snapshot.project;
    let scope = args.rows.judged_scope();
    let lenses = scanned.lenses(scope)?;
    let mut groups: BTreeMap<HotspotKind, Vec<HotspotRow>> = BTreeMap::new();
    let concepts = lenses.concepts.all.iter();
    groups.insert(
        HotspotKind::Concept,
        concepts
            .filter(|concept| concept.score() > 0.0 && is_wanted(project, &args.rows, concept))
            .map(concept_row)
            .collect(),
    );
    let wanted_packages = wanted_packages(project, args);
    let is_wanted = |area: &&Area| {
        let in_path = match area.file {
            Some(file) => args.rows.want_path(project, file),
            None => wanted_packages.contains(area.id.as_str()),
        };
        in_path && args.rows.want_name(&area.id)
    };
    for (kind, areas) in [
        (HotspotKind::Module, &lenses.areas.modules),
        (HotspotKind::Package, &lenses.areas.packages),
    ] {
        let rows = areas
            .iter()
            .filter(is_wanted)
            .map(|area| area_row(kind, area, &lenses.concepts.all))
            .collect();
        groups.insert(kind, rows);
    }
    let default = if desk.is_json() { 0 } else { PAGE_ROWS };
    let limit = args.rows.limit.unwrap_or(default);
    let mut rows = Vec::new();
    let mut omitted = 0;
    let mut heading = Vec::new();
    for (kind, mut group) in groups.into_iter().filter(|(kind, _)| args.kind.wants(*kind)) {
        sort(&mut group, args.sort);
        heading.push(counted(group.len(), kind.word()));
        if limit > 0 && group.len() > limit {
            omitted += group.len() - limit;
            group.truncate(limit);
        }
        rows.extend(group);
    }
    let frame = Frame {
        heading: format!("{} with fragmentation", heading.join(", ")),
        rule: text::hotspots::RULE,
        scope: scope.phrase(),
    };
    let mut document = Document::new(Kind::Hotspots, scanned.root, tree(snapshot), rows);
    document.omitted = omitted;
    desk.give(&document, |sheet| text::hotspots::print(sheet, &document, &frame))?;
    Ok(Verdict::Fine)
}

/// Packages with a module in wanted files.
fn wanted_packages<'p>(project: &'p Project, args: &HotspotsArgs) -> BTreeSet<&'p str> {
    let files = project.ids().filter(|file| args.rows.want_path(project, *file));
    let packages = files.flat_map(|file| {
        let file = project.file(file);
        packages_of(&file.module, file.is_package())
    });
    packages.collect()
}

impl HotspotChoice {
    fn wants(self, kind: HotspotKind) -> bool {
        match self {
            Self::All => true,
            Self::Concept => kind == HotspotKind::Concept,
            Self::Module => kind == HotspotKind::Module,
            Self::Package => kind == HotspotKind::Package,
        }
    }
}

fn sort(rows: &mut [HotspotRow], key: HotspotSort) {
    let part = match key {
        HotspotSort::Score => return,
        HotspotSort::Name => return rows.sort_by(|a, b| a.id.cmp(&b.id)),
        HotspotSort::ImportSpread => "import_spread",
        HotspotSort::DefinitionSpread => "definition_spread",
        HotspotSort::Divergence => "divergence",
        HotspotSort::DualUse => "dual_use",
        HotspotSort::Cycles => "cycles",
        HotspotSort::Findings => "findings",
        HotspotSort::Reach => "reach",
    };
    let of = |row: &HotspotRow| row.parts.get(part).copied().unwrap_or(0.0);
    rows.sort_by(|a, b| of(b).total_cmp(&of(a)));
}

fn named(parts: &Parts) -> BTreeMap<String, f64> {
    parts.named().into_iter().map(|(name, part)| (name.to_owned(), part)).collect()
}

pub fn concept_row(concept: &Concept) -> HotspotRow {
    HotspotRow {
        kind: HotspotKind::Concept.word().to_owned(),
        id: concept.id.clone(),
        score: concept.score(),
        parts: named(&concept.parts),
        definitions: Some(concept.n_counted),
        paths: Some(concept.spread.paths),
        effective_paths: Some(rounded(concept.spread.effective)),
        effective_definitions: Some(rounded(concept.effective)),
        files: Some(concept.spread.files),
        dual_use: Some(concept.dual.len()),
        concepts: None,
        modules: None,
        why: concept.why(),
    }
}

fn area_row(kind: HotspotKind, area: &Area, concepts: &[Concept]) -> HotspotRow {
    HotspotRow {
        kind: kind.word().to_owned(),
        id: area.id.clone(),
        score: area.parts.total(),
        parts: named(&area.parts),
        definitions: None,
        paths: None,
        effective_paths: None,
        effective_definitions: None,
        files: None,
        dual_use: None,
        concepts: Some(area.concepts.len()),
        modules: (kind == HotspotKind::Package).then_some(area.modules),
        why: area.why(concepts),
    }
}

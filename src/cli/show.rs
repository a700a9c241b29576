//! `fragscope show`: all about one symbol on one page.

use std::collections::BTreeMap;

use anyhow::ensure;

use super::Verdict;
use super::args::{Rows, ShowArgs};
use super::classes;
use super::concepts::cluster_row;
use super::desk::Desk;
use super::hotspots::concept_row;
use super::rows::{file_of, file_ref};
use super::symbol::{is_named, unknown};
use super::target::refuse_a_folder_as_symbol;
use super::tests::test_row;
use super::tree::tree;
use super::{users, variants};
use crate::analysis::concepts::rounded;
use crate::analysis::copies::{Alignment, align, similarity};
use crate::analysis::reach::Reach;
use crate::analysis::users::users as users_of;
use crate::analysis::variants::{Spread, Variant, variants as variants_of};
use crate::engine::{Lenses, Snapshot};
use crate::facts::rows::{DefinitionKind, Row};
use crate::model::{End, FileId, Project, Site};
use crate::report::paint::counted;
use crate::report::text::{self, Frame};
use crate::report::wire::{
    Beside, ClassRow, Document, Extent, Kind, ReachingTest, ShowRow, ShownConcept,
};

/// Sites that a page shows of each symbol unless told otherwise.
const PAGE_SITES: usize = 20;

pub fn run(args: &ShowArgs, desk: &mut Desk) -> anyhow::Result<Verdict> {
    refuse_a_folder_as_symbol("show", &args.symbol, args.path.as_deref(), desk.reading.demo)?;
    let scanned = desk.scan(args.path.as_deref())?;
    let snapshot = &scanned.snapshot;
    let lenses = scanned.lenses(args.rows.judged_scope())?;
    let rows = rows(snapshot, &lenses, &args.symbol, &args.rows)?;
    let frame = Frame {
        heading: format!("{}: {}", args.symbol, kinds(&rows)),
        rule: text::show::RULE,
        scope: args.rows.scope().phrase(),
    };
    let mut document = Document::new(Kind::Show, scanned.root, tree(snapshot), rows);
    document.limit(desk.limit(args.rows.limit));
    let sites = args.rows.limit.unwrap_or(PAGE_SITES);
    desk.give(&document, |sheet| text::show::print(sheet, &document, &frame, sites))?;
    Ok(Verdict::Fine)
}

/// `4 classes, 1 ghost`
fn kinds(rows: &[ShowRow]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(&row.kind).or_default() += 1;
    }
    let counts: Vec<String> =
        counts.into_iter().map(|(kind, count)| counted(count, kind)).collect();
    counts.join(", ")
}

fn rows(
    snapshot: &Snapshot,
    lenses: &Lenses,
    symbol: &str,
    wanted: &Rows,
) -> anyhow::Result<Vec<ShowRow>> {
    let project = &snapshot.project;
    let reach = Reach::of(project, &lenses.survey);
    let ends = project.find(symbol);
    let mut found = variants_of(project, Some(&ends), &|path| is_named(path, symbol));
    ensure!(!ends.is_empty() || !found.is_empty(), unknown(project, symbol));
    variants::retain_wanted(project, wanted, &mut found);
    let users = users_of_each(project, &ends);
    let mut rows = Vec::new();
    for (end, mut sites) in ends.into_iter().zip(users) {
        let in_file = file_of(end).is_none_or(|file| wanted.want_file(project, file));
        if in_file && wanted.want_name(&project.end_name(end).unwrap_or_default()) {
            let own: Vec<&Variant> =
                found.iter().filter(|variant| variant.definition == Some(end)).collect();
            sites.retain(|site| wanted.want_file(project, site.file));
            rows.push(row(snapshot, lenses, &reach, end, &own, &sites));
        }
    }
    let ghosts = found.iter().filter(|variant| variant.definition.is_none());
    rows.extend(ghosts.map(|ghost| ghost_row(snapshot, ghost)));
    Ok(rows)
}

/// The users of definitions are looked for together; those of a module are more than the sites that end there.
fn users_of_each(project: &Project, ends: &[End]) -> Vec<Vec<Site>> {
    let (places, definitions): (Vec<End>, Vec<End>) =
        ends.iter().partition(|end| matches!(end, End::Place(_)));
    let mut by_end: BTreeMap<End, Vec<Site>> = BTreeMap::new();
    if !definitions.is_empty() {
        for site in users_of(project, &definitions, false) {
            by_end.entry(site.end).or_default().push(site);
        }
    }
    by_end.extend(places.into_iter().map(|place| (place, users_of(project, &[place], false))));
    ends.iter().map(|end| by_end.remove(end).unwrap_or_default()).collect()
}

fn row(
    snapshot: &Snapshot,
    lenses: &Lenses,
    reach: &Reach,
    end: End,
    own: &[&Variant],
    sites: &[Site],
) -> ShowRow {
    let class = match end {
        End::Definition(file, at) => class(snapshot, file, at),
        _ => None,
    };
    let (bases, methods) = class.map(|class| (class.bases, class.methods)).unwrap_or_default();
    ShowRow {
        symbol: snapshot.project.end_name(end).unwrap_or_default(),
        kind: kind(&snapshot.project, end).to_owned(),
        place: extent(snapshot, end),
        doc: doc(&snapshot.project, end),
        bases,
        methods,
        effective: rounded(Spread::of(own).effective),
        concept: concept(snapshot, lenses, end),
        tests: tests(snapshot, lenses, reach, end),
        variants: own.iter().map(|variant| variants::row(snapshot, variant)).collect(),
        users: sites.iter().map(|site| users::row(snapshot, site)).collect(),
    }
}

fn tests(snapshot: &Snapshot, lenses: &Lenses, reach: &Reach, end: End) -> Vec<ReachingTest> {
    let End::Definition(file, at) = end else { return Vec::new() };
    let found = reach.tests(&lenses.survey, (file, at));
    found.iter().map(|test| test_row(snapshot, &lenses.survey, None, test)).collect()
}

/// The concept that a definition is part of, and the others of it beside this one.
fn concept(snapshot: &Snapshot, lenses: &Lenses, end: End) -> Option<ShownConcept> {
    let End::Definition(file, at) = end else { return None };
    let own = (file, at);
    let concept = lenses.concepts.of(own)?;
    let others = concept.places().filter(|place| *place != own);
    Some(ShownConcept {
        hotspot: concept_row(concept),
        cluster: cluster_row(snapshot, concept),
        beside: others.map(|other| beside(&snapshot.project, own, other)).collect(),
    })
}

fn beside(project: &Project, own: (FileId, Row), other: (FileId, Row)) -> Beside {
    let mut beside = Beside {
        definition: project.definition_name(other.0, other.1),
        similarity: similarity(project, own, other),
        same: Vec::new(),
        changed: Vec::new(),
        only_here: Vec::new(),
        only_there: Vec::new(),
    };
    for method in align(project, own, other) {
        let list = match method.alignment {
            Alignment::Same => &mut beside.same,
            Alignment::Changed(_) => &mut beside.changed,
            Alignment::OnlyLeft => &mut beside.only_here,
            Alignment::OnlyRight => &mut beside.only_there,
        };
        list.push(method.name.to_owned());
    }
    beside
}

fn kind(project: &Project, end: End) -> &'static str {
    match end {
        End::Definition(file, at) => {
            let definition = project.file(file).facts.definition(at);
            definition.map_or("definition", |definition| definition.kind().word())
        }
        End::Value(..) => "binding",
        _ => "module",
    }
}

fn class(snapshot: &Snapshot, file: FileId, at: Row) -> Option<ClassRow> {
    let definition = snapshot.project.file(file).facts.definition(at)?;
    let is_class = definition.kind() == DefinitionKind::Class;
    is_class.then(|| classes::row(snapshot, file, at))
}

fn extent(snapshot: &Snapshot, end: End) -> Option<Extent> {
    let file = file_of(end)?;
    let facts = &snapshot.project.file(file).facts;
    let (line, end_line) = match end {
        End::Definition(_, at) => {
            let definition = facts.definition(at)?;
            (definition.at.line, definition.end_line)
        }
        End::Value(_, at) => {
            let line = facts.bindings().get(at as usize)?.at.line;
            (line, line)
        }
        _ => (1, facts.lines().max(1)),
    };
    Some(Extent { file: file_ref(snapshot, file), line, end_line })
}

fn doc(project: &Project, end: End) -> Option<String> {
    let facts = &project.file(file_of(end)?).facts;
    let doc = match end {
        End::Definition(_, at) => facts.text(facts.definition(at)?.doc),
        End::Value(..) => "",
        _ => facts.doc(),
    };
    (!doc.is_empty()).then(|| doc.to_owned())
}

fn ghost_row(snapshot: &Snapshot, ghost: &Variant) -> ShowRow {
    ShowRow {
        symbol: ghost.path.clone(),
        kind: "ghost".to_owned(),
        place: None,
        doc: None,
        bases: Vec::new(),
        methods: Vec::new(),
        effective: 1.0,
        concept: None,
        tests: Vec::new(),
        variants: vec![variants::row(snapshot, ghost)],
        users: ghost.sites.iter().map(|site| users::row(snapshot, site)).collect(),
    }
}

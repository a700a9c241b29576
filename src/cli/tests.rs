//! `fragscope tests`: which tests reach a definition.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use anyhow::ensure;
use rayon::prelude::*;

use super::Verdict;
use super::args::{TestSort, TestsArgs};
use super::desk::Desk;
use super::rows::file_ref;
use super::symbol::unknown;
use super::target::symbol_or_folder;
use super::tree::tree;
use crate::analysis::reach::{Reach, Reaching, n_tests};
use crate::analysis::results::{Tally, by_file};
use crate::analysis::{Place, Survey};
use crate::engine::{Lenses, Snapshot};
use crate::facts::rows::{DefinitionKind, NO_ROW};
use crate::model::{End, FileId, Project};
use crate::report::paint::counted;
use crate::report::text::{self, Frame};
use crate::report::wire::{Document, Hop, Kind, ReachingTest, TestResult, TestsRow};
use crate::source::junit;

/// Results by test file; none without a report.
type Results = Option<BTreeMap<FileId, Tally>>;

pub fn run(args: &TestsArgs, desk: &mut Desk) -> anyhow::Result<Verdict> {
    let (symbol, folder) =
        symbol_or_folder(args.symbol.as_deref(), args.path.as_deref(), desk.reading.demo);
    let cases = args.junit.as_deref().map(junit::read).transpose()?;
    let scanned = desk.scan(folder.as_deref())?;
    let snapshot = &scanned.snapshot;
    let project = &snapshot.project;
    let results = cases.map(|cases| by_file(project, &cases));
    if let Some((_, strays @ 1..)) = &results {
        desk.note(&format!(
            "{} of the report fit no test file of the tree",
            counted(*strays, "case")
        ))?;
    }
    let results = results.map(|(by_file, _)| by_file);
    let scope = args.rows.judged_scope();
    let lenses = scanned.lenses(scope)?;
    let reach = Reach::of(project, &lenses.survey);
    let clusters = cluster_names(&lenses);
    let asked = match &symbol {
        Some(symbol) => definitions(project, symbol)?,
        None => clusters.keys().copied().collect(),
    };
    let asked: Vec<Place> = asked
        .into_iter()
        .filter(|place| {
            args.rows.want_path(project, place.0)
                && args.rows.want_name(&project.definition_name(place.0, place.1))
        })
        .collect();
    let all = asked.len();
    let row = |place: &Place| {
        let cluster = clusters.get(place).map(|name| (*name).to_owned());
        row(snapshot, &lenses.survey, &reach, &results, *place, cluster)
    };
    let mut rows: Vec<TestsRow> = if symbol.is_some() {
        asked.par_iter().map(row).collect()
    } else {
        let untested = |place: &&Place| !reach.is_tested(&lenses.survey, **place);
        asked.par_iter().filter(untested).map(row).collect()
    };
    match args.sort {
        TestSort::Name => rows.sort_by(|a, b| a.definition.cmp(&b.definition)),
        TestSort::Tests => rows.sort_by_key(|row| Reverse(row.tests.len())),
    }
    let frame = Frame {
        heading: heading(symbol.as_deref(), &rows, all),
        rule: text::tests::RULE,
        scope: "tests are the files of kind test that hold test functions",
    };
    let mut document = Document::new(Kind::Tests, scanned.root, tree(snapshot), rows);
    let shown = if symbol.is_none() { desk.limit(args.rows.limit) } else { 0 };
    document.limit(shown);
    let tests = desk.limit(args.rows.limit);
    desk.give(&document, |sheet| text::tests::print(sheet, &document, &frame, tests))?;
    Ok(Verdict::Fine)
}

/// The cluster that each definition is in.
fn cluster_names(lenses: &Lenses) -> BTreeMap<Place, &str> {
    let clusters = lenses.concepts.all.iter().filter(|concept| concept.kind.is_some());
    let places = clusters.flat_map(|concept| {
        concept.definitions().iter().map(|held| (held.member.place, concept.id.as_str()))
    });
    places.collect()
}

fn definitions(project: &Project, symbol: &str) -> anyhow::Result<Vec<Place>> {
    let ends = project.find(symbol);
    let mut found: Vec<Place> = ends
        .iter()
        .filter_map(|end| match end {
            End::Definition(file, row) => Some((*file, *row)),
            _ => None,
        })
        .collect();
    // Of a method, the tests that reach its class.
    for (file, row) in &mut found {
        let facts = &project.file(*file).facts;
        while let Some(method) = facts.definition(*row).filter(|row| row.parent != NO_ROW)
            && method.kind() == DefinitionKind::Function
        {
            *row = method.parent;
        }
    }
    found.dedup();
    ensure!(!ends.is_empty(), unknown(project, symbol));
    ensure!(
        !found.is_empty(),
        "`{symbol}` is no class or function; `fragscope users {symbol}` lists what reaches it"
    );
    Ok(found)
}

fn heading(symbol: Option<&str>, rows: &[TestsRow], all: usize) -> String {
    let untested = rows.iter().filter(|row| row.tests.is_empty()).count();
    match symbol {
        None => format!(
            "{} of {} in clusters that no test reaches",
            counted(rows.len(), "definition"),
            crate::report::paint::grouped(all)
        ),
        Some(symbol) => {
            let definitions = counted(rows.len(), "definition");
            format!("{symbol}: {definitions}, {untested} of them reached by no test")
        }
    }
}

fn row(
    snapshot: &Snapshot,
    survey: &Survey,
    reach: &Reach,
    results: &Results,
    place: Place,
    cluster: Option<String>,
) -> TestsRow {
    let project = &snapshot.project;
    let definition = project.file(place.0).facts.definition(place.1);
    let tests = reach.tests(survey, place);
    TestsRow {
        definition: project.definition_name(place.0, place.1),
        file: file_ref(snapshot, place.0),
        line: definition.map_or(1, |definition| definition.at.line),
        cluster,
        tests: tests
            .iter()
            .map(|test| test_row(snapshot, survey, results.as_ref(), test))
            .collect(),
    }
}

pub fn test_row(
    snapshot: &Snapshot,
    survey: &Survey,
    results: Option<&BTreeMap<FileId, Tally>>,
    reaching: &Reaching,
) -> ReachingTest {
    let project = &snapshot.project;
    let hop = |step: &crate::analysis::reach::Step| Hop {
        module: project.file(step.file).module.to_string(),
        line: step.line,
        how: step.way.word().to_owned(),
    };
    let result = |by_file: &BTreeMap<FileId, Tally>| {
        let tally = by_file.get(&reaching.test).cloned().unwrap_or_default();
        TestResult {
            verdict: tally.verdict().to_owned(),
            passed: tally.passed,
            failed: tally.failed,
            skipped: tally.skipped,
            message: tally.message,
        }
    };
    ReachingTest {
        module: project.file(reaching.test).module.to_string(),
        file: file_ref(snapshot, reaching.test),
        distance: reaching.trail.len(),
        tests: n_tests(project, survey, reaching.test),
        trail: reaching.trail.iter().map(hop).collect(),
        result: results.map(result),
    }
}

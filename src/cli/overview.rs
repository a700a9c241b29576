//! `fragscope [PATH]` without a terminal explorer: the tree at a glance, as text.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::io;

use anyhow::ensure;

use super::Verdict;
use super::args::Arguments;
use super::desk::{Desk, Scanned};
use super::hotspots::concept_row;
use super::tree::tree;
use crate::analysis::Scope;
use crate::analysis::clusters::ClusterKind;
use crate::analysis::concepts::Concept;
use crate::analysis::cycles::Cycle;
use crate::analysis::unresolved::unresolved;
use crate::analysis::variants::{Spread, spread_by_name, variants};
use crate::model::{FileId, Moment, Outcome, Project};
use crate::report::paint::{counted, dim, heading, plain};
use crate::report::sheet::Sheet;
use crate::report::table::{Cell, Column, Table};
use crate::report::text::{coverage, some_of};
use crate::report::wire::{HotspotRow, Tree};

/// How many of the worst are shown: concepts, and of each other kind.
const WORST: usize = 8;
const FEW: usize = 5;

pub fn run(arguments: &Arguments, desk: &mut Desk) -> anyhow::Result<Verdict> {
    ensure!(
        !desk.is_json(),
        "the overview is text only; `fragscope scan --format json` gives its numbers"
    );
    let scanned = desk.scan(arguments.path.as_deref())?;
    let overview = Overview::of(&scanned)?;
    desk.page(|sheet| overview.print(sheet))?;
    Ok(Verdict::Fine)
}

/// What the page says.
struct Overview {
    root: String,
    tree: Tree,
    /// The worst first, each with the path to come back to.
    concepts: Vec<(HotspotRow, String)>,
    n_concepts: usize,
    /// Names by the number of their paths, most first.
    names: Vec<(String, Spread)>,
    n_names: usize,
    /// Class names with several definitions in production code, most first.
    classes: Vec<(String, Vec<String>)>,
    n_classes: usize,
    /// Cycles by kind, and the size of the largest.
    cycles: Vec<(Moment, usize, usize)>,
    /// Names that lead nowhere, by outcome, and the files they stand in.
    nowhere: Vec<(Outcome, usize, usize)>,
}

impl Overview {
    fn of(scanned: &Scanned) -> anyhow::Result<Self> {
        let project = &scanned.snapshot.project;
        let lenses = scanned.lenses(Scope::Production)?;
        let all = &lenses.concepts.all;
        let fragmented = all.iter().filter(|concept| concept.score() > 0.0);
        let n_concepts = fragmented.clone().count();
        let worst = fragmented.take(WORST);
        let concepts =
            worst.map(|concept| (concept_row(concept), concept.canonical.path.clone())).collect();
        let variants = variants(project, None, &|_| false);
        let mut names = spread_by_name(&variants);
        names.retain(|(_, spread)| spread.paths > 1);
        let n_names = names.len();
        names.truncate(FEW);
        let mut same: Vec<&Concept> =
            all.iter().filter(|concept| concept.kind == Some(ClusterKind::SameName)).collect();
        same.sort_by_key(|concept| Reverse(concept.definitions().len()));
        let n_classes = same.len();
        same.truncate(FEW);
        let modules = |concept: &&Concept| -> Vec<String> {
            let files = concept.definitions().iter().map(|held| held.member.place.0);
            files.map(|file| project.file(file).module.to_string()).collect()
        };
        Ok(Self {
            concepts,
            n_concepts,
            root: scanned.root.clone(),
            tree: tree(&scanned.snapshot),
            names: names.into_iter().map(|(name, spread)| (name.to_owned(), spread)).collect(),
            n_names,
            classes: same.iter().map(|concept| (concept.id.clone(), modules(concept))).collect(),
            n_classes,
            cycles: cycle_counts(&lenses.survey.cycles),
            nowhere: nowhere(project),
        })
    }

    fn print(&self, sheet: &mut Sheet) -> io::Result<()> {
        let tree = &self.tree;
        sheet.line([
            heading(&self.root),
            plain(format!(
                ": {}, {}, {}, {}, {}",
                counted(tree.files, "Python file"),
                counted(tree.lines, "line"),
                counted(tree.modules, "module"),
                counted(tree.classes, "class"),
                counted(tree.imports, "import statement"),
            )),
        ])?;
        self.print_concepts(sheet)?;
        self.print_names(sheet)?;
        self.print_classes(sheet)?;
        self.print_cycles(sheet)?;
        self.print_nowhere(sheet)?;
        sheet.blank()?;
        sheet.remark(&coverage(tree))?;
        sheet.remark(
            "next: `fragscope show SYMBOL`, `hotspots`, `clusters`, `variants`, `users SYMBOL`, `tests SYMBOL`, `cycles`, \
             `unresolved`; `fragscope explain` tells how it is counted",
        )
    }

    fn print_concepts(&self, sheet: &mut Sheet) -> io::Result<()> {
        sheet.blank()?;
        sheet.line([
            heading(counted(self.n_concepts, "fragmented concept")),
            dim("  the worst first; in production code"),
        ])?;
        let mut table = Table::new([
            Column::name("concept"),
            Column::number("score"),
            Column::number("definitions"),
            Column::number("paths"),
            Column::number("files"),
            Column::number("dual use").rank(2),
            Column::name("come back to").rank(1),
        ])
        .indented(2);
        for (row, path) in &self.concepts {
            table.row([
                Cell::text(&row.id),
                Cell::decimal(row.score),
                Cell::number(row.definitions.unwrap_or(0)),
                Cell::number(row.paths.unwrap_or(0)),
                Cell::number(row.files.unwrap_or(0)),
                Cell::number(row.dual_use.unwrap_or(0)),
                Cell::dim(path),
            ]);
        }
        if self.concepts.is_empty() { Ok(()) } else { sheet.table(&table) }
    }

    fn print_names(&self, sheet: &mut Sheet) -> io::Result<()> {
        sheet.blank()?;
        sheet.line([
            heading(format!("{} reached by more than one path", counted(self.n_names, "name"))),
            dim("  as written in imports, chains and strings of all code"),
        ])?;
        let mut table = Table::new([
            Column::name("name"),
            Column::number("paths"),
            Column::number("effectively"),
            Column::number("definitions"),
            Column::number("files"),
        ])
        .indented(2);
        for (name, spread) in &self.names {
            table.row([
                Cell::text(name),
                Cell::number(spread.paths),
                Cell::decimal(spread.effective),
                Cell::number(spread.definitions),
                Cell::number(spread.files),
            ]);
        }
        if self.names.is_empty() { Ok(()) } else { sheet.table(&table) }
    }

    fn print_classes(&self, sheet: &mut Sheet) -> io::Result<()> {
        sheet.blank()?;
        sheet.line([
            heading(format!(
                "{} defined in more than one module",
                counted(self.n_classes, "class name")
            )),
            dim("  at module level of production code"),
        ])?;
        let mut table = Table::new([
            Column::name("name"),
            Column::number("definitions"),
            Column::name("modules").rank(1),
        ])
        .indented(2);
        for (name, modules) in &self.classes {
            table.row([
                Cell::text(name),
                Cell::number(modules.len()),
                Cell::dim(&some_of(modules)),
            ]);
        }
        if self.classes.is_empty() { Ok(()) } else { sheet.table(&table) }
    }

    fn print_cycles(&self, sheet: &mut Sheet) -> io::Result<()> {
        sheet.blank()?;
        let all = self.cycles.iter().map(|(_, count, _)| count).sum();
        sheet.heading(counted(all, "import cycle"))?;
        let mut table =
            Table::new([Column::number(""), Column::text(""), Column::text("")]).indented(2);
        for (moment, count, largest) in &self.cycles {
            let largest = format!("the largest of {}", counted(*largest, "module"));
            table.row([Cell::number(*count), Cell::text(moment.word()), Cell::dim(&largest)]);
        }
        if self.cycles.is_empty() { Ok(()) } else { sheet.table(&table) }
    }

    fn print_nowhere(&self, sheet: &mut Sheet) -> io::Result<()> {
        sheet.blank()?;
        let all = self.nowhere.iter().map(|(_, count, _)| count).sum();
        sheet.heading(format!("{} that cannot be followed", counted(all, "name")))?;
        let mut table =
            Table::new([Column::number(""), Column::text(""), Column::text("")]).indented(2);
        for (outcome, count, files) in &self.nowhere {
            let files = format!("in {}", counted(*files, "file"));
            table.row([Cell::number(*count), Cell::text(outcome.word()), Cell::dim(&files)]);
        }
        if self.nowhere.is_empty() { Ok(()) } else { sheet.table(&table) }
    }
}

fn cycle_counts(cycles: &[Cycle]) -> Vec<(Moment, usize, usize)> {
    let of_kind = |moment: Moment| {
        let sizes = cycles.iter().filter(|cycle| cycle.moment == moment);
        let sizes: Vec<usize> = sizes.map(|cycle| cycle.modules.len()).collect();
        Some((moment, sizes.len(), *sizes.iter().max()?))
    };
    [Moment::RunTime, Moment::Deferred, Moment::Typing].into_iter().filter_map(of_kind).collect()
}

fn nowhere(project: &Project) -> Vec<(Outcome, usize, usize)> {
    let found = unresolved(project);
    let of_outcome = |outcome: Outcome| {
        let files: Vec<FileId> =
            found.iter().filter(|row| row.outcome == outcome).map(|row| row.file).collect();
        let distinct: BTreeSet<&FileId> = files.iter().collect();
        (!files.is_empty()).then_some((outcome, files.len(), distinct.len()))
    };
    Outcome::ALL.into_iter().filter_map(of_outcome).collect()
}

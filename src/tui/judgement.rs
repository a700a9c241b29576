//! What the rules found, as the screens show it: each finding with its state, grouped in three ways, and by line.

use std::collections::BTreeMap;
use std::ops::Range;

use super::object::{Object, Spot};
use super::theme::Role;
use crate::analysis::Scope;
use crate::analysis::belonging::Belonging;
use crate::analysis::concepts::Concept;
use crate::analysis::finding::{Finding, Severity};
use crate::analysis::suppress::Sifted;
use crate::gate::baseline::Entry;
use crate::gate::{Baseline, Comparison, Moves, fingerprint};
use crate::model::{FileId, Project};

/// Where a finding stands against what is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    New,
    Moved,
    Known,
    /// A comment allows it.
    Suppressed,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Moved => "moved",
            Self::Known => "known",
            Self::Suppressed => "suppressed",
        }
    }
}

pub struct Found {
    pub finding: Finding,
    pub fingerprint: String,
    pub state: State,
    /// Why it is suppressed.
    pub reason: Option<String>,
    /// The concept that it is about, by its id.
    pub concept: Option<String>,
}

impl Found {
    pub fn spot(&self) -> Spot {
        Spot { file: self.finding.file, line: self.finding.at.line }
    }

    pub fn is_open(&self) -> bool {
        self.state != State::Suppressed
    }

    /// Beside its line: the letter of its severity, which also tells without colours.
    pub fn sign(&self) -> (&'static str, Role) {
        let severity = self.finding.severity;
        let letter = match severity {
            _ if !self.is_open() => return ("-", Role::Dim),
            Severity::Error => "E",
            Severity::Warning => "W",
            Severity::Info => "I",
        };
        (letter, role_of(severity))
    }
}

pub fn role_of(severity: Severity) -> Role {
    match severity {
        Severity::Error => Role::Bad,
        Severity::Warning => Role::Warn,
        Severity::Info => Role::Accent,
    }
}

/// What findings can be grouped by, in the order in which one key goes through them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    Rule,
    Module,
    Concept,
}

impl Grouping {
    pub const ALL: [Self; 3] = [Self::Rule, Self::Module, Self::Concept];

    pub fn word(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Module => "module",
            Self::Concept => "concept",
        }
    }
}

/// Findings that have something in common.
pub struct Group {
    /// A rule's id, a module's name, a concept's id; nothing for what belongs to no concept.
    pub name: String,
    /// Their numbers: what is suppressed comes last, else by place.
    pub found: Vec<u32>,
    /// How many are not suppressed, and the gravest of those.
    pub open: usize,
    pub new: usize,
    pub gravest: Option<Severity>,
}

pub struct Judgement {
    /// In the order of paths and places.
    pub found: Vec<Found>,
    /// What the baseline knows and the tree no longer has.
    pub stale: Vec<Entry>,
    pub has_baseline: bool,
    groups: [Vec<Group>; 3],
    by_fingerprint: BTreeMap<String, usize>,
}

impl Judgement {
    pub fn of(
        project: &Project,
        concepts: &[Concept],
        sifted: Sifted,
        (baseline, moves): (Option<&Baseline>, Moves),
        scope: Scope,
    ) -> Self {
        let belonging = Belonging::of(project, concepts);
        let none = Baseline::default();
        let comparison = Comparison::of(project, sifted.findings, baseline.unwrap_or(&none), moves);
        let open = comparison.judged.into_iter().map(|one| {
            let state = match one.state {
                crate::gate::State::New => State::New,
                crate::gate::State::Moved => State::Moved,
                crate::gate::State::Known => State::Known,
            };
            (one.finding, one.fingerprint, state, None)
        });
        let suppressed = sifted.allowed.into_iter().map(|(finding, reason)| {
            let fingerprint = fingerprint(project, &finding);
            (finding, fingerprint, State::Suppressed, Some(reason))
        });
        let mut numbers: Vec<Option<usize>> = Vec::new();
        let mut found: Vec<Found> = Vec::new();
        let mut all: Vec<_> = open.chain(suppressed).collect();
        all.sort_by(|(a, ..), (b, ..)| (a.file, a.at, a.rule).cmp(&(b.file, b.at, b.rule)));
        for (finding, fingerprint, state, reason) in all {
            let number = belonging.concept_of(&finding);
            numbers.push(number);
            let concept = number.map(|at| concepts[at].id.clone());
            found.push(Found { finding, fingerprint, state, reason, concept });
        }
        let by_fingerprint =
            found.iter().enumerate().rev().map(|(at, one)| (one.fingerprint.clone(), at)).collect();
        let groups =
            [by_rule(&found), by_module(project, &found), by_concept(concepts, &found, &numbers)];
        // A baseline is of production code: of tests alone it says nothing.
        let stale = if scope == Scope::Tests { Vec::new() } else { comparison.stale };
        Self { found, stale, has_baseline: baseline.is_some(), groups, by_fingerprint }
    }

    pub fn groups(&self, by: Grouping) -> &[Group] {
        &self.groups[by as usize]
    }

    /// The first finding of this fingerprint.
    pub fn find(&self, fingerprint: &str) -> Option<&Found> {
        Some(&self.found[*self.by_fingerprint.get(fingerprint)?])
    }

    /// The group that holds a finding.
    pub fn group_of(&self, by: Grouping, fingerprint: &str) -> Option<usize> {
        let number = *self.by_fingerprint.get(fingerprint)? as u32;
        self.groups(by).iter().position(|group| group.found.contains(&number))
    }

    pub fn count(&self, is_wanted: impl Fn(&Found) -> bool) -> usize {
        self.found.iter().filter(|found| is_wanted(found)).count()
    }

    /// The findings of one file, by line.
    pub fn in_file(&self, file: FileId) -> &[Found] {
        &self.found[self.range_of(file)]
    }

    fn range_of(&self, file: FileId) -> Range<usize> {
        let start = self.found.partition_point(|found| found.finding.file < file);
        let end = self.found.partition_point(|found| found.finding.file <= file);
        start..end
    }

    /// The gravest finding of a line; what is suppressed only where nothing else is.
    pub fn at(&self, spot: Spot) -> Option<&Found> {
        self.all_at(spot).max_by_key(|found| (found.is_open(), found.finding.severity))
    }

    pub fn all_at(&self, spot: Spot) -> impl Iterator<Item = &Found> {
        let all = self.in_file(spot.file).iter();
        all.filter(move |found| found.finding.at.line == spot.line)
    }
}

fn group(name: String, found: &[Found], mut numbers: Vec<u32>) -> Group {
    let of = |number: &u32| &found[*number as usize];
    numbers.sort_by_key(|number| !of(number).is_open());
    let open = numbers.iter().filter(|number| of(number).is_open()).count();
    let gravest = numbers[..open].iter().map(|number| of(number).finding.severity).max();
    let new = numbers.iter().filter(|number| of(number).state == State::New).count();
    Group { name, found: numbers, open, new, gravest }
}

fn grouped(found: &[Found], name: impl Fn(&Found) -> String) -> Vec<Group> {
    let mut groups: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (at, one) in found.iter().enumerate() {
        groups.entry(name(one)).or_default().push(at as u32);
    }
    groups.into_iter().map(|(name, numbers)| group(name, found, numbers)).collect()
}

/// The gravest first, then those with most findings: the order of the `findings` command.
fn by_rule(found: &[Found]) -> Vec<Group> {
    let mut groups = grouped(found, |one| one.finding.rule.to_owned());
    groups.sort_by_key(|group| std::cmp::Reverse((group.gravest, group.open)));
    groups
}

/// Those with most errors first, then with most warnings.
fn by_module(project: &Project, found: &[Found]) -> Vec<Group> {
    let mut groups = grouped(found, |one| project.file(one.finding.file).module.to_string());
    groups.sort_by_cached_key(|group| {
        let open = group.found[..group.open].iter();
        let severities = open.map(|number| found[*number as usize].finding.severity);
        let mut counts = [0; 3];
        for severity in severities {
            counts[Severity::Error as usize - severity as usize] += 1;
        }
        std::cmp::Reverse(counts)
    });
    groups
}

/// By the concepts' rank; last what belongs to none.
fn by_concept(concepts: &[Concept], found: &[Found], numbers: &[Option<usize>]) -> Vec<Group> {
    let mut groups: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    for (at, number) in numbers.iter().enumerate() {
        groups.entry(number.unwrap_or(concepts.len())).or_default().push(at as u32);
    }
    let name = |at: usize| concepts.get(at).map(|own| own.id.clone()).unwrap_or_default();
    debug_assert_eq!(found.len(), numbers.len());
    groups.into_iter().map(|(at, numbers)| group(name(at), found, numbers)).collect()
}

/// What a finding or a rule is called where there is no room for more.
pub fn label(project: &Project, judgement: Option<&Judgement>, object: &Object) -> String {
    match object {
        Object::Finding(fingerprint) => match judgement.and_then(|own| own.find(fingerprint)) {
            Some(Found { finding, .. }) => {
                let path = &project.file(finding.file).path;
                format!("{} {path}:{}", finding.rule, finding.at.line)
            }
            None => format!("a finding that is gone ({fingerprint})"),
        },
        other => other.name().to_owned(),
    }
}

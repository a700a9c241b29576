//! Which of several definitions to come back to: a proposal with its reasons, and what speaks against it.

use std::collections::BTreeSet;
use std::fmt;

use super::clusters::Rules;
use super::concepts::{Held, api};
use super::variants::is_private;
use super::{Place, Standing, Survey};
use crate::facts::rows::{Definition, file_flag, flag};
use crate::model::{FileId, Project};
use crate::source::FileKind;

#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    pub place: Place,
    /// The dotted path by which it should be imported.
    pub path: String,
    pub confidence: Confidence,
    pub reasons: Vec<Reason>,
    pub against: Vec<Reason>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    Low,
    Medium,
    High,
    /// Somebody said so in the configuration.
    Declared,
}

impl Confidence {
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Declared => "declared",
        }
    }
}

/// One thing that speaks for a definition, or against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Declared,
    OnlyDefinition,
    /// So many of so many importing files use it.
    Importers(usize, usize),
    Unused,
    Tests(usize),
    NoTest,
    /// First committed before the others.
    Oldest,
    /// Names of methods and attributes, more than any other has.
    WidestApi(usize),
    InCycle,
    NotInCycle,
    Deprecated,
    NotDeprecated,
    /// Its name has words like Legacy or V2.
    Affixes,
    PlainName,
    /// Its file is no production code.
    NotProduction(FileKind),
    Mock,
    PrivateModule,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Declared => f.write_str("declared in the configuration"),
            Self::OnlyDefinition => f.write_str("the only definition"),
            Self::Importers(some, all) => write!(f, "used by {some} of {all} importing files"),
            Self::Unused => f.write_str("no file imports it"),
            Self::Tests(1) => f.write_str("1 test file names it"),
            Self::Tests(count) => write!(f, "{count} test files name it"),
            Self::NoTest => f.write_str("no test names it"),
            Self::Oldest => f.write_str("the oldest in git"),
            Self::WidestApi(count) => write!(f, "the widest API, {count} methods and attributes"),
            Self::InCycle => f.write_str("its module is part of a run-time import cycle"),
            Self::NotInCycle => f.write_str("not in a run-time import cycle"),
            Self::Deprecated => f.write_str("marked as deprecated"),
            Self::NotDeprecated => f.write_str("others are deprecated, it is not"),
            Self::Affixes => f.write_str("its name says that it is a version of another"),
            Self::PlainName => f.write_str("the plain name of the family"),
            Self::NotProduction(kind) => write!(f, "stands in {} code", kind.word()),
            Self::Mock => f.write_str("stands in for another class"),
            Self::PrivateModule => f.write_str("stands in a private module"),
        }
    }
}

/// What each thing is worth, of about a hundred together.
mod points {
    pub const IMPORTERS: f64 = 45.0;
    pub const TESTS: f64 = 15.0;
    pub const API: f64 = 15.0;
    pub const AGE: f64 = 5.0;
    pub const NO_CYCLE: f64 = 5.0;
    pub const NOT_DEPRECATED: f64 = 15.0;
    pub const PLAIN: f64 = 5.0;
    pub const PRODUCTION: f64 = 10.0;
}

/// One definition judged beside the others.
struct Candidate {
    place: Place,
    points: f64,
    reasons: Vec<Reason>,
    against: Vec<Reason>,
}

/// Proposes one of the definitions, of which there is at least one. A declared one always wins.
pub fn propose(project: &Project, survey: &Survey, rules: &Rules, held: &[Held]) -> Proposal {
    let declared = held.iter().find(|held| rules.is_canonical(held.member.place));
    if let Some(declared) = declared {
        let place = declared.member.place;
        let against = judge(project, survey, rules, held, declared).against;
        let reasons = vec![Reason::Declared];
        return proposal(project, survey, place, Confidence::Declared, reasons, against);
    }
    let mut candidates: Vec<Candidate> =
        held.iter().map(|one| judge(project, survey, rules, held, one)).collect();
    candidates.sort_by(|a, b| b.points.total_cmp(&a.points).then(a.place.cmp(&b.place)));
    let second = candidates.get(1).map(|candidate| candidate.points);
    let Candidate { place, points, mut reasons, against } = candidates.swap_remove(0);
    let confidence = match second {
        None => Confidence::High,
        Some(second) if points - second >= CLEAR => Confidence::High,
        Some(second) if points - second >= LIKELY => Confidence::Medium,
        Some(_) => Confidence::Low,
    };
    if second.is_none() {
        reasons.insert(0, Reason::OnlyDefinition);
    }
    proposal(project, survey, place, confidence, reasons, against)
}

/// Leads over the second best that make a proposal clear, or likely.
const CLEAR: f64 = 30.0;
const LIKELY: f64 = 12.0;

fn proposal(
    project: &Project,
    survey: &Survey,
    place: Place,
    confidence: Confidence,
    reasons: Vec<Reason>,
    against: Vec<Reason>,
) -> Proposal {
    let path = path_to(project, survey, place);
    Proposal { place, path, confidence, reasons, against }
}

fn judge(
    project: &Project,
    survey: &Survey,
    rules: &Rules,
    held: &[Held],
    one: &Held,
) -> Candidate {
    let place = one.member.place;
    let mut candidate = Candidate { place, points: 0.0, reasons: Vec::new(), against: Vec::new() };
    let users: BTreeSet<FileId> =
        held.iter().flat_map(|held| held.importers.iter().copied()).collect();
    match one.importers.len() {
        0 => candidate.against(Reason::Unused),
        some => {
            let share = some as f64 / users.len() as f64;
            candidate.gains(points::IMPORTERS * share, Reason::Importers(some, users.len()));
        }
    }
    let most_tests = held.iter().map(|held| held.tests).max().unwrap_or(0);
    match (one.tests, most_tests) {
        (_, 0) => {}
        (0, _) => candidate.against(Reason::NoTest),
        (tests, most) => {
            candidate.gains(points::TESTS * tests as f64 / most as f64, Reason::Tests(tests));
        }
    }
    if held.len() > 1 {
        beside_others(project, survey, rules, held, one, &mut candidate);
    }
    if survey.in_cycle(place.0) {
        candidate.against(Reason::InCycle);
    }
    candidate
}

/// What only means something where there is a choice.
fn beside_others(
    project: &Project,
    survey: &Survey,
    rules: &Rules,
    held: &[Held],
    one: &Held,
    candidate: &mut Candidate,
) {
    let place = one.member.place;
    let width = |held: &Held| api(project, held.member.place).len();
    let (own, widest) = (width(one), held.iter().map(width).max().unwrap_or(0));
    candidate.points += points::API * own as f64 / widest.max(1) as f64;
    let is_widest = held.iter().filter(|held| width(held) >= own).count() == 1;
    if is_widest && own > 0 {
        candidate.reasons.push(Reason::WidestApi(own));
    }
    let age = |held: &Held| rules.ages.get(&held.member.place.0).copied();
    if let Some(own) = age(one)
        && held.iter().filter_map(age).filter(|other| *other <= own).count() == 1
    {
        candidate.gains(points::AGE, Reason::Oldest);
    }
    if !survey.in_cycle(place.0) {
        candidate.points += points::NO_CYCLE;
        if held.iter().any(|held| survey.in_cycle(held.member.place.0)) {
            candidate.reasons.push(Reason::NotInCycle);
        }
    }
    if is_deprecated(project, place) {
        candidate.against(Reason::Deprecated);
    } else {
        candidate.points += points::NOT_DEPRECATED;
        if held.iter().any(|held| is_deprecated(project, held.member.place)) {
            candidate.reasons.push(Reason::NotDeprecated);
        }
    }
    if !one.member.affixes.is_empty() {
        candidate.against(Reason::Affixes);
    } else if held.iter().any(|held| !held.member.affixes.is_empty()) {
        candidate.gains(points::PLAIN, Reason::PlainName);
    }
    match one.standing {
        Standing::Of(FileKind::Production) => candidate.points += points::PRODUCTION,
        Standing::Of(kind) => candidate.against(Reason::NotProduction(kind)),
        Standing::Mock => candidate.against(Reason::Mock),
    }
    if is_private(&project.file(place.0).module) {
        candidate.against.push(Reason::PrivateModule);
    }
}

impl Candidate {
    fn gains(&mut self, points: f64, reason: Reason) {
        self.points += points;
        self.reasons.push(reason);
    }

    fn against(&mut self, reason: Reason) {
        self.against.push(reason);
    }
}

fn is_deprecated(project: &Project, (file, row): Place) -> bool {
    let facts = &project.file(file).facts;
    let says_so = |definition: &Definition| definition.is(flag::DEPRECATED);
    facts.is(file_flag::DEPRECATED) || facts.definition(row).is_some_and(says_so)
}

/// The path to import a definition by: the one that is marked among its roads, else its own.
fn path_to(project: &Project, survey: &Survey, place: Place) -> String {
    let marked = survey.variants_of(place).find(|road| road.canonical);
    marked.map_or_else(|| project.definition_name(place.0, place.1), |road| road.path.clone())
}

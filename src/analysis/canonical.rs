//! Which of several definitions to come back to: a proposal with its reasons, and what speaks against it.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt;

use super::clusters::{Rules, is_interface};
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
    /// It only says what others do.
    Interface,
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
            Self::Interface => f.write_str("an interface: what others implement"),
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
    /// Nothing makes up for it: code comes back to what does something.
    pub const INTERFACE: f64 = 200.0;
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
    let field = Field::of(project, survey, rules, held);
    let declared = held.iter().position(|held| rules.is_canonical(held.member.place));
    if let Some(declared) = declared {
        let place = held[declared].member.place;
        let against = judge(project, survey, rules, &field, held, declared).against;
        let reasons = vec![Reason::Declared];
        let mut proposal = proposal(project, survey, place, Confidence::Declared, reasons, against);
        if let Some(path) = rules.declared_path(place) {
            path.clone_into(&mut proposal.path);
        }
        return proposal;
    }
    let mut candidates: Vec<Candidate> =
        (0..held.len()).map(|at| judge(project, survey, rules, &field, held, at)).collect();
    // Of equals the wider one; what files are called decides only between classes that are the same.
    let content = |place: Place| {
        let class = project.file(place.0).facts.definition(place.1);
        (Reverse(api(project, place).len()), class.map(|class| (class.tokens, class.exact)))
    };
    candidates.sort_by(|a, b| {
        let by_content = || content(a.place).cmp(&content(b.place));
        b.points.total_cmp(&a.points).then_with(by_content).then(a.place.cmp(&b.place))
    });
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

/// What the candidates have among them, worked out once: there may be thousands.
struct Field {
    users: usize,
    most_tests: usize,
    /// Names of methods and attributes of each.
    widths: Vec<usize>,
    widest: usize,
    /// How many are as wide as the widest.
    n_widest: usize,
    /// The age that one of them alone has.
    oldest: Option<i64>,
    any_in_cycle: bool,
    any_deprecated: bool,
    any_affix: bool,
    any_does_something: bool,
}

impl Field {
    fn of(project: &Project, survey: &Survey, rules: &Rules, held: &[Held]) -> Self {
        let users: BTreeSet<FileId> =
            held.iter().flat_map(|held| held.importers.iter().copied()).collect();
        let widths: Vec<usize> =
            held.iter().map(|held| api(project, held.member.place).len()).collect();
        let widest = widths.iter().copied().max().unwrap_or(0);
        let ages = || held.iter().filter_map(|held| rules.ages.get(&held.member.place.0).copied());
        let places = || held.iter().map(|held| held.member.place);
        Self {
            users: users.len(),
            most_tests: held.iter().map(|held| held.tests).max().unwrap_or(0),
            widest,
            n_widest: widths.iter().filter(|width| **width == widest).count(),
            widths,
            oldest: ages().min().filter(|oldest| ages().filter(|age| age == oldest).count() == 1),
            any_in_cycle: places().any(|place| survey.in_cycle(place.0)),
            any_deprecated: places().any(|place| is_deprecated(project, place)),
            any_affix: held.iter().any(|held| !held.member.affixes.is_empty()),
            any_does_something: places().any(|place| !is_interface(project, place)),
        }
    }
}

fn judge(
    project: &Project,
    survey: &Survey,
    rules: &Rules,
    field: &Field,
    held: &[Held],
    at: usize,
) -> Candidate {
    let one = &held[at];
    let place = one.member.place;
    let mut candidate = Candidate { place, points: 0.0, reasons: Vec::new(), against: Vec::new() };
    match one.importers.len() {
        0 => candidate.against(Reason::Unused),
        some => {
            let share = some as f64 / field.users as f64;
            candidate.gains(points::IMPORTERS * share, Reason::Importers(some, field.users));
        }
    }
    match (one.tests, field.most_tests) {
        (_, 0) => {}
        (0, _) => candidate.against(Reason::NoTest),
        (tests, most) => {
            candidate.gains(points::TESTS * tests as f64 / most as f64, Reason::Tests(tests));
        }
    }
    if held.len() > 1 {
        beside_others(project, survey, rules, field, one, field.widths[at], &mut candidate);
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
    field: &Field,
    one: &Held,
    width: usize,
    candidate: &mut Candidate,
) {
    let place = one.member.place;
    candidate.points += points::API * width as f64 / field.widest.max(1) as f64;
    if width == field.widest && field.n_widest == 1 {
        candidate.reasons.push(Reason::WidestApi(width));
    }
    if field.oldest.is_some() && rules.ages.get(&place.0).copied() == field.oldest {
        candidate.gains(points::AGE, Reason::Oldest);
    }
    if !survey.in_cycle(place.0) {
        candidate.points += points::NO_CYCLE;
        if field.any_in_cycle {
            candidate.reasons.push(Reason::NotInCycle);
        }
    }
    if is_deprecated(project, place) {
        candidate.against(Reason::Deprecated);
    } else {
        candidate.points += points::NOT_DEPRECATED;
        if field.any_deprecated {
            candidate.reasons.push(Reason::NotDeprecated);
        }
    }
    if !one.member.affixes.is_empty() {
        candidate.against(Reason::Affixes);
    } else if field.any_affix {
        candidate.gains(points::PLAIN, Reason::PlainName);
    }
    match one.standing {
        Standing::Of(FileKind::Production) => candidate.points += points::PRODUCTION,
        Standing::Of(kind) => candidate.against(Reason::NotProduction(kind)),
        Standing::Mock => candidate.against(Reason::Mock),
    }
    if field.any_does_something && is_interface(project, place) {
        candidate.points -= points::INTERFACE;
        candidate.against(Reason::Interface);
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

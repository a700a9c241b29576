//! Findings: violations of rules, each at one site with its evidence and a remedy.

use std::fmt;
use std::sync::OnceLock;

use super::concepts::Concept;
use super::contracts::{Contracts, Judged};
use super::unresolved::{Unresolved, unresolved};
use super::{NamePattern, Place, Scope, Survey};
use crate::facts::rows::{Pos, Row};
use crate::model::{FileId, Project};

/// How much a finding matters. What is off is not looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl Severity {
    pub const ALL: &[Self] = &[Self::Info, Self::Warning, Self::Error];

    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One rule: what it is called, what it means, and how it is found.
pub struct Rule {
    pub id: &'static str,
    pub severity: Severity,
    /// One line; also the first line of the explanation, behind the id.
    pub summary: &'static str,
    /// What it finds, why it hurts, an example, what to do, what it does not see.
    pub explanation: &'static str,
    /// Whether code of tests is looked at when production code is judged: some faults are of tests alone.
    pub in_tests: bool,
    pub find: fn(&Ground) -> Vec<Finding>,
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// What a rule looks at.
pub struct Ground<'g> {
    pub project: &'g Project,
    pub survey: &'g Survey,
    pub concepts: &'g [Concept],
    pub declared: &'g Declarations,
    pub scope: Scope,
    /// Several rules ask for it: worked out when the first one does.
    lost: OnceLock<Vec<Unresolved>>,
    contracts: OnceLock<Judged>,
}

impl<'g> Ground<'g> {
    pub fn new(
        project: &'g Project,
        survey: &'g Survey,
        concepts: &'g [Concept],
        declared: &'g Declarations,
    ) -> Self {
        let scope = survey.scope;
        let (lost, contracts) = (OnceLock::new(), OnceLock::new());
        Self { project, survey, concepts, declared, scope, lost, contracts }
    }

    /// What became of the contracts that are written for other checkers.
    pub fn contracts(&self) -> &Judged {
        self.contracts.get_or_init(|| self.declared.contracts.judge(self.project))
    }

    /// What does not resolve, in the order of paths and lines.
    pub fn lost(&self) -> &[Unresolved] {
        self.lost.get_or_init(|| unresolved(self.project))
    }

    /// The files of the scope, in the order of their paths.
    pub fn files(&self) -> Vec<FileId> {
        self.project.ids().filter(|file| self.holds(*file)).collect()
    }

    pub fn holds(&self, file: FileId) -> bool {
        self.scope.holds(self.project.file(file).kind)
    }
}

/// What the configuration says about concepts and shapes, resolved against the tree, and the contracts beside it.
#[derive(Clone, Debug, Default)]
pub struct Declarations {
    pub concepts: Vec<DeclaredConcept>,
    pub shapes: Vec<Shape>,
    pub contracts: Contracts,
}

/// A concept of the configuration with all that its rules need.
#[derive(Clone, Debug)]
pub struct DeclaredConcept {
    pub name: String,
    /// The path that was declared, where it is a whole one.
    pub path: Option<String>,
    pub canonical: Vec<Place>,
    pub members: Vec<NamePattern>,
    /// Dotted modules and symbols that should no longer be used.
    pub deprecated: Vec<String>,
    /// Dotted functions and classes that alone may construct it.
    pub factory: Vec<String>,
    /// Methods that every member should have.
    pub interface: Vec<String>,
    /// Dotted symbols of the old way: both in one file is a dual pattern.
    pub instead_of: Vec<String>,
    /// How many definitions may exist.
    pub definitions: Option<usize>,
}

/// What a dictionary of a kind should look like.
#[derive(Clone, Debug)]
pub struct Shape {
    pub name: String,
    /// Keys with the values that mark a dictionary as one of this kind.
    pub when: Vec<(String, Vec<String>)>,
    pub required: Vec<String>,
    /// Old keys with those that replace them.
    pub legacy: Vec<(String, String)>,
}

/// One violation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub rule: &'static str,
    pub severity: Severity,
    pub file: FileId,
    pub at: Pos,
    /// What it is about, dotted: a class, a module, an environment variable.
    pub symbol: String,
    /// What is wrong here.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// What tells this finding from all others of its rule, besides the module it stands in: never lines, counts or order.
    pub key: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    pub file: FileId,
    pub at: Pos,
    /// What stands there.
    pub what: String,
}

/// Puts a finding together; everything but its place, subject and words can be left out.
impl Finding {
    pub fn new(rule: &Rule, file: FileId, at: Pos, symbol: impl Into<String>) -> Self {
        Self {
            rule: rule.id,
            severity: rule.severity,
            file,
            at,
            symbol: symbol.into(),
            message: String::new(),
            remedy: String::new(),
            related: Vec::new(),
            key: Vec::new(),
        }
    }

    pub fn severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    pub fn message(self, message: impl Into<String>) -> Self {
        Self { message: message.into(), ..self }
    }

    pub fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: remedy.into(), ..self }
    }

    pub fn related(mut self, file: FileId, at: Pos, what: impl Into<String>) -> Self {
        self.related.push(Related { file, at, what: what.into() });
        self
    }

    pub fn key(self, key: impl IntoIterator<Item = String>) -> Self {
        Self { key: key.into_iter().collect(), ..self }
    }
}

/// The dotted name of the function or class that a scope stands in; of module level, the module.
pub fn enclosing(project: &Project, file: FileId, scope: Row) -> String {
    let facts = &project.file(file).facts;
    let owner =
        facts.scopes().get(scope as usize).and_then(|scope| facts.definition(scope.definition));
    let module = &project.file(file).module;
    match owner {
        Some(owner) => format!("{module}.{}", facts.qualname(owner)),
        None => module.to_string(),
    }
}

//! The configuration resolved against a tree: names become definitions, words become patterns.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{anyhow, bail, ensure};

use super::tables::{ConceptTable, Config, MovesWord, RuleTable, SeverityWord, ShapeTable};
use crate::analysis::affixes::Affixes;
use crate::analysis::clusters::{Declared, Rules};
use crate::analysis::contracts::Contracts;
use crate::analysis::detectors::RULES;
use crate::analysis::finding::{Declarations, DeclaredConcept, Rule, Severity, Shape};
use crate::analysis::{NamePattern, PathPattern, Place};
use crate::gate::Moves;
use crate::model::{End, Project, nearest};

/// How one rule is asked.
#[derive(Clone, Debug)]
pub struct RuleSettings {
    pub rule: &'static Rule,
    pub severity: Severity,
    /// Files in which it is not asked.
    pub allow: Vec<PathPattern>,
}

impl Config {
    /// How clusters are looked for. A concept whose canonical definition is not in the tree is an error: no proposal could
    /// stand for it.
    pub fn rules(&self, project: &Project) -> anyhow::Result<Rules> {
        let affixes = self.affixes.as_deref().map(Affixes::new).unwrap_or_default();
        let concepts = self.declarations(project)?.concepts.into_iter();
        let concepts = concepts.map(|concept| Declared {
            name: concept.name,
            path: concept.path,
            canonical: concept.canonical,
            members: concept.members,
        });
        Ok(Rules { affixes, concepts: concepts.collect(), ages: BTreeMap::new() })
    }

    /// Which findings stay known elsewhere.
    pub fn moves(&self) -> Moves {
        match self.moves {
            None | Some(MovesWord::Rename) => Moves::Rename,
            Some(MovesWord::Any) => Moves::Any,
            Some(MovesWord::Deny) => Moves::Deny,
        }
    }

    /// What rules go by, without contracts: those are read with the tree at hand.
    pub fn declarations(&self, project: &Project) -> anyhow::Result<Declarations> {
        let concepts: anyhow::Result<Vec<DeclaredConcept>> =
            self.concept.iter().map(|table| self.concept(project, table)).collect();
        Ok(Declarations {
            concepts: concepts?,
            shapes: self.shape.iter().map(shape).collect(),
            contracts: Contracts::default(),
        })
    }

    /// The configuration for an earlier state of the tree, without the concepts whose canonical definition was not there yet; and
    /// their names.
    pub fn fitting(&self, project: &Project) -> (Self, Vec<String>) {
        let mut config = self.clone();
        let mut lost = Vec::new();
        config.concept.retain(|table| {
            let is_there = self.concept(project, table).is_ok();
            if !is_there {
                lost.push(table.name.clone());
            }
            is_there
        });
        (config, lost)
    }

    fn concept(&self, project: &Project, table: &ConceptTable) -> anyhow::Result<DeclaredConcept> {
        let definitions = project.find(&table.canonical).into_iter();
        let canonical: Vec<Place> = definitions
            .filter_map(|end| match end {
                End::Definition(file, row) => Some((file, row)),
                _ => None,
            })
            .collect();
        ensure!(
            !canonical.is_empty(),
            "{}: the canonical definition `{}` of the concept `{}` is not in the tree; `fragscope show` finds where it is \
             now",
            self.place(),
            table.canonical,
            table.name
        );
        let members: Result<Vec<NamePattern>, String> =
            table.members.iter().map(|pattern| pattern.parse()).collect();
        let members = members.map_err(|error| {
            anyhow!("{}: a member pattern of `{}`: {error}", self.place(), table.name)
        })?;
        Ok(DeclaredConcept {
            name: table.name.clone(),
            path: is_whole_path(project, &canonical, &table.canonical)
                .then(|| table.canonical.clone()),
            canonical,
            members,
            deprecated: table.deprecated.clone(),
            factory: table.factory.clone(),
            interface: table.interface.clone(),
            instead_of: table.instead_of.clone(),
            definitions: table.definitions,
        })
    }

    /// Whether a rule is not asked at all.
    pub fn is_off(&self, id: &str) -> bool {
        let word = match self.rules.get(id) {
            Some(RuleTable::Severity(word)) => Some(*word),
            Some(RuleTable::Whole(whole)) => whole.severity,
            None => None,
        };
        word == Some(SeverityWord::Off)
    }

    pub(super) fn place(&self) -> String {
        self.file.as_deref().unwrap_or(Path::new(super::OWN_FILE)).display().to_string()
    }

    /// Every rule that is not off, with its settings.
    pub fn rule_settings(&self) -> anyhow::Result<Vec<RuleSettings>> {
        for id in self.rules.keys() {
            if RULES.iter().all(|rule| rule.id != id) {
                match nearest(id, RULES.iter().map(|rule| rule.id)) {
                    Some(near) => {
                        bail!("{}: there is no rule `{id}`; did you mean `{near}`?", self.place())
                    }
                    None => bail!(
                        "{}: there is no rule `{id}`; `fragscope explain` lists them",
                        self.place()
                    ),
                }
            }
        }
        let mut settings = Vec::new();
        for rule in RULES.iter().copied() {
            let (word, allow) = match self.rules.get(rule.id) {
                None => (None, &[][..]),
                Some(RuleTable::Severity(word)) => (Some(*word), &[][..]),
                Some(RuleTable::Whole(whole)) => (whole.severity, whole.allow.as_slice()),
            };
            let severity = match word {
                None => rule.severity,
                Some(SeverityWord::Off) => continue,
                Some(SeverityWord::Info) => Severity::Info,
                Some(SeverityWord::Warning) => Severity::Warning,
                Some(SeverityWord::Error) => Severity::Error,
            };
            let allow: Result<Vec<PathPattern>, String> =
                allow.iter().map(|pattern| pattern.parse()).collect();
            let allow = allow.map_err(|error| {
                anyhow!("{}: an `allow` pattern of the rule `{}`: {error}", self.place(), rule.id)
            })?;
            settings.push(RuleSettings { rule, severity, allow });
        }
        Ok(settings)
    }
}

/// Whether what was declared is a path that code can import by, and not the end of one.
fn is_whole_path(project: &Project, canonical: &[Place], declared: &str) -> bool {
    let first = declared.split('.').next().unwrap_or_default();
    let below = |module: &str| {
        module == first || module.strip_prefix(first).is_some_and(|rest| rest.starts_with('.'))
    };
    declared.contains('.') && canonical.iter().any(|(file, _)| below(&project.file(*file).module))
}

fn shape(table: &ShapeTable) -> Shape {
    let pairs = |(key, value): (&String, &String)| (key.clone(), value.clone());
    Shape {
        name: table.name.clone(),
        when: table.when.iter().map(|(key, values)| (key.clone(), values.clone())).collect(),
        required: table.required.clone(),
        legacy: table.legacy.iter().map(pairs).collect(),
    }
}

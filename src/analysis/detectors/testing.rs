//! For tests of rules: what one rule finds in a project from text.

use std::collections::BTreeMap;

use crate::analysis::clusters::{Declared, Rules, clusters};
use crate::analysis::concepts::concepts;
use crate::analysis::finding::{Declarations, DeclaredConcept, Finding, Ground, Rule};
use crate::analysis::testing::project;
use crate::analysis::{Scope, Survey};
use crate::model::{End, Project};

/// Compares `PATH:LINE SYMBOL` of what a rule finds without configuration.
pub fn check(rule: &Rule, text: &str, expected: &[&str]) {
    let project = project(text);
    let found = run(rule, &project, &Declarations::default());
    assert_eq!(lines(&project, &found), expected, "{found:#?}");
}

/// The same with one declared concept.
pub fn check_declared(
    rule: &Rule,
    text: &str,
    fill: impl FnOnce(&mut DeclaredConcept),
    canonical: &str,
    expected: &[&str],
) {
    let project = project(text);
    let home = project.find(canonical).into_iter().filter_map(|end| match end {
        End::Definition(file, row) => Some((file, row)),
        _ => None,
    });
    let mut concept = DeclaredConcept {
        name: "it".into(),
        path: Some(canonical.into()),
        canonical: home.collect(),
        members: Vec::new(),
        deprecated: Vec::new(),
        factory: Vec::new(),
        interface: Vec::new(),
        instead_of: Vec::new(),
        definitions: None,
    };
    fill(&mut concept);
    let declared = Declarations { concepts: vec![concept], ..Declarations::default() };
    let found = run(rule, &project, &declared);
    assert_eq!(lines(&project, &found), expected, "{found:#?}");
}

/// What a rule finds in production code, and in tests if it is for them.
pub fn run(rule: &Rule, project: &Project, declared: &Declarations) -> Vec<Finding> {
    let rules = Rules {
        concepts: declared
            .concepts
            .iter()
            .map(|concept| Declared {
                name: concept.name.clone(),
                path: concept.path.clone(),
                canonical: concept.canonical.clone(),
                members: concept.members.clone(),
            })
            .collect(),
        ages: BTreeMap::new(),
        ..Rules::default()
    };
    let scope = Scope::Production;
    let survey = Survey::of(project, scope);
    let found = clusters(project, &survey, &rules);
    let concepts = concepts(project, &survey, &rules, found);
    let ground = Ground::new(project, &survey, &concepts.all, declared);
    super::findings(&ground, &[rule])
}

fn lines(project: &Project, found: &[Finding]) -> Vec<String> {
    let line = |finding: &Finding| {
        let path = &project.file(finding.file).path;
        format!("{path}:{} {}", finding.at.line, finding.symbol)
    };
    found.iter().map(line).collect()
}

//! What the judging commands share: the lenses over a scanned tree, and their rows.

use super::args::Rows;
use super::desk::Scanned;
use super::rows::file_ref;
use crate::analysis::canonical::Proposal;
use crate::analysis::concepts::{Concept, Concepts, Held, concepts, rounded};
use crate::analysis::{Scope, Survey};
use crate::engine::Snapshot;
use crate::model::Project;
use crate::report::wire::{self, Canonical, ClusterRow};

pub struct Lenses {
    pub survey: Survey,
    pub concepts: Concepts,
}

impl Lenses {
    pub fn over(scanned: &Scanned, scope: Scope) -> anyhow::Result<Self> {
        let project = &scanned.snapshot.project;
        let rules = scanned.config.rules(project)?;
        let survey = Survey::of(project, scope);
        let concepts = concepts(project, &survey, &rules);
        Ok(Self { survey, concepts })
    }
}

/// Whether a concept is wanted: by its name, and by a definition in wanted files.
pub fn is_wanted(project: &Project, rows: &Rows, concept: &Concept) -> bool {
    let named = rows.want_name(&concept.id)
        || concept.places().any(|(file, row)| rows.want_name(&project.definition_name(file, row)));
    named && concept.places().any(|(file, _)| rows.want_path(project, file))
}

pub fn cluster_row(snapshot: &Snapshot, concept: &Concept) -> ClusterRow {
    let rows = |held: &[Held]| held.iter().map(|held| definition(snapshot, held)).collect();
    ClusterRow {
        name: concept.id.clone(),
        kind: concept.kind.map_or("definition", |kind| kind.word()).to_owned(),
        definitions: rows(concept.definitions()),
        kin: rows(concept.kin()),
        beside: concept.beside.iter().map(|(word, count)| ((*word).to_owned(), *count)).collect(),
        effective: rounded(concept.effective),
        score: concept.score(),
        canonical: canonical(&snapshot.project, &concept.canonical),
    }
}

fn definition(snapshot: &Snapshot, held: &Held) -> wire::Definition {
    let (file, row) = held.member.place;
    let own = snapshot.project.file(file);
    let definition = own.facts.definition(row).expect("members are rows of their files");
    wire::Definition {
        module: own.module.to_string(),
        qualname: own.facts.text(definition.qualname).to_owned(),
        file: file_ref(snapshot, file),
        line: definition.at.line,
        lines: (definition.end_line + 1).saturating_sub(definition.at.line),
        importers: held.importers.len(),
        tests: held.tests,
        kind: held.standing.word().to_owned(),
        similarity: held.similarity,
        by: held.member.by.word().to_owned(),
        affixes: held.member.affixes.clone(),
    }
}

pub fn canonical(project: &Project, proposal: &Proposal) -> Canonical {
    let (file, row) = proposal.place;
    let words = |reasons: &[crate::analysis::canonical::Reason]| {
        reasons.iter().map(ToString::to_string).collect()
    };
    Canonical {
        definition: project.definition_name(file, row),
        path: proposal.path.clone(),
        confidence: proposal.confidence.word().to_owned(),
        reasons: words(&proposal.reasons),
        against: words(&proposal.against),
    }
}

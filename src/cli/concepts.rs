//! What the judging commands share: the lenses over a scanned tree, and their rows.

use super::args::Rows;
use super::desk::Scanned;
use super::rows::file_ref;
use crate::analysis::Scope;
use crate::analysis::canonical::Proposal;
use crate::analysis::concepts::{Concept, Held, rounded};
use crate::engine::{Lenses, Snapshot};
use crate::model::Project;
use crate::report::wire::{self, Canonical, ClusterRow};

impl Scanned {
    pub fn lenses(&self, scope: Scope) -> anyhow::Result<Lenses> {
        Lenses::over(&self.snapshot, &self.config, self.folder.as_deref(), scope)
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
        qualname: own.facts.qualname(definition).into_owned(),
        file: file_ref(snapshot, file),
        line: definition.at.line,
        lines: (definition.end_line + 1).saturating_sub(definition.at.line),
        importers: held.importers.len(),
        tests: held.tests,
        kind: held.standing.word().to_owned(),
        similarity: held.similarity,
        by: held.member.by.word().to_owned(),
        relation: held.relation.map(|relation| relation.word().to_owned()),
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

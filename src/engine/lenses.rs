//! The lenses over a scanned tree: what every judging command and the explorer look through.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Snapshot, judge};
use crate::analysis::burden::{Burden, burden};
use crate::analysis::clusters::{Found, clusters};
use crate::analysis::concepts::{Concepts, concepts};
use crate::analysis::{Scope, Survey};
use crate::config::Config;
use crate::model::FileId;
use crate::source::history::first_seen;

pub struct Lenses {
    pub survey: Survey,
    /// With what the rules found laid on them.
    pub concepts: Concepts,
    /// What that weighs on each file.
    pub burden: Burden,
}

impl Lenses {
    /// `root` is the folder that was scanned, if it is one; its git history tells which definitions are older.
    pub fn over(
        snapshot: &Snapshot,
        config: &Config,
        root: Option<&Path>,
        scope: Scope,
    ) -> anyhow::Result<Self> {
        let survey = surveyed(snapshot, config, scope)?;
        let mut concepts = judged(snapshot, config, root, &survey)?;
        let found = judge::weighing(snapshot, config, (&survey, &concepts))?;
        let burden = burden(&snapshot.project, scope, &mut concepts, &found);
        Ok(Self { survey, concepts, burden })
    }
}

/// The roads and cycles of a tree, with the paths to prefer as the configuration declares them.
pub fn surveyed(snapshot: &Snapshot, config: &Config, scope: Scope) -> anyhow::Result<Survey> {
    let project = &snapshot.project;
    let mut survey = Survey::of(project, scope);
    config.rules(project)?.honour(project, &mut survey.variants);
    Ok(survey)
}

/// The concepts of a tree that is surveyed already, before anything the rules find is laid on them.
pub fn judged(
    snapshot: &Snapshot,
    config: &Config,
    root: Option<&Path>,
    survey: &Survey,
) -> anyhow::Result<Concepts> {
    let project = &snapshot.project;
    let mut rules = config.rules(project)?;
    let found = clusters(project, survey, &rules);
    if let Some(root) = root {
        rules.ages = ages(snapshot, root, &found);
    }
    Ok(concepts(project, survey, &rules, found))
}

/// When the files of all clusters were first committed.
fn ages(snapshot: &Snapshot, root: &Path, found: &Found) -> BTreeMap<FileId, i64> {
    let project = &snapshot.project;
    let members =
        found.clusters.iter().flat_map(|cluster| cluster.definitions.iter().chain(&cluster.kin));
    let files: BTreeMap<String, FileId> = members
        .map(|member| (project.file(member.place.0).path.to_string(), member.place.0))
        .collect();
    let seen = first_seen(root, files.keys().cloned().collect(), snapshot.tree.commit);
    seen.into_iter().map(|(path, time)| (files[&path], time)).collect()
}

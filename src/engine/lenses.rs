//! The lenses over a scanned tree: what every judging command and the explorer look through.

use std::collections::BTreeMap;
use std::path::Path;

use super::ranking::{Key, Ranking};
use super::{Snapshot, judge};
use crate::analysis::burden::burden;
use crate::analysis::clusters::{Found, clusters};
use crate::analysis::concepts::{Concepts, concepts};
use crate::analysis::hotspots::{Hotspots, hotspots};
use crate::analysis::{Scope, Survey};
use crate::config::Config;
use crate::model::{FileId, Project};
use crate::source::history::{Newest, first_seen, newest};

pub struct Lenses {
    pub survey: Survey,
    /// With what the rules found laid on them.
    pub concepts: Concepts,
    pub areas: Hotspots,
}

impl Lenses {
    /// `root` is the folder that was scanned, if it is one; its git history tells which definitions are older.
    pub fn over(
        snapshot: &Snapshot,
        config: &Config,
        root: Option<&Path>,
        scope: Scope,
    ) -> anyhow::Result<Self> {
        let look = Look::at(snapshot, config, root, scope);
        let (survey, kept) = rayon::join(|| look.survey(), || look.kept());
        let survey = survey?;
        let ranking = kept.map_or_else(|| look.judge(&survey), Ok)?;
        Ok(Self { survey, concepts: ranking.concepts, areas: ranking.areas })
    }
}

/// A look at a tree, one lens at a time.
pub struct Look<'s> {
    snapshot: &'s Snapshot,
    config: &'s Config,
    scope: Scope,
    /// Where the history begins.
    newest: Option<Newest>,
}

impl<'s> Look<'s> {
    pub fn at(
        snapshot: &'s Snapshot,
        config: &'s Config,
        root: Option<&Path>,
        scope: Scope,
    ) -> Self {
        let commit = snapshot.tree.commit;
        Self { snapshot, config, scope, newest: root.and_then(|root| newest(root, commit)) }
    }

    /// The ranking as an earlier run has left it.
    pub fn kept(&self) -> Option<Ranking> {
        self.key()?.find(&self.snapshot.project)
    }

    fn key(&self) -> Option<Key<'s>> {
        Key::of(self.snapshot, self.config, self.newest.as_ref(), self.scope)
    }

    /// The roads and cycles, with the paths to prefer as the configuration declares them.
    pub fn survey(&self) -> anyhow::Result<Survey> {
        let project = &self.snapshot.project;
        let mut survey = Survey::of(project, self.scope);
        self.config.rules(project)?.honour(project, &mut survey.variants);
        Ok(survey)
    }

    /// The ranking of what is surveyed already; the next run finds it kept.
    pub fn judge(&self, survey: &Survey) -> anyhow::Result<Ranking> {
        let project = &self.snapshot.project;
        let mut rules = self.config.rules(project)?;
        let found = clusters(project, survey, &rules);
        let ages = self.newest.as_ref().map(|newest| ages(project, newest, &found));
        // Another run may be in time to see the history.
        let is_final = ages != Some(None);
        rules.ages = ages.flatten().unwrap_or_default();
        let mut concepts = concepts(project, survey, &rules, found);
        let found = judge::weighing(self.snapshot, self.config, (survey, &concepts.all))?;
        let burden = burden(project, self.scope, &mut concepts, &found);
        let areas = hotspots(project, survey, &concepts.all, &burden);
        let ranking = Ranking { concepts, areas };
        if let Some(key) = self.key().filter(|_| is_final) {
            key.keep(&ranking);
        }
        Ok(ranking)
    }
}

/// When the files of all clusters were first committed; none if that cannot be said in time.
fn ages(project: &Project, newest: &Newest, found: &Found) -> Option<BTreeMap<FileId, i64>> {
    let members =
        found.clusters.iter().flat_map(|cluster| cluster.definitions.iter().chain(&cluster.kin));
    let files: BTreeMap<String, FileId> = members
        .map(|member| (project.file(member.place.0).path.to_string(), member.place.0))
        .collect();
    let seen = first_seen(newest, files.keys().cloned().collect())?;
    Some(seen.into_iter().map(|(path, time)| (files[&path], time)).collect())
}

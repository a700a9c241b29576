//! The rules over a scanned tree: what is found, less what is allowed.

use std::path::Path;

use anyhow::Context;

use super::{Lenses, Snapshot};
use crate::analysis::Survey;
use crate::analysis::burden::UNCOUNTED;
use crate::analysis::concepts::Concept;
use crate::analysis::detectors::findings;
use crate::analysis::finding::{Declarations, Finding, Ground, Rule};
use crate::analysis::suppress::{Sifted, sift};
use crate::config::{Config, RuleSettings};
use crate::gate::Baseline;
use crate::gate::baseline::LARGEST;
use crate::model::Project;
use crate::source::SkipReason;
use crate::source::read::read_regular;

/// Rules of what other tools were told to hold.
pub const OF_CONTRACTS: [&str; 2] = ["broken-contract", "contract-misfit"];

impl Lenses {
    /// What the rules find, each with the severity that the configuration gives it. `wanted` picks rules by id.
    pub fn judge(
        &self,
        snapshot: &Snapshot,
        config: &Config,
        wanted: impl Fn(&str) -> bool,
    ) -> anyhow::Result<Sifted> {
        found(snapshot, config, (&self.survey, &self.concepts.all), wanted)
    }
}

/// The same of lenses that are at hand one by one.
pub fn found(
    snapshot: &Snapshot,
    config: &Config,
    (survey, concepts): (&Survey, &[Concept]),
    wanted: impl Fn(&str) -> bool,
) -> anyhow::Result<Sifted> {
    let project = &snapshot.project;
    let mut declared = config.declarations(project)?;
    let settings = config.rule_settings()?;
    // Files of other tools are read only for those who want to know, and to tell which comments allow nothing.
    let is_on = |id: &str| settings.iter().any(|settings| settings.rule.id == id);
    let bears = wanted("unused-suppression") && is_on("unused-suppression");
    if OF_CONTRACTS.into_iter().any(|id| is_on(id) && (wanted(id) || bears)) {
        declared.contracts = config.contracts(&snapshot.tree)?;
    }
    let mut sifted = sifted(project, &declared, &settings, (survey, concepts));
    sifted.findings.retain(|finding| wanted(finding.rule));
    sifted.allowed.retain(|(finding, _)| wanted(finding.rule));
    Ok(sifted)
}

/// What weighs on the score: only rules that count are asked, and no file of another tool is read.
pub fn weighing(
    snapshot: &Snapshot,
    config: &Config,
    lenses: (&Survey, &[Concept]),
) -> anyhow::Result<Vec<Finding>> {
    let declared = config.declarations(&snapshot.project)?;
    let mut settings = config.rule_settings()?;
    settings.retain(|settings| !UNCOUNTED.contains(&settings.rule.id));
    Ok(sifted(&snapshot.project, &declared, &settings, lenses).findings)
}

fn sifted(
    project: &Project,
    declared: &Declarations,
    settings: &[RuleSettings],
    (survey, concepts): (&Survey, &[Concept]),
) -> Sifted {
    let ground = Ground::new(project, survey, concepts, declared);
    let rules: Vec<&Rule> = settings.iter().map(|settings| settings.rule).collect();
    let found = findings(&ground, &rules);
    let mut sifted = sift(project, found);
    let keep = |finding: &mut Finding| {
        let own = settings.iter().find(|settings| settings.rule.id == finding.rule);
        let Some(RuleSettings { rule, severity, allow }) = own else { return false };
        // A rule may make single findings milder than it is; the configuration moves them with it.
        if finding.severity == rule.severity {
            finding.severity = *severity;
        }
        let path = &project.file(finding.file).path;
        !allow.iter().any(|pattern| pattern.matches(path))
    };
    sifted.findings.retain_mut(keep);
    sifted.allowed.retain_mut(|(finding, _)| keep(finding));
    sifted
}

/// The findings that are known; nothing, if there is no such file.
pub fn read_baseline(path: &Path) -> anyhow::Result<Option<Baseline>> {
    let bytes = match read_regular(path, LARGEST) {
        Ok(bytes) => bytes,
        Err(SkipReason::Vanished) => return Ok(None),
        Err(reason) => anyhow::bail!("cannot read the baseline {}: {reason}", path.display()),
    };
    let text = String::from_utf8(bytes)
        .with_context(|| format!("the baseline {} is no UTF-8", path.display()))?;
    let baseline = Baseline::parse(&text)
        .with_context(|| format!("cannot use the baseline {}", path.display()))?;
    Ok(Some(baseline))
}

//! The rules over a scanned tree: what is found, less what is allowed.

use std::path::Path;

use anyhow::Context;

use super::{Lenses, Snapshot};
use crate::analysis::Survey;
use crate::analysis::concepts::Concepts;
use crate::analysis::detectors::findings;
use crate::analysis::finding::{Finding, Ground, Rule};
use crate::analysis::suppress::{Sifted, sift};
use crate::config::{Config, RuleSettings};
use crate::gate::Baseline;
use crate::gate::baseline::LARGEST;
use crate::source::SkipReason;
use crate::source::read::read_regular;

impl Lenses {
    /// What the rules found; `wanted` picks rules by id.
    pub fn judge(&self, wanted: impl Fn(&str) -> bool) -> anyhow::Result<Sifted> {
        if let Some(misread) =
            self.found.misread.as_ref().filter(|_| OF_CONTRACTS.iter().any(|id| wanted(id)))
        {
            anyhow::bail!("{misread}");
        }
        let Sifted { findings, allowed } = &self.found.sifted;
        let findings = findings.iter().filter(|finding| wanted(finding.rule));
        let allowed = allowed.iter().filter(|(finding, _)| wanted(finding.rule));
        Ok(Sifted { findings: findings.cloned().collect(), allowed: allowed.cloned().collect() })
    }
}

/// Rules that need files of other tools.
const OF_CONTRACTS: [&str; 2] = ["broken-contract", "contract-misfit"];

/// What the rules found in a tree.
pub struct Judged {
    pub sifted: Sifted,
    /// Why contracts were not read: then nothing is held to them, which those who ask for that are told.
    pub misread: Option<String>,
}

/// What the rules find, each with the severity that the configuration gives it.
pub fn found(
    snapshot: &Snapshot,
    config: &Config,
    survey: &Survey,
    concepts: &Concepts,
) -> anyhow::Result<Judged> {
    let project = &snapshot.project;
    let mut declared = config.declarations(project)?;
    let settings = config.rule_settings()?;
    let mut misread = None;
    if settings.iter().any(|settings| OF_CONTRACTS.contains(&settings.rule.id)) {
        match config.contracts(&snapshot.tree) {
            Ok(contracts) => declared.contracts = contracts,
            Err(error) => misread = Some(format!("{error:#}")),
        }
    }
    let ground = Ground::new(project, survey, concepts, &declared);
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
    Ok(Judged { sifted, misread })
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

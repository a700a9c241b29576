//! The rules over a scanned tree: what is found, less what is allowed.

use super::{Lenses, Snapshot};
use crate::analysis::detectors::findings;
use crate::analysis::finding::{Finding, Ground, Rule};
use crate::analysis::suppress::{Sifted, sift};
use crate::config::{Config, RuleSettings};

impl Lenses {
    /// What the rules find, each with the severity that the configuration gives it. `wanted` picks rules by id.
    pub fn judge(
        &self,
        snapshot: &Snapshot,
        config: &Config,
        wanted: impl Fn(&str) -> bool,
    ) -> anyhow::Result<Sifted> {
        let project = &snapshot.project;
        let mut declared = config.declarations(project)?;
        let settings = config.rule_settings()?;
        // Files of other tools are read only for those who want to know.
        let asked = |id: &str| wanted(id) && settings.iter().any(|settings| settings.rule.id == id);
        if ["broken-contract", "contract-misfit"].into_iter().any(asked) {
            declared.contracts = config.contracts(&snapshot.tree)?;
        }
        let ground = Ground::new(project, &self.survey, &self.concepts, &declared);
        let rules: Vec<&Rule> = settings.iter().map(|settings| settings.rule).collect();
        let found = findings(&ground, &rules);
        let mut sifted = sift(project, found);
        let mut keep = |finding: &mut Finding| {
            let own = settings.iter().find(|settings| settings.rule.id == finding.rule);
            let Some(RuleSettings { rule, severity, allow }) = own else { return false };
            // A rule may make single findings milder than it is; the configuration moves them with it.
            if finding.severity == rule.severity {
                finding.severity = *severity;
            }
            let path = &project.file(finding.file).path;
            wanted(finding.rule) && !allow.iter().any(|pattern| pattern.matches(path))
        };
        sifted.findings.retain_mut(&mut keep);
        sifted.allowed.retain_mut(|(finding, _)| keep(finding));
        Ok(sifted)
    }
}

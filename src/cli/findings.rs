//! `fragscope findings`: what the rules found.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use anyhow::{Context, bail};

use super::Verdict;
use super::args::{FindingSort, FindingsArgs};
use super::desk::Desk;
use super::rows::file_ref;
use super::tree::tree;
use crate::analysis::detectors::{RULES, rule};
use crate::analysis::finding::{Finding, Severity};
use crate::engine::Snapshot;
use crate::gate::fingerprint;
use crate::model::nearest;
use crate::report::formats::Report;
use crate::report::paint::counted;
use crate::report::text::{self, Frame};
use crate::report::wire::{AllowedRow, Document, FindingRow, FindingsDocument, Kind, RelatedRow};
use crate::source;

pub fn run(args: &FindingsArgs, desk: &mut Desk) -> anyhow::Result<Verdict> {
    ensure_known_rules(&args.rule)?;
    let scanned = desk.scan(args.path.as_deref())?;
    let snapshot = &scanned.snapshot;
    let scope = args.rows.judged_scope();
    let lenses = scanned.lenses(scope)?;
    let wanted = |id: &str| args.rule.is_empty() || args.rule.iter().any(|rule| rule == id);
    let sifted = lenses.judge(snapshot, &scanned.config, wanted)?;
    let is_wanted = |finding: &Finding| {
        args.rows.want_path(&snapshot.project, finding.file) && args.rows.want_name(&finding.symbol)
    };
    let mut found: Vec<&Finding> =
        sifted.findings.iter().filter(|finding| is_wanted(finding)).collect();
    match args.sort {
        FindingSort::Path => {}
        FindingSort::Severity => found.sort_by_key(|finding| Reverse(finding.severity)),
        FindingSort::Rule => found.sort_by_key(|finding| finding.rule),
    }
    let summary = summary(&found);
    let rows: Vec<FindingRow> = found.iter().map(|finding| row(snapshot, finding)).collect();
    let allowed = sifted.allowed.iter().filter(|(finding, _)| is_wanted(finding));
    let allowed: Vec<AllowedRow> = allowed
        .map(|(finding, reason)| AllowedRow {
            finding: row(snapshot, finding),
            reason: reason.clone(),
        })
        .collect();
    let frame = Frame {
        heading: counted(rows.len(), "finding"),
        rule: text::findings::RULE,
        scope: scope.phrase(),
    };
    let mut document = Document::new(Kind::Findings, scanned.root, tree(snapshot), rows);
    if let Some(format) = desk.output.format.of_findings() {
        let rules = rules();
        let report = Report {
            rows: &document.rows,
            stale: &[],
            added: &[],
            tree: &document.tree,
            rules: &rules,
            read: &|path| bytes_of(snapshot, path),
        };
        format.write(desk.out, &report).context("cannot write the output")?;
        return Ok(Verdict::Fine);
    }
    document.limit(desk.limit(args.rows.limit));
    let document = FindingsDocument { document, allowed };
    desk.give(&document, |sheet| text::findings::print(sheet, &document, &frame, &summary))?;
    Ok(Verdict::Fine)
}

pub fn ensure_known_rules(ids: &[String]) -> anyhow::Result<()> {
    let Some(id) = ids.iter().find(|id| rule(id).is_none()) else { return Ok(()) };
    match nearest(id, RULES.iter().map(|rule| rule.id)) {
        Some(near) => bail!("there is no rule `{id}`; did you mean `{near}`?"),
        None => bail!("there is no rule `{id}`; `fragscope explain` lists them"),
    }
}

/// Rules with their highest severity and the number of findings, the gravest first.
pub fn summary(found: &[&Finding]) -> Vec<(String, String, usize)> {
    let mut counts: BTreeMap<&str, (Severity, usize)> = BTreeMap::new();
    for finding in found {
        let (severity, count) = counts.entry(finding.rule).or_insert((finding.severity, 0));
        *severity = finding.severity.max(*severity);
        *count += 1;
    }
    let mut rows: Vec<(&str, (Severity, usize))> = counts.into_iter().collect();
    rows.sort_by_key(|(rule, (severity, count))| (Reverse(*severity), Reverse(*count), *rule));
    let words = rows
        .into_iter()
        .map(|(rule, (severity, count))| (rule.to_owned(), severity.word().to_owned(), count));
    words.collect()
}

pub fn row(snapshot: &Snapshot, finding: &Finding) -> FindingRow {
    let related = finding.related.iter().map(|related| RelatedRow {
        file: file_ref(snapshot, related.file),
        line: related.at.line,
        what: related.what.clone(),
    });
    FindingRow {
        rule: finding.rule.to_owned(),
        severity: finding.severity.word().to_owned(),
        file: file_ref(snapshot, finding.file),
        line: finding.at.line,
        column: finding.at.column,
        symbol: finding.symbol.clone(),
        message: finding.message.clone(),
        remedy: finding.remedy.clone(),
        fingerprint: fingerprint(&snapshot.project, finding),
        state: "new".to_owned(),
        related: related.collect(),
    }
}

/// What a file of the tree holds; nothing if it went since it was scanned.
pub fn bytes_of(snapshot: &Snapshot, path: &str) -> Option<Vec<u8>> {
    let entry = snapshot.tree.entry(path)?;
    source::read(&snapshot.tree, entry, source::MAX_BYTES).ok()
}

/// Every rule for the formats that tell what it means.
pub fn rules() -> Vec<(&'static str, &'static str, &'static str)> {
    RULES.iter().map(|rule| (rule.id, rule.summary, rule.explanation)).collect()
}

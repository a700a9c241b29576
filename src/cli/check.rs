//! `fragscope check`: findings against the baseline.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use super::Verdict;
use super::args::{CheckArgs, Format, SeverityChoice};
use super::desk::{Desk, Scanned};
use super::findings::{ensure_known_rules, row, rules, summary};
use super::tree::tree;
use crate::analysis::finding::{Finding, Severity};
use crate::engine::Snapshot;
use crate::gate::baseline::{Entry, FILE, LARGEST};
use crate::gate::{Baseline, Comparison, State};
use crate::report::formats::Report;
use crate::report::paint::counted;
use crate::report::text::{self, Frame};
use crate::report::wire::{CheckDocument, Document, FileRef, FindingRow, Kind, Tree};
use crate::report::{json, paint::grouped};
use crate::source::read::read_regular;

pub fn run(args: &CheckArgs, desk: &mut Desk) -> anyhow::Result<Verdict> {
    ensure_known_rules(&args.rule)?;
    let scanned = desk.scan(args.path.as_deref())?;
    let snapshot = &scanned.snapshot;
    ensure_judgement_is_possible(args, &tree(snapshot))?;
    let baseline = match &args.baseline {
        _ if args.no_baseline => Baseline::default(),
        Some(path) => read_baseline(path)?
            .with_context(|| format!("there is no baseline {}", path.display()))?,
        None => match baseline_path(&scanned, None) {
            Some(path) => read_baseline(&path)?.unwrap_or_default(),
            None => Baseline::default(),
        },
    };
    let scope = args.rows.judged_scope();
    let lenses = scanned.lenses(scope)?;
    let wanted = |id: &str| args.rule.is_empty() || args.rule.iter().any(|rule| rule == id);
    let found = lenses.judge(snapshot, &scanned.config, wanted)?.findings;
    let baseline = narrowed(baseline, wanted);
    let comparison = Comparison::of(&snapshot.project, found, &baseline);

    let is_wanted = |finding: &Finding| {
        args.rows.want_path(&snapshot.project, finding.file) && args.rows.want_name(&finding.symbol)
    };
    let judged: Vec<_> = comparison.judged.iter().filter(|one| is_wanted(&one.finding)).collect();
    let counts = |severity: Severity| severity >= args.fail_on.severity();
    let failing =
        judged.iter().filter(|one| one.state == State::New && counts(one.finding.severity)).count();
    let shown: Vec<_> = judged.iter().filter(|one| args.known || one.state == State::New).collect();
    let findings: Vec<&Finding> = shown.iter().map(|one| &one.finding).collect();
    let summary = summary(&findings);
    let rows: Vec<FindingRow> = shown
        .iter()
        .map(|one| FindingRow { state: one.state.word().to_owned(), ..row(snapshot, &one.finding) })
        .collect();
    let stale: Vec<FindingRow> = comparison.stale.iter().map(stale_row).collect();
    let known = judged.iter().filter(|one| one.state == State::Known).count();
    let moved = judged.iter().filter(|one| one.state == State::Moved).count();
    let heading = format!(
        "{}, {} known, {} moved, {} stale",
        counted(judged.len() - known - moved, "new finding"),
        grouped(known),
        grouped(moved),
        grouped(stale.len())
    );
    let tree = tree(snapshot);
    let document = Document::new(Kind::Check, scanned.root.clone(), tree, rows);
    let mut document = CheckDocument { document, stale, known, moved };
    write_files(args, &document)?;
    if let Some(format) = desk.output.format.of_findings() {
        let rules = rules();
        format.write(desk.out, &report(&document, &rules)).context("cannot write the output")?;
    } else {
        document.document.limit(desk.limit(args.rows.limit));
        let frame = Frame { heading, rule: text::findings::RULE, scope: scope.phrase() };
        desk.give(&document, |sheet| text::check::print(sheet, &document, &frame, &summary))?;
    }
    let fails = failing > 0 || (args.strict && !comparison.stale.is_empty());
    Ok(if fails && !args.exit_zero { Verdict::Found } else { Verdict::Fine })
}

impl SeverityChoice {
    fn severity(self) -> Severity {
        match self {
            Self::Info => Severity::Info,
            Self::Warning => Severity::Warning,
            Self::Error => Severity::Error,
        }
    }
}

/// A tree of which nothing was understood has no findings, and is not fine.
fn ensure_judgement_is_possible(args: &CheckArgs, tree: &Tree) -> anyhow::Result<()> {
    let all = tree.files + tree.unreadable;
    ensure!(tree.parsed + tree.recovered > 0, "nothing could be read: there is nothing to judge");
    ensure!(tree.imports > 0, "no file imports anything: is this the folder that was meant?");
    let percent = 100.0 * tree.parsed as f64 / all.max(1) as f64;
    ensure!(
        percent >= args.min_coverage,
        "only {percent:.1} % of {} were read whole, {} % are asked for; `fragscope scan` lists the others and why",
        counted(all, "Python file"),
        args.min_coverage
    );
    Ok(())
}

/// Where the baseline is; none for the built-in sample.
pub fn baseline_path(scanned: &Scanned, named: Option<&Path>) -> Option<PathBuf> {
    let own = scanned.folder.as_deref().map(|folder| folder.join(FILE));
    named.map(Path::to_owned).or(own)
}

/// Nothing, if there is no such file.
pub fn read_baseline(path: &Path) -> anyhow::Result<Option<Baseline>> {
    use crate::source::SkipReason;
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

/// Entries of rules that are not asked are no news.
fn narrowed(mut baseline: Baseline, wanted: impl Fn(&str) -> bool) -> Baseline {
    baseline.entries.retain(|_, entry| wanted(&entry.rule));
    baseline
}

fn stale_row(entry: &Entry) -> FindingRow {
    FindingRow {
        rule: entry.rule.clone(),
        severity: "info".to_owned(),
        file: FileRef { path: entry.path.clone(), path_hex: None },
        line: 1,
        column: 1,
        symbol: entry.symbol.clone(),
        message: format!("the baseline knows it, and it is gone ({} times)", entry.n),
        remedy: "`fragscope baseline update` takes it out".to_owned(),
        fingerprint: entry.fp.clone(),
        state: "stale".to_owned(),
        related: Vec::new(),
    }
}

fn report<'r>(
    document: &'r CheckDocument,
    rules: &'r [(&'static str, &'static str, &'static str)],
) -> Report<'r> {
    let CheckDocument { document, stale, known: _, moved: _ } = document;
    Report { rows: &document.rows, stale, tree: &document.tree, rules }
}

fn write_files(args: &CheckArgs, document: &CheckDocument) -> anyhow::Result<()> {
    let mut written: BTreeSet<&Path> = BTreeSet::new();
    for output in &args.output {
        let named = || format!("cannot write {}", output.path.display());
        ensure!(written.insert(&output.path), "`--output` names {} twice", output.path.display());
        let mut file = BufWriter::new(File::create(&output.path).with_context(named)?);
        let rules = rules();
        match output.format {
            Format::Text => {
                anyhow::bail!("`--output text=…`: text is for the terminal; name another format")
            }
            Format::Json => json::write(&mut file, document).with_context(named)?,
            other => {
                let format = other.of_findings().context("text and json are handled above")?;
                format.write(&mut file, &report(document, &rules)).with_context(named)?;
            }
        }
        file.flush().with_context(named)?;
    }
    Ok(())
}

/// For commands that write the baseline.
pub fn judged(
    scanned: &Scanned,
    snapshot: &Snapshot,
    baseline: &Baseline,
) -> anyhow::Result<Comparison> {
    let lenses = scanned.lenses(crate::analysis::Scope::Production)?;
    let found = lenses.judge(snapshot, &scanned.config, |_| true)?.findings;
    Ok(Comparison::of(&snapshot.project, found, baseline))
}

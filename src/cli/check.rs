//! `fragscope check`: findings against the baseline.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, ensure};

use super::Verdict;
use super::args::{CheckArgs, Format, SeverityChoice};
use super::desk::{Desk, Scanned};
use super::findings::{bytes_of, ensure_known_rules, row, rules, summary};
use super::tree::tree;
use crate::analysis::Scope;
use crate::analysis::finding::{Finding, Severity};
use crate::engine::{Lenses, Snapshot, read_baseline};
use crate::gate::baseline::{Entry, FILE, LARGEST};
use crate::gate::{Baseline, Comparison, Moves, Names, State, baseline_of};
use crate::model::nearest;
use crate::report::formats::Report;
use crate::report::paint::counted;
use crate::report::text::{self, Frame};
use crate::report::wire::{CheckDocument, Document, FileRef, FindingRow, Kind, RevisionRow, Tree};
use crate::report::{json, paint::grouped};
use crate::source::Revision;
use crate::source::read::read_regular;
use crate::source::revision::Unreadable;

/// An entry of the baseline that nobody gave a reason for.
const ADDED: &str = "added";

pub fn run(args: &CheckArgs, desk: &mut Desk) -> anyhow::Result<Verdict> {
    ensure_known_rules(&args.rule)?;
    let scanned = desk.scan(args.path.as_deref())?;
    let snapshot = &scanned.snapshot;
    ensure_judgement_is_possible(args, &tree(snapshot))?;
    let scope = args.rows.judged_scope();
    let wanted = |id: &str| args.rule.is_empty() || args.rule.iter().any(|rule| rule == id);
    let (baseline, against) = match &args.against {
        Some(name) => {
            let (baseline, against) = found_at(name, desk, &scanned, scope, wanted)?;
            (baseline, Some(against))
        }
        None => (own_baseline(args, &scanned)?, None),
    };
    let added = match &args.baseline_ref {
        Some(name) => added_since(name, args, desk, &scanned, &baseline)?,
        None => Vec::new(),
    };
    let lenses = scanned.lenses(scope)?;
    let found = lenses.judge(snapshot, &scanned.config, wanted)?.findings;
    let baseline = narrowed(baseline, wanted);
    let comparison = Comparison::of(&snapshot.project, found, &baseline, scanned.config.moves());

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
    let stale = comparison.stale.iter().map(|entry| stale_row(entry, args.against.as_deref()));
    let stale: Vec<FindingRow> = stale.collect();
    let known = judged.iter().filter(|one| one.state == State::Known).count();
    let moved = judged.iter().filter(|one| one.state == State::Moved).count();
    let mut heading = format!(
        "{}, {} known, {} moved, {} {}",
        counted(judged.len() - known - moved, "new finding"),
        grouped(known),
        grouped(moved),
        grouped(stale.len()),
        if against.is_some() { "gone" } else { "stale" }
    );
    if let Some(against) = &against {
        write!(heading, " since {} ({:.12})", against.revision, against.commit)?;
    }
    let tree = tree(snapshot);
    let document = Document::new(Kind::Check, scanned.root.clone(), tree, rows);
    let unreasoned = added.iter().any(|row| row.state == ADDED);
    let mut document = CheckDocument { document, against, stale, added, known, moved };
    let rules = rules();
    let read = |path: &str| bytes_of(snapshot, path);
    write_files(args, &document, &report(&document, &rules, &read))?;
    if let Some(format) = desk.output.format.of_findings() {
        let report = report(&document, &rules, &read);
        format.write(desk.out, &report).context("cannot write the output")?;
    } else {
        document.document.limit(desk.limit(args.rows.limit));
        let frame = Frame { heading, rule: text::findings::RULE, scope: scope.phrase() };
        desk.give(&document, |sheet| text::check::print(sheet, &document, &frame, &summary))?;
    }
    let fails = failing > 0 || unreasoned || (args.strict && !comparison.stale.is_empty());
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

fn own_baseline(args: &CheckArgs, scanned: &Scanned) -> anyhow::Result<Baseline> {
    Ok(match &args.baseline {
        _ if args.no_baseline => Baseline::default(),
        Some(path) => read_baseline(path)?
            .with_context(|| format!("there is no baseline {}", path.display()))?,
        None => match baseline_path(scanned, None) {
            Some(path) => read_baseline(&path)?.unwrap_or_default(),
            None => Baseline::default(),
        },
    })
}

/// What a revision of the tree has: the same rules over the files of then, with the configuration of today.
fn found_at(
    name: &str,
    desk: &mut Desk,
    scanned: &Scanned,
    scope: Scope,
    wanted: impl Fn(&str) -> bool,
) -> anyhow::Result<(Baseline, RevisionRow)> {
    let revision = revision("--against", name, scanned.folder.as_deref())?;
    let before = desk.scan_revision(&revision, scanned)?;
    let against = RevisionRow {
        revision: name.to_owned(),
        commit: revision.hash(),
        files: before.tree.entries.len(),
    };
    if before.project.files.is_empty() {
        desk.note(&format!("`--against {name}`: it has no Python file here; all is new"))?;
        return Ok((Baseline::default(), against));
    }
    let (config, lost) = scanned.config.fitting(&before.project);
    for concept in lost {
        desk.note(&format!(
            "`--against {name}`: it has no canonical definition of the concept `{concept}`; there, nothing is held to it"
        ))?;
    }
    let folder = scanned.folder.as_deref();
    let lenses = Lenses::over(&before, &config, folder, scope)?;
    let found = lenses.judge(&before, &config, wanted)?.findings;
    let judged = Comparison::of(&before.project, found, &Baseline::default(), Moves::Deny).judged;
    Ok((baseline_of(&before.project, &judged), against))
}

/// What the baseline has more of than the one of a revision, each at its line.
fn added_since(
    name: &str,
    args: &CheckArgs,
    desk: &mut Desk,
    scanned: &Scanned,
    baseline: &Baseline,
) -> anyhow::Result<Vec<FindingRow>> {
    let revision = revision("--baseline-ref", name, scanned.folder.as_deref())?;
    let path = baseline_path(scanned, args.baseline.as_deref())
        .context("the built-in sample has no baseline")?;
    let folder = scanned.folder.as_deref().unwrap_or(Path::new("."));
    // Where the file is gone, the folder that held it still tells where it was.
    let holder = path.parent().filter(|holder| !holder.as_os_str().is_empty());
    let holder = holder.unwrap_or(Path::new(".")).canonicalize();
    let inside = holder.ok().and_then(|holder| {
        let own = holder.strip_prefix(folder.canonicalize().ok()?).ok()?.to_owned();
        Some(own.join(path.file_name()?))
    });
    let inside = inside.with_context(|| {
        format!(
            "`--baseline-ref`: the baseline {} is not below {}",
            path.display(),
            folder.display()
        )
    })?;
    let before = revision
        .file(&inside, LARGEST)
        .with_context(|| format!("`--baseline-ref {name}`: the baseline cannot be read"))?;
    let Some(before) = before else {
        desk.note(&format!(
            "`--baseline-ref {name}`: it has no {}; the baseline begins here",
            inside.display()
        ))?;
        return Ok(Vec::new());
    };
    let before = String::from_utf8(before)
        .with_context(|| format!("`--baseline-ref {name}`: the baseline is no UTF-8"))?;
    let before = Baseline::parse(&before)
        .with_context(|| format!("`--baseline-ref {name}`: cannot use the baseline"))?;
    let names = Names::of(&scanned.snapshot.project, scanned.config.moves());
    let added = baseline.added_since(&before, |old, new| {
        names.has_moved((&old.path, &old.symbol), (&new.path, &new.symbol))
    });
    let text = read_regular(&path, LARGEST).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let rows = added.iter().map(|entry| {
        let line = text.lines().position(|line| line.contains(&entry.fp)).unwrap_or_default() + 1;
        added_row(entry, name, &inside, line as u32)
    });
    Ok(rows.collect())
}

/// A revision of the scanned folder. `flag` is how it was asked for.
fn revision(flag: &str, name: &str, folder: Option<&Path>) -> anyhow::Result<Revision> {
    let folder = folder.with_context(|| {
        format!("`{flag}` needs a folder in a work tree of git; the built-in sample has no history")
    })?;
    Revision::find(folder, name).map_err(|error| {
        let near = match &error {
            Unreadable::Unknown { names, .. } => nearest(name, names.iter().map(String::as_str)),
            _ => None,
        };
        let advice = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        anyhow!("`{flag} {name}`: {error}{advice}")
    })
}

/// Entries of rules that are not asked are no news.
fn narrowed(mut baseline: Baseline, wanted: impl Fn(&str) -> bool) -> Baseline {
    baseline.entries.retain(|_, entry| wanted(&entry.rule));
    baseline
}

fn stale_row(entry: &Entry, against: Option<&str>) -> FindingRow {
    let (message, remedy) = match against {
        Some(name) => (format!("{name} has it, and it is gone"), "nothing: it was mended"),
        None => (
            "the baseline knows it, and it is gone".to_owned(),
            "`fragscope baseline update` takes it out",
        ),
    };
    let times = if entry.n > 1 { format!(" ({} times)", entry.n) } else { String::new() };
    FindingRow {
        message: message + &times,
        remedy: remedy.to_owned(),
        state: "stale".to_owned(),
        ..entry_row(entry, FileRef { path: entry.path.clone(), path_hex: None }, 1)
    }
}

/// What was added to the baseline, at its line there.
fn added_row(entry: &Entry, since: &str, baseline: &Path, line: u32) -> FindingRow {
    let path = baseline.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    let what =
        format!("`{}` in {} was added to the baseline since {since}", entry.symbol, entry.path);
    let (state, severity, message, remedy) = match &entry.reason {
        Some(reason) => ("accepted", "info", format!("{what}: {reason}"), "read the reason"),
        None => (
            ADDED,
            "error",
            format!("{what}, without a reason"),
            "mend it, or take the line out and use `fragscope baseline accept FINGERPRINT --reason TEXT`",
        ),
    };
    FindingRow {
        severity: severity.to_owned(),
        message,
        remedy: remedy.to_owned(),
        state: state.to_owned(),
        ..entry_row(entry, FileRef { path, path_hex: None }, line)
    }
}

fn entry_row(entry: &Entry, file: FileRef, line: u32) -> FindingRow {
    FindingRow {
        rule: entry.rule.clone(),
        severity: "info".to_owned(),
        file,
        line,
        column: 1,
        symbol: entry.symbol.clone(),
        message: String::new(),
        remedy: String::new(),
        fingerprint: entry.fp.clone(),
        state: String::new(),
        related: Vec::new(),
    }
}

fn report<'r>(
    document: &'r CheckDocument,
    rules: &'r [(&'static str, &'static str, &'static str)],
    read: &'r dyn Fn(&str) -> Option<Vec<u8>>,
) -> Report<'r> {
    let CheckDocument { document, stale, added, against: _, known: _, moved: _ } = document;
    Report { rows: &document.rows, stale, added, tree: &document.tree, rules, read }
}

fn write_files(args: &CheckArgs, document: &CheckDocument, report: &Report) -> anyhow::Result<()> {
    let mut written: BTreeSet<&Path> = BTreeSet::new();
    for output in &args.output {
        let named = || format!("cannot write {}", output.path.display());
        ensure!(written.insert(&output.path), "`--output` names {} twice", output.path.display());
        let mut file = BufWriter::new(File::create(&output.path).with_context(named)?);
        match output.format {
            Format::Text => {
                anyhow::bail!("`--output text=…`: text is for the terminal; name another format")
            }
            Format::Json => json::write(&mut file, document).with_context(named)?,
            Format::OfFindings(format) => format.write(&mut file, report).with_context(named)?,
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
    let lenses = scanned.lenses(Scope::Production)?;
    let found = lenses.judge(snapshot, &scanned.config, |_| true)?.findings;
    Ok(Comparison::of(&snapshot.project, found, baseline, scanned.config.moves()))
}

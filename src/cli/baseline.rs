//! `fragscope baseline`: the list of known findings.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use tempfile::NamedTempFile;

use super::Verdict;
use super::args::{BaselineAction, BaselineArgs};
use super::check::{baseline_path, judged};
use super::desk::Desk;
use crate::engine::read_baseline;
use crate::gate::{Baseline, State, baseline_of, entry_of};
use crate::report::paint::{counted, grouped, plain};

pub fn run(args: &BaselineArgs, desk: &mut Desk) -> anyhow::Result<Verdict> {
    if let BaselineAction::Merge { base, ours, theirs } = &args.action {
        return merge(desk, base, ours, theirs);
    }
    let scanned = desk.scan(args.root.as_deref())?;
    let path = baseline_path(&scanned, args.baseline.as_deref()).context(
        "the built-in sample has no place for a baseline; name one with `--baseline FILE`",
    )?;
    let known = read_baseline(&path);
    let snapshot = &scanned.snapshot;
    let said = match &args.action {
        BaselineAction::Init { force } => {
            let is_there = !matches!(known, Ok(None));
            ensure!(
                *force || !is_there,
                "there is a baseline {} already; `fragscope baseline update` takes out what is gone, `--force` writes it anew",
                path.display()
            );
            let all = judged(&scanned, snapshot, &Baseline::default())?;
            let baseline = baseline_of(&snapshot.project, &all.judged);
            replace(&path, &baseline)?;
            format!("{} written to {}", counted(all.judged.len(), "finding"), path.display())
        }
        BaselineAction::Update => {
            let known = known?.with_context(|| missing(&path))?;
            let now = judged(&scanned, snapshot, &known)?;
            replace(&path, &now.updated)?;
            format!(
                "{} taken out, {} moved; {} new ones are not added",
                counted(now.stale.len(), "stale entry"),
                grouped(now.count(State::Moved)),
                grouped(now.count(State::New))
            )
        }
        BaselineAction::Accept { fingerprints, reason } => {
            ensure!(!reason.trim().is_empty(), "`--reason` is empty: say why they are accepted");
            let mut known = known?.unwrap_or_default();
            let now = judged(&scanned, snapshot, &known)?;
            for fingerprint in fingerprints {
                let of_it = now.judged.iter().filter(|one| one.fingerprint == *fingerprint);
                let all: Vec<_> = of_it.collect();
                let Some(first) = all.first() else {
                    bail!(
                        "no finding has the fingerprint `{fingerprint}`; `fragscope check --format json` has them"
                    );
                };
                let mut entry = entry_of(&snapshot.project, first, Some(reason.clone()));
                entry.n = all.len();
                known.entries.insert(fingerprint.clone(), entry);
            }
            replace(&path, &known)?;
            format!("{} accepted in {}", counted(fingerprints.len(), "finding"), path.display())
        }
        BaselineAction::Merge { .. } => unreachable!("merging needs no scan"),
    };
    desk.page(|sheet| sheet.line([plain(said)]))?;
    Ok(Verdict::Fine)
}

fn missing(path: &Path) -> String {
    format!("there is no baseline {}; `fragscope baseline init` writes one", path.display())
}

fn merge(desk: &mut Desk, base: &Path, ours: &Path, theirs: &Path) -> anyhow::Result<Verdict> {
    let read = |path: &Path| read_baseline(path)?.with_context(|| missing(path));
    // Branches that both began a baseline have none in common.
    let common = match read_baseline(base) {
        Ok(Some(baseline)) => baseline,
        _ => Baseline::default(),
    };
    let merged = Baseline::merge(&common, &read(ours)?, &read(theirs)?);
    replace(ours, &merged)?;
    let said = format!("{} in {}", counted(merged.entries.len(), "entry"), ours.display());
    desk.page(|sheet| sheet.line([plain(said)]))?;
    Ok(Verdict::Fine)
}

/// Written beside and renamed into place: a reader sees the old one or the new one, and never half of it.
fn replace(path: &Path, baseline: &Baseline) -> anyhow::Result<()> {
    let named = || format!("cannot write the baseline {}", path.display());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).with_context(named)?;
    file.write_all(baseline.write().as_bytes()).with_context(named)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // A temporary file is its owner's alone; a baseline is for everybody who reads the tree.
        let permissions = std::fs::metadata(path).map_or(0o644, |old| old.permissions().mode());
        file.as_file()
            .set_permissions(std::fs::Permissions::from_mode(permissions))
            .with_context(named)?;
    }
    file.persist(path).with_context(named)?;
    Ok(())
}

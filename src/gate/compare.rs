//! Findings against the baseline: which are new, which are known, which have moved, and what is stale.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use super::baseline::{Baseline, Entry};
use super::fingerprint::{content, fingerprint};
use crate::analysis::finding::Finding;
use crate::model::Project;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    New,
    /// It stands in the baseline under another path, whose file is gone.
    Moved,
    Known,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Moved => "moved",
            Self::Known => "known",
        }
    }
}

/// A finding, known by its fingerprint.
#[derive(Clone, Debug)]
pub struct Judged {
    pub finding: Finding,
    pub fingerprint: String,
    pub state: State,
}

/// Which findings that say the same elsewhere count as moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Moves {
    /// Those whose file is gone, or which are about what has another name now.
    #[default]
    Rename,
    /// All.
    Any,
    /// None: what stands elsewhere is new.
    Deny,
}

impl Moves {
    pub fn word(self) -> &'static str {
        match self {
            Self::Rename => "rename",
            Self::Any => "any",
            Self::Deny => "deny",
        }
    }
}

pub struct Comparison {
    /// In the order of the findings.
    pub judged: Vec<Judged>,
    /// What the baseline has more of than the tree.
    pub stale: Vec<Entry>,
    /// The baseline without what is stale, and with what has moved in its new place.
    pub updated: Baseline,
}

impl Comparison {
    pub fn of(
        project: &Project,
        findings: Vec<Finding>,
        baseline: &Baseline,
        moves: Moves,
    ) -> Self {
        let mut judged: Vec<Judged> = findings
            .into_iter()
            .map(|finding| Judged {
                fingerprint: fingerprint(project, &finding),
                finding,
                state: State::New,
            })
            .collect();
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, one) in judged.iter().enumerate() {
            groups.entry(one.fingerprint.clone()).or_default().push(at);
        }
        let mut updated = Baseline::default();
        let mut stale: Vec<Entry> = Vec::new();
        for (fp, entry) in &baseline.entries {
            let now = groups.get(fp).map_or(&[][..], Vec::as_slice);
            // More of them than are known: all of them are shown, nobody can say which one is new.
            if now.len() <= entry.n {
                for at in now {
                    judged[*at].state = State::Known;
                }
            }
            if !now.is_empty() {
                let n = now.len().min(entry.n);
                updated.entries.insert(fp.clone(), Entry { n, ..entry.clone() });
            }
            if now.len() < entry.n {
                stale.push(Entry { n: entry.n - now.len(), ..entry.clone() });
            }
        }
        let names = Names::of(project, moves);
        let stale = match_moves(project, &names, &mut judged, stale, &mut updated);
        Self { judged, stale, updated }
    }

    pub fn count(&self, state: State) -> usize {
        self.judged.iter().filter(|one| one.state == state).count()
    }
}

/// What the tree has, to tell what moved from what came and went.
pub struct Names<'p> {
    paths: BTreeSet<&'p str>,
    modules: BTreeSet<&'p str>,
    moves: Moves,
}

/// Where a finding stood, and what it is about.
type Spot<'s> = (&'s str, &'s str);

impl<'p> Names<'p> {
    pub fn of(project: &'p Project, moves: Moves) -> Self {
        Self {
            paths: project.files.iter().map(|file| &*file.path).collect(),
            modules: project.files.iter().map(|file| &*file.module).collect(),
            moves,
        }
    }

    /// Whether a finding that says the same has moved from the one spot to the other: its file is gone, or what it names has another
    /// name now.
    pub fn has_moved(&self, (path, symbol): Spot, (new_path, new_symbol): Spot) -> bool {
        match self.moves {
            Moves::Rename => {
                !self.paths.contains(path)
                    || (path == new_path && self.is_renamed(symbol, new_symbol))
            }
            Moves::Any => true,
            Moves::Deny => false,
        }
    }

    /// Whether two dotted names differ by a package or module of which only the new one is there.
    fn is_renamed(&self, old: &str, new: &str) -> bool {
        let (old, new): (Vec<&str>, Vec<&str>) =
            (old.split('.').collect(), new.split('.').collect());
        let alike = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new);
        let alike = alike.count();
        let (old, new) = (&old[..old.len() - alike], &new[..new.len() - alike]);
        !old.is_empty() && !new.is_empty() && !self.has(&old.join(".")) && self.has(&new.join("."))
    }

    /// Whether there is such a module, or one below it.
    fn has(&self, name: &str) -> bool {
        let below = format!("{name}.");
        let mut from = self.modules.range::<str, _>((Bound::Included(&*below), Bound::Unbounded));
        self.modules.contains(name) || from.next().is_some_and(|first| first.starts_with(&below))
    }
}

/// Pairs what is new with what is stale, one to one, where the finding says the same and has moved. Gives what is left.
fn match_moves(
    project: &Project,
    names: &Names,
    judged: &mut [Judged],
    stale: Vec<Entry>,
    updated: &mut Baseline,
) -> Vec<Entry> {
    let mut by_content: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, one) in judged.iter().enumerate().filter(|(_, one)| one.state == State::New) {
        by_content.entry(content(&one.finding)).or_default().push(at);
    }
    let mut left = Vec::new();
    for mut entry in stale {
        if let Some(open) = by_content.get_mut(&entry.content) {
            let mut others = Vec::new();
            for at in std::mem::take(open) {
                let finding = &judged[at].finding;
                let new = (&*project.file(finding.file).path, finding.symbol.as_str());
                if entry.n == 0 || !names.has_moved((&entry.path, &entry.symbol), new) {
                    others.push(at);
                    continue;
                }
                judged[at].state = State::Moved;
                entry.n -= 1;
                let moved = entry_of(project, &judged[at], entry.reason.clone());
                let known =
                    updated.entries.entry(moved.fp.clone()).or_insert(Entry { n: 0, ..moved });
                known.n += 1;
            }
            *open = others;
        }
        if entry.n > 0 {
            left.push(entry);
        }
    }
    left
}

/// The baseline's line for one finding.
pub fn entry_of(project: &Project, judged: &Judged, reason: Option<String>) -> Entry {
    let file = project.file(judged.finding.file);
    Entry {
        fp: judged.fingerprint.clone(),
        rule: judged.finding.rule.to_owned(),
        module: file.module.to_string(),
        symbol: judged.finding.symbol.clone(),
        path: file.path.to_string(),
        n: 1,
        content: content(&judged.finding),
        reason,
    }
}

/// A baseline of all that is found.
pub fn baseline_of(project: &Project, judged: &[Judged]) -> Baseline {
    let mut baseline = Baseline::default();
    for one in judged {
        let entry = entry_of(project, one, None);
        let known = baseline.entries.entry(entry.fp.clone()).or_insert(Entry { n: 0, ..entry });
        known.n += 1;
    }
    baseline
}

//! The baseline: findings that are known. One line each, sorted by fingerprint, so that two branches seldom touch the same line.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};

/// Where it is unless told otherwise, at the top of the tree.
pub const FILE: &str = "fragscope-baseline.jsonl";
/// A baseline larger than this is no list of findings.
pub const LARGEST: u64 = 256 << 20;

const FORMAT: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: u32,
    /// The recipe of the fingerprints.
    fp: String,
}

/// Findings of one fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub fp: String,
    pub rule: String,
    pub module: String,
    pub symbol: String,
    pub path: String,
    /// How many there are.
    pub n: usize,
    /// What stays the same when the file moves.
    pub content: String,
    /// Why it was accepted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

/// Known findings by fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    pub entries: BTreeMap<String, Entry>,
}

impl Baseline {
    /// Reads what [`Self::write`] wrote, also after a merge that put equal lines twice.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let conflict = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"];
        if let Some(at) =
            text.lines().position(|line| conflict.iter().any(|mark| line.starts_with(mark)))
        {
            bail!(
                "line {}: it holds a merge conflict; `fragscope baseline merge BASE OURS THEIRS` merges baselines without one",
                at + 1
            );
        }
        let mut lines = text.lines().enumerate();
        let (_, header) =
            lines.next().context("it is empty; `fragscope baseline init` writes one")?;
        let header: Header = serde_json::from_str(header).context("line 1: it is no baseline")?;
        ensure!(
            header.format == FORMAT && header.fp == super::fingerprint::RECIPE,
            "line 1: it is of another format ({}, {}); write it anew with `fragscope baseline init --force`",
            header.format,
            header.fp
        );
        let mut baseline = Self::default();
        for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let entry: Entry =
                serde_json::from_str(line).with_context(|| format!("line {}", at + 1))?;
            let known = baseline.entries.entry(entry.fp.clone()).or_insert_with(|| entry.clone());
            known.n = known.n.max(entry.n);
        }
        Ok(baseline)
    }

    pub fn write(&self) -> String {
        let header = Header { format: FORMAT, fp: super::fingerprint::RECIPE.to_owned() };
        let line = |value: String| value + "\n";
        let mut text = line(serde_json::to_string(&header).expect("a header is JSON"));
        for entry in self.entries.values() {
            writeln!(text, "{}", serde_json::to_string(entry).expect("an entry is JSON"))
                .expect("a string grows");
        }
        text
    }

    /// What this one knows more of than an earlier one, without what only moved from one entry to another.
    pub fn added_since(
        &self,
        before: &Self,
        has_moved: impl Fn(&Entry, &Entry) -> bool,
    ) -> Vec<Entry> {
        let number = |side: &Self, fp: &str| side.entries.get(fp).map_or(0, |entry| entry.n);
        let mut gone: BTreeMap<&str, Vec<(&Entry, usize)>> = BTreeMap::new();
        for entry in before.entries.values() {
            let left = entry.n.saturating_sub(number(self, &entry.fp));
            gone.entry(&entry.content).or_default().push((entry, left));
        }
        let mut added = Vec::new();
        for entry in self.entries.values() {
            let mut more = entry.n.saturating_sub(number(before, &entry.fp));
            for (old, left) in gone.get_mut(entry.content.as_str()).into_iter().flatten() {
                if *left > 0 && more > 0 && has_moved(old, entry) {
                    let taken = more.min(*left);
                    more -= taken;
                    *left -= taken;
                }
            }
            if more > 0 {
                added.push(Entry { n: more, ..entry.clone() });
            }
        }
        added
    }

    /// What both sides made of their common base: what either removed is gone, what either added is there.
    pub fn merge(base: &Self, ours: &Self, theirs: &Self) -> Self {
        let mut entries = BTreeMap::new();
        let all = base.entries.keys().chain(ours.entries.keys()).chain(theirs.entries.keys());
        for fp in all {
            let n = |side: &Self| side.entries.get(fp).map_or(0, |entry| entry.n);
            let (base_n, ours_n, theirs_n) = (n(base), n(ours), n(theirs));
            let merged = match (ours_n == base_n, theirs_n == base_n) {
                (true, _) => theirs_n,
                (_, true) => ours_n,
                // Both changed it: the lower number wins, numbers shall only fall.
                (false, false) => ours_n.min(theirs_n),
            };
            let entry = [ours, theirs, base].into_iter().find_map(|side| side.entries.get(fp));
            if let (1.., Some(entry)) = (merged, entry) {
                entries.insert(fp.clone(), Entry { n: merged, ..entry.clone() });
            }
        }
        Self { entries }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(fp: &str, n: usize) -> Entry {
        Entry {
            fp: fp.to_owned(),
            rule: "shim-module".to_owned(),
            module: "app.a".to_owned(),
            symbol: "app.a".to_owned(),
            path: "app/a.py".to_owned(),
            n,
            content: "c".to_owned(),
            reason: None,
        }
    }

    fn baseline(entries: &[(&str, usize)]) -> Baseline {
        let entries = entries.iter().map(|(fp, n)| ((*fp).to_owned(), entry(fp, *n)));
        Baseline { entries: entries.collect() }
    }

    #[test]
    fn what_is_written_is_read_back_and_sorted() {
        let known = baseline(&[("b", 2), ("a", 1)]);
        let text = known.write();
        assert_eq!(Baseline::parse(&text).unwrap(), known);
        assert!(text.find("\"a\"") < text.find("\"b\""));
        assert!(text.ends_with('\n'));
    }

    #[test]
    fn what_cannot_be_judged_by_is_told() {
        let said = |text: &str| Baseline::parse(text).unwrap_err().to_string();
        assert!(said("").contains("empty"));
        assert!(said("hello\n").contains("no baseline"));
        assert!(said("{\"format\":9,\"fp\":\"v1\"}\n").contains("another format"));
        let text = baseline(&[("a", 1)]).write();
        assert!(
            said(&text.replace("{\"fp\":\"a\"", "<<<<<<< ours\n{\"fp\":\"a\""))
                .contains("conflict")
        );
    }

    #[test]
    fn what_was_added_is_told_and_what_moved_is_not() {
        let before = baseline(&[("a", 1), ("b", 1)]);
        let now = baseline(&[("a", 3), ("c", 1)]);
        let added = |is_gone: bool| {
            let added = now.added_since(&before, |_, _| is_gone).into_iter();
            added.map(|entry| (entry.fp, entry.n)).collect::<Vec<_>>()
        };
        assert_eq!(added(false), [("a".to_owned(), 2), ("c".to_owned(), 1)]);
        // One of three has come from `b`, whose file is gone: the sum is what counts.
        assert_eq!(added(true).iter().map(|(_, n)| n).sum::<usize>(), 2);
        assert_eq!(now.added_since(&now, |_, _| true), []);
    }

    #[test]
    fn merging_keeps_what_was_added_and_drops_what_was_removed() {
        let base = baseline(&[("a", 1), ("b", 3), ("c", 1)]);
        let ours = baseline(&[("a", 1), ("b", 2), ("d", 1)]);
        let theirs = baseline(&[("b", 1), ("c", 1), ("e", 1)]);
        let merged = Baseline::merge(&base, &ours, &theirs);
        assert_eq!(merged, baseline(&[("b", 1), ("d", 1), ("e", 1)]));
        assert_eq!(merged, Baseline::merge(&base, &theirs, &ours));
    }
}

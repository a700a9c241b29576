//! Ignore rules: what `.gitignore`, `.ignore` and `.git/info/exclude` say of a path.
//!
//! The matching is that of the `ignore` crate, the reading is ours: its own walker opens whatever bears the name, hangs
//! on a pipe called `.gitignore` and fills the memory from a link to `/dev/zero`.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

use super::{
    read::{SMALL, read_regular, without_bom},
    tracked,
};

/// More rules in one file than any project writes; each costs memory and time.
const MAX_RULES: usize = 10_000;

/// The rules of a folder; those of the folders around it are reached through `around`.
#[derive(Default)]
pub struct Rules {
    around: Option<Arc<Self>>,
    ignore: Option<Gitignore>,
    gitignore: Option<Gitignore>,
    exclude: Option<Gitignore>,
    /// Git's rules end at the top of a work tree and do not count outside of one.
    is_work_tree: bool,
    in_work_tree: bool,
    /// Whether any of these, or of those around, has a rule.
    says_anything: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Ignored,
    /// A rule with `!` wants it, even if it is hidden.
    Wanted,
    Unmentioned,
}

/// Which of the files that hold rules a folder has.
#[derive(Default, Clone, Copy)]
pub struct Present {
    pub git: bool,
    pub gitignore: bool,
    pub ignore: bool,
}

impl Rules {
    /// The rules that reach into `root` from the folders around it, up to the top of its work tree.
    pub fn around(root: &Path, work_tree: Option<&Path>, errors: &mut Vec<String>) -> Arc<Self> {
        let mut rules = Arc::new(Self::default());
        let Some(top) = work_tree else { return rules };
        let mut folders: Vec<&Path> =
            root.ancestors().skip(1).take_while(|folder| folder.starts_with(top)).collect();
        folders.reverse();
        for folder in folders {
            let present = Present {
                git: folder == top,
                gitignore: folder.join(".gitignore").is_file(),
                ignore: folder.join(".ignore").is_file(),
            };
            rules = rules.enter(folder, present, errors);
        }
        rules
    }

    pub fn enter(
        self: &Arc<Self>,
        folder: &Path,
        present: Present,
        errors: &mut Vec<String>,
    ) -> Arc<Self> {
        let Present { git, gitignore, ignore } = present;
        if !(git || gitignore || ignore) {
            return Arc::clone(self);
        }
        let mut file = |name: &str| read_rules(folder, &folder.join(name), errors);
        let gitignore = if gitignore { file(".gitignore") } else { None };
        let ignore = if ignore { file(".ignore") } else { None };
        let exclude_file = if git { tracked::exclude_file(folder) } else { None };
        let exclude = exclude_file.and_then(|path| read_rules(folder, &path, errors));
        let has_own = ignore.is_some() || gitignore.is_some() || exclude.is_some();
        Arc::new(Self {
            around: Some(Arc::clone(self)),
            ignore,
            gitignore,
            exclude,
            is_work_tree: git,
            in_work_tree: git || self.in_work_tree,
            says_anything: has_own || self.says_anything,
        })
    }

    /// `path` is absolute and in the folder of these rules; it is only asked for where there are any.
    pub fn judge(&self, path: impl FnOnce() -> PathBuf, is_folder: bool) -> Verdict {
        if !self.says_anything {
            return Verdict::Unmentioned;
        }
        let path = path();
        let matched = |rules: Option<&Gitignore>| match rules
            .map_or(Match::None, |rules| rules.matched(&path, is_folder))
        {
            Match::None => Verdict::Unmentioned,
            Match::Ignore(_) => Verdict::Ignored,
            Match::Whitelist(_) => Verdict::Wanted,
        };
        let mut by_git = Verdict::Unmentioned;
        let mut git_counts = self.in_work_tree;
        let mut level = Some(self);
        while let Some(rules) = level {
            let verdict = matched(rules.ignore.as_ref());
            if verdict != Verdict::Unmentioned {
                return verdict;
            }
            if git_counts && by_git == Verdict::Unmentioned {
                by_git = matched(rules.gitignore.as_ref());
            }
            if git_counts && by_git == Verdict::Unmentioned {
                by_git = matched(rules.exclude.as_ref());
            }
            git_counts &= !rules.is_work_tree;
            level = rules.around.as_deref();
        }
        by_git
    }
}

/// Patterns in the manner of `.gitignore`, relative to the root of the tree.
pub fn globs(patterns: &[String]) -> anyhow::Result<Gitignore> {
    let mut builder = GitignoreBuilder::new("");
    for pattern in patterns {
        builder
            .add_line(None, pattern)
            .with_context(|| format!("cannot understand the pattern `{pattern}`"))?;
    }
    builder.build().context("cannot use the patterns together")
}

fn read_rules(folder: &Path, file: &Path, errors: &mut Vec<String>) -> Option<Gitignore> {
    let bytes = match read_regular(file, SMALL) {
        Ok(bytes) => bytes,
        Err(super::SkipReason::Vanished) => return None,
        Err(reason) => {
            errors.push(format!("{}: {reason}; its rules do not count", file.display()));
            return None;
        }
    };
    let text = without_bom(String::from_utf8_lossy(&bytes).into_owned());
    let mut builder = GitignoreBuilder::new(folder);
    for (index, line) in text.lines().enumerate() {
        if index == MAX_RULES {
            errors.push(format!("{}: only its first {MAX_RULES} lines count", file.display()));
            break;
        }
        if builder.add_line(None, line).is_err() {
            errors.push(format!(
                "{}: line {}: cannot understand this rule",
                file.display(),
                index + 1
            ));
        }
    }
    let rules = builder.build().ok();
    if rules.is_none() {
        errors.push(format!("{}: too much to match; its rules do not count", file.display()));
    }
    rules.filter(|rules| !rules.is_empty())
}

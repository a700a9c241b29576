//! How far a scan has come, told to whoever watches, and the wish to end it.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Asking the disk which files there are.
    Walk,
    /// Reading and parsing what is not in the cache.
    Read,
    /// Resolving every imported name.
    Link,
    /// Writing what is new to the cache.
    Save,
}

impl Stage {
    pub const ALL: [Self; 4] = [Self::Walk, Self::Read, Self::Link, Self::Save];

    pub fn word(self) -> &'static str {
        match self {
            Self::Walk => "walk",
            Self::Read => "read",
            Self::Link => "link",
            Self::Save => "save",
        }
    }
}

/// Shared between the scan and its watchers; cheap to look at.
#[derive(Debug, Default)]
pub struct Progress {
    stage: AtomicU8,
    done: AtomicUsize,
    total: AtomicUsize,
    cancelled: AtomicBool,
    /// Class names at module level, by the files of production code that were read so far and have them; only kept for
    /// who wants to look at them before the scan is over.
    classes: Option<Mutex<FxHashMap<Box<str>, usize>>>,
}

impl Progress {
    /// A progress that can also tell which class names stand out so far.
    pub fn with_glimpse() -> Self {
        Self { classes: Some(Mutex::default()), ..Self::default() }
    }

    /// Class names that more than one file of production code has so far; most files first.
    pub fn glimpse(&self) -> Vec<(String, usize)> {
        let Some(classes) = &self.classes else { return Vec::new() };
        let classes = classes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut names: Vec<(String, usize)> = classes
            .iter()
            .filter(|(_, files)| **files > 1)
            .map(|(name, files)| (name.to_string(), *files))
            .collect();
        names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        names
    }

    /// Takes note of the classes of one file, each name once.
    pub(super) fn see(&self, names: &[&str]) {
        let Some(classes) = &self.classes else { return };
        let mut classes = classes.lock().unwrap_or_else(PoisonError::into_inner);
        for name in names {
            *classes.entry((*name).into()).or_default() += 1;
        }
    }

    pub(super) fn wants_glimpse(&self) -> bool {
        self.classes.is_some()
    }

    /// The stage, and how many of its files are done.
    pub fn now(&self) -> (Stage, usize, usize) {
        let stage = Stage::ALL[usize::from(self.stage.load(Ordering::Relaxed))];
        (stage, self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    /// Asks the scan to end soon; it then fails with [`Cancelled`].
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(super) fn enter(&self, stage: Stage, total: usize) -> Result<(), Cancelled> {
        let index =
            Stage::ALL.iter().position(|other| *other == stage).expect("all stages are listed");
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        self.stage.store(index as u8, Ordering::Relaxed);
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }

    pub(super) fn advance(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

/// The scan was asked to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

impl fmt::Display for Cancelled {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the scan was cancelled")
    }
}

impl std::error::Error for Cancelled {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glimpse_shows_names_of_several_files_most_first() {
        let progress = Progress::with_glimpse();
        for names in [&["A", "B"][..], &["B", "C"], &["B", "A"]] {
            progress.see(names);
        }
        let glimpse = progress.glimpse();
        assert_eq!(glimpse, [("B".to_owned(), 3), ("A".to_owned(), 2)]);
        assert!(Progress::default().glimpse().is_empty());
    }
}

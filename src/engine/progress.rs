//! How far a scan has come, told to whoever watches, and the wish to end it.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::analysis::Scope;
use crate::analysis::glimpse::{Glimpse, Sighting};
use crate::facts::Facts;
use crate::source::FileKind;

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
    /// What was read so far; only kept for who wants to look at it before the scan is over.
    glimpse: Option<SoFar>,
}

#[derive(Debug)]
struct SoFar {
    /// What nobody has looked at yet. Readers add to it, and have to wait for no more than that.
    unseen: Mutex<Vec<(FileKind, Facts)>>,
    seen: Mutex<Glimpse>,
}

impl Progress {
    /// A progress that can also tell which class names stand out so far in the code that counts.
    pub fn with_glimpse(scope: Scope) -> Self {
        let so_far = SoFar { unseen: Mutex::default(), seen: Mutex::new(Glimpse::new(scope)) };
        Self { glimpse: Some(so_far), ..Self::default() }
    }

    /// What stands out so far, the worst first. It takes its time: no work for who keeps a screen alive.
    pub fn glimpse(&self) -> Vec<Sighting> {
        let Some(so_far) = &self.glimpse else { return Vec::new() };
        let mut seen = so_far.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let unseen = {
            let mut unseen = so_far.unseen.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *unseen)
        };
        for (kind, facts) in &unseen {
            seen.add(*kind, facts);
        }
        seen.ranked()
    }

    /// Takes note of a file that was read.
    pub(super) fn see(&self, kind: FileKind, facts: &Facts) {
        if let Some(so_far) = &self.glimpse {
            let mut unseen = so_far.unseen.lock().unwrap_or_else(PoisonError::into_inner);
            unseen.push((kind, facts.clone()));
        }
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
    use crate::facts;
    use crate::source::Language;

    #[test]
    fn a_glimpse_shows_what_was_read_since_and_before() {
        let facts = |text: &str| facts::extract(text.as_bytes(), Language::Python);
        let progress = Progress::with_glimpse(Scope::Production);
        progress.see(FileKind::Production, &facts("class A: ...\nclass B: ...\n"));
        assert!(progress.glimpse().is_empty());
        progress.see(FileKind::Production, &facts("class B: ...\n"));
        progress.see(FileKind::Test, &facts("class A: ...\n"));
        let names: Vec<String> = progress.glimpse().into_iter().map(|seen| seen.name).collect();
        assert_eq!(names, ["B"]);
        assert!(Progress::default().glimpse().is_empty());
    }
}

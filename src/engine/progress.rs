//! How far a scan has come, told to whoever watches, and the wish to end it.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};

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
}

impl Progress {
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

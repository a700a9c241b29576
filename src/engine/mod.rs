//! The one door: a folder in, an immutable snapshot out. Commands and explorer both come through here.

pub mod cache;
mod coverage;
mod judge;
mod lenses;
mod progress;
mod ranking;
mod scan;
pub mod state;

pub use coverage::Coverage;
pub use judge::{OF_CONTRACTS, found, read_baseline};
pub use lenses::{Lenses, Look};
pub use progress::{Cancelled, Progress, Stage};
pub use ranking::Ranking;
pub use scan::{CacheUse, Options, Snapshot, Unread, scan, scan_demo, scan_revision, scan_tree};

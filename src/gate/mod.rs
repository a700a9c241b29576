//! The gate: which findings are the same as before, and which are new.

pub mod baseline;
mod compare;
mod fingerprint;

pub use baseline::Baseline;
pub use compare::{Comparison, Judged, Moves, Names, State, baseline_of, entry_of};
pub use fingerprint::fingerprint;

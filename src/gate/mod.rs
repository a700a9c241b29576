//! The gate: which findings are the same as before, and which are new.

mod fingerprint;

pub use fingerprint::fingerprint;

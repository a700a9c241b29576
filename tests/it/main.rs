//! Tests of the program as people run it, and of its own structure, in one binary.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "clippy exempts test functions, but not the helpers of an integration test"
)]

mod against;
mod architecture;
mod cli;
mod explorer;
mod fixtures;
mod formats;
mod gate;
#[cfg(unix)]
mod hostile;
mod lenses;
mod oracle;
mod program;
mod property;
mod rules;
#[cfg(target_os = "linux")]
mod terminal;

//! Tests of the program as people run it, and of its own structure, in one binary.

mod architecture;
mod cli;
mod fixtures;
#[cfg(unix)]
mod hostile;
mod oracle;
mod program;

//! Tests of the program as people run it.

mod fixtures;
#[cfg(unix)]
mod hostile;
mod program;

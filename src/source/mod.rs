//! The disk: which files there are, what bytes they hold, what text those bytes are. Only this room reads Python files.

pub mod text;

//! fragscope: an explorer for architecture fragmentation in Python codebases.
//!
//! ARCHITECTURE.md draws the map; the rooms below stand in the order of its ladder, and each uses only those above it.

pub mod memory;

pub mod source;

pub mod facts;

pub mod model;

pub mod analysis;

pub mod gate;

pub mod report;

pub mod config;

pub mod engine;

pub mod tui;

pub mod cli;

//! What is measured on the project: plain functions from a project to rows.

pub mod cycles;

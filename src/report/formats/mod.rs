//! Findings for other programs: one file a format.

mod concise;
mod csv;
mod github;
mod gitlab;
mod junit;
mod markdown;
mod sarif;

use std::io::{self, Write};

use super::wire::{FindingRow, Tree};

/// What every format is made from.
pub struct Report<'r> {
    pub rows: &'r [FindingRow],
    /// Entries of the baseline that nothing corresponds to.
    pub stale: &'r [FindingRow],
    pub tree: &'r Tree,
    /// Every rule: id, summary, explanation.
    pub rules: &'r [(&'static str, &'static str, &'static str)],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingFormat {
    Concise,
    JsonLines,
    Sarif,
    Junit,
    Github,
    Gitlab,
    Markdown,
    Csv,
}

impl FindingFormat {
    pub fn write(self, out: &mut dyn Write, report: &Report) -> io::Result<()> {
        match self {
            Self::Concise => concise::write(out, report),
            Self::JsonLines => json_lines(out, report),
            Self::Sarif => super::json::write(out, &sarif::document(report)),
            Self::Junit => junit::write(out, report),
            Self::Github => github::write(out, report),
            Self::Gitlab => super::json::write(out, &gitlab::document(report)),
            Self::Markdown => markdown::write(out, report),
            Self::Csv => csv::write(out, report),
        }
    }
}

fn json_lines(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    for row in report.rows.iter().chain(report.stale) {
        super::json::write_line(out, row)?;
    }
    Ok(())
}

/// Findings that count against the gate.
fn new<'r>(report: &Report<'r>) -> impl Iterator<Item = &'r FindingRow> {
    report.rows.iter().filter(|row| row.state == "new")
}

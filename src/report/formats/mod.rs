//! Findings for other programs: one file a format.

mod concise;
mod csv;
mod github;
mod gitlab;
mod junit;
mod line_hashes;
mod markdown;
mod sarif;

use std::io::{self, Write};

use super::wire::{FindingRow, Tree};

/// What every format is made from.
pub struct Report<'r> {
    pub rows: &'r [FindingRow],
    /// What is known and no longer found.
    pub stale: &'r [FindingRow],
    /// What was added to the baseline.
    pub added: &'r [FindingRow],
    pub tree: &'r Tree,
    /// Every rule: id, summary, explanation.
    pub rules: &'r [(&'static str, &'static str, &'static str)],
    /// The bytes of a file of the tree.
    pub read: &'r dyn Fn(&str) -> Option<Vec<u8>>,
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
    pub const ALL: &[Self] = &[
        Self::Concise,
        Self::JsonLines,
        Self::Sarif,
        Self::Junit,
        Self::Github,
        Self::Gitlab,
        Self::Markdown,
        Self::Csv,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::Concise => "concise",
            Self::JsonLines => "json-lines",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Markdown => "markdown",
            Self::Csv => "csv",
        }
    }

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
    for row in every(report) {
        super::json::write_line(out, row)?;
    }
    Ok(())
}

/// All there is to tell.
fn every<'r>(report: &Report<'r>) -> impl Iterator<Item = &'r FindingRow> {
    report.rows.iter().chain(report.added).chain(report.stale)
}

/// What counts against the gate.
fn failing<'r>(report: &Report<'r>) -> impl Iterator<Item = &'r FindingRow> {
    report.rows.iter().chain(report.added).filter(|row| fails(row))
}

fn fails(row: &FindingRow) -> bool {
    matches!(row.state.as_str(), "new" | "added")
}

//! Findings that somebody allowed, with a reason: `# fragscope: allow[rule] reason`, or `allow-file[rule] reason`.

use super::detectors::{rule, unused_suppression};
use super::finding::Finding;
use crate::facts::rows::{Directive, DirectiveKind, Pos};
use crate::model::{FileId, Project};

/// A comment that allows something.
struct Allowance<'p> {
    file: FileId,
    directive: &'p Directive,
    rules: Vec<&'p str>,
    reason: &'p str,
    whole_file: bool,
    used: bool,
}

/// What is left of the findings, and what was allowed, each with the reason. Comments that allow nothing, or cannot be
/// understood, are findings of their own.
pub struct Sifted {
    pub findings: Vec<Finding>,
    pub allowed: Vec<(Finding, String)>,
}

pub fn sift(project: &Project, found: Vec<Finding>) -> Sifted {
    let (mut allowances, mut findings) = allowances(project);
    let mut allowed = Vec::new();
    for finding in found {
        let allowance = allowances.iter_mut().find(|allowance| allowance.covers(project, &finding));
        match allowance {
            Some(allowance) => {
                allowance.used = true;
                allowed.push((finding, allowance.reason.to_owned()));
            }
            None => findings.push(finding),
        }
    }
    for unused in allowances.iter().filter(|allowance| !allowance.used) {
        let rules = unused.rules.join(", ");
        findings.push(problem(
            unused.file,
            unused.directive,
            &format!("nothing of `{rules}` is found here"),
            "remove the comment",
        ));
    }
    findings.sort_by(|a, b| {
        (a.file, a.at, a.rule, &a.symbol, &a.key).cmp(&(b.file, b.at, b.rule, &b.symbol, &b.key))
    });
    Sifted { findings, allowed }
}

fn problem(file: FileId, directive: &Directive, message: &str, remedy: &str) -> Finding {
    Finding::new(&unused_suppression::RULE, file, directive.at, "fragscope: allow")
        .message(message)
        .remedy(remedy)
        .key([message.to_owned()])
}

fn allowances(project: &Project) -> (Vec<Allowance<'_>>, Vec<Finding>) {
    let (mut allowances, mut problems) = (Vec::new(), Vec::new());
    for file in project.ids() {
        let facts = &project.file(file).facts;
        let ours = |row: &&Directive| row.kind() == DirectiveKind::Fragscope;
        for directive in facts.directives().iter().filter(ours) {
            match parse(facts.text(directive.text)) {
                Ok((rules, reason, whole_file)) => allowances.push(Allowance {
                    file,
                    directive,
                    rules,
                    reason,
                    whole_file,
                    used: false,
                }),
                Err(message) => problems.push(problem(
                    file,
                    directive,
                    &message,
                    "write `# fragscope: allow[rule] reason`, or `allow-file[rule] reason` for the whole file",
                )),
            }
        }
    }
    (allowances, problems)
}

/// `allow[a, b] because of this`
fn parse(text: &str) -> Result<(Vec<&str>, &str, bool), String> {
    let rest = text.strip_prefix("allow").ok_or_else(|| format!("`{text}` is no directive"))?;
    let (rest, whole_file) = match rest.strip_prefix("-file") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let inside = rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (rules, reason) =
        inside.ok_or_else(|| "it does not say which rule is allowed".to_owned())?;
    let rules: Vec<&str> = rules.split(',').map(str::trim).collect();
    if let Some(unknown) = rules.iter().find(|id| rule(id).is_none()) {
        return Err(format!("there is no rule `{unknown}`"));
    }
    let reason = reason.trim_start_matches([':', '-', ' ']).trim();
    if reason.is_empty() {
        return Err("it gives no reason".to_owned());
    }
    Ok((rules, reason, whole_file))
}

impl Allowance<'_> {
    fn covers(&self, project: &Project, finding: &Finding) -> bool {
        if self.file != finding.file || !self.rules.contains(&finding.rule) {
            return false;
        }
        let line = self.directive.at.line;
        self.whole_file
            || (self.directive.own_line == 1
                && is_of_the_file(project, finding)
                && is_in_the_head(project, self.file, line))
            || lines_of(project, finding).iter().any(|of_finding| {
                *of_finding == line
                    || (self.directive.own_line == 1
                        && *of_finding == below(project, self.file, line))
            })
    }
}

/// Whether a finding is about the file as a whole; it stands at the top, whatever comes before the first statement.
fn is_of_the_file(project: &Project, finding: &Finding) -> bool {
    let file = project.file(finding.file);
    finding.at == Pos::TOP && (*finding.symbol == *file.module || *finding.symbol == *file.path)
}

/// Whether no import and no definition stands above a line.
fn is_in_the_head(project: &Project, file: FileId, line: u32) -> bool {
    let facts = &project.file(file).facts;
    facts.imports().iter().all(|import| import.line > line)
        && facts.definitions().iter().all(|definition| definition.first_line > line)
}

/// The first line below a comment that is no such comment itself.
fn below(project: &Project, file: FileId, line: u32) -> u32 {
    let directives = project.file(file).facts.directives();
    let is_directive =
        |line: u32| directives.iter().any(|other| other.own_line == 1 && other.at.line == line);
    let last = line.saturating_add(directives.len() as u32 + 1);
    (line + 1..=last).find(|line| !is_directive(*line)).unwrap_or(line)
}

/// The line of a finding, and that on which its statement begins, decorators counted.
fn lines_of(project: &Project, finding: &Finding) -> Vec<u32> {
    let facts = &project.file(finding.file).facts;
    let imports = facts.imports().iter().filter(|import| import.at == finding.at);
    let definitions = facts.definitions().iter().filter(|row| row.at == finding.at);
    let begins = imports.map(|import| import.line).chain(definitions.map(|row| row.first_line));
    let mut lines: Vec<u32> = begins.collect();
    lines.push(finding.at.line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowance_names_rules_and_gives_a_reason() {
        assert_eq!(
            parse("allow[duplicate-class, shim-module] until the move is over"),
            Ok((vec!["duplicate-class", "shim-module"], "until the move is over", false))
        );
        assert_eq!(
            parse("allow-file[shim-module]: kept for plug-ins"),
            Ok((vec!["shim-module"], "kept for plug-ins", true))
        );
        assert!(parse("allow[shim-module]").unwrap_err().contains("no reason"));
        assert!(parse("allow[shim] x").unwrap_err().contains("no rule `shim`"));
        assert!(parse("allow shim-module").unwrap_err().contains("which rule"));
        assert!(parse("ignore").unwrap_err().contains("no directive"));
    }
}

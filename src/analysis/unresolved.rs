//! What does not resolve, why, and what was probably meant.

use rayon::prelude::*;

use super::hints::Hints;
use crate::facts::rows::{DynamicKind, Pos, Row, StringForm};
use crate::model::{End, FileId, Outcome, Project, Resolver, Why};

/// One name that could not be followed to a definition.
#[derive(Clone, Debug)]
pub struct Unresolved {
    pub file: FileId,
    pub at: Pos,
    pub scope: Row,
    /// The module as written, made absolute; a string as written; of an open site its expression.
    pub target: String,
    /// The imported name, or the part of a string that is not there; none for `import a.b`.
    pub name: Option<String>,
    /// Of a string, how it names its target; none for an import statement and an open site.
    pub form: Option<StringForm>,
    pub outcome: Outcome,
    pub reason: String,
    /// The name or module that was probably meant; for what is outside the roots, the root that would reach it.
    pub hint: Option<String>,
}

/// All imported names that are missing, unresolved, outside the roots or dynamic; strings that name a module or a mock's
/// target under our packages and miss it; and the open dynamic sites. In the order of paths and lines.
pub fn unresolved(project: &Project) -> Vec<Unresolved> {
    let hints = Hints::new(project);
    let files: Vec<FileId> = project.ids().collect();
    files
        .into_par_iter()
        .flat_map_iter(|file| {
            let mut rows = imports(project, &hints, file);
            rows.extend(strings(project, &hints, file));
            rows.extend(open_sites(project, file));
            rows.sort_by(|a, b| (a.at, &a.target).cmp(&(b.at, &b.target)));
            rows
        })
        .collect()
}

fn imports(project: &Project, hints: &Hints, file: FileId) -> Vec<Unresolved> {
    let facts = &project.file(file).facts;
    let mut rows = Vec::new();
    for (import, link) in facts.imports().iter().zip(project.links(file)) {
        if matches!(link.outcome, Outcome::Definition | Outcome::Module | Outcome::External) {
            continue;
        }
        let module = project.written_module(file, import);
        let imported = facts.text(import.name);
        let (reason, hint) =
            explain(project, hints, file, link.end, &module, imported, import.level);
        let name = (!import.name.is_none()).then(|| imported.to_owned());
        rows.push(Unresolved {
            file,
            at: import.at,
            scope: import.scope,
            target: module,
            name,
            form: None,
            outcome: link.outcome,
            reason,
            hint,
        });
    }
    rows
}

fn explain(
    project: &Project,
    hints: &Hints,
    file: FileId,
    end: End,
    module: &str,
    name: &str,
    level: u32,
) -> (String, Option<String>) {
    match end {
        End::Missing => (
            "not in this tree, not in the standard library, not installed or declared".to_owned(),
            None,
        ),
        End::OutsideRoots => {
            let homes = project.outside_homes(file, module);
            let places: Vec<&str> =
                homes.iter().map(|home| if home.is_empty() { "." } else { *home }).collect();
            let hint = places.join(", ");
            ("it stands in the tree, where this file's roots do not reach".to_owned(), Some(hint))
        }
        End::Dynamic => (format!("`{module}` makes names as it runs, or could not be read"), None),
        End::Unresolved(Why::BeyondTop) => {
            let dots = ".".repeat(level as usize);
            (format!("`{dots}` leads above the outermost package"), None)
        }
        End::Unresolved(Why::Cycle) => {
            (format!("modules re-export `{name}` from each other in a cycle"), None)
        }
        End::Unresolved(Why::NoModule) => {
            (format!("there is no module `{module}`"), hints.module(module))
        }
        End::Unresolved(Why::NoName) => {
            let is_recovered = project
                .modules_named(module)
                .iter()
                .any(|file| !project.file(*file).facts.errors().is_empty());
            let reason = if is_recovered {
                format!("`{module}` has no `{name}`; it has syntax errors")
            } else {
                format!("`{module}` has no `{name}`")
            };
            (reason, hints.name(module, name))
        }
        End::Definition(..) | End::Value(..) | End::Place(_) | End::External | End::Native => {
            (String::new(), None)
        }
    }
}

/// Strings that must name something, and name nothing although they start in one of our packages.
fn strings(project: &Project, hints: &Hints, file: FileId) -> Vec<Unresolved> {
    let facts = &project.file(file).facts;
    let mut resolver = Resolver::new(project);
    let mut rows = Vec::new();
    for string in facts.strings() {
        if matches!(string.form(), StringForm::Dotted | StringForm::PatchObject | StringForm::Lazy)
        {
            continue;
        }
        let target = facts.text(string.target);
        let mut steps = Vec::new();
        resolver.string(file, string, &mut |step| steps.push(step));
        let Some(miss) = steps.iter().find(|step| matches!(step.reached.end, End::Unresolved(_)))
        else {
            continue;
        };
        let same_length =
            steps.iter().any(|step| step.segments == miss.segments && step.reached.end.is_ours());
        if same_length {
            continue;
        }
        let parts: Vec<&str> = target.trim_start_matches('.').split(['.', ':']).collect();
        let module = parts[..miss.segments.saturating_sub(1).min(parts.len())].join(".");
        let name = parts.get(miss.segments.saturating_sub(1)).copied().unwrap_or_default();
        let (reason, hint) = explain(project, hints, file, miss.reached.end, &module, name, 0);
        rows.push(Unresolved {
            file,
            at: string.at,
            scope: string.scope,
            target: target.to_owned(),
            name: Some(name.to_owned()),
            form: Some(string.form()),
            outcome: Outcome::Unresolved,
            reason: format!("{} names it in a string: {reason}", string.form().word()),
            hint,
        });
    }
    rows
}

fn open_sites(project: &Project, file: FileId) -> Vec<Unresolved> {
    let facts = &project.file(file).facts;
    let row = |dynamic: &crate::facts::rows::Dynamic| {
        let text = facts.text(dynamic.text);
        let reason = match dynamic.kind() {
            DynamicKind::ImportModule | DynamicKind::DunderImport => {
                "imports a name that only running the code tells"
            }
            DynamicKind::Exec => "runs text that is not constant",
            DynamicKind::Patch => "patches a target that is not constant",
            DynamicKind::SysPath => "adds a folder to sys.path that is not constant",
            // They only open the module to names that others ask for; who asks gets a row.
            DynamicKind::GetAttr | DynamicKind::Globals | DynamicKind::All => return None,
        };
        Some(Unresolved {
            file,
            at: dynamic.at,
            scope: dynamic.scope,
            target: text.to_owned(),
            name: None,
            form: None,
            outcome: Outcome::Dynamic,
            reason: reason.to_owned(),
            hint: None,
        })
    };
    facts.dynamics().iter().filter_map(row).collect()
}

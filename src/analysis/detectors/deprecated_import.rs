//! `deprecated-import`: a use of what the tree or the configuration says should no longer be used.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{deprecation, record};
use crate::analysis::Place;
use crate::analysis::finding::{Finding, Ground, Severity};
use crate::facts::rows::{BindingKind, DefinitionKind, NO_ROW, Row, ScopeKind, StringForm, flag};
use crate::model::{End, FileId, Form, Place as Module, Project, Reached, Site, Wanted};

record!(
    "deprecated-import",
    Warning,
    "code uses what is marked as deprecated",
    in_tests: false,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    let marks = Marks::of(ground);
    if marks.all.is_empty() {
        return Vec::new();
    }
    let files = ground.files().into_par_iter();
    files.flat_map_iter(|file| in_file(ground, &marks, file)).collect()
}

/// Something that should no longer be used.
struct Mark {
    /// Its dotted name.
    symbol: String,
    evidence: String,
    remedy: String,
    severity: Severity,
    /// Only the name of its module says so: who does not write that name is not told.
    by_name: bool,
}

#[derive(Default)]
struct Marks {
    all: Vec<Mark>,
    definitions: BTreeMap<Place, usize>,
    modules: BTreeMap<FileId, usize>,
    /// Declared paths that are not the own names of what they lead to, and those that lead nowhere any more.
    paths: Vec<(String, Option<End>, usize)>,
}

const GENERAL: &str = "use what has replaced it, or take the mark away if it is still needed";

impl Marks {
    fn of(ground: &Ground) -> Self {
        let mut marks = Self::default();
        marks.declared(ground);
        marks.evident(ground);
        marks
    }

    fn add(&mut self, mark: Mark) -> usize {
        self.all.push(mark);
        self.all.len() - 1
    }

    fn declared(&mut self, ground: &Ground) {
        let project = ground.project;
        for concept in &ground.declared.concepts {
            let home = concept.canonical.first();
            let remedy = home.map_or(GENERAL.to_owned(), |(file, row)| {
                format!("use `{}`", project.definition_name(*file, *row))
            });
            for path in &concept.deprecated {
                let at = self.add(Mark {
                    symbol: path.clone(),
                    evidence: format!("the concept `{}` declares it", concept.name),
                    remedy: remedy.clone(),
                    severity: Severity::Warning,
                    by_name: false,
                });
                let ends = project.find(path);
                if ends.is_empty() {
                    self.paths.push((path.clone(), None, at));
                }
                for end in ends {
                    let is_own_name = project.end_name(end).as_ref() == Some(path);
                    match end {
                        End::Definition(file, row) if is_own_name => {
                            self.definitions.insert((file, row), at);
                        }
                        End::Place(Module::Module(file)) => self.whole_module(project, file, at),
                        _ => self.paths.push((path.clone(), Some(end), at)),
                    }
                }
            }
        }
    }

    /// A module, and of a package all that is below it.
    fn whole_module(&mut self, project: &Project, file: FileId, at: usize) {
        self.modules.entry(file).or_insert(at);
        if let Some(folder) = project.file(file).path.strip_suffix("__init__.py") {
            let below = |other: &FileId| project.file(*other).path.starts_with(folder);
            for other in project.ids().filter(below) {
                self.modules.entry(other).or_insert(at);
            }
        }
    }

    fn evident(&mut self, ground: &Ground) {
        let project = ground.project;
        let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
        for file in ground.files() {
            if let Some(evidence) = deprecation::of_module(project, file) {
                let symbol = project.file(file).module.to_string();
                let severity = Severity::Warning;
                let remedy = GENERAL.to_owned();
                let at = self.add(Mark { symbol, evidence, remedy, severity, by_name: false });
                // A package that warns is left for its own modules: those are not old.
                self.modules.entry(file).or_insert(at);
            } else if let Some(old) = deprecation::old_part(&project.file(file).module)
                && !marks_others(project, file)
            {
                let at = *by_name.entry(old).or_insert_with(|| {
                    self.all.push(Mark {
                        symbol: old.to_owned(),
                        evidence: "its name says so".to_owned(),
                        remedy: GENERAL.to_owned(),
                        severity: Severity::Info,
                        by_name: true,
                    });
                    self.all.len() - 1
                });
                self.modules.entry(file).or_insert(at);
            }
            let facts = &project.file(file).facts;
            for (row, definition) in facts.definitions().iter().enumerate() {
                let row = row as Row;
                let counts = definition.is(flag::DEPRECATED)
                    && (definition.parent == NO_ROW || definition.kind() == DefinitionKind::Class);
                if !counts || self.definitions.contains_key(&(file, row)) {
                    continue;
                }
                if let Some(evidence) = deprecation::of_definition(project, (file, row)) {
                    let symbol = project.definition_name(file, row);
                    let severity = Severity::Warning;
                    let remedy = GENERAL.to_owned();
                    let at = self.add(Mark { symbol, evidence, remedy, severity, by_name: false });
                    self.definitions.insert((file, row), at);
                }
            }
        }
    }

    fn touches(&self, reached: &Reached) -> bool {
        let by_end = match reached.end {
            End::Definition(file, row) => {
                self.definitions.contains_key(&(file, row)) || self.modules.contains_key(&file)
            }
            End::Value(file, _) | End::Place(Module::Module(file)) => {
                self.modules.contains_key(&file)
            }
            End::Unresolved(_) => self.paths.iter().any(|(_, end, _)| end.is_none()),
            _ => false,
        };
        by_end
            || self.paths.iter().any(|(_, end, _)| *end == Some(reached.end))
            || reached.trail.iter().any(|hop| self.modules.contains_key(&hop.file))
    }

    fn of_site(&self, site: &Site) -> Option<&Mark> {
        let is_at = |path: &str| {
            let rest = site.path.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let by_path = self.paths.iter().find(|(path, ..)| is_at(path)).map(|(_, _, at)| *at);
        let by_end = match site.end {
            End::Definition(file, row) => {
                self.definitions.get(&(file, row)).or_else(|| self.modules.get(&file))
            }
            End::Value(file, _) | End::Place(Module::Module(file)) => self.modules.get(&file),
            _ => None,
        };
        let by_trail = || site.trail.iter().find_map(|hop| self.modules.get(&hop.file));
        let at = by_path.or(by_end.copied()).or_else(|| by_trail().copied())?;
        // What a package passes on from its old module is what it offers still.
        self.all.get(at).filter(|mark| !mark.by_name || is_at(&mark.symbol))
    }
}

fn in_file(ground: &Ground, marks: &Marks, file: FileId) -> Vec<Finding> {
    let project = ground.project;
    // What is old itself may use what is old.
    if marks.modules.contains_key(&file) {
        return Vec::new();
    }
    let leads_there = |reached: &Reached| marks.touches(reached);
    let wanted = Wanted { reached: &leads_there, stars: false, references: false };
    let mut told: BTreeMap<&str, (&Mark, Vec<&Site>)> = BTreeMap::new();
    let sites = project.sites(file, &wanted);
    for (at, site) in sites.iter().enumerate() {
        // `from a import b` reaches the module and then the name: the name says more.
        let says_less = sites.get(at + 1).is_some_and(|next| {
            next.at == site.at
                && next.path.len() > site.path.len()
                && next.path.starts_with(&site.path)
        });
        let Some(mark) = marks.of_site(site).filter(|_| !says_less) else { continue };
        if counts(ground, marks, site) {
            told.entry(&mark.symbol).or_insert((mark, Vec::new())).1.push(site);
        }
    }
    told.into_values().map(|(mark, sites)| finding(project, mark, &sites)).collect()
}

/// Whether a module has what others are marked with: `utils/deprecated.py` with its decorators and warnings.
fn marks_others(project: &Project, file: FileId) -> bool {
    let facts = &project.file(file).facts;
    let warns = facts.imports().iter().any(|import| facts.text(import.module) == "warnings");
    let names = facts.module_bindings().map(|binding| facts.text(binding.name));
    warns || names.into_iter().any(|name| name.starts_with("deprecat"))
}

/// A finding lists no more uses than this.
const MOST_USES: usize = 20;

/// One finding for all that a file does with one old thing.
fn finding(project: &Project, mark: &Mark, sites: &[&Site]) -> Finding {
    let first = sites[0];
    let by = |site: &Site| {
        let is_itself =
            site.path == mark.symbol || mark.symbol.ends_with(&format!(".{}", site.path));
        (!is_itself).then(|| format!("`{}`", site.path))
    };
    let here = by(first).map_or(String::new(), |path| format!(", reached here as {path}"));
    let mut finding = Finding::new(&RULE, first.file, first.at, mark.symbol.clone())
        .severity(mark.severity)
        .message(format!("`{}` is deprecated: {}{here}", mark.symbol, mark.evidence))
        .remedy(mark.remedy.clone())
        .key([mark.symbol.clone()]);
    if let End::Definition(home, row) = first.end
        && let Some(old) = project.file(home).facts.definition(row)
    {
        finding = finding.related(home, old.at, "what is deprecated");
    }
    for site in sites.iter().skip(1).take(MOST_USES) {
        let what = by(site).map_or("used here too".to_owned(), |path| format!("{path} here too"));
        finding = finding.related(site.file, site.at, what);
    }
    finding
}

/// Whether a site uses the old thing, rather than passing it on or being old itself.
fn counts(ground: &Ground, marks: &Marks, site: &Site) -> bool {
    let project = ground.project;
    let file = project.file(site.file);
    let is_use = match site.form {
        Form::Star | Form::Lazy | Form::Alias => false,
        Form::String(form) => form == StringForm::ImportModule,
        Form::Import | Form::From | Form::Relative | Form::Dotted | Form::Name | Form::Exec => true,
    };
    let home = match site.end {
        End::Definition(file, _) | End::Value(file, _) | End::Place(Module::Module(file)) => {
            Some(file)
        }
        _ => None,
    };
    // A package that has the old name in its API still, for those who are not done.
    let passes_on = file.is_shim()
        || file.path.strip_suffix("__init__.py").is_some_and(|folder| {
            home.is_some_and(|home| project.file(home).path.starts_with(folder))
        });
    let facts = &file.facts;
    // `f = wrapped(f)`: the module makes it a name of its own.
    let name = site.path.rsplit('.').next().unwrap_or_default();
    let is_wrapped = site.form.is_statement()
        && facts
            .module_bindings()
            .any(|binding| binding.kind() == BindingKind::Call && facts.text(binding.name) == name);
    let inside_old = facts.scope_chain(site.scope).any(|scope| {
        scope.kind() == ScopeKind::Except
            || marks.definitions.contains_key(&(site.file, scope.definition))
            || facts.definition(scope.definition).is_some_and(|row| row.is(flag::DEPRECATED))
    });
    is_use && !passes_on && !is_wrapped && !inside_old && home != Some(site.file)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::analysis::detectors::testing::{check, check_declared};

    #[test]
    fn by_any_road_and_in_any_scope() {
        check(
            &RULE,
            "# file: app/old.py\nclass Old:\n    \"\"\"Deprecated: use New.\"\"\"\nclass New: pass\n\
             # file: app/__init__.py\nfrom .old import Old\n\
             # file: a.py\nfrom app import Old as O\nimport app.old\nfrom app.old import New\nX = 1\n\
             # file: b.py\ndef f():\n    from app.old import Old\n\
             # file: c.py\nimport app.old as m\nm.Old()\nm.New()\nX = 1\n",
            &["a.py:1 app.old.Old", "b.py:2 app.old.Old", "c.py:2 app.old.Old"],
        );
    }

    #[test]
    fn modules_that_say_so() {
        check(
            &RULE,
            "# file: app/legacy/__init__.py\n\
             # file: app/legacy/core.py\nclass A: pass\n\
             # file: app/legacy/user.py\nfrom app.legacy.core import A\n\
             # file: app/warned.py\nimport warnings\nwarnings.warn('x', DeprecationWarning)\nB = 1\n\
             # file: app/api/__init__.py\nfrom .legacy import C\n# file: app/api/legacy.py\nC = 1\n\
             # file: app/offered.py\nX = 1\nfrom app.api import C\n\
             # file: app/wrapped.py\nX = 1\nfrom app.warned import B\nB = wrap(B)\n\
             # file: app/new.py\nX = 1\nfrom app.legacy.core import A\nfrom app.warned import B\n\
             try:\n    from app.better import A\nexcept ImportError:\n    from app.warned import B\n\
             # file: app/other.py\nfrom app.delegacy import B\n# file: app/delegacy.py\nB = 1\n",
            &["app/new.py:2 app.legacy", "app/new.py:3 app.warned"],
        );
    }

    #[test]
    fn declared_paths_and_ghosts() {
        check_declared(
            &RULE,
            "# file: app/core.py\nclass Manager: pass\n\
             # file: app/shim.py\nfrom app.core import Manager\nOTHER = 1\n\
             # file: a.py\nfrom app.shim import Manager\nX = 1\n\
             # file: b.py\nfrom app.core import Manager\n\
             # file: c.py\nfrom app.gone import Manager\nX = 1\n",
            |declared| {
                declared.deprecated = vec!["app.shim.Manager".into(), "app.gone".into()];
            },
            "app.core.Manager",
            &["a.py:1 app.shim.Manager", "c.py:1 app.gone"],
        );
    }
}

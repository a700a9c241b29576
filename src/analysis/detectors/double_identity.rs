//! `double-identity`: one file is imported under two module names, and so is loaded twice.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::record;
use crate::analysis::finding::{Finding, Ground};
use crate::facts::rows::{Import, ImportForm, Pos, ScopeKind};
use crate::model::{End, FileId, Moment, Place, Project, Resolver};

record!(
    "double-identity",
    Warning,
    "one file is imported under two module names",
    in_tests: true,
    find
);

/// A finding names no more importing places than this of each name.
const MOST_RELATED: usize = 3;

fn find(ground: &Ground) -> Vec<Finding> {
    let project = ground.project;
    let several = |file: &FileId| !project.file(*file).other_names.is_empty();
    let suspects: BTreeSet<FileId> = project.ids().filter(several).collect();
    if suspects.is_empty() {
        return Vec::new();
    }
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for file in &suspects {
        let file = project.file(*file);
        names.insert(&file.module);
        names.extend(file.other_names.iter().map(|name| &**name));
    }
    let files: Vec<FileId> = project.ids().collect();
    let sites: Vec<Site> = files
        .into_par_iter()
        .flat_map_iter(|file| sites_of(project, file, &names, &suspects))
        .collect();
    let mut by_file: BTreeMap<FileId, BTreeMap<&str, Vec<&Site>>> = BTreeMap::new();
    for site in &sites {
        by_file.entry(site.to).or_default().entry(&site.name).or_default().push(site);
    }
    by_file
        .into_iter()
        .filter(|(_, names)| names.len() > 1)
        .map(|(file, names)| finding(project, file, &names))
        .collect()
}

struct Site {
    to: FileId,
    /// The module's name as written.
    name: String,
    from: FileId,
    at: Pos,
}

/// Absolute imports that load one of the suspects under one of its names.
fn sites_of(
    project: &Project,
    from: FileId,
    names: &BTreeSet<&str>,
    suspects: &BTreeSet<FileId>,
) -> Vec<Site> {
    let facts = &project.file(from).facts;
    let mut resolver = Resolver::new(project);
    let mut sites = Vec::new();
    let mut follow = |written: &str, import: &Import, sites: &mut Vec<Site>| {
        if !names.contains(written) {
            return;
        }
        for reached in resolver.module(from, written) {
            if let End::Place(Place::Module(to)) = reached.end
                && suspects.contains(&to)
                && to != from
            {
                sites.push(Site { to, name: written.to_owned(), from, at: import.at });
            }
        }
    };
    let run = facts.imports().iter().filter(|import| {
        let is_fallback =
            facts.scope_chain(import.scope).any(|scope| scope.kind() == ScopeKind::Except);
        import.level == 0 && !is_fallback && Moment::of(facts, import.scope) != Moment::Typing
    });
    for import in run {
        let module = facts.text(import.module);
        follow(module, import, &mut sites);
        if import.form() == ImportForm::From {
            follow(&format!("{module}.{}", facts.text(import.name)), import, &mut sites);
        }
    }
    sites
}

fn finding(project: &Project, file: FileId, names: &BTreeMap<&str, Vec<&Site>>) -> Finding {
    let own = &project.file(file).module;
    let list: Vec<String> = names.keys().map(|name| format!("`{name}`")).collect();
    let mut finding = Finding::new(&RULE, file, Pos::TOP, own.to_string())
        .message(format!(
            "one file, {} modules: it is imported as {}; each has its own classes and its own state",
            names.len(),
            list.join(" and ")
        ))
        .remedy(format!("import it as `{own}` everywhere"))
        .key(names.keys().map(|name| (*name).to_owned()));
    for (name, sites) in names {
        for site in sites.iter().take(MOST_RELATED) {
            finding = finding.related(site.from, site.at, format!("imported as `{name}`"));
        }
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::analysis::detectors::testing::check;

    #[test]
    fn with_and_without_the_folder_of_a_root() {
        check(
            &RULE,
            "# file: pyproject.toml\n# file: src/core.py\nX = 1\n# file: src/other.py\nY = 1\n\
             # file: a.py\nimport src.core\n# file: b.py\nimport core\nfrom core import X\nimport other\n",
            &["src/core.py:1 core"],
        );
    }
}

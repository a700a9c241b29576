//! The imports of some packages as import-linter counts them: whole statements at any depth of the code, and no strings.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use super::ImportExpression;
use super::expression::Expression;
use crate::facts::rows::{Import, ImportForm, Pos, ScopeKind};
use crate::model::{FileId, Project};
use crate::source::Language;

/// A module of the graph, or a package outside it.
pub type Node = u32;

pub struct Graph {
    /// In the order of their names.
    pub names: Vec<String>,
    /// None for folders without `__init__` and for packages outside.
    files: Vec<Option<FileId>>,
    index: FxHashMap<String, Node>,
    outside: BTreeSet<Node>,
    sites: FxHashMap<(Node, Node), Vec<Pos>>,
    /// In the order of their names.
    pub imports: Vec<Vec<Node>>,
}

/// Where the files of a package are.
struct Package<'g> {
    name: &'g str,
    /// With a slash at its end, if it is not the top.
    folder: String,
}

/// What is read of the code.
#[derive(Clone, Copy)]
pub struct Reading {
    pub externals: bool,
    pub without_typing: bool,
}

impl Graph {
    /// The graph of the packages that are there, and the names of those that are not.
    pub fn build(project: &Project, roots: &[String], reading: Reading) -> (Self, Vec<String>) {
        let mut missing = Vec::new();
        let mut modules: BTreeMap<String, Option<FileId>> = BTreeMap::new();
        for root in roots {
            match folder_of(project, root) {
                Some(folder) => modules_of(project, &Package { name: root, folder }, &mut modules),
                None => missing.push(root.clone()),
            }
        }
        let mut edges: BTreeMap<(String, String), Vec<Pos>> = BTreeMap::new();
        for (name, file) in &modules {
            let Some(file) = *file else { continue };
            let facts = &project.file(file).facts;
            for import in facts.imports().iter().filter(|import| import.in_exec == 0) {
                let is_typing = || {
                    facts
                        .scope_chain(import.scope)
                        .any(|scope| scope.kind() == ScopeKind::TypeChecking)
                };
                if reading.without_typing && is_typing() {
                    continue;
                }
                let Some(written) = written(project, file, name, import, 1) else { continue };
                let imported = match internal(&modules, &written) {
                    Some(imported) => imported.to_owned(),
                    None if reading.externals => match external(&written, roots) {
                        Some(imported) => imported,
                        None => continue,
                    },
                    None => continue,
                };
                edges.entry((name.clone(), imported)).or_default().push(import.at);
            }
        }
        (Self::assemble(modules, edges), missing)
    }

    fn assemble(
        modules: BTreeMap<String, Option<FileId>>,
        edges: BTreeMap<(String, String), Vec<Pos>>,
    ) -> Self {
        let outside: BTreeSet<String> = edges
            .keys()
            .map(|(_, imported)| imported)
            .filter(|imported| !modules.contains_key(*imported))
            .cloned()
            .collect();
        let mut all = modules;
        all.extend(outside.iter().map(|name| (name.clone(), None)));
        let (names, files): (Vec<String>, Vec<Option<FileId>>) = all.into_iter().unzip();
        let index: FxHashMap<String, Node> =
            names.iter().enumerate().map(|(at, name)| (name.clone(), at as Node)).collect();
        let mut imports = vec![Vec::new(); names.len()];
        let mut sites = FxHashMap::default();
        for ((importer, imported), mut lines) in edges {
            let (importer, imported) = (index[&importer], index[&imported]);
            lines.sort_unstable();
            lines.dedup();
            imports[importer as usize].push(imported);
            sites.insert((importer, imported), lines);
        }
        let outside = outside.iter().map(|name| index[name]).collect();
        Self { names, files, index, outside, sites, imports }
    }

    pub fn name(&self, node: Node) -> &str {
        &self.names[node as usize]
    }

    pub fn file(&self, node: Node) -> Option<FileId> {
        self.files[node as usize]
    }

    pub fn find(&self, name: &str) -> Option<Node> {
        self.index.get(name).copied()
    }

    /// The lines by which a module imports another; the first is the finding's.
    pub fn sites(&self, importer: Node, imported: Node) -> &[Pos] {
        self.sites.get(&(importer, imported)).map_or(&[], Vec::as_slice)
    }

    /// All that is below a module.
    pub fn descendants(&self, node: Node) -> impl Iterator<Item = Node> + use<> {
        let first = format!("{}.", self.name(node));
        // `/` is the character after `.`.
        let end = format!("{}/", self.name(node));
        let from = self.names.partition_point(|name| *name < first);
        let to = self.names.partition_point(|name| *name < end);
        from as Node..to as Node
    }

    /// A module and all that is below it; a package outside is one whole.
    pub fn with_descendants(&self, node: Node) -> Vec<Node> {
        let below = (!self.outside.contains(&node)).then(|| self.descendants(node));
        std::iter::once(node).chain(below.into_iter().flatten()).collect()
    }

    pub fn children(&self, node: Node) -> Vec<Node> {
        let below = self.name(node).len() + 1;
        self.descendants(node).filter(|child| !self.name(*child)[below..].contains('.')).collect()
    }

    /// The modules that an expression means, by name; one without wildcards means its name, whether it is there or not.
    pub fn expand(&self, expressions: &[Expression]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for expression in expressions {
            if expression.has_wildcard() {
                let all = self.names.iter().filter(|name| expression.matches(name));
                found.extend(all.cloned());
            } else {
                found.insert(expression.as_str().to_owned());
            }
        }
        found
    }

    /// The graph without the imports that a contract excepts, and the exceptions that match none.
    pub fn without<'e>(
        &self,
        ignored: &'e [ImportExpression],
    ) -> (Vec<Vec<Node>>, Vec<&'e ImportExpression>) {
        let mut cut: FxHashSet<(Node, Node)> = FxHashSet::default();
        let mut idle = Vec::new();
        for expression in ignored {
            let before = cut.len();
            let mut has_matched = false;
            for importer in self.nodes_like(&expression.importer) {
                for imported in &self.imports[importer as usize] {
                    if expression.imported.matches(self.name(*imported)) {
                        has_matched = true;
                        cut.insert((importer, *imported));
                    }
                }
            }
            debug_assert!(has_matched || cut.len() == before);
            if !has_matched {
                idle.push(expression);
            }
        }
        let mut imports = self.imports.clone();
        for (importer, list) in imports.iter_mut().enumerate() {
            list.retain(|imported| !cut.contains(&(importer as Node, *imported)));
        }
        (imports, idle)
    }

    fn nodes_like(&self, expression: &Expression) -> Vec<Node> {
        if !expression.has_wildcard() {
            return self.find(expression.as_str()).into_iter().collect();
        }
        let all = 0..self.names.len() as Node;
        all.filter(|node| expression.matches(self.name(*node))).collect()
    }
}

/// The folder of a package: where its `__init__` goes by that name, else the outermost folder of that name.
fn folder_of(project: &Project, root: &str) -> Option<String> {
    let folders = &project.folders;
    let named = project.modules_named(root).iter();
    let mut packages: Vec<&str> = named
        .filter_map(|file| folders.package_folder(*file))
        .map(|folder| &*folders.folder(folder).path)
        .collect();
    if packages.is_empty() {
        let path = root.replace('.', "/");
        let is_it = |other: &str| {
            other
                .strip_suffix(path.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        packages = folders
            .ids()
            .filter(|folder| Some(*folder) != folders.above())
            .map(|folder| folders.folder(folder))
            .filter(|folder| folder.holds_python && is_it(&folder.path))
            .map(|folder| &*folder.path)
            .collect();
    }
    packages.sort_unstable_by_key(|path| (path.matches('/').count(), *path));
    packages.first().map(|path| if path.is_empty() { String::new() } else { format!("{path}/") })
}

/// The modules of a package as Grimp finds them: a folder without `__init__` counts above packages and not inside one.
fn modules_of(
    project: &Project,
    package: &Package,
    modules: &mut BTreeMap<String, Option<FileId>>,
) {
    let paths: FxHashSet<&str> = project.files.iter().map(|file| &*file.path).collect();
    let has_init = |folder: &str| paths.contains(format!("{folder}__init__.py").as_str());
    for id in project.ids() {
        let file = project.file(id);
        let Some(below) = file.path.strip_prefix(package.folder.as_str()) else { continue };
        let Some(stem) = below.strip_suffix(".py").filter(|_| file.language == Language::Python)
        else {
            continue;
        };
        let mut parts: Vec<&str> = stem.split('/').collect();
        let last = parts.pop().unwrap_or_default();
        if last.contains('.') {
            continue;
        }
        let mut folder = package.folder.clone();
        let mut in_package = has_init(&folder);
        let mut name = package.name.to_owned();
        let mut spaces = if in_package { Vec::new() } else { vec![name.clone()] };
        let is_module = parts.iter().all(|part| {
            folder = format!("{folder}{part}/");
            name = format!("{name}.{part}");
            let init = has_init(&folder);
            if !init && !in_package {
                spaces.push(name.clone());
            }
            let orphan = in_package && !init;
            in_package |= init;
            is_identifier(part) && !orphan
        });
        if !is_module {
            continue;
        }
        for space in spaces {
            modules.entry(space).or_insert(None);
        }
        if last != "__init__" {
            name = format!("{name}.{last}");
        }
        modules.insert(name, Some(id));
    }
}

fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && characters.all(|other| other == '_' || other.is_alphanumeric())
}

/// The absolute name of what is imported, with the imported name at its end. A relative import has to leave so many names of
/// the module's own as it goes up.
pub(super) fn written(
    project: &Project,
    file: FileId,
    own: &str,
    import: &Import,
    least: usize,
) -> Option<String> {
    let facts = &project.file(file).facts;
    let module = facts.text(import.module);
    let mut parts: Vec<&str> = Vec::new();
    if import.level > 0 {
        if own.is_empty() {
            return None;
        }
        parts.extend(own.split('.'));
        let up = import.level as usize - usize::from(project.file(file).is_package());
        parts.truncate(parts.len().checked_sub(up).filter(|left| *left >= least)?);
    }
    if !module.is_empty() {
        parts.push(module);
    }
    match import.form() {
        ImportForm::Import => {}
        ImportForm::From => parts.push(facts.text(import.name)),
        ImportForm::Star => parts.push("*"),
    }
    Some(parts.join("."))
}

/// The module that a name is, else that it is a name of.
fn internal<'m>(modules: &BTreeMap<String, Option<FileId>>, written: &'m str) -> Option<&'m str> {
    let is_module = |name: &str| modules.get(name).is_some_and(Option::is_some);
    if is_module(written) {
        return Some(written);
    }
    let (parent, _) = written.rsplit_once('.')?;
    is_module(parent).then_some(parent)
}

/// The package outside to which a name belongs: its first part, or as much as tells it from the packages inside.
fn external(written: &str, roots: &[String]) -> Option<String> {
    let below = |name: &str, above: &str| {
        name.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'))
    };
    if roots.iter().any(|root| below(root, written)) {
        return None;
    }
    let first = written.split('.').next()?;
    let shared = roots.iter().filter(|root| below(root, first));
    let common = shared
        .map(|root| root.split('.').zip(written.split('.')).take_while(|(a, b)| a == b).count());
    let length = common.max().unwrap_or(0) + 1;
    Some(written.split('.').take(length).collect::<Vec<_>>().join("."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::testing::project;

    const EVERYTHING: Reading = Reading { externals: true, without_typing: false };

    fn edges(text: &str, roots: &[&str], reading: Reading) -> Vec<String> {
        let project = project(text);
        let roots: Vec<String> = roots.iter().map(|root| (*root).to_owned()).collect();
        let (graph, missing) = Graph::build(&project, &roots, reading);
        assert!(missing.is_empty(), "{missing:?}");
        let mut edges = Vec::new();
        for (importer, list) in graph.imports.iter().enumerate() {
            for imported in list {
                edges.push(format!("{} -> {}", graph.names[importer], graph.name(*imported)));
            }
        }
        edges
    }

    #[test]
    fn imports_count_at_any_depth_and_strings_do_not() {
        let text = "# file: app/__init__.py\n# file: app/a.py\n\
             from . import b\nimport app.c.d\nfrom app.c.d import name\nfrom .c import *\nimport requests.sessions\n\
             def late():\n    from app import e\nload('app.f')\n\
             # file: app/b.py\n# file: app/c/__init__.py\n# file: app/c/d.py\nfrom ..b import x\n# file: app/e.py\n# file: app/f.py\n";
        assert_eq!(
            edges(text, &["app"], EVERYTHING),
            [
                "app.a -> app.b",
                "app.a -> app.c",
                "app.a -> app.c.d",
                "app.a -> app.e",
                "app.a -> requests",
                "app.c.d -> app.b"
            ]
        );
    }

    #[test]
    fn imports_for_types_count_unless_told_otherwise() {
        let text = "# file: src/app/__init__.py\n# file: src/app/a.py\n\
             from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.b import B\n# file: src/app/b.py\n";
        let inside = Reading { externals: false, without_typing: false };
        assert_eq!(edges(text, &["app"], inside), ["app.a -> app.b"]);
        let without = Reading { externals: false, without_typing: true };
        assert_eq!(edges(text, &["app"], without), [""; 0]);
    }

    #[test]
    fn a_package_outside_is_one_whole_and_a_shared_namespace_is_told_apart() {
        let roots = ["space.ours".to_owned()];
        assert_eq!(external("requests.sessions.Session", &roots).as_deref(), Some("requests"));
        assert_eq!(external("space.theirs.a", &roots).as_deref(), Some("space.theirs"));
        assert_eq!(external("space", &roots), None);
    }

    #[test]
    fn a_folder_without_init_is_a_package_only_above_packages() {
        let text = "# file: space/ours/__init__.py\nimport space.ours.a\n# file: space/ours/a.py\n\
             # file: space/ours/data/x.py\nimport space.ours.a\n";
        assert_eq!(edges(text, &["space"], EVERYTHING), ["space.ours -> space.ours.a"]);
    }
}

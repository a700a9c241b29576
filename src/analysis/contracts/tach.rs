//! The modules, layers and interfaces of a `tach.toml` against the imports of its source roots.

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobMatcher;
use rayon::prelude::*;
use regex_automata::meta::Regex;
use rustc_hash::FxHashSet;

use super::chains::rings;
use super::graph::written;
use super::{Breach, Judged, Misfit, Unknown};
use crate::analysis::finding::Severity;
use crate::facts::rows::{DirectiveKind, Import, Row, ScopeKind};
use crate::model::{FileId, Project};
use crate::source::Language;

/// The module of all that belongs to no other.
pub const ROOT: &str = "<root>";

#[derive(Clone, Debug)]
pub struct Tach {
    /// The file that was read.
    pub file: String,
    pub roots: Vec<SourceRoot>,
    /// Paths of files that are left out.
    pub excluded: BTreeSet<String>,
    /// From the highest to the lowest.
    pub layers: Vec<Layer>,
    /// Whether a dependency on a lower layer has to be declared, too.
    pub explicit_layers: bool,
    pub modules: Vec<Module>,
    pub interfaces: Vec<Interface>,
    /// Whether imports under `if TYPE_CHECKING:` are left out.
    pub without_typing: bool,
    /// Whether modules may not declare that they depend on each other in a ring.
    pub no_rings: bool,
    pub root_policy: RootPolicy,
    pub local_imports: LocalImports,
    /// Settings that are not checked here.
    pub unknown: Vec<Unknown>,
}

/// A folder from which dotted names are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRoot {
    /// Relative to the tree; empty for its top.
    pub folder: String,
    /// The folder of the package that it is a part of: imports of another package are not looked at.
    pub package: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    pub name: String,
    /// Whether higher layers may not reach past it.
    pub closed: bool,
}

#[derive(Clone, Debug)]
pub struct Module {
    /// Dotted, with wildcards, or [`ROOT`].
    pub path: String,
    pub glob: Option<GlobMatcher>,
    /// None if it may depend on everything.
    pub depends_on: Option<Vec<Dependency>>,
    pub barred: Vec<Dependency>,
    pub layer: Option<String>,
    /// Modules that may declare a dependency on it.
    pub visibility: Option<Vec<GlobMatcher>>,
    pub utility: bool,
    pub unchecked: bool,
    pub file: String,
    pub line: u32,
}

#[derive(Clone, Debug)]
pub struct Dependency {
    pub path: String,
    pub glob: Option<GlobMatcher>,
    pub deprecated: bool,
}

#[derive(Clone, Debug)]
pub struct Interface {
    pub expose: Vec<Regex>,
    pub from: Vec<Regex>,
    /// Modules that may use it; None for all.
    pub visibility: Option<Vec<String>>,
    /// Whether nothing else counts for those that may use it.
    pub exclusive: bool,
}

/// What holds of code that belongs to no module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RootPolicy {
    Ignore,
    Allow,
    DependenciesOnly,
    Forbid,
}

/// What an import that is not at the top of its file weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalImports {
    Error,
    Warn,
    Off,
}

pub fn judge(project: &Project, tach: &Tach, judged: &mut Judged) {
    let ground = Ground::new(project, tach, &mut judged.misfits);
    let files: Vec<FileId> = project.ids().collect();
    let found: Vec<Breach> =
        files.into_par_iter().flat_map_iter(|file| ground.in_file(file)).collect();
    judged.breaches.extend(found);
}

impl Dependency {
    fn is(&self, path: &str) -> bool {
        match &self.glob {
            Some(glob) => glob.is_match(path.replace('.', "/")),
            None => self.path == path,
        }
    }
}

impl Interface {
    fn is_visible_to(&self, module: &str) -> bool {
        self.visibility.as_ref().is_none_or(|list| list.iter().any(|other| other == module))
    }
}

/// A module whose wildcards are filled in.
struct Known<'t> {
    path: String,
    module: Option<&'t Module>,
}

struct Ground<'t> {
    project: &'t Project,
    tach: &'t Tach,
    modules: BTreeMap<String, Known<'t>>,
    root: Known<'t>,
    paths: FxHashSet<&'t str>,
}

/// An import as Tach reads it.
struct Imported<'f> {
    import: &'f Import,
    /// The absolute name, with the imported name at its end.
    name: String,
    is_local: bool,
}

impl<'t> Ground<'t> {
    fn new(project: &'t Project, tach: &'t Tach, misfits: &mut Vec<Misfit>) -> Self {
        let paths = project.files.iter().map(|file| &*file.path).collect();
        let root = tach.modules.iter().rfind(|module| module.path == ROOT);
        let root = Known { path: ROOT.to_owned(), module: root };
        let mut ground = Self { project, tach, modules: BTreeMap::new(), root, paths };
        ground.fill(misfits);
        ground.look_at_declarations(misfits);
        ground
    }

    fn misfit(&self, severity: Severity, module: &str, message: String, remedy: String) -> Misfit {
        let file = self.tach.roots.iter().find_map(|root| {
            let inside =
                |file: &FileId| below(&self.project.file(*file).path, &root.folder).is_some();
            self.project.ids().find(inside)
        });
        let contract = module.to_owned();
        let key = vec![module.to_owned(), message.clone()];
        Misfit { contract, severity, file, message, remedy, key }
    }

    /// Fills in wildcards; a module by name stands above one by wildcard.
    fn fill(&mut self, misfits: &mut Vec<Misfit>) {
        for module in self.tach.modules.iter().filter(|module| module.path != ROOT) {
            let at = format!("{}:{}", module.file, module.line);
            let paths = match &module.glob {
                Some(glob) => self.matching(glob),
                None if self.exists(&module.path) => vec![module.path.clone()],
                None => Vec::new(),
            };
            if paths.is_empty() {
                misfits.push(self.misfit(
                    Severity::Warning,
                    &module.path,
                    format!("the module `{}` is in no source root", module.path),
                    format!("mend its path at {at}, or take it out"),
                ));
            }
            for path in paths {
                let earlier = self.modules.get(&path).and_then(|known| known.module);
                let gives_way = earlier
                    .is_none_or(|earlier| earlier.glob.is_some() && earlier.path != module.path);
                if gives_way {
                    self.modules.insert(path.clone(), Known { path, module: Some(module) });
                } else {
                    misfits.push(self.misfit(
                        Severity::Error,
                        &path,
                        format!("the module `{path}` is declared twice, and only the first counts"),
                        format!("take out the one at {at}"),
                    ));
                }
            }
        }
    }

    fn matching(&self, glob: &GlobMatcher) -> Vec<String> {
        let mut found = BTreeSet::new();
        for file in &self.project.files {
            if file.language == Language::Notebook || self.tach.excluded.contains(&*file.path) {
                continue;
            }
            for root in &self.tach.roots {
                let Some(path) = below(&file.path, &root.folder) else { continue };
                let init = path.strip_suffix("/__init__.py").or(path.strip_suffix("/__init__.pyi"));
                if glob.is_match(init.unwrap_or(path)) {
                    let stem = init.unwrap_or(path.rsplit_once('.').map_or(path, |(stem, _)| stem));
                    found.insert(stem.replace('/', "."));
                }
            }
        }
        found.into_iter().collect()
    }

    fn exists(&self, module: &str) -> bool {
        let path = module.replace('.', "/");
        self.tach.roots.iter().any(|root| {
            let path = joined(&root.folder, &path);
            self.project.folders.by_path(&path).is_some() || self.has_module(&path)
        })
    }

    fn has_module(&self, path: &str) -> bool {
        ["/__init__.pyi", "/__init__.py", ".pyi", ".py"]
            .iter()
            .any(|end| self.paths.contains(format!("{path}{end}").as_str()))
    }

    /// What the declarations say of each other, before any code is looked at.
    fn look_at_declarations(&self, misfits: &mut Vec<Misfit>) {
        let all = || self.modules.values().chain(std::iter::once(&self.root));
        for known in all() {
            let Some(module) = known.module else { continue };
            let at = format!("{}:{}", module.file, module.line);
            if let Some(layer) = &module.layer
                && self.tach.layers.iter().all(|other| other.name != *layer)
            {
                misfits.push(self.misfit(
                    Severity::Error,
                    &known.path,
                    format!(
                        "the module `{}` is in the layer `{layer}`, which is not declared",
                        known.path
                    ),
                    format!("add the layer to `layers`, or mend its name at {at}"),
                ));
            }
            for dependency in module.depends_on.iter().flatten() {
                let other = self.modules.get(&dependency.path).and_then(|other| other.module);
                let hidden = other.and_then(|other| other.visibility.as_ref());
                if hidden.is_some_and(|list| !list.iter().any(|glob| glob.is_match(&known.path))) {
                    misfits.push(self.misfit(
                        Severity::Error,
                        &known.path,
                        format!(
                            "the module `{}` declares that it depends on `{}`, which is not visible to it",
                            known.path, dependency.path
                        ),
                        format!("take the dependency out at {at}, or add `{}` to the other's `visibility`", known.path),
                    ));
                }
                let wrong = match self.tach.root_policy {
                    RootPolicy::Ignore | RootPolicy::Allow => false,
                    RootPolicy::DependenciesOnly | RootPolicy::Forbid => dependency.path == ROOT,
                };
                if wrong {
                    misfits.push(self.misfit(
                        Severity::Error,
                        &known.path,
                        format!("the module `{}` declares that it depends on `{ROOT}`, which `root_module` forbids", known.path),
                        format!("take the dependency out at {at}"),
                    ));
                }
            }
        }
        if let Some(root) = self.root.module.filter(|_| self.tach.root_policy == RootPolicy::Forbid)
        {
            misfits.push(self.misfit(
                Severity::Error,
                ROOT,
                format!("the module `{ROOT}` is declared, and `root_module` forbids it"),
                format!("take it out at {}:{}", root.file, root.line),
            ));
        }
        if self.tach.no_rings {
            self.rings(misfits);
        }
        for unknown in &self.tach.unknown {
            misfits.push(self.misfit(
                Severity::Info,
                &self.tach.file,
                format!("the setting `{}` is not checked here", unknown.key),
                format!("let Tach check it; it is set at {}:{}", self.tach.file, unknown.line),
            ));
        }
    }

    fn rings(&self, misfits: &mut Vec<Misfit>) {
        let mut edges: Vec<(&str, &str)> = Vec::new();
        for known in self.modules.values() {
            let declared = known.module.and_then(|module| module.depends_on.as_ref());
            let declared = declared.into_iter().flatten();
            edges.extend(declared.map(|dependency| (&*known.path, &*dependency.path)));
        }
        for ring in rings(edges) {
            let names: Vec<String> = ring.iter().map(|name| format!("`{name}`")).collect();
            misfits.push(self.misfit(
                Severity::Error,
                ring[0],
                format!(
                    "modules declare that they depend on each other in a ring: {}",
                    names.join(", ")
                ),
                format!("take one of the dependencies out of {}", self.tach.file),
            ));
        }
    }

    /// The module that holds a dotted name.
    fn nearest(&self, name: &str) -> &Known<'t> {
        let mut name = name;
        loop {
            if let Some(known) = self.modules.get(name) {
                return known;
            }
            match name.rsplit_once('.') {
                Some((above, _)) => name = above,
                None => return &self.root,
            }
        }
    }

    /// The dotted name of a file from its source root; of the root's own `__init__`, the empty one.
    fn name_of(&self, file: FileId) -> Option<(String, &SourceRoot)> {
        let path = &*self.project.file(file).path;
        let roots = self.tach.roots.iter().filter(|root| below(path, &root.folder).is_some());
        let root = roots.max_by_key(|root| root.folder.len())?;
        let stem = below(path, &root.folder)?.strip_suffix(".py")?;
        let stem =
            if stem == "__init__" { "" } else { stem.strip_suffix("/__init__").unwrap_or(stem) };
        Some((stem.replace('/', "."), root))
    }

    fn in_file(&self, file: FileId) -> Vec<Breach> {
        if self.tach.excluded.contains(&*self.project.file(file).path) {
            return Vec::new();
        }
        let Some((name, root)) = self.name_of(file) else { return Vec::new() };
        let user = self.nearest(&name);
        let is_unchecked = user.module.is_some_and(|module| module.unchecked);
        if is_unchecked || self.is_ignored(user) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for imported in self.imports(file, &name) {
            if self.package_of(&imported.name) != Some(&root.package) {
                continue;
            }
            let owner = self.nearest(&imported.name);
            if owner.path == user.path
                || self.is_ignored(owner)
                || self.is_excepted(file, &imported)
            {
                continue;
            }
            found.extend(self.dependency(file, user, owner, &imported));
            found.extend(self.interface(file, user, owner, &imported));
        }
        found
    }

    fn is_ignored(&self, known: &Known) -> bool {
        known.path == ROOT && self.tach.root_policy == RootPolicy::Ignore
    }

    fn imports(&self, file: FileId, own: &str) -> Vec<Imported<'t>> {
        let facts = &self.project.file(file).facts;
        let is_typing = |scope: Row| {
            facts.scope_chain(scope).any(|scope| scope.kind() == ScopeKind::TypeChecking)
        };
        let mut found = Vec::new();
        for import in facts.imports().iter().filter(|import| import.in_exec == 0) {
            if self.tach.without_typing && is_typing(import.scope) {
                continue;
            }
            let Some(name) = written(self.project, file, own, import, 0) else { continue };
            let is_local =
                facts.scope_chain(import.scope).any(|scope| scope.kind() != ScopeKind::Module);
            found.push(Imported { import, name, is_local });
        }
        found
    }

    /// The package in whose source root a name stands, if it stands in one.
    fn package_of(&self, name: &str) -> Option<&String> {
        let path = name.replace('.', "/");
        let found = |path: &str| {
            let ends = ["/__init__.pyi", "/__init__.py", ".pyi", ".py"];
            let file = ends.iter().find_map(|end| self.paths.get(format!("{path}{end}").as_str()));
            file.map(|file| !self.tach.excluded.contains(*file))
        };
        for root in &self.tach.roots {
            let whole = found(&joined(&root.folder, &path));
            let of_parent =
                || path.rsplit_once('/').and_then(|(above, _)| found(&joined(&root.folder, above)));
            match whole.or_else(of_parent) {
                Some(true) => return Some(&root.package),
                Some(false) => return None,
                None => {}
            }
        }
        None
    }

    /// Whether a `tach-ignore` comment speaks of the import.
    fn is_excepted(&self, file: FileId, imported: &Imported) -> bool {
        let facts = &self.project.file(file).facts;
        let import = imported.import;
        facts.directives().iter().filter(|row| row.kind() == DirectiveKind::Tach).any(|row| {
            let line = row.at.line + row.own_line;
            let here = line == import.at.line || line == import.line;
            let mut names = facts.text(row.text).split_whitespace().peekable();
            here && (names.peek().is_none() || names.any(|name| imported.name.ends_with(name)))
        })
    }

    fn dependency(
        &self,
        file: FileId,
        user: &Known,
        owner: &Known,
        imported: &Imported,
    ) -> Option<Breach> {
        let layer = |known: &Known| {
            let name = known.module.and_then(|module| module.layer.clone())?;
            let at = self.tach.layers.iter().position(|layer| layer.name == name)?;
            Some((name, at))
        };
        let is_utility = owner.module.is_some_and(|module| module.utility);
        if let (Some((from, above)), Some((to, below))) = (layer(user), layer(owner)) {
            if above > below {
                let why = format!(
                    "the layer `{from}` of `{}` is below the layer `{to}` of `{}`",
                    user.path, owner.path
                );
                return self.breach(file, user, imported, Severity::Error, (&why, TURN));
            }
            let between = self.tach.layers.get(above + 1..below).unwrap_or_default();
            if let Some(closed) = between.iter().find(|layer| layer.closed) {
                let why =
                    format!("the closed layer `{}` lies between `{from}` and `{to}`", closed.name);
                let remedy = format!("go through the layer `{}`", closed.name);
                return self.breach(file, user, imported, Severity::Error, (&why, &remedy));
            }
            if above < below && (!self.tach.explicit_layers || is_utility) {
                return None;
            }
        }
        let (at, declared, barred) = match user.module {
            Some(module) => (
                format!("{}:{}", module.file, module.line),
                module.depends_on.as_deref(),
                module.barred.as_slice(),
            ),
            None => (self.tach.file.clone(), Some(&[][..]), &[][..]),
        };
        if barred.iter().any(|dependency| dependency.is(&owner.path)) {
            let why = format!("`{}` may not depend on `{}`", user.path, owner.path);
            return self.breach(file, user, imported, Severity::Error, (&why, TURN));
        }
        let declared = declared?;
        if is_utility {
            return None;
        }
        match declared.iter().find(|dependency| dependency.is(&owner.path)) {
            Some(dependency) if dependency.deprecated => {
                let why = format!("that `{}` depends on `{}` is deprecated", user.path, owner.path);
                let remedy = "go without it, as the declaration wants in time";
                self.breach(file, user, imported, Severity::Warning, (&why, remedy))
            }
            Some(_) => None,
            None => {
                let why =
                    format!("`{}` does not declare that it depends on `{}`", user.path, owner.path);
                let remedy =
                    format!("go without it, or add `{}` to `depends_on` at {at}", owner.path);
                self.breach(file, user, imported, Severity::Error, (&why, &remedy))
            }
        }
    }

    fn interface(
        &self,
        file: FileId,
        user: &Known,
        owner: &Known,
        imported: &Imported,
    ) -> Option<Breach> {
        let member = imported.name.strip_prefix(owner.path.as_str())?.strip_prefix('.')?;
        let is_match = |all: &[Regex], text: &str| all.iter().any(|regex| regex.is_match(text));
        let mut interfaces: Vec<&Interface> = Vec::new();
        for interface in &self.tach.interfaces {
            if is_match(&interface.from, &owner.path) && interface.is_visible_to(&user.path) {
                if interface.exclusive {
                    interfaces = vec![interface];
                    break;
                }
                interfaces.push(interface);
            }
        }
        if interfaces.is_empty()
            || interfaces.iter().any(|interface| is_match(&interface.expose, member))
        {
            return None;
        }
        let why = format!("`{member}` is no part of the interface of `{}`", owner.path);
        let remedy = format!(
            "use what `{}` exposes, or add it to `expose` in {}",
            owner.path, self.tach.file
        );
        let breach = self.breach(file, user, imported, Severity::Error, (&why, &remedy))?;
        let key = breach.key.into_iter().chain(["interface".to_owned()]).collect();
        Some(Breach { key, ..breach })
    }

    /// `words`: why it is wrong, and what to do.
    fn breach(
        &self,
        file: FileId,
        user: &Known,
        imported: &Imported,
        severity: Severity,
        words: (&str, &str),
    ) -> Option<Breach> {
        let severity = match self.tach.local_imports {
            LocalImports::Off if imported.is_local => return None,
            LocalImports::Warn if imported.is_local => severity.min(Severity::Warning),
            LocalImports::Error | LocalImports::Warn | LocalImports::Off => severity,
        };
        let importer = &self.project.file(file).module;
        Some(Breach {
            contract: user.path.clone(),
            severity,
            file,
            at: imported.import.at,
            message: format!(
                "`{importer}` imports `{}`: {} ({})",
                imported.name, words.0, self.tach.file
            ),
            remedy: words.1.to_owned(),
            related: Vec::new(),
            // Of modules as a whole it says nothing: they are the beginnings of these names.
            key: vec![imported.name.clone()],
        })
    }
}

const TURN: &str = "turn the dependency round, or move what both need";

/// What of a path lies below a folder; `""` is the top.
fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    if folder.is_empty() { Some(path) } else { path.strip_prefix(folder)?.strip_prefix('/') }
}

fn joined(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

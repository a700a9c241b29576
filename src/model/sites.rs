//! Sites: every place of a file that reaches something of the project, by whatever form.

use rustc_hash::{FxHashMap, FxHashSet};

use super::resolve::{End, Reached, Resolver, Step, Trail, Why, import_in_scope};
use super::{FileId, Place, Project};
use crate::facts::Facts;
use crate::facts::rows::{
    Binding, BindingKind, Import, ImportForm, NO_ROW, Pos, Row, StringForm, StringRef, Sym,
};

/// The form in which a site names what it reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// `import a.b`
    Import,
    /// `from a import b`
    From,
    /// `from .a import b`
    Relative,
    Star,
    /// An attribute chain: `a.b.C()`.
    Dotted,
    /// A bare name: brought by a star, or asked for with the references.
    Name,
    /// `X = C` at module level.
    Alias,
    /// An entry of a table behind a module's `__getattr__`.
    Lazy,
    /// An import in the constant text of an `exec`.
    Exec,
    /// A constant string.
    String(StringForm),
}

impl Form {
    pub fn word(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::From => "from",
            Self::Relative => "relative",
            Self::Star => "star",
            Self::Dotted => "dotted",
            Self::Name => "name",
            Self::Alias => "alias",
            Self::Lazy => "lazy",
            Self::Exec => "exec",
            Self::String(form) => form.word(),
        }
    }

    /// Whether it is an import statement, which counts per imported name; all others are uses.
    pub fn is_statement(self) -> bool {
        matches!(self, Self::Import | Self::From | Self::Relative | Self::Star | Self::Exec)
    }
}

/// One place that reaches something.
#[derive(Clone, Debug)]
pub struct Site {
    pub file: FileId,
    pub at: Pos,
    pub scope: Row,
    pub form: Form,
    /// The dotted path as written, made absolute.
    pub path: String,
    pub end: End,
    pub trail: Trail,
    /// Several answers are possible, or it is only a string that reads like a name.
    pub certain: bool,
}

/// What to look for in a file.
pub struct Wanted<'w> {
    pub reached: &'w (dyn Fn(&Reached) -> bool + Sync),
    /// Names brought by stars one by one: costs a look at all that the starred module exports.
    pub stars: bool,
    /// Also bare names that an import statement of the file has brought.
    pub references: bool,
}

impl Project {
    /// The wanted sites of a file in the order of its lines.
    pub fn sites(&self, file: FileId, wanted: &Wanted) -> Vec<Site> {
        let mut search = SiteSearch {
            project: self,
            resolver: Resolver::new(self),
            file,
            wanted,
            sites: Vec::new(),
        };
        search.imports();
        search.aliases();
        search.lazies();
        search.strings();
        search.uses();
        let mut sites = search.sites;
        sites.sort_by(|a, b| (a.at, a.form, &a.path, a.end).cmp(&(b.at, b.form, &b.path, b.end)));
        sites.dedup_by(|a, b| (a.at, a.form, &a.path, a.end) == (b.at, b.form, &b.path, b.end));
        sites
    }

    /// The module that a `from` import names, made absolute; for `import a.b` that name.
    pub fn written_module(&self, file: FileId, import: &Import) -> String {
        let module = self.file(file).facts.text(import.module);
        if import.level == 0 {
            return module.to_owned();
        }
        self.written_relative(file, import.level, module)
    }

    fn written_relative(&self, file: FileId, level: u32, rest: &str) -> String {
        let own = self.file(file);
        let mut segments: Vec<&str> = own.module.split('.').collect();
        let up = level as usize - usize::from(own.is_package() && level > 0);
        segments.truncate(segments.len().saturating_sub(up));
        segments.extend(rest.split('.').filter(|segment| !segment.is_empty()));
        segments.join(".")
    }
}

struct SiteSearch<'p, 'w> {
    project: &'p Project,
    resolver: Resolver<'p>,
    file: FileId,
    wanted: &'w Wanted<'w>,
    sites: Vec<Site>,
}

impl<'p> SiteSearch<'p, '_> {
    fn facts(&self) -> &'p Facts {
        &self.project.file(self.file).facts
    }

    fn wants(&self, reached: &Reached) -> bool {
        (self.wanted.reached)(reached)
    }

    fn push(
        &mut self,
        at: Pos,
        scope: Row,
        form: Form,
        path: String,
        reached: Reached,
        certain: bool,
    ) {
        self.sites.push(Site {
            file: self.file,
            at,
            scope,
            form,
            path,
            end: reached.end,
            trail: reached.trail,
            certain,
        });
    }

    fn imports(&mut self) {
        for import in self.facts().imports() {
            let form = match import.form() {
                _ if import.in_exec == 1 => Form::Exec,
                ImportForm::Star => Form::Star,
                _ if import.level > 0 => Form::Relative,
                ImportForm::Import => Form::Import,
                ImportForm::From => Form::From,
            };
            self.imported_module(import, form);
            match import.form() {
                ImportForm::Import => {}
                ImportForm::Star if self.wanted.stars => self.starred(import, form),
                ImportForm::Star => {}
                ImportForm::From => self.imported_name(import, form),
            }
        }
    }

    fn imported_module(&mut self, import: &Import, form: Form) {
        let ends = match import.form() {
            ImportForm::Import => self.resolver.import(self.file, import),
            _ => self.resolver.import_base(self.file, import),
        };
        let certain = ends.len() == 1;
        for reached in ends {
            // A `from` import of what is not there is reported once, by its name.
            let is_ghost = matches!(reached.end, End::Unresolved(_));
            if self.wants(&reached) && !(is_ghost && import.form() == ImportForm::From) {
                let path = self.project.written_module(self.file, import);
                self.push(import.at, import.scope, form, path, reached, certain);
            }
        }
    }

    fn imported_name(&mut self, import: &Import, form: Form) {
        let ends = self.resolver.import(self.file, import);
        let certain = ends.len() == 1;
        for reached in ends {
            if self.wants(&reached) {
                let path = self.written_path(import);
                self.push(import.at, import.scope, form, path, reached, certain);
            }
        }
    }

    /// The whole path of an imported name as written.
    fn written_path(&self, import: &Import) -> String {
        let module = self.project.written_module(self.file, import);
        match import.form() {
            ImportForm::From => joined(&module, self.facts().text(import.name)),
            _ => module,
        }
    }

    fn starred(&mut self, import: &Import, form: Form) {
        for base in self.resolver.import_base(self.file, import) {
            let End::Place(Place::Module(module)) = base.end else { continue };
            let written = self.project.written_module(self.file, import);
            for (name, ends) in self.project.star_table(module) {
                for reached in ends {
                    if self.wants(reached) && !matches!(reached.end, End::Unresolved(_)) {
                        let path = joined(&written, name);
                        self.push(import.at, import.scope, form, path, reached.clone(), true);
                    }
                }
            }
        }
    }

    /// `X = C` and `X = a.C` in the module's body.
    fn aliases(&mut self) {
        let facts = self.facts();
        let mut known: FxHashMap<Sym, Vec<(Step, String)>> = FxHashMap::default();
        for binding in module_aliases(facts) {
            let chain = facts.text(binding.text);
            let segments = chain.split('.').count();
            let steps = match known.get(&binding.text) {
                Some(steps) => steps.clone(),
                None if segments > 1 => self.followed(NO_ROW, chain, false),
                None => self.bare_steps(chain),
            };
            known.entry(binding.text).or_insert_with(|| steps.clone());
            for (step, path) in steps {
                let form = if step.segments == segments { Form::Alias } else { Form::Dotted };
                if !self.is_own(step.reached.end, binding) {
                    self.push(binding.at, binding.scope, form, path, step.reached, true);
                }
            }
        }
    }

    /// What a bare name of the module's body leads to, as far as it is wanted and of the project.
    fn bare_steps(&mut self, name: &'p str) -> Vec<(Step, String)> {
        let mut steps = Vec::new();
        self.resolver.chain(self.file, NO_ROW, name, &mut |step| steps.push(step));
        steps.retain(|step| self.wants(&step.reached) && step.reached.end.is_ours());
        let path = self.root_path(NO_ROW, name);
        steps.into_iter().map(|step| (step, path.clone())).collect()
    }

    fn is_own(&self, end: End, binding: &Binding) -> bool {
        let End::Value(file, row) = end else { return false };
        file == self.file
            && self.facts().bindings().get(row as usize).is_some_and(|other| other.at == binding.at)
    }

    fn lazies(&mut self) {
        let facts = self.facts();
        if facts.lazies().is_empty() {
            return;
        }
        // What an import or a chain in the function says is a site already.
        let chains = facts.uses().iter().filter(|used| facts.text(used.chain).contains('.'));
        let told: FxHashSet<Pos> = facts
            .imports()
            .iter()
            .map(|import| import.at)
            .chain(chains.map(|used| used.at))
            .collect();
        for lazy in facts.lazies().iter().filter(|lazy| !told.contains(&lazy.at)) {
            for reached in self.resolver.lazy(self.file, lazy) {
                if self.wants(&reached) {
                    let path = self.lazy_path(facts.text(lazy.module), lazy.attribute);
                    self.push(lazy.at, 0, Form::Lazy, path, reached, true);
                }
            }
        }
    }

    fn lazy_path(&self, module: &str, attribute: Sym) -> String {
        let level = module.bytes().take_while(|byte| *byte == b'.').count() as u32;
        let own = &self.project.file(self.file).module;
        let base = match level {
            0 if module.is_empty() => own.to_string(),
            0 if module.contains('.') => module.to_owned(),
            0 => joined(own, module),
            _ => self.project.written_relative(self.file, level, module.trim_start_matches('.')),
        };
        if attribute.is_none() { base } else { joined(&base, self.facts().text(attribute)) }
    }

    fn strings(&mut self) {
        for string in self.facts().strings() {
            let target = self.facts().text(string.target);
            let mut steps = Vec::new();
            self.resolver.string(self.file, string, &mut |step| steps.push(step));
            let segments = target.trim_start_matches('.').split(['.', ':']).count();
            let whole =
                steps.iter().any(|step| step.segments == segments && step.reached.end.is_ours());
            let is_weak = string.form() == StringForm::Dotted;
            if is_weak && !whole {
                continue;
            }
            let path = match string.form() {
                StringForm::PatchObject => {
                    // The object is named by code: only its attribute is named by the string.
                    steps.retain(|step| step.segments > 1);
                    let (root, rest) = target.split_once('.').unwrap_or((target, ""));
                    let import = import_in_scope(self.facts(), root, string.scope);
                    joined(&self.root_path(import, root), rest)
                }
                _ => self.string_path(string, target),
            };
            let extra = path.split('.').count().saturating_sub(segments);
            self.reach(steps, string, &path, extra);
        }
    }

    fn string_path(&self, string: &StringRef, target: &str) -> String {
        let level = target.bytes().take_while(|byte| *byte == b'.').count() as u32;
        if level == 0 {
            return target.replace(':', ".");
        }
        let rest = target.trim_start_matches('.');
        match self.facts().text(string.package) {
            "" | "__package__" | "__name__" => {
                self.project.written_relative(self.file, level, rest)
            }
            package => {
                let mut segments: Vec<&str> = package.split('.').collect();
                segments.truncate(segments.len().saturating_sub(level as usize - 1));
                segments.extend(rest.split('.').filter(|segment| !segment.is_empty()));
                segments.join(".")
            }
        }
    }

    /// Pushes the wanted ones of a string's steps: of modules only the innermost, as `a.b.C` is no use of `a`. `extra`
    /// segments of the path stand before those that the string names.
    fn reach(&mut self, steps: Vec<Step>, string: &StringRef, path: &str, extra: usize) {
        let innermost = steps.iter().filter(|step| matches!(step.reached.end, End::Place(_)));
        let innermost = innermost.map(|step| step.segments).max();
        let widest = steps.iter().filter(|step| innermost == Some(step.segments)).count();
        let certain = string.form() != StringForm::Dotted && widest < 2;
        for step in steps {
            let is_outer =
                matches!(step.reached.end, End::Place(_)) && innermost != Some(step.segments);
            if is_outer || !self.wants(&step.reached) {
                continue;
            }
            // A ghost is known by all that was asked for.
            let is_ghost = matches!(step.reached.end, End::Unresolved(_));
            let length = if is_ghost { usize::MAX } else { step.segments + extra };
            let path = path.split('.').take(length).collect::<Vec<_>>().join(".");
            let form = Form::String(string.form());
            self.push(string.at, string.scope, form, path, step.reached, certain);
        }
    }

    fn uses(&mut self) {
        let facts = self.facts();
        // Many uses share one chain and root: each is followed once.
        let mut known: FxHashMap<(Sym, Row), Vec<(Step, String)>> = FxHashMap::default();
        let has_star = facts.bindings_of("*").next().is_some();
        // The values of aliases have their sites already.
        let aliased: FxHashSet<(Sym, u32)> =
            module_aliases(facts).map(|binding| (binding.text, binding.at.line)).collect();
        for used in
            facts.uses().iter().filter(|used| !aliased.contains(&(used.chain, used.at.line)))
        {
            let chain = facts.text(used.chain);
            let is_bare = !chain.contains('.');
            let by_star = has_star && used.import == NO_ROW && self.comes_by_star(chain);
            if is_bare && !by_star && !self.wanted.references {
                continue;
            }
            let key = (used.chain, used.import);
            let steps = match known.get(&key) {
                Some(steps) => steps.clone(),
                None => self.followed(used.import, chain, by_star),
            };
            known.entry(key).or_insert_with(|| steps.clone());
            for (step, path) in steps {
                let form = if is_bare { Form::Name } else { Form::Dotted };
                self.push(used.at, used.scope(), form, path, step.reached, true);
            }
        }
    }

    fn comes_by_star(&self, chain: &str) -> bool {
        let root = chain.split('.').next().unwrap_or(chain);
        self.facts().bindings_of(root).next().is_none()
    }

    /// The wanted steps of a chain with the paths that lead to them.
    fn followed(&mut self, import: Row, chain: &'p str, by_star: bool) -> Vec<(Step, String)> {
        let mut steps = Vec::new();
        self.resolver.chain(self.file, import, chain, &mut |step| steps.push(step));
        let innermost = steps.iter().filter(|step| matches!(step.reached.end, End::Place(_)));
        let innermost = innermost.map(|step| step.segments).max();
        let root = chain.split('.').next().unwrap_or(chain);
        let is_reference = self.wanted.references && !chain.contains('.');
        let mut wanted = Vec::new();
        for step in steps {
            let is_root = step.segments == 1 && !by_star && !is_reference;
            let is_outer =
                matches!(step.reached.end, End::Place(_)) && innermost != Some(step.segments);
            if is_root
                || is_outer
                || matches!(step.reached.end, End::Unresolved(Why::NoName))
                || !self.wants(&step.reached)
            {
                continue;
            }
            let mut path = self.root_path(import, root);
            for segment in chain.split('.').take(step.segments).skip(1) {
                path = joined(&path, segment);
            }
            wanted.push((step, path));
        }
        wanted
    }

    /// The absolute path of a name as the file has it: by its import, else as the file's own.
    fn root_path(&mut self, import: Row, root: &'p str) -> String {
        let facts = self.facts();
        let mut row = facts.imports().get(import as usize);
        if row.is_none() {
            let bound = facts
                .bindings_of(root)
                .filter(|binding| binding.kind() == BindingKind::Import)
                .last();
            row = bound.and_then(|binding| facts.imports().get(binding.row as usize));
        }
        if let Some(import) = row {
            let binds_first = import.form() == ImportForm::Import && import.aliased == 0;
            return if binds_first { root.to_owned() } else { self.written_path(import) };
        }
        for star in facts.bindings_of("*") {
            let Some(import) = facts.imports().get(star.row as usize) else { continue };
            for base in self.resolver.import_base(self.file, import) {
                if let End::Place(Place::Module(module)) = base.end
                    && self.resolver.exports(module, root)
                    && self
                        .resolver
                        .attribute(Place::Module(module), root)
                        .iter()
                        .any(|reached| reached.end.is_ours())
                {
                    return joined(&self.project.written_module(self.file, import), root);
                }
            }
        }
        joined(&self.project.file(self.file).module, root)
    }
}

fn module_aliases(facts: &Facts) -> impl Iterator<Item = &Binding> {
    facts.module_bindings().filter(|binding| binding.kind() == BindingKind::Alias)
}

fn joined(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}.{name}") }
}

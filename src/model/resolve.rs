//! Resolving a name to what it stands for, hop by hop, with the trail.
//!
//! Nothing is guessed: where branches or equally near roots give several answers, all are kept, and where no answer can
//! be had, the end says why.

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::folders::Place;
use super::ids::FileId;
use super::search::{Lookup, Sight};
use super::{File, Project};
use crate::facts::Facts;
use crate::facts::rows::{
    AllOp, Binding, BindingKind, DefinitionKind, DynamicKind, Import, ImportForm, Lazy, NO_ROW,
    Row, ScopeKind, StringForm, StringRef, file_flag,
};
use crate::source::Language;

/// Chains of re-exports longer than this are cycles in all but name.
const MAX_HOPS: usize = 64;

/// A name that takes more looks than this is a maze made on purpose.
const MAX_WORK: usize = 2_000;

/// Where the way of a name ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// A class or function: its row in the file's definitions.
    Definition(FileId, Row),
    /// Any other module-level value: its row in the file's bindings.
    Value(FileId, Row),
    Place(Place),
    /// Standard library, installed or declared.
    External,
    /// A compiled module of the tree.
    Native,
    /// Nobody has it.
    Missing,
    Unresolved(Why),
    /// It stands in the tree, where the importing file's roots do not reach.
    OutsideRoots,
    /// Only running the code could tell.
    Dynamic,
}

/// Why a name under one of our packages does not resolve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The module exists and has no such name.
    NoName,
    /// The package exists and has no such module.
    NoModule,
    /// A relative import that leads above the outermost package.
    BeyondTop,
    /// Modules re-export the name from each other.
    Cycle,
}

/// Outcomes of an imported name; in this order, the first of several ends names the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    Definition,
    Module,
    External,
    Dynamic,
    OutsideRoots,
    Unresolved,
    Missing,
}

impl Outcome {
    pub const ALL: [Self; 7] = [
        Self::Definition,
        Self::Module,
        Self::External,
        Self::Missing,
        Self::Unresolved,
        Self::OutsideRoots,
        Self::Dynamic,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::Definition => "definition",
            Self::Module => "module",
            Self::External => "external",
            Self::Missing => "missing",
            Self::Unresolved => "unresolved",
            Self::OutsideRoots => "outside-roots",
            Self::Dynamic => "dynamic",
        }
    }
}

impl End {
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Definition(..) | Self::Value(..) => Outcome::Definition,
            Self::Place(_) => Outcome::Module,
            Self::External | Self::Native => Outcome::External,
            Self::Missing => Outcome::Missing,
            Self::Unresolved(_) => Outcome::Unresolved,
            Self::OutsideRoots => Outcome::OutsideRoots,
            Self::Dynamic => Outcome::Dynamic,
        }
    }

    /// Whether it is something of the tree itself.
    pub fn is_ours(self) -> bool {
        matches!(self, Self::Definition(..) | Self::Value(..) | Self::Place(_))
    }
}

/// How one hop of a trail leads on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// The module imports the name.
    Import,
    /// `Name = Other`
    Alias,
    /// The module has it by a star import.
    Star,
    /// The module's `__getattr__` serves it.
    Lazy,
}

impl How {
    pub fn word(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Alias => "alias",
            Self::Star => "star",
            Self::Lazy => "lazy",
        }
    }
}

/// One hop: the line of a module that passes a name on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hop {
    pub file: FileId,
    pub line: u32,
    pub how: How,
}

pub type Trail = SmallVec<[Hop; 2]>;

/// An end with the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    pub end: End,
    pub trail: Trail,
}

pub type Ends = SmallVec<[Reached; 1]>;

/// One star import of a module.
#[derive(Clone, Debug)]
pub struct StarImport {
    pub scope: Row,
    pub line: u32,
    pub modules: SmallVec<[FileId; 1]>,
    /// It also reads what is not of this tree.
    pub external: bool,
}

/// What a dotted chain leads to, after each of its segments.
#[derive(Clone, Debug)]
pub struct Step {
    /// How many segments of the chain lead here.
    pub segments: usize,
    pub reached: Reached,
}

/// Walks bindings. One per thread: it remembers what it is in the middle of, so that cycles end.
pub struct Resolver<'p> {
    project: &'p Project,
    trail: Trail,
    visiting: Vec<(FileId, &'p str)>,
    /// The modules that a search through stars has looked at, for the name it is after: once is enough.
    starred: (&'p str, FxHashSet<FileId>),
    /// Attributes looked at since the last question from outside.
    work: usize,
    known: Known<'p>,
}

/// What imports before led to: files beside each other import much the same.
#[derive(Default)]
struct Known<'p> {
    modules: FxHashMap<(Sight, &'p str), Ends>,
    names: FxHashMap<(Place, &'p str), Ends>,
}

impl<'p> Resolver<'p> {
    pub fn new(project: &'p Project) -> Self {
        let starred = ("", FxHashSet::default());
        let known = Known::default();
        Self { project, trail: Trail::new(), visiting: Vec::new(), starred, work: 0, known }
    }

    /// What an imported name denotes: `a.b.c` of `import a.b.c`, `n` of `from x import n`, the module of a star.
    pub fn import(&mut self, file: FileId, import: &Import) -> Ends {
        let facts = &self.project.file(file).facts;
        match import.form() {
            ImportForm::Import => self.module(file, facts.text(import.module)),
            ImportForm::Star => self.import_base(file, import),
            ImportForm::From => {
                let bases = self.import_base(file, import);
                self.name_of(&bases, facts.text(import.name))
            }
        }
    }

    /// What each import of a file denotes: the same as [`Self::import`] of each, and sooner.
    pub fn imports(&mut self, file: FileId) -> impl Iterator<Item = Ends> {
        let facts = &self.project.file(file).facts;
        // Names from one module mostly come together.
        let mut last: Option<(&Import, Ends)> = None;
        facts.imports().iter().map(move |import| {
            if import.form() != ImportForm::From {
                return self.import(file, import);
            }
            let is_same =
                |other: &Import| (other.module, other.level) == (import.module, import.level);
            let bases = match last.take() {
                Some((other, bases)) if is_same(other) => bases,
                _ => self.known_base(file, import),
            };
            let name = facts.text(import.name);
            let ends = match bases.as_slice() {
                [Reached { end: End::Place(place), .. }] => self.known_name(*place, name),
                bases => self.name_of(bases, name),
            };
            last = Some((import, bases));
            ends
        })
    }

    fn known_base(&mut self, file: FileId, import: &Import) -> Ends {
        let sight = self.project.search.sight(&self.project.folders, file);
        let Some(sight) = sight.filter(|_| import.level == 0) else {
            return self.import_base(file, import);
        };
        let module = self.project.file(file).facts.text(import.module);
        if let Some(ends) = self.known.modules.get(&(sight, module)) {
            return ends.clone();
        }
        let ends = self.import_base(file, import);
        // What is not found in sight is looked for outside, and that is not the same for all.
        if ends.iter().all(|reached| matches!(reached.end, End::Place(_) | End::External)) {
            self.known.modules.insert((sight, module), ends.clone());
        }
        ends
    }

    fn known_name(&mut self, place: Place, name: &'p str) -> Ends {
        if let Some(ends) = self.known.names.get(&(place, name)) {
            return ends.clone();
        }
        let ends = self.attribute(place, name);
        self.known.names.insert((place, name), ends.clone());
        ends
    }

    fn name_of(&mut self, bases: &[Reached], name: &'p str) -> Ends {
        let mut ends = Ends::new();
        for base in bases {
            match base.end {
                End::Place(place) => self.attribute_into(place, name, &mut ends),
                _ => ends.push(base.clone()),
            }
        }
        settle(ends)
    }

    /// The module that a `from` import reads.
    pub fn import_base(&mut self, file: FileId, import: &Import) -> Ends {
        let module = self.project.file(file).facts.text(import.module);
        if import.level == 0 {
            return self.module(file, module);
        }
        self.relative(file, import.level, module)
    }

    fn relative(&mut self, file: FileId, level: u32, rest: &str) -> Ends {
        let project = self.project;
        let Some(package) = project.package_above(file, level) else {
            return self.one(End::Unresolved(Why::BeyondTop));
        };
        if rest.is_empty() {
            return self.one(End::Place(project.folders.place_of(package)));
        }
        match super::search::descend(&project.folders, package, rest) {
            Lookup::Found(place) => self.one(End::Place(place)),
            Lookup::Native => self.one(End::Native),
            Lookup::Partial(place, segments) => self.beyond(place, rest, segments),
            Lookup::Nothing => self.one(End::Unresolved(Why::NoModule)),
        }
    }

    /// A dotted module name as seen from a file.
    pub fn module(&mut self, file: FileId, dotted: &str) -> Ends {
        let project = self.project;
        let search = &project.search;
        let first = dotted.split('.').next().unwrap_or(dotted);
        if search.is_standard(dotted) {
            return self.one(End::External);
        }
        let mut found = Vec::new();
        let lookup = search.find(&project.folders, file, dotted, &mut found);
        match lookup {
            Lookup::Found(_) => {
                // A folder that merely bears the name of a dependency or of a standard package is not that package.
                let only_namespaces =
                    found.iter().all(|place| matches!(place, Place::Namespace(_)));
                if only_namespaces && (search.is_dependency(first) || search.is_standard(first)) {
                    return self.one(End::External);
                }
                found.into_iter().map(|place| self.here(End::Place(place))).collect()
            }
            Lookup::Native => self.one(End::Native),
            _ if search.is_standard_name(first) || search.is_dependency(first) => {
                self.one(End::External)
            }
            Lookup::Partial(place, segments) => {
                let ends = self.beyond(place, dotted, segments);
                let elsewhere =
                    ends.iter().all(|reached| matches!(reached.end, End::Unresolved(_)))
                        && !search.outside(&project.folders, file, dotted).is_empty();
                if elsewhere { self.one(End::OutsideRoots) } else { ends }
            }
            Lookup::Nothing if !search.outside(&project.folders, file, dotted).is_empty() => {
                self.one(End::OutsideRoots)
            }
            Lookup::Nothing => self.one(End::Missing),
        }
    }

    /// `import a.b.c` where `a.b` is no package that has `c`: it may still be an attribute that is a module.
    fn beyond(&mut self, place: Place, dotted: &str, segments: usize) -> Ends {
        let project = self.project;
        let Some(next) = dotted.split('.').nth(segments) else {
            return self.one(End::Unresolved(Why::NoModule));
        };
        let whole = segments + 1 == dotted.split('.').count();
        let mut ends = Ends::new();
        if let Place::Module(file) = place
            && let Some(next) = project.own_text(file, next)
        {
            self.attribute_into(place, next, &mut ends);
        }
        ends.retain(|reached| match reached.end {
            End::Place(_) => whole,
            End::External | End::Dynamic | End::Native => true,
            _ => false,
        });
        if ends.is_empty() {
            let is_open =
                matches!(place, Place::Module(file) if extends_its_path(project.file(file)));
            return self.one(if is_open { End::Missing } else { End::Unresolved(Why::NoModule) });
        }
        ends
    }

    /// What `name` is in a module or package: its binding, else its submodule.
    pub fn attribute(&mut self, place: Place, name: &'p str) -> Ends {
        let mut ends = Ends::new();
        self.attribute_into(place, name, &mut ends);
        settle(ends)
    }

    fn attribute_into(&mut self, place: Place, name: &'p str, ends: &mut Ends) {
        let project = self.project;
        let folder = match place {
            Place::Namespace(folder) => Some(folder),
            Place::Module(file) => project.folders.package_folder(file),
        };
        let submodule = folder.and_then(|folder| project.folders.child(folder, name));
        if self.visiting.is_empty() {
            self.work = 0;
        }
        self.work += 1;
        if let Place::Module(file) = place {
            if self.visiting.contains(&(file, name)) {
                // `from . import name` in the package itself: the submodule is meant.
                let end = submodule.map_or(End::Unresolved(Why::Cycle), End::Place);
                ends.push(self.here(end));
                return;
            }
            if self.visiting.len() >= MAX_HOPS || self.work > MAX_WORK {
                ends.push(self.here(End::Unresolved(Why::Cycle)));
                return;
            }
            self.visiting.push((file, name));
            let bound = self.bound_in(file, name, ends);
            self.visiting.pop();
            if bound {
                return;
            }
        }
        let native = folder
            .and_then(|folder| project.folders.slot(folder, name))
            .is_some_and(|slot| slot.native);
        let end = match (submodule, place) {
            (Some(submodule), _) => End::Place(submodule),
            (None, _) if native => End::Native,
            (None, Place::Namespace(_)) => End::Unresolved(Why::NoModule),
            (None, Place::Module(file)) => self.nothing_in(file),
        };
        ends.push(self.here(end));
    }

    /// Pushes what a module binds the name to; false if nothing.
    fn bound_in(&mut self, file: FileId, name: &'p str, ends: &mut Ends) -> bool {
        let project = self.project;
        let own = project.file(file);
        let before = ends.len();
        for binding in effective(own, name) {
            self.follow(file, binding, ends);
        }
        // Who imports a name in a ring, or from himself, has what it was before.
        let is_ring = |reached: &Reached| matches!(reached.end, End::Unresolved(Why::Cycle));
        if ends.len() > before && ends[before..].iter().all(is_ring) {
            let facts = &own.facts;
            let is_import = |binding: &&Binding| binding.kind() == BindingKind::Import;
            if let Some(earlier) = facts.bindings_of(name).filter(|it| !is_import(it)).last() {
                ends.truncate(before);
                self.follow(file, earlier, ends);
            }
        }
        if ends.len() > before {
            return true;
        }
        self.lazies(file, name, ends);
        if ends.len() > before {
            return true;
        }
        self.stars(file, name, ends);
        if ends.len() > before {
            return true;
        }
        if let Some(stub) = own.stub
            && effective(project.file(stub), name).next().is_some()
        {
            return self.bound_in(stub, name, ends);
        }
        if is_module_attribute(name) {
            ends.push(self.here(End::Value(file, NO_ROW)));
            return true;
        }
        false
    }

    fn follow(&mut self, file: FileId, binding: &Binding, ends: &mut Ends) {
        let facts = &self.project.file(file).facts;
        let row = || facts.bindings().element_offset(binding).map_or(NO_ROW, |row| row as Row);
        match binding.kind() {
            BindingKind::Import => {
                let Some(import) = facts.imports().get(binding.row as usize) else { return };
                self.hop(file, binding.at.line, How::Import, |this| {
                    ends.extend(this.bound_by(file, import));
                });
            }
            BindingKind::Definition => ends.push(self.here(End::Definition(file, binding.row))),
            BindingKind::Alias => {
                let chain = facts.text(binding.text);
                let reached = self
                    .hop(file, binding.at.line, How::Alias, |this| this.whole_chain(file, chain));
                let known = reached
                    .iter()
                    .any(|reached| reached.end.is_ours() || reached.end == End::External);
                if known {
                    ends.extend(reached);
                } else {
                    ends.push(self.here(End::Value(file, row())));
                }
            }
            _ => ends.push(self.here(End::Value(file, row()))),
        }
    }

    /// What the name bound by an import statement denotes: `a` for `import a.b`.
    pub fn bound_by(&mut self, file: FileId, import: &Import) -> Ends {
        if import.form() == ImportForm::Import && import.aliased == 0 {
            let bound = self.project.file(file).facts.text(import.bound);
            return self.module(file, bound);
        }
        self.import(file, import)
    }

    /// A chain at module level, all of it: what `a.b.C` in `X = a.b.C` denotes.
    fn whole_chain(&mut self, file: FileId, chain: &'p str) -> Ends {
        let segments = chain.split('.').count();
        let mut ends = Ends::new();
        self.chain(file, NO_ROW, chain, &mut |step| {
            // What comes from outside cannot be followed further, and need not be.
            let is_whole = step.segments == segments;
            if is_whole || step.reached.end.outcome() == Outcome::External {
                ends.push(step.reached);
            }
        });
        settle(ends)
    }

    /// Follows a chain as code in a file reads it, and gives each step that could be followed. The root is what the
    /// import row binds, if one is named, else the module-level name.
    pub fn chain(&mut self, file: FileId, import: Row, chain: &'p str, give: &mut dyn FnMut(Step)) {
        let mut segments = chain.split('.');
        let Some(root) = segments.next() else { return };
        let rest: SmallVec<[&'p str; 6]> = segments.collect();
        if let Some((places, length)) = self.imported_prefix(file, import, chain) {
            for place in places {
                self.walk(place, &rest[length - 1..], length, give);
            }
            return;
        }
        let roots = self.root(file, import, root);
        for reached in roots {
            self.walk(reached, &rest, 1, give);
        }
    }

    /// After `import a.b` the chain `a.b.C` goes through the module `a.b`, whatever else the package binds to `b`.
    fn imported_prefix(&mut self, file: FileId, import: Row, chain: &str) -> Option<(Ends, usize)> {
        let facts = &self.project.file(file).facts;
        let root = chain.split('.').next()?;
        let row = match facts.imports().get(import as usize) {
            Some(import) => Some(import),
            None => effective(self.project.file(file), root)
                .find(|binding| binding.kind() == BindingKind::Import)
                .and_then(|binding| facts.imports().get(binding.row as usize)),
        };
        let is_plain = |import: &Import| import.form() == ImportForm::Import && import.aliased == 0;
        row.filter(|import| is_plain(import))?;
        let module_of = |import: &Import| {
            let module = facts.text(import.module);
            let rest = chain.strip_prefix(module)?;
            (is_plain(import) && module.contains('.') && (rest.is_empty() || rest.starts_with('.')))
                .then_some(module)
        };
        let longest =
            facts.imports().iter().filter_map(module_of).max_by_key(|module| module.len())?;
        let mut places = self.module(file, longest);
        places.retain(|reached| matches!(reached.end, End::Place(_)));
        (!places.is_empty()).then(|| (places, longest.split('.').count()))
    }

    fn root(&mut self, file: FileId, import: Row, root: &'p str) -> Ends {
        let project = self.project;
        if let Some(import) = project.file(file).facts.imports().get(import as usize) {
            return self.bound_by(file, import);
        }
        if self.visiting.contains(&(file, root)) || self.visiting.len() >= MAX_HOPS {
            return Ends::new();
        }
        self.visiting.push((file, root));
        let mut ends = Ends::new();
        self.bound_in(file, root, &mut ends);
        self.visiting.pop();
        settle(ends)
    }

    fn walk(
        &mut self,
        reached: Reached,
        rest: &[&'p str],
        segments: usize,
        give: &mut dyn FnMut(Step),
    ) {
        give(Step { segments, reached: reached.clone() });
        let Some((next, rest)) = rest.split_first() else { return };
        match reached.end {
            End::Place(place) => {
                let before = std::mem::replace(&mut self.trail, reached.trail);
                let ends = self.attribute(place, next);
                self.trail = before;
                for reached in ends {
                    self.walk(reached, rest, segments + 1, give);
                }
            }
            End::Definition(file, row) => {
                let Some(member) = self.project.member(file, row, next) else { return };
                let reached = Reached { end: End::Definition(file, member), trail: reached.trail };
                self.walk(reached, rest, segments + 1, give);
            }
            _ => {}
        }
    }

    fn lazies(&mut self, file: FileId, name: &'p str, ends: &mut Ends) {
        let project = self.project;
        let facts = &project.file(file).facts;
        for lazy in facts.lazies().iter().filter(|lazy| facts.text(lazy.name) == name) {
            self.hop(file, lazy.at.line, How::Lazy, |this| ends.extend(this.lazy(file, lazy)));
        }
    }

    /// What one entry of a module's lazy attributes leads to.
    pub fn lazy(&mut self, file: FileId, lazy: &Lazy) -> Ends {
        let facts = &self.project.file(file).facts;
        let mut ends = Ends::new();
        for base in self.lazy_base(file, facts.text(lazy.module)) {
            match base.end {
                End::Place(place) if !lazy.attribute.is_none() => {
                    self.attribute_into(place, facts.text(lazy.attribute), &mut ends);
                }
                _ => ends.push(base),
            }
        }
        ends
    }

    fn lazy_base(&mut self, file: FileId, module: &'p str) -> Ends {
        let project = self.project;
        if module.is_empty() {
            return self.one(End::Place(Place::Module(file)));
        }
        let level = module.bytes().take_while(|byte| *byte == b'.').count();
        if level > 0 {
            return self.relative(file, level as u32, &module[level..]);
        }
        let own = project.folders.package_folder(file);
        let inside = own.map(|folder| super::search::descend(&project.folders, folder, module));
        match inside {
            Some(Lookup::Found(place)) if !module.contains('.') => self.one(End::Place(place)),
            _ => self.module(file, module),
        }
    }

    fn stars(&mut self, file: FileId, name: &'p str, ends: &mut Ends) {
        let facts = &self.project.file(file).facts;
        if facts.bindings_of("*").next().is_none() {
            return;
        }
        let is_outermost = self.starred.0 != name || self.starred.1.is_empty();
        let around = is_outermost
            .then(|| std::mem::replace(&mut self.starred, (name, FxHashSet::default())));
        if self.starred.1.insert(file) {
            self.search_stars(file, name, ends);
        }
        if let Some(around) = around {
            self.starred = around;
        }
    }

    fn search_stars(&mut self, file: FileId, name: &'p str, ends: &mut Ends) {
        let project = self.project;
        let facts = &project.file(file).facts;
        let mut external = false;
        let mut given: SmallVec<[Row; 2]> = SmallVec::new();
        for star in project.stars(file).iter().rev() {
            if given.iter().any(|later| overrides(facts, *later, star.scope)) {
                continue;
            }
            external |= star.external;
            let before = ends.len();
            for module in &star.modules {
                self.work += 1;
                let is_new = self.work <= MAX_WORK && !self.starred.1.contains(module);
                if is_new && self.exports(*module, name) {
                    self.hop(file, star.line, How::Star, |this| {
                        let mut through = Ends::new();
                        this.attribute_into(Place::Module(*module), name, &mut through);
                        through.retain(|reached| !matches!(reached.end, End::Unresolved(_)));
                        ends.extend(through);
                    });
                }
            }
            if ends.len() > before {
                given.push(star.scope);
            }
        }
        // Nobody else has it: it must have come from outside.
        if external && ends.is_empty() && !name.starts_with('_') {
            ends.push(self.here(End::External));
        }
    }

    /// What the star imports of a file read, whatever the name.
    pub(super) fn star_imports(&mut self, file: FileId) -> Vec<StarImport> {
        let facts = &self.project.file(file).facts;
        let mut stars = Vec::new();
        for binding in facts.bindings_of("*") {
            let Some(import) = facts.imports().get(binding.row as usize) else { continue };
            let mut star = StarImport {
                scope: binding.scope,
                line: binding.at.line,
                modules: SmallVec::new(),
                external: false,
            };
            // Modules only, by their place: a look at attributes could come back here.
            let mut found = Vec::new();
            let lookup = self.places(file, import, &mut found);
            for place in found {
                if let Place::Module(module) = place {
                    star.modules.push(module);
                }
            }
            star.external = matches!(lookup, Lookup::Nothing | Lookup::Native);
            stars.push(star);
        }
        stars
    }

    /// The places that the module of a `from` import names, without a look into any module; nothing for what is not of
    /// this tree.
    fn places(&self, file: FileId, import: &Import, found: &mut Vec<Place>) -> Lookup {
        let project = self.project;
        let module = project.file(file).facts.text(import.module);
        if import.level == 0 {
            if project.search.is_standard(module) {
                return Lookup::Nothing;
            }
            return project.search.find(&project.folders, file, module, found);
        }
        let Some(package) = project.package_above(file, import.level) else {
            return Lookup::Nothing;
        };
        let own = project.folders.place_of(package);
        let lookup = match module {
            "" => Lookup::Found(own),
            module => super::search::descend(&project.folders, package, module),
        };
        if let Lookup::Found(place) = lookup {
            found.push(place);
        }
        lookup
    }

    /// Everything that a star import of the module brings, with where each name leads, sorted by name.
    pub(super) fn star_table(&mut self, module: FileId) -> Vec<(&'p str, Ends)> {
        let project = self.project;
        let mut names: Vec<&'p str> = Vec::new();
        let mut seen = FxHashSet::from_iter([module]);
        let mut open = vec![module];
        while let Some(module) = open.pop() {
            let facts = &project.file(module).facts;
            let own = facts.module_bindings().filter(|binding| binding.kind() != BindingKind::Star);
            names.extend(own.map(|binding| facts.text(binding.name)));
            // `__all__` may name submodules.
            names.extend(facts.all_entries().iter().map(|entry| facts.text(entry.name)));
            let next = project.stars(module).iter().flat_map(|star| star.modules.iter().copied());
            open.extend(next.filter(|next| seen.insert(*next)));
        }
        names.sort_unstable();
        names.dedup();
        names.retain(|name| self.exports(module, name));
        names.into_iter().map(|name| (name, self.attribute(Place::Module(module), name))).collect()
    }

    /// Whether `from module import *` brings the name.
    pub fn exports(&mut self, file: FileId, name: &'p str) -> bool {
        self.exports_within(file, name, &mut Vec::new())
    }

    fn exports_within(&mut self, file: FileId, name: &'p str, seen: &mut Vec<FileId>) -> bool {
        let facts = &self.project.file(file).facts;
        if !facts.is(file_flag::HAS_ALL) {
            return !name.starts_with('_');
        }
        let mut exported = false;
        for entry in facts.all_entries() {
            if entry.resets == 1 {
                exported = false;
            }
            let text = facts.text(entry.name);
            match entry.op() {
                AllOp::Name => exported |= text == name,
                AllOp::Remove => exported &= text != name,
                AllOp::Nothing => {}
                AllOp::Module => {
                    let ends = self.whole_chain(file, text);
                    for reached in ends {
                        let End::Place(Place::Module(module)) = reached.end else { continue };
                        if module != file && !seen.contains(&module) {
                            seen.push(module);
                            exported |= self.exports_within(module, name, seen);
                        }
                    }
                }
            }
        }
        let is_open = facts.dynamics().iter().any(|dynamic| dynamic.kind() == DynamicKind::All);
        exported || (is_open && !name.starts_with('_'))
    }

    fn nothing_in(&self, file: FileId) -> End {
        let facts = &self.project.file(file).facts;
        let opens = |kind| matches!(kind, DynamicKind::GetAttr | DynamicKind::Globals);
        let is_open = !facts.status().has_facts()
            || extends_its_path(self.project.file(file))
            || facts.dynamics().iter().any(|dynamic| opens(dynamic.kind()))
            || (facts.is(file_flag::GETATTR) && facts.lazies().is_empty());
        if is_open { End::Dynamic } else { End::Unresolved(Why::NoName) }
    }

    /// What a constant string names, step by step like a chain; the segments count from its first.
    pub fn string(&mut self, file: FileId, string: &StringRef, give: &mut dyn FnMut(Step)) {
        let facts = &self.project.file(file).facts;
        let target: &'p str = facts.text(string.target);
        match string.form() {
            StringForm::PatchObject => {
                let root = target.split('.').next().unwrap_or(target);
                let import = import_in_scope(facts, root, string.scope);
                self.chain(file, import, target, give);
            }
            _ if target.starts_with('.') => {
                let level = target.bytes().take_while(|byte| *byte == b'.').count();
                let rest = &target[level..];
                let bases = self.package_named(file, facts.text(string.package), level as u32);
                self.dotted_below(bases, rest, give);
            }
            _ => self.dotted(file, target, give),
        }
    }

    /// The package that `import_module(".x", package=…)` counts from.
    fn package_named(&mut self, file: FileId, package: &'p str, level: u32) -> Ends {
        match package {
            // An ordinary module's own name is no package, and without one there is nothing to count from.
            "" => Ends::new(),
            "__name__" if !self.project.file(file).is_package() => Ends::new(),
            "__package__" | "__name__" => self.relative(file, level, ""),
            named => {
                let mut ends = Ends::new();
                for base in self.module(file, named) {
                    let End::Place(place) = base.end else { continue };
                    let folder = match place {
                        Place::Namespace(folder) => Some(folder),
                        Place::Module(file) => self.project.folders.package_folder(file),
                    };
                    let above = folder.and_then(|folder| {
                        self.project.folders.ancestors(folder).nth(level.saturating_sub(1) as usize)
                    });
                    ends.extend(above.map(|folder| {
                        self.here(End::Place(self.project.folders.place_of(folder)))
                    }));
                }
                ends
            }
        }
    }

    fn dotted_below(&mut self, bases: Ends, rest: &'p str, give: &mut dyn FnMut(Step)) {
        let segments: SmallVec<[&'p str; 6]> =
            rest.split('.').filter(|segment| !segment.is_empty()).collect();
        for base in bases {
            self.walk(base, &segments, 0, give);
        }
    }

    /// An absolute dotted name: modules as far as they go, then attributes. `a.b:C` counts as `a.b.C`.
    fn dotted(&mut self, file: FileId, target: &'p str, give: &mut dyn FnMut(Step)) {
        let project = self.project;
        let segments: SmallVec<[&'p str; 6]> = target.split(['.', ':']).collect();
        let Some(first) = segments.first().copied() else { return };
        let mut found = Vec::new();
        // The nearest root that has the most of it; a name of the standard library is none of ours.
        let module_part = target.split(':').next().unwrap_or(target);
        if project.search.is_standard(module_part) {
            return;
        }
        let lookup = project.search.find(&project.folders, file, module_part, &mut found);
        let whole = matches!(lookup, Lookup::Found(_));
        if !whole {
            found.clear();
            project.search.find(&project.folders, file, first, &mut found);
        }
        for place in found {
            let reached = self.here(End::Place(place));
            if whole {
                let length = module_part.split('.').count();
                self.walk(reached, &segments[length..], length, give);
            } else {
                self.walk(reached, &segments[1..], 1, give);
            }
        }
    }

    fn hop<T>(
        &mut self,
        file: FileId,
        line: u32,
        how: How,
        walk: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.trail.push(Hop { file, line, how });
        let result = walk(self);
        self.trail.pop();
        result
    }

    fn here(&self, end: End) -> Reached {
        Reached { end, trail: self.trail.clone() }
    }

    fn one(&self, end: End) -> Ends {
        let mut ends = Ends::new();
        ends.push(self.here(end));
        ends
    }
}

/// Drops what is worse than an answer beside it, and repeats.
fn settle(mut ends: Ends) -> Ends {
    if ends.len() < 2 {
        return ends;
    }
    if ends.iter().any(|reached| reached.end.is_ours()) {
        ends.retain(|reached| {
            !matches!(reached.end, End::Unresolved(_) | End::Missing | End::Dynamic)
        });
    }
    let mut seen: SmallVec<[End; 4]> = SmallVec::new();
    ends.retain(|reached| {
        let new = !seen.contains(&reached.end);
        seen.push(reached.end);
        new
    });
    ends
}

/// The bindings of a name that can hold when the module has run: the last one wins, but those in branches that it does
/// not override stay.
fn effective<'f>(file: &'f File, name: &str) -> impl Iterator<Item = &'f Binding> + use<'f> {
    let facts = &file.facts;
    let mut alive: SmallVec<[&'f Binding; 2]> = SmallVec::new();
    let mut weak: SmallVec<[&'f Binding; 1]> = SmallVec::new();
    for binding in facts.bindings_of(name) {
        match binding.kind() {
            // `name: Type` binds nothing but in a stub.
            BindingKind::Annotation if file.language != Language::Stub => {}
            BindingKind::Annotation | BindingKind::Augmented | BindingKind::Global => {
                weak.push(binding);
            }
            kind => {
                alive.retain(|earlier| !overrides(facts, binding.scope, earlier.scope));
                if kind != BindingKind::Delete {
                    alive.push(binding);
                }
            }
        }
    }
    let only_weak = alive.is_empty();
    alive.into_iter().chain(weak.into_iter().take(usize::from(only_weak)))
}

/// A package that binds `__path__` has modules elsewhere: other distributions put theirs beside its own.
fn extends_its_path(file: &File) -> bool {
    file.is_package() && file.facts.bindings_of("__path__").next().is_some()
}

/// Whether what runs later in one scope surely undoes what ran in the other.
fn overrides(facts: &Facts, later: Row, earlier: Row) -> bool {
    let later = facts.scopes().get(later as usize);
    later.is_some_and(|later| facts.scope_chain(earlier).any(|scope| std::ptr::eq(scope, later)))
}

/// What every module has without binding it.
fn is_module_attribute(name: &str) -> bool {
    matches!(
        name,
        "__name__"
            | "__file__"
            | "__doc__"
            | "__path__"
            | "__package__"
            | "__spec__"
            | "__loader__"
            | "__dict__"
            | "__all__"
    )
}

/// The import row that binds a name in the function or class around a scope; none if it is a module-level name.
pub(super) fn import_in_scope(facts: &Facts, name: &str, scope: Row) -> Row {
    let definition = facts.scopes().get(scope as usize).map_or(NO_ROW, |scope| scope.definition);
    if definition == NO_ROW {
        return NO_ROW;
    }
    let bound_here = |import: &Import| {
        facts.text(import.bound) == name
            && facts
                .scopes()
                .get(import.scope as usize)
                .is_some_and(|scope| scope.definition == definition)
    };
    facts.imports().iter().rposition(bound_here).map_or(NO_ROW, |row| row as Row)
}

/// When an edge or site acts: as the module is imported, when a function runs, or only for type checkers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    RunTime,
    Deferred,
    Typing,
}

impl Moment {
    pub fn word(self) -> &'static str {
        match self {
            Self::RunTime => "run-time",
            Self::Deferred => "deferred",
            Self::Typing => "typing",
        }
    }

    pub fn of(facts: &Facts, scope: Row) -> Self {
        let mut moment = Self::RunTime;
        for scope in facts.scope_chain(scope) {
            match scope.kind() {
                ScopeKind::TypeChecking => return Self::Typing,
                ScopeKind::Function => moment = Self::Deferred,
                _ => {}
            }
        }
        moment
    }
}

/// The definition of a class body's name.
pub(super) fn member_of(file: &File, class: Row, name: &str) -> Option<Row> {
    let definitions = file.facts.definitions();
    let owner = definitions.get(class as usize)?;
    if owner.kind() != DefinitionKind::Class {
        return None;
    }
    // Members follow their class; the first definition past its end closes the search.
    let after = definitions.iter().enumerate().skip(class as usize + 1);
    after
        .take_while(|(_, definition)| definition.first_line <= owner.end_line)
        .filter(|(_, definition)| {
            definition.parent == class && file.facts.text(definition.name) == name
        })
        .map(|(row, _)| row as Row)
        .last()
}

//! The project: files as modules under roots, and what every imported name in them stands for.

mod folders;
pub mod graph;
mod ids;
mod names;
mod resolve;
mod search;
mod sites;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

pub use folders::{Folders, Place};
pub use ids::{FileId, FolderId};
pub use names::nearest;
use resolve::StarImport;
pub use resolve::{End, Ends, Hop, How, Moment, Outcome, Reached, Resolver, Step, Trail, Why};
use search::Lookup;
pub use search::Surroundings;
pub use sites::{Form, Site, Wanted};

use crate::facts::Facts;
use crate::facts::rows::{BindingKind, DefinitionKind, NO_ROW, Row, ScopeKind, UseKind, file_flag};
use crate::source::{FileKind, Language, Root};

/// One Python file that was read.
#[derive(Debug)]
pub struct File {
    /// Relative to the tree, with `/`.
    pub path: Box<str>,
    pub language: Language,
    pub kind: FileKind,
    pub facts: Facts,
    /// Dotted name, counted from the root by which most imports reach the file's neighbours.
    pub module: Box<str>,
    /// Its names counted from other roots.
    pub other_names: Vec<Box<str>>,
    /// The `.pyi` beside a `.py`.
    pub stub: Option<FileId>,
    /// The `.py` beside a `.pyi`.
    pub source: Option<FileId>,
}

impl File {
    pub fn is_package(&self) -> bool {
        let (_, name) = folders::split_path(&self.path);
        name.starts_with("__init__.")
    }

    /// Whether the module does nothing but pass on what others define.
    pub fn is_shim(&self) -> bool {
        let facts = &self.facts;
        let passes_on =
            |kind| matches!(kind, BindingKind::Import | BindingKind::Star | BindingKind::Alias);
        let mut imports = 0;
        for binding in facts.module_bindings() {
            if passes_on(binding.kind()) {
                imports += usize::from(binding.kind() != BindingKind::Alias);
            } else if facts.text(binding.name) != "__all__"
                && facts.text(binding.name) != "__getattr__"
            {
                return false;
            }
        }
        let own = |row: &&crate::facts::rows::Definition| {
            row.parent == NO_ROW && facts.text(row.name) != "__getattr__"
        };
        // What runs as it is imported does more than pass on; to warn that it is old is part of passing on.
        let in_function =
            |scope: Row| facts.scope_chain(scope).any(|scope| scope.kind() == ScopeKind::Function);
        let warns = |chain: &str| matches!(chain, "warn" | "warnings.warn");
        let runs = facts.uses().iter().any(|used| {
            used.kind() == UseKind::Call
                && !in_function(used.scope())
                && !warns(facts.text(used.chain))
        });
        imports > 0 && !runs && !self.is_package() && facts.definitions().iter().find(own).is_none()
    }
}

/// What is handed in for each file, in the order of paths.
pub struct FileInput {
    pub path: Box<str>,
    pub language: Language,
    pub kind: FileKind,
    pub facts: Facts,
}

/// What is handed in about the tree.
pub struct TreeInput<'a> {
    /// Made of these very files.
    pub folders: Folders,
    pub roots: &'a [Root],
    pub surroundings: Surroundings,
}

/// The outcome of one imported name, as the scan counted it.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    pub outcome: Outcome,
    /// The first of its ends.
    pub end: End,
}

#[derive(Debug)]
pub struct Project {
    pub files: Vec<File>,
    pub folders: Folders,
    search: search::Search,
    /// By file, by import row.
    links: Vec<Box<[Link]>>,
    /// By dotted name. This and what follows is made when first asked for.
    by_module: OnceLock<FxHashMap<Box<str>, SmallVec<[FileId; 1]>>>,
    /// By file.
    stars: Vec<OnceLock<Vec<StarImport>>>,
    star_tables: Vec<OnceLock<StarTable>>,
}

/// So many files, in the order of their paths, are linked together.
const NEIGHBOURS: usize = 128;

/// The root that an import goes through, and the home of what it reaches.
type Vote = (FolderId, FolderId);
type Votes = BTreeMap<Vote, usize>;

/// Names that a star import brings, and where each leads.
type StarTable = Vec<(Box<str>, Ends)>;

impl Project {
    pub fn build(files: Vec<FileInput>, tree: TreeInput) -> Self {
        let TreeInput { folders, roots, surroundings } = tree;
        let file = |(index, input): (usize, FileInput)| {
            let (stub, source) = twins(&folders, FileId::new(index), &input);
            File {
                path: input.path,
                language: input.language,
                kind: input.kind,
                facts: input.facts,
                module: "".into(),
                other_names: Vec::new(),
                stub,
                source,
            }
        };
        let files: Vec<File> = files.into_par_iter().enumerate().map(file).collect();
        let scripts = script_folders(&files, &folders);
        let edits = path_edits(&files, &folders);
        let search = search::Search::build(&folders, roots, &scripts, edits, surroundings);
        let count = files.len();
        let mut project = Self {
            files,
            folders,
            search,
            links: Vec::new(),
            by_module: OnceLock::new(),
            stars: std::iter::repeat_with(OnceLock::new).take(count).collect(),
            star_tables: std::iter::repeat_with(OnceLock::new).take(count).collect(),
        };
        project.links = project.link();
        let votes = project.root_votes();
        let names_of = |index| project.names_of(FileId::new(index), &votes);
        let names: Vec<Vec<Box<str>>> = (0..count).into_par_iter().map(names_of).collect();
        for (file, names) in project.files.iter_mut().zip(names) {
            let mut names = names.into_iter();
            file.module = names.next().unwrap_or_default();
            file.other_names = names.collect();
        }
        project
    }

    /// The star imports of a file.
    fn stars(&self, file: FileId) -> &[StarImport] {
        self.stars[file.index()].get_or_init(|| Resolver::new(self).star_imports(file))
    }

    /// Everything that a star import of a module brings, sorted by name.
    fn star_table(&self, module: FileId) -> &[(Box<str>, Ends)] {
        self.star_tables[module.index()].get_or_init(|| {
            let table = Resolver::new(self).star_table(module);
            table.into_iter().map(|(name, ends)| (name.into(), ends)).collect()
        })
    }

    fn link(&self) -> Vec<Box<[Link]>> {
        let link = |ends: Ends| {
            let end = ends.iter().map(|reached| reached.end).min_by_key(|end| end.outcome());
            let end = end.unwrap_or(End::Missing);
            Link { outcome: end.outcome(), end }
        };
        // Neighbours import much the same: what one resolver has found for the first it knows for the rest.
        let link_run = |run: &[FileId]| -> Vec<Box<[Link]>> {
            let mut resolver = Resolver::new(self);
            run.iter().map(|id| resolver.imports(*id).map(link).collect()).collect()
        };
        let ids: Vec<FileId> = self.ids().collect();
        ids.par_chunks(NEIGHBOURS).flat_map_iter(link_run).collect()
    }

    /// How many imports reached files of each home (the nearest root of the project around them) by way of each root.
    fn root_votes(&self) -> Votes {
        // Where no file has two names to choose from, nobody asks.
        if !self.search.has_nested_roots(&self.folders) {
            return Votes::new();
        }
        let count_run = |run: &[FileId]| {
            let mut votes = Votes::new();
            let mut known = FxHashMap::default();
            for id in run {
                let facts = &self.file(*id).facts;
                let sight = self.search.sight(&self.folders, *id);
                for import in facts.imports().iter().filter(|import| import.level == 0) {
                    let dotted = facts.text(import.module);
                    let vote = match sight {
                        Some(sight) => *known
                            .entry((sight, dotted))
                            .or_insert_with(|| self.root_vote(*id, dotted)),
                        None => self.root_vote(*id, dotted),
                    };
                    if let Some(vote) = vote {
                        *votes.entry(vote).or_default() += 1;
                    }
                }
            }
            votes
        };
        let merge = |mut all: Votes, some: Votes| {
            for (root, count) in some {
                *all.entry(root).or_default() += count;
            }
            all
        };
        let ids: Vec<FileId> = self.ids().collect();
        ids.par_chunks(NEIGHBOURS).map(count_run).reduce(Votes::new, merge)
    }

    /// The first root from which a name leads anywhere, and the home of what it leads to.
    fn root_vote(&self, file: FileId, dotted: &str) -> Option<Vote> {
        let tiers = self.search.tiers(file, self.folders.folder_of(file));
        tiers.flat_map(|tier| self.search.holders(tier, dotted)).find_map(|root| {
            match search::descend(&self.folders, root, dotted) {
                Lookup::Found(place) | Lookup::Partial(place, _) => {
                    Some((root, self.home_of(place)))
                }
                Lookup::Native | Lookup::Nothing => None,
            }
        })
    }

    fn home_of(&self, place: Place) -> FolderId {
        let folder = match place {
            Place::Module(file) => self.folders.folder_of(file),
            Place::Namespace(folder) => folder,
        };
        let mut around = self.folders.ancestors(folder);
        around.find(|folder| self.search.is_project_root(*folder)).unwrap_or(self.folders.top())
    }

    /// The names of a file, the one it goes by first.
    fn names_of(&self, id: FileId, votes: &Votes) -> Vec<Box<str>> {
        let folder = self.folders.folder_of(id);
        let home = self.home_of(Place::Module(id));
        let mut roots: Vec<FolderId> = self.search.home_roots(&self.folders, folder);
        // Nearest first, so that a stable sort by votes keeps the nearest of equals.
        roots.sort_by_key(|root| {
            let is_project = self.search.is_project_root(*root);
            let votes =
                if is_project { votes.get(&(*root, home)).copied().unwrap_or(0) } else { 0 };
            (!is_project, std::cmp::Reverse(votes))
        });
        let mut names: Vec<Box<str>> = Vec::new();
        for root in roots {
            let name = self.name_from(root, id);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    fn name_from(&self, root: FolderId, id: FileId) -> Box<str> {
        let path = &*self.file(id).path;
        let below = if Some(root) == self.folders.above() {
            let names = self.folders.names(root);
            Cow::Owned(format!("{}/{path}", names.first().copied().unwrap_or_default()))
        } else {
            let root = &*self.folders.folder(root).path;
            Cow::Borrowed(path.strip_prefix(root).unwrap_or(path).trim_start_matches('/'))
        };
        let stem = below.rsplit_once('.').map_or(&*below, |(stem, _)| stem);
        let stem = stem.strip_suffix("/__init__").unwrap_or(stem);
        stem.replace('/', ".").into()
    }

    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.files.len()).map(FileId::new)
    }

    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.index()]
    }

    pub fn link_of(&self, file: FileId, import: usize) -> Link {
        self.links[file.index()][import]
    }

    pub fn links(&self, file: FileId) -> &[Link] {
        &self.links[file.index()]
    }

    /// Imported names by outcome, in the order of [`Outcome::ALL`].
    pub fn outcomes(&self) -> [usize; 7] {
        let mut counts = [0; 7];
        for link in self.links.iter().flat_map(|links| links.iter()) {
            let at = Outcome::ALL
                .iter()
                .position(|outcome| *outcome == link.outcome)
                .expect("all outcomes are listed");
            counts[at] += 1;
        }
        counts
    }

    /// Files that can be imported; a stub beside its source is the same module.
    pub fn modules(&self) -> usize {
        let is_module = |file: &&File| file.language != Language::Notebook && file.source.is_none();
        self.files.iter().filter(is_module).count()
    }

    /// Folders that are packages of any kind: below a root, with Python in them.
    pub fn packages(&self) -> usize {
        let holders: BTreeSet<FolderId> = self.ids().map(|id| self.folders.folder_of(id)).collect();
        holders.iter().filter(|folder| self.folders.folder(**folder).init.is_some()).count()
    }

    pub fn place_name(&self, place: Place) -> String {
        match place {
            Place::Module(file) => self.file(file).module.to_string(),
            Place::Namespace(folder) => self.folder_name(folder),
        }
    }

    /// Dotted name of a folder, as its files are named.
    fn folder_name(&self, folder: FolderId) -> String {
        let path = &*self.folders.folder(folder).path;
        let inside =
            self.files.iter().find(|file| file.path.starts_with(path) && !file.is_package());
        let Some(file) = inside else { return path.replace('/', ".") };
        let depth = file.path[path.len()..].trim_start_matches('/').split('/').count();
        let mut segments: Vec<&str> = file.module.split('.').collect();
        segments.truncate(segments.len().saturating_sub(depth));
        segments.join(".")
    }

    /// `module.qualname`
    pub fn definition_name(&self, file: FileId, definition: Row) -> String {
        let file = self.file(file);
        let qualname = file.facts.definition(definition).map(|row| file.facts.qualname(row));
        format!("{}.{}", file.module, qualname.unwrap_or_default())
    }

    pub fn end_name(&self, end: End) -> Option<String> {
        match end {
            End::Definition(file, row) => Some(self.definition_name(file, row)),
            End::Value(file, row) => {
                let file = self.file(file);
                let name = file
                    .facts
                    .bindings()
                    .get(row as usize)
                    .map_or("", |binding| file.facts.text(binding.name));
                Some(format!("{}.{name}", file.module))
            }
            End::Place(place) => Some(self.place_name(place)),
            _ => None,
        }
    }

    /// Files that go by a dotted name.
    pub fn modules_named(&self, dotted: &str) -> &[FileId] {
        let by_module = self.by_module.get_or_init(|| {
            let mut by_module: FxHashMap<Box<str>, SmallVec<[FileId; 1]>> = FxHashMap::default();
            for (id, file) in self.ids().zip(&self.files) {
                for name in std::iter::once(&file.module).chain(&file.other_names) {
                    by_module.entry(name.clone()).or_default().push(id);
                }
            }
            by_module
        });
        by_module.get(dotted).map_or(&[], SmallVec::as_slice)
    }

    /// Folders outside a file's roots from which a dotted name would be found.
    pub fn outside_homes(&self, file: FileId, dotted: &str) -> Vec<&str> {
        let homes = self.search.outside(&self.folders, file, dotted);
        homes.into_iter().map(|folder| &*self.folders.folder(folder).path).collect()
    }

    /// Whether a dotted name is a module of the standard library.
    pub fn is_standard(&self, dotted: &str) -> bool {
        self.search.is_standard(dotted)
    }

    /// What a dotted name would lead to from there.
    pub fn outside_places(&self, file: FileId, dotted: &str) -> Vec<Place> {
        let homes = self.search.outside(&self.folders, file, dotted);
        let found = homes.into_iter().map(|home| search::descend(&self.folders, home, dotted));
        let place = |lookup| match lookup {
            Lookup::Found(place) => Some(place),
            _ => None,
        };
        found.filter_map(place).collect()
    }

    /// The definition of a class member.
    pub fn member(&self, file: FileId, class: Row, name: &str) -> Option<Row> {
        resolve::member_of(self.file(file), class, name)
    }

    /// The folder that a relative import of so many dots counts from; nothing above the outermost package.
    fn package_above(&self, file: FileId, level: u32) -> Option<FolderId> {
        let own = self.folders.folder_of(file);
        let folder = self.folders.ancestors(own).nth(level.saturating_sub(1) as usize)?;
        let is_outermost = folder == self.folders.top() && self.folders.above().is_none();
        (!is_outermost).then_some(folder)
    }

    /// A text of the project equal to `text`, if a file has it: names that live as long as the project.
    fn own_text<'p>(&'p self, file: FileId, text: &str) -> Option<&'p str> {
        let facts = &self.file(file).facts;
        let binding = facts.bindings_of(text).next();
        let lazy = facts.lazies().iter().find(|lazy| facts.text(lazy.name) == text);
        binding.map(|binding| facts.text(binding.name)).or(lazy.map(|lazy| facts.text(lazy.name)))
    }

    /// Module-level classes and functions and their nested ones that a name or dotted path means: by its last segment as
    /// the name alone, or resolved from its modules down, also through re-exports. A name that nothing was defined by means
    /// what modules give it to.
    pub fn find(&self, symbol: &str) -> Vec<End> {
        let symbol = symbol.replace(':', ".");
        let ends = if symbol.contains('.') { self.find_dotted(&symbol) } else { Vec::new() };
        if !ends.is_empty() {
            return ends;
        }
        let mut ends: Vec<End> =
            self.modules_named(&symbol).iter().map(|id| End::Place(Place::Module(*id))).collect();
        let end_of_dotted = format!(".{symbol}");
        let name_is = |module: &str, qualname: &str| {
            qualname == symbol
                || (symbol.contains('.')
                    && format!(".{module}.{qualname}").ends_with(&end_of_dotted))
        };
        for id in self.ids() {
            let facts = &self.file(id).facts;
            for (row, definition) in facts.definitions().iter().enumerate() {
                let is_top =
                    definition.parent == NO_ROW || definition.kind() == DefinitionKind::Class;
                if is_top
                    && (facts.text(definition.name) == symbol
                        || name_is(&self.file(id).module, &facts.qualname(definition)))
                {
                    ends.push(End::Definition(id, row as Row));
                }
            }
        }
        if ends.is_empty() {
            ends = self.find_alias(&symbol);
        }
        ends
    }

    /// Classes and functions that have the name nowhere but where a module gives it to them: `Name = Other`,
    /// `import Other as Name`.
    fn find_alias(&self, name: &str) -> Vec<End> {
        let mut ends: Vec<End> = Vec::new();
        for id in self.ids() {
            let Some(own) = self.own_text(id, name) else { continue };
            let mut resolver = Resolver::new(self);
            let reached = resolver.attribute(Place::Module(id), own);
            ends.extend(reached.iter().map(|reached| reached.end));
        }
        ends.retain(|end| matches!(end, End::Definition(..)));
        ends.sort_unstable();
        ends.dedup();
        ends
    }

    fn find_dotted(&self, symbol: &str) -> Vec<End> {
        let segments: Vec<&str> = symbol.split('.').collect();
        for length in (1..=segments.len()).rev() {
            let module = segments[..length].join(".");
            let mut places: Vec<Place> =
                self.modules_named(&module).iter().map(|id| Place::Module(*id)).collect();
            places.extend(self.namespace_named(&module));
            let mut ends = Vec::new();
            for place in places {
                ends.extend(self.below(place, &segments[length..]));
            }
            if !ends.is_empty() {
                ends.sort_unstable();
                ends.dedup();
                return ends;
            }
        }
        Vec::new()
    }

    fn namespace_named(&self, dotted: &str) -> Option<Place> {
        let folder = self.folders.ids().find(|folder| {
            Some(*folder) != self.folders.above()
                && self.folders.folder(*folder).init.is_none()
                && *folder != self.folders.top()
                && self.folder_name(*folder) == dotted
        });
        folder.map(Place::Namespace)
    }

    fn below(&self, place: Place, rest: &[&str]) -> Vec<End> {
        let Some((name, rest)) = rest.split_first() else { return vec![End::Place(place)] };
        let mut resolver = Resolver::new(self);
        let known = match place {
            Place::Module(file) => self.known_text(file, name),
            Place::Namespace(_) => None,
        };
        let Some(known) = known else { return Vec::new() };
        let mut ends = Vec::new();
        for reached in resolver.attribute(place, known) {
            let mut end = reached.end;
            if !end.is_ours() {
                continue;
            }
            let mut whole = true;
            for name in rest {
                let End::Definition(file, row) = end else {
                    whole = false;
                    break;
                };
                let Some(member) = self.member(file, row, name) else {
                    whole = false;
                    break;
                };
                end = End::Definition(file, member);
            }
            if whole {
                ends.push(end);
            }
        }
        ends
    }

    /// Like [`Self::own_text`], but also for names that come through a star.
    fn known_text(&self, file: FileId, text: &str) -> Option<&str> {
        self.own_text(file, text).or_else(|| {
            let has_star = self.file(file).facts.bindings_of("*").next().is_some();
            has_star.then(|| self.ids().find_map(|id| self.own_text(id, text))).flatten()
        })
    }

    pub fn import_statements(&self) -> usize {
        let statements = |file: &File| {
            file.facts.imports().last().map_or(0, |import| import.statement as usize + 1)
        };
        self.files.iter().map(statements).sum()
    }
}

/// Folders without `__init__` that hold a script: running it puts the folder on the path.
fn script_folders(files: &[File], folders: &Folders) -> BTreeSet<FolderId> {
    let mut scripts = BTreeSet::new();
    for (index, file) in files.iter().enumerate() {
        let folder = folders.folder_of(FileId::new(index));
        let is_script = file.language == Language::Notebook || file.facts.is(file_flag::MAIN);
        if is_script && folders.folder(folder).init.is_none() {
            scripts.insert(folder);
        }
    }
    scripts
}

fn path_edits(files: &[File], folders: &Folders) -> FxHashMap<FileId, Vec<FolderId>> {
    let mut edits: FxHashMap<FileId, Vec<FolderId>> = FxHashMap::default();
    for (index, file) in files.iter().enumerate() {
        let (own, _) = folders::split_path(&file.path);
        for edit in file.facts.path_edits() {
            let text = file.facts.text(edit.folder);
            let joined = match text.strip_prefix("//") {
                Some(from_top) => search::join("", from_top),
                None if text.starts_with('/') => None,
                None => search::join(own, text),
            };
            let Some(folder) = joined.and_then(|path| folders.by_path(&path)) else { continue };
            edits.entry(FileId::new(index)).or_default().push(folder);
        }
    }
    edits
}

/// The stub of a source file, the source of a stub.
fn twins(folders: &Folders, id: FileId, file: &FileInput) -> (Option<FileId>, Option<FileId>) {
    let (_, name) = folders::split_path(&file.path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let Some(slot) = folders.slot(folders.folder_of(id), stem) else { return (None, None) };
    match file.language {
        Language::Python => (slot.stub, None),
        Language::Stub => (None, slot.source),
        Language::Notebook => (None, None),
    }
}

//! Folders as packages: which module a name under a folder is.

use rustc_hash::FxHashMap;

use super::ids::{FileId, FolderId};
use crate::source::Language;

/// What a dotted path can lead to before any attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A module, or a package by its `__init__`.
    Module(FileId),
    /// A folder without `__init__`.
    Namespace(FolderId),
}

/// What stands under one name in a folder.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slot {
    pub source: Option<FileId>,
    pub stub: Option<FileId>,
    pub folder: Option<FolderId>,
    /// A compiled extension module: it is there, but cannot be read.
    pub native: bool,
}

#[derive(Debug, Default)]
pub struct Folder {
    /// Relative to the tree; empty for its top.
    pub path: Box<str>,
    pub parent: Option<FolderId>,
    /// `__init__.py`, else `__init__.pyi`.
    pub init: Option<FileId>,
    /// Whether a Python file stands in it or below.
    pub holds_python: bool,
    slots: FxHashMap<Box<str>, Slot>,
}

/// The folders of the tree: each is a package, with `__init__` or not, with Python in it or not.
#[derive(Debug)]
pub struct Folders {
    all: Vec<Folder>,
    by_path: FxHashMap<Box<str>, FolderId>,
    of_file: Vec<FolderId>,
    /// Stands above the top when the top is itself a package, so that the package has a name.
    above: Option<FolderId>,
}

impl Folders {
    pub const TOP: usize = 0;

    /// Files come in the order of their ids, `native` are compiled extension modules, `bare` all folders, also those
    /// without Python. `name` is the top folder's own name, by which it is a package if it has an `__init__`.
    pub fn build<'a>(
        name: &str,
        files: impl Iterator<Item = (&'a str, Language)>,
        native: impl Iterator<Item = &'a str>,
        bare: impl Iterator<Item = &'a str>,
    ) -> Self {
        let mut folders = Self {
            all: vec![Folder::default()],
            by_path: FxHashMap::default(),
            of_file: Vec::new(),
            above: None,
        };
        folders.by_path.insert("".into(), folders.top());
        for (index, (path, language)) in files.enumerate() {
            folders.add_file(FileId::new(index), path, language);
        }
        for path in native {
            let (folder, file) = split_path(path);
            let Some(folder) = folders.by_path(folder) else { continue };
            let stem = file.split('.').next().unwrap_or(file);
            folders.slot_mut(folder, stem).native = true;
        }
        for path in bare {
            folders.ensure(path);
        }
        if folders.folder(folders.top()).init.is_some() && is_identifier(name) {
            let above = FolderId::new(folders.all.len());
            folders.all.push(Folder::default());
            folders.slot_mut(above, name).folder = Some(folders.top());
            folders.above = Some(above);
        }
        folders
    }

    fn add_file(&mut self, id: FileId, path: &str, language: Language) {
        let (folder_path, file_name) = split_path(path);
        let folder = self.ensure(folder_path);
        self.of_file.push(folder);
        let mut holder = Some(folder);
        while let Some(id) = holder.filter(|id| !self.folder(*id).holds_python) {
            self.all[id.index()].holds_python = true;
            holder = self.folder(id).parent;
        }
        // A notebook is run, never imported.
        if language == Language::Notebook {
            return;
        }
        let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
        let is_stub = language == Language::Stub;
        if stem == "__init__" {
            let init = &mut self.all[folder.index()].init;
            if init.is_none() || !is_stub {
                *init = Some(id);
            }
        }
        let slot = self.slot_mut(folder, stem);
        if is_stub {
            slot.stub = Some(id);
        } else {
            slot.source = Some(id);
        }
    }

    fn ensure(&mut self, path: &str) -> FolderId {
        if let Some(id) = self.by_path.get(path) {
            return *id;
        }
        let (parent_path, name) = split_path(path);
        let parent = self.ensure(parent_path);
        let id = FolderId::new(self.all.len());
        self.all.push(Folder { path: path.into(), parent: Some(parent), ..Folder::default() });
        self.by_path.insert(path.into(), id);
        self.slot_mut(parent, name).folder = Some(id);
        id
    }

    fn slot_mut(&mut self, folder: FolderId, name: &str) -> &mut Slot {
        self.all[folder.index()].slots.entry(name.into()).or_default()
    }

    pub fn top(&self) -> FolderId {
        FolderId::new(Self::TOP)
    }

    /// The folder from which the top's own name is counted, if the top is a package.
    pub fn above(&self) -> Option<FolderId> {
        self.above
    }

    pub fn folder(&self, id: FolderId) -> &Folder {
        &self.all[id.index()]
    }

    pub fn folder_of(&self, file: FileId) -> FolderId {
        self.of_file[file.index()]
    }

    /// The folder of a package's `__init__`; nothing for an ordinary module.
    pub fn package_folder(&self, file: FileId) -> Option<FolderId> {
        let folder = self.folder_of(file);
        (self.folder(folder).init == Some(file)).then_some(folder)
    }

    pub fn by_path(&self, path: &str) -> Option<FolderId> {
        self.by_path.get(path).copied()
    }

    pub fn ids(&self) -> impl Iterator<Item = FolderId> {
        (0..self.all.len()).map(FolderId::new)
    }

    pub fn slot(&self, folder: FolderId, name: &str) -> Option<Slot> {
        self.folder(folder).slots.get(name).copied()
    }

    /// The names that can be imported from a folder, sorted.
    pub fn names(&self, folder: FolderId) -> Vec<&str> {
        let mut names: Vec<&str> = self.folder(folder).slots.keys().map(AsRef::as_ref).collect();
        names.sort_unstable();
        names
    }

    /// The folder and those above it, innermost first, up to the tree's top.
    pub fn ancestors(&self, folder: FolderId) -> impl Iterator<Item = FolderId> {
        std::iter::successors(Some(folder), |id| self.folder(*id).parent)
    }

    /// What a folder is when imported.
    pub fn place_of(&self, folder: FolderId) -> Place {
        self.folder(folder).init.map_or(Place::Namespace(folder), Place::Module)
    }

    /// What `name` under a folder is: a regular package before a module before its stub before a namespace, as Python
    /// decides.
    pub fn child(&self, folder: FolderId, name: &str) -> Option<Place> {
        let slot = self.slot(folder, name)?;
        if name == "__init__" {
            return None;
        }
        let package = slot.folder.and_then(|folder| self.folder(folder).init).map(Place::Module);
        let module = slot.source.or(slot.stub).map(Place::Module);
        package.or(module).or(slot.folder.map(Place::Namespace))
    }
}

/// `a/b` and `c.py` of `a/b/c.py`.
pub fn split_path(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

pub fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic())
        && chars.all(|c| c == '_' || c.is_alphanumeric())
}

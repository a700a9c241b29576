//! From a dotted name to a place: which roots a file searches, in which order, and what it means to find nothing.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::folders::{Folders, Place};
use super::ids::{FileId, FolderId};
use crate::source::{Root, RootScope};

/// Dotted names of the standard library's modules, of all supported Python versions together.
const STANDARD: &str = include_str!("stdlib.txt");

/// Distributions that everybody knows, by the names under which they are imported: nobody means a file of the tree.
const KNOWN: &str = include_str!("known.txt");

/// A root that holds as many standard modules as this is the standard library itself.
const STANDARD_TREE: usize = 60;

/// What is known beside the tree's own files.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// Top-level names that the project declares as dependencies, lower case.
    pub declared: BTreeSet<String>,
    /// Top-level names installed in the tree's virtual environments.
    pub installed: BTreeSet<String>,
}

/// One way to read a dotted name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    Found(Place),
    /// Leads some way into the tree and no further: the place reached, and how many segments led there.
    Partial(Place, usize),
    Native,
    Nothing,
}

/// The roots that files search, in this order: a number, the same for all that search alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sight(u32);

/// Roots, nearest first; those of one tier are equally near.
type Tiers = Vec<Box<[FolderId]>>;

#[derive(Debug)]
pub struct Search {
    /// How the files of each folder see the tree.
    sights: Vec<Sight>,
    /// By sight.
    tiers: Vec<Tiers>,
    /// Folders that a file adds to `sys.path`, by file.
    edits: FxHashMap<FileId, Vec<FolderId>>,
    /// Of each folder whether it is a root of the project, or one that only the files below it search.
    roots: Vec<Option<RootScope>>,
    /// Where a first segment stands, at any depth; sorted.
    by_name: FxHashMap<Box<str>, Vec<FolderId>>,
    standard: FxHashSet<&'static str>,
    known: FxHashSet<&'static str>,
    is_standard_library: bool,
    surroundings: Surroundings,
}

impl Search {
    pub fn build(
        folders: &Folders,
        roots: &[Root],
        script_folders: &BTreeSet<FolderId>,
        edits: FxHashMap<FileId, Vec<FolderId>>,
        surroundings: Surroundings,
    ) -> Self {
        let mut project: Vec<FolderId> = Vec::new();
        let mut scopes = vec![None; folders.ids().count()];
        for folder in script_folders {
            scopes[folder.index()] = Some(RootScope::Below);
        }
        let top_is_package = folders.above().is_some();
        for root in roots {
            let Some(folder) = folders.by_path(&root.folder) else { continue };
            let inside_itself = top_is_package && folder == folders.top();
            match root.scope {
                RootScope::Project if inside_itself => {}
                RootScope::Project => project.push(folder),
                RootScope::Below => scopes[folder.index()] = Some(RootScope::Below),
            }
        }
        project.extend(folders.above());
        project.dedup();
        for folder in &project {
            scopes[folder.index()] = Some(RootScope::Project);
        }
        let (sights, tiers) = sights(folders, &project, &scopes);
        let mut by_name: FxHashMap<Box<str>, Vec<FolderId>> = FxHashMap::default();
        for folder in folders.ids() {
            for name in folders.names(folder) {
                by_name.entry(name.into()).or_default().push(folder);
            }
        }
        let standard: FxHashSet<&'static str> =
            STANDARD.lines().filter(|line| !line.is_empty()).collect();
        let own_standard = |root: &FolderId| {
            folders.names(*root).iter().filter(|name| standard.contains(**name)).count()
                >= STANDARD_TREE
        };
        let is_standard_library = project.iter().any(own_standard);
        let known = KNOWN.split_ascii_whitespace().collect();
        Self {
            sights,
            tiers,
            edits,
            roots: scopes,
            by_name,
            standard,
            known,
            is_standard_library,
            surroundings,
        }
    }

    /// The roots from which a folder's files can be named, nearest first.
    pub fn home_roots(&self, folders: &Folders, folder: FolderId) -> Vec<FolderId> {
        let is_root = |id: &FolderId| self.roots[id.index()].is_some();
        folders.ancestors(folder).chain(folders.above()).filter(is_root).collect()
    }

    /// Whether there are files that can be named from more than one root of the project.
    pub fn has_nested_roots(&self, folders: &Folders) -> bool {
        let mut roots = folders.ids().filter(|folder| self.is_project_root(*folder));
        roots.any(|root| {
            let mut outer = folders.ancestors(root).skip(1).chain(folders.above());
            outer.any(|outer| outer != root && self.is_project_root(outer))
        })
    }

    pub fn is_project_root(&self, folder: FolderId) -> bool {
        self.roots[folder.index()] == Some(RootScope::Project)
    }

    /// The roots a file searches, nearest first.
    pub fn tiers(&self, file: FileId, folder: FolderId) -> impl Iterator<Item = &[FolderId]> {
        let edits = self.edits.get(&file).map(Vec::as_slice).unwrap_or(&[]);
        let Sight(sight) = self.sights[folder.index()];
        edits.chunks(1).chain(self.tiers[sight as usize].iter().map(AsRef::as_ref))
    }

    /// How a file sees the tree; none if it sees it as no other does.
    pub fn sight(&self, folders: &Folders, file: FileId) -> Option<Sight> {
        let is_alone = self.edits.contains_key(&file);
        (!is_alone).then(|| self.sights[folders.folder_of(file).index()])
    }

    /// Those of a tier that have the first segment of a dotted name.
    pub fn holders<'t>(
        &'t self,
        tier: &'t [FolderId],
        dotted: &str,
    ) -> impl Iterator<Item = FolderId> + use<'t> {
        let first = dotted.split('.').next().unwrap_or(dotted);
        let holders = self.by_name.get(first).map_or(&[][..], Vec::as_slice);
        // Roots by the hundred are common, and so are names that no folder has.
        let tier = if holders.is_empty() { &[][..] } else { tier };
        tier.iter().copied().filter(|root| holders.binary_search(root).is_ok())
    }

    /// Everything a dotted name can lead to from the nearest root that has it: more than one place when equally near
    /// roots have it. Found nowhere whole, the longest part.
    pub fn find(
        &self,
        folders: &Folders,
        file: FileId,
        dotted: &str,
        found: &mut Vec<Place>,
    ) -> Lookup {
        let mut best = Lookup::Nothing;
        for tier in self.tiers(file, folders.folder_of(file)) {
            for root in self.holders(tier, dotted) {
                match descend(folders, root, dotted) {
                    Lookup::Found(place) => {
                        if !found.contains(&place) {
                            found.push(place);
                        }
                    }
                    Lookup::Partial(place, length) => {
                        let longer =
                            !matches!(best, Lookup::Partial(_, so_far) if so_far >= length);
                        if longer && best != Lookup::Native {
                            best = Lookup::Partial(place, length);
                        }
                    }
                    Lookup::Native => best = Lookup::Native,
                    Lookup::Nothing => {}
                }
            }
            if let Some(first) = found.first() {
                return Lookup::Found(*first);
            }
        }
        best
    }

    /// Whether a dotted name is the standard library's whatever the tree has, unless the tree is that library.
    pub fn is_standard(&self, dotted: &str) -> bool {
        !self.is_standard_library && self.standard.contains(dotted)
    }

    /// Whether the standard library has a module of this name: what is not found in the tree can only be that.
    pub fn is_standard_name(&self, first: &str) -> bool {
        self.standard.contains(first)
    }

    /// Declared or installed, under the name it is imported by.
    pub fn is_dependency(&self, first: &str) -> bool {
        self.surroundings.installed.contains(first)
            || self.surroundings.declared.contains(first.to_ascii_lowercase().as_str())
    }

    /// Folders outside a file's roots from which the whole dotted name would be found; sorted by path.
    pub fn outside(&self, folders: &Folders, file: FileId, dotted: &str) -> Vec<FolderId> {
        let own = folders.folder_of(file);
        // Nobody means the very package he is in: the name is that of something outside that it wraps.
        let may_be_meant = |home: &FolderId| {
            let first = dotted.split('.').next().unwrap_or(dotted);
            let package = match folders.child(*home, first) {
                Some(Place::Module(init)) => folders.package_folder(init),
                Some(Place::Namespace(folder)) => Some(folder),
                None => None,
            };
            !package.is_some_and(|package| folders.ancestors(own).any(|around| around == package))
        };
        let first = dotted.split('.').next().unwrap_or(dotted);
        if self.known.contains(first) {
            return Vec::new();
        }
        let mut homes: Vec<FolderId> = self
            .by_name
            .get(first)
            .into_iter()
            .flatten()
            .copied()
            .filter(|home| Some(*home) != folders.above())
            .filter(may_be_meant)
            .filter(|home| match descend(folders, *home, dotted) {
                // A folder of data would be found from anywhere, and means nothing.
                Lookup::Found(Place::Namespace(folder)) => folders.folder(folder).holds_python,
                // A module that imports its own name means what it wraps.
                Lookup::Found(Place::Module(found)) => found != file,
                Lookup::Partial(..) | Lookup::Native | Lookup::Nothing => false,
            })
            .collect();
        homes.sort_by_key(|home| &folders.folder(*home).path);
        homes
    }
}

/// How every folder sees the tree, and the tiers of each sight.
fn sights(
    folders: &Folders,
    project: &[FolderId],
    scopes: &[Option<RootScope>],
) -> (Vec<Sight>, Vec<Tiers>) {
    let mut known: FxHashMap<Vec<FolderId>, Sight> = FxHashMap::default();
    let mut tiers: Vec<Tiers> = Vec::new();
    let sight_of = |folder| {
        let around = folders.ancestors(folder).chain(folders.above());
        let own: Vec<FolderId> = around.filter(|id| scopes[id.index()].is_some()).collect();
        *known.entry(own).or_insert_with_key(|own| {
            let others = project.iter().copied().filter(|id| !own.contains(id));
            let others: Box<[FolderId]> = others.collect();
            let own = own.iter().map(|id| [*id].into());
            tiers.push(own.chain((!others.is_empty()).then_some(others)).collect());
            Sight((tiers.len() - 1) as u32)
        })
    };
    let sights = folders.ids().map(sight_of).collect();
    (sights, tiers)
}

/// Follows a dotted name from a folder down.
pub fn descend(folders: &Folders, root: FolderId, dotted: &str) -> Lookup {
    let mut folder = Some(root);
    let mut reached = None;
    for (index, segment) in dotted.split('.').enumerate() {
        let next = folder.and_then(|folder| folders.child(folder, segment));
        let Some(place) = next else {
            let native = folder
                .and_then(|folder| folders.slot(folder, segment))
                .is_some_and(|slot| slot.native);
            return match reached {
                _ if native => Lookup::Native,
                Some(place) => Lookup::Partial(place, index),
                None => Lookup::Nothing,
            };
        };
        folder = match place {
            Place::Namespace(folder) => Some(folder),
            Place::Module(file) => folders.package_folder(file),
        };
        reached = Some(place);
    }
    reached.map_or(Lookup::Nothing, Lookup::Found)
}

/// A folder's path joined with a relative one such as `../src`; nothing when it leads out of the tree.
pub fn join(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_folders_are_joined_within_the_tree() {
        assert_eq!(join("scripts/tools", "../../src").as_deref(), Some("src"));
        assert_eq!(join("scripts", ".").as_deref(), Some("scripts"));
        assert_eq!(join("scripts", "../.."), None);
    }
}

//! The Python files of one revision, read from git's objects. Git itself never runs, nothing is checked out, and no filter is
//! asked: the repository is opened with isolated options and reduced trust.
//!
//! Every file of a revision is tracked, so all of them count but those that are excluded. Links are not followed: what they
//! lead to counts at its own place. Submodules are read from their own repositories, where they are checked out.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use gix::objs::tree::EntryKind;
use gix::{ObjectId, Repository, ThreadSafeRepository, sec::Trust};
use rustc_hash::FxHashMap;

use super::environment::USUAL_MARKS;
use super::read::{SMALL, read_regular};
use super::tree::{Entry, SkipReason, Stat, Store, Tree, TreePath};
use super::walk::{NOT_PROJECT, Sort};
use super::{ignored, kinds, tracked};

/// No tree or commit of a real repository is larger.
const LARGEST: u64 = 16 << 20;
/// A repository of a few objects can name any number of files: equal folders are one object.
const MOST_ENTRIES: usize = 2_000_000;
const LONGEST_PATH: usize = 4096;
/// Repositories that borrow objects from each other.
const MOST_ALTERNATES: usize = 16;
/// What Git LFS leaves in the place of a file is shorter.
const LARGEST_POINTER: usize = 1024;

/// A commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit(pub(super) ObjectId);

/// A revision of the work tree that a folder lies in.
pub struct Revision {
    pub commit: Commit,
    repository: ThreadSafeRepository,
    work_tree: PathBuf,
    root: PathBuf,
}

/// Why a revision cannot be read.
#[derive(Debug)]
pub enum Unreadable {
    NoWorkTree,
    /// The repository is there, and cannot be opened.
    Closed(String),
    Unknown {
        /// Branches and tags that there are.
        names: Vec<String>,
        is_shallow: bool,
    },
    NoCommit,
    /// An object that belongs to the revision is not here.
    Incomplete {
        what: String,
        is_shallow: bool,
    },
    TooLarge,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        const FETCH: &str = "this clone is shallow: fetch the commit (`git fetch --depth 1 origin COMMIT`) or the whole history \
                             (`git fetch --unshallow`)";
        match self {
            Self::NoWorkTree => out.write_str("the folder lies in no work tree of git"),
            Self::Closed(why) => write!(out, "the git repository cannot be read: {why}"),
            Self::Unknown { is_shallow: true, .. } => write!(out, "it is not known here; {FETCH}"),
            Self::Unknown { .. } => out.write_str("it is not known here"),
            Self::NoCommit => out.write_str("it is no commit"),
            Self::Incomplete { what, is_shallow: true } => {
                write!(out, "{what} is not here; {FETCH}")
            }
            Self::Incomplete { what, .. } => write!(
                out,
                "{what} is not here; a partial clone gets it with `git fetch --refetch`, a submodule with `git submodule update \
                 --init`"
            ),
            Self::TooLarge => write!(out, "it has more than {MOST_ENTRIES} files and folders"),
        }
    }
}

impl std::error::Error for Unreadable {}

/// Where the bytes of a revision's files are.
#[derive(Default)]
pub(super) struct Blobs {
    repositories: Vec<ThreadSafeRepository>,
    files: FxHashMap<TreePath, (usize, ObjectId)>,
}

impl Revision {
    /// `name` is whatever git takes for a commit: a branch, a tag, a hash, `HEAD~3`.
    pub fn find(root: &Path, name: &str) -> Result<Self, Unreadable> {
        let root = root.canonicalize().map_err(|error| Unreadable::Closed(error.to_string()))?;
        let work_tree = tracked::work_tree(&root).ok_or(Unreadable::NoWorkTree)?;
        let repository = open(&work_tree).map_err(Unreadable::Closed)?;
        let found = repository.rev_parse_single(name);
        let id = found.map_err(|_| Unreadable::Unknown {
            names: names(&repository),
            is_shallow: is_shallow(&repository),
        })?;
        let object = object(&repository, id.detach(), || format!("the commit {name}"))?;
        let commit = object.peel_to_commit().map_err(|_| Unreadable::NoCommit)?.id;
        Ok(Self { commit: Commit(commit), repository: repository.into_sync(), work_tree, root })
    }

    /// The commit's hash.
    pub fn hash(&self) -> String {
        self.commit.0.to_string()
    }

    /// Python files below the folder as they were, with the patterns of `exclude` left out.
    pub fn tree(&self, exclude: &[String]) -> anyhow::Result<Tree> {
        let exclude = ignored::globs(exclude)?;
        let mut tree = Tree::empty(self.root.clone());
        tree.commit = Some(self.commit);
        let mut reading = Reading { tree, blobs: Blobs::default(), seen: 0 };
        let repository = self.repository.to_thread_local();
        reading.blobs.repositories.push(self.repository.clone());
        if let Some(top) = self.top(&repository)? {
            let is_wanted = |path: &TreePath, is_folder| {
                !exclude.matched(path.as_path(), is_folder).is_ignore()
            };
            reading.read(&repository, top, &self.root, is_wanted)?;
        }
        let Reading { mut tree, blobs, .. } = reading;
        tree.entries.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        for paths in [&mut tree.backups, &mut tree.manifests, &mut tree.native, &mut tree.folders] {
            paths.sort_unstable();
        }
        tree.store = Store::Objects(blobs);
        Ok(tree)
    }

    /// The bytes of one file, counted from the folder; nothing if the revision has no such file.
    pub fn file(&self, path: &Path, max_bytes: u64) -> anyhow::Result<Option<Vec<u8>>> {
        let repository = self.repository.to_thread_local();
        let Some(top) = self.top(&repository)? else { return Ok(None) };
        let Some((id, kind)) = below(&repository, top, path)? else { return Ok(None) };
        if !matches!(kind, EntryKind::Blob | EntryKind::BlobExecutable) {
            return Ok(None);
        }
        let bytes = blob(&repository, id, max_bytes);
        bytes.map(Some).map_err(|reason| anyhow::anyhow!("{}: {reason}", path.display()))
    }

    /// The folder in the revision; nothing if it was not there.
    fn top(&self, repository: &Repository) -> Result<Option<ObjectId>, Unreadable> {
        let commit = object(repository, self.commit.0, || "the commit".to_owned())?;
        let tree = commit.peel_to_kind(gix::object::Kind::Commit).ok();
        let tree = tree.and_then(|commit| commit.into_commit().tree_id().ok().map(gix::Id::detach));
        let Some(tree) = tree else { return Err(Unreadable::NoCommit) };
        let prefix = self.root.strip_prefix(&self.work_tree).unwrap_or(Path::new(""));
        Ok(below(repository, tree, prefix)?
            .filter(|(_, kind)| *kind == EntryKind::Tree)
            .map(|(id, _)| id))
    }
}

/// A tree in the making.
struct Reading {
    tree: Tree,
    blobs: Blobs,
    seen: usize,
}

/// A folder to read.
struct Folder {
    path: TreePath,
    id: ObjectId,
    repository: usize,
    /// Whether the walk of a disk would look into it without being told by git.
    is_listed: bool,
}

impl Reading {
    fn read(
        &mut self,
        repository: &Repository,
        top: ObjectId,
        root: &Path,
        is_wanted: impl Fn(&TreePath, bool) -> bool,
    ) -> Result<(), Unreadable> {
        let mut repositories = vec![repository.clone()];
        let mut folders =
            vec![Folder { path: TreePath::default(), id: top, repository: 0, is_listed: true }];
        while let Some(folder) = folders.pop() {
            let repository = &repositories[folder.repository];
            let named = || format!("the folder `{}`", folder.path.as_str());
            let entries = entries(repository, folder.id, named)?;
            self.seen += entries.len();
            if self.seen > MOST_ENTRIES {
                return Err(Unreadable::TooLarge);
            }
            let is_environment = entries.iter().any(|(name, ..)| USUAL_MARKS.contains(&&**name));
            if is_environment && !folder.path.as_str().is_empty() {
                continue;
            }
            if folder.is_listed {
                self.tree.folders.push(folder.path.clone());
            }
            for (name, kind, id) in entries {
                let Some(path) = child(&folder.path, &name) else { continue };
                let is_folder = matches!(kind, EntryKind::Tree | EntryKind::Commit);
                if !is_wanted(&path, is_folder) {
                    continue;
                }
                match kind {
                    EntryKind::Blob | EntryKind::BlobExecutable => {
                        self.admit(path, folder.repository, id);
                    }
                    EntryKind::Link => {}
                    EntryKind::Tree => {
                        let is_listed = folder.is_listed
                            && !name.starts_with('.')
                            && !NOT_PROJECT.contains(&&*name);
                        let repository = folder.repository;
                        folders.push(Folder { path, id, repository, is_listed });
                    }
                    EntryKind::Commit => {
                        let Some((own, id)) = submodule(&path.disk(root), &path, id)? else {
                            continue;
                        };
                        self.blobs.repositories.push(own.clone().into_sync());
                        let repository = repositories.len();
                        repositories.push(own);
                        folders.push(Folder { path, id, repository, is_listed: folder.is_listed });
                    }
                }
            }
        }
        Ok(())
    }

    fn admit(&mut self, path: TreePath, repository: usize, id: ObjectId) {
        // Contracts of other tools are asked for by name.
        self.blobs.files.insert(path.clone(), (repository, id));
        let list = match Sort::of_path(&path) {
            Sort::Other => return,
            Sort::Source(language) => {
                let kind = kinds::of(path.as_str());
                self.tree.entries.push(Entry { path, language, kind, stat: Stat::default() });
                return;
            }
            Sort::Backup => &mut self.tree.backups,
            Sort::Manifest => &mut self.tree.manifests,
            Sort::Native => &mut self.tree.native,
        };
        list.push(path);
    }
}

impl Blobs {
    /// The hash by which git knows what the file holds.
    pub(super) fn hash(&self, path: &TreePath) -> Option<String> {
        self.files.get(path).map(|(_, id)| id.to_string())
    }

    pub(super) fn read(&self, path: &TreePath, max_bytes: u64) -> Result<Vec<u8>, SkipReason> {
        let (repository, id) = self.files.get(path).ok_or(SkipReason::Vanished)?;
        blob(&self.repositories[*repository].to_thread_local(), *id, max_bytes)
    }
}

/// What a blob holds, or the file that it is a pointer of Git LFS to.
fn blob(repository: &Repository, id: ObjectId, max_bytes: u64) -> Result<Vec<u8>, SkipReason> {
    let missing = || SkipReason::Unreadable("its object is not in the git repository".to_owned());
    let size = repository.find_header(id).map_err(|_| missing())?.size();
    if size > max_bytes {
        return Err(SkipReason::TooLarge);
    }
    let bytes = repository.find_object(id).map_err(|_| missing())?.detach().data;
    let Some(hash) = pointed_at(&bytes) else { return Ok(bytes) };
    let folders = repository.common_dir().join("lfs/objects").join(&hash[..2]).join(&hash[2..4]);
    read_regular(&folders.join(hash), max_bytes).map_err(|reason| match reason {
        SkipReason::Vanished => {
            SkipReason::Unreadable("Git LFS has it elsewhere; `git lfs fetch` gets it".to_owned())
        }
        other => other,
    })
}

/// The hash in a pointer of Git LFS.
fn pointed_at(bytes: &[u8]) -> Option<&str> {
    if bytes.len() > LARGEST_POINTER {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let rest = text.strip_prefix("version https://git-lfs.github.com/spec/v1\n")?;
    let hash = rest.lines().find_map(|line| line.strip_prefix("oid sha256:"))?;
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then_some(hash)
}

/// The repository of a submodule and the tree that the revision has of it; nothing if it is not checked out.
fn submodule(
    disk: &Path,
    path: &TreePath,
    commit: ObjectId,
) -> Result<Option<(Repository, ObjectId)>, Unreadable> {
    let is_there = fs::symlink_metadata(disk).is_ok_and(|metadata| metadata.is_dir());
    if !is_there || tracked::git_folder(disk).is_none() {
        return Ok(None);
    }
    let named = || format!("the submodule `{}` at {commit}", path.as_str());
    let repository = open(disk)
        .map_err(|why| Unreadable::Closed(format!("submodule `{}`: {why}", path.as_str())))?;
    let tree = object(&repository, commit, named)?.peel_to_kind(gix::object::Kind::Tree);
    let is_shallow = is_shallow(&repository);
    let tree = tree.map_err(|_| Unreadable::Incomplete { what: named(), is_shallow })?.id;
    Ok(Some((repository, tree)))
}

fn is_shallow(repository: &Repository) -> bool {
    repository.is_shallow().unwrap_or(false)
}

/// Branches and tags, as people type them.
fn names(repository: &Repository) -> Vec<String> {
    let Ok(references) = repository.references() else { return Vec::new() };
    let Ok(all) = references.all() else { return Vec::new() };
    let names = all.filter_map(Result::ok).map(|reference| {
        let name = reference.name().shorten();
        String::from_utf8_lossy(name).into_owned()
    });
    names.take(10_000).collect()
}

fn object(
    repository: &Repository,
    id: ObjectId,
    what: impl Fn() -> String,
) -> Result<gix::Object<'_>, Unreadable> {
    let missing = || Unreadable::Incomplete { what: what(), is_shallow: is_shallow(repository) };
    let size = repository.find_header(id).map_err(|_| missing())?.size();
    if size > LARGEST {
        return Err(Unreadable::Closed(format!("{} is {size} bytes", what())));
    }
    repository.find_object(id).map_err(|_| missing())
}

/// Names, kinds and objects of a folder.
fn entries(
    repository: &Repository,
    id: ObjectId,
    what: impl Fn() -> String,
) -> Result<Vec<(String, EntryKind, ObjectId)>, Unreadable> {
    let damaged = || Unreadable::Closed(format!("{} is damaged", what()));
    let tree = object(repository, id, &what)?.try_into_tree().map_err(|_| damaged())?;
    let mut entries = Vec::new();
    for entry in tree.iter() {
        let entry = entry.map_err(|_| damaged())?;
        // A name that is no UTF-8 cannot be imported, and is not told apart by its text.
        let Ok(name) = std::str::from_utf8(entry.filename()) else { continue };
        entries.push((name.to_owned(), entry.mode().kind(), entry.object_id()));
    }
    Ok(entries)
}

/// What a tree holds at a path.
fn below(
    repository: &Repository,
    tree: ObjectId,
    path: &Path,
) -> Result<Option<(ObjectId, EntryKind)>, Unreadable> {
    let mut at = (tree, EntryKind::Tree);
    for part in path.components() {
        let Some(name) = part.as_os_str().to_str() else { return Ok(None) };
        if at.1 != EntryKind::Tree {
            return Ok(None);
        }
        let entries = entries(repository, at.0, || format!("the folder around `{name}`"))?;
        match entries.into_iter().find(|(own, ..)| own == name) {
            Some((_, kind, id)) => at = (id, kind),
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}

/// A tree can hold any bytes as a name; only a way downward is one.
fn child(folder: &TreePath, name: &str) -> Option<TreePath> {
    let is_plain = !matches!(name, "" | "." | "..")
        && !name.eq_ignore_ascii_case(".git")
        && !name.contains(['/', '\\', '\0']);
    let fits = folder.as_str().len() + name.len() < LONGEST_PATH;
    (is_plain && fits).then(|| folder.child(OsStr::new(name)))
}

/// The repository of a work tree, if nothing in it is a pipe that would keep a reader waiting.
fn open(work_tree: &Path) -> Result<Repository, String> {
    let git = tracked::git_folder(work_tree).ok_or("there is none")?;
    let common = tracked::common_folder(&git);
    let files = [git.join("HEAD"), git.join("config.worktree"), git.join("index")];
    let shared = ["config", "packed-refs", "shallow", "info/grafts"].map(|name| common.join(name));
    let is_file = |path: &PathBuf| path.metadata().map_or(true, |file| file.is_file());
    if let Some(odd) = files.iter().chain(&shared).find(|path| !is_file(path)) {
        return Err(format!("{} is no file", odd.display()));
    }
    let mut object_folders = vec![common.join("objects")];
    let mut known = HashSet::new();
    while let Some(folder) = object_folders.pop() {
        if !known.insert(folder.clone()) || known.len() > MOST_ALTERNATES {
            continue;
        }
        only_files(&folder, 3)?;
        let others = read_regular(&folder.join("info/alternates"), SMALL).unwrap_or_default();
        let others = String::from_utf8_lossy(&others).into_owned();
        object_folders.extend(others.lines().map(|line| folder.join(line)));
    }
    for folder in [git.join("refs"), git.join("logs"), common.join("refs")] {
        only_files(&folder, 64)?;
    }
    let options = gix::open::Options::isolated().with(Trust::Reduced);
    gix::open_opts(work_tree, options)
        .context("it is damaged, or of a format that is not known (such as SHA-256)")
        .map_err(|error| error.to_string())
}

/// Whether a folder and those in it hold nothing but files: whoever opens a pipe waits for who writes to it.
fn only_files(folder: &Path, depth: usize) -> Result<(), String> {
    let Ok(children) = fs::read_dir(folder) else { return Ok(()) };
    for child in children.flatten() {
        let Ok(kind) = child.file_type() else { continue };
        if kind.is_dir() && depth > 0 {
            only_files(&child.path(), depth - 1)?;
            continue;
        }
        let leads_to_a_file = || child.path().metadata().is_ok_and(|file| file.is_file());
        if !kind.is_file() && !kind.is_dir() && !leads_to_a_file() {
            return Err(format!("{} is no file", child.path().display()));
        }
    }
    Ok(())
}

//! The walk: which Python files a tree holds, the same for any order in which the disk names them.

use std::{
    ffi::OsString,
    fs::{self, FileType, Metadata},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use anyhow::{Context, bail};
use ignore::gitignore::Gitignore;
use rayon::Scope;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    environment,
    ignored::{self, Present, Rules, Verdict},
    kinds, links, tracked,
    tree::Store,
};
pub use super::{
    kinds::FileKind,
    tree::{Entry, Language, SkipReason, Skipped, Stat, Tree, TreePath},
};

/// Files larger than this are left out unless asked otherwise.
pub const MAX_BYTES: u64 = 10_000_000;

#[derive(Debug, Clone)]
pub struct WalkOptions {
    pub no_ignore: bool,
    pub hidden: bool,
    /// Leave out what git does not track.
    pub tracked_only: bool,
    /// Patterns in the manner of `.gitignore`, relative to the root.
    pub exclude: Vec<String>,
    pub max_bytes: u64,
    /// Ask for the size and time of every file, by which a later run knows it again. Without that, who reads a file finds out
    /// whether it is too large.
    pub stat: bool,
    /// 0: as many as there are processors.
    pub threads: usize,
}

impl Default for WalkOptions {
    fn default() -> Self {
        Self {
            no_ignore: false,
            hidden: false,
            tracked_only: false,
            exclude: Vec::new(),
            max_bytes: MAX_BYTES,
            stat: true,
            threads: 0,
        }
    }
}

/// Folders that never hold code of the project, unless git tracks a file there.
pub(super) const NOT_PROJECT: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    "__pycache__",
    "__pypackages__",
    "node_modules",
    "site-packages",
    ".tox",
    ".nox",
    ".eggs",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
];

/// What a file is to us, by its name alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Source(Language),
    Backup,
    Manifest,
    Native,
    Other,
}

pub(super) struct Walker<'a> {
    root: &'a Path,
    options: &'a WalkOptions,
    exclude: Gitignore,
    found: Mutex<Found>,
}

/// A folder to list.
pub(super) struct Folder {
    pub path: TreePath,
    /// Where it is on disk: elsewhere than its path says when it was reached through a link.
    pub disk: PathBuf,
    pub rules: Arc<Rules>,
}

/// A link, not yet followed, with the rules of the folder that holds it.
pub(super) struct Link {
    pub path: TreePath,
    pub disk: PathBuf,
    pub rules: Arc<Rules>,
}

/// A tree in the making.
pub(super) struct Found {
    pub tree: Tree,
    pub targets: FxHashMap<TreePath, PathBuf>,
    pub links: Vec<Link>,
    /// Every folder that was listed, by its path on disk.
    pub listed: FxHashSet<PathBuf>,
    tracked: Vec<TreePath>,
}

/// Lists the Python files of `root`. An error only if `root` itself cannot be read.
pub fn walk(root: &Path, options: &WalkOptions) -> anyhow::Result<Tree> {
    let cannot_read = || format!("cannot read {}", root.display());
    let real = fs::canonicalize(root).with_context(cannot_read)?;
    let metadata = fs::metadata(&real).with_context(cannot_read)?;
    if metadata.is_file() {
        return single(&real, metadata, options);
    }
    if !metadata.is_dir() {
        bail!("{} is neither a folder nor a Python file", root.display());
    }
    fs::read_dir(&real).with_context(cannot_read)?;

    let walker = Walker {
        root: &real,
        options,
        exclude: ignored::globs(&options.exclude)?,
        found: Mutex::new(Found::new(Tree::empty(real.clone()))),
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .build()
        .context("cannot start the threads of the walk")?;
    pool.scope(|scope| walker.begin(scope));
    walker.finish()
}

/// The tree of one file; its root is the folder that holds it.
fn single(file: &Path, metadata: Metadata, options: &WalkOptions) -> anyhow::Result<Tree> {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else {
        bail!("{} has no folder", file.display());
    };
    let sort = Sort::of("", name.as_encoded_bytes());
    if !matches!(sort, Sort::Source(_)) {
        bail!("{} is neither a folder nor a Python file", file.display());
    }
    let mut found = Found::new(Tree::empty(folder.to_owned()));
    let (path, file_type) = (TreePath::default().child(name), metadata.file_type());
    found.admit(path, sort, file_type, || Ok(metadata), options);
    Ok(found.tree)
}

impl<'a> Walker<'a> {
    fn begin(&'a self, scope: &Scope<'a>) {
        let mut errors = Vec::new();
        // The work tree around the root; if the root is one itself, the walk will see it.
        let is_work_tree = self.root.join(".git").exists();
        let work_tree =
            if is_work_tree { None } else { self.root.parent().and_then(tracked::work_tree) };
        let rules = if self.options.no_ignore {
            Arc::default()
        } else {
            Rules::around(self.root, work_tree.as_deref(), &mut errors)
        };
        let mut found = self.found();
        found.tree.errors = errors;
        found.tree.environments = environment::beside(self.root, work_tree.as_deref());
        drop(found);
        if let Some(work_tree) = work_tree {
            scope.spawn(move |_| self.read_tracked(&work_tree, &TreePath::default()));
        }
        self.visit(scope, Folder { path: TreePath::default(), disk: self.root.to_owned(), rules });
    }

    fn visit(&'a self, scope: &Scope<'a>, folder: Folder) {
        let mut found = Found::new(Tree::empty(PathBuf::new()));
        let Listing { folders, is_work_tree } = self.list(&folder, &mut found);
        self.found().append(found);
        for folder in folders {
            scope.spawn(move |scope| self.visit(scope, folder));
        }
        if is_work_tree {
            scope.spawn(move |_| self.read_tracked(&folder.disk, &folder.path));
        }
    }

    /// Lists one folder into `found` and returns the folders in it that are to be listed.
    pub(super) fn list(&self, folder: &Folder, found: &mut Found) -> Listing {
        let mut listing = Listing::default();
        let (children, present, is_environment) = match children(folder) {
            Ok(children) => children,
            Err(error) => {
                found.skip(folder.path.clone(), SkipReason::from_error(&error));
                return listing;
            }
        };
        let is_top = folder.path.as_str().is_empty();
        if is_environment && !is_top {
            found.tree.environments.push(folder.disk.clone());
            return listing;
        }
        found.listed.insert(folder.disk.clone());
        found.tree.folders.push(folder.path.clone());
        listing.is_work_tree = present.git;
        let rules = if self.options.no_ignore {
            Arc::clone(&folder.rules)
        } else {
            folder.rules.enter(&folder.path.disk(self.root), present, &mut found.tree.errors)
        };

        for Child { entry, name, file_type, sort } in children {
            let path = folder.path.child(&name);
            if !self.wants(&path, &rules, file_type) {
                if file_type.is_dir() && environment::is_environment(&entry.path()) {
                    found.tree.environments.push(entry.path());
                }
                continue;
            }
            if file_type.is_dir() {
                listing.folders.push(Folder {
                    path,
                    disk: entry.path(),
                    rules: Arc::clone(&rules),
                });
            } else if file_type.is_symlink() {
                found.links.push(Link { path, disk: entry.path(), rules: Arc::clone(&rules) });
            } else {
                found.admit(path, sort, file_type, || entry.metadata(), self.options);
            }
        }
        listing
    }

    fn wants(&self, path: &TreePath, rules: &Rules, file_type: FileType) -> bool {
        if self.exclude.matched(path.as_path(), file_type.is_dir()).is_ignore() {
            return false;
        }
        match rules.judge(|| path.disk(self.root), file_type.is_dir()) {
            Verdict::Ignored => false,
            Verdict::Wanted => true,
            Verdict::Unmentioned => self.options.hidden || !path.file_name().starts_with('.'),
        }
    }

    fn read_tracked(&self, work_tree: &Path, folder: &TreePath) {
        let root = if folder.as_str().is_empty() { self.root } else { work_tree };
        let mut paths = tracked::paths(work_tree, root);
        if !self.options.tracked_only {
            paths.retain(|path| Sort::of_path(path) != Sort::Other);
        }
        if !folder.as_str().is_empty() {
            for path in &mut paths {
                *path = folder.child(path.as_path().as_os_str());
            }
        }
        self.found().tracked.append(&mut paths);
    }

    fn finish(self) -> anyhow::Result<Tree> {
        let mut found =
            std::mem::replace(&mut *self.found(), Found::new(Tree::empty(PathBuf::new())));
        let only = self.options.tracked_only.then(|| Tracked::of(&found.tracked));
        if only.as_ref().is_some_and(|only| only.files.is_empty()) {
            bail!(
                "git tracks no file in {}, or its index cannot be read; leave `--tracked-only` out to read all files",
                self.root.display()
            );
        }
        self.add_tracked(&mut found);
        if let Some(only) = &only {
            found.links.retain(|link| only.files.contains(&link.path));
        }
        links::follow(&self, self.root, &mut found);
        if let Some(only) = &only {
            only.keep(self.root, &mut found);
        }

        let Found { mut tree, targets, .. } = found;
        tree.entries.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        for paths in [&mut tree.backups, &mut tree.manifests, &mut tree.native] {
            paths.sort_unstable();
        }
        tree.skipped.sort_unstable();
        tree.folders.sort_unstable();
        tree.environments.sort_unstable();
        tree.environments.dedup();
        tree.errors.sort_unstable();
        tree.store = Store::Disk { targets };
        Ok(tree)
    }

    /// Adds the tracked files that an ignore rule or a hidden folder kept from the walk.
    fn add_tracked(&self, found: &mut Found) {
        let mut tracked = std::mem::take(&mut found.tracked);
        let tree = &found.tree;
        let known: FxHashSet<&TreePath> = tree
            .entries
            .iter()
            .map(|entry| &entry.path)
            .chain(tree.skipped.iter().map(|skipped| &skipped.path))
            .chain(tree.backups.iter().chain(&tree.manifests).chain(&tree.native))
            .chain(found.links.iter().map(|link| &link.path))
            .collect();
        tracked.retain(|path| !known.contains(path));
        tracked.sort_unstable();
        tracked.dedup();

        let mut folders = FxHashMap::default();
        for path in tracked {
            let excluded =
                self.exclude.matched_path_or_any_parents(path.as_path(), false).is_ignore();
            let Some(folder) = path.as_path().parent() else { continue };
            if excluded || !self.is_plain_folder(folder, &mut folders) {
                continue;
            }
            let disk = path.disk(self.root);
            // What is tracked and not there was deleted or never checked out.
            let Ok(metadata) = fs::symlink_metadata(&disk) else { continue };
            if metadata.is_symlink() {
                found.links.push(Link { path, disk, rules: Arc::default() });
            } else {
                let sort = Sort::of_path(&path);
                let file_type = metadata.file_type();
                found.admit(path, sort, file_type, || Ok(metadata), self.options);
            }
        }
    }

    /// Whether a folder is reached without a link, and in no virtual environment.
    fn is_plain_folder(&self, folder: &Path, known: &mut FxHashMap<PathBuf, bool>) -> bool {
        if folder.as_os_str().is_empty() {
            return true;
        }
        if let Some(is_plain) = known.get(folder) {
            return *is_plain;
        }
        let disk = self.root.join(folder);
        let is_plain = folder.parent().is_none_or(|parent| self.is_plain_folder(parent, known))
            && fs::symlink_metadata(&disk).is_ok_and(|metadata| metadata.is_dir())
            && !environment::is_environment(&disk);
        known.insert(folder.to_owned(), is_plain);
        is_plain
    }

    pub(super) fn options(&self) -> &WalkOptions {
        self.options
    }

    fn found(&self) -> std::sync::MutexGuard<'_, Found> {
        self.found.lock().expect("no thread of the walk panics")
    }
}

/// What git tracks, and the folders that hold it.
struct Tracked {
    files: FxHashSet<TreePath>,
    folders: FxHashSet<PathBuf>,
}

impl Tracked {
    fn of(paths: &[TreePath]) -> Self {
        let folders = paths.iter().flat_map(|path| path.as_path().ancestors().skip(1));
        Self {
            folders: folders.map(Path::to_owned).collect(),
            files: paths.iter().cloned().collect(),
        }
    }

    /// Drops the rest. A file behind a link is tracked at its own place.
    fn keep(&self, root: &Path, found: &mut Found) {
        let Found { tree, targets, .. } = found;
        let has = |path: &TreePath| {
            let own = targets.get(path).and_then(|target| target.strip_prefix(root).ok());
            self.files.contains(path)
                || own.is_some_and(|own| self.files.contains(&TreePath::from_disk(own)))
        };
        tree.entries.retain(|entry| has(&entry.path));
        tree.skipped.retain(|skipped| has(&skipped.path));
        for paths in [&mut tree.backups, &mut tree.manifests, &mut tree.native] {
            paths.retain(has);
        }
        tree.folders
            .retain(|folder| folder.as_str().is_empty() || self.folders.contains(folder.as_path()));
    }
}

/// What a folder holds that may lead to code, the files with rules in it, and whether it is a virtual environment.
fn children(folder: &Folder) -> io::Result<(Vec<Child>, Present, bool)> {
    let mut children = Vec::new();
    let mut present = Present::default();
    let mut is_environment = false;
    for entry in fs::read_dir(&folder.disk)? {
        let entry = entry?;
        let file_name = entry.file_name();
        let name = file_name.as_encoded_bytes();
        match name {
            b".git" => present.git = true,
            b".gitignore" => present.gitignore = true,
            b".ignore" => present.ignore = true,
            b"pyvenv.cfg" | b"conda-meta" => is_environment = true,
            _ => {}
        }
        let is_project = !NOT_PROJECT.iter().any(|not_project| not_project.as_bytes() == name);
        let file_type = entry.file_type()?;
        let sort = Sort::of(folder.path.file_name(), name);
        let may_hold_code = sort != Sort::Other || file_type.is_dir() || file_type.is_symlink();
        if is_project && may_hold_code {
            children.push(Child { entry, name: file_name, file_type, sort });
        }
    }
    Ok((children, present, is_environment))
}

struct Child {
    entry: fs::DirEntry,
    name: OsString,
    file_type: FileType,
    sort: Sort,
}

#[derive(Default)]
pub(super) struct Listing {
    pub folders: Vec<Folder>,
    is_work_tree: bool,
}

impl Found {
    pub(super) fn new(tree: Tree) -> Self {
        Self {
            tree,
            targets: FxHashMap::default(),
            links: Vec::new(),
            listed: FxHashSet::default(),
            tracked: Vec::new(),
        }
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.tree.entries.append(&mut other.tree.entries);
        self.tree.skipped.append(&mut other.tree.skipped);
        self.tree.folders.append(&mut other.tree.folders);
        self.tree.backups.append(&mut other.tree.backups);
        self.tree.manifests.append(&mut other.tree.manifests);
        self.tree.native.append(&mut other.tree.native);
        self.tree.environments.append(&mut other.tree.environments);
        self.tree.errors.append(&mut other.tree.errors);
        self.links.append(&mut other.links);
        self.listed.extend(other.listed);
    }

    pub(super) fn skip(&mut self, path: TreePath, reason: SkipReason) {
        self.tree.skipped.push(Skipped { path, reason });
    }

    /// Puts a file where its sort belongs; only sources are asked for their metadata.
    pub(super) fn admit(
        &mut self,
        path: TreePath,
        sort: Sort,
        file_type: FileType,
        metadata: impl FnOnce() -> io::Result<Metadata>,
        options: &WalkOptions,
    ) {
        let is_file = file_type.is_file();
        let language = match sort {
            Sort::Source(_) if !is_file => return self.skip(path, SkipReason::NotRegular),
            Sort::Source(language) => language,
            Sort::Other => return,
            Sort::Backup | Sort::Manifest | Sort::Native if !is_file => return,
            Sort::Backup => return self.tree.backups.push(path),
            Sort::Manifest => return self.tree.manifests.push(path),
            Sort::Native => return self.tree.native.push(path),
        };
        let metadata = if options.stat { metadata().map(Some) } else { Ok(None) };
        let stat = match metadata {
            Ok(None) => Stat::default(),
            Ok(Some(metadata)) if metadata.is_file() => Stat::of(&metadata),
            Ok(Some(_)) => return self.skip(path, SkipReason::NotRegular),
            Err(error) => return self.skip(path, SkipReason::from_error(&error)),
        };
        if stat.size > options.max_bytes {
            return self.skip(path, SkipReason::TooLarge);
        }
        let kind = kinds::of(path.as_str());
        self.tree.entries.push(Entry { path, language, kind, stat });
    }
}

impl Sort {
    pub(super) fn of_path(path: &TreePath) -> Self {
        let folder = path.parent();
        let folder = folder.rsplit_once('/').map_or(folder, |(_, name)| name);
        Self::of(folder, path.file_name().as_bytes())
    }

    /// By the name of the folder and that of the file.
    fn of(folder: &str, name: &[u8]) -> Self {
        let stem_and_extension =
            name.iter().rposition(|byte| *byte == b'.').map(|dot| name.split_at(dot));
        match stem_and_extension {
            // `.py` alone is a hidden file without a name.
            Some(([_, ..], b".py" | b".pyw")) => Self::Source(Language::Python),
            Some(([_, ..], b".pyi")) => Self::Source(Language::Stub),
            Some(([_, ..], b".ipynb")) => Self::Source(Language::Notebook),
            Some(([_, ..], b".so" | b".pyd" | b".pyx")) => Self::Native,
            _ if kinds::is_backup_name(name) => Self::Backup,
            _ if is_manifest(folder, name) => Self::Manifest,
            _ => Self::Other,
        }
    }
}

/// Files that say where the code is and what it needs. `setup.py` is one too, and a Python file first.
fn is_manifest(folder: &str, name: &[u8]) -> bool {
    const NAMES: &[&str] = &[
        "pyproject.toml",
        "setup.cfg",
        "pytest.ini",
        ".pytest.ini",
        "tox.ini",
        "Pipfile",
        "environment.yml",
        "environment.yaml",
    ];
    let Ok(name) = std::str::from_utf8(name) else { return false };
    let list = name.strip_suffix(".txt").or_else(|| name.strip_suffix(".in"));
    NAMES.contains(&name)
        || list.is_some_and(|list| {
            list.starts_with("requirements")
                || list.ends_with("requirements")
                || folder == "requirements"
        })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::{os::unix::fs::symlink, process::Command};

    use super::*;

    /// A folder with these files; `DIR/` makes an empty folder, `A -> B` a link.
    fn tree(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let (path, target) =
                file.split_once(" -> ").map_or((*file, None), |(path, to)| (path, Some(to)));
            let disk = folder.path().join(path);
            if path.ends_with('/') {
                fs::create_dir_all(disk).unwrap();
                continue;
            }
            fs::create_dir_all(disk.parent().unwrap()).unwrap();
            match target {
                Some(target) => symlink(target, disk).unwrap(),
                None => fs::write(disk, "x = 1\n").unwrap(),
            }
        }
        folder
    }

    fn write(folder: &tempfile::TempDir, path: &str, text: &str) {
        let disk = folder.path().join(path);
        fs::create_dir_all(disk.parent().unwrap()).unwrap();
        fs::write(disk, text).unwrap();
    }

    /// Makes a repository that tracks exactly these paths.
    fn track(folder: &tempfile::TempDir, paths: &[&str]) {
        let git = |arguments: &[&str]| {
            let run = Command::new("git")
                .env("GIT_CONFIG_GLOBAL", "/dev/null")
                .arg("-C")
                .arg(folder.path())
                .args(arguments)
                .output();
            assert!(run.is_ok_and(|output| output.status.success()), "git {arguments:?}");
        };
        git(&["init", "--quiet"]);
        git(&[&["add", "--force", "--"], paths].concat());
    }

    fn paths(folder: &tempfile::TempDir) -> Vec<String> {
        entries(&walk(folder.path(), &WalkOptions::default()).unwrap())
    }

    fn entries(tree: &Tree) -> Vec<String> {
        tree.entries.iter().map(|entry| entry.path.as_str().to_owned()).collect()
    }

    fn skipped(tree: &Tree) -> Vec<(&str, &SkipReason)> {
        tree.skipped.iter().map(|skipped| (skipped.path.as_str(), &skipped.reason)).collect()
    }

    #[test]
    fn python_stubs_and_notebooks_in_order() {
        let folder = tree(&[
            "b.py",
            "a/x.pyi",
            "a/n.ipynb",
            "a/w.pyw",
            "a/data.json",
            ".py",
            "a-b.py",
            "a/.pyi",
        ]);
        let tree = walk(folder.path(), &WalkOptions::default()).unwrap();
        assert_eq!(entries(&tree), ["a-b.py", "a/n.ipynb", "a/w.pyw", "a/x.pyi", "b.py"]);
        assert_eq!(tree.entries[1].language, Language::Notebook);
        assert_eq!(tree.entries[0].stat.size, 6);
        assert!(tree.entries[0].stat.mtime_ns > 0);
    }

    #[test]
    fn lists_beside_the_entries() {
        let folder = tree(&[
            "a/x.py.bak",
            "a/x.py",
            "a/fast.cpython-312-x86_64-linux-gnu.so",
            "pyproject.toml",
            "requirements/base.txt",
            "requirements-dev.txt",
            "notes.txt",
            "a/fast.pyx",
        ]);
        let tree = walk(folder.path(), &WalkOptions::default()).unwrap();
        assert_eq!(entries(&tree), ["a/x.py"]);
        assert_eq!(tree.backups, [TreePath::new("a/x.py.bak")]);
        assert_eq!(tree.native.len(), 2);
        let manifests: Vec<_> = tree.manifests.iter().map(TreePath::as_str).collect();
        assert_eq!(manifests, ["pyproject.toml", "requirements-dev.txt", "requirements/base.txt"]);
    }

    #[test]
    fn git_rules_count_in_a_repository_only() {
        let folder = tree(&["a.py", "build/b.py", "sub/gen/c.py", "sub/keep/c.py"]);
        write(&folder, ".gitignore", "build/\n");
        write(&folder, "sub/.gitignore", "*.py\n!keep/*.py\n");
        assert_eq!(paths(&folder).len(), 4);
        fs::create_dir(folder.path().join(".git")).unwrap();
        assert_eq!(paths(&folder), ["a.py", "sub/keep/c.py"]);
        let all = WalkOptions { no_ignore: true, ..WalkOptions::default() };
        assert_eq!(walk(folder.path(), &all).unwrap().entries.len(), 4);
    }

    #[test]
    fn only_what_git_tracks() {
        let folder = tree(&[
            "a.py",
            "b.py",
            "sub/c.py",
            "new/d.py",
            "link.py -> b.py",
            "other.py -> sub/c.py",
        ]);
        let only = WalkOptions { tracked_only: true, ..WalkOptions::default() };
        let said = walk(folder.path(), &only).err().unwrap().to_string();
        assert!(said.contains("git tracks no file"), "{said}");
        track(&folder, &["a.py", "sub/c.py", "link.py", "other.py"]);
        let tree = walk(folder.path(), &only).unwrap();
        assert_eq!(entries(&tree), ["a.py", "sub/c.py"]);
        let folders: Vec<_> = tree.folders.iter().map(TreePath::as_str).collect();
        assert_eq!(folders, ["", "sub"]);
        assert_eq!(entries(&walk(&folder.path().join("sub"), &only).unwrap()), ["c.py"]);
    }

    #[test]
    fn rules_of_the_work_tree_reach_into_a_folder_of_it() {
        let folder =
            tree(&["sub/a.py", "sub/out/b.py", "sub/x/c.py", "sub/tracked/out/d.py", "out/e.py"]);
        write(&folder, ".gitignore", "out/\n/sub/x\n");
        track(&folder, &["sub/a.py", "sub/tracked/out/d.py", "out/e.py"]);
        let tree = walk(&folder.path().join("sub"), &WalkOptions::default()).unwrap();
        assert_eq!(entries(&tree), ["a.py", "tracked/out/d.py"]);
    }

    #[test]
    fn dot_ignore_counts_everywhere_and_wins() {
        let folder = tree(&["a.py", "b.py", "c/d.py"]);
        write(&folder, ".ignore", "a.py\nc/\n");
        assert_eq!(paths(&folder), ["b.py"]);
    }

    #[test]
    fn rules_reach_through_a_folder_whose_own_say_nothing() {
        let folder = tree(&["a.py", "sub/a.py", "sub/b.py"]);
        write(&folder, ".ignore", "a.py\n");
        write(&folder, "sub/.ignore", "# none\n");
        assert_eq!(paths(&folder), ["sub/b.py"]);
    }

    #[test]
    fn exclude_in_a_repository() {
        let folder = tree(&["a.py", "b.py"]);
        track(&folder, &["b.py"]);
        write(&folder, ".git/info/exclude", "a.py\n");
        assert_eq!(paths(&folder), ["b.py"]);
    }

    #[test]
    fn hidden_files_when_asked_or_tracked() {
        let folder = tree(&[".a.py", ".github/b.py", ".github/c.py", "d.py"]);
        assert_eq!(paths(&folder), ["d.py"]);
        track(&folder, &[".github/b.py"]);
        assert_eq!(paths(&folder), [".github/b.py", "d.py"]);
        let hidden = WalkOptions { hidden: true, ..WalkOptions::default() };
        assert_eq!(walk(folder.path(), &hidden).unwrap().entries.len(), 4);
    }

    #[test]
    fn tracked_files_count_though_ignored() {
        let folder = tree(&["lib/a.py", "lib/b.py", "c.py", "node_modules/d.py", "gone.py"]);
        write(&folder, ".gitignore", "lib/\nc.py\n");
        track(&folder, &["lib/a.py", "c.py", "node_modules/d.py", "gone.py"]);
        fs::remove_file(folder.path().join("gone.py")).unwrap();
        let tree = walk(folder.path(), &WalkOptions::default()).unwrap();
        assert_eq!(entries(&tree), ["c.py", "lib/a.py", "node_modules/d.py"]);
        assert!(tree.skipped.is_empty());
        let options = WalkOptions { exclude: vec!["lib/**".to_owned()], ..WalkOptions::default() };
        assert_eq!(entries(&walk(folder.path(), &options).unwrap()), ["c.py", "node_modules/d.py"]);
    }

    #[test]
    fn excluded_by_pattern() {
        let folder = tree(&["a.py", "old/b.py", "x/old/c.py", "x/d_pb2.py"]);
        let walk_without = |patterns: &[&str]| {
            let exclude = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
            walk(folder.path(), &WalkOptions { exclude, ..WalkOptions::default() })
        };
        assert_eq!(
            entries(&walk_without(&["old/**"]).unwrap()),
            ["a.py", "x/d_pb2.py", "x/old/c.py"]
        );
        assert_eq!(
            entries(&walk_without(&["**/*_pb2.py", "x/old"]).unwrap()),
            ["a.py", "old/b.py"]
        );
        assert!(walk_without(&["a{b"]).is_err_and(|error| error.to_string().contains("`a{b`")));
    }

    #[test]
    fn environments_and_caches_are_no_project_code() {
        let folder = tree(&[
            "a.py",
            "myenv/pyvenv.cfg",
            "myenv/lib/python3.12/site-packages/b.py",
            "__pycache__/c.py",
            "node_modules/d.py",
            ".venv/pyvenv.cfg",
            ".venv/e.py",
            "ignored/pyvenv.cfg",
        ]);
        write(&folder, ".gitignore", "ignored\n");
        track(&folder, &["a.py", "myenv/lib/python3.12/site-packages/b.py"]);
        let tree = walk(folder.path(), &WalkOptions::default()).unwrap();
        assert_eq!(entries(&tree), ["a.py"]);
        let environments: Vec<_> =
            tree.environments.iter().map(|path| path.file_name().unwrap()).collect();
        assert_eq!(environments, [".venv", "ignored", "myenv"]);
    }

    #[test]
    fn links_inside_the_tree_count_once() {
        let folder = tree(&[
            "real/a.py",
            "real/b.py",
            ".hidden/c.py",
            "again -> real",
            "b.py -> real/b.py",
            "z -> .hidden",
            "y -> .hidden",
            "hid.py -> .hidden/c.py",
            "plain -> /etc/hostname",
        ]);
        let tree = walk(folder.path(), &WalkOptions::default()).unwrap();
        assert_eq!(entries(&tree), ["hid.py", "real/a.py", "real/b.py"]);
        let duplicate = |path: &str| SkipReason::Duplicate(TreePath::new(path));
        assert_eq!(
            skipped(&tree),
            [
                ("again", &duplicate("real")),
                ("b.py", &duplicate("real/b.py")),
                ("y", &duplicate(".hidden")),
                ("z", &duplicate(".hidden")),
            ]
        );
        let hidden = &tree.entries[0];
        assert_eq!(super::super::read(&tree, hidden, 100).unwrap(), b"x = 1\n");
    }

    #[test]
    fn a_folder_behind_a_link_only() {
        let folder = tree(&[
            ".store/v1/a.py",
            ".store/v1/sub/b.py",
            ".store/v1/sub/back -> ..",
            "pkg -> .store/v1",
        ]);
        let tree = walk(folder.path(), &WalkOptions::default()).unwrap();
        assert_eq!(entries(&tree), ["pkg/a.py", "pkg/sub/b.py"]);
        assert_eq!(skipped(&tree), [("pkg/sub/back", &SkipReason::LinkLoop)]);
        assert_eq!(super::super::read(&tree, &tree.entries[1], 100).unwrap(), b"x = 1\n");
    }

    #[test]
    fn links_that_lead_nowhere_we_go() {
        let folder = tree(&[
            "a.py",
            "out.py -> /etc/passwd",
            "etc -> /etc",
            "gone.py -> nowhere.py",
            "self.py -> self.py",
            "gone -> nowhere",
            "up -> .",
            "sub/up -> ..",
            "sub/x.py",
            "zero.py -> /dev/zero",
            "git -> .git",
            ".git/a.py",
        ]);
        let tree = walk(folder.path(), &WalkOptions::default()).unwrap();
        assert_eq!(entries(&tree), ["a.py", "sub/x.py"]);
        assert_eq!(
            skipped(&tree),
            [
                ("etc", &SkipReason::LinkOutside),
                ("git", &SkipReason::LinkOutside),
                ("gone.py", &SkipReason::DanglingLink),
                ("out.py", &SkipReason::LinkOutside),
                ("self.py", &SkipReason::LinkLoop),
                ("sub/up", &SkipReason::LinkLoop),
                ("up", &SkipReason::LinkLoop),
                ("zero.py", &SkipReason::LinkOutside),
            ]
        );
    }

    #[test]
    fn hard_links_are_files_of_their_own() {
        let folder = tree(&["a.py"]);
        fs::hard_link(folder.path().join("a.py"), folder.path().join("b.py")).unwrap();
        assert_eq!(paths(&folder), ["a.py", "b.py"]);
    }

    #[test]
    fn pipes_and_large_files_are_named_and_not_opened() {
        let folder = tree(&["a.py", "sub/b.py", "dir.py/c.py"]);
        for name in ["pipe.py", ".gitignore", "sub/.ignore", "pyproject.toml"] {
            assert!(
                Command::new("mkfifo").arg(folder.path().join(name)).status().unwrap().success()
            );
        }
        symlink("/dev/zero", folder.path().join(".ignore")).unwrap();
        write(&folder, "large.py", &"#".repeat(1001));
        let options = WalkOptions { max_bytes: 1000, ..WalkOptions::default() };
        let tree = walk(folder.path(), &options).unwrap();
        assert_eq!(entries(&tree), ["a.py", "dir.py/c.py", "sub/b.py"]);
        assert_eq!(
            skipped(&tree),
            [("large.py", &SkipReason::TooLarge), ("pipe.py", &SkipReason::NotRegular)]
        );
        assert_eq!(tree.errors.len(), 3);
        assert!(tree.manifests.is_empty());
    }

    #[test]
    fn a_git_folder_of_pipes_gives_no_facts() {
        let folder = tree(&["a.py", ".git/"]);
        for name in ["HEAD", "index", "config", "commondir"] {
            assert!(
                Command::new("mkfifo")
                    .arg(folder.path().join(".git").join(name))
                    .status()
                    .unwrap()
                    .success()
            );
        }
        assert_eq!(paths(&folder), ["a.py"]);
    }

    #[test]
    fn names_that_are_no_text() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tree(&["-rf.py", "a\nb.py", "\u{1b}[31m.py", "back\\slash.py"]);
        let odd = folder.path().join(std::ffi::OsStr::from_bytes(b"\xff"));
        fs::create_dir(&odd).unwrap();
        fs::write(odd.join("a.py"), "y = 2\n").unwrap();
        let tree = walk(folder.path(), &WalkOptions::default()).unwrap();
        assert_eq!(tree.entries.len(), 5);
        let odd = tree.entry("\u{fffd}/a.py").unwrap();
        assert_eq!(odd.path.hex().as_deref(), Some("ff2f612e7079"));
        assert_eq!(super::super::read(&tree, odd, 100).unwrap(), b"y = 2\n");
    }

    #[test]
    fn one_file_is_a_tree() {
        let folder = tree(&["a.py", "b.py", "c.txt"]);
        let tree = walk(&folder.path().join("a.py"), &WalkOptions::default()).unwrap();
        assert_eq!(entries(&tree), ["a.py"]);
        assert_eq!(super::super::read(&tree, &tree.entries[0], 100).unwrap(), b"x = 1\n");
        assert!(walk(&folder.path().join("c.txt"), &WalkOptions::default()).is_err());
        assert!(walk(&folder.path().join("nothing"), &WalkOptions::default()).is_err());
    }

    #[test]
    fn a_folder_that_cannot_be_listed_is_named() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tree(&["a.py", "closed/b.py"]);
        let closed = folder.path().join("closed");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o0)).unwrap();
        let is_root = fs::read_dir(&closed).is_ok();
        let tree = walk(folder.path(), &WalkOptions::default()).unwrap();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
        if !is_root {
            assert_eq!(
                skipped(&tree),
                [("closed", &SkipReason::Unreadable("permission denied".to_owned()))]
            );
        }
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let files: Vec<String> =
            (0..300).map(|n| format!("{}/{}/m{n}.py", n % 7, n % 11)).collect();
        let mut files: Vec<&str> = files.iter().map(String::as_str).collect();
        files.extend([
            "l1 -> .h",
            "l2 -> .h",
            ".h/a.py",
            ".h/sub/b.py",
            "3/l -> ../.h/sub",
            "l3 -> 3",
        ]);
        let folder = tree(&files);
        let walk_with = |threads| {
            let tree =
                walk(folder.path(), &WalkOptions { threads, ..WalkOptions::default() }).unwrap();
            (tree.entries, tree.skipped)
        };
        let first = walk_with(1);
        assert_eq!(first.0.len(), 302);
        for threads in [1, 2, 8, 8, 8] {
            assert!(walk_with(threads) == first);
        }
    }
}

//! What a walk found: the Python files of a tree, those it left out and why, and the files that describe the project.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    ffi::{OsStr, OsString},
    fmt::{self, Write},
    fs,
    path::{Path, PathBuf},
};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    kinds::{self, FileKind},
    revision::{Blobs, Commit},
    walk::Sort,
};

/// The files of one project at one moment. Every list is sorted by path.
pub struct Tree {
    /// Absolute and free of links; empty for a tree in memory.
    pub root: PathBuf,
    pub entries: Vec<Entry>,
    pub skipped: Vec<Skipped>,
    /// Every folder that was looked into, the top apart: each can be imported as a namespace.
    pub folders: Vec<TreePath>,
    /// Copies such as `x.py.bak`, which nobody can import.
    pub backups: Vec<TreePath>,
    /// `pyproject.toml`, `requirements.txt` and their like.
    pub manifests: Vec<TreePath>,
    /// Extension modules: `.so`, `.pyd`, `.pyx`.
    pub native: Vec<TreePath>,
    /// Virtual environments in the tree or beside it, by their path on disk.
    pub environments: Vec<PathBuf>,
    /// What else went wrong, such as an ignore file that cannot be read; none of it lost a file.
    pub errors: Vec<String>,
    /// The commit that the files are of; none for those of a disk.
    pub commit: Option<Commit>,
    pub(super) store: Store,
}

/// Where the bytes of a tree are.
pub(super) enum Store {
    Disk {
        /// The real place of entries that are reached through a link.
        targets: FxHashMap<TreePath, PathBuf>,
    },
    Memory(BTreeMap<String, Cow<'static, [u8]>>),
    Objects(Blobs),
}

/// One Python file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub path: TreePath,
    pub language: Language,
    pub kind: FileKind,
    pub stat: Stat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    Python,
    Stub,
    Notebook,
}

/// By what a later run knows that a file has not changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stat {
    pub size: u64,
    pub mtime_ns: i64,
    pub inode: u64,
}

/// A path that was found but whose content does not count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    pub path: TreePath,
    pub reason: SkipReason,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    TooLarge,
    /// A pipe, a socket, a device or a folder with the name of a Python file.
    NotRegular,
    DanglingLink,
    LinkOutside,
    /// A link that leads to itself or to a folder around it.
    LinkLoop,
    /// A second way to files that already count, and where they count.
    Duplicate(TreePath),
    Unreadable(String),
    Vanished,
}

/// A path relative to the root of its tree, with `/` between the names. Ordered by its text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TreePath {
    text: Box<str>,
    /// The path as the disk has it, when that is no UTF-8.
    raw: Option<Box<OsStr>>,
}

impl Tree {
    /// A tree whose files are these and whose disk is never touched.
    pub fn in_memory(files: impl IntoIterator<Item = (String, Cow<'static, [u8]>)>) -> Self {
        let files: BTreeMap<_, _> = files.into_iter().collect();
        let mut tree = Self::empty(PathBuf::new());
        let folders = files.keys().flat_map(|path| Path::new(path).ancestors().skip(1));
        let folders: BTreeSet<TreePath> = folders.map(TreePath::from_disk).collect();
        tree.folders = folders.into_iter().collect();
        for (path, bytes) in &files {
            let path = TreePath::new(path);
            match Sort::of_path(&path) {
                Sort::Source(language) => {
                    let kind = kinds::of(path.as_str());
                    let stat = Stat { size: bytes.len() as u64, ..Stat::default() };
                    tree.entries.push(Entry { path, language, kind, stat });
                }
                Sort::Backup => tree.backups.push(path),
                Sort::Manifest => tree.manifests.push(path),
                Sort::Native => tree.native.push(path),
                Sort::Other => {}
            }
        }
        tree.store = Store::Memory(files);
        tree
    }

    /// A tree in memory written as one text: the line `# file: PATH` begins a file.
    pub fn from_text(text: &str) -> Self {
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        for line in text.split_inclusive('\n') {
            if let Some(path) = line.strip_prefix("# file: ") {
                files.push((path.trim().to_owned(), Vec::new()));
            } else if let Some((_, content)) = files.last_mut() {
                content.extend_from_slice(line.as_bytes());
            }
        }
        Self::in_memory(files.into_iter().map(|(path, content)| (path, Cow::Owned(content))))
    }

    pub(super) fn empty(root: PathBuf) -> Self {
        Self {
            root,
            entries: Vec::new(),
            skipped: Vec::new(),
            folders: Vec::new(),
            backups: Vec::new(),
            manifests: Vec::new(),
            native: Vec::new(),
            environments: Vec::new(),
            errors: Vec::new(),
            commit: None,
            store: Store::Disk { targets: FxHashMap::default() },
        }
    }

    /// By what name a later run asks for what it knew of a file: its path, or what git calls its content.
    pub fn key<'e>(&self, entry: &'e Entry) -> Cow<'e, str> {
        match &self.store {
            // No path of a tree begins with a slash.
            Store::Objects(blobs) => {
                let hash = blobs.hash(&entry.path).unwrap_or_default();
                Cow::Owned(format!("/{}/{hash}", entry.language as u8))
            }
            Store::Disk { .. } | Store::Memory(_) => Cow::Borrowed(entry.path.as_str()),
        }
    }

    /// Which of those names are still needed. A tree of the disk and one of git's objects leave each other's alone.
    pub fn live_keys(&self) -> impl Fn(&str) -> bool {
        let of_objects = matches!(self.store, Store::Objects(_)).then(|| {
            let keys = self.entries.iter().map(|entry| self.key(entry).into_owned());
            keys.collect::<FxHashSet<String>>()
        });
        move |key| match (&of_objects, key.starts_with('/')) {
            (Some(keys), true) => keys.contains(key),
            (None, false) => self.entry(key).is_some(),
            (Some(_), false) | (None, true) => true,
        }
    }

    pub fn entry(&self, path: &str) -> Option<&Entry> {
        let at = self.entries.partition_point(|entry| entry.path.as_str() < path);
        self.entries.get(at).filter(|entry| entry.path.as_str() == path)
    }

    /// Entries in a folder and below it; `""` is the top.
    pub fn below(&self, folder: &str) -> &[Entry] {
        if folder.is_empty() {
            return &self.entries;
        }
        let first = format!("{folder}/");
        // `0` is the character after `/`.
        let end = format!("{folder}0");
        let start = self.entries.partition_point(|entry| entry.path.as_str() < first.as_str());
        let end = self.entries.partition_point(|entry| entry.path.as_str() < end.as_str());
        &self.entries[start..end]
    }

    /// Whether a folder is a regular package: it holds an `__init__.py`.
    pub fn is_package(&self, folder: &str) -> bool {
        let init = if folder.is_empty() {
            "__init__.py".to_owned()
        } else {
            format!("{folder}/__init__.py")
        };
        self.entry(&init).is_some()
    }

    /// Files matching these patterns, and no others, are tests.
    pub fn set_tests(&mut self, patterns: &[String]) -> anyhow::Result<()> {
        let tests = super::ignored::globs(patterns)?;
        for entry in &mut self.entries {
            let is_test =
                tests.matched_path_or_any_parents(entry.path.as_path(), false).is_ignore();
            entry.kind = kinds::with_tests_given(entry.path.as_str(), is_test);
        }
        Ok(())
    }
}

impl Stat {
    pub fn of(metadata: &fs::Metadata) -> Self {
        let size = metadata.len();
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let mtime_ns = metadata
                .mtime()
                .saturating_mul(1_000_000_000)
                .saturating_add(metadata.mtime_nsec());
            Self { size, mtime_ns, inode: metadata.ino() }
        }
        #[cfg(not(unix))]
        {
            let modified = metadata
                .modified()
                .ok()
                .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
            Self { size, mtime_ns: modified.map_or(0, |since| since.as_nanos() as i64), inode: 0 }
        }
    }
}

impl SkipReason {
    pub fn word(&self) -> &'static str {
        match self {
            Self::TooLarge => "too large",
            Self::NotRegular => "not a regular file",
            Self::DanglingLink => "dangling link",
            Self::LinkOutside => "link out of the tree",
            Self::LinkLoop => "link loop",
            Self::Duplicate(_) => "second way to a file",
            Self::Unreadable(_) => "unreadable",
            Self::Vanished => "vanished",
        }
    }

    /// What the system says, without the wording of its locale.
    pub fn from_error(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::Vanished,
            kind => Self::Unreadable(kind.to_string()),
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(out, "unreadable: {why}"),
            Self::Duplicate(path) => write!(out, "second way to {}", path.as_str()),
            Self::TooLarge
            | Self::NotRegular
            | Self::DanglingLink
            | Self::LinkOutside
            | Self::LinkLoop
            | Self::Vanished => out.write_str(self.word()),
        }
    }
}

impl TreePath {
    pub fn new(text: &str) -> Self {
        Self { text: text.into(), raw: None }
    }

    /// A path of the disk, relative to the root.
    pub fn from_disk(relative: &Path) -> Self {
        match relative.to_str() {
            Some(text) if cfg!(windows) => Self::new(&text.replace('\\', "/")),
            Some(text) => Self::new(text),
            None => Self::lossy(relative.as_os_str().to_owned()),
        }
    }

    pub fn child(&self, name: &OsStr) -> Self {
        if self.raw.is_none()
            && let Some(name) = name.to_str()
        {
            if self.text.is_empty() {
                return Self::new(name);
            }
            return Self { text: [&*self.text, "/", name].concat().into(), raw: None };
        }
        let mut raw = self.as_path().as_os_str().to_owned();
        if !raw.is_empty() {
            raw.push("/");
        }
        raw.push(name);
        Self::lossy(raw)
    }

    fn lossy(raw: OsString) -> Self {
        Self { text: raw.to_string_lossy().into(), raw: Some(raw.into()) }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The path as the disk has it, still relative to the root.
    pub fn as_path(&self) -> &Path {
        match &self.raw {
            Some(raw) => Path::new(raw),
            None => Path::new(&*self.text),
        }
    }

    pub fn file_name(&self) -> &str {
        self.text.rsplit_once('/').map_or(&*self.text, |(_, name)| name)
    }

    /// The folder that holds it; `""` at the top.
    pub fn parent(&self) -> &str {
        self.text.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    pub fn disk(&self, root: &Path) -> PathBuf {
        root.join(self.as_path())
    }

    /// The bytes of a path that is no UTF-8, since its text does not tell them.
    pub fn hex(&self) -> Option<String> {
        let raw = self.raw.as_ref()?;
        let mut hex = String::new();
        for byte in raw.as_encoded_bytes() {
            write!(hex, "{byte:02x}").expect("a string can be written to");
        }
        Some(hex)
    }
}

impl fmt::Debug for TreePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}", self.as_path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_makes_a_tree() {
        let tree = Tree::from_text(
            "# file: b.py\nx = 1\n# file: a/__init__.py\n# file: a-b/c.py\n# file: setup.cfg\n",
        );
        let paths: Vec<_> = tree.entries.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["a-b/c.py", "a/__init__.py", "b.py"]);
        assert_eq!(tree.entry("b.py").map(|entry| entry.stat.size), Some(6));
        assert_eq!(tree.below("a").len(), 1);
        assert!(tree.is_package("a"));
        assert!(!tree.is_package("a-b"));
        assert_eq!(tree.manifests, [TreePath::new("setup.cfg")]);
    }

    #[test]
    fn configured_tests_replace_the_rules() {
        let mut tree = Tree::from_text("# file: tests/a.py\n# file: checks/b.py\n");
        tree.set_tests(&["checks/**".to_owned()]).unwrap();
        let kinds: Vec<_> = tree.entries.iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds, [FileKind::Test, FileKind::Production]);
    }

    #[test]
    fn parts_of_a_path() {
        let path = TreePath::new("a/b").child(OsStr::new("c.py"));
        assert_eq!((path.as_str(), path.file_name(), path.parent()), ("a/b/c.py", "c.py", "a/b"));
        assert_eq!(path.disk(Path::new("/r")), Path::new("/r/a/b/c.py"));
        assert_eq!(path.hex(), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_utf8_keeps_its_bytes() {
        use std::os::unix::ffi::OsStrExt;
        let path = TreePath::new("a").child(OsStr::from_bytes(b"\xff.py"));
        assert_eq!(path.as_str(), "a/\u{fffd}.py");
        assert_eq!(path.hex().as_deref(), Some("612fff2e7079"));
        assert_eq!(path.disk(Path::new("/r")).as_os_str().as_bytes(), b"/r/a/\xff.py");
    }
}

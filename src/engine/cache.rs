//! Facts of earlier scans, in the user's cache folder: what has not changed is not parsed again. Beside them lie the
//! rankings of whole trees (`shelf.rs`).
//!
//! Each scanned tree has a folder of its own there, with a few segments. A segment says which file had which content
//! (by hash), and holds the facts of contents. Both kinds of row stand for themselves: a file that was only touched costs
//! one small row, and a content whose segment is gone is read anew.
//!
//! There are no locks. A segment gets its name when it is whole and never changes after that, so a reader sees all of it
//! or nothing. Two writers write two segments, and each row in them is true: the file had this content when it looked like
//! this. A merge removes only what it has read and written again; whoever wanted to read that just then finds less in the
//! cache, which is slower and not wrong.
//!
//! The hash is not one that withstands forgery. Whoever can forge it owns files of the tree, and gains a say about the
//! facts of that tree only.

mod segment;
pub(super) mod shelf;
pub(super) mod words;

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytemuck::Zeroable;
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::facts::Facts;
use crate::source::Stat;

use segment::{ContentRow, Draft, FileRow, Segment, Unfit};

/// What the cache of all trees may take, on disk.
const MAX_BYTES: u64 = 1 << 30;
const MAX_TREES: usize = 1000;

/// More segments are merged.
const MAX_SEGMENTS: usize = 8;

/// A file that was changed this shortly before it was looked at may have been changed again without showing it: file
/// systems count time in steps of up to two seconds.
const RACY_NS: i64 = 2_000_000_000;

const DAY: Duration = Duration::from_hours(24);

/// Its time says when the tree's cache was last used, to a day.
const USED: &str = "used";

/// What a scan has read anew.
pub struct Entry<'a> {
    pub path: &'a str,
    pub language: u8,
    pub stat: Stat,
    pub hash: u128,
    pub facts: &'a Facts,
}

/// What a save has written: nothing if there was nothing new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    pub files: usize,
    pub bytes: u64,
    /// Segments that went into the new one.
    pub merged: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    pub folder: PathBuf,
    pub trees: usize,
    /// Files of the cache, not of the trees.
    pub files: usize,
    pub bytes: u64,
}

/// The hash by which contents are known.
pub fn hash(bytes: &[u8]) -> u128 {
    xxh3_128(bytes)
}

/// A row of one of the segments.
#[derive(Clone, Copy, PartialEq, Eq)]
struct At {
    segment: usize,
    row: usize,
}

/// The facts known of one tree, as they were when it was opened.
pub struct Cache {
    folder: PathBuf,
    segments: Vec<Segment>,
    /// By the hash of the path; a row counts only if its path is the one asked for.
    files: FxHashMap<u64, At>,
    contents: FxHashMap<(u128, u32), At>,
}

impl Cache {
    /// Reads all that is sound in the tree's folder (see [`folder_for`]) and forgets what is not; no folder, no facts.
    ///
    /// Big segments are read by the threads of the current rayon pool.
    pub fn open(folder: &Path) -> Self {
        let mut cache = Self {
            folder: folder.to_path_buf(),
            segments: Vec::new(),
            files: FxHashMap::default(),
            contents: FxHashMap::default(),
        };
        if !is_private(folder) {
            return cache;
        }
        mark_used(folder);
        for path in own_files(folder).into_iter().filter(|path| is_segment(path)) {
            match Segment::read(&path) {
                Ok(segment) => cache.add(segment),
                Err(Unfit::Spoiled) => drop(fs::remove_file(&path)),
                Err(Unfit::Newer | Unfit::Unreadable) => {}
            }
        }
        cache
    }

    fn add(&mut self, added: Segment) {
        let segment = self.segments.len();
        self.files.reserve(added.files.len());
        self.contents.reserve(added.contents.len());
        for (row, file) in added.files.iter().enumerate() {
            self.files.insert(path_key(added.path_of(file)), At { segment, row });
        }
        for (row, content) in added.contents.iter().enumerate() {
            self.contents.insert((content.hash, content.language), At { segment, row });
        }
        self.segments.push(added);
    }

    /// The content's hash and its facts, if the file has surely not changed since it was read.
    pub fn by_stat(&self, path: &str, language: u8, stat: &Stat) -> Option<(u128, Facts)> {
        let at = self.files.get(&path_key(path))?;
        let segment = &self.segments[at.segment];
        let row = &segment.files[at.row];
        let is_racy = row.mtime_ns.saturating_add(RACY_NS) > row.scanned_at_ns;
        let known = Stat { size: row.size, mtime_ns: row.mtime_ns, inode: row.inode };
        let same = known == *stat
            && !is_racy
            && row.language == u32::from(language)
            && segment.path_of(row) == path;
        if !same {
            return None;
        }
        Some((row.hash, self.by_content(language, row.hash)?))
    }

    /// The facts of that content, wherever in the tree it stood.
    pub fn by_content(&self, language: u8, hash: u128) -> Option<Facts> {
        let at = self.contents.get(&(hash, u32::from(language)))?;
        let segment = &self.segments[at.segment];
        segment.facts(&segment.contents[at.row])
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Paths that something is known of.
    pub fn n_files(&self) -> usize {
        self.files.len()
    }

    pub fn n_segments(&self) -> usize {
        self.segments.len()
    }

    pub fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.bytes).sum()
    }

    /// Writes what is new as one more segment, merged with older ones when there are many or much in them is stale.
    ///
    /// `fresh` is every file that [`Self::by_stat`] did not know, and `scanned_at_ns` a time before the first of them was
    /// looked at. A merge drops the rows of files that are not live; a path that the scan did not come to counts as live.
    /// The cache itself stays as it was opened: open it again before the next scan.
    pub fn save(
        &self,
        fresh: &[Entry],
        is_live: impl Fn(&str) -> bool,
        scanned_at_ns: i64,
    ) -> io::Result<Saved> {
        if fresh.is_empty() {
            return Ok(Saved::default());
        }
        let live = self.live(fresh, is_live);
        let mut first_merged = self.first_to_merge(&live);
        let mut draft = self.draft(first_merged, &live, fresh, scanned_at_ns);
        let kept = |first| self.segments[..first].iter().map(|segment| segment.bytes).sum::<u64>();
        if kept(first_merged) + draft.bytes() > MAX_BYTES {
            first_merged = 0;
            draft = self.draft(first_merged, &live, fresh, scanned_at_ns);
        }
        if draft.bytes() > MAX_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        create_private(&self.folder)?;
        publish(&self.folder, &draft)?;
        let merged = &self.segments[first_merged..];
        for segment in merged {
            let _ = fs::remove_file(&segment.path);
        }
        mark_used(&self.folder);
        if let Some(home) = self.folder.parent() {
            evict(home, &self.folder, MAX_BYTES, MAX_TREES);
        }
        Ok(Saved { files: draft.n_files(), bytes: draft.bytes(), merged: merged.len() })
    }

    /// The rows that will still be needed when `fresh` has been added.
    fn live(&self, fresh: &[Entry], is_live: impl Fn(&str) -> bool) -> Live {
        let blank = |n_rows: usize| vec![false; n_rows];
        let mut live = Live {
            files: self.segments.iter().map(|segment| blank(segment.files.len())).collect(),
            contents: self.segments.iter().map(|segment| blank(segment.contents.len())).collect(),
            bytes: 0,
        };
        let renewed: FxHashSet<&str> = fresh.iter().map(|entry| entry.path).collect();
        for (number, segment) in self.segments.iter().enumerate() {
            for (row, file) in segment.files.iter().enumerate() {
                let path = segment.path_of(file);
                let is_current =
                    self.files.get(&path_key(path)) == Some(&At { segment: number, row });
                let content = self.contents.get(&(file.hash, file.language));
                if let Some(content) = content
                    && is_current
                    && !renewed.contains(path)
                    && is_live(path)
                {
                    live.files[number][row] = true;
                    live.bytes += file.bytes();
                    live.content(*content, &self.segments);
                }
            }
        }
        for entry in fresh {
            if let Some(content) = self.contents.get(&(entry.hash, u32::from(entry.language))) {
                live.content(*content, &self.segments);
            }
        }
        live
    }

    /// All segments from this one on go into the new one.
    fn first_to_merge(&self, live: &Live) -> usize {
        if 2 * live.bytes < self.bytes() {
            return 0;
        }
        if self.segments.len() < MAX_SEGMENTS {
            return self.segments.len();
        }
        // The newer half, and older ones while they are no bigger than what is merged anyhow: small changes are not paid
        // for with the big segment of the first scan.
        let mut first = self.segments.len() - MAX_SEGMENTS / 2;
        let mut merged: u64 = self.segments[first..].iter().map(|segment| segment.bytes).sum();
        while first > 0 && self.segments[first - 1].bytes <= merged {
            first -= 1;
            merged += self.segments[first].bytes;
        }
        first
    }

    fn draft<'a>(
        &'a self,
        first_merged: usize,
        live: &Live,
        fresh: &[Entry<'a>],
        scanned_at_ns: i64,
    ) -> Draft<'a> {
        let mut draft = Draft::default();
        for (number, segment) in self.segments.iter().enumerate().skip(first_merged) {
            for (file, _) in
                segment.files.iter().zip(&live.files[number]).filter(|(_, live)| **live)
            {
                draft.file(segment.path_of(file), *file);
            }
            let contents = segment.contents.iter().zip(&live.contents[number]);
            for (content, _) in contents.filter(|(_, live)| **live) {
                draft.content(content.hash, content.language, segment.words_and_text(content));
            }
        }
        let mut written = FxHashSet::default();
        for entry in fresh {
            let language = u32::from(entry.language);
            let row = FileRow {
                hash: entry.hash,
                size: entry.stat.size,
                mtime_ns: entry.stat.mtime_ns,
                inode: entry.stat.inode,
                scanned_at_ns,
                language,
                ..FileRow::zeroed()
            };
            draft.file(entry.path, row);
            let is_known = self.by_content(entry.language, entry.hash).is_some();
            if !is_known && written.insert((entry.hash, language)) {
                draft.content(entry.hash, language, (entry.facts.words(), entry.facts.blob()));
            }
        }
        draft
    }
}

/// Which rows of which segment are still needed, and how much that is.
struct Live {
    files: Vec<Vec<bool>>,
    contents: Vec<Vec<bool>>,
    bytes: u64,
}

impl Live {
    fn content(&mut self, at: At, segments: &[Segment]) {
        let is_live = &mut self.contents[at.segment][at.row];
        if !*is_live {
            *is_live = true;
            self.bytes += ContentRow::bytes(&segments[at.segment].contents[at.row]);
        }
    }
}

fn path_key(path: &str) -> u64 {
    xxh3_64(path.as_bytes())
}

/// Gives the draft a name of its own behind all others, once it is whole.
fn publish(folder: &Path, draft: &Draft) -> io::Result<()> {
    let last = own_files(folder).iter().filter_map(|path| segment_number(path)).max();
    let number = last.map_or(0, |last| (last + 1).min(99_999_999));
    let mut temporary = temporary(folder, number)?;
    draft.write(temporary.as_file_mut())?;
    let path = temporary.path().with_extension("facts");
    temporary.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A file that gets its name later, and goes if it never does.
fn temporary(folder: &Path, number: u32) -> io::Result<tempfile::NamedTempFile> {
    let temporary = tempfile::Builder::new()
        .prefix(&format!("{number:08}-"))
        .suffix(".tmp")
        .rand_bytes(8)
        .tempfile_in(folder)?;
    set_mode(temporary.path(), 0o600)?;
    Ok(temporary)
}

/// Where the caches of all trees lie; nothing if the environment does not say.
pub fn home() -> Option<PathBuf> {
    home_by(&|name| std::env::var_os(name))
}

fn home_by(variable: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name| variable(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    let caches = folder("XDG_CACHE_HOME").or_else(|| {
        if cfg!(windows) {
            folder("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            Some(folder("HOME")?.join("Library/Caches"))
        } else {
            Some(folder("HOME")?.join(".cache"))
        }
    })?;
    Some(caches.join("fragscope"))
}

/// The folder for one tree; nothing if it would lie inside that tree, which is not ours to write to.
pub fn folder_for(home: &Path, root: &Path) -> Option<PathBuf> {
    let root = root.canonicalize().ok()?;
    let home = canonical(home)?;
    let name = format!("{:032x}", xxh3_128(root.as_os_str().as_encoded_bytes()));
    (!home.starts_with(root)).then(|| home.join(name))
}

/// The real path of a folder that may not be there yet.
fn canonical(folder: &Path) -> Option<PathBuf> {
    let (there, real) =
        folder.ancestors().find_map(|there| Some((there, there.canonicalize().ok()?)))?;
    let rest = folder.strip_prefix(there).ok()?;
    let is_plain = rest.components().all(|part| matches!(part, Component::Normal(_)));
    is_plain.then(|| real.join(rest))
}

/// What the caches of all trees take.
pub fn usage(home: &Path) -> Usage {
    let mut usage = Usage { folder: home.to_path_buf(), trees: 0, files: 0, bytes: 0 };
    for tree in trees(home) {
        usage.trees += 1;
        usage.files += tree.files.len();
        usage.bytes += tree.bytes;
    }
    usage
}

/// Removes the caches of all trees, but no file of anybody else's, and says what is gone.
pub fn clear(home: &Path) -> io::Result<Usage> {
    let mut gone = Usage { folder: home.to_path_buf(), trees: 0, files: 0, bytes: 0 };
    let mut failure = None;
    for tree in trees(home) {
        match tree.remove() {
            Ok(()) => {
                gone.trees += 1;
                gone.files += tree.files.len();
                gone.bytes += tree.bytes;
            }
            Err(error) => failure = Some(error),
        }
    }
    // Empty now, or not ours alone.
    let _ = fs::remove_dir(home);
    failure.map_or(Ok(gone), Err)
}

/// The cache of one tree, from outside.
struct Tree {
    folder: PathBuf,
    files: Vec<PathBuf>,
    bytes: u64,
    used: SystemTime,
}

impl Tree {
    fn at(folder: PathBuf) -> Self {
        let files = own_files(&folder);
        let mut tree = Self { folder, files, bytes: 0, used: SystemTime::UNIX_EPOCH };
        for file in &tree.files {
            let Ok(metadata) = fs::symlink_metadata(file) else { continue };
            tree.bytes += metadata.len();
            tree.used = tree.used.max(metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH));
        }
        tree
    }

    /// The folder stays if there is something else in it.
    fn remove(&self) -> io::Result<()> {
        for file in &self.files {
            match fs::remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        let _ = fs::remove_dir(&self.folder);
        Ok(())
    }
}

fn trees(home: &Path) -> Vec<Tree> {
    let is_tree = |name: &str| {
        name.len() == 32 && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    entries(home, |kind| kind.is_dir(), is_tree).into_iter().map(Tree::at).collect()
}

/// The regular files in a tree's folder that bear a name of ours, in the order of their names.
fn own_files(folder: &Path) -> Vec<PathBuf> {
    let is_ours = |name: &str| name == USED || number_in(name).is_some() || shelf::is_ranking(name);
    entries(folder, |kind| kind.is_file(), is_ours)
}

/// In the order of their names; links are neither files nor folders here.
fn entries(
    folder: &Path,
    is_kind: impl Fn(fs::FileType) -> bool,
    is_ours: impl Fn(&str) -> bool,
) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_str().is_some_and(&is_ours))
        .filter(|entry| entry.file_type().is_ok_and(&is_kind))
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    paths
}

fn is_segment(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "facts")
}

fn segment_number(path: &Path) -> Option<u32> {
    number_in(path.file_name()?.to_str()?)
}

/// The 12 in `00000012-aB3dE6gH.facts`, or `….tmp` while it is being written.
fn number_in(name: &str) -> Option<u32> {
    let stem = name.strip_suffix(".facts").or_else(|| name.strip_suffix(".tmp"))?;
    let (number, random) = stem.split_once('-')?;
    let is_ours = number.len() == 8
        && number.bytes().all(|b| b.is_ascii_digit())
        && random.len() == 8
        && random.bytes().all(|b| b.is_ascii_alphanumeric());
    if is_ours { number.parse().ok() } else { None }
}

/// Removes what was used longest ago until the rest is within bounds; never `keep`.
fn evict(home: &Path, keep: &Path, max_bytes: u64, max_trees: usize) {
    let mut trees = trees(home);
    trees.iter().for_each(forget_leftovers);
    trees.sort_by(|a, b| (a.used, &a.folder).cmp(&(b.used, &b.folder)));
    let mut bytes: u64 = trees.iter().map(|tree| tree.bytes).sum();
    let mut n_trees = trees.len();
    for tree in trees.iter().filter(|tree| tree.folder != keep) {
        if bytes <= max_bytes && n_trees <= max_trees {
            return;
        }
        if tree.remove().is_ok() {
            bytes -= tree.bytes;
            n_trees -= 1;
        }
    }
}

/// What somebody began to write a day ago and never finished.
fn forget_leftovers(tree: &Tree) {
    let is_unfinished = |file: &&PathBuf| file.extension().is_some_and(|end| end == "tmp");
    for file in tree.files.iter().filter(is_unfinished) {
        let written = fs::symlink_metadata(file).and_then(|metadata| metadata.modified());
        if written.is_ok_and(|written| written.elapsed().is_ok_and(|age| age > DAY)) {
            let _ = fs::remove_file(file);
        }
    }
}

/// At most once a day, so that an ordinary run writes nothing.
fn mark_used(folder: &Path) {
    let path = folder.join(USED);
    let marked = fs::symlink_metadata(&path).and_then(|metadata| metadata.modified());
    let is_recent = |time: SystemTime| time.elapsed().map_or(true, |age| age < DAY);
    if marked.is_ok_and(is_recent) {
        return;
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags((OFlags::NONBLOCK | OFlags::NOFOLLOW).bits() as i32);
    }
    if let Ok(file) = options.open(&path) {
        let _ = file.set_modified(SystemTime::now());
    }
}

/// A folder that others may write to, or that is another user's, could tell us anything.
fn is_private(folder: &Path) -> bool {
    let Ok(metadata) = fs::symlink_metadata(folder) else { return false };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let is_ours = metadata.uid() == rustix::process::geteuid().as_raw();
        if !is_ours || metadata.mode() & 0o022 != 0 {
            return false;
        }
    }
    metadata.is_dir()
}

/// Creates what is missing on the way to the folder, for this user only.
fn create_private(folder: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
    for folder in missing.into_iter().rev() {
        match fs::create_dir(folder) {
            Ok(()) => set_mode(folder, 0o700)?,
            // Another run was faster.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    if is_private(folder) { Ok(()) } else { Err(io::ErrorKind::PermissionDenied.into()) }
}

/// Set and not only asked for, because the umask takes bits away.
#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
fn set_mode(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use crate::facts::rows::{LinePrint, Status};

    use super::*;

    const SCAN: i64 = 1_000_000_000_000;
    const PYTHON: u8 = 0;

    fn stat(n: u64) -> Stat {
        Stat { size: n, mtime_ns: 5, inode: n }
    }

    fn facts(name: &str) -> Facts {
        let mut draft = crate::facts::Draft::default();
        draft.sym(name);
        draft.prints = vec![LinePrint(name.len() as u32); 7];
        draft.finish(Status::Parsed)
    }

    fn same(a: &Facts, b: &Facts) -> bool {
        a.words() == b.words() && a.blob() == b.blob()
    }

    /// The files, each with a content that is called like this, in one save.
    fn save(folder: &Path, files: &[(&str, &str)]) -> Saved {
        save_to(&Cache::open(folder), files, |_| true)
    }

    fn save_to(cache: &Cache, files: &[(&str, &str)], is_live: impl Fn(&str) -> bool) -> Saved {
        let facts: Vec<Facts> = files.iter().map(|(_, content)| facts(content)).collect();
        let fresh: Vec<Entry> = files
            .iter()
            .zip(&facts)
            .map(|((path, content), facts)| Entry {
                path,
                language: PYTHON,
                stat: stat(content.len() as u64),
                hash: hash(content.as_bytes()),
                facts,
            })
            .collect();
        cache.save(&fresh, is_live, SCAN).unwrap()
    }

    fn knows(cache: &Cache, path: &str, content: &str) -> bool {
        let found = cache.by_stat(path, PYTHON, &stat(content.len() as u64));
        found.is_some_and(|(found, found_facts)| {
            found == hash(content.as_bytes()) && same(&found_facts, &facts(content))
        })
    }

    fn tree_in(home: &Path, number: u32) -> PathBuf {
        home.join(format!("{number:032x}"))
    }

    fn segments(folder: &Path) -> Vec<PathBuf> {
        own_files(folder).into_iter().filter(|path| is_segment(path)).collect()
    }

    #[test]
    fn what_was_saved_is_known() {
        let home = tempfile::tempdir().unwrap();
        let folder = tree_in(home.path(), 1);
        assert_eq!(Cache::open(&folder).n_files(), 0);
        assert_eq!(save(&folder, &[("a.py", "one"), ("b.py", "three")]).files, 2);
        let cache = Cache::open(&folder);
        assert!(knows(&cache, "a.py", "one"));
        assert!(knows(&cache, "b.py", "three"));
        assert!(cache.by_stat("c.py", PYTHON, &stat(3)).is_none());
        assert!(cache.by_stat("a.py", PYTHON + 1, &stat(3)).is_none());
    }

    #[test]
    fn any_change_of_the_stat_counts() {
        let home = tempfile::tempdir().unwrap();
        let folder = tree_in(home.path(), 1);
        save(&folder, &[("a.py", "one")]);
        let cache = Cache::open(&folder);
        for other in [
            Stat { size: 4, ..stat(3) },
            Stat { mtime_ns: 6, ..stat(3) },
            Stat { inode: 4, ..stat(3) },
        ] {
            assert!(cache.by_stat("a.py", PYTHON, &other).is_none());
        }
    }

    #[test]
    fn a_file_changed_just_before_the_scan_is_read_again() {
        let home = tempfile::tempdir().unwrap();
        let facts = facts("x");
        let known_if_changed_at = |mtime_ns| {
            let folder = tree_in(home.path(), 1);
            let stat = Stat { mtime_ns, ..stat(1) };
            let entry = Entry { path: "a.py", language: PYTHON, stat, hash: 1, facts: &facts };
            Cache::open(&folder).save(&[entry], |_| true, SCAN).unwrap();
            let cache = Cache::open(&folder);
            assert!(cache.by_content(PYTHON, 1).is_some());
            cache.by_stat("a.py", PYTHON, &stat).is_some()
        };
        assert!(known_if_changed_at(SCAN - RACY_NS));
        assert!(!known_if_changed_at(SCAN - RACY_NS + 1));
        assert!(!known_if_changed_at(SCAN + 1));
        assert!(!known_if_changed_at(i64::MAX));
        assert!(known_if_changed_at(i64::MIN));
    }

    #[test]
    fn content_is_known_wherever_it_moves_and_stored_once() {
        let home = tempfile::tempdir().unwrap();
        let folder = tree_in(home.path(), 1);
        let first = save(&folder, &[("a.py", "one"), ("copy.py", "one")]);
        let cache = Cache::open(&folder);
        assert!(same(&cache.by_content(PYTHON, hash(b"one")).unwrap(), &facts("one")));
        assert!(cache.by_content(PYTHON + 1, hash(b"one")).is_none());
        let moved = save(&folder, &[("b.py", "one")]);
        assert!(moved.bytes < first.bytes / 2, "{moved:?} {first:?}");
        assert!(knows(&Cache::open(&folder), "b.py", "one"));
    }

    #[test]
    fn nothing_new_writes_nothing() {
        let home = tempfile::tempdir().unwrap();
        let folder = tree_in(home.path(), 1);
        assert_eq!(save(&folder, &[]), Saved::default());
        assert!(!folder.exists());
    }

    #[test]
    fn small_changes_are_small_and_the_big_segment_stays() {
        let home = tempfile::tempdir().unwrap();
        let folder = tree_in(home.path(), 1);
        let paths: Vec<String> = (0..500).map(|n| format!("{n}.py")).collect();
        let all: Vec<(&str, &str)> = paths.iter().map(|p| (p.as_str(), p.as_str())).collect();
        let first = save(&folder, &all);
        let big = segments(&folder);
        let mut most = 0;
        for round in 0..50 {
            let content = "x".repeat(100 + round);
            let saved = save(&folder, &[("7.py", &content)]);
            assert!(saved.bytes < first.bytes / 50, "{saved:?} {first:?}");
            let cache = Cache::open(&folder);
            most = most.max(cache.n_segments());
            assert!(knows(&cache, "7.py", &content));
            assert!(knows(&cache, "8.py", "8.py"));
        }
        assert_eq!(most, MAX_SEGMENTS);
        assert!(segments(&folder).contains(&big[0]));
    }

    #[test]
    fn when_most_is_stale_all_is_merged_and_deleted_files_go() {
        let home = tempfile::tempdir().unwrap();
        let folder = tree_in(home.path(), 1);
        save(&folder, &[("a.py", "one"), ("b.py", "three"), ("c.py", "seven"), ("d.py", "four")]);
        save(&folder, &[("b.py", "eleven")]);
        let cache = Cache::open(&folder);
        let saved = save_to(&cache, &[("a.py", "fourteen")], |path| path == "b.py");
        assert_eq!(saved.merged, 2);
        let cache = Cache::open(&folder);
        assert_eq!((cache.n_segments(), cache.n_files()), (1, 2));
        assert!(knows(&cache, "a.py", "fourteen"));
        assert!(knows(&cache, "b.py", "eleven"));
        assert!(cache.by_content(PYTHON, hash(b"seven")).is_none());
    }

    #[test]
    fn two_writers_do_not_lose_each_others_work() {
        let home = tempfile::tempdir().unwrap();
        let folder = tree_in(home.path(), 1);
        save(&folder, &[("a.py", "one")]);
        let (left, right) = (Cache::open(&folder), Cache::open(&folder));
        save_to(&left, &[("b.py", "three")], |_| true);
        // Merges, and removes the segment that both have read.
        let merged = save_to(&right, &[("a.py", "eleven"), ("c.py", "seven")], |_| false);
        assert_eq!(merged.merged, 1);
        let cache = Cache::open(&folder);
        assert!(knows(&cache, "a.py", "eleven"));
        assert!(knows(&cache, "b.py", "three"));
        assert!(knows(&cache, "c.py", "seven"));
    }

    #[test]
    fn a_content_that_vanished_with_its_segment_is_not_known() {
        let home = tempfile::tempdir().unwrap();
        let folder = tree_in(home.path(), 1);
        save(&folder, &[("a.py", "one")]);
        save(&folder, &[("b.py", "one")]);
        fs::remove_file(&segments(&folder)[0]).unwrap();
        let cache = Cache::open(&folder);
        assert_eq!(cache.n_files(), 1);
        assert!(!knows(&cache, "b.py", "one"));
        save(&folder, &[("b.py", "one")]);
        assert!(knows(&Cache::open(&folder), "b.py", "one"));
    }

    #[test]
    fn readers_see_truth_while_writers_merge() {
        let home = tempfile::tempdir().unwrap();
        let folder = tree_in(home.path(), 1);
        save(&folder, &[("a.py", "one")]);
        std::thread::scope(|scope| {
            for writer in 0..2 {
                let folder = &folder;
                scope.spawn(move || {
                    for round in 0..60 {
                        let content = "x".repeat(10 + 2 * round + writer);
                        save(folder, &[("b.py", &content)]);
                    }
                });
            }
            scope.spawn(|| {
                for _ in 0..200 {
                    let cache = Cache::open(&folder);
                    for length in 10..130 {
                        let content = "x".repeat(length);
                        let found = cache.by_stat("b.py", PYTHON, &stat(length as u64));
                        assert!(found.is_none() || knows(&cache, "b.py", &content));
                    }
                }
            });
        });
        assert!(Cache::open(&folder).n_segments() <= 2 * MAX_SEGMENTS);
    }

    #[test]
    fn what_is_no_segment_is_passed_by() {
        let home = tempfile::tempdir().unwrap();
        let folder = tree_in(home.path(), 1);
        save(&folder, &[("a.py", "one")]);
        fs::create_dir(folder.join("00000003-aaaaaaaa.facts")).unwrap();
        fs::write(folder.join("00000004-aaaaaaaa.facts"), "garbage").unwrap();
        fs::write(folder.join("00000005-aaaaaaaa.facts"), "").unwrap();
        fs::write(folder.join("notes.facts"), "somebody's").unwrap();
        #[cfg(unix)]
        {
            let fifo = folder.join("00000006-aaaaaaaa.facts");
            rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, 0o600.into()).unwrap();
            let link = folder.join("00000007-aaaaaaaa.facts");
            std::os::unix::fs::symlink(&segments(&folder)[0], link).unwrap();
        }
        let cache = Cache::open(&folder);
        assert_eq!((cache.n_segments(), cache.n_files()), (1, 1));
        assert!(!folder.join("00000004-aaaaaaaa.facts").exists(), "ours, and worthless");
        assert!(folder.join("notes.facts").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_may_write_to_is_not_trusted() {
        let home = tempfile::tempdir().unwrap();
        let folder = tree_in(home.path(), 1);
        save(&folder, &[("a.py", "one")]);
        let link = tree_in(home.path(), 2);
        std::os::unix::fs::symlink(&folder, &link).unwrap();
        assert_eq!(Cache::open(&link).n_files(), 0);
        set_mode(&folder, 0o722).unwrap();
        let cache = Cache::open(&folder);
        assert_eq!(cache.n_files(), 0);
        let facts = facts("x");
        let entry = Entry { path: "a", language: 0, stat: stat(1), hash: 1, facts: &facts };
        assert!(cache.save(&[entry], |_| true, SCAN).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let folder = tree_in(&home.path().join("deep/er"), 1);
        save(&folder, &[("a.py", "one")]);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&home.path().join("deep")), 0o700);
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&segments(&folder)[0]), 0o600);
    }

    #[test]
    fn a_failed_save_is_an_error_and_leaves_the_cache_whole() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        fs::write(&file, "").unwrap();
        let facts = facts("x");
        let entry = Entry { path: "a", language: 0, stat: stat(1), hash: 1, facts: &facts };
        let cache = Cache::open(&file.join("below"));
        assert!(cache.save(&[entry], |_| true, SCAN).is_err());
    }

    #[test]
    fn clear_removes_ours_alone() {
        let home = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        save(&tree_in(elsewhere.path(), 9), &[("a.py", "one")]);
        save(&tree_in(home.path(), 1), &[("a.py", "one")]);
        save(&tree_in(home.path(), 2), &[("a.py", "one")]);
        let foreign = [tree_in(home.path(), 2).join("notes.txt"), home.path().join("x.facts")];
        for path in &foreign {
            fs::write(path, "somebody's").unwrap();
        }
        fs::create_dir(home.path().join("folder")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(tree_in(elsewhere.path(), 9), tree_in(home.path(), 3)).unwrap();

        let before = usage(home.path());
        assert_eq!((before.trees, before.files), (2, 4));
        assert_eq!(clear(home.path()).unwrap(), before);
        assert_eq!(usage(home.path()).bytes, 0);
        assert!(!tree_in(home.path(), 1).exists());
        assert!(foreign.iter().all(|path| path.exists()));
        assert!(home.path().join("folder").exists());
        assert_eq!(Cache::open(&tree_in(elsewhere.path(), 9)).n_files(), 1);
        assert_eq!(clear(&home.path().join("absent")).unwrap().trees, 0);
    }

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let home = tempfile::tempdir().unwrap();
        for number in 0..4 {
            let folder = tree_in(home.path(), number);
            save(&folder, &[("a.py", "one")]);
            let used = SystemTime::now() - (10 - number) * DAY;
            for file in own_files(&folder) {
                fs::File::options().write(true).open(file).unwrap().set_modified(used).unwrap();
            }
        }
        // Opening counts as use.
        Cache::open(&tree_in(home.path(), 0));
        let one = trees(home.path())[0].bytes;
        let left = || -> BTreeSet<PathBuf> {
            trees(home.path()).into_iter().map(|tree| tree.folder).collect()
        };
        let expected = |numbers: &[u32]| -> BTreeSet<PathBuf> {
            numbers.iter().map(|number| tree_in(home.path(), *number)).collect()
        };
        evict(home.path(), &tree_in(home.path(), 1), 3 * one, 9);
        assert_eq!(left(), expected(&[0, 1, 3]));
        evict(home.path(), &tree_in(home.path(), 1), u64::MAX, 2);
        assert_eq!(left(), expected(&[0, 1]));
        evict(home.path(), &tree_in(home.path(), 1), 0, 9);
        assert_eq!(left(), expected(&[1]));
    }

    #[test]
    fn a_warm_run_leaves_the_folder_alone() {
        let home = tempfile::tempdir().unwrap();
        let folder = tree_in(home.path(), 1);
        save(&folder, &[("a.py", "one")]);
        let times = || -> Vec<SystemTime> {
            let mut paths = own_files(&folder);
            paths.push(folder.clone());
            paths.iter().map(|path| fs::metadata(path).unwrap().modified().unwrap()).collect()
        };
        let before = times();
        Cache::open(&folder);
        assert_eq!(times(), before);
    }

    #[test]
    fn unfinished_segments_are_forgotten_after_a_day() {
        let home = tempfile::tempdir().unwrap();
        let folder = tree_in(home.path(), 1);
        save(&folder, &[("a.py", "one")]);
        let [old, new] = ["00000001-aaaaaaaa.tmp", "00000001-bbbbbbbb.tmp"].map(|n| folder.join(n));
        fs::write(&new, "").unwrap();
        fs::write(&old, "").unwrap();
        let time = SystemTime::now() - 2 * DAY;
        fs::File::options().write(true).open(&old).unwrap().set_modified(time).unwrap();
        save(&folder, &[("b.py", "three")]);
        assert!(!old.exists() && new.exists());
    }

    #[test]
    fn the_environment_says_where() {
        let home = |variables: &[(&str, &str)]| {
            home_by(&|name| {
                let found = variables.iter().find(|(variable, _)| *variable == name);
                found.map(|(_, value)| OsString::from(value))
            })
        };
        if cfg!(all(unix, not(target_os = "macos"))) {
            let xdg = Some(PathBuf::from("/c/fragscope"));
            let default = Some(PathBuf::from("/h/.cache/fragscope"));
            assert_eq!(home(&[("XDG_CACHE_HOME", "/c"), ("HOME", "/h")]), xdg);
            assert_eq!(home(&[("XDG_CACHE_HOME", "c"), ("HOME", "/h")]), default);
            assert_eq!(home(&[("XDG_CACHE_HOME", ""), ("HOME", "/h")]), default);
            assert_eq!(home(&[("HOME", "/h")]), default);
        }
        assert_eq!(home(&[("HOME", ""), ("LOCALAPPDATA", "")]), None);
        assert_eq!(home(&[]), None);
    }

    #[test]
    fn never_inside_the_scanned_tree() {
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("tree");
        fs::create_dir(&root).unwrap();
        let at = |home: &str| folder_for(&outer.path().join(home), &root);
        assert!(at("cache").is_some());
        assert!(at("tree-cache").is_some());
        assert_eq!(at("tree"), None);
        assert_eq!(at("tree/.cache/not/there/yet"), None);
        assert_eq!(at("absent/../tree"), None);
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&root, outer.path().join("link")).unwrap();
            assert_eq!(at("link/cache"), None);
            let home = outer.path().join("cache");
            let by_link = folder_for(&home, &outer.path().join("link"));
            assert_eq!(by_link, folder_for(&home, &root));
        }
        assert_eq!(folder_for(outer.path(), &outer.path().join("absent")), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_saved_is_what_is_opened(
            files in prop::collection::btree_map(
                ".{0,12}",
                (prop::collection::vec(".{0,9}", 0..9), prop::collection::vec(any::<u32>(), 0..40),
                 any::<(u32, u32, u64, u64, u8)>()),
                0..6,
            ),
        ) {
            let home = tempfile::tempdir().unwrap();
            let folder = tree_in(home.path(), 1);
            let all: Vec<(&String, Facts, Stat, u8)> = files
                .iter()
                .map(|(path, (texts, prints, (lines, flags, size, inode, language)))| {
                    let mut draft = crate::facts::Draft::default();
                    (draft.lines, draft.flags) = (*lines, *flags);
                    for text in texts {
                        draft.sym(text);
                    }
                    draft.prints = prints.iter().copied().map(LinePrint).collect();
                    let stat = Stat { size: *size, mtime_ns: 0, inode: *inode };
                    (path, draft.finish(Status::Recovered), stat, *language)
                })
                .collect();
            let fresh: Vec<Entry> = all
                .iter()
                .enumerate()
                .map(|(n, (path, facts, stat, language))| {
                    Entry { path, language: *language, stat: *stat, hash: n as u128, facts }
                })
                .collect();
            let half = fresh.len() / 2;
            Cache::open(&folder).save(&fresh[..half], |_| true, SCAN).unwrap();
            Cache::open(&folder).save(&fresh[half..], |_| true, SCAN).unwrap();
            let cache = Cache::open(&folder);
            for (n, (path, facts, stat, language)) in all.iter().enumerate() {
                let (hash, found) = cache.by_stat(path, *language, stat).unwrap();
                prop_assert_eq!(hash, n as u128);
                prop_assert!(same(&found, facts));
            }
        }
    }
}

//! Facts of earlier scans, in the user's cache folder: what has not changed is not parsed again.
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

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytemuck::Zeroable;
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::facts::Facts;

use segment::{ContentRow, Draft, FileRow, Segment, Unfit};

/// What the cache of all trees may take, on disk.
const MAX_BYTES: u64 = 1 << 30;
const MAX_TREES: usize = 1000;

/// More segments are merged: opening costs some 50 µs for each.
const MAX_SEGMENTS: usize = 8;

/// A file that was changed this shortly before it was looked at may have been changed again without showing it: file
/// systems count time in steps of up to two seconds.
const RACY_NS: i64 = 2_000_000_000;

const DAY: Duration = Duration::from_hours(24);

/// Its time says when the tree's cache was last used, to a day.
const USED: &str = "used";

/// How a file looks from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    pub size: u64,
    pub mtime_ns: i64,
    pub inode: u64,
}

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
    let mut temporary = tempfile::Builder::new()
        .prefix(&format!("{number:08}-"))
        .suffix(".tmp")
        .rand_bytes(8)
        .tempfile_in(folder)?;
    set_mode(temporary.path(), 0o600)?;
    draft.write(temporary.as_file_mut())?;
    let path = temporary.path().with_extension("facts");
    temporary.persist(path).map_err(|error| error.error)?;
    Ok(())
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
    entries(folder, |kind| kind.is_file(), |name| name == USED || number_in(name).is_some())
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

/// Segments that somebody began to write a day ago and never finished.
fn forget_leftovers(tree: &Tree) {
    for file in tree.files.iter().filter(|file| !is_segment(file) && !file.ends_with(USED)) {
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

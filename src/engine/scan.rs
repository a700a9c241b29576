//! A scan: walk, read what changed, link.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use include_dir::{Dir, include_dir};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3;

use super::cache::{self, Cache};
use super::progress::{Progress, Stage};
use crate::config::Config;
use crate::facts::rows::{Status, file_flag};
use crate::facts::{self, Facts};
use crate::model::{FileId, FileInput, Folders, Project, Surroundings, TreeInput};
use crate::source::{
    self, FileKind, Language, Revision, Root, SkipReason, Skipped, Tree, WalkOptions,
};

/// A parse may nest deep: its thread gets the stack that the depth guard counts on.
const STACK: usize = 64 << 20;

static DEMO: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/assets/demo");

#[derive(Clone, Debug, Default)]
pub struct Options {
    pub config: Config,
    pub no_ignore: bool,
    pub hidden: bool,
    /// Leave out what git does not track.
    pub tracked_only: bool,
    /// Threads; 0 for as many as suit the machine.
    pub jobs: usize,
    /// Whether facts are kept in the user's cache folder between runs.
    pub cache: bool,
}

/// When a scan began, before it asked the disk anything.
#[derive(Clone, Copy)]
struct Begun {
    instant: Instant,
    time: SystemTime,
}

impl Begun {
    fn now() -> Self {
        Self { instant: Instant::now(), time: SystemTime::now() }
    }
}

/// One tree at one moment: built once, then only read.
pub struct Snapshot {
    pub tree: Tree,
    pub roots: Vec<Root>,
    pub project: Project,
    /// Paths of files that are no UTF-8, which their text in the project does not tell apart.
    pub odd_paths: BTreeMap<FileId, source::TreePath>,
    /// Files without facts, sorted by path: those the walk left out and those that could not be read.
    pub unread: Vec<Unread>,
    pub cache: CacheUse,
    /// Where what follows from the scan may be kept, and a hash of all that the project was made from; none without a cache.
    pub kept: Option<(PathBuf, u128)>,
    pub stages: Vec<(Stage, Duration)>,
}

/// A file that was found and gave no facts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    pub path: source::TreePath,
    pub reason: String,
    /// Whether it should have been read and could not be; otherwise it was left out with good reason.
    pub is_unreadable: bool,
}

/// Where the facts came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheUse {
    /// Known by size and time alone.
    pub unchanged: usize,
    /// Read again, and the same bytes as before.
    pub same_content: usize,
    pub extracted: usize,
}

/// Scans a folder, or the folder of a file.
pub fn scan(root: &Path, options: &Options, progress: &Progress) -> anyhow::Result<Snapshot> {
    let home = options.cache.then(cache::home).flatten();
    let folder = home.and_then(|home| cache::folder_for(&home, root));
    scan_with(root, options, progress, folder.as_deref())
}

/// The same with the folder of the tree's cache.
pub(super) fn scan_with(
    root: &Path,
    options: &Options,
    progress: &Progress,
    folder: Option<&Path>,
) -> anyhow::Result<Snapshot> {
    in_pool(options.jobs, || {
        let begun = Begun::now();
        progress.enter(Stage::Walk, 0)?;
        let walk_options = WalkOptions {
            no_ignore: options.no_ignore,
            hidden: options.hidden,
            tracked_only: options.tracked_only,
            exclude: options.config.exclude.clone(),
            stat: options.cache,
            threads: threads(options.jobs),
            ..WalkOptions::default()
        };
        let walk = || source::walk(root, &walk_options);
        let load = || folder.map(Cache::open);
        let (tree, cache) = rayon::join(walk, load);
        finish(tree?, cache, options, progress, begun)
    })?
}

/// Scans a revision of the folder's files. What is installed beside the tree is taken as it is today: no revision has it.
pub fn scan_revision(
    revision: &Revision,
    today: &Tree,
    options: &Options,
    progress: &Progress,
) -> anyhow::Result<Snapshot> {
    in_pool(options.jobs, || {
        let begun = Begun::now();
        progress.enter(Stage::Walk, 0)?;
        let home = options.cache.then(cache::home).flatten();
        let folder = home.and_then(|home| cache::folder_for(&home, &today.root));
        let mut tree = revision.tree(&options.config.exclude)?;
        tree.environments.clone_from(&today.environments);
        finish(tree, folder.as_deref().map(Cache::open), options, progress, begun)
    })?
}

/// Scans a tree that is already there: the demo, or files in memory.
pub fn scan_tree(tree: Tree, options: &Options, progress: &Progress) -> anyhow::Result<Snapshot> {
    in_pool(options.jobs, || finish(tree, None, options, progress, Begun::now()))?
}

/// Scans the built-in sample project.
pub fn scan_demo(options: &Options, progress: &Progress) -> anyhow::Result<Snapshot> {
    let mut files = Vec::new();
    let mut folders = vec![&DEMO];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            let path = file.path().to_string_lossy().replace('\\', "/");
            files.push((path, Cow::Borrowed(file.contents())));
        }
    }
    scan_tree(Tree::in_memory(files), options, progress)
}

fn threads(jobs: usize) -> usize {
    if jobs > 0 {
        return jobs;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // More threads than cores: on a cold disk some of them wait, and on a warm one it costs nothing.
    (2 * cores).clamp(4, 16)
}

fn in_pool<T: Send>(jobs: usize, work: impl FnOnce() -> T + Send) -> anyhow::Result<T> {
    let pool = ThreadPoolBuilder::new().num_threads(threads(jobs)).stack_size(STACK).build();
    Ok(pool.context("cannot start the threads of the scan")?.install(work))
}

fn finish(
    mut tree: Tree,
    cache: Option<Cache>,
    options: &Options,
    progress: &Progress,
    begun: Begun,
) -> anyhow::Result<Snapshot> {
    let config = &options.config;
    if let Some(tests) = &config.tests {
        tree.set_tests(tests)?;
    }
    let mut stages = vec![(Stage::Walk, begun.instant.elapsed())];

    let started = Instant::now();
    progress.enter(Stage::Read, tree.entries.len())?;
    let read_one = |entry: &source::Entry| {
        let read = if progress.is_cancelled() {
            None
        } else {
            Some(read_facts(&tree, entry, cache.as_ref()))
        };
        if let Some(Ok(read)) = &read {
            progress.see(read.kind, &read.facts);
        }
        progress.advance();
        read
    };
    let (read, (roots, surroundings, mut folders)) = rayon::join(
        || tree.entries.par_iter().map(read_one).collect::<Vec<_>>(),
        || {
            let roots = source::roots::find(&tree, config.roots.as_deref());
            let files = tree.entries.iter().map(|entry| (entry.path.as_str(), entry.language));
            (roots, surroundings(&tree), folders_of(&tree, files))
        },
    );
    stages.push((Stage::Read, started.elapsed()));

    let started = Instant::now();
    progress.enter(Stage::Link, tree.entries.len())?;
    let mut files = Vec::with_capacity(read.len());
    let mut odd_paths = BTreeMap::new();
    let mut fresh = Vec::new();
    // All that the project is made from.
    let mut known_by = cache.is_some().then(Xxh3::new);
    let mut cache_use = CacheUse::default();
    let mut unread: Vec<Unread> = tree.skipped.iter().map(Unread::skipped).collect();
    for (entry, read) in tree.entries.iter().zip(read) {
        let Read { facts, kind, origin } = match read {
            Some(Ok(read)) => read,
            Some(Err(reason)) => {
                unread.push(Unread::skipped(&Skipped { path: entry.path.clone(), reason }));
                continue;
            }
            None => return Err(super::Cancelled.into()),
        };
        let content = match origin {
            Origin::Unchanged(hash) => {
                cache_use.unchanged += 1;
                hash
            }
            Origin::SameContent(hash) => {
                cache_use.same_content += 1;
                hash
            }
            Origin::Extracted(hash) => {
                cache_use.extracted += 1;
                hash
            }
        };
        if cache.is_some() && !matches!(origin, Origin::Unchanged(_)) {
            fresh.push((entry, content, facts.clone()));
        }
        if !facts.status().has_facts() {
            let reason = facts.status().word().to_owned();
            unread.push(Unread { path: entry.path.clone(), reason, is_unreadable: true });
            continue;
        }
        if entry.path.hex().is_some() {
            odd_paths.insert(FileId::new(files.len()), entry.path.clone());
        }
        if let Some(known_by) = &mut known_by {
            known_by.update(entry.path.as_str().as_bytes());
            known_by.update(&[0, entry.language as u8, kind as u8]);
            known_by.update(&content.to_le_bytes());
        }
        files.push(FileInput {
            path: entry.path.as_str().into(),
            language: entry.language,
            kind,
            facts,
        });
    }
    unread.sort();
    // A file without facts is none of the project's.
    if files.len() < tree.entries.len() {
        folders = folders_of(&tree, files.iter().map(|file| (&*file.path, file.language)));
    }
    let kept = cache.as_ref().zip(known_by).map(|(cache, mut known_by)| {
        let paths = (&tree.native, &tree.folders);
        let around = format!("{:?}", (name_of(&tree), &roots, paths, &surroundings));
        known_by.update(around.as_bytes());
        (cache.folder().to_owned(), known_by.digest128())
    });
    let input = TreeInput { folders, roots: &roots, surroundings };
    let project = Project::build(files, input);
    stages.push((Stage::Link, started.elapsed()));

    if let Some(cache) = cache.filter(|_| !fresh.is_empty()) {
        let started = Instant::now();
        progress.enter(Stage::Save, fresh.len())?;
        let at = begun.time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as i64);
        let keys: Vec<Cow<str>> = fresh.iter().map(|(entry, ..)| tree.key(entry)).collect();
        let entries: Vec<cache::Entry> = fresh
            .iter()
            .zip(&keys)
            .map(|((entry, hash, facts), key)| cache::Entry {
                path: key,
                language: entry.language as u8,
                stat: entry.stat,
                hash: *hash,
                facts,
            })
            .collect();
        // A cache that cannot be written costs the next run time, and this one nothing.
        let _ = cache.save(&entries, tree.live_keys(), at);
        stages.push((Stage::Save, started.elapsed()));
    }
    Ok(Snapshot { tree, roots, project, odd_paths, unread, cache: cache_use, kept, stages })
}

/// The folders of a tree with these of its files.
fn folders_of<'t>(tree: &'t Tree, files: impl Iterator<Item = (&'t str, Language)>) -> Folders {
    let text = |path: &'t source::TreePath| path.as_str();
    Folders::build(
        &name_of(tree),
        files,
        tree.native.iter().map(text),
        tree.folders.iter().map(text),
    )
}

fn name_of(tree: &Tree) -> Cow<'_, str> {
    tree.root.file_name().unwrap_or_default().to_string_lossy()
}

/// What a file says of itself outweighs what its path lets one think.
fn kind_of(entry: &source::Entry, facts: &Facts) -> FileKind {
    let says_generated = facts.is(file_flag::GENERATED) && entry.kind == FileKind::Production;
    if says_generated { FileKind::Generated } else { entry.kind }
}

/// What was learnt from one file.
struct Read {
    facts: Facts,
    kind: FileKind,
    origin: Origin,
}

/// With the hash of the content, where there is a cache.
enum Origin {
    Unchanged(u128),
    SameContent(u128),
    Extracted(u128),
}

fn read_facts(
    tree: &Tree,
    entry: &source::Entry,
    cache: Option<&Cache>,
) -> Result<Read, SkipReason> {
    let language = entry.language as u8;
    let read = |facts: Facts, origin| Read { kind: kind_of(entry, &facts), facts, origin };
    if let Some((hash, facts)) =
        cache.and_then(|cache| cache.by_stat(&tree.key(entry), language, &entry.stat))
    {
        return Ok(read(facts, Origin::Unchanged(hash)));
    }
    let mut buffer = BYTES.take();
    let bytes = source::read_into(tree, entry, source::MAX_BYTES, &mut buffer);
    let read = bytes.map(|bytes| {
        let Some(cache) = cache else { return read(extract(bytes, entry), Origin::Extracted(0)) };
        let hash = cache::hash(bytes);
        match cache.by_content(language, hash) {
            Some(facts) => read(facts, Origin::SameContent(hash)),
            None => read(extract(bytes, entry), Origin::Extracted(hash)),
        }
    });
    if buffer.len() <= USUAL_BYTES {
        BYTES.set(buffer);
    }
    read
}

/// No buffer for a longer file is kept.
const USUAL_BYTES: usize = 1 << 20;

thread_local! {
    /// What the bytes of one file after the other are read into.
    static BYTES: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A panic in the extraction is a bug of ours; it costs one file, not the scan.
fn extract(bytes: &[u8], entry: &source::Entry) -> Facts {
    catch_unwind(AssertUnwindSafe(|| facts::extract(bytes, entry.language)))
        .unwrap_or_else(|_| Facts::none(Status::Failed))
}

fn surroundings(tree: &Tree) -> Surroundings {
    Surroundings {
        declared: source::declared(tree),
        installed: source::installed(&tree.environments),
    }
}

impl Unread {
    fn skipped(skipped: &Skipped) -> Self {
        let is_unreadable = matches!(
            skipped.reason,
            SkipReason::Unreadable(_) | SkipReason::Vanished | SkipReason::DanglingLink
        );
        Self { path: skipped.path.clone(), reason: skipped.reason.to_string(), is_unreadable }
    }
}

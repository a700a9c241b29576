//! When files were first committed, read from git's objects. Git itself never runs; the repository's configuration is not trusted.
//! Whatever cannot be read ends the history there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

use gix::{ObjectId, Repository, sec::Trust};

use super::read::{SMALL, read_regular};
use super::revision::Commit;
use super::tracked;

/// Commits looked at, from the newest back along first parents.
const MOST_COMMITS: usize = 20_000;
/// No commit or tree of a real repository is larger.
const LARGEST: u64 = 16 << 20;

/// No repository of bearable size takes longer; one that does was made to.
const PATIENCE: Duration = Duration::from_secs(10);

/// A commit of the repository that a folder lies in, with all else that its history follows from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newest {
    work_tree: PathBuf,
    root: PathBuf,
    commit: ObjectId,
    /// Where the history was cut off, as git wrote it.
    shallow: Option<Vec<u8>>,
}

/// The newest commit, or the one named; none where there is no history, or none that can be read.
pub fn newest(root: &Path, named: Option<Commit>) -> Option<Newest> {
    let root = root.canonicalize().ok()?;
    let work_tree = tracked::work_tree(&root)?;
    if !is_sound(&work_tree) {
        return None;
    }
    let look = move || {
        let git = tracked::git_folder(&work_tree)?;
        let shallow = read_regular(&tracked::common_folder(&git).join("shallow"), SMALL).ok();
        let commit = match named {
            Some(Commit(id)) => id,
            None => open(&work_tree)?.head_id().ok()?.detach(),
        };
        Some(Newest { work_tree, root, commit, shallow })
    };
    in_time(look).flatten()
}

/// For each path below the folder that the commit has, the time of the oldest commit since which it is there without a gap.
/// None if it takes too long.
pub fn first_seen(newest: &Newest, paths: Vec<String>) -> Option<BTreeMap<String, i64>> {
    if paths.is_empty() {
        return Some(BTreeMap::new());
    }
    let newest = newest.clone();
    in_time(move || walk_back(&newest, &paths).unwrap_or_default())
}

/// Reading goes on a thread of its own: a repository of pipes that nobody writes to costs the history and not the run.
fn in_time<T: Send + 'static>(read: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, is_done) = channel();
    std::thread::spawn(move || {
        // Nobody waits any longer when the time is over.
        let _ = done.send(read());
    });
    is_done.recv_timeout(PATIENCE).ok()
}

fn open(work_tree: &Path) -> Option<Repository> {
    gix::open_opts(work_tree, gix::open::Options::isolated().with(Trust::Reduced)).ok()
}

/// Whether the files that every repository has are files, where they are.
fn is_sound(work_tree: &Path) -> bool {
    let Some(git) = tracked::git_folder(work_tree) else { return false };
    let common = tracked::common_folder(&git);
    let files = [
        git.join("HEAD"),
        git.join("config.worktree"),
        common.join("config"),
        common.join("packed-refs"),
        common.join("shallow"),
        common.join("objects/info/alternates"),
    ];
    files.iter().all(|file| file.metadata().is_ok_and(|file| file.is_file()) || !file.exists())
}

fn walk_back(newest: &Newest, paths: &[String]) -> Option<BTreeMap<String, i64>> {
    let repository = open(&newest.work_tree)?;
    let prefix = newest.root.strip_prefix(&newest.work_tree).ok()?.to_str()?;
    let prefix: Vec<&str> =
        prefix.split(std::path::is_separator).filter(|part| !part.is_empty()).collect();
    let mut alive = Folder::default();
    for path in paths {
        alive.insert(&prefix, path);
    }
    let mut seen: BTreeMap<String, i64> = BTreeMap::new();
    let mut note = |paths: Vec<&str>, time: i64| {
        seen.extend(paths.into_iter().map(|path| (path.to_owned(), time)));
    };
    let mut commit = newest.commit;
    let mut newer: Option<(i64, ObjectId)> = None;
    for _ in 0..MOST_COMMITS {
        let Some((time, tree, parent)) = read_commit(&repository, commit) else { break };
        let before = newer.map(|(_, tree)| tree);
        let mut gone = Vec::new();
        alive.survive(&repository, Some(tree), before, &mut gone);
        // What is not there yet was added by the commit after this one; what the newest lacks was never committed.
        if let Some((added, _)) = newer {
            note(gone, added);
        }
        newer = Some((time, tree));
        match parent {
            Some(parent) if !alive.is_empty() => commit = parent,
            _ => break,
        }
    }
    let mut rest = Vec::new();
    alive.collect(&mut rest);
    note(rest, newer?.0);
    Some(seen)
}

fn read_commit(repository: &Repository, id: ObjectId) -> Option<(i64, ObjectId, Option<ObjectId>)> {
    let commit = object(repository, id)?.try_into_commit().ok()?;
    let time = commit.time().ok()?.seconds;
    let tree = commit.tree_id().ok()?.detach();
    let parent = commit.parent_ids().next().map(gix::Id::detach);
    Some((time, tree, parent))
}

/// An object of bearable size.
fn object(repository: &Repository, id: ObjectId) -> Option<gix::Object<'_>> {
    let size = repository.find_header(id).ok()?.size();
    if size > LARGEST { None } else { repository.find_object(id).ok() }
}

/// Paths that are still there, by folder.
#[derive(Default)]
struct Folder<'p> {
    folders: BTreeMap<String, Self>,
    /// By name, with the whole path.
    files: BTreeMap<String, &'p str>,
}

impl<'p> Folder<'p> {
    fn insert(&mut self, folders: &[&str], whole: &'p str) {
        let (inner, name) = whole.rsplit_once('/').unwrap_or(("", whole));
        let inner = inner.split('/').filter(|folder| !folder.is_empty());
        let mut at = self;
        for folder in folders.iter().copied().chain(inner) {
            at = at.folders.entry(folder.to_owned()).or_default();
        }
        at.files.insert(name.to_owned(), whole);
    }

    fn is_empty(&self) -> bool {
        self.folders.is_empty() && self.files.is_empty()
    }

    fn collect(&self, all: &mut Vec<&'p str>) {
        all.extend(self.files.values().copied());
        self.folders.values().for_each(|folder| folder.collect(all));
    }

    /// Keeps what a tree holds and hands out the rest. `newer` is the tree of the commit after it: an equal one changes nothing.
    fn survive(
        &mut self,
        repository: &Repository,
        tree: Option<ObjectId>,
        newer: Option<ObjectId>,
        gone: &mut Vec<&'p str>,
    ) {
        if tree.is_some() && tree == newer {
            return;
        }
        let entries =
            |id: Option<ObjectId>| id.map(|id| entries(repository, id)).unwrap_or_default();
        let (here, after) = (entries(tree), entries(newer));
        self.files.retain(|name, whole| {
            let stays = here.contains_key(name);
            if !stays {
                gone.push(whole);
            }
            stays
        });
        self.folders.retain(|name, folder| {
            if let Some(own) = here.get(name) {
                folder.survive(repository, Some(*own), after.get(name).copied(), gone);
            } else {
                folder.collect(gone);
                *folder = Folder::default();
            }
            !folder.is_empty()
        });
    }
}

fn entries(repository: &Repository, id: ObjectId) -> BTreeMap<String, ObjectId> {
    let Some(tree) = object(repository, id).and_then(|object| object.try_into_tree().ok()) else {
        return BTreeMap::new();
    };
    let entries = tree.iter().filter_map(Result::ok);
    entries.map(|entry| (entry.filename().to_string(), entry.object_id())).collect()
}

#[cfg(test)]
mod tests {
    use gix::actor::SignatureRef;
    use gix::objs::Tree;
    use gix::objs::tree::{Entry, EntryKind};

    use super::*;

    /// A repository with one commit a step; each step lists the files that are there, in order.
    fn repository(steps: &[(i64, &[&str])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let repository = gix::init(folder.path()).unwrap();
        let mut parent = None;
        for (time, files) in steps {
            let blob = repository.write_blob(b"pass\n").unwrap().detach();
            let entry = |name: &str, oid: ObjectId, kind: EntryKind| Entry {
                mode: kind.into(),
                filename: name.into(),
                oid,
            };
            let inner = |folder: &str| {
                let names =
                    files.iter().filter_map(|file| file.strip_prefix(folder)?.strip_prefix('/'));
                let entries: Vec<Entry> =
                    names.map(|name| entry(name, blob, EntryKind::Blob)).collect();
                repository.write_object(&Tree { entries }).unwrap().detach()
            };
            let mut entries = vec![entry("app", inner("app"), EntryKind::Tree)];
            let top = files.iter().filter(|file| !file.contains('/'));
            entries.extend(top.map(|name| entry(name, blob, EntryKind::Blob)));
            let tree = repository.write_object(&Tree { entries }).unwrap().detach();
            let time = format!("{time} +0000");
            let who = SignatureRef { name: "a".into(), email: "a@b".into(), time: &time };
            let id = repository.commit_as(who, who, "HEAD", "step", tree, parent).unwrap().detach();
            parent = Some(id);
        }
        folder
    }

    fn ages(root: &Path, paths: &[&str]) -> BTreeMap<String, i64> {
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        newest(root, None).map(|newest| first_seen(&newest, paths).unwrap()).unwrap_or_default()
    }

    #[test]
    fn files_are_as_old_as_the_commit_since_which_they_are_there() {
        let folder = repository(&[
            (100, &["app/back.py", "app/old.py"]),
            (200, &["app/old.py", "top.py"]),
            (300, &["app/back.py", "app/old.py", "top.py"]),
        ]);
        let seen = ages(folder.path(), &["app/old.py", "app/back.py", "top.py", "never.py"]);
        let told: Vec<(&str, i64)> = seen.iter().map(|(path, time)| (&**path, *time)).collect();
        assert_eq!(told, [("app/back.py", 300), ("app/old.py", 100), ("top.py", 200)]);
    }

    #[test]
    fn paths_are_counted_from_the_scanned_folder() {
        let folder = repository(&[(100, &["app/a.py"])]);
        std::fs::create_dir(folder.path().join("app")).unwrap();
        assert_eq!(ages(&folder.path().join("app"), &["a.py"])["a.py"], 100);
    }

    #[test]
    fn without_history_nothing_is_known() {
        let folder = tempfile::tempdir().unwrap();
        assert!(ages(folder.path(), &["a.py"]).is_empty());
        gix::init(folder.path()).unwrap();
        assert!(ages(folder.path(), &["a.py"]).is_empty());
    }
}

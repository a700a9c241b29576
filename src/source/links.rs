//! Symbolic links: followed inside the tree only, and to each real file once.
//!
//! A file counts at the path that leads through no link; if only links lead to it, at the smallest of their paths.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use rustc_hash::FxHashMap;

use super::{
    tree::{SkipReason, Tree, TreePath},
    walk::{Folder, Found, Link, Sort, Walker},
};

struct Followed<'a> {
    walker: &'a Walker<'a>,
    root: &'a Path,
    found: &'a mut Found,
    /// Where each real file counts.
    counted: FxHashMap<PathBuf, TreePath>,
}

pub(super) fn follow(walker: &Walker, root: &Path, found: &mut Found) {
    if found.links.is_empty() {
        return;
    }
    let counted = found
        .tree
        .entries
        .iter()
        .map(|entry| (entry.path.disk(root), entry.path.clone()))
        .collect();
    let mut followed = Followed { walker, root, found, counted };
    let mut pending = BTreeMap::new();
    loop {
        // A folder behind a link can hold further links.
        pending.extend(followed.found.links.drain(..).map(|link| (link.path.clone(), link)));
        let Some((_, link)) = pending.pop_first() else { break };
        if let Err(reason) = followed.follow(&link) {
            followed.found.skip(link.path, reason);
        }
    }
}

impl Followed<'_> {
    fn follow(&mut self, link: &Link) -> Result<(), SkipReason> {
        let sort = Sort::of_path(&link.path);
        let is_source = matches!(sort, Sort::Source(_));
        let target = match fs::canonicalize(&link.disk) {
            Ok(target) => target,
            Err(error) if is_loop(&error) => return Err(SkipReason::LinkLoop),
            // A link of another name that leads nowhere hides no code.
            Err(_) if !is_source => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(SkipReason::DanglingLink);
            }
            Err(error) => return Err(SkipReason::from_error(&error)),
        };
        let metadata =
            fs::symlink_metadata(&target).map_err(|error| SkipReason::from_error(&error))?;
        if !is_source && !metadata.is_dir() {
            return Ok(());
        }
        let place = target.strip_prefix(self.root).map_err(|_| SkipReason::LinkOutside)?;
        if place.components().any(|part| part.as_os_str() == ".git") {
            return Err(SkipReason::LinkOutside);
        }
        if metadata.is_dir() {
            let leads_around_itself = link.disk.starts_with(&target);
            return if leads_around_itself {
                Err(SkipReason::LinkLoop)
            } else {
                self.folder(link, &target, place)
            };
        }
        if let Some(path) = self.counted.get(&target) {
            return Err(SkipReason::Duplicate(path.clone()));
        }
        let mut one = Found::new(Tree::empty(PathBuf::new()));
        let (path, file_type) = (link.path.clone(), metadata.file_type());
        one.admit(path, sort, file_type, || Ok(metadata), self.walker.options());
        self.count(one, |_| target.clone());
        Ok(())
    }

    /// Adds what a folder behind a link holds beyond what counts already.
    fn folder(&mut self, link: &Link, target: &Path, place: &Path) -> Result<(), SkipReason> {
        let n_before = self.found.tree.entries.len();
        let top =
            Folder { path: link.path.clone(), disk: target.to_owned(), rules: link.rules.clone() };
        let mut folders = vec![top];
        while let Some(folder) = folders.pop() {
            // A folder that was listed gave all it has; this ends every loop.
            if self.found.listed.contains(&folder.disk) {
                continue;
            }
            let mut listed = Found::new(Tree::empty(PathBuf::new()));
            folders.append(&mut self.walker.list(&folder, &mut listed).folders);
            let disk = folder.disk;
            self.count(listed, |path| disk.join(path.as_path().file_name().unwrap_or_default()));
        }
        let has_new = self.found.tree.entries.len() > n_before;
        if has_new { Ok(()) } else { Err(SkipReason::Duplicate(TreePath::from_disk(place))) }
    }

    fn count(&mut self, mut listed: Found, disk: impl Fn(&TreePath) -> PathBuf) {
        for entry in std::mem::take(&mut listed.tree.entries) {
            let target = disk(&entry.path);
            if self.counted.contains_key(&target) {
                continue;
            }
            self.counted.insert(target.clone(), entry.path.clone());
            self.found.targets.insert(entry.path.clone(), target);
            self.found.tree.entries.push(entry);
        }
        self.found.append(listed);
    }
}

fn is_loop(error: &io::Error) -> bool {
    #[cfg(unix)]
    {
        rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::LOOP)
    }
    #[cfg(not(unix))]
    {
        let _ = error;
        false
    }
}

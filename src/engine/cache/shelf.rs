//! Rankings beside the facts: each a file of its own, named by its key. It has the form of a segment, whose checksums also
//! guard it, with the parts of the ranking in the place of contents.
//!
//! A file gets its name when it is whole. Two runs that write one key write the same bytes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::segment::{Draft, Segment, Unfit};
use super::{create_private, entries, evict, is_private, mark_used, temporary};

/// Rankings of a tree that are kept: three scopes of two states.
const MOST: usize = 6;

/// What was kept under a key.
pub struct Parts {
    segment: Segment,
    key: u128,
}

impl Parts {
    pub fn len(&self) -> usize {
        self.segment.contents.len()
    }

    pub fn part(&self, at: usize) -> Option<(&[u32], &str)> {
        let row = self.segment.contents.get(at)?;
        let is_it = (row.hash, row.language) == (self.key, at as u32);
        is_it.then(|| self.segment.words_and_text(row))
    }
}

/// The parts that were kept in the tree's folder under this key; what is not sound goes.
pub fn find(folder: &Path, key: u128) -> Option<Parts> {
    if !is_private(folder) {
        return None;
    }
    let path = path_of(folder, key);
    match Segment::read(&path) {
        Ok(segment) => Some(Parts { segment, key }),
        Err(Unfit::Spoiled) => {
            let _ = fs::remove_file(&path);
            None
        }
        Err(Unfit::Newer | Unfit::Unreadable) => None,
    }
}

/// Keeps the parts; of the others in the tree's folder those that were written last.
pub fn keep(folder: &Path, key: u128, parts: &[(&[u32], &str)]) -> io::Result<()> {
    let mut draft = Draft::default();
    for (part, at) in parts.iter().zip(0..) {
        draft.content(key, at, *part);
    }
    create_private(folder)?;
    let mut file = temporary(folder, 0)?;
    draft.write(file.as_file_mut())?;
    file.persist(path_of(folder, key)).map_err(|error| error.error)?;
    forget_all_but(folder, MOST);
    mark_used(folder);
    if let Some(home) = folder.parent() {
        evict(home, folder, super::MAX_BYTES, super::MAX_TREES);
    }
    Ok(())
}

fn path_of(folder: &Path, key: u128) -> PathBuf {
    folder.join(format!("{key:032x}.ranking"))
}

pub(super) fn is_ranking(name: &str) -> bool {
    name.strip_suffix(".ranking").is_some_and(|key| {
        key.len() == 32 && key.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

fn forget_all_but(folder: &Path, most: usize) {
    let files = entries(folder, |kind| kind.is_file(), is_ranking);
    let written = |file: &Path| fs::symlink_metadata(file).and_then(|file| file.modified());
    let mut files: Vec<(SystemTime, PathBuf)> = files
        .into_iter()
        .map(|file| (written(&file).unwrap_or(SystemTime::UNIX_EPOCH), file))
        .collect();
    files.sort();
    let surplus = files.len().saturating_sub(most);
    for (_, file) in files.drain(..surplus) {
        let _ = fs::remove_file(file);
    }
}

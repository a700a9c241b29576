//! The bytes of one file: read once, no more than allowed, and only from a regular file.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use super::tree::{Entry, SkipReason, Store, Tree, TreePath};

/// Configuration, manifests and ignore files beyond this are not read.
pub const SMALL: u64 = 1 << 20;

pub fn read(tree: &Tree, entry: &Entry, max_bytes: u64) -> Result<Vec<u8>, SkipReason> {
    read_path(tree, &entry.path, max_bytes)
}

/// Like [`read()`], into a buffer that is used again and again: what is read of many files one after the other need not lie
/// in fresh memory.
pub fn read_into<'b>(
    tree: &Tree,
    entry: &Entry,
    max_bytes: u64,
    buffer: &'b mut Vec<u8>,
) -> Result<&'b [u8], SkipReason> {
    let Store::Disk { targets } = &tree.store else {
        *buffer = read(tree, entry, max_bytes)?;
        return Ok(buffer);
    };
    let n_read = match targets.get(&entry.path) {
        Some(target) => fill(target, max_bytes, buffer),
        None => fill(&entry.path.disk(&tree.root), max_bytes, buffer),
    }?;
    Ok(&buffer[..n_read])
}

/// Any file of the tree, such as a manifest.
pub fn read_path(tree: &Tree, path: &TreePath, max_bytes: u64) -> Result<Vec<u8>, SkipReason> {
    match &tree.store {
        Store::Memory(files) => {
            let bytes = files.get(path.as_str()).ok_or(SkipReason::Vanished)?;
            if bytes.len() as u64 > max_bytes {
                Err(SkipReason::TooLarge)
            } else {
                Ok(bytes.to_vec())
            }
        }
        Store::Objects(blobs) => blobs.read(path, max_bytes),
        Store::Disk { targets } => match targets.get(path) {
            Some(target) => read_regular(target, max_bytes),
            None => read_regular(&path.disk(&tree.root), max_bytes),
        },
    }
}

/// A file that is regular and no link. A pipe does not block this, and a file that grows meanwhile does not fill the memory.
pub fn read_regular(path: &Path, max_bytes: u64) -> Result<Vec<u8>, SkipReason> {
    let mut bytes = Vec::new();
    let n_read = fill(path, max_bytes, &mut bytes)?;
    bytes.truncate(n_read);
    Ok(bytes)
}

/// Reads a file to the start of a buffer, which may be longer than that, and says how much it was.
fn fill(path: &Path, max_bytes: u64, buffer: &mut Vec<u8>) -> Result<usize, SkipReason> {
    let mut file = open(path)?;
    let metadata = file.metadata().map_err(|error| SkipReason::from_error(&error))?;
    if !metadata.is_file() {
        return Err(SkipReason::NotRegular);
    }
    if metadata.len() > max_bytes {
        return Err(SkipReason::TooLarge);
    }
    // One byte more than there should be, so that a file of the expected size shows its end in the first read.
    let room = metadata.len() as usize + 1;
    if buffer.len() < room {
        buffer.resize(room, 0);
    }
    let mut n_read = 0;
    while n_read < room {
        match file.read(&mut buffer[n_read..room]) {
            Ok(0) => return Ok(n_read),
            Ok(more) if n_read + more == room - 1 => return Ok(room - 1),
            Ok(more) => n_read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(SkipReason::from_error(&error)),
        }
    }
    // It has grown since.
    buffer.truncate(n_read);
    file.take(max_bytes.saturating_add(1).saturating_sub(n_read as u64))
        .read_to_end(buffer)
        .map_err(|error| SkipReason::from_error(&error))?;
    if buffer.len() as u64 > max_bytes { Err(SkipReason::TooLarge) } else { Ok(buffer.len()) }
}

/// A small file of the tree as text, for those who only look for words in it.
pub fn read_small_text(tree: &Tree, path: &TreePath) -> Option<String> {
    let bytes = read_path(tree, path, SMALL).ok()?;
    Some(without_bom(String::from_utf8_lossy(&bytes).into_owned()))
}

pub fn without_bom(text: String) -> String {
    text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
}

#[cfg(unix)]
fn open(path: &Path) -> Result<File, SkipReason> {
    use rustix::{
        fs::{Mode, OFlags},
        io::Errno,
    };
    let flags =
        OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NOCTTY;
    match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => Ok(file.into()),
        // A link, and a socket.
        Err(Errno::LOOP | Errno::NXIO | Errno::OPNOTSUPP) => Err(SkipReason::NotRegular),
        Err(error) => Err(SkipReason::from_error(&io::Error::from(error))),
    }
}

#[cfg(not(unix))]
fn open(path: &Path) -> Result<File, SkipReason> {
    let metadata =
        std::fs::symlink_metadata(path).map_err(|error| SkipReason::from_error(&error))?;
    if !metadata.is_file() {
        return Err(SkipReason::NotRegular);
    }
    File::open(path).map_err(|error: io::Error| SkipReason::from_error(&error))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_tree_in_memory_is_read_without_a_disk() {
        let tree = Tree::from_text("# file: a.py\nx = 1\n");
        assert_eq!(read(&tree, &tree.entries[0], 100).unwrap(), b"x = 1\n");
        assert_eq!(read(&tree, &tree.entries[0], 5), Err(SkipReason::TooLarge));
        assert_eq!(read_path(&tree, &TreePath::new("b.py"), 5), Err(SkipReason::Vanished));
    }

    #[test]
    fn size_is_checked_to_the_byte() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.py");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read_regular(&path, 5).unwrap(), b"12345");
        assert_eq!(read_regular(&path, 4), Err(SkipReason::TooLarge));
        fs::remove_file(&path).unwrap();
        assert_eq!(read_regular(&path, 4), Err(SkipReason::Vanished));
        assert_eq!(read_regular(folder.path(), 4), Err(SkipReason::NotRegular));
    }

    #[test]
    fn what_was_in_the_buffer_is_no_part_of_the_next_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut buffer = Vec::new();
        for text in ["longer than the next one", "short", "", "longer than the last but one"] {
            let path = folder.path().join("a.py");
            fs::write(&path, text).unwrap();
            let n_read = fill(&path, 100, &mut buffer).unwrap();
            assert_eq!(&buffer[..n_read], text.as_bytes());
        }
    }

    #[cfg(unix)]
    #[test]
    fn pipes_devices_sockets_and_links_are_not_read() {
        use std::os::unix::{fs::symlink, net::UnixListener};
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe.py");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let socket = folder.path().join("socket.py");
        let _listener = UnixListener::bind(&socket).unwrap();
        let link = folder.path().join("link.py");
        symlink("/etc/hostname", &link).unwrap();
        for path in [&pipe, &socket, &link, Path::new("/dev/zero")] {
            assert_eq!(read_regular(path, 100), Err(SkipReason::NotRegular), "{path:?}");
        }
    }
}

//! What git tracks, read from the index of a work tree. Git itself never runs, and no configuration of the repository is
//! obeyed. Whatever cannot be understood (SHA-256, a split index, damage) means: no such facts.

use std::path::{Path, PathBuf};

use gix::index::{
    State, decode,
    entry::{Flags, Mode},
};

use super::{
    read::{SMALL, read_regular},
    tree::TreePath,
};

/// An index of two million files has about this size.
const MAX_INDEX: u64 = 256 << 20;
/// A `.git` file holds one path.
const MAX_POINTER: u64 = 8 << 10;

/// The nearest folder, from `folder` upward, that git would take for the top of a work tree.
pub fn work_tree(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|ancestor| git_folder(ancestor).is_some()).map(Path::to_owned)
}

/// Tracked files and links below `root`, relative to it, which lies in `work_tree` or is it.
pub fn paths(work_tree: &Path, root: &Path) -> Vec<TreePath> {
    let Some(index) = git_folder(work_tree).and_then(|git| index(&git)) else { return Vec::new() };
    let Ok(prefix) = root.strip_prefix(work_tree) else { return Vec::new() };
    let mut paths = Vec::new();
    for entry in index.entries() {
        let is_file = matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE | Mode::SYMLINK);
        if !is_file || entry.flags.contains(Flags::REMOVE) {
            continue;
        }
        let Ok(path) = gix::path::from_byte_slice(entry.path(&index)) else { continue };
        let Ok(relative) = path.strip_prefix(prefix) else { continue };
        if is_plain(relative) {
            paths.push(TreePath::from_disk(relative));
        }
    }
    paths
}

/// `info/exclude` of the repository that a work tree belongs to.
pub fn exclude_file(work_tree: &Path) -> Option<PathBuf> {
    Some(common_folder(&git_folder(work_tree)?).join("info/exclude"))
}

/// `.git` itself, or the folder that a `.git` file of a linked work tree or a submodule names.
pub(super) fn git_folder(work_tree: &Path) -> Option<PathBuf> {
    let git = work_tree.join(".git");
    let folder = if git.is_dir() {
        git
    } else {
        let pointer = read_regular(&git, MAX_POINTER).ok()?;
        let pointer = String::from_utf8(pointer).ok()?;
        work_tree.join(pointer.strip_prefix("gitdir:")?.trim())
    };
    folder.join("HEAD").exists().then_some(folder)
}

/// Linked work trees share the configuration and the objects of the first one.
pub(super) fn common_folder(git: &Path) -> PathBuf {
    match read_regular(&git.join("commondir"), MAX_POINTER).map(String::from_utf8) {
        Ok(Ok(path)) => git.join(path.trim()),
        _ => git.to_owned(),
    }
}

fn index(git: &Path) -> Option<State> {
    if uses_sha256(&common_folder(git)) {
        return None;
    }
    let bytes = read_regular(&git.join("index"), MAX_INDEX).ok()?;
    decode(&bytes)
}

fn decode(bytes: &[u8]) -> Option<State> {
    let hash = gix::hash::Kind::Sha1;
    // Nobody asks when the index was written.
    let written = State::new(hash).timestamp();
    let options = decode::Options {
        thread_limit: Some(1),
        alloc_limit_bytes: Some(4 * MAX_INDEX as usize),
        ..decode::Options::default()
    };
    let (state, _) = State::from_bytes(bytes, written, hash, options).ok()?;
    // The entries of a split index are elsewhere.
    state.link().is_none().then_some(state)
}

fn uses_sha256(git: &Path) -> bool {
    let Ok(config) = read_regular(&git.join("config"), SMALL) else { return false };
    let config = String::from_utf8_lossy(&config).to_ascii_lowercase();
    config.lines().any(|line| {
        let line: String = line.split_whitespace().collect();
        line.starts_with("objectformat=") && line.contains("sha256")
    })
}

/// An index can hold any bytes as a path; only a way downward is one.
fn is_plain(path: &Path) -> bool {
    path.components().all(|part| match part {
        std::path::Component::Normal(name) => !name.eq_ignore_ascii_case(".git"),
        _ => false,
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::{fs, process::Command};

    use super::*;

    fn git(folder: &Path, arguments: &[&str]) {
        let who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"];
        let output = Command::new("git")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .arg("-C")
            .arg(folder)
            .args(who)
            .args(arguments)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn repository(options: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        for path in ["a.py", "sub/b.py", "c.py"] {
            fs::write(folder.path().join(path), "").unwrap();
        }
        git(folder.path(), &[&["init", "--quiet"], options].concat());
        git(folder.path(), &["add", "a.py", "sub/b.py"]);
        folder
    }

    fn check(work_tree: &Path, root: &Path, expected: &[&str]) {
        let found = paths(work_tree, root);
        let found: Vec<&str> = found.iter().map(TreePath::as_str).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn from_the_top_and_from_a_folder() {
        let folder = repository(&[]);
        check(folder.path(), folder.path(), &["a.py", "sub/b.py"]);
        let sub = folder.path().join("sub");
        assert_eq!(work_tree(&sub).as_deref(), Some(folder.path()));
        check(folder.path(), &sub, &["b.py"]);
    }

    #[test]
    fn every_version_of_the_index() {
        let folder = repository(&[]);
        git(folder.path(), &["update-index", "--index-version", "4"]);
        check(folder.path(), folder.path(), &["a.py", "sub/b.py"]);
    }

    #[test]
    fn sha256_and_a_split_index_give_no_facts() {
        let folder = repository(&["--object-format=sha256"]);
        check(folder.path(), folder.path(), &[]);
        let folder = repository(&[]);
        git(folder.path(), &["update-index", "--split-index"]);
        check(folder.path(), folder.path(), &[]);
    }

    #[test]
    fn linked_work_trees_and_submodules() {
        let folder = repository(&[]);
        git(folder.path(), &["commit", "--quiet", "-m", "x"]);
        git(folder.path(), &["worktree", "add", "--quiet", "linked"]);
        let linked = folder.path().join("linked");
        check(&linked, &linked, &["a.py", "sub/b.py"]);
        assert!(exclude_file(&linked).unwrap().exists());

        let outer = repository(&[]);
        git(
            outer.path(),
            &["submodule", "--quiet", "add", folder.path().to_str().unwrap(), "module"],
        );
        let module = outer.path().join("module");
        check(&module, &module, &["a.py", "sub/b.py"]);
        check(outer.path(), outer.path(), &[".gitmodules", "a.py", "sub/b.py"]);
    }

    #[test]
    fn damage_never_panics() {
        let folder = repository(&[]);
        let bytes = fs::read(folder.path().join(".git/index")).unwrap();
        assert!(decode(&bytes).is_some());
        for end in 0..bytes.len() {
            let _ = decode(&bytes[..end]);
        }
        for at in 0..bytes.len() {
            for change in [0x01, 0x80, 0xff] {
                let mut damaged = bytes.clone();
                damaged[at] ^= change;
                if let Some(state) = decode(&damaged) {
                    let _ =
                        state.entries().iter().map(|entry| entry.path(&state).len()).sum::<usize>();
                }
            }
        }
    }

    #[test]
    fn paths_out_of_the_tree_are_none() {
        for path in ["../a.py", "/etc/a.py", "a/../../b.py", ".git/a.py", "a/.GIT/b.py"] {
            assert!(!is_plain(Path::new(path)), "{path}");
        }
    }
}

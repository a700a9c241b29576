//! What the explorer keeps between runs: a folder for each tree below the user's state folder, and `.fragscope` in the
//! tree itself once the user asks to share notes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context;

use super::cache::folder_for;
use crate::source::read::read_regular;

const SHARED: &str = ".fragscope";
const NOTES: &str = "notes.jsonl";
const SESSION: &str = "session.json";

/// More is not ours.
const MAX_BYTES: u64 = 16 << 20;

/// When the notes were last written, and how long they are.
pub type Stamp = Option<(SystemTime, u64)>;

#[derive(Clone, Debug, Default)]
pub struct State {
    /// Of this tree; none without a home.
    folder: Option<PathBuf>,
    shared: Option<PathBuf>,
}

impl State {
    /// Of a folder, or of the built-in sample.
    pub fn of(root: Option<&Path>) -> Self {
        let Some(root) = root else {
            return Self { folder: home().map(|home| home.join("demo")), shared: None };
        };
        let folder = home().and_then(|home| folder_for(&home, root));
        Self { folder, shared: Some(root.join(SHARED)) }
    }

    /// The notes' log; the shared one where there is one.
    pub fn notes(&self) -> String {
        self.notes_file().and_then(|file| read(&file)).unwrap_or_default()
    }

    fn notes_file(&self) -> Option<PathBuf> {
        let shared = self.shared.as_ref().filter(|folder| is_real_folder(folder));
        Some(shared.or(self.folder.as_ref())?.join(NOTES))
    }

    /// Changes when the notes do, whoever writes them.
    pub fn notes_stamp(&self) -> Stamp {
        let metadata = fs::symlink_metadata(self.notes_file()?).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    }

    /// Adds a line to the notes. One write at the end of the file: programs side by side do not lose each other's.
    pub fn add_note(&self, line: &str) -> anyhow::Result<()> {
        let file = self.notes_file().context("there is no folder to keep notes in")?;
        append(&file, line).with_context(|| format!("cannot write {}", file.display()))
    }

    /// Moves to `.fragscope` in the tree, with the notes there are.
    pub fn share(&self) -> anyhow::Result<PathBuf> {
        let shared = self.shared.clone().context("this tree is not on the disk")?;
        if !is_real_folder(&shared) {
            let notes = self.notes();
            fs::create_dir(&shared)
                .with_context(|| format!("cannot create {}", shared.display()))?;
            if !notes.is_empty() {
                let file = shared.join(NOTES);
                append(&file, notes.trim_end())
                    .with_context(|| format!("cannot write {}", file.display()))?;
            }
        }
        Ok(shared)
    }

    pub fn session(&self) -> Option<String> {
        read(&self.folder.as_ref()?.join(SESSION))
    }

    /// Replaces what is remembered of the session, or leaves it whole.
    pub fn remember(&self, session: &str) -> io::Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(session.as_bytes())?;
        file.persist(folder.join(SESSION)).map_err(|error| error.error)?;
        Ok(())
    }
}

/// Writes a new file into the current folder, under this name or, if that is taken, with a number.
pub fn save_new(name: &str, bytes: &[u8]) -> anyhow::Result<PathBuf> {
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, "txt"));
    for number in 1..1000 {
        let numbered = if number == 1 { name.to_owned() } else { format!("{stem}-{number}.{end}") };
        let path = PathBuf::from(numbered);
        match File::create_new(&path) {
            Ok(mut file) => {
                file.write_all(bytes)
                    .with_context(|| format!("cannot write {}", path.display()))?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot write {}", path.display()));
            }
        }
    }
    anyhow::bail!("there are a thousand files called {name} already")
}

/// Not a link: a tree could lead us anywhere by one.
fn is_real_folder(folder: &Path) -> bool {
    fs::symlink_metadata(folder).is_ok_and(|metadata| metadata.is_dir())
}

fn read(file: &Path) -> Option<String> {
    let bytes = read_regular(file, MAX_BYTES).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn append(path: &Path, line: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(format!("{line}\n").as_bytes())
}

fn home() -> Option<PathBuf> {
    let folder = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let states = folder("XDG_STATE_HOME").or_else(|| {
        if cfg!(windows) {
            folder("LOCALAPPDATA")
        } else {
            Some(folder("HOME")?.join(".local/state"))
        }
    })?;
    Some(states.join("fragscope"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(home: &Path, tree: &Path) -> State {
        State { folder: folder_for(home, tree), shared: Some(tree.join(SHARED)) }
    }

    #[test]
    fn notes_of_two_programs_are_all_kept_and_shared_only_when_asked() {
        let (home, tree) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (one, two) = (state(home.path(), tree.path()), state(home.path(), tree.path()));
        one.add_note("1").unwrap();
        two.add_note("2").unwrap();
        one.add_note("3").unwrap();
        assert_eq!(two.notes(), "1\n2\n3\n");
        assert!(!tree.path().join(SHARED).exists());
        one.share().unwrap();
        two.add_note("4").unwrap();
        let shared = fs::read_to_string(tree.path().join(SHARED).join(NOTES)).unwrap();
        assert_eq!(shared, "1\n2\n3\n4\n");
        assert_eq!(one.notes(), shared);
    }

    #[test]
    fn what_another_program_writes_shows_in_the_stamp() {
        let (home, tree) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (one, two) = (state(home.path(), tree.path()), state(home.path(), tree.path()));
        let mut last = one.notes_stamp();
        assert_eq!(last, None);
        for write in
            [State::add_note, |state: &State, _: &str| state.share().map(|_| ()), State::add_note]
        {
            write(&two, "x").unwrap();
            let now = one.notes_stamp();
            assert_ne!(now, last);
            assert_eq!(one.notes_stamp(), now);
            last = now;
        }
    }

    #[test]
    fn a_session_is_replaced_whole() {
        let (home, tree) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let state = state(home.path(), tree.path());
        assert_eq!(state.session(), None);
        state.remember("a").unwrap();
        state.remember("b").unwrap();
        assert_eq!(state.session().as_deref(), Some("b"));
        assert!(State::default().remember("x").is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_of_the_tree_is_not_followed() {
        let (home, tree) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let elsewhere = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), tree.path().join(SHARED)).unwrap();
        let state = state(home.path(), tree.path());
        state.add_note("1").unwrap();
        assert!(state.share().is_err());
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    }
}

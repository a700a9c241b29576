//! What stands in a folder beside ordinary files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::Tree;
use crate::program::Call;

/// Opening a pipe that nobody writes to waits for ever.
#[test]
fn pipes_and_sockets_are_never_opened() {
    let tree = Tree::new();
    tree.pipe("pipe.py");
    tree.pipe("package/__init__.py");
    tree.write("package/core.py", "class Core: pass\n");
    tree.pipe("book.ipynb");
    let _socket = UnixListener::bind(tree.root().join("socket.py")).unwrap();
    tree.link("zero.py", "/dev/zero");
    tree.link("to_pipe.py", "pipe.py");
    let read = tree.survive();
    for path in
        ["pipe.py", "package/__init__.py", "book.ipynb", "socket.py", "zero.py", "to_pipe.py"]
    {
        read.assert_reason(path);
    }
    assert_eq!(read.lines_of("package/core.py", "Core"), [1]);
}

/// Ignore rules and project files are found by name, and so are pipes of that name.
#[test]
fn pipes_in_the_place_of_settings() {
    let names = [
        ".gitignore",
        ".ignore",
        ".gitattributes",
        "setup.py",
        "setup.cfg",
        "pytest.ini",
        "tox.ini",
        "conftest.py",
        "requirements.txt",
        ".git/info/exclude",
    ];
    for name in names {
        let tree = Tree::new();
        tree.pipe(name);
        tree.survive();
    }
    // These may be configuration: to refuse is as good as to go without, to wait is not.
    for name in ["pyproject.toml", "fragscope.toml"] {
        let tree = Tree::new();
        tree.pipe(name);
        let outcome = tree.run(&["classes"], "json");
        assert!(matches!(outcome.code, Some(0 | 2)), "{name}: {}", outcome.ending());
    }
}

#[test]
fn a_pipe_as_the_path_itself() {
    let tree = Tree::new();
    let pipe = tree.outside("pipe.py");
    super::make_pipe(&pipe);
    let outcome = Call::new().args(["classes"]).arg(pipe).run();
    assert_eq!(outcome.code, Some(2), "{}", outcome.ending());
}

#[test]
fn links_that_lead_nowhere_or_in_rings() {
    let tree = Tree::new();
    tree.link("dangling.py", "nowhere.py");
    tree.link("itself.py", "itself.py");
    tree.link("ping.py", "pong.py");
    tree.link("pong.py", "ping.py");
    tree.link("up", "..");
    tree.link("here", ".");
    tree.link("a/down", "../b");
    tree.link("b/down", "../a");
    tree.write("a/core.py", "class Core: pass\n");
    let read = tree.survive();
    for path in ["dangling.py", "itself.py", "ping.py", "pong.py"] {
        read.assert_reason(path);
    }
    assert_eq!(
        read.n_classes("Good"),
        1,
        "a file is read once, by whatever links it can be reached"
    );
    assert_eq!(read.n_classes("Core"), 1);
}

#[test]
fn links_that_lead_out_of_the_tree() {
    let tree = Tree::new();
    fs::create_dir(tree.outside("secrets")).unwrap();
    fs::write(tree.outside("secrets/key.py"), "class Secret: pass\n").unwrap();
    tree.link("folder", tree.outside("secrets"));
    tree.link("near", "../secrets");
    tree.link("file.py", tree.outside("secrets/key.py"));
    tree.link("etc", "/etc");
    tree.link("passwd.py", "/etc/passwd");
    let read = tree.survive();
    assert_eq!(read.n_classes("Secret"), 0, "what lies outside the tree is not read");
    read.assert_reason("file.py");
    read.assert_reason("passwd.py");
    for path in ["etc/passwd", "folder/key.py", "near/key.py"] {
        assert_eq!(read.reason(path), None, "{path} is not even looked at");
    }
}

#[test]
fn links_within_the_tree_are_followed_once() {
    let tree = Tree::new();
    tree.write("package/__init__.py", "");
    tree.write("package/core.py", "class Core: pass\n");
    tree.link("second", "package");
    tree.link("third.py", "package/core.py");
    let read = tree.survive();
    assert_eq!(read.n_classes("Core"), 1);
    assert_eq!(read.lines_of("package/core.py", "Core"), [1], "by its own path, not by a link's");
}

#[test]
fn what_may_not_be_read_is_listed() {
    let tree = Tree::new();
    let file = tree.write("closed.py", "class Closed: pass\n");
    let inner = tree.write("locked/core.py", "class Locked: pass\n");
    let folder = inner.parent().unwrap().to_path_buf();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o0)).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o0)).unwrap();
    // Who may read everything cannot make such a file.
    let is_closed = fs::read(&file).is_err();
    if is_closed {
        let read = tree.survive();
        read.assert_reason("closed.py");
        assert_eq!(read.n_classes("Locked"), 0);
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn folders_named_like_files() {
    let tree = Tree::new();
    tree.write("folder.py/core.py", "class Core: pass\n");
    tree.write("package/__init__.py/odd.py", "class Odd: pass\n");
    let read = tree.survive();
    assert_eq!(read.lines_of("folder.py/core.py", "Core"), [1]);
}

#[test]
fn folders_five_hundred_deep() {
    let tree = Tree::new();
    let path = format!("{}core.py", "d/".repeat(500));
    tree.write(&path, "class Core: pass\n");
    assert_eq!(tree.survive().lines_of(&path, "Core"), [1]);
}

#[test]
fn nothing_to_read_is_no_success() {
    let empty = tempfile::tempdir().unwrap();
    for command in super::COMMANDS {
        let outcome = Call::new().args(*command).arg(empty.path()).args(["--no-cache"]).run();
        assert_eq!(outcome.code, Some(2), "{command:?}: {}", outcome.ending());
        assert!(!outcome.stderr.is_empty(), "{command:?} says why");
    }
    let outcome = Call::new().args(["scan"]).arg(empty.path().join("absent")).run();
    assert_eq!(outcome.code, Some(2), "{}", outcome.ending());
}

struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// One read, and everything from its bytes: what changes meanwhile can give old or new facts, never a crash.
#[test]
fn files_that_change_while_they_are_read() {
    let tree = Tree::new();
    for n in 0..200 {
        tree.write(format!("file_{n}.py"), format!("class Class{n}: pass\n").repeat(200));
    }
    let root = tree.root();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        // Ends the writer also when a run panics.
        let over = Over(&is_over);
        scope.spawn(|| {
            let mut n = 0;
            while !is_over.load(Ordering::Relaxed) {
                n = (n + 7) % 200;
                let path = root.join(format!("file_{n}.py"));
                // Each may fail when another step of ours was first; that is the point.
                let _ = match n % 4 {
                    0 => fs::write(&path, ""),
                    1 => fs::remove_file(&path),
                    2 => fs::rename(&path, root.join("moved.py")),
                    _ => fs::write(&path, "class Long:\n    x = 1\n".repeat(3_000)),
                };
                let _ = fs::write(&path, "class Again: pass\n");
            }
        });
        let outcomes: Vec<_> = (0..8).map(|_| tree.run(&["scan"], "json")).collect();
        drop(over);
        for outcome in outcomes {
            super::assert_counts_add_up(&outcome.json().unwrap());
        }
    });
}

//! Opening a repository must not run what its configuration names; a broken one is a folder without git.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::{COMMANDS, FORMATS, Tree, write_program};
use crate::program::Call;

/// An index with `good.py` and `kept.py`, their blobs named by their true hashes.
const INDEX: &str = "444952430000000200000002000000000000000000000000000000000000000000000000000081a40000000000000000\
    00000000f4175106723388247c617cb000a4e544a418b8980007676f6f642e7079000000000000000000000000000000\
    000000000000000000000000000081a4000000000000000000000000df87fa8413c2f46967f5468855aec8da272de232\
    00076b6570742e707900000012979467d3fa129f4f64b530d61081737f50fb09";

/// The same with `../x.py` in the place of `kept.py`; its checksum is right.
const INDEX_THAT_LEADS_OUT: &str = "444952430000000200000002000000000000000000000000000000000000000000000000000081a40000000000000000\
    00000000df87fa8413c2f46967f5468855aec8da272de23200072e2e2f782e7079000000000000000000000000000000\
    000000000000000000000000000081a4000000000000000000000000f4175106723388247c617cb000a4e544a418b898\
    0007676f6f642e70790000004ead24922603847981b53523f028f33d61a5428e";

fn index() -> Vec<u8> {
    from_hex(INDEX)
}

fn from_hex(digits: &str) -> Vec<u8> {
    (0..digits.len())
        .step_by(2)
        .map(|n| u8::from_str_radix(&digits[n..n + 2], 16).unwrap())
        .collect()
}

/// A repository with nothing but what every one has, and that index.
fn repository() -> Tree {
    let tree = Tree::new();
    tree.write("kept.py", "class Tracked: pass\n");
    tree.write(".git/HEAD", "ref: refs/heads/main\n");
    tree.write(".git/config", "[core]\n\trepositoryformatversion = 0\n\tbare = false\n");
    tree.write(".git/index", index());
    fs::create_dir_all(tree.root().join(".git/objects/info")).unwrap();
    fs::create_dir_all(tree.root().join(".git/refs/heads")).unwrap();
    tree
}

/// A program in the repository that leaves a marker when it runs.
fn write_attack(tree: &Tree) -> (PathBuf, PathBuf) {
    let marker = tree.outside("marker");
    let program = tree.root().join(".git/attack");
    write_program(&program, &format!("#!/bin/sh\necho ran >> '{}'\ncat\n", marker.display()));
    (program, marker)
}

#[test]
fn nothing_of_a_hostile_configuration_runs() {
    let tree = repository();
    let (program, marker) = write_attack(&tree);
    let status = Command::new("sh").arg(&program).stdin(Stdio::null()).status().unwrap();
    assert!(status.success());
    assert!(marker.exists(), "the attack works when somebody runs it");
    fs::remove_file(&marker).unwrap();

    // `git status` in such a tree runs it twice.
    let attack = program.display();
    tree.write(
        ".git/config",
        format!(
            "[core]\n\trepositoryformatversion = 1\n\tbare = false\n\tfsmonitor = {attack}\n\thooksPath = .git/hooks\n\
             \tpager = {attack}\n\teditor = {attack}\n\tsshCommand = {attack}\n\tgitProxy = {attack}\n\
             \talternateRefsCommand = {attack}\n\taskPass = {attack}\n\
             [extensions]\n\tworktreeConfig = true\n\tpartialClone = origin\n\
             [remote \"origin\"]\n\turl = ext::{attack} %S\n\tuploadpack = {attack}\n\tpromisor = true\n\
             [protocol \"ext\"]\n\tallow = always\n\
             [filter \"evil\"]\n\tclean = {attack}\n\tsmudge = {attack}\n\tprocess = {attack}\n\trequired = true\n\
             [diff]\n\texternal = {attack}\n[diff \"evil\"]\n\ttextconv = {attack}\n\tcommand = {attack}\n\
             [merge \"evil\"]\n\tdriver = {attack}\n[gpg]\n\tprogram = {attack}\n[credential]\n\thelper = !{attack}\n\
             [uploadpack]\n\tpackObjectsHook = {attack}\n[interactive]\n\tdiffFilter = {attack}\n\
             [log]\n\tshowSignature = true\n[alias]\n\tstatus = !{attack}\n\tls-files = !{attack}\n\
             [include]\n\tpath = ../more.config\n"
        ),
    );
    tree.write("more.config", format!("[core]\n\tfsmonitor = {attack}\n"));
    tree.write(".git/config.worktree", format!("[core]\n\tfsmonitor = {attack}\n"));
    tree.write(".gitattributes", "* filter=evil diff=evil merge=evil text eol=crlf\n");
    tree.write(".git/info/attributes", "* filter=evil diff=evil merge=evil\n");
    for hook in [
        "post-index-change",
        "pre-commit",
        "post-checkout",
        "reference-transaction",
        "fsmonitor-watchman",
    ] {
        fs::create_dir_all(tree.root().join(".git/hooks")).unwrap();
        fs::copy(&program, tree.root().join(".git/hooks").join(hook)).unwrap();
    }
    // A program named git in the tree, and a PATH that leads there.
    for name in ["git", "python3", "ruff", "sh", "less", "mkfifo"] {
        fs::copy(&program, tree.root().join(name)).unwrap();
    }

    tree.write("twin.py", "class Tracked: other = 1\n");
    for command in COMMANDS {
        for format in FORMATS {
            let outcome = tree
                .call(command, format)
                .env("PATH", ".:/usr/bin:/bin")
                .in_folder(&tree.root())
                .run();
            assert_eq!(outcome.code, Some(0), "{command:?} {format}: {}", outcome.ending());
            assert!(!marker.exists(), "{command:?} as {format} ran a program of the repository");
        }
    }
}

/// A bare repository inside a tree is taken for one when somebody steps into it.
#[test]
fn nothing_of_an_embedded_repository_runs() {
    let tree = Tree::new();
    let marker = tree.outside("marker");
    let program = tree.root().join("data/attack");
    write_program(&program, &format!("#!/bin/sh\necho ran >> '{}'\ncat\n", marker.display()));
    tree.write("data/HEAD", "ref: refs/heads/main\n");
    tree.write(
        "data/config",
        format!("[core]\n\tbare = false\n\tworktree = ..\n\tfsmonitor = {}\n", program.display()),
    );
    fs::create_dir_all(tree.root().join("data/objects")).unwrap();
    fs::create_dir_all(tree.root().join("data/refs")).unwrap();
    tree.write("data/index", index());
    tree.write("data/inner.py", "class Inner: pass\n");
    tree.survive();
    let inner = tree.root().join("data");
    for command in COMMANDS {
        let outcome = Call::new().args(*command).arg(&inner).in_folder(&inner).run();
        assert!(outcome.code.is_some(), "{command:?}: {}", outcome.ending());
    }
    assert!(!marker.exists());
}

#[test]
fn a_broken_repository_is_a_folder_without_one() {
    type Break = fn(&Tree);
    let breaks: [(&str, Break); 22] = [
        ("an empty .git", |tree| {
            fs::remove_dir_all(tree.root().join(".git")).unwrap();
            fs::create_dir(tree.root().join(".git")).unwrap();
        }),
        ("a head of random bytes", |tree| drop(tree.write(".git/HEAD", b"\xff\x00\x1b[31m\n"))),
        ("a head that names itself", |tree| drop(tree.write(".git/HEAD", "ref: HEAD\n"))),
        ("a head outside", |tree| {
            drop(tree.write(".git/HEAD", "ref: ../../../../../etc/passwd\n"));
        }),
        ("a configuration of random bytes", |tree| {
            drop(tree.write(".git/config", b"[\xff\x00]]\n=\n\""));
        }),
        ("an endless include", |tree| {
            drop(tree.write(".git/config", "[include]\n\tpath = config\n"));
        }),
        ("an included device", |tree| {
            drop(tree.write(".git/config", "[include]\n\tpath = /dev/zero\n"));
        }),
        ("an included pipe", |tree| {
            tree.pipe("pipe");
            tree.write(".git/config", "[include]\n\tpath = ../pipe\n");
        }),
        ("another work tree", |tree| {
            drop(tree.write(".git/config", "[core]\n\tworktree = /etc\n"));
        }),
        ("a future format", |tree| {
            tree.write(
                ".git/config",
                "[core]\n\trepositoryformatversion = 99\n[extensions]\n\tobjectFormat = sha512\n",
            );
        }),
        ("an empty index", |tree| drop(tree.write(".git/index", ""))),
        ("an index of random bytes", |tree| drop(tree.write(".git/index", [0xa5; 4096]))),
        ("an index cut off", |tree| drop(tree.write(".git/index", &index()[..100]))),
        ("an index that promises four thousand million entries", |tree| {
            let mut bytes = index();
            bytes[8..12].fill(0xff);
            tree.write(".git/index", bytes);
        }),
        ("an index with a wrong checksum", |tree| {
            let mut bytes = index();
            *bytes.last_mut().unwrap() ^= 1;
            tree.write(".git/index", bytes);
        }),
        ("an index that is a pipe", |tree| {
            fs::remove_file(tree.root().join(".git/index")).unwrap();
            tree.pipe(".git/index");
        }),
        ("a configuration that is a pipe", |tree| {
            fs::remove_file(tree.root().join(".git/config")).unwrap();
            tree.pipe(".git/config");
        }),
        ("a head that is a pipe", |tree| {
            fs::remove_file(tree.root().join(".git/HEAD")).unwrap();
            tree.pipe(".git/HEAD");
        }),
        ("alternates that are a pipe", |tree| tree.pipe(".git/objects/info/alternates")),
        ("a .git that is a pipe", |tree| {
            fs::remove_dir_all(tree.root().join(".git")).unwrap();
            tree.pipe(".git");
        }),
        ("a .git that points nowhere", |tree| {
            fs::remove_dir_all(tree.root().join(".git")).unwrap();
            tree.write(".git", "gitdir: /nowhere/at/all\n");
        }),
        ("a .git that links out", |tree| {
            fs::remove_dir_all(tree.root().join(".git")).unwrap();
            tree.link(".git", "/etc");
        }),
    ];
    for (what, break_it) in breaks {
        let tree = repository();
        break_it(&tree);
        // Two classes of one name: which is the older?
        tree.write("twin.py", "class Tracked: other = 1\n");
        for command in ["classes", "clusters"] {
            let outcome = tree.run(&[command], "json");
            assert_eq!(
                outcome.code,
                Some(0),
                "{what}: {command}: {}\n{}",
                outcome.ending(),
                String::from_utf8_lossy(&outcome.stderr)
            );
        }
        let survivor = tree.survive();
        assert_eq!(survivor.lines_of("kept.py", "Tracked"), [1], "{what}");
    }
}

/// Index entries are paths that somebody else wrote.
#[test]
fn a_tracked_path_does_not_lead_out_of_the_tree() {
    let tree = repository();
    fs::write(tree.outside("x.py"), "class Secret: pass\n").unwrap();
    tree.write(".git/index", from_hex(INDEX_THAT_LEADS_OUT));
    assert_eq!(tree.survive().n_classes("Secret"), 0);
}

#[test]
fn what_git_tracks_counts_even_if_a_rule_ignores_it() {
    let tree = repository();
    tree.write(".gitignore", "kept.py\nloose.py\n");
    tree.write("loose.py", "class Loose: pass\n");
    let read = tree.survive();
    assert_eq!(read.lines_of("kept.py", "Tracked"), [1]);
    assert_eq!(read.n_classes("Loose"), 0);
}

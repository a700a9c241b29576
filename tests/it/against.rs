//! `check --against REV` and `--baseline-ref REV`: revisions are read from git's objects, and give what a checkout would give.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Call, Outcome};

fn write(folder: &Path, path: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn git(folder: &Path, arguments: &[&str]) {
    let who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"];
    let output = Command::new("git")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
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

fn commit(folder: &Path) {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", "x"]);
}

/// Two classes of one name, a shim and its user, a hidden script, a link, a folder of tests: one commit, tagged `v1`.
fn repository() -> TempDir {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    git(root, &["init", "--quiet", "--initial-branch", "main"]);
    for (path, text) in [
        ("pyproject.toml", "[project]\nname = \"app\"\ndependencies = [\"requests\"]\n"),
        ("app/__init__.py", ""),
        (
            "app/core/store.py",
            "import requests\nclass Store:\n    def get(self):\n        return 1\n",
        ),
        ("app/old/store.py", "class Store:\n    def get(self):\n        return [2]\n"),
        ("app/shim.py", "from app.core.store import Store\n"),
        ("use/one.py", "from app.core.store import Store\n"),
        ("use/two.py", "from app.shim import Store\nfrom app.gone import Missing\n"),
        ("tests/test_one.py", "from app.core.store import Store\n\ndef test(): Store()\n"),
        (".tools/run.py", "from app.nowhere import Thing\n"),
        ("app/saved.py.bak", "x = 1\n"),
        (".gitignore", "*.log\nforced/\n"),
        ("forced/in.py", "from app.void import Void\n"),
    ] {
        write(root, path, text);
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("core/store.py", root.join("app/link.py")).unwrap();
    git(root, &["add", "--force", "forced/in.py"]);
    commit(root);
    git(root, &["tag", "--annotate", "--message", "one", "v1"]);
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Outcome {
    Call::new().args(arguments).arg("--no-cache").in_folder(folder).run()
}

fn check(folder: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let outcome = run(folder, &[&["check", "--format", "json", "--known"], arguments].concat());
    let document = serde_json::from_slice(&outcome.stdout);
    (
        outcome.code,
        document.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&outcome.stderr))),
    )
}

fn rows(document: &Value, list: &str, field: &str) -> Vec<String> {
    let rows = document[list].as_array().unwrap().iter();
    rows.map(|row| row[field].as_str().unwrap().to_owned()).collect()
}

fn count(document: &Value, state: &str) -> usize {
    rows(document, "rows", "state").iter().filter(|own| *own == state).count()
}

#[test]
fn what_was_there_is_known_and_what_came_is_new() {
    let folder = repository();
    let root = folder.path();
    let (code, document) = check(root, &["--against", "HEAD"]);
    assert_eq!((code, count(&document, "new")), (Some(0), 0), "{document:#}");
    assert!(count(&document, "known") >= 5);
    assert_eq!(document["against"]["revision"], "HEAD");
    assert_eq!(document["against"]["files"], 9);
    assert_eq!(document["against"]["commit"].as_str().unwrap().len(), 40);

    write(root, "use/three.py", "from app.lost import Lost\n");
    fs::remove_file(root.join("use/two.py")).unwrap();
    fs::rename(root.join(".tools/run.py"), root.join(".tools/start.py")).unwrap();
    let (code, document) = check(root, &["--against", "v1"]);
    assert_eq!(code, Some(1));
    let new: Vec<_> =
        document["rows"].as_array().unwrap().iter().filter(|row| row["state"] == "new").collect();
    assert!(new.iter().all(|row| row["path"] == "use/three.py") && !new.is_empty(), "{new:#?}");
    // A hidden file counts where git knows it, and not under a name that it does not know yet.
    let gone = rows(&document, "stale", "path");
    assert!(gone.iter().all(|path| ["use/two.py", ".tools/run.py"].contains(&&**path)), "{gone:?}");
    let text = run(root, &["check", "--against", "v1"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("gone since v1 (") && !text.contains("baseline update"), "{text}");

    commit(root);
    assert_eq!(check(root, &["--against", "HEAD"]).0, Some(0));
    assert_eq!(check(root, &["--against", "HEAD~1"]).0, Some(1));
    assert_eq!(check(root, &["--against", "main^"]).0, Some(1));
}

/// The same as to check the revision out, write a baseline there, and come back.
#[test]
fn a_revision_gives_what_its_checkout_gives() {
    let folder = repository();
    let root = folder.path();
    write(root, "app/third/store.py", "class Store:\n    def get(self):\n        return {3}\n");
    write(
        root,
        "use/one.py",
        "from app.third.store import Store\nimport os\nos.getenv('A', '1')\n",
    );
    commit(root);
    let elsewhere = TempDir::new().unwrap();
    let checkout = elsewhere.path().join(root.file_name().unwrap());
    git(root, &["worktree", "add", "--quiet", checkout.to_str().unwrap(), "v1"]);
    assert_eq!(run(&checkout, &["baseline", "init"]).code, Some(0));
    let baseline = checkout.join("fragscope-baseline.jsonl");
    let by_file = check(root, &["--baseline", baseline.to_str().unwrap()]).1;
    let by_revision = check(root, &["--against", "v1"]).1;
    assert_eq!(by_file["rows"], by_revision["rows"]);
    assert_eq!(rows(&by_file, "stale", "fingerprint"), rows(&by_revision, "stale", "fingerprint"));
    // A linked work tree has the objects of the first one.
    assert_eq!(check(&checkout, &["--against", "main", "--exit-zero"]).0, Some(0));
}

#[test]
fn a_folder_of_the_work_tree_is_compared_with_itself() {
    let folder = repository();
    let root = folder.path();
    assert_eq!(check(&root.join("app"), &["--against", "HEAD"]).0, Some(0));
    write(root, "fresh/a.py", "from .b import B\nimport os\n");
    let outcome = run(&root.join("fresh"), &["check", "--against", "HEAD"]);
    assert_eq!(outcome.code, Some(1));
    assert!(
        String::from_utf8_lossy(&outcome.stderr).contains("it has no Python file here; all is new")
    );
}

#[test]
fn a_warm_run_reads_no_file_of_the_revision() {
    let folder = repository();
    let cache = TempDir::new().unwrap();
    let check = || {
        let call = Call::new().env("XDG_CACHE_HOME", cache.path()).in_folder(folder.path());
        call.args(["check", "--against", "HEAD", "--format", "json"]).run()
    };
    let cold = check();
    assert_eq!(cold.code, Some(0), "{}", String::from_utf8_lossy(&cold.stderr));
    let is_blob = |path: &Path| path.is_dir() && path.file_name().unwrap().len() == 2;
    // Files that the working tree has, too, need no object; without any of the others the answer is the same.
    for entry in fs::read_dir(folder.path().join(".git/objects")).unwrap() {
        let path = entry.unwrap().path();
        for object in fs::read_dir(&path).unwrap().filter(|_| is_blob(&path)) {
            let object = object.unwrap().path();
            let name = format!(
                "{}{}",
                path.file_name().unwrap().to_str().unwrap(),
                object.file_name().unwrap().to_str().unwrap()
            );
            let kind = Command::new("git")
                .current_dir(folder.path())
                .args(["cat-file", "-t", &name])
                .output();
            let text = Command::new("git")
                .current_dir(folder.path())
                .args(["cat-file", "-p", &name])
                .output();
            let text = text.unwrap().stdout;
            // What says what the project needs is read each time.
            if kind.unwrap().stdout.starts_with(b"blob") && !text.starts_with(b"[project]") {
                fs::remove_file(&object).unwrap();
            }
        }
    }
    let warm = check();
    assert_eq!(warm.code, Some(0), "{}", String::from_utf8_lossy(&warm.stderr));
    assert_eq!(warm.stdout, cold.stdout);
}

#[test]
fn configuration_is_that_of_today() {
    let folder = repository();
    let root = folder.path();
    let concept = "[[concept]]\nname = \"new home\"\ncanonical = \"app.home.Store\"\n";
    write(root, "fragscope.toml", format!("exclude = [\"app/old/**\"]\n{concept}"));
    write(root, "app/home.py", "class Store:\n    def get(self):\n        return 1\n");
    let outcome = run(root, &["check", "--against", "HEAD", "--known"]);
    assert_eq!(outcome.code, Some(1), "{}", String::from_utf8_lossy(&outcome.stderr));
    let said = String::from_utf8_lossy(&outcome.stderr).into_owned();
    assert!(said.contains("no canonical definition of the concept `new home`"), "{said}");
    let text = String::from_utf8(outcome.stdout).unwrap();
    assert!(!text.contains("app/old"), "{text}");
}

#[test]
fn submodules_and_large_files_are_where_they_are() {
    let inner = TempDir::new().unwrap();
    git(inner.path(), &["init", "--quiet"]);
    write(inner.path(), "inner.py", "from inner_gone import Gone\nfrom app.far import Far\n");
    commit(inner.path());
    let folder = repository();
    let root = folder.path();
    git(root, &["submodule", "--quiet", "add", inner.path().to_str().unwrap(), "module"]);
    // Git LFS leaves this in the place of a file, and has the file beside its objects.
    let hash = "ab".repeat(32);
    let pointer =
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{hash}\nsize 28\n");
    write(root, "app/large.py", pointer);
    commit(root);
    let content = "from app.large_gone import A\n";
    write(root, "app/large.py", content);
    write(root, &format!(".git/lfs/objects/ab/ab/{hash}"), content);
    let (code, document) = check(root, &["--against", "HEAD"]);
    assert_eq!((code, count(&document, "new")), (Some(0), 0), "{document:#}");
    let known = rows(&document, "rows", "path");
    assert!(known.iter().any(|path| path == "module/inner.py"));
    assert!(known.iter().any(|path| path == "app/large.py"));
}

#[test]
fn what_cannot_be_compared_is_told() {
    let said = |folder: &Path, arguments: &[&str]| {
        let outcome = run(folder, &[&["check"], arguments].concat());
        let said = String::from_utf8_lossy(&outcome.stderr).into_owned();
        assert_eq!(outcome.code, Some(2), "{arguments:?}: {said}");
        said
    };
    let folder = repository();
    let root = folder.path();
    git(root, &["branch", "develop"]);
    let text = said(root, &["--against", "develp"]);
    assert!(text.contains("not known here; did you mean `develop`?"), "{text}");
    assert!(said(root, &["--against", "HEAD:app"]).contains("it is no commit"));
    assert!(said(root, &["--against", "HEAD", "--no-baseline"]).contains("cannot be used with"));
    assert!(said(root, &["--against", "HEAD", "--demo"]).contains("needs a folder"));
    let plain = TempDir::new().unwrap();
    write(plain.path(), "a.py", "import os\n");
    assert!(said(plain.path(), &["--against", "HEAD"]).contains("no work tree of git"));
    git(plain.path(), &["init", "--quiet"]);
    assert!(said(plain.path(), &["--against", "HEAD"]).contains("not known here"));

    commit_twice(root);
    let shallow = TempDir::new().unwrap();
    let from = format!("file://{}", root.display());
    git(shallow.path(), &["clone", "--quiet", "--depth", "1", &from, "clone"]);
    let clone = shallow.path().join("clone");
    assert_eq!(check(&clone, &["--against", "HEAD"]).0, Some(0));
    assert!(said(&clone, &["--against", "v1"]).contains("this clone is shallow"));

    // An object is damaged or gone.
    let tree =
        Command::new("git").current_dir(root).args(["rev-parse", "HEAD:app"]).output().unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    let (folder, name) = tree.trim().split_at(2);
    fs::remove_file(root.join(".git/objects").join(folder).join(name)).unwrap();
    assert!(said(root, &["--against", "HEAD"]).contains("the folder `app` is not here"));
}

fn commit_twice(root: &Path) {
    for text in ["x = 1\n", "x = 2\n"] {
        write(root, "app/more.py", text);
        commit(root);
    }
}

/// Whoever opens a pipe waits for who writes to it.
#[cfg(unix)]
#[test]
fn a_repository_of_pipes_is_refused() {
    for path in
        ["objects/pack/pack-0.idx", "refs/heads/pipe", "packed-refs", "objects/00/11", "HEAD"]
    {
        let folder = repository();
        let pipe = folder.path().join(".git").join(path);
        fs::create_dir_all(pipe.parent().unwrap()).unwrap();
        let _ = fs::remove_file(&pipe);
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let outcome = run(folder.path(), &["check", "--against", "main"]);
        let said = String::from_utf8_lossy(&outcome.stderr).into_owned();
        assert_eq!(outcome.code, Some(2), "{path}: {said}");
        assert!(said.contains("is no file"), "{path}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn nothing_of_the_repository_runs() {
    use std::os::unix::fs::PermissionsExt;
    let folder = repository();
    let root = folder.path();
    let (program, marker) = (root.join(".git/attack"), root.join(".git/marker"));
    write(root, ".git/attack", format!("#!/bin/sh\necho ran >> '{}'\ncat\n", marker.display()));
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let attack = program.display();
    write(root, ".gitattributes", "*.py filter=evil diff=evil merge=evil\n");
    let config = fs::read_to_string(root.join(".git/config")).unwrap();
    let evil = format!(
        "[core]\n\tfsmonitor = {attack}\n\thooksPath = .git/hooks\n\tsshCommand = {attack}\n\talternateRefsCommand = {attack}\n\
         [filter \"evil\"]\n\tclean = {attack}\n\tsmudge = {attack}\n\tprocess = {attack}\n\trequired = true\n\
         [diff]\n\texternal = {attack}\n[diff \"evil\"]\n\ttextconv = {attack}\n[gpg]\n\tprogram = {attack}\n\
         [extensions]\n\tpartialClone = origin\n\
         [remote \"origin\"]\n\turl = ext::{attack} %S\n\tuploadpack = {attack}\n\tpromisor = true\n\
         [protocol \"ext\"]\n\tallow = always\n"
    );
    fs::write(root.join(".git/config"), config + &evil).unwrap();
    assert_eq!(check(root, &["--against", "HEAD"]).0, Some(0));
    // What is not here is not fetched either.
    let said = run(root, &["check", "--against", &"0123456789".repeat(4)]);
    assert_eq!(said.code, Some(2), "{}", String::from_utf8_lossy(&said.stderr));
    assert!(!marker.exists(), "{}", fs::read_to_string(&marker).unwrap());
}

#[test]
fn the_hook_for_pre_commit_sees_what_git_tracks() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let hooks = fs::read_to_string(here.join(".pre-commit-hooks.yaml")).unwrap();
    let entry =
        hooks.lines().find_map(|line| line.trim().strip_prefix("entry: fragscope ")).unwrap();
    let readme = fs::read_to_string(here.join("README.md")).unwrap();
    assert!(readme.contains(&format!("entry: fragscope {entry}\n")));
    let folder = repository();
    let root = folder.path();
    assert_eq!(run(root, &["baseline", "init"]).code, Some(0));
    let hook = || run(root, &entry.split(' ').collect::<Vec<_>>());
    write(root, "use/three.py", "from app.lost import Lost\n");
    assert_eq!(hook().code, Some(0));
    git(root, &["add", "use/three.py"]);
    let outcome = hook();
    assert_eq!(outcome.code, Some(1));
    assert!(String::from_utf8_lossy(&outcome.stdout).contains("use/three.py:1:"));
    let plain = TempDir::new().unwrap();
    write(plain.path(), "a.py", "import os\n");
    let outcome = run(plain.path(), &["check", "--tracked-only"]);
    assert_eq!(outcome.code, Some(2));
    assert!(String::from_utf8_lossy(&outcome.stderr).contains("git tracks no file"));
}

#[test]
fn what_was_added_to_the_baseline_is_reported() {
    let folder = repository();
    let root = folder.path();
    let added =
        |arguments: &[&str]| check(root, &[&["--baseline-ref", "HEAD"], arguments].concat());
    assert_eq!(run(root, &["baseline", "init"]).code, Some(0));
    let outcome = run(root, &["check", "--baseline-ref", "HEAD"]);
    assert_eq!(outcome.code, Some(0));
    assert!(String::from_utf8_lossy(&outcome.stderr).contains("the baseline begins here"));
    commit(root);
    let (code, document) = added(&[]);
    assert_eq!((code, rows(&document, "added", "state").len()), (Some(0), 0));

    // Accepted with a reason: told of.
    write(root, "use/three.py", "from app.lost import Lost\n");
    let (_, document) = check(root, &[]);
    let new =
        document["rows"].as_array().unwrap().iter().find(|row| row["state"] == "new").unwrap();
    let fingerprint = new["fingerprint"].as_str().unwrap().to_owned();
    assert_eq!(
        run(root, &["baseline", "accept", &fingerprint, "--reason", "until May"]).code,
        Some(0)
    );
    let (code, document) = added(&["--rule", new["rule"].as_str().unwrap()]);
    assert_eq!(code, Some(0));
    assert_eq!(rows(&document, "added", "state"), ["accepted"]);
    assert!(rows(&document, "added", "message")[0].ends_with("since HEAD: until May"));

    // Written anew, without one: counts, at its line.
    assert_eq!(run(root, &["baseline", "init", "--force"]).code, Some(0));
    let (code, document) = added(&[]);
    assert_eq!(code, Some(1));
    assert!(rows(&document, "added", "state").iter().all(|state| state == "added"));
    let row = &document["added"][0];
    assert_eq!(row["path"], "fragscope-baseline.jsonl");
    let baseline = fs::read_to_string(root.join("fragscope-baseline.jsonl")).unwrap();
    let line = baseline.lines().nth(row["line"].as_u64().unwrap() as usize - 1).unwrap();
    assert!(line.contains(row["fingerprint"].as_str().unwrap()));
    let annotations = run(root, &["check", "--baseline-ref", "HEAD", "--format", "github"]);
    assert!(
        String::from_utf8(annotations.stdout)
            .unwrap()
            .contains("::error file=fragscope-baseline.jsonl,")
    );
    assert_eq!(added(&["--exit-zero"]).0, Some(0));

    // What moved is no news.
    fs::remove_file(root.join("use/three.py")).unwrap();
    git(root, &["checkout", "--quiet", "--", "fragscope-baseline.jsonl"]);
    fs::rename(root.join("use"), root.join("usage")).unwrap();
    assert_eq!(run(root, &["baseline", "update"]).code, Some(0));
    let (code, document) = added(&["--strict"]);
    assert_eq!((code, rows(&document, "added", "state").len()), (Some(0), 0), "{document:#}");
}

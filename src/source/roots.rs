//! Roots: the folders from which dotted module names are counted, and why each is one.

use std::collections::BTreeMap;

use toml::Table;

pub use super::declared::declared;
use super::{
    declared::{strings, table},
    ini,
    read::read_small_text,
    tree::{Tree, TreePath},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// With `/`, and `""` for the top of the tree.
    pub folder: String,
    pub reason: RootReason,
    pub scope: RootScope,
}

/// Why a folder is a root; the first of several reasons is the one that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RootReason {
    Configured,
    Top,
    /// A build tool is told so.
    PackageDir,
    /// `pythonpath` of pytest.
    PythonPath,
    /// A folder called `src`, at the top or beside a manifest.
    Src,
    /// It holds `pyproject.toml`, `setup.py` or `setup.cfg`.
    Manifest,
    /// Pytest puts it on the path for the tests below it.
    Rootdir,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RootScope {
    /// For every file.
    Project,
    /// For the files below it only.
    Below,
}

impl RootReason {
    pub fn word(self) -> &'static str {
        match self {
            Self::Configured => "configured",
            Self::Top => "top of the tree",
            Self::PackageDir => "package folder of the build",
            Self::PythonPath => "pythonpath of pytest",
            Self::Src => "src folder",
            Self::Manifest => "holds a manifest",
            Self::Rootdir => "test folder without __init__.py",
        }
    }
}

/// The roots of a tree, sorted by folder; only these, if some are configured.
pub fn find(tree: &Tree, configured: Option<&[String]>) -> Vec<Root> {
    let mut roots = Roots { tree, found: BTreeMap::new() };
    if let Some(folders) = configured {
        for folder in folders {
            roots.add("", folder, RootReason::Configured);
        }
        return roots.sorted();
    }
    roots.add("", "", RootReason::Top);
    roots.add_src("");
    for path in &tree.manifests {
        let Some(text) = read_small_text(tree, path) else { continue };
        roots.add_manifest(path, &text);
    }
    for entry in tree.entries.iter().filter(|entry| entry.path.file_name() == "setup.py") {
        let Some(text) = read_small_text(tree, &entry.path) else { continue };
        roots.add_setup_script(entry.path.parent(), &text);
    }
    roots.add_test_folders();
    roots.sorted()
}

struct Roots<'a> {
    tree: &'a Tree,
    found: BTreeMap<String, (RootScope, RootReason)>,
}

impl Roots<'_> {
    fn sorted(self) -> Vec<Root> {
        let roots = self.found.into_iter();
        roots.map(|(folder, (scope, reason))| Root { folder, reason, scope }).collect()
    }

    /// `written` is as somebody wrote it, relative to `base`. Folders without Python files are no roots.
    fn add(&mut self, base: &str, written: &str, reason: RootReason) {
        let Some(folder) = join(base, written) else { return };
        if reason == RootReason::Top || !self.tree.below(&folder).is_empty() {
            self.insert(folder, RootScope::Project, reason);
        }
    }

    fn insert(&mut self, folder: String, scope: RootScope, reason: RootReason) {
        let known = self.found.entry(folder).or_insert((scope, reason));
        *known = (*known).min((scope, reason));
    }

    fn add_src(&mut self, base: &str) {
        self.add(base, "src", RootReason::Src);
    }

    fn add_manifest(&mut self, path: &TreePath, text: &str) {
        let folder = path.parent();
        match path.file_name() {
            "pyproject.toml" => {
                self.add_project_folder(folder);
                if let Ok(pyproject) = text.parse::<Table>() {
                    self.add_pyproject(folder, &pyproject);
                }
            }
            "setup.cfg" => {
                self.add_project_folder(folder);
                for mapping in ini::values(text, "options", "package_dir") {
                    self.add_package_dirs(
                        folder,
                        mapping.lines().filter_map(|line| line.split_once('=')),
                    );
                }
                for place in ini::values(text, "options.packages.find", "where") {
                    self.add(folder, &place, RootReason::PackageDir);
                }
                self.add_python_path(folder, ini::values(text, "tool:pytest", "pythonpath"));
            }
            "pytest.ini" | ".pytest.ini" | "tox.ini" => {
                self.add_python_path(folder, ini::values(text, "pytest", "pythonpath"));
            }
            _ => {}
        }
    }

    fn add_project_folder(&mut self, folder: &str) {
        // A package with a `setup.py` in it, as numpy had them, is still a package.
        if !self.tree.is_package(folder) {
            self.add(folder, "", RootReason::Manifest);
            self.add_src(folder);
        }
    }

    fn add_pyproject(&mut self, folder: &str, pyproject: &Table) {
        let tool = |path: &[&str], key: &str| {
            let path: Vec<&str> = std::iter::once("tool").chain(path.iter().copied()).collect();
            table(pyproject, &path).and_then(|table| table.get(key))
        };
        // Keys whose values are folders that hold the packages.
        let folders = [
            tool(&["setuptools", "packages", "find"], "where"),
            tool(&["uv", "build-backend"], "module-root"),
            tool(&["pdm", "build"], "package-dir"),
            tool(&["maturin"], "python-source"),
            tool(&["hatch", "build"], "sources"),
            tool(&["hatch", "build", "targets", "wheel"], "sources"),
        ];
        for written in folders.into_iter().flat_map(strings) {
            self.add(folder, &written, RootReason::PackageDir);
        }
        // Tables from folder to package, and from package to folder.
        for path in [["hatch", "build"].as_slice(), &["hatch", "build", "targets", "wheel"]] {
            let sources = tool(path, "sources").and_then(toml::Value::as_table);
            let pairs = sources
                .into_iter()
                .flatten()
                .filter_map(|(from, to)| Some((to.as_str()?, from.as_str())));
            self.add_package_dirs(folder, pairs);
        }
        let package_dirs = tool(&["setuptools"], "package-dir").and_then(toml::Value::as_table);
        let pairs = package_dirs
            .into_iter()
            .flatten()
            .filter_map(|(to, from)| Some((to.as_str(), from.as_str()?)));
        self.add_package_dirs(folder, pairs);
        // `packages = ["src/name"]`: the packages themselves.
        for package in strings(tool(&["hatch", "build", "targets", "wheel"], "packages")) {
            let around =
                package.trim_end_matches('/').rsplit_once('/').map_or("", |(around, _)| around);
            self.add(folder, around, RootReason::PackageDir);
        }
        let packages = tool(&["poetry"], "packages").and_then(toml::Value::as_array);
        for package in packages.into_iter().flatten() {
            if let Some(from) = package.get("from").and_then(toml::Value::as_str) {
                self.add(folder, from, RootReason::PackageDir);
            }
        }
        self.add_python_path(
            folder,
            strings(tool(&["pytest", "ini_options"], "pythonpath")).into_iter(),
        );
        self.add_python_path(folder, strings(tool(&["pytest"], "pythonpath")).into_iter());
    }

    fn add_setup_script(&mut self, folder: &str, code: &str) {
        self.add_project_folder(folder);
        let mapping = ini::strings_after(code, "package_dir");
        self.add_package_dirs(
            folder,
            mapping.chunks_exact(2).map(|pair| (pair[0].as_str(), pair[1].as_str())),
        );
        for finder in ["find_packages(", "find_namespace_packages("] {
            for (at, _) in code.match_indices(finder) {
                let arguments = code[at + finder.len()..].trim_start();
                let place = arguments
                    .strip_prefix("where")
                    .map_or(arguments, |rest| rest.trim_start_matches([' ', '=']));
                if let Some(place) =
                    ini::leading_strings(place).first().filter(|_| place.starts_with(['"', '\'']))
                {
                    self.add(folder, place, RootReason::PackageDir);
                }
            }
        }
    }

    /// `"" = "src"` makes `src` a root, and `"a.b" = "lib/a/b"` makes `lib` one.
    fn add_package_dirs<'a>(
        &mut self,
        folder: &str,
        pairs: impl Iterator<Item = (&'a str, &'a str)>,
    ) {
        for (package, place) in pairs {
            let package = package.trim().replace('.', "/");
            let place = place.trim().trim_end_matches('/');
            let root = match place.strip_suffix(&package) {
                Some(root) if package.is_empty() || root.is_empty() || root.ends_with('/') => root,
                _ => continue,
            };
            self.add(folder, root, RootReason::PackageDir);
        }
    }

    fn add_python_path(&mut self, folder: &str, values: impl Iterator<Item = String>) {
        for value in values {
            for written in value.split_whitespace() {
                self.add(folder, written, RootReason::PythonPath);
            }
        }
    }

    /// For each test file, pytest puts the first folder upward that is no package on the path.
    fn add_test_folders(&mut self) {
        let mut last = None;
        for entry in &self.tree.entries {
            let mut folder = entry.path.parent();
            if !is_collected(entry.path.file_name()) || last == Some(folder) {
                continue;
            }
            last = Some(folder);
            while !folder.is_empty() && self.tree.is_package(folder) {
                folder = folder.rsplit_once('/').map_or("", |(around, _)| around);
            }
            if !self.found.contains_key(folder) {
                self.insert(folder.to_owned(), RootScope::Below, RootReason::Rootdir);
            }
        }
    }
}

fn is_collected(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".py") else { return false };
    stem == "conftest" || stem.starts_with("test_") || stem.ends_with("_test")
}

/// None for a path that is absolute or leads out of the tree.
fn join(base: &str, written: &str) -> Option<String> {
    let written = written.trim().replace('\\', "/");
    if written.starts_with('/') || written.contains(':') {
        return None;
    }
    let mut names: Vec<&str> = base.split('/').filter(|name| !name.is_empty()).collect();
    for name in written.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop()?;
            }
            name => names.push(name),
        }
    }
    Some(names.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tree: &str, expected: &[(&str, RootReason)]) {
        let found = find(&Tree::from_text(tree), None);
        let found: Vec<_> = found.iter().map(|root| (root.folder.as_str(), root.reason)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_top_always() {
        check("", &[("", RootReason::Top)]);
        check("# file: app/a.py\n", &[("", RootReason::Top)]);
    }

    #[test]
    fn src_is_a_root_even_with_an_init() {
        check("# file: src/a.py\n", &[("", RootReason::Top), ("src", RootReason::Src)]);
        check("# file: src/__init__.py\n", &[("", RootReason::Top), ("src", RootReason::Src)]);
        check("# file: a/src/b.py\n", &[("", RootReason::Top)]);
    }

    #[test]
    fn folders_with_a_manifest() {
        check(
            "# file: one/pyproject.toml\n# file: one/src/a.py\n# file: two/setup.py\n# file: three/setup.cfg\n\
             # file: np/core/setup.py\n# file: np/core/__init__.py\n# file: no/pyproject.toml\n",
            &[
                ("", RootReason::Top),
                ("one", RootReason::Manifest),
                ("one/src", RootReason::Src),
                ("two", RootReason::Manifest),
            ],
        );
    }

    #[test]
    fn what_build_tools_are_told() {
        let python = "# file: lib/a.py\n# file: lib2/a.py\n# file: lib3/p/q/a.py\n";
        let check = |manifest: &str, folders: &[&str]| {
            let expected: Vec<_> = std::iter::once(("", RootReason::Top))
                .chain(folders.iter().map(|folder| (*folder, RootReason::PackageDir)))
                .collect();
            check(&format!("{python}# file: {manifest}"), &expected);
        };
        check(
            "pyproject.toml\n[tool.setuptools.packages.find]\nwhere = ['lib', '../up', '/etc', 'none']\n",
            &["lib"],
        );
        check(
            "pyproject.toml\n[tool.setuptools.package-dir]\n'' = 'lib'\n'p.q' = 'lib3/p/q'\n",
            &["lib", "lib3"],
        );
        check(
            "pyproject.toml\n[tool.poetry]\npackages = [{include = 'x', from = './lib/'}]\n",
            &["lib"],
        );
        check(
            "pyproject.toml\n[tool.hatch.build.targets.wheel]\npackages = ['lib3/p']\nsources = ['lib2']\n",
            &["lib2", "lib3"],
        );
        check("pyproject.toml\n[tool.hatch.build.targets.wheel.sources]\nlib = ''\n", &["lib"]);
        check(
            "setup.cfg\n[options]\npackage_dir =\n    =lib\n[options.packages.find]\nwhere = lib2\n",
            &["lib", "lib2"],
        );
        check(
            "setup.py\nsetup(package_dir={'': 'lib'}, packages=find_packages(where='lib2'))\n",
            &["lib", "lib2"],
        );
        check(
            "setup.py\nsetup(packages=find_packages('lib', exclude=['tests']), package_dir=where())\n",
            &["lib"],
        );
    }

    #[test]
    fn pythonpath_is_relative_to_its_file() {
        let python = "# file: x/lib/a.py\n# file: y/a.py\n";
        for manifest in [
            "x/pyproject.toml\n[tool.pytest.ini_options]\npythonpath = ['lib', '../y']\n",
            "x/pytest.ini\n[pytest]\npythonpath = lib ../y\n",
            "x/tox.ini\n[pytest]\npythonpath =\n    lib\n    ../y\n",
            "x/setup.cfg\n[tool:pytest]\npythonpath = lib ../y\n",
        ] {
            let found = find(&Tree::from_text(&format!("{python}# file: {manifest}")), None);
            let found: Vec<_> =
                found.iter().filter(|root| root.reason == RootReason::PythonPath).collect();
            let folders: Vec<_> = found.iter().map(|root| root.folder.as_str()).collect();
            assert_eq!(folders, ["x/lib", "y"], "{manifest}");
        }
    }

    #[test]
    fn test_folders_that_are_no_packages() {
        let tree = Tree::from_text(
            "# file: a/tests/test_x.py\n# file: b/__init__.py\n# file: b/tests/__init__.py\n# file: b/tests/conftest.py\n\
             # file: c/d/__init__.py\n# file: c/d/x_test.py\n# file: e/x.py\n",
        );
        let found: Vec<_> = find(&tree, None)
            .into_iter()
            .map(|root| (root.folder, root.reason, root.scope))
            .collect();
        let rootdir = |folder: &str| (folder.to_owned(), RootReason::Rootdir, RootScope::Below);
        let top = (String::new(), RootReason::Top, RootScope::Project);
        assert_eq!(found, [top, rootdir("a/tests"), rootdir("c")]);
    }

    #[test]
    fn configured_roots_are_the_only_ones() {
        let tree = Tree::from_text("# file: src/a.py\n# file: b/c.py\n");
        let found = find(&tree, Some(&["./b".to_owned(), "none".to_owned()]));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].folder.as_str(), found[0].reason), ("b", RootReason::Configured));
    }
}

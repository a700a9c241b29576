//! `shadowed-module`: two files for one dotted name, of which an import gets one; or a file and the standard library.

use std::collections::BTreeMap;

use super::record;
use crate::analysis::finding::{Finding, Ground};
use crate::facts::rows::{Pos, file_flag};
use crate::model::FileId;
use crate::source::Language;

record!(
    "shadowed-module",
    Warning,
    "a module stands where another of its name is found first",
    in_tests: false,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    let mut found = beside_packages(ground);
    found.extend(of_other_roots(ground));
    found.extend(of_the_library(ground));
    found
}

/// Modules that the interpreter has loaded before any path is searched, or that are built into it.
const LOADED: [&str; 34] = [
    "_abc",
    "abc",
    "atexit",
    "builtins",
    "codecs",
    "encodings",
    "errno",
    "faulthandler",
    "gc",
    "genericpath",
    "importlib",
    "io",
    "itertools",
    "marshal",
    "nt",
    "ntpath",
    "os",
    "posix",
    "posixpath",
    "pwd",
    "runpy",
    "site",
    "stat",
    "sitecustomize",
    "sys",
    "_thread",
    "time",
    "usercustomize",
    "winreg",
    "zipimport",
    "__main__",
    "__future__",
    "test",
    "this",
];

/// `types.py` where a path begins: whoever runs from there gets it for the library's.
fn of_the_library(ground: &Ground) -> Vec<Finding> {
    let project = ground.project;
    let mut found = Vec::new();
    for file in ground.files() {
        let held = project.file(file);
        let name = &*held.module;
        if held.language != Language::Python
            || name.contains('.')
            || LOADED.contains(&name)
            || !project.is_standard(name)
        {
            continue;
        }
        let folder = held.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let folder = if held.is_package() {
            folder.rsplit_once('/').map_or("", |(above, _)| above)
        } else {
            folder
        };
        // A script of that name is run and shadows nothing for others, unless somebody beside it asks for the library's.
        let victim = ground.files().into_iter().find_map(|other| {
            let user = project.file(other);
            let is_beside = user.path.rsplit_once('/').map_or("", |(folder, _)| folder) == folder;
            let import = user.facts.imports().iter().find(|import| {
                let module = user.facts.text(import.module);
                import.level == 0 && module.split('.').next() == Some(name)
            });
            let at = import.filter(|_| is_beside && other != file)?.at;
            let runs = user.facts.is(file_flag::MAIN) || user.facts.is(file_flag::SHEBANG);
            Some((runs, other, at)).filter(|(runs, ..)| *runs || folder.is_empty())
        });
        let Some((_, user, at)) = victim else { continue };
        found.push(
            Finding::new(&RULE, file, Pos::TOP, name)
                .message(format!(
                    "`{}` has the name of a module of the standard library: what runs from its folder gets it instead",
                    held.path
                ))
                .remedy("give it a name of its own")
                .related(user, at, format!("`{name}` is imported here"))
                .key([held.path.to_string()]),
        );
    }
    found
}

/// `core.py` beside `core/`.
fn beside_packages(ground: &Ground) -> Vec<Finding> {
    let project = ground.project;
    let folders = &project.folders;
    let mut found = Vec::new();
    for folder in folders.ids() {
        for name in folders.names(folder) {
            let Some(slot) = folders.slot(folder, name) else { continue };
            let (Some(module), Some(package)) = (slot.source, slot.folder) else { continue };
            let held = folders.folder(package);
            if !held.holds_python || !ground.holds(module) {
                continue;
            }
            let path = &project.file(module).path;
            let dotted = project.file(module).module.to_string();
            let finding = if let Some(init) = held.init {
                let is_stub = project.file(init).language == Language::Stub;
                if is_stub || project.file(module).facts.is(file_flag::MAIN) {
                    continue;
                }
                let winner = &project.file(init).path;
                Finding::new(&RULE, module, Pos::TOP, dotted)
                    .message(format!("`{path}` can never be imported: `{winner}` is found first"))
                    .remedy("move what is still needed into the package, and remove the module")
                    .related(init, Pos::TOP, "what an import gets")
            } else {
                let first = project.ids().find(|file| {
                    let below = format!("{}/", held.path);
                    project.file(*file).path.starts_with(&below) && ground.holds(*file)
                });
                // A script beside the folder of its data is imported by nobody.
                let is_script = project.file(module).facts.is(file_flag::MAIN)
                    && ground.survey.graph.importers(module).is_empty();
                let Some(first) = first.filter(|_| !is_script) else { continue };
                Finding::new(&RULE, module, Pos::TOP, dotted)
                    .message(format!(
                        "`{path}` hides the folder `{}/` of the same name: what is in it can never be imported",
                        held.path
                    ))
                    .remedy("rename one of the two")
                    .related(first, Pos::TOP, "one of the files that are hidden")
            };
            found.push(finding.key([path.to_string()]));
        }
    }
    found
}

/// Files of several roots with one dotted name.
fn of_other_roots(ground: &Ground) -> Vec<Finding> {
    let project = ground.project;
    let mut names: BTreeMap<&str, Vec<FileId>> = BTreeMap::new();
    for file in ground.files() {
        let held = project.file(file);
        // Scripts, and what only stands at the top of its own root, are run and not imported by name.
        if held.language == Language::Python && held.module.contains('.') {
            names.entry(&held.module).or_default().push(file);
        }
    }
    let several = names.into_iter().filter(|(_, files)| files.len() > 1);
    several
        .filter_map(|(name, files)| {
            let stem = |file: &FileId| project.folders.folder_of(*file);
            // `core.py` and `core/__init__.py` are told above.
            let package_twin = files.iter().any(|file| project.file(*file).is_package())
                && files.iter().any(|file| !project.file(*file).is_package());
            let is_imported =
                files.iter().any(|file| !ground.survey.graph.importers(*file).is_empty());
            let (first, second) = (files[0], files[1]);
            if package_twin || !is_imported || stem(&first) == stem(&second) {
                return None;
            }
            let paths: Vec<String> =
                files.iter().map(|file| format!("`{}`", project.file(*file).path)).collect();
            let mut finding = Finding::new(&RULE, first, Pos::TOP, name)
                .message(format!(
                    "`{name}` is the name of {}: the path decides which an import gets",
                    paths.join(" and ")
                ))
                .remedy("rename one of them, or never have both roots on the path")
                .key([name.to_owned()]);
            for other in &files[1..] {
                finding = finding.related(*other, Pos::TOP, "the same dotted name");
            }
            Some(finding)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::analysis::detectors::testing::check;

    #[test]
    fn a_name_of_the_standard_library() {
        check(
            &RULE,
            "# file: types.py\nX = 1\n# file: app.py\nfrom types import SimpleNamespace\n\
             # file: queue.py\nX = 1\n# file: sys.py\nX = 1\n# file: other.py\nimport sys\n\
             # file: pkg/__init__.py\n# file: pkg/logging.py\nX = 1\n# file: pkg/core.py\nimport logging\n",
            &["types.py:1 types"],
        );
    }

    #[test]
    fn a_module_beside_a_package() {
        check(
            &RULE,
            "# file: app/__init__.py\n# file: app/core.py\nX = 1\n# file: app/core/__init__.py\nY = 1\n\
             # file: app/flat.py\nX = 1\n# file: app/flat/part.py\nY = 1\n\
             # file: app/stubs.py\nX = 1\n# file: app/stubs/data.txt\n\
             # file: app/typed.py\nX = 1\n# file: app/typed.pyi\nX: int\n",
            &["app/core.py:1 app.core", "app/flat.py:1 app.flat"],
        );
    }
}

//! Virtual environments: where they are, and the names that can be imported from what is installed there.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    path::{Path, PathBuf},
};

use walkdir::WalkDir;

use super::read::{SMALL, read_regular};

/// Names under which people put an environment beside their code.
const USUAL_NAMES: &[&str] = &[".venv", "venv", "env", ".env"];

/// What a folder that is an environment holds.
pub(super) const USUAL_MARKS: &[&str] = &["pyvenv.cfg", "conda-meta"];

pub fn is_environment(folder: &Path) -> bool {
    folder.join("pyvenv.cfg").is_file() || folder.join("conda-meta").is_dir()
}

/// Environments beside `root`, and up to the top of its work tree.
pub(super) fn beside(root: &Path, work_tree: Option<&Path>) -> Vec<PathBuf> {
    let mut environments = Vec::new();
    for (distance, folder) in root.ancestors().enumerate().skip(1) {
        let is_beside = distance == 1 || work_tree.is_some_and(|top| folder.starts_with(top));
        if !is_beside {
            break;
        }
        let candidates = USUAL_NAMES.iter().map(|name| folder.join(name));
        environments
            .extend(candidates.filter(|candidate| candidate != root && is_environment(candidate)));
    }
    environments
}

/// Top-level modules installed in these environments. Names only: no module is read and no link is followed.
pub fn installed(environments: &[PathBuf]) -> BTreeSet<String> {
    let mut modules = BTreeSet::new();
    for environment in environments {
        for packages in site_packages(environment) {
            for entry in children(&packages) {
                add_modules(&entry, &mut modules);
            }
        }
    }
    modules
}

/// `lib/python3.N/site-packages`, or `Lib/site-packages` on Windows.
fn site_packages(environment: &Path) -> Vec<PathBuf> {
    let in_lib = children(&environment.join("lib"));
    let pythons = in_lib
        .into_iter()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("python"));
    let mut folders: Vec<PathBuf> =
        pythons.map(|entry| entry.path().join("site-packages")).collect();
    folders.push(environment.join("Lib").join("site-packages"));
    folders.retain(|folder| folder.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()));
    folders
}

fn children(folder: &Path) -> Vec<walkdir::DirEntry> {
    let entries =
        WalkDir::new(folder).min_depth(1).max_depth(1).follow_links(false).follow_root_links(false);
    entries.sort_by_file_name().into_iter().filter_map(Result::ok).collect()
}

fn add_modules(entry: &walkdir::DirEntry, modules: &mut BTreeSet<String>) {
    let Some(name) = entry.file_name().to_str() else { return };
    let extension = Path::new(name).extension().and_then(OsStr::to_str);
    if entry.file_type().is_dir() {
        if matches!(extension, Some("dist-info" | "egg-info")) {
            let Ok(list) = read_regular(&entry.path().join("top_level.txt"), SMALL) else { return };
            let list = String::from_utf8_lossy(&list).into_owned();
            modules.extend(list.lines().filter(|line| is_module_name(line)).map(str::to_owned));
        } else if name != "__pycache__" && is_module_name(name) {
            modules.insert(name.to_owned());
        }
    } else if matches!(extension, Some("py" | "pyi" | "so" | "pyd")) {
        // `_cffi.cpython-311-x86_64-linux-gnu.so` is imported as `_cffi`.
        let stem = name.split('.').next().unwrap_or(name);
        if is_module_name(stem) {
            modules.insert(stem.to_owned());
        }
    }
}

fn is_module_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|character| character == '_' || character.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn installed_names_come_from_folders_files_and_lists() {
        let folder = tempfile::tempdir().unwrap();
        let environment = folder.path().join(".venv");
        let packages = environment.join("lib/python3.12/site-packages");
        for path in [
            "yaml/__init__.py",
            "six.py",
            "_cffi.abi3.so",
            "x-1.0.dist-info/METADATA",
            "__pycache__/six.pyc",
        ] {
            let path = packages.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        fs::write(packages.join("x-1.0.dist-info/top_level.txt"), "x\nx_more\n../evil\n").unwrap();
        fs::write(packages.join("easy-install.pth"), "import os\n").unwrap();
        fs::write(environment.join("pyvenv.cfg"), "").unwrap();

        let project = folder.path().join("project");
        fs::create_dir(&project).unwrap();
        let environments = beside(&project, None);
        assert_eq!(environments, [environment]);
        let names: Vec<String> = installed(&environments).into_iter().collect();
        assert_eq!(names, ["_cffi", "six", "x", "x_more", "yaml"]);
    }
}

//! Contracts that stand beside the configuration: those of import-linter and of Tach, read as those tools read them.

mod import_linter;
mod ini;
mod page;
mod tach;

use anyhow::{Context, bail};

use super::tables::{Config, ContractsTable};
use crate::analysis::contracts::Contracts;
use crate::source::read::{SMALL, read_path};
use crate::source::{SkipReason, Tree, TreePath};
use page::Page;

/// Where import-linter looks, in its order; the first that speaks of it counts.
const LINT: [&str; 3] = ["setup.cfg", ".importlinter", PYPROJECT];
const TACH: [&str; 2] = [TACH_FILE, PYPROJECT];
const TACH_FILE: &str = "tach.toml";
const PYPROJECT: &str = "pyproject.toml";

impl Config {
    /// The contracts at the top of the tree, or those of the files that the configuration names.
    pub fn contracts(&self, tree: &Tree) -> anyhow::Result<Contracts> {
        let mut contracts = Contracts::default();
        match &self.contracts {
            Some(ContractsTable::Whether(false)) => {}
            None | Some(ContractsTable::Whether(true)) => {
                for file in LINT {
                    let Some(text) = read(tree, file)? else { continue };
                    if contracts.add_lint(&Page::new(file, &text))? {
                        break;
                    }
                }
                for file in TACH {
                    let Some(text) = read(tree, file)? else { continue };
                    if contracts.add_tach(&Page::new(file, &text), tree)? {
                        break;
                    }
                }
            }
            Some(ContractsTable::Files(files)) => {
                for file in files {
                    let file = file.strip_prefix("./").unwrap_or(file);
                    let text = read(tree, file)?.with_context(|| {
                        format!("{}: there is no contract file {file}", self.place())
                    })?;
                    let page = Page::new(file, &text);
                    let has_lint = contracts.add_lint(&page)?;
                    if !contracts.add_tach(&page, tree)? && !has_lint {
                        bail!("{}: there are no contracts in {file}", self.place());
                    }
                }
            }
        }
        Ok(contracts)
    }
}

/// Small steps of the reading.
trait Add {
    fn add_lint(&mut self, page: &Page) -> anyhow::Result<bool>;
    fn add_tach(&mut self, page: &Page, tree: &Tree) -> anyhow::Result<bool>;
    fn add_file(&mut self, file: &str);
}

impl Add for Contracts {
    fn add_lint(&mut self, page: &Page) -> anyhow::Result<bool> {
        let lint = import_linter::read(page)?;
        let is_there = lint.is_some();
        if is_there {
            self.add_file(page.file);
        }
        self.lint.extend(lint);
        Ok(is_there)
    }

    fn add_tach(&mut self, page: &Page, tree: &Tree) -> anyhow::Result<bool> {
        let Some((tach, domains)) = tach::read(page, tree)? else { return Ok(false) };
        self.add_file(page.file);
        for file in &domains {
            self.add_file(file);
        }
        self.tach.push(tach);
        Ok(true)
    }

    fn add_file(&mut self, file: &str) {
        if self.files.iter().all(|other| other != file) {
            self.files.push(file.to_owned());
        }
    }
}

/// A file of the tree as text; nothing if there is none.
fn read(tree: &Tree, file: &str) -> anyhow::Result<Option<String>> {
    let shared = file == PYPROJECT || file == "setup.cfg";
    match read_path(tree, &TreePath::new(file), SMALL) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            // What others write there is not ours to judge.
            Err(_) if shared => Ok(None),
            Err(_) => bail!("the contract file {file} is no UTF-8"),
        },
        Err(SkipReason::Vanished) => Ok(None),
        Err(_) if shared => Ok(None),
        Err(reason) => bail!("cannot read the contract file {file}: {reason}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "# file: app/__init__.py\n\
        # file: .importlinter\n[importlinter]\nroot_package = app\n\
        # file: setup.cfg\n[metadata]\nname = app\n\
        # file: pyproject.toml\n[tool.importlinter]\nroot_package = \"other\"\n[tool.tach]\nroot_module = \"allow\"\n\
        # file: sub/tach.toml\nsource_roots = [\"src\"]\n# file: sub/src/a.py\n";

    fn files(set: Option<ContractsTable>) -> anyhow::Result<Vec<String>> {
        let config = Config { contracts: set, ..Config::default() };
        Ok(config.contracts(&Tree::from_text(TREE))?.files)
    }

    fn named(files: &[&str]) -> ContractsTable {
        ContractsTable::Files(files.iter().map(|file| (*file).to_owned()).collect())
    }

    #[test]
    fn the_first_file_that_speaks_of_a_tool_counts() {
        assert_eq!(files(None).unwrap(), [".importlinter", "pyproject.toml"]);
        let read = Config::default().contracts(&Tree::from_text(TREE)).unwrap();
        assert_eq!((read.lint.len(), read.tach.len()), (1, 1));
        assert_eq!(read.lint[0].roots, ["app"]);
    }

    #[test]
    fn the_configuration_names_files_or_none() {
        assert!(files(Some(ContractsTable::Whether(false))).unwrap().is_empty());
        assert_eq!(files(Some(named(&["./sub/tach.toml"]))).unwrap(), ["sub/tach.toml"]);
        let said = files(Some(named(&["tach.toml"]))).unwrap_err().to_string();
        assert_eq!(said, "fragscope.toml: there is no contract file tach.toml");
        let said = files(Some(named(&["setup.cfg"]))).unwrap_err().to_string();
        assert_eq!(said, "fragscope.toml: there are no contracts in setup.cfg");
    }

    #[test]
    fn source_roots_count_from_the_folder_of_their_file() {
        let config = Config { contracts: Some(named(&["sub/tach.toml"])), ..Config::default() };
        let read = config.contracts(&Tree::from_text(TREE)).unwrap();
        assert_eq!(read.tach[0].roots[0].folder, "sub/src");
    }
}

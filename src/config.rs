//! What the user set: `fragscope.toml`, or `[tool.fragscope]` in `pyproject.toml`. None is needed to start.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail, ensure};
use serde::Deserialize;

use crate::analysis::affixes::Affixes;
use crate::analysis::clusters::{Declared, Rules};
use crate::analysis::{NamePattern, Place};
use crate::model::{End, Project, nearest};
use crate::source::SkipReason;
use crate::source::read::{SMALL, read_regular};

const OWN_FILE: &str = "fragscope.toml";
const PYPROJECT: &str = "pyproject.toml";

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Folders from which dotted names are counted, instead of those found.
    pub roots: Option<Vec<String>>,
    /// Patterns of files and folders to leave out, as in a `.gitignore`.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Patterns of files that are tests, instead of the built-in rules.
    pub tests: Option<Vec<String>>,
    /// Words in class names that tell versions and roles of one thing apart, instead of the built-in ones.
    pub affixes: Option<Vec<String>>,
    /// What people call by one name, and where its home is.
    #[serde(default)]
    pub concept: Vec<ConceptTable>,
    /// The file it came from.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

/// `[[concept]]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConceptTable {
    pub name: String,
    /// Dotted path of the definition to come back to.
    pub canonical: String,
    /// Names that mean the same thing, with `*` and `?`; those of the cluster it is in when left out.
    #[serde(default)]
    pub members: Vec<String>,
}

impl Config {
    /// How clusters are looked for, and what is declared about them. A concept whose canonical definition is not in the
    /// tree is an error: no proposal could stand for it.
    pub fn rules(&self, project: &Project) -> anyhow::Result<Rules> {
        let affixes = self.affixes.as_deref().map(Affixes::new).unwrap_or_default();
        let mut concepts = Vec::new();
        for table in &self.concept {
            let canonical: Vec<Place> = project
                .find(&table.canonical)
                .into_iter()
                .filter_map(|end| match end {
                    End::Definition(file, row) => Some((file, row)),
                    _ => None,
                })
                .collect();
            let file = self.file.as_deref().unwrap_or(Path::new(OWN_FILE)).display();
            ensure!(
                !canonical.is_empty(),
                "{file}: the canonical definition `{}` of the concept `{}` is not in the tree; `fragscope show` finds \
                 where it is now",
                table.canonical,
                table.name
            );
            let members: Result<Vec<NamePattern>, String> =
                table.members.iter().map(|pattern| pattern.parse()).collect();
            let members = members.map_err(|error| {
                anyhow!("{file}: a member pattern of `{}`: {error}", table.name)
            })?;
            concepts.push(Declared { name: table.name.clone(), canonical, members });
        }
        Ok(Rules { affixes, concepts, ages: BTreeMap::new() })
    }

    /// The named file; without one, the tree's own.
    pub fn load(root: &Path, named: Option<&Path>) -> anyhow::Result<Self> {
        if let Some(path) = named {
            let text = read(path)?
                .with_context(|| format!("there is no configuration {}", path.display()))?;
            let is_pyproject = path.file_name().is_some_and(|name| name == PYPROJECT);
            let config = if is_pyproject {
                parse_pyproject(path, &text)?.unwrap_or_default()
            } else {
                parse(path, &text)?
            };
            return Ok(Self { file: Some(path.to_owned()), ..config });
        }
        let own = root.join(OWN_FILE);
        if let Some(text) = read(&own)? {
            return Ok(Self { file: Some(own.clone()), ..parse(&own, &text)? });
        }
        let pyproject = root.join(PYPROJECT);
        // A pyproject that cannot be read is somebody else's trouble.
        let Ok(Some(text)) = read(&pyproject) else { return Ok(Self::default()) };
        match parse_pyproject(&pyproject, &text)? {
            Some(config) => Ok(Self { file: Some(pyproject), ..config }),
            None => Ok(Self::default()),
        }
    }
}

/// A file of the user's own configuration folder, such as `keys.toml`; nothing if there is none.
pub fn own_file(name: &str) -> anyhow::Result<Option<String>> {
    let Some(folder) = own_folder() else { return Ok(None) };
    read(&folder.join(name))
}

/// The user's themes, by name, in order; what cannot be read is passed over.
pub fn own_themes() -> Vec<(String, String)> {
    let folder = own_folder().map(|folder| folder.join("themes"));
    let files = folder.and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten();
    let mut themes: Vec<(String, String)> = files
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_stem()?.to_str()?.to_owned();
            let is_toml = path.extension().is_some_and(|end| end == "toml");
            Some((name, is_toml.then(|| read(&path).ok().flatten())??))
        })
        .collect();
    themes.sort();
    themes
}

fn own_folder() -> Option<PathBuf> {
    let folder = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let configs = folder("XDG_CONFIG_HOME").or_else(|| {
        if cfg!(windows) { folder("APPDATA") } else { Some(folder("HOME")?.join(".config")) }
    })?;
    Some(configs.join("fragscope"))
}

fn read(path: &Path) -> anyhow::Result<Option<String>> {
    match read_regular(path, SMALL) {
        Ok(bytes) => {
            let text = String::from_utf8(bytes);
            Ok(Some(
                text.with_context(|| format!("the configuration {} is no UTF-8", path.display()))?,
            ))
        }
        Err(SkipReason::Vanished) => Ok(None),
        Err(reason) => bail!("cannot read the configuration {}: {reason}", path.display()),
    }
}

fn parse(path: &Path, text: &str) -> anyhow::Result<Config> {
    toml::from_str(text).map_err(|error| explain(path, text, &error))
}

/// The table of a pyproject; nothing if it has none, or if it is not TOML at all and so not addressed to us.
fn parse_pyproject(path: &Path, text: &str) -> anyhow::Result<Option<Config>> {
    #[derive(Deserialize)]
    struct Project {
        tool: Option<Tool>,
    }
    #[derive(Deserialize)]
    struct Tool {
        fragscope: Option<Config>,
    }
    if text.parse::<toml::Table>().is_err() {
        return Ok(None);
    }
    let project: Project = toml::from_str(text).map_err(|error| explain(path, text, &error))?;
    Ok(project.tool.and_then(|tool| tool.fragscope))
}

fn explain(path: &Path, text: &str, error: &toml::de::Error) -> anyhow::Error {
    let line =
        error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    let place = format!("cannot understand the configuration {}: line {line}", path.display());
    match error.message().strip_prefix("unknown field `") {
        Some(rest) => {
            // "key`, expected one of `a`, `b`": every other piece is a key.
            let key = rest.split('`').next().unwrap_or_default();
            let known: Vec<&str> =
                rest.split('`').skip(2).step_by(2).filter(|key| !key.is_empty()).collect();
            let advice = match nearest(key, known.iter().copied()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("the keys are {}", known.join(", ")),
            };
            anyhow!("{place}: unknown key `{key}`; {advice}")
        }
        None => anyhow!("{place}: {}", error.message()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails(text: &str) -> String {
        parse(Path::new("fragscope.toml"), text).unwrap_err().to_string()
    }

    #[test]
    fn known_keys_are_read() {
        let config =
            parse(Path::new("x"), "roots = [\".\"]\nexclude = [\"backups/**\"]\n").unwrap();
        assert_eq!(config.roots.as_deref(), Some(&[".".to_owned()][..]));
        assert_eq!(config.exclude, ["backups/**"]);
    }

    #[test]
    fn an_unknown_key_names_file_line_and_the_nearest() {
        assert_eq!(
            fails("\nexclde = []\n"),
            "cannot understand the configuration fragscope.toml: line 2: unknown key `exclde`; did you mean `exclude`?"
        );
        let said = fails("colour = 1\n");
        assert!(said.ends_with("the keys are roots, exclude, tests, affixes, concept"), "{said}");
        let said = fails("[[concept]]\nname = \"x\"\ncanonicl = \"y\"\n");
        assert!(
            said.ends_with("line 3: unknown key `canonicl`; did you mean `canonical`?"),
            "{said}"
        );
    }

    #[test]
    fn a_wrong_value_says_what_was_expected() {
        assert!(fails("roots = 1\n").contains("line 1"));
    }

    #[test]
    fn a_pyproject_without_our_table_is_no_configuration() {
        let path = Path::new("pyproject.toml");
        assert_eq!(parse_pyproject(path, "[tool.black]\nline-length = 88\n").unwrap(), None);
        assert!(parse_pyproject(path, "not toml").unwrap().is_none());
        let config =
            parse_pyproject(path, "[tool.fragscope]\nroots = [\"src\"]\n").unwrap().unwrap();
        assert_eq!(config.roots.as_deref(), Some(&["src".to_owned()][..]));
    }
}

//! What the user set: `fragscope.toml`, or `[tool.fragscope]` in `pyproject.toml`. None is needed to start.

mod contracts;
mod resolve;
mod schema;
mod tables;
pub mod user;

use std::path::Path;

use anyhow::{Context, anyhow, bail};
use serde::Deserialize;

pub use resolve::RuleSettings;
pub use schema::schema;
pub use tables::{
    ConceptTable, Config, ContractsTable, MovesWord, RuleTable, SeverityWord, ShapeTable,
};

use crate::model::nearest;
use crate::source::SkipReason;
use crate::source::read::{SMALL, read_regular};

/// The configuration of a tree, at its top.
pub const OWN_FILE: &str = "fragscope.toml";
const PYPROJECT: &str = "pyproject.toml";

impl Config {
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
        assert!(
            said.ends_with(
                "the keys are roots, exclude, tests, affixes, concept, shape, contracts, moves, rules"
            ),
            "{said}"
        );
        let said = fails("[[concept]]\nname = \"x\"\ncanonicl = \"y\"\n");
        assert!(
            said.ends_with("line 3: unknown key `canonicl`; did you mean `canonical`?"),
            "{said}"
        );
    }

    #[test]
    fn a_wrong_value_says_what_was_expected() {
        assert!(fails("roots = 1\n").contains("line 1"));
        let said = fails("contracts = 3\n");
        assert!(said.ends_with("line 1: true, false, or a list of contract files"), "{said}");
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

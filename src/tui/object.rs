//! What a row stands for: an object with an id that survives rescans, and the place in code it leads to.

use crate::model::FileId;

/// A thing that notes, marks and the verbs hold on to, by names rather than by numbers of one scan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Object {
    /// A name with several definitions or several paths.
    Concept(String),
    /// `module.qualname`
    Definition(String),
    /// A dotted path as sites write it.
    Path(String),
    Module(String),
    /// A cycle, by its first module.
    Cycle(String),
    /// `path:line` of a site.
    Site(String),
    /// By its fingerprint.
    Finding(String),
    Rule(String),
}

impl Object {
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Concept(_) => "concept",
            Self::Definition(_) => "definition",
            Self::Path(_) => "path",
            Self::Module(_) => "module",
            Self::Cycle(_) => "cycle",
            Self::Site(_) => "site",
            Self::Finding(_) => "finding",
            Self::Rule(_) => "rule",
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Self::Concept(name)
            | Self::Definition(name)
            | Self::Path(name)
            | Self::Module(name)
            | Self::Cycle(name)
            | Self::Site(name)
            | Self::Finding(name)
            | Self::Rule(name) => name,
        }
    }

    /// `concept:Manager`
    pub fn id(&self) -> String {
        format!("{}:{}", self.kind(), self.name())
    }

    pub fn of_id(id: &str) -> Option<Self> {
        let (kind, name) = id.split_once(':')?;
        let name = name.to_owned();
        Some(match kind {
            "concept" => Self::Concept(name),
            "definition" => Self::Definition(name),
            "path" => Self::Path(name),
            "module" => Self::Module(name),
            "cycle" => Self::Cycle(name),
            "site" => Self::Site(name),
            "finding" => Self::Finding(name),
            "rule" => Self::Rule(name),
            _ => return None,
        })
    }
}

/// A line of a file of the current scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    pub file: FileId,
    /// From 1.
    pub line: u32,
}

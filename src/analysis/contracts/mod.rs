//! Contracts that were written for import-linter and for Tach: what their files ask for, and what in the code breaks them.

mod chains;
mod expression;
mod graph;
mod lint;
mod tach;

pub use expression::{Expression, ImportExpression};
pub use tach::{Dependency, Interface, Layer, LocalImports, Module, RootPolicy, SourceRoot, Tach};

use super::finding::Severity;
use crate::facts::rows::Pos;
use crate::model::{FileId, Project};

/// What the contract files of a tree say.
#[derive(Clone, Debug, Default)]
pub struct Contracts {
    /// The files that were read, relative to the tree.
    pub files: Vec<String>,
    pub lint: Vec<Lint>,
    pub tach: Vec<Tach>,
}

/// One configuration of import-linter.
#[derive(Clone, Debug)]
pub struct Lint {
    pub file: String,
    pub line: u32,
    /// The packages whose imports are looked at.
    pub roots: Vec<String>,
    /// Whether imports of other packages are looked at, too.
    pub externals: bool,
    /// Whether imports under `if TYPE_CHECKING:` are left out.
    pub without_typing: bool,
    pub contracts: Vec<Contract>,
    /// Settings that are not known here.
    pub unknown: Vec<Unknown>,
}

#[derive(Clone, Debug)]
pub struct Contract {
    pub name: String,
    pub line: u32,
    pub terms: Terms,
    pub ignored: Vec<ImportExpression>,
    /// What to say of exceptions that match nothing.
    pub unmatched: Option<Severity>,
    pub unknown: Vec<Unknown>,
}

#[derive(Clone, Debug)]
pub struct Unknown {
    pub key: String,
    pub line: u32,
}

/// What a contract of import-linter asks for.
#[derive(Clone, Debug)]
pub enum Terms {
    Layers {
        /// From the highest to the lowest.
        levels: Vec<Level>,
        containers: Vec<Expression>,
        exhaustive: bool,
        /// Modules of a container that need not be layers.
        exempt: Vec<String>,
    },
    Forbidden {
        sources: Vec<Expression>,
        forbidden: Vec<Expression>,
        direct_only: bool,
        as_packages: bool,
    },
    Independence {
        modules: Vec<Expression>,
    },
    Protected {
        protected: Vec<Expression>,
        importers: Vec<Expression>,
        as_packages: bool,
    },
    AcyclicSiblings {
        ancestors: Vec<Expression>,
        /// Generations below the children.
        depth: u32,
        skipped: Vec<Expression>,
    },
    /// A type that a project has written for itself, by its name.
    Custom(String),
}

/// One line of layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    pub modules: Vec<LayerModule>,
    /// Whether its modules may not import each other.
    pub independent: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerModule {
    /// Relative to a container, if there are any.
    pub name: String,
    /// Whether it may be missing.
    pub optional: bool,
}

/// What became of the contracts.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    pub breaches: Vec<Breach>,
    pub misfits: Vec<Misfit>,
}

/// An import, or a chain of them, that a contract does not allow.
#[derive(Clone, Debug)]
pub struct Breach {
    pub contract: String,
    pub severity: Severity,
    pub file: FileId,
    pub at: Pos,
    pub message: String,
    pub remedy: String,
    /// The further imports of a chain, and other lines of the same import.
    pub related: Vec<(FileId, Pos, String)>,
    /// Importer and imported, or whatever else tells it from others of the contract.
    pub key: Vec<String>,
}

/// What a contract file says and the tree does not bear out, or what is not checked here.
#[derive(Clone, Debug)]
pub struct Misfit {
    /// The contract, or the file.
    pub contract: String,
    pub severity: Severity,
    /// The module of the tree that it is nearest to.
    pub file: Option<FileId>,
    pub message: String,
    pub remedy: String,
    /// Names only.
    pub key: Vec<String>,
}

impl Contracts {
    pub fn judge(&self, project: &Project) -> Judged {
        let mut judged = Judged::default();
        for lint in &self.lint {
            lint::judge(project, lint, &mut judged);
        }
        for tach in &self.tach {
            tach::judge(project, tach, &mut judged);
        }
        judged
    }
}

//! The disk: which files there are, what bytes they hold, what text those bytes are. Only this room reads Python files.

pub mod text;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Python,
    Stub,
    Notebook,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Production,
    Test,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RootScope {
    Project,
    Below,
}
pub struct Root {
    pub folder: String,
    pub scope: RootScope,
}

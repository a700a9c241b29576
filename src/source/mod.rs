//! The disk: which files there are, what bytes they hold, what text those bytes are. Only this room reads Python files.

pub mod environment;
pub mod ignored;
pub mod kinds;
pub mod links;
pub mod read;
pub mod text;
pub mod tracked;
pub mod tree;
pub mod walk;

pub use kinds::FileKind;
pub use read::read;
pub use tree::{Entry, Language, SkipReason, Skipped, Stat, Tree, TreePath};
pub use walk::{WalkOptions, walk};

pub mod roots;
pub use environment::installed;
pub use roots::{Root, RootScope};
pub use walk::MAX_BYTES;

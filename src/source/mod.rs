//! The disk: which files there are, what bytes they hold, what text those bytes are. Only this room reads Python files.

pub mod declared;
pub mod encoding;
pub mod environment;
pub mod history;
pub mod ignored;
mod ini;
pub mod junit;
pub mod kinds;
pub mod links;
pub mod notebook;
pub mod read;
pub mod revision;
pub mod roots;
pub mod text;
pub mod tracked;
pub mod tree;
pub mod walk;

pub use declared::declared;
pub use environment::installed;
pub use kinds::FileKind;
pub use read::{read, read_into};
pub use revision::Revision;
pub use roots::{Root, RootReason, RootScope};
pub use tree::{Entry, Language, SkipReason, Skipped, Stat, Tree, TreePath};
pub use walk::{MAX_BYTES, WalkOptions, walk};

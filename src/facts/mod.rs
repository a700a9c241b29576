//! What one Python file says: pure facts, the same for the same bytes, with no knowledge of the project around it.

mod all;
mod bindings;
mod definitions;
mod expressions;
mod imports;
mod lazy;
mod names;
pub mod page;
mod paths;
mod prints;
pub mod rows;
mod scopes;
pub mod store;
#[cfg(test)]
mod testing;
mod visitor;

pub use store::{Draft, Facts, VERSION};
pub use visitor::extract_text;

use crate::source::Language;

/// The facts of a file's bytes. Pure: the same bytes give the same facts.
pub fn extract(bytes: &[u8], language: Language) -> Facts {
    extract_text(&String::from_utf8_lossy(bytes), language == Language::Stub)
}

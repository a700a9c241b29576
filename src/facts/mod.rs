//! What one Python file says: pure facts, the same for the same bytes, with no knowledge of the project around it.

mod all;
mod bindings;
mod calls;
mod definitions;
mod expressions;
mod imports;
mod names;
pub mod page;
pub mod rows;
mod scopes;
pub mod store;
#[cfg(test)]
mod testing;
mod texts;
mod visitor;

pub use store::{Draft, Facts, VERSION};
pub use visitor::extract_text;

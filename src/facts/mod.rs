//! What one Python file says: pure facts, the same for the same bytes, with no knowledge of the project around it.

pub mod page;
pub mod rows;
pub mod store;

pub use store::{Draft, Facts, VERSION};

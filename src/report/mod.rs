//! What leaves the program: text and JSON, through a given `Write`, with nothing in it that could steer a terminal.

pub mod escape;
pub mod explain;
pub mod formats;
pub mod json;
pub mod paint;
pub mod sheet;
pub mod table;
pub mod text;
pub mod wire;

//! The one door: from a folder to what is known of it, quickly and again.

pub mod cache;

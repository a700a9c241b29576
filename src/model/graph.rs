//! The code graph.

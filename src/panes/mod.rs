//! The panes of the explorer and their registry.

mod pane;

pub use pane::*;

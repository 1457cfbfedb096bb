//! The panes of the explorer and their registry.

mod overview;
mod pane;

pub use pane::*;

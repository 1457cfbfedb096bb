//! The resources pane: answers in, keys, frames out.

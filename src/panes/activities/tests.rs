//! The activities pane: answers in, keys, frames out.

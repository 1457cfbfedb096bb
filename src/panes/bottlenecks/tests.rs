//! The bottlenecks pane: answers in, keys, frames out.

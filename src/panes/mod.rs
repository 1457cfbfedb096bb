//! The panes of the explorer and their registry.

mod pane;

pub mod controls;
pub mod texts;

pub mod activities;
pub mod bottlenecks;
pub mod overview;
pub mod resources;

pub use pane::*;

/// All panes, in the order of their tabs. A new one is a folder and a line here.
pub static PANES: &[&PaneSpec] = &[
    &overview::SPEC,
    &activities::SPEC,
    &bottlenecks::SPEC,
    &resources::SPEC,
];

//! The panes of the explorer and their registry.

mod pane;

pub mod container;
pub mod controls;
mod distributions;
pub mod glossary;
pub mod list_cells;
mod list_columns;
pub mod list_pane;
mod list_range;
mod list_room;
mod list_table;
pub mod list_view;
mod marking;
mod paired;
pub mod periods;
pub mod sequence;
pub mod simple;
pub mod steps;
pub mod texts;
pub mod versus;
pub mod waits;
mod what_if;

pub mod activities;
pub mod bottlenecks;
pub mod case;
pub mod cases;
pub mod conform;
pub mod deadlines;
pub mod dotted;
pub mod ends;
pub mod facet;
pub mod filters;
pub mod flow;
pub mod funnel;
pub mod journey;
pub mod ledger;
pub mod map;
pub mod milestones;
pub mod notes;
pub mod overview;
pub mod predict;
pub mod queues;
pub mod resources;
pub mod rules;
pub mod spectrum;
pub mod split;
pub mod timelines;
pub mod trend;
pub mod triage;
pub mod variants;
pub mod week;
pub mod why;

use crate::engine::queries::starts_ends::StartsEndsQuery;
pub use pane::*;

/// All panes, in the order of their tabs. A new one is a folder and a line here.
pub static PANES: &[&PaneSpec] = &[
    &overview::SPEC,
    &variants::SPEC,
    &cases::SPEC,
    &activities::SPEC,
    &bottlenecks::SPEC,
    &resources::SPEC,
    &timelines::SPEC,
    &triage::SPEC,
    &deadlines::SPEC, // Where rules are.
    &filters::SPEC,
    &ledger::SPEC,
    &simple::spec::<StartsEndsQuery>(),
    &why::SPEC,
    &facet::SPEC,
    &case::SPEC, // Reached by drilling only.
    &ends::SPEC, // Reached by a key only.
    &funnel::SPEC,
    &split::SPEC,
    &milestones::SPEC,
    &rules::SPEC,
    &conform::SPEC,
    &map::SPEC,
    &journey::SPEC,
    &predict::SPEC,
    &notes::SPEC,
];

#[cfg(test)]
pub(crate) mod fixtures;

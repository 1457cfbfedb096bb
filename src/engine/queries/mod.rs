//! Queries, one file each: the question, its answer as plain data and, for a list, its columns.

pub mod activities;
pub mod bottlenecks;
pub mod case;
pub mod cases;
pub mod completions;
pub mod deadlines;
pub mod dotted;
pub mod edges;
pub mod ends;
pub mod filter_counts;
pub mod flow;
pub mod ledger;
pub mod milestones;
pub mod overview;
pub mod queues;
pub mod resources;
pub mod spectrum;
pub mod starts_ends;
pub mod summary;
pub mod times;
pub mod trend;
pub mod triage;
pub mod variants;
pub mod week;
pub mod why;

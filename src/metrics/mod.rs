//! Figures of a selection of cases: (log, index, selection) to plain numbers. Knows no filter text
//! and no pane. Durations are integers of microseconds here, and exact; they become seconds in
//! [`Figures`] at the very end.
//!
//! Definitions, once for all:
//! - *duration* (throughput) of a case: its last instant minus its first (with activity instances:
//!   from the earliest start);
//! - *elapsed* of an edge: timestamp (completion) of the second event minus that of the first;
//! - *service* of an instance: completion minus start, where the start is known;
//! - *waiting* of an instance, all but the case's first: max(0, its start minus the latest
//!   completion of all earlier ones of the case);
//! - *work in progress* at `t`: cases with start <= t < end; open cases have no end yet;
//! - *queue* of an activity or resource at `t`: its instances, but the first of a case, with
//!   ready <= t < start, where ready is the latest completion of all earlier ones of the case;
//! - quantiles are exact: linear between the two nearest ranks (numpy's default, "type 7").
//!
//! Service and waiting follow pm4py's intervals and XES (IEEE 1849) lifecycles; see docs/time.md.

pub mod activities;
pub mod actors;
pub mod attributes;
pub mod before;
pub mod beside_mix;
pub mod bins;
pub mod bottlenecks;
pub mod calendar;
pub mod cases;
pub mod chance;
pub mod cohort;
pub mod cost;
pub mod coverage;
pub mod deadlines;
pub mod dotted;
pub mod edges;
pub mod event_codes;
pub mod factors;
pub mod flow;
pub mod funnel;
pub mod groups;
pub mod handovers;
pub mod instances;
mod levels;
pub mod load;
pub mod milestones;
mod pair_ids;
pub mod periods;
pub mod prediction;
pub mod process_map;
pub mod quantile;
pub mod queues;
pub mod relations;
pub mod resources;
pub mod scores;
mod selection;
pub mod spectrum;
pub mod split;
pub mod stats;
mod subject;
pub mod summary;
pub mod survival;
pub mod templates;
#[cfg(test)]
mod testing;
pub mod times;
pub mod touchpoints;
pub mod trend;
pub mod triage;
pub mod variants;
pub mod week;

pub use quantile::{Figures, Scan, Tally};
pub use selection::{Memo, Selection};
pub use subject::Subject;

//! Durations of the milestones.

use crate::engine::query::{Context, Query};
use crate::engine::stats::{Stats, stats};
use crate::engine::view::AskError;
use crate::event_log::NO_INSTANT;
use crate::metrics::quantile;
use rayon::prelude::*;

/// The durations of all milestones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MilestonesQuery;

/// A milestone of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct MilestoneRow {
    /// Name of the definition.
    pub name: String,
    /// Definition in the filter language.
    pub definition: String,
    /// Calendar of its durations; calendar time where `None`.
    pub calendar: Option<String>,
    /// Selected cases that do not have it.
    pub unknown: u64,
    /// Durations of the cases that reached it; `None` where no case did.
    pub duration: Option<Stats>,
}

impl Query for MilestonesQuery {
    type Answer = Vec<MilestoneRow>;

    fn run(&self, context: &Context<'_>) -> Result<Vec<MilestoneRow>, AskError> {
        let selected = context.selected()?;
        let (prepared, selection) = (&selected.prepared, selected.selection());
        let named = prepared.timed.timing.milestones.iter();
        let rows = named.zip(&prepared.log.case_times).map(|(named, time)| {
            let mut known = Vec::new();
            let mut unknown = 0;
            selection.for_each_case(|case| match time.values[case] {
                NO_INSTANT => unknown += 1,
                duration => known.push(duration),
            });
            known.par_sort_unstable();
            MilestoneRow {
                name: named.name.clone(),
                definition: named.milestone.to_string(),
                calendar: named.calendar.clone(),
                unknown,
                duration: quantile::of_sorted(&known).map(stats),
            }
        });
        Ok(rows.collect())
    }
}

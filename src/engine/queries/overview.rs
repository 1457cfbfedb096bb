//! Shape of the selection over time.

use crate::engine::axis::{DurationBin, Timeline, distribution, timeline};
use crate::engine::query::{Context, Query};
use crate::engine::view::AskError;
use crate::metrics::bins::{self, TimeAxis};
use crate::metrics::summary;

/// Cases over time and the distribution of their durations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverviewQuery {
    /// Maximum number of bins of the time axis.
    pub time_bins: usize,
    /// Maximum number of bins of the distribution of durations.
    pub duration_bins: usize,
}

/// Shape of a selection over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// Cases started and ended.
    pub timeline: Timeline,
    /// Distribution of case durations, with bounds a person would choose (1m, 5m, 1h, 1d, ...).
    pub durations: Vec<DurationBin>,
}

impl Query for OverviewQuery {
    type Answer = Overview;

    fn run(&self, context: &Context<'_>) -> Result<Overview, AskError> {
        let selected = context.selected()?;
        let selection = selected.selection();
        let (first, last) = summary::span(&selection).unwrap_or((0, 0));
        let axis = TimeAxis::over(first, last, self.time_bins, context.analysis.zone());
        let bins = bins::throughput(&selection, &axis);
        let durations = summary::case_durations(&selection);
        Ok(Overview {
            timeline: timeline(&axis, &bins),
            durations: distribution(&durations, self.duration_bins),
        })
    }
}

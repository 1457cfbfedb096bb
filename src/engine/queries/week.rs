//! Cases, events and waiting by hour of the week.

use crate::engine::ending::{Ending, Open};
use crate::engine::query::{Context, Query};
use crate::engine::selected::Selected;
use crate::engine::view::AskError;
use crate::metrics::week as metrics;

pub use crate::metrics::week::HOURS;

/// Events by hour of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekQuery {
    /// Computes medians of the waits, which costs more than the sums.
    pub medians: bool,
}

/// The hours of the week.
#[derive(Debug, Clone, PartialEq)]
pub struct Week {
    /// The zone of the clock on the wall, by its IANA name.
    pub zone: String,
    /// The hours of the week, 168, Monday's first.
    pub cells: Vec<WeekCell>,
    /// Which cases are open.
    pub ending: Ending,
}

/// One hour of the week.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct WeekCell {
    /// Cases that start then.
    pub arrivals: u64,
    /// Cases that end then; open ones have no end.
    pub completions: u64,
    /// Events whose timestamp is then.
    pub events: u64,
    /// Instances, but the first of a case, that begin then: those that had waited.
    pub begun: u64,
    /// Sum of their waits by the clock of the log (working time where it has a calendar), seconds.
    pub waiting: f64,
    /// The median of that; `None` where nothing began, or where it was not asked for.
    pub median: Option<f64>,
}

impl Query for WeekQuery {
    type Answer = Week;
    const BYTES_PER_EVENT: u64 = 14;

    fn run(&self, context: &Context<'_>) -> Result<Week, AskError> {
        Ok(week(
            &*context.selected()?,
            context.analysis.zone(),
            self.medians,
        ))
    }
}

fn week(selected: &Selected, tz: chrono_tz::Tz, medians: bool) -> Week {
    let open = Open::of(selected);
    let is_open = |case: usize| open.is_open(case);
    let cells = metrics::week(&selected.selection(), tz, &is_open, medians);
    let cell = |cell: metrics::WeekCell| WeekCell {
        arrivals: cell.arrivals,
        completions: cell.completions,
        events: cell.events,
        begun: cell.begun,
        waiting: cell.waiting as f64 / 1e6,
        median: cell.median.map(|median| median / 1e6),
    };
    Week {
        zone: tz.name().to_owned(),
        cells: cells.into_iter().map(cell).collect(),
        ending: open.ending(),
    }
}

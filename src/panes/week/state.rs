//! State of the week chart with its cursor; independent of styles.

use crate::engine::{AskError, Request, Week, WeekCell, WeekQuery};
use crate::text;

/// Figure that is shown for each hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Figure {
    /// Cases started.
    #[default]
    Arrivals,
    /// Cases ended.
    Completions,
    /// Events.
    Events,
    /// Sum of the waits that ended in the hour.
    Waiting,
    /// Median of the waits that ended in the hour.
    Median,
}

impl Figure {
    /// All figures, in the order in which a key shows them.
    pub const ALL: [Figure; 5] = [
        Figure::Arrivals,
        Figure::Completions,
        Figure::Events,
        Figure::Waiting,
        Figure::Median,
    ];

    /// As a title.
    pub fn title(self) -> &'static str {
        match self {
            Figure::Arrivals => "Cases started",
            Figure::Completions => "Cases ended",
            Figure::Events => "Events",
            Figure::Waiting => "Total wait before events",
            Figure::Median => "Median wait before events",
        }
    }

    /// Returns the figure of one or several hours, seconds for waits; `None` where it is unknown.
    pub fn of(self, cells: &[WeekCell]) -> Option<f64> {
        let sum = |of: fn(&WeekCell) -> u64| Some(cells.iter().map(of).sum::<u64>() as f64);
        match self {
            Figure::Arrivals => sum(|cell| cell.arrivals),
            Figure::Completions => sum(|cell| cell.completions),
            Figure::Events => sum(|cell| cell.events),
            Figure::Waiting => Some(cells.iter().map(|cell| cell.waiting).sum()),
            Figure::Median => match cells {
                [cell] => cell.median,
                // Medians do not add up.
                _ => None,
            },
        }
    }

    /// Formats a value; `duration` formats durations.
    pub fn text(self, value: Option<f64>, duration: impl Fn(f64) -> String) -> String {
        match (self, value) {
            (_, None) => "-".to_owned(),
            (Figure::Waiting | Figure::Median, Some(value)) => duration(value),
            (_, Some(value)) => text::count(value as u64),
        }
    }
}

/// The answer received, and the cursor.
#[derive(Debug, Default)]
pub struct State {
    /// The hours of the week.
    pub week: Option<Week>,
    /// The figure that is shown.
    pub figure: Figure,
    /// Day of the cursor, 0 for Monday.
    pub day: usize,
    /// Hour of the cursor, 0 to 23.
    pub hour: usize,
    /// Why there is no answer.
    pub error: Option<AskError>,
}

impl State {
    /// Medians only where they are shown.
    pub fn request(&self) -> Request {
        Request::new(WeekQuery {
            medians: self.figure == Figure::Median,
        })
    }

    /// The hour under the cursor.
    pub fn cell(&self) -> Option<&WeekCell> {
        self.week.as_ref()?.cells.get(self.day * 24 + self.hour)
    }
}

//! What the week chart shows and where its cursor is. Pure: knows no style.

use crate::engine::{AskError, Request, Week, WeekCell, WeekQuery};
use crate::text;

/// What is shown of each hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Figure {
    /// Cases started.
    #[default]
    Arrivals,
    /// Cases ended.
    Completions,
    /// Events.
    Events,
    /// Waiting of what began then, all together.
    Waiting,
    /// Its median.
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
            Figure::Waiting => "Waiting of what began, total",
            Figure::Median => "Waiting of what began, median",
        }
    }

    /// Of an hour, or of several; `None` where it is unknown. Seconds for waiting.
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

    /// Its value as text; `duration` says how durations are told.
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
    /// What of them is shown.
    pub figure: Figure,
    /// Day of the cursor.
    pub day: usize,
    /// Its hour.
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

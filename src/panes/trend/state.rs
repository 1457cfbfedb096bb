//! State of the trend chart with its cursors; independent of styles.

use crate::engine::{AskError, Trend, TrendKind, TrendRow, TrendUnit};
use crate::panes::Context;
use crate::panes::periods::Periods;
use crate::text::{self, time};
use crate::ui::ListState;
use crate::ui::widgets::Split;
use crate::ui::widgets::split::Part;

/// The figures received, and the cursors among them and their periods.
pub struct State {
    /// Requested length of a period.
    pub by: Option<TrendUnit>,
    /// The figures.
    pub trend: Option<Trend>,
    /// Cursor among the figures.
    pub list: ListState,
    /// Cursor along the periods.
    pub periods: Periods,
    /// List or chart.
    pub focus: Part,
    /// Why there is no answer.
    pub error: Option<AskError>,
}

impl State {
    /// Nothing received yet.
    pub fn new() -> Self {
        State {
            by: None,
            trend: None,
            list: ListState::default(),
            periods: Periods::default(),
            focus: Part::List,
            error: None,
        }
    }

    /// How long a period is: as chosen, or the longest of which the log has some.
    pub fn unit(&self, context: Context<'_>) -> TrendUnit {
        use crate::text::time::DAY;
        let (first, last) = context.log.span.unwrap_or((0, 0));
        let usual = match last.saturating_sub(first) / DAY {
            0..21 => TrendUnit::Day,
            21..120 => TrendUnit::Week,
            _ => TrendUnit::Month,
        };
        self.by.unwrap_or(usual)
    }

    /// Where list and chart are.
    pub fn split(&self, context: Context<'_>) -> Split {
        Split::of(context.area, 55, self.focus, context.maximized)
    }

    /// The figure under the cursor.
    pub fn row(&self) -> Option<&TrendRow> {
        self.trend.as_ref()?.rows.get(self.list.cursor)
    }
}

/// Formats a value; `duration` formats durations.
pub fn figure(kind: TrendKind, value: Option<f64>, duration: impl Fn(f64) -> String) -> String {
    match (kind, value) {
        (_, None) => "-".to_owned(),
        (TrendKind::Count, Some(value)) => text::number(value, 0),
        (TrendKind::Duration, Some(value)) => duration(value),
        (TrendKind::Working, Some(value)) => time::working(value),
        (TrendKind::Share, Some(value)) => text::percent(value),
    }
}

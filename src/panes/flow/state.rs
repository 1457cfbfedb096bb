//! State of the flow chart with its cursor; independent of styles.

use crate::engine::{AskError, Ending, Flow, FlowBin, FlowQuery, Request};
use crate::filter::{Expr, Field, Op, Relation, TimeLiteral, TimeRange};
use crate::panes::Rect;
use crate::panes::periods::Periods;
use crate::ui::widgets::Timeline;

/// The figures that a cursor can be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Focus {
    /// Cases started.
    #[default]
    Arrivals,
    /// Cases ended.
    Completions,
    /// Cases in progress.
    Wip,
}

impl Focus {
    /// All of them, from above.
    pub const ALL: [Focus; 3] = [Focus::Arrivals, Focus::Completions, Focus::Wip];

    /// The one that many below it, from the first again after the last.
    pub fn other(self, by: usize) -> Focus {
        Focus::ALL[(self as usize + by) % 3]
    }
}

/// The answer received, and the cursor.
#[derive(Debug, Default)]
pub struct State {
    /// The figures.
    pub flow: Option<Flow>,
    /// The cursor along the axis.
    pub periods: Periods,
    /// The figure that it is on.
    pub focus: Focus,
    /// Why there is no answer.
    pub error: Option<AskError>,
}

impl State {
    /// Bins as fine as the screen can show.
    pub fn request(&self, area: Rect) -> Request {
        Request::new(FlowQuery {
            bins: Timeline::bins_for(area.width),
            range: self.periods.range,
        })
    }

    /// The bin under the cursor.
    pub fn bin(&self) -> Option<&FlowBin> {
        self.flow.as_ref()?.bins.get(self.periods.bin)
    }

    /// The filter of exactly the cases under the cursor, and a word for them.
    pub fn subject(&self) -> Option<(Expr, &'static str)> {
        let ending = &self.flow.as_ref()?.ending;
        let range = self.periods.time_range()?;
        Some(match self.focus {
            Focus::Arrivals => (Expr::period(Relation::Started, range), "started"),
            Focus::Completions => (ending.closed(Expr::period(Relation::Ended, range)), "ended"),
            Focus::Wip => (self.there(range, ending)?, "there"),
        })
    }

    fn there(&self, range: TimeRange, ending: &Ending) -> Option<Expr> {
        let Some(over) = ending.telling() else {
            return Some(Expr::period(Relation::Overlaps, range));
        };
        let (from, to) = self.periods.here()?;
        let ended = Expr::compare(Field::End, Op::GreaterEqual, TimeLiteral::of(from)?);
        let started = Expr::period(Relation::Started, TimeRange::before(to)?);
        // An open case is there beyond its last event.
        Some(started.and(ended.or(over.negate())))
    }
}

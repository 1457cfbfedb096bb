//! Arrivals, completions and work in progress over time.

use crate::engine::axis::axis_over;
use crate::engine::ending::{Ending, Open};
use crate::engine::query::{Context, Query};
use crate::engine::selected::Selected;
use crate::engine::view::AskError;
use crate::metrics::bins::TimeAxis;
use crate::metrics::{flow as metrics, summary};

/// Arrivals, completions and work in progress over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlowQuery {
    /// Maximum number of bins of the time axis.
    pub bins: usize,
    /// The instants `from..to` of the axis; `None` for all there are.
    pub range: Option<(i64, i64)>,
}

/// Arrivals, completions and work in progress over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Span of a bin as text: "day", "6 hours".
    pub unit: String,
    /// The bins, without gaps.
    pub bins: Vec<FlowBin>,
    /// Where the last bin ends.
    pub end: i64,
    /// The instants `from..to` of all there is, whatever range was asked for.
    pub whole: (i64, i64),
    /// Which cases are open.
    pub ending: Ending,
}

/// One bin of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlowBin {
    /// First instant of the bin; it ends where the next one begins.
    pub start: i64,
    /// Cases that start in it.
    pub arrivals: u64,
    /// Cases that end in it; open ones have no end.
    pub completions: u64,
    /// Cases that started before it and did not end before it; open ones have no end.
    pub wip: u64,
    /// Cases in progress, weighted by time, over the part of the bin that is looked at.
    pub mean: Option<f64>,
    /// Cases that started before its end and did not end before it.
    pub there: u64,
    /// Whether the bin is longer than what is looked at.
    pub partial: bool,
}

impl Flow {
    /// Where a bin ends.
    pub fn bin_end(&self, bin: usize) -> i64 {
        self.bins.get(bin + 1).map_or(self.end, |next| next.start)
    }
}

impl Query for FlowQuery {
    type Answer = Flow;

    fn run(&self, context: &Context<'_>) -> Result<Flow, AskError> {
        let (zone, selected) = (context.analysis.zone(), context.selected()?);
        let axis = axis_over(self.range, whole(&selected), self.bins, zone);
        Ok(on_axis(&selected, &axis))
    }
}

/// First and last instant at which cases are in progress.
pub(super) fn whole(selected: &Selected) -> (i64, i64) {
    let open = Open::of(selected);
    let (first, last) = summary::span(&selected.selection()).unwrap_or((open.until, open.until));
    // Open cases are still there after the last event.
    if open.ending().open > 0 {
        (first, last.max(open.until))
    } else {
        (first, last)
    }
}

/// The flow of cases by the bins of an axis.
pub(super) fn on_axis(selected: &Selected, axis: &TimeAxis) -> Flow {
    let (selection, open) = (selected.selection(), Open::of(selected));
    let (first, last) = whole(selected);
    let is_open = |case: usize| open.is_open(case);
    let of = metrics::Open {
        is_open: &is_open,
        until: open.until,
    };
    let found = metrics::flow(&selection, axis, of);
    let bin = |(bounds, bin): (&[i64], metrics::FlowBin)| FlowBin {
        start: bounds[0],
        arrivals: bin.arrivals,
        completions: bin.completions,
        wip: bin.wip,
        mean: bin.mean,
        there: bin.there(),
        // The last instant itself is looked at, so a bin may end right after it.
        partial: bounds[1] > open.until.saturating_add(1),
    };
    Flow {
        unit: axis.unit.to_owned(),
        end: axis.bounds[axis.n_bins()],
        bins: axis.bounds.windows(2).zip(found).map(bin).collect(),
        whole: (first, last.saturating_add(1)),
        ending: open.ending(),
    }
}

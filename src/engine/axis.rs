//! Bins of a time axis and of a distribution of durations, as plain data.

use super::stats::seconds;
use crate::metrics::Scan;
use crate::metrics::bins::{self, TimeAxis};
use crate::text::time::Tz;

/// One bin of a time axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeBin {
    /// First instant of the bin; it ends where the next one begins.
    pub start: i64,
    /// Cases that start in it (of an edge: occurrences that end in it).
    pub started: u64,
    /// Cases that end in it (of an edge: occurrences that end in it).
    pub ended: u64,
    /// Sum in seconds of the durations of what ended in it.
    pub total: f64,
    /// Median in seconds of the durations of what ended in it.
    pub median: Option<f64>,
}

/// A time axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// Span of a bin as text: "day", "6 hours".
    pub unit: String,
    /// The bins, without gaps.
    pub bins: Vec<TimeBin>,
    /// Where the last bin ends.
    pub end: i64,
}

/// One bin of a distribution of durations: `from <= d < to` (the last: `<= to`), in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DurationBin {
    /// Lower bound.
    pub from: f64,
    /// Upper bound.
    pub to: f64,
    /// Values in it.
    pub count: u64,
}

/// Converts the bins of a time axis.
pub fn timeline(axis: &TimeAxis, bins: &[bins::TimeBin]) -> Timeline {
    let bin = |(start, bin): (&i64, &bins::TimeBin)| TimeBin {
        start: *start,
        started: bin.started,
        ended: bin.ended,
        total: bin.total as f64 / 1e6,
        median: bin.median.map(|median| median / 1e6),
    };
    Timeline {
        unit: axis.unit.to_owned(),
        bins: axis.bounds.iter().zip(bins).map(bin).collect(),
        end: axis.bounds[axis.n_bins()],
    }
}

/// Counts durations in bins with bounds that a person would choose, `max_bins` at most.
pub fn distribution(scan: &Scan<'_>, max_bins: usize) -> Vec<DurationBin> {
    let bin = |b: bins::DurationBin| DurationBin {
        from: seconds(b.from),
        to: seconds(b.to),
        count: b.count,
    };
    bins::distribution(scan, max_bins)
        .into_iter()
        .map(bin)
        .collect()
}

/// The axis over a range `from..to`, or over the span where no range is given.
pub fn axis_over(
    range: Option<(i64, i64)>,
    (first, last): (i64, i64),
    bins: usize,
    zone: Tz,
) -> TimeAxis {
    let (first, last) = match range {
        // A range lacks its end, the axis wants its last instant.
        Some((from, to)) => (from, to.saturating_sub(1).max(from)),
        None => (first, last),
    };
    TimeAxis::over(first, last, bins, zone)
}

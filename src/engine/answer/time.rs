//! Answers with a time axis or a distribution.

use super::seconds;
use crate::engine::analysis::Selected;
use crate::engine::{DurationBin, Overview, TimeBin, Timeline};
use crate::metrics::bins::{self, TimeAxis};
use crate::metrics::{Scan, summary};

pub(super) fn overview(selected: &Selected, time_bins: usize, duration_bins: usize) -> Overview {
    let selection = selected.selection();
    let (first, last) = summary::span(&selection).unwrap_or((0, 0));
    let axis = TimeAxis::over(first, last, time_bins);
    let bins = bins::throughput(&selection, &axis);
    let durations = summary::case_durations(&selection);
    Overview {
        timeline: timeline(&axis, &bins),
        durations: distribution(&durations, duration_bins),
    }
}

/// Bins of a time axis as rows.
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

/// A distribution as rows.
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

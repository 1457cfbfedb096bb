//! Answers with a time axis or a distribution.

use super::lists::EdgeFigures;
use super::seconds;
use crate::engine::analysis::Selected;
use crate::engine::{DurationBin, EdgeDetail, Overview, TimeBin, Timeline};
use crate::metrics::bins::{self, TimeAxis};
use crate::metrics::{Scan, edges, summary};

/// The slowest occurrences of an edge that are named.
const SLOWEST: usize = 100;

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

fn timeline(axis: &TimeAxis, bins: &[bins::TimeBin]) -> Timeline {
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

fn distribution(scan: &Scan<'_>, max_bins: usize) -> Vec<DurationBin> {
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

/// The edge between two activities, by name.
pub fn edge(selected: &Selected, from: &str, to: &str) -> Option<usize> {
    let activities = &selected.prepared.log.activities;
    selected
        .prepared
        .index
        .edges
        .find(activities.find(from)?, activities.find(to)?)
}

pub(super) fn edge_detail(
    selected: &Selected,
    edge: Option<usize>,
    time_bins: usize,
    duration_bins: usize,
) -> EdgeDetail {
    let selection = selected.selection();
    let (first, last) = summary::span(&selection).unwrap_or((0, 0));
    let axis = TimeAxis::over(first, last, time_bins);
    let Some(edge) = edge else {
        let bins = bins::occurrences(&[], &axis);
        let timeline = timeline(&axis, &bins);
        return EdgeDetail {
            row: None,
            timeline,
            durations: Vec::new(),
            slowest: Vec::new(),
        };
    };
    let scans = edges::scans(&selection);
    let scan = &scans[edge];
    let occurrences = edges::occurrences(&selection, edge);
    let id = |case: u32| selection.log.case_ids.get(case).to_owned();
    EdgeDetail {
        row: EdgeFigures::shared(selected).row(selected, edge),
        timeline: timeline(&axis, &bins::occurrences(&occurrences, &axis)),
        durations: distribution(scan, duration_bins),
        slowest: scan
            .largest()
            .take(SLOWEST)
            .map(|(d, case)| (id(case), seconds(d)))
            .collect(),
    }
}

//! Arrivals, completions and work in progress over time.
//!
//! In progress at the first instant of a bin are the cases that started before it and did not end
//! before it; an open case has no end. So the cases in progress, plus those that start in a bin, less
//! those that end in it, are those in progress at the first instant of the next bin, wherever the
//! instants of a log fall. The mean weights cases by the time from start to end; that of an open case
//! counts until the last instant that is looked at.

use super::Selection;
use super::bins::TimeAxis;
use super::levels::Levels;
use rayon::prelude::*;
use std::ops::{ControlFlow, Range};

/// Which cases are open, and until when they are looked at.
#[derive(Clone, Copy)]
pub struct Open<'a> {
    /// True if a case is open.
    pub is_open: &'a (dyn Fn(usize) -> bool + Sync),
    /// The last instant that is looked at, microseconds.
    pub until: i64,
}

/// Counts of one bin of time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct FlowBin {
    /// Cases that start in it.
    pub arrivals: u64,
    /// Cases that end in it, the open ones left out.
    pub completions: u64,
    /// Cases that started before it and did not end before it.
    pub wip: u64,
    /// Cases in progress, weighted by time, over the part of the bin that is looked at; `None` where
    /// there is no such part.
    pub mean: Option<f64>,
}

impl FlowBin {
    /// Cases in progress at its end: at the first instant of the next bin.
    pub fn wip_after(&self) -> u64 {
        self.there() - self.completions
    }

    /// Cases that started before its end and did not end before it.
    pub fn there(&self) -> u64 {
        self.wip + self.arrivals
    }
}

/// The bins of an axis.
pub fn flow(selection: &Selection<'_>, axis: &TimeAxis, open: Open<'_>) -> Vec<FlowBin> {
    let none = || Work {
        counts: vec![(0, 0); axis.n_bins()],
        before: (0, 0),
        levels: Levels::new(axis),
    };
    let piece = |words: Range<usize>| {
        let mut work = none();
        let _ = selection.try_each_of(words, |case| {
            work.add(selection, axis, open, case);
            ControlFlow::Continue(())
        });
        work
    };
    let work = selection.pieces().map(piece).reduce(none, |mut a, b| {
        let counts = a.counts.iter_mut().zip(&b.counts);
        counts.for_each(|(a, b)| *a = (a.0 + b.0, a.1 + b.1));
        Work {
            counts: a.counts,
            before: (a.before.0 + b.before.0, a.before.1 + b.before.1),
            levels: a.levels.and(&b.levels),
        }
    });
    let (levels, _) = work.levels.finish();
    // Cases from before the axis that have not ended are in progress at its beginning.
    let (started, ended) = work.before;
    let mut wip = started - ended;
    let bins = levels.iter().zip(&work.counts).zip(axis.bounds.windows(2));
    let bin = |((level, &(arrivals, completions)), bounds): ((_, &(u64, u64)), &[i64])| {
        let level: &super::levels::Level = level;
        let bin = FlowBin {
            arrivals,
            completions,
            wip,
            mean: mean(
                level.time,
                bounds[0],
                bounds[1].min(open.until.saturating_add(1)),
            ),
        };
        wip = bin.wip_after();
        bin
    };
    bins.map(bin).collect()
}

/// Time that many spent between two instants, as how many were there on average.
pub fn mean(time: i128, from: i64, to: i64) -> Option<f64> {
    let length = i128::from(to) - i128::from(from);
    (length > 0).then(|| time as f64 / length as f64)
}

struct Work<'a> {
    /// Arrivals and completions of each bin, and those before the first.
    counts: Vec<(u64, u64)>,
    before: (u64, u64),
    levels: Levels<'a>,
}

impl Work<'_> {
    #[inline]
    fn add(&mut self, selection: &Selection<'_>, axis: &TimeAxis, open: Open<'_>, case: usize) {
        let (start, end) = (
            selection.index.case_start[case],
            selection.index.case_end[case],
        );
        let is_open = (open.is_open)(case);
        match axis.bin(start) {
            Ok(bin) => self.counts[bin].0 += 1,
            Err(before) => self.before.0 += u64::from(before),
        }
        if !is_open {
            // An open case ends nowhere, not even before the axis.
            match axis.bin(end) {
                Ok(bin) => self.counts[bin].1 += 1,
                Err(before) => self.before.1 += u64::from(before),
            }
        }
        let end = if is_open {
            // Intervals lack their end, and an open case is still there at the last instant.
            open.until.saturating_add(1)
        } else {
            end
        };
        self.levels.add(start, end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::{Logged, logs};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_counts_as_a_person_would(
            log in logs(),
            open in prop::collection::vec(any::<bool>(), 40),
            (ahead, bins) in (0i64..3, 1usize..20),
            zoom in prop::option::of((-40i64..400, 1i64..300)),
        ) {
            let logged = Logged::new(&log);
            let selection = logged.selection();
            let cases: Vec<(i64, i64, bool)> = logged.cases()
                .map(|c| (selection.index.case_start[c], selection.index.case_end[c], open[c % 40]))
                .collect();
            let all = &selection.index.case_end;
            let until = all.iter().max().unwrap() + ahead * 30_000_000;
            let first = *selection.index.case_start.iter().min().unwrap();
            let (from, to) = zoom.map_or((first, until), |(from, long)| {
                (first + from * 1_000_000, first + (from + long) * 1_000_000)
            });
            let axis = TimeAxis::over(from, to, bins, chrono_tz::UTC);
            let is_open = |case: usize| open[case % 40];
            let found = flow(&selection, &axis, Open { is_open: &is_open, until });
            let wip = |t: i64| {
                let there = |&&(start, end, open): &&(i64, i64, bool)| start < t && (open || end >= t);
                cases.iter().filter(there).count() as u64
            };
            for (bounds, bin) in axis.bounds.windows(2).zip(found) {
                let (from, to) = (bounds[0], bounds[1]);
                let inside = |t: i64| from <= t && t < to;
                prop_assert_eq!(bin.arrivals, cases.iter().filter(|c| inside(c.0)).count() as u64);
                let ended = cases.iter().filter(|c| !c.2 && inside(c.1)).count() as u64;
                prop_assert_eq!(bin.completions, ended);
                prop_assert_eq!(bin.wip, wip(from));
                prop_assert_eq!(bin.wip_after(), wip(to));
                let there = cases.iter().filter(|c| c.0 < to && (c.2 || c.1 >= from)).count();
                prop_assert_eq!(bin.there(), there as u64);
                let last = to.min(until + 1);
                let time = cases.iter().map(|c| {
                    let end = if c.2 { until + 1 } else { c.1 };
                    (end.min(last) - c.0.max(from)).max(0)
                });
                let mean = time.sum::<i64>() as f64 / (last - from) as f64;
                match bin.mean {
                    Some(found) => prop_assert!((found - mean).abs() < 1e-6),
                    None => prop_assert!(last <= from),
                }
            }
        }

        #[test]
        fn stamps_on_edges_are_conserved(log in logs(), open in prop::collection::vec(any::<bool>(), 40), bins in 1usize..20) {
            let logged = Logged::new(&log);
            let selection = logged.selection();
            let index = selection.index;
            // Every bound is the start or the end of a case.
            let mut bounds: Vec<i64> = index.case_start.iter().chain(index.case_end.iter()).copied().collect();
            bounds.sort_unstable();
            bounds.dedup();
            bounds.truncate(bins + 1);
            bounds.push(bounds[bounds.len() - 1] + 1);
            let until = *index.case_end.iter().max().unwrap();
            let axis = TimeAxis { unit: "edge", bounds };
            let is_open = |case: usize| open[case % 40];
            let found = flow(&selection, &axis, Open { is_open: &is_open, until });
            prop_assert_eq!(found[0].wip, 0);
            for pair in found.windows(2) {
                prop_assert_eq!(pair[0].wip + pair[0].arrivals - pair[0].completions, pair[1].wip);
            }
            let last = found[found.len() - 1];
            let end = axis.bounds[axis.n_bins()];
            let left = logged.cases().filter(|&c| index.case_start[c] < end && (is_open(c) || index.case_end[c] >= end));
            prop_assert_eq!(last.wip_after(), left.count() as u64);
        }
    }
}

//! Arrivals, completions and work in progress over time.
//!
//! A case is in progress at `t` where `start <= t < end`; one that is still open has no end, so that it
//! is in progress until the last instant that is looked at.

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
    /// Cases in progress at its first instant.
    pub wip: u64,
    /// Cases in progress, weighted by time, over the part of the bin that is looked at; `None` where
    /// there is no such part.
    pub mean: Option<f64>,
    /// Cases that started before its end and did not end before it (those that end at its very first
    /// instant are counted).
    pub there: u64,
}

/// The bins of an axis, and the cases in progress at the end of the last one.
pub fn flow(selection: &Selection<'_>, axis: &TimeAxis, open: Open<'_>) -> (Vec<FlowBin>, u64) {
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
    let (levels, end) = work.levels.finish();
    let (mut started, mut ended) = work.before;
    let bins = levels.iter().zip(&work.counts).zip(axis.bounds.windows(2));
    let bin = |((level, &(arrivals, completions)), bounds): ((_, &(u64, u64)), &[i64])| {
        started += arrivals;
        let there = started - ended;
        ended += completions;
        let level: &super::levels::Level = level;
        FlowBin {
            arrivals,
            completions,
            wip: level.start,
            mean: mean(
                level.time,
                bounds[0],
                bounds[1].min(open.until.saturating_add(1)),
            ),
            there,
        }
    };
    (bins.map(bin).collect(), end)
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
            match axis.bin(end) {
                Ok(bin) => self.counts[bin].1 += 1,
                Err(before) => self.before.1 += u64::from(before),
            }
        }
        let end = if is_open {
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
            let axis = TimeAxis::over(from, to, bins);
            let is_open = |case: usize| open[case % 40];
            let (found, end) = flow(&selection, &axis, Open { is_open: &is_open, until });
            let wip = |t: i64| {
                let there = |&&(start, end, open): &&(i64, i64, bool)| {
                    start <= t && if open { t <= until } else { t < end }
                };
                cases.iter().filter(there).count() as u64
            };
            prop_assert_eq!(end, wip(axis.bounds[axis.n_bins()]));
            for (bounds, bin) in axis.bounds.windows(2).zip(found) {
                let (from, to) = (bounds[0], bounds[1]);
                let inside = |t: i64| from <= t && t < to;
                prop_assert_eq!(bin.arrivals, cases.iter().filter(|c| inside(c.0)).count() as u64);
                let ended = cases.iter().filter(|c| !c.2 && inside(c.1)).count() as u64;
                prop_assert_eq!(bin.completions, ended);
                prop_assert_eq!(bin.wip, wip(from));
                let there = cases.iter().filter(|c| c.0 < to && (c.2 || c.1 >= from)).count();
                prop_assert_eq!(bin.there, there as u64);
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
    }
}

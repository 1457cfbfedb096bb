//! Figures by period: what came, went, happened and was left in each day, week or month, and how long
//! the cases took that ended in it.

use super::bins::TimeAxis;
use super::flow::{self, Open};
use super::quantile::{self, Figures};
use super::{Selection, summary};
use crate::event_log::NO_INSTANT;
use rayon::prelude::*;
use std::ops::{ControlFlow, Range};

/// One period.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    /// Cases that start in it.
    pub started: u64,
    /// Cases that end in it, the open ones left out.
    pub completed: u64,
    /// Events in it.
    pub events: u64,
    /// Cases in progress at its end, or at the last instant that is looked at.
    pub wip: u64,
    /// Durations of the cases that ended in it.
    pub throughput: Option<Figures>,
    /// Durations of each milestone, in the cases that ended in the period.
    pub milestones: Vec<Option<Figures>>,
}

/// The figures of each period of an axis, which spans the selection.
pub fn trend(selection: &Selection<'_>, axis: &TimeAxis, open: Open<'_>) -> Vec<Period> {
    let (log, n) = (selection.log, axis.n_bins());
    let (bins, end) = flow::flow(selection, axis, open);
    let finder = axis.finder();
    let none = || (vec![0u64; n], vec![Vec::<u32>::new(); n]);
    let piece = |words: Range<usize>| {
        let (mut events, mut ended) = none();
        let _ = selection.try_each_of(words, |case| {
            for event in log.events_of(case) {
                events[finder.bin(log.time[event])] += 1;
            }
            if !(open.is_open)(case) {
                ended[finder.bin(selection.index.case_end[case])].push(case as u32);
            }
            ControlFlow::Continue(())
        });
        (events, ended)
    };
    let (events, ended) = selection.pieces().map(piece).reduce(none, |mut a, mut b| {
        a.0.iter_mut().zip(&b.0).for_each(|(a, b)| *a += b);
        a.1.iter_mut().zip(&mut b.1).for_each(|(a, b)| a.append(b));
        a
    });
    let period = |at: usize| {
        let of = |duration: &dyn Fn(usize) -> i64| {
            let all = ended[at].iter().map(|&case| duration(case as usize));
            let mut known: Vec<i64> = all.filter(|&d| d != NO_INSTANT).collect();
            quantile::of_unsorted(&mut known)
        };
        let times = log.case_times.iter();
        Period {
            started: bins[at].arrivals,
            completed: bins[at].completions,
            events: events[at],
            wip: if at + 1 == n {
                wip_at_the_end(selection, open, axis.bounds[n], end)
            } else {
                bins[at + 1].wip
            },
            throughput: of(&|case| selection.index.duration(case)),
            milestones: times.map(|time| of(&|case| time.values[case])).collect(),
        }
    };
    (0..n).into_par_iter().map(period).collect()
}

/// Cases in progress at the end of the last period: where that is beyond what is looked at, at the last
/// instant of that, when only open cases are.
fn wip_at_the_end(selection: &Selection<'_>, open: Open<'_>, bound: i64, at_bound: u64) -> u64 {
    if bound <= open.until {
        return at_bound;
    }
    let mut n = 0;
    selection.for_each_case(|case| {
        let ends = selection.index.case_end[case] > open.until;
        let there = selection.index.case_start[case] <= open.until;
        n += u64::from(there && (ends || (open.is_open)(case)));
    });
    n
}

/// The axis of a selection's periods: from its first instant to the last one that is looked at.
pub fn axis(selection: &Selection<'_>, unit: &str, until: i64) -> TimeAxis {
    let (first, last) = summary::span(selection).unwrap_or((until, until));
    TimeAxis::of(unit, first, last.max(until))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::{Logged, logs};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn periods_add_up(drawn in logs(), open in prop::collection::vec(any::<bool>(), 40)) {
            let mut logged = Logged::new(&drawn);
            let odd = |case: usize| if case.is_multiple_of(3) { NO_INSTANT } else { case as i64 };
            logged.log.case_times = vec![crate::event_log::CaseTime {
                name: "odd".into(),
                values: (0..logged.log.n_cases()).map(odd).collect(),
            }];
            let selection = logged.selection();
            let index = selection.index;
            let until = *index.case_end.iter().max().unwrap();
            let is_open = |case: usize| open[case % 40];
            let axis = axis(&selection, "minute", until);
            prop_assert_eq!(axis.unit, "minute");
            let periods = trend(&selection, &axis, Open { is_open: &is_open, until });
            for (bounds, period) in axis.bounds.windows(2).zip(&periods) {
                let inside = |t: i64| bounds[0] <= t && t < bounds[1];
                let ended: Vec<usize> = logged.cases()
                    .filter(|&c| !is_open(c) && inside(index.case_end[c])).collect();
                let sorted = |of: &dyn Fn(usize) -> i64| {
                    let mut all: Vec<i64> = ended.iter().map(|&c| of(c)).collect();
                    all.retain(|&d| d != NO_INSTANT);
                    all.sort_unstable();
                    quantile::of_sorted(&all)
                };
                prop_assert_eq!(period.completed, ended.len() as u64);
                prop_assert_eq!(period.throughput, sorted(&|c| index.duration(c)));
                prop_assert_eq!(period.milestones[0], sorted(&odd));
                let events = logged.cases().flat_map(|c| logged.log.events_of(c));
                let events = events.filter(|&e| inside(logged.log.time[e])).count();
                prop_assert_eq!(period.events, events as u64);
                let end = bounds[1].min(until);
                let wip = logged.cases().filter(|&c| {
                    index.case_start[c] <= end && (is_open(c) || index.case_end[c] > end)
                });
                prop_assert_eq!(period.wip, wip.count() as u64);
            }
        }
    }
}

//! Figures by period: what came, went, happened and was left in each day, week or month, and how long
//! the cases took that ended in it.

use super::bins::TimeAxis;
use super::flow::{self, FlowBin, Open};
use super::quantile::{self, Figures};
use super::{Selection, summary};
use rayon::prelude::*;
use std::ops::{ControlFlow, Range};

/// One period.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    /// Cases that start and end in it, and those in progress.
    pub flow: FlowBin,
    /// Events in it.
    pub events: u64,
    /// Durations of the cases that ended in it, the open ones left out.
    pub throughput: Option<Figures>,
}

/// The figures of each period of an axis, which spans the selection.
pub fn trend(selection: &Selection<'_>, axis: &TimeAxis, open: Open<'_>) -> Vec<Period> {
    let (log, n) = (selection.log, axis.n_bins());
    let bins = flow::flow(selection, axis, open);
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
        let durations = ended[at]
            .iter()
            .map(|&case| selection.index.duration(case as usize));
        Period {
            flow: bins[at],
            events: events[at],
            throughput: quantile::of_unsorted(&mut durations.collect::<Vec<_>>()),
        }
    };
    (0..n).into_par_iter().map(period).collect()
}

/// First instant of a selection, and the last one that is looked at.
pub fn span(selection: &Selection<'_>, until: i64) -> (i64, i64) {
    let (first, last) = summary::span(selection).unwrap_or((until, until));
    (first, last.max(until))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::{Logged, logs};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn periods_add_up(drawn in logs(), open in prop::collection::vec(any::<bool>(), 40)) {
            let logged = Logged::new(&drawn);
            let selection = logged.selection();
            let index = selection.index;
            let until = *index.case_end.iter().max().unwrap();
            let is_open = |case: usize| open[case % 40];
            let (first, last) = span(&selection, until);
            let axis = TimeAxis::of("minute", first, last, chrono_tz::UTC);
            prop_assert_eq!(axis.unit, "minute");
            let periods = trend(&selection, &axis, Open { is_open: &is_open, until });
            for (bounds, period) in axis.bounds.windows(2).zip(&periods) {
                let inside = |t: i64| bounds[0] <= t && t < bounds[1];
                let ended: Vec<usize> = logged.cases()
                    .filter(|&c| !is_open(c) && inside(index.case_end[c])).collect();
                let mut durations: Vec<i64> = ended.iter().map(|&c| index.duration(c)).collect();
                durations.sort_unstable();
                prop_assert_eq!(period.flow.completions, ended.len() as u64);
                prop_assert_eq!(period.throughput, quantile::of_sorted(&durations));
                let events = logged.cases().flat_map(|c| logged.log.events_of(c));
                let events = events.filter(|&e| inside(logged.log.time[e])).count();
                prop_assert_eq!(period.events, events as u64);
                let end = bounds[1];
                let wip = logged.cases().filter(|&c| {
                    index.case_start[c] < end && (is_open(c) || index.case_end[c] >= end)
                });
                prop_assert_eq!(period.flow.wip_after(), wip.count() as u64);
            }
        }
    }
}

//! When in the week things happen: arrivals, completions, events and waiting by weekday and hour of the
//! clock on the wall.

use super::quantile;
use super::{Selection, summary};
use crate::event_log::WallClock;
use chrono_tz::Tz;
use rayon::prelude::*;
use std::ops::{ControlFlow, Range};

/// Hours of a week.
pub const HOURS: usize = 7 * 24;

/// Counts of one hour of the week.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct WeekCell {
    /// Cases that start then.
    pub arrivals: u64,
    /// Cases that end then, the open ones left out.
    pub completions: u64,
    /// Events whose timestamp is then.
    pub events: u64,
    /// Instances, but the first of a case, that begin then: what waited.
    pub begun: u64,
    /// Waits before them by the clock of the log, microseconds.
    pub waiting: i128,
    /// The median of that; `None` where nothing began, or where it is not asked for.
    pub median: Option<f64>,
}

#[derive(Clone)]
struct Work {
    cells: Vec<WeekCell>,
    waits: Vec<Vec<i64>>,
}

/// The hours of the week, Monday's first. With `medians`, their medians are found, too.
pub fn week(
    selection: &Selection<'_>,
    zone: Tz,
    is_open: &(dyn Fn(usize) -> bool + Sync),
    medians: bool,
) -> Vec<WeekCell> {
    let (first, last) = summary::span(selection).unwrap_or((0, 0));
    let clock = WallClock::over(zone, first, last);
    let none = || Work {
        cells: vec![WeekCell::default(); HOURS],
        waits: vec![Vec::new(); if medians { HOURS } else { 0 }],
    };
    let (log, index) = (selection.log, selection.index);
    let is_plain = log.start.is_none();
    let piece = |words: Range<usize>| {
        let (mut work, mut clock) = (none(), clock.reader());
        let _ = selection.try_each_of(words, |case| {
            let mut hour = |instant: i64| clock.hour_of_week(instant);
            work.cells[hour(index.case_start[case])].arrivals += 1;
            if !is_open(case) {
                work.cells[hour(index.case_end[case])].completions += 1;
            }
            let mut events = log.events_of(case);
            if is_plain {
                // The others are counted with their waits, which end in the same hour.
                events.end = events.end.min(events.start + 1);
            }
            for event in events {
                work.cells[hour(log.time[event])].events += 1;
            }
            log.for_each_wait(case, |wait| {
                let at = hour(wait.begin);
                work.cells[at].events += u64::from(is_plain);
                work.cells[at].begun += 1;
                work.cells[at].waiting += i128::from(wait.ticks);
                if let Some(waits) = work.waits.get_mut(at) {
                    waits.push(wait.ticks);
                }
            });
            ControlFlow::Continue(())
        });
        work
    };
    let mut work = selection.pieces().map(piece).reduce(none, |mut a, mut b| {
        for (a, b) in a.cells.iter_mut().zip(&b.cells) {
            a.arrivals += b.arrivals;
            a.completions += b.completions;
            a.events += b.events;
            a.begun += b.begun;
            a.waiting += b.waiting;
        }
        let waits = a.waits.iter_mut().zip(&mut b.waits);
        waits.for_each(|(a, b)| a.append(b));
        a
    });
    let found: Vec<Option<f64>> = work
        .waits
        .par_iter_mut()
        .map(|waits| quantile::median(waits))
        .collect();
    for (cell, median) in work.cells.iter_mut().zip(found) {
        cell.median = median;
    }
    work.cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::{Logged, logs};
    use chrono::{DateTime, Datelike, Timelike};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_hour_has_what_chrono_puts_there(
            drawn in logs(),
            open in prop::collection::vec(any::<bool>(), 40),
        ) {
            let mut logged = Logged::new(&drawn);
            // Hours instead of seconds, so that a week is met.
            let log = &mut logged.log;
            let base = 1_711_400_000_000_000;
            let spread = |t: i64| if t == i64::MIN { t } else { base + (t - 1_704_067_200_000_000) * 1700 };
            log.time = log.time.iter().map(|&t| spread(t)).collect();
            log.start = log.start.as_ref().map(|s| s.iter().map(|&t| spread(t)).collect());
            let index = crate::index::Index::build(log, &crate::event_log::Progress::default()).unwrap();
            let selection = Selection { index: &index, ..logged.selection() };
            let zone = Tz::Europe__Berlin;
            let found = week(&selection, zone, &|case| open[case % 40], true);
            let mut cells = vec![WeekCell::default(); HOURS];
            let mut waits: Vec<Vec<i64>> = vec![Vec::new(); HOURS];
            let hour = |t: i64| {
                let time = DateTime::from_timestamp_micros(t).unwrap().with_timezone(&zone);
                (time.weekday().num_days_from_monday() * 24 + time.hour()) as usize
            };
            let log = &logged.log;
            for case in logged.cases() {
                cells[hour(index.case_start[case])].arrivals += 1;
                cells[hour(index.case_end[case])].completions += u64::from(!open[case % 40]);
                let mut ready: Option<i64> = None;
                for event in log.events_of(case) {
                    cells[hour(log.time[event])].events += 1;
                    if let Some(ready) = ready {
                        waits[hour(log.begin(event))].push((log.begin(event) - ready).max(0));
                    }
                    ready = Some(ready.map_or(log.time[event], |r| r.max(log.time[event])));
                }
            }
            for (cell, waits) in cells.iter_mut().zip(&mut waits) {
                cell.begun = waits.len() as u64;
                cell.waiting = waits.iter().map(|&w| i128::from(w)).sum();
                cell.median = quantile::median(waits);
            }
            prop_assert_eq!(&found, &cells);
            let without = week(&selection, zone, &|case| open[case % 40], false);
            prop_assert!(without.iter().all(|cell| cell.median.is_none()));
        }
    }
}

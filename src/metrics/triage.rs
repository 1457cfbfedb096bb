//! Open cases by last step, with the time since then, now and at an earlier instant. The last step
//! of a case at an instant is the activity of its latest event until then, or of the instance that it
//! began with. Knows no deadline.

use super::quantile::{Figures, of_union};
use super::{Scan, Selection, edges};
use crate::event_log::EventLog;
use crate::index::Index;
use rayon::prelude::*;

/// The step that a case is at: its event with the latest timestamp (completion of an activity instance) at
/// or before an instant, of several the last; where no instance is complete by then, the one that began last. `None`
/// before the case begins.
pub fn event_at(log: &EventLog, case: usize, instant: i64) -> Option<usize> {
    let latest = |stamp: &dyn Fn(usize) -> i64| {
        let events = log.events_of(case).filter(|&event| stamp(event) <= instant);
        // Where instances overlap the order of rows is that of starts: the latest completion is
        // looked for.
        events.max_by_key(|&event| (stamp(event), event))
    };
    latest(&|event| log.time[event]).or_else(|| latest(&|event| log.begin(event)))
}

/// The event of a case with the latest timestamp (completion of an activity instance), of several the
/// last. Where instances overlap it need not be the one that began last.
pub fn last_event(log: &EventLog, index: &Index, case: usize) -> usize {
    let last = event_at(log, case, index.case_end[case]);
    last.unwrap_or(log.events_of(case).end - 1)
}

/// The event that every selected case that had begun and was not over stood at, at an instant; a case
/// is over from its last event on, unless `is_open` holds for it.
pub fn standing(
    selection: &Selection<'_>,
    instant: i64,
    is_open: impl Fn(usize) -> bool,
) -> Vec<(usize, usize)> {
    let (log, index) = (selection.log, selection.index);
    let mut found = Vec::new();
    selection.for_each_case(|case| {
        let under_way = index.case_end[case] > instant || is_open(case);
        if under_way && index.case_start[case] <= instant {
            found.extend(event_at(log, case, instant).map(|event| (case, event)));
        }
    });
    found
}

/// Continuation after an activity: usual time until it, and most frequent next activity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct After {
    /// Time until the next event, microseconds.
    pub elapsed: Figures,
    /// The activity that follows most often, by code; ties by name.
    pub next: u32,
    /// Share among all continuations.
    pub share: f64,
}

/// For every activity what follows it in the selected cases; `None` where nothing does.
pub fn after(selection: &Selection<'_>) -> Vec<Option<After>> {
    let scans = edges::scans(selection);
    let table = &selection.index.edges;
    let mut outgoing: Vec<Vec<(u32, &Scan<'_>)>> = vec![Vec::new(); selection.log.activities.len()];
    for (edge, scan) in scans.iter().enumerate().filter(|(_, scan)| scan.n() > 0) {
        outgoing[table.from[edge] as usize].push((table.to[edge], scan));
    }
    let of = |outgoing: &Vec<(u32, &Scan<'_>)>| {
        let scans: Vec<&Scan<'_>> = outgoing.iter().map(|(_, scan)| *scan).collect();
        let elapsed = of_union(&scans)?;
        // Codes are in the order of first appearance, which another order of the rows changes.
        let rank = &selection.index.activity_rank;
        let most = |a: &&(u32, &Scan<'_>)| (a.1.n(), std::cmp::Reverse(rank[a.0 as usize]));
        let (next, scan) = outgoing.iter().max_by_key(most)?;
        Some(After {
            elapsed,
            next: *next,
            share: scan.n() as f64 / elapsed.n as f64,
        })
    };
    outgoing.par_iter().with_max_len(1).map(of).collect()
}

/// For every activity the share of all time between it and the next event that was beyond its p90: the
/// probability that a case seen resting after it, at any time, rests for longer than that.
pub fn beyond_p90(selection: &Selection<'_>, after: &[Option<After>]) -> Vec<f64> {
    let scans = edges::scans(selection);
    let mut beyond = vec![0.0; after.len()];
    for (edge, scan) in scans.iter().enumerate().filter(|(_, scan)| scan.n() > 0) {
        let from = selection.index.edges.from[edge] as usize;
        let Some(after) = after[from] else { continue };
        let p90 = after.elapsed.p90;
        let longer = scan.largest().map(|(length, _)| length as f64 - p90);
        beyond[from] += longer.take_while(|more| *more > 0.0).sum::<f64>();
    }
    for (beyond, after) in beyond.iter_mut().zip(after) {
        let total = after.map_or(0, |after| after.elapsed.total);
        *beyond = if total > 0 {
            *beyond / total as f64
        } else {
            0.0
        };
    }
    beyond
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::Logged;
    use crate::test_support::log;

    #[test]
    fn a_case_is_under_way_while_its_first_instance_runs() {
        let mut log = log("c: a b @0 0");
        let base = log.time[0];
        let at = |seconds: [i64; 2]| seconds.iter().map(|s| base + s * 1_000_000).collect();
        // a runs from 0 to 100, b from 10 to 20.
        (log.start, log.time) = (Some(at([0, 10])), at([100, 20]));
        let step = |second: i64| event_at(&log, 0, base + second * 1_000_000);
        assert_eq!(
            [-1, 0, 5, 15, 20, 99, 100].map(step),
            [None, Some(0), Some(0), Some(1), Some(1), Some(1), Some(0)]
        );
    }

    #[test]
    fn cases_stand_where_they_were_last() {
        let log = log("c: a b a @0 10 30; d: a @5; e: b c @20 25; f: a b @0 1");
        let logged = Logged::of(log, None);
        let (log, selection) = (&logged.log, logged.selection());
        let base = log.time[0];
        let at = |second: i64| {
            let found = standing(&selection, base + second * 1_000_000, |case| case == 1);
            let name = |&(case, event): &(usize, usize)| {
                let activity = log.activities.get(log.activity.get(event));
                format!("{}{activity}", log.case_ids.get(case as u32))
            };
            found.iter().map(name).collect::<Vec<String>>().join(" ")
        };
        assert_eq!(at(0), "ca fa");
        assert_eq!(at(12), "cb da");
        assert_eq!(at(24), "cb da eb");
        assert_eq!(at(40), "da");
        let code = |name: &str| log.activities.find(name).unwrap();
        let after = after(&selection);
        let a = after[code("a") as usize].unwrap();
        assert_eq!((a.next, a.share, a.elapsed.n), (code("b"), 1.0, 2));
        let b = after[code("b") as usize].unwrap();
        assert_eq!((b.next, b.share), (code("a").min(code("c")), 0.5));
        // After a: 10 s and 1 s, p90 9.1 s, of 11 s 0.9 s beyond. After b: 20 s and 5 s.
        let beyond = beyond_p90(&selection, &after);
        assert!((beyond[code("a") as usize] - 0.9 / 11.0).abs() < 1e-9);
        assert!((beyond[code("b") as usize] - 1.5 / 25.0).abs() < 1e-9);
        assert_eq!(beyond[code("c") as usize], 0.0);
    }
}

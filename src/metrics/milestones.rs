//! When cases reach milestones. Definitions (Zendesk's and Celonis' throughput between activities):
//! from the anchor (the case's start, or the first or last event of some activities) to the first
//! event of others that comes after it in the case, to their last event if it comes after it, or to the
//! case's end. Events stand in the order of the analysis, an event's instant is its timestamp (of
//! instances: the completion). What is not there is unknown, never 0.

use super::calendar::WorkTime;
use crate::event_log::EventLog;
use crate::filter::{Milestone, Point};
use crate::index::Index;
use rayon::prelude::*;

/// A milestone whose activities were looked up in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundMilestone {
    from: BoundPoint,
    to: BoundPoint,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum BoundPoint {
    Start,
    End,
    /// Whether each activity is meant, by code.
    First(Vec<bool>),
    Last(Vec<bool>),
}

/// How far a case has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The anchor is not there, or what is looked for came before it only.
    None,
    /// The anchor is there, the milestone is not reached; instant of the anchor.
    Begun(i64),
    /// It is reached: instants of the anchor and of the milestone, microseconds.
    Reached(i64, i64),
}

impl BoundMilestone {
    /// Looks a milestone up in a log; also gives the activities that the log does not have.
    pub fn new(milestone: &Milestone, log: &EventLog) -> (Self, Vec<String>) {
        let mut missing = Vec::new();
        let mut bound = |point: &Point| {
            let mut meant = vec![false; log.activities.len()];
            for activity in point.activities() {
                match log.activities.find(&activity.node) {
                    Some(code) => meant[code as usize] = true,
                    None => missing.push(activity.node.clone()),
                }
            }
            match point {
                Point::Start => BoundPoint::Start,
                Point::End => BoundPoint::End,
                Point::First(_) => BoundPoint::First(meant),
                Point::Last(_) => BoundPoint::Last(meant),
            }
        };
        let (from, to) = (bound(&milestone.from), bound(&milestone.to));
        (BoundMilestone { from, to }, missing)
    }

    /// How far a case has come.
    pub fn progress(&self, log: &EventLog, index: &Index, case: usize) -> Progress {
        let events = log.events_of(case);
        let is = |set: &[bool], event: usize| set[log.activity.get(event) as usize];
        // The instant of the anchor, and the first event after it.
        let (from, after) = match &self.from {
            BoundPoint::Start | BoundPoint::End => (index.case_start[case], events.start),
            BoundPoint::First(set) => match events.clone().find(|&e| is(set, e)) {
                Some(event) => (log.time[event], event + 1),
                None => return Progress::None,
            },
            BoundPoint::Last(set) => match events.clone().rev().find(|&e| is(set, e)) {
                Some(event) => (log.time[event], event + 1),
                None => return Progress::None,
            },
        };
        let reached = match &self.to {
            BoundPoint::Start | BoundPoint::End => Some(index.case_end[case]),
            BoundPoint::First(set) => (after..events.end)
                .find(|&e| is(set, e))
                .map(|event| log.time[event]),
            BoundPoint::Last(set) => (after..events.end)
                .rev()
                .find(|&e| is(set, e))
                .map(|event| log.time[event]),
        };
        match reached {
            // Of instances, one that ends earlier may stand later.
            Some(to) => Progress::Reached(from, to.max(from)),
            None => Progress::Begun(from),
        }
    }

    /// The duration of every case in microseconds, [`NO_INSTANT`](crate::event_log::NO_INSTANT) where
    /// it is unknown; working time where `work` says for a case what that is.
    pub fn durations<'w>(
        &self,
        log: &EventLog,
        index: &Index,
        work: impl Fn(usize) -> Option<&'w WorkTime> + Sync,
    ) -> Vec<i64> {
        let duration = |case| match self.progress(log, index, case) {
            Progress::Reached(from, to) => match work(case) {
                Some(work) => work.between(from, to),
                None => to - from,
            },
            _ => crate::event_log::NO_INSTANT,
        };
        (0..log.n_cases()).into_par_iter().map(duration).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log;
    use crate::filter::parse_milestone;
    use crate::test_support::log;

    #[test]
    fn first_and_last_are_looked_for_after_the_anchor() {
        let log = log("c: A B R A R @0 1 2 5 9; d: R A @0 3; e: B @1");
        let index = Index::build(&log, &event_log::Progress::default()).unwrap();
        let of = |text: &str| {
            let (milestone, missing) = BoundMilestone::new(&parse_milestone(text).unwrap(), &log);
            assert_eq!(missing, [""; 0], "{text}");
            let durations = milestone.durations(&log, &index, |_| None);
            let known = |&d: &i64| (d != event_log::NO_INSTANT).then_some(d);
            durations.iter().map(known).collect::<Vec<_>>()
        };
        let unit = log.time[1] - log.time[0];
        let units = |n: i64| Some(n * unit);
        for (text, wanted) in [
            (r#"first "R""#, [units(2), units(0), None]),
            (r#"last "R""#, [units(9), units(0), None]),
            (r#"first "R" after first "A""#, [units(2), None, None]),
            (r#"last "R" after first "A""#, [units(9), None, None]),
            (r#"first "R" after last "A""#, [units(4), None, None]),
            (r#"first ("R", "B")"#, [units(1), units(0), units(0)]),
            (r#"end after first "R""#, [units(7), units(3), None]),
            ("end", [units(9), units(3), units(0)]),
        ] {
            assert_eq!(of(text), wanted, "{text}");
        }
        let (milestone, missing) = BoundMilestone::new(
            &parse_milestone(r#"first "X" after last "B""#).unwrap(),
            &log,
        );
        assert_eq!(missing, ["X"]);
        let begun = [0, 1, 2].map(|case| milestone.progress(&log, &index, case));
        let at = |event: usize| Progress::Begun(log.time[event]);
        assert_eq!(begun, [at(1), Progress::None, at(7)]);
    }
}

//! When cases reach milestones. Definitions (Zendesk's and Celonis' throughput between activities):
//! from the anchor (the case's start, or the first or last event of some activities) to the first
//! event of others that comes after it in the case, to their last event if it comes after it, or to the
//! case's end. Events are in the order of the analysis; an event's instant is its timestamp (for
//! activity instances: the completion). A missing value is unknown, never 0.

use super::calendar::WorkTime;
use crate::event_log::{self, EventLog};
use crate::index::Index;
use rayon::prelude::*;

/// A milestone of a log: of each activity it is said whether it is meant, by code.
pub type Milestone = event_log::Milestone<Vec<bool>>;

/// A place in a case of a log.
pub type Point = event_log::Point<Vec<bool>>;

/// Progress of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The anchor is not there, or what is looked for came before it only.
    None,
    /// The anchor is there, the milestone is not reached; instant of the anchor.
    Begun(i64),
    /// It is reached: instants of the anchor and of the milestone, microseconds.
    Reached(i64, i64),
}

impl Milestone {
    /// Every run of it in a case: one, or as many as there are events to be followed.
    pub fn runs(&self, log: &EventLog, index: &Index, case: usize) -> Vec<Progress> {
        let (Point::Each(from), Point::First(to)) = (&self.from, &self.to) else {
            return vec![self.progress(log, index, case)];
        };
        let (mut runs, mut since) = (Vec::new(), None);
        for event in log.events_of(case) {
            let (activity, time) = (log.activity.get(event) as usize, log.time[event]);
            if to[activity]
                && let Some(from) = since.take()
            {
                runs.push(Progress::Reached(from, time.max(from)));
            } else if from[activity] {
                // Further events before the answer are the same run: it waits since the first of
                // them.
                since = since.or(Some(time));
            }
        }
        runs.extend(since.map(Progress::Begun));
        runs
    }

    /// Returns the progress of a case; with several runs, of the first.
    pub fn progress(&self, log: &EventLog, index: &Index, case: usize) -> Progress {
        let events = log.events_of(case);
        let is = |set: &[bool], event: usize| set[log.activity.get(event) as usize];
        // The instant of the anchor, and the first event after it.
        let (from, after) = match &self.from {
            Point::Start | Point::End => (index.case_start[case], events.start),
            Point::First(set) | Point::Each(set) => match events.clone().find(|&e| is(set, e)) {
                Some(event) => (log.time[event], event + 1),
                None => return Progress::None,
            },
            Point::Last(set) => match events.clone().rev().find(|&e| is(set, e)) {
                Some(event) => (log.time[event], event + 1),
                None => return Progress::None,
            },
        };
        let reached = match &self.to {
            Point::Start | Point::End => Some(index.case_end[case]),
            Point::First(set) | Point::Each(set) => (after..events.end)
                .find(|&e| is(set, e))
                .map(|event| log.time[event]),
            Point::Last(set) => (after..events.end)
                .rev()
                .find(|&e| is(set, e))
                .map(|event| log.time[event]),
        };
        match reached {
            // A later activity instance may have ended earlier.
            Some(to) => Progress::Reached(from, to.max(from)),
            None => Progress::Begun(from),
        }
    }

    /// The duration of a case, of several runs the longest, and when that one reached the milestone, both
    /// in microseconds; working time where `work` is given. `None` where the milestone is not reached.
    pub fn measured(
        &self,
        log: &EventLog,
        index: &Index,
        case: usize,
        work: Option<&WorkTime>,
    ) -> Option<(i64, i64)> {
        let measured = |run: Progress| match (run, work) {
            (Progress::Reached(from, to), Some(work)) => Some((work.between(from, to), to)),
            (Progress::Reached(from, to), None) => Some((to - from, to)),
            _ => None,
        };
        match &self.from {
            Point::Each(_) => {
                let runs = self.runs(log, index, case).into_iter();
                // Of equally long runs the earliest.
                let longest = |run: &(i64, i64)| (run.0, std::cmp::Reverse(run.1));
                runs.filter_map(measured).max_by_key(longest)
            }
            _ => measured(self.progress(log, index, case)),
        }
    }

    /// The duration of every case in microseconds, [`NO_INSTANT`](crate::event_log::NO_INSTANT) where
    /// it is unknown, of several runs the longest; working time where `work` says for a case what that is.
    pub fn durations<'w>(
        &self,
        log: &EventLog,
        index: &Index,
        work: impl Fn(usize) -> Option<&'w WorkTime> + Sync,
    ) -> Vec<i64> {
        let duration = |case| {
            let measured = self.measured(log, index, case, work(case));
            measured.map_or(crate::event_log::NO_INSTANT, |(duration, _)| duration)
        };
        (0..log.n_cases()).into_par_iter().map(duration).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log;
    use crate::test_support::log;

    #[test]
    fn each_message_is_followed_to_its_answer() {
        let log = log("c: M A M M N A M @0 5 6 7 8 20 30; d: A N @1 2; e: M A @3 4");
        let index = Index::build(&log, &event_log::Progress::default()).unwrap();
        let meant = |name: &str| log.activities.iter().map(|a| a == name).collect();
        let milestone = Milestone {
            from: Point::Each(meant("M")),
            to: Point::First(meant("A")),
        };
        let base = log.time[0];
        let at = |second: i64| base + second * 1_000_000;
        let wanted = [
            Progress::Reached(at(0), at(5)),
            Progress::Reached(at(6), at(20)),
            Progress::Begun(at(30)),
        ];
        assert_eq!(milestone.runs(&log, &index, 0), wanted);
        assert_eq!(milestone.runs(&log, &index, 1), []);
        let longest = milestone.durations(&log, &index, |_| None);
        assert_eq!(longest, [14_000_000, event_log::NO_INSTANT, 1_000_000]);
    }

    #[test]
    fn first_and_last_are_looked_for_after_the_anchor() {
        let log = log("c: A B R A R @0 1 2 5 9; d: R A @0 3; e: B @1");
        let index = Index::build(&log, &event_log::Progress::default()).unwrap();
        let meant = |names: &[&str]| {
            let name = |code: u32| log.activities.get(code);
            let codes = 0..log.activities.len() as u32;
            codes.map(|code| names.contains(&name(code))).collect()
        };
        let first = |names: &[&str]| Point::First(meant(names));
        let last = |names: &[&str]| Point::Last(meant(names));
        let unit = log.time[1] - log.time[0];
        for (to, from, wanted) in [
            (first(&["R"]), Point::Start, [Some(2), Some(0), None]),
            (last(&["R"]), Point::Start, [Some(9), Some(0), None]),
            (first(&["R"]), first(&["A"]), [Some(2), None, None]),
            (last(&["R"]), first(&["A"]), [Some(9), None, None]),
            (first(&["R"]), last(&["A"]), [Some(4), None, None]),
            (
                first(&["R", "B"]),
                Point::Start,
                [Some(1), Some(0), Some(0)],
            ),
            (Point::End, first(&["R"]), [Some(7), Some(3), None]),
            (Point::End, Point::Start, [Some(9), Some(3), Some(0)]),
        ] {
            let milestone = Milestone { from, to };
            let durations = milestone.durations(&log, &index, |_| None);
            let known = |&d: &i64| (d != event_log::NO_INSTANT).then_some(d / unit);
            let durations: Vec<Option<i64>> = durations.iter().map(known).collect();
            assert_eq!(durations, wanted, "{milestone:?}");
        }
        let never = Milestone {
            from: last(&["B"]),
            to: first(&[]),
        };
        let begun = [0, 1, 2].map(|case| never.progress(&log, &index, case));
        let at = |event: usize| Progress::Begun(log.time[event]);
        assert_eq!(begun, [at(1), Progress::None, at(7)]);
    }
}

//! Deadlines: which cases keep a limit, break it, or are about to. The clock of a rule runs from the
//! anchor of its milestone until the milestone is reached, in working time where the rule has a
//! calendar; it stands still after events of pausing activities, until the next event of the case. A
//! limit is broken when more than it has passed (strict). It is due when the clock shows it for the first
//! time: pauses after that do not move it.

use super::calendar::Hours;
use super::milestones::{Milestone, Point, Progress};
use crate::event_log::EventLog;
use crate::index::Index;

/// A limit that cases are to keep.
#[derive(Debug)]
pub struct Rule<'a> {
    /// Point to reach.
    pub milestone: Milestone,
    /// The time for it, microseconds.
    pub limit: i64,
    /// Calendar that counts time.
    pub hours: Hours<'a>,
    /// Activities after which the clock stands still, by code.
    pub pauses: Vec<bool>,
    /// The share of the limit from which on an open case is at risk.
    pub warn: f64,
}

/// When a case is over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ends {
    /// True if an end state is known; otherwise every case counts as closed.
    pub known: bool,
    /// Activities that end a case where they are its last, by code.
    pub activities: Vec<bool>,
    /// A case is over, too, when nothing happened in it for longer than this, microseconds.
    pub idle: Option<i64>,
}

impl Ends {
    /// True if a case is still open at an instant.
    pub fn is_open(&self, log: &EventLog, index: &Index, case: usize, now: i64) -> bool {
        if !self.known {
            return false;
        }
        let last = log.events_of(case).end - 1;
        // An activity that is still being done has not ended the case.
        let ended = self.activities[log.activity.get(last) as usize] && !log.is_running(last);
        let idle = now.saturating_sub(index.case_end[case]);
        !ended && self.idle.is_none_or(|most| idle <= most)
    }
}

/// State of a case under a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Reached in time.
    Kept,
    /// Reached too late.
    Broken,
    /// Not reached, and the limit is over; the case is open.
    Overdue,
    /// Not reached, the case is open, and its time is running out.
    AtRisk,
    /// Not reached, the case is open, there is time.
    Running,
    /// Not reached, and never will be: the case is over.
    Missed,
}

impl State {
    /// All states, in display order.
    pub const ALL: [State; 6] = [
        State::Kept,
        State::Broken,
        State::Overdue,
        State::AtRisk,
        State::Running,
        State::Missed,
    ];

    /// In a word or two.
    pub fn word(self) -> &'static str {
        match self {
            State::Kept => "kept",
            State::Broken => "broken",
            State::Overdue => "overdue",
            State::AtRisk => "at risk",
            State::Running => "running",
            State::Missed => "missed",
        }
    }

    /// True if the limit is broken.
    pub fn is_breach(self) -> bool {
        matches!(self, State::Broken | State::Overdue)
    }
}

/// A case under a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// State of the case.
    pub state: State,
    /// Time that has counted, microseconds.
    pub elapsed: i64,
    /// Instant of the anchor.
    pub since: i64,
    /// When the milestone was reached; for an open case that has not the instant it was looked at.
    pub until: i64,
    /// When the clock shows the limit, or would if it ran on; `None` where it stands still before that, or
    /// the calendar ends.
    pub limit_at: Option<i64>,
    /// `limit_at` of an open case that has not reached the milestone, `None` for others.
    pub due: Option<i64>,
}

/// A time for which the clock of a rule ran in a case that is over: until the milestone was reached, or until
/// the end of the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// Instant of the anchor, microseconds.
    pub since: i64,
    /// Instant of the milestone or of the end of the case, microseconds.
    pub until: i64,
}

impl Rule<'_> {
    /// Returns the courses of the clock in a case that is over, in the order of time.
    pub fn courses(&self, log: &EventLog, index: &Index, case: usize) -> Vec<Course> {
        let runs = self.milestone.runs(log, index, case).into_iter();
        let course = |run: Progress| match run {
            Progress::None => None,
            Progress::Reached(since, until) => Some(Course { since, until }),
            Progress::Begun(since) => Some(Course {
                since,
                until: index.case_end[case].max(since),
            }),
        };
        runs.filter_map(course).collect()
    }

    /// Returns what the clock shows at an instant of a case that is over, and what it still shows after that
    /// until it stops, both in microseconds; `None` where it does not run then.
    pub fn shown_at(
        &self,
        log: &EventLog,
        case: usize,
        courses: &[Course],
        instant: i64,
    ) -> Option<(i64, i64)> {
        let runs = |course: &&Course| course.since <= instant && instant < course.until;
        let course = courses.iter().find(runs)?;
        let shown = self.counted(log, case, course.since, instant);
        let whole = self.counted(log, case, course.since, course.until);
        Some((shown, whole - shown))
    }

    /// Returns the verdict on a case at an instant; `None` if the milestone's anchor is missing.
    /// `is_open` says whether the case is still open then.
    pub fn verdict(
        &self,
        (log, index): (&EventLog, &Index),
        case: usize,
        (now, is_open): (i64, bool),
    ) -> Option<Verdict> {
        if let Point::Each(_) = self.milestone.from {
            let runs = self.milestone.runs(log, index, case).into_iter();
            let verdicts = runs.filter_map(|run| self.judge(log, case, run, (now, is_open)));
            // A broken run outweighs one in progress, and that one a kept run.
            let weight = |v: &Verdict| match v.state {
                State::Broken => 2,
                State::Kept => 0,
                _ => 1,
            };
            return verdicts.max_by_key(|v| (weight(v), v.elapsed));
        }
        let progress = self.milestone.progress(log, index, case);
        self.judge(log, case, progress, (now, is_open))
    }

    /// Verdict on one run of the milestone.
    fn judge(
        &self,
        log: &EventLog,
        case: usize,
        progress: Progress,
        (now, is_open): (i64, bool),
    ) -> Option<Verdict> {
        let (since, until, reached) = match progress {
            Progress::None => return None,
            // The end of a case that is still open is not reached.
            Progress::Reached(since, _) if is_open && self.milestone.to == Point::End => {
                (since, now.max(since), false)
            }
            Progress::Reached(since, until) => (since, until, true),
            Progress::Begun(since) => (since, now.max(since), false),
        };
        let (pauses, pauses_now) = self.pauses(log, case, since, until);
        let elapsed = self.running(case, since, until, &pauses);
        // Strict: a limit that is just reached is kept.
        let late = elapsed > self.limit;
        let state = match (reached, is_open) {
            (true, _) if late => State::Broken,
            (true, _) => State::Kept,
            (false, false) => State::Missed,
            (false, true) if late => State::Overdue,
            (false, true) if elapsed as f64 >= self.warn * self.limit as f64 => State::AtRisk,
            (false, true) => State::Running,
        };
        let stop = (pauses_now && !reached).then_some(until);
        let limit_at = self.limit_at(case, since, &pauses, stop);
        Some(Verdict {
            state,
            elapsed,
            since,
            until,
            limit_at,
            due: limit_at.filter(|_| !reached && is_open),
        })
    }

    /// Time of a span of a case for which the clock of the rule runs, microseconds.
    pub fn counted(&self, log: &EventLog, case: usize, from: i64, to: i64) -> i64 {
        let (pauses, _) = self.pauses(log, case, from, to);
        self.running(case, from, to, &pauses)
    }

    fn running(&self, case: usize, from: i64, to: i64, pauses: &[(i64, i64)]) -> i64 {
        let paused = pauses
            .iter()
            .map(|&(from, to)| self.hours.between(case, from, to));
        self.hours.between(case, from, to) - paused.sum::<i64>()
    }

    /// When the clock shows the limit for the first time; `None` where it stands still before that, from
    /// `stop` on.
    fn limit_at(
        &self,
        case: usize,
        since: i64,
        pauses: &[(i64, i64)],
        stop: Option<i64>,
    ) -> Option<i64> {
        // Pauses of overlapping instances overlap, too, and each counts.
        let starts = pauses.iter().map(|pause| (pause.0, 1));
        let mut changes: Vec<(i64, i64)> = starts.chain(pauses.iter().map(|p| (p.1, -1))).collect();
        changes.sort_unstable();
        let (mut at, mut left, mut paused) = (since, self.limit, 0);
        for (change, by) in changes {
            let counted = self.hours.between(case, at, change);
            if paused == 0 && left <= counted {
                return self.hours.after(case, at, left);
            }
            // With n pauses at a time the clock runs back n - 1 times, as `running` subtracts each
            // of them.
            left -= counted * (1 - paused);
            (at, paused) = (change, paused + by);
        }
        let ends_before = |stop: i64| self.hours.between(case, at, stop) < left;
        if stop.is_some_and(ends_before) {
            return None;
        }
        self.hours.after(case, at, left)
    }

    /// The pauses within a span, in the order of events, and whether the last event is a pausing one.
    fn pauses(
        &self,
        log: &EventLog,
        case: usize,
        since: i64,
        until: i64,
    ) -> (Vec<(i64, i64)>, bool) {
        // Most rules have no pauses, and the events need not be looked at.
        if !self.pauses.contains(&true) {
            return (Vec::new(), false);
        }
        let events = log.events_of(case);
        let (mut pauses, mut to_the_end) = (Vec::new(), false);
        for event in events.clone() {
            if !self.pauses[log.activity.get(event) as usize] {
                continue;
            }
            let next = (event + 1 < events.end).then(|| log.time[event + 1]);
            let from = log.time[event].max(since);
            let to = next.unwrap_or(until).min(until);
            if from < to {
                pauses.push((from, to));
            }
            to_the_end = next.is_none();
        }
        (pauses, to_the_end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::Progress as Loading;
    use crate::metrics::milestones::Point;
    use crate::test_support::log;

    use crate::text::time::SECOND;

    fn verdicts(text: &str, limit: i64, pauses: &[&str], now: i64) -> Vec<Option<(State, i64)>> {
        let log = log(text);
        let index = Index::build(&log, &Loading::default()).unwrap();
        let meant = |names: &[&str]| {
            let names = names.to_vec();
            let activities = log.activities.iter();
            activities.map(|name| names.contains(&name)).collect()
        };
        let rule = Rule {
            milestone: Milestone {
                from: Point::First(meant(&["A"])),
                to: Point::First(meant(&["R"])),
            },
            limit: limit * SECOND,
            hours: Hours::Always,
            pauses: meant(pauses),
            warn: 0.8,
        };
        let ends = Ends {
            known: true,
            activities: meant(&["Z"]),
            idle: Some(1000 * SECOND),
        };
        let now = log.time[0] + now * SECOND;
        let verdict = |case| {
            let open = ends.is_open(&log, &index, case, now);
            let verdict = rule.verdict((&log, &index), case, (now, open))?;
            if let Some(due) = verdict.due {
                assert_eq!((due < now), verdict.state == State::Overdue, "{case}");
            }
            Some((verdict.state, verdict.elapsed / SECOND))
        };
        (0..log.n_cases()).map(verdict).collect()
    }

    #[test]
    fn of_several_runs_a_broken_one_is_told_then_one_that_runs() {
        let log = log("a: M A M @0 30 31; b: M A M @0 5 6; c: M A M A @0 9 10 15; d: A @0");
        let index = Index::build(&log, &Loading::default()).unwrap();
        let meant = |name: &str| log.activities.iter().map(|a| a == name).collect();
        let rule = Rule {
            milestone: Milestone {
                from: Point::Each(meant("M")),
                to: Point::First(meant("A")),
            },
            limit: 10 * SECOND,
            hours: Hours::Always,
            pauses: vec![false; log.activities.len()],
            warn: 0.8,
        };
        let now = log.time[0] + 12 * SECOND;
        let found = |case| {
            let verdict = rule.verdict((&log, &index), case, (now, true))?;
            Some((verdict.state, verdict.elapsed / SECOND))
        };
        let states: Vec<_> = (0..4).map(found).collect();
        let wanted = [
            Some((State::Broken, 30)),
            Some((State::Running, 6)),
            Some((State::Kept, 9)),
            None,
        ];
        assert_eq!(states, wanted);
    }

    #[test]
    fn a_limit_is_kept_up_to_itself() {
        let text = "a: A R @0 10; b: A R @0 11; c: A B @0 5; d: A B @0 1; e: A Z @0 3; f: B R @0 1";
        let found = verdicts(text, 10, &[], 9);
        assert_eq!(found[0], Some((State::Kept, 10)));
        assert_eq!(found[1], Some((State::Broken, 11)));
        assert_eq!(found[2], Some((State::AtRisk, 9)));
        assert_eq!(found[4], Some((State::Missed, 9)));
        assert_eq!(found[5], None);
        assert_eq!(verdicts(text, 10, &[], 7)[3], Some((State::Running, 7)));
        assert_eq!(verdicts(text, 10, &[], 10)[3], Some((State::AtRisk, 10)));
        assert_eq!(verdicts(text, 10, &[], 11)[3], Some((State::Overdue, 11)));
        // Nothing happened for too long: nobody waits for it any more.
        assert_eq!(
            verdicts(text, 10, &[], 1002)[3],
            Some((State::Missed, 1002))
        );
    }

    #[test]
    fn the_clock_stands_still_after_pausing_activities() {
        // Waits from 2 to 7 and from 9 on.
        let text = "a: A W B R @0 2 7 12; b: A W B W @0 2 7 9; c: W A R @0 4 6";
        let found = verdicts(text, 6, &["W"], 30);
        assert_eq!(found[0], Some((State::Broken, 7)));
        assert_eq!(found[1], Some((State::Running, 4)));
        // A pause before the anchor does not count.
        assert_eq!(found[2], Some((State::Kept, 2)));
    }

    proptest::proptest! {
        #[test]
        fn a_limit_is_due_when_the_clock_first_shows_it(
            gaps in proptest::collection::vec((0i64..20, proptest::bool::ANY), 1..12),
            (limit, later, open) in (0i64..60, 0i64..60, proptest::bool::ANY),
        ) {
            use std::fmt::Write;
            let (mut names, mut times, mut at) = ("A".to_owned(), "0".to_owned(), 0);
            for (gap, pauses) in &gaps {
                at += gap;
                names.push_str(if *pauses { " W" } else { " B" });
                let _ = write!(times, " {at}");
            }
            let log = log(&format!("c: {names} @{times}"));
            let index = Index::build(&log, &Loading::default()).unwrap();
            let meant = |name: &str| log.activities.iter().map(|a| a == name).collect::<Vec<_>>();
            let rule = Rule {
                milestone: Milestone { from: Point::Start, to: Point::First(meant("R")) },
                limit: limit * SECOND,
                hours: Hours::Always,
                pauses: meant("W"),
                warn: 1.0,
            };
            let start = log.time[0];
            let now = start + (at + later) * SECOND;
            let verdict = rule.verdict((&log, &index), 0, (now, open)).unwrap();
            let shows = |until: i64| rule.counted(&log, 0, start, until);
            let first = (0..=at + later).map(|s| start + s * SECOND).find(|&t| shows(t) >= rule.limit);
            match (first, verdict.limit_at) {
                (Some(first), due) => assert_eq!(due, Some(first)),
                // It stands still, or is due after now.
                (None, None) => assert!(gaps[gaps.len() - 1].1),
                (None, Some(due)) => assert_eq!(due, now + rule.limit - shows(now)),
            }
            assert_eq!(verdict.due, verdict.limit_at.filter(|_| open));
        }
    }
}

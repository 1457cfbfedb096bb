//! Evaluates bound filters to sets of cases, on the index where it can. The rows and the sequences
//! have files of their own; here are the tree, the spans of cases and the times between two events.

use super::ast::{Anchor, Dial, Relation};
use super::chain;
use super::field::{EventTest, Source};
pub(super) use super::pairs::{Elapsed, Pair};
use super::pairs::{directly, eventually};
use super::path::Path;
use super::rows::{self, Condition};
use super::trace::TraceTest;
use super::value::{InstantTest, Test};
use crate::event_log::{EventLog, Wait, WallClock};
use crate::index::{CaseSet, Index, bits};
use chrono_tz::Tz;

/// A filter whose names and values are looked up.
#[derive(Debug, Clone)]
pub enum Node {
    /// All of them hold.
    All(Vec<Node>),
    /// One of them holds.
    Any(Vec<Node>),
    /// It does not hold.
    Not(Box<Node>),
    /// These cases of the log that the filter was bound to.
    Cases(CaseSet),
    /// The sequence of activities passes.
    Trace(TraceTest),
    /// The second activity comes right after the first, as asked.
    Directly(u32, u32, Pair),
    /// The second activity comes anywhere after the first, as asked.
    Eventually(u32, u32, Pair),
    /// Events of these activities follow each other.
    Path(Path),
    /// The duration of the case, microseconds, passes.
    Duration(Test<i64>),
    /// The first instant of the case passes.
    Start(InstantTest),
    /// The last instant of the case passes.
    End(InstantTest),
    /// The case lies so to the instants `from..to`.
    Period(Relation, i64, i64),
    /// Some event has its timestamp in the instants `from..to`.
    Time(i64, i64),
    /// Some event is so long after the start of the case.
    Since(Elapsed),
    /// Some event passes.
    Event(EventTest),
    /// One event meets all of the conditions.
    OneEvent(Vec<Condition>),
    /// Successive events pass, one after the other.
    Chain(Vec<EventTest>),
    /// Three successive events have the values r, q and r of a field.
    BackAndForth(Source),
    /// The first or last event passes.
    EventAt(Anchor, EventTest),
    /// Test of the local clock of a zone at the start or the end of the case.
    Clock(Anchor, Dial, Test<i64>, Tz),
    /// Some instance waited, at some moment of the instants `from..to` where they are given.
    Queued(Waiting, Option<(i64, i64)>),
}

/// Whose waits count.
#[derive(Debug, Clone)]
pub enum Waiting {
    /// Waits of an activity.
    Activity(u32),
    /// Waits of the activity instances that pass.
    Resource(EventTest),
}

impl Node {
    /// The cases for which it holds.
    pub fn cases(&self, log: &EventLog, index: &Index) -> CaseSet {
        let n_cases = index.n_cases();
        match self {
            Node::All(all) => {
                let mut cases = CaseSet::all(n_cases);
                for node in all {
                    cases.and(&node.cases(log, index));
                    // Nothing is left to be taken away by the other conditions.
                    if cases.count() == 0 {
                        break;
                    }
                }
                cases
            }
            Node::Any(any) => {
                let mut cases = CaseSet::none(n_cases);
                for node in any {
                    cases.or(&node.cases(log, index));
                    // Nothing is left to be added by the other conditions.
                    if cases.is_all() {
                        break;
                    }
                }
                cases
            }
            Node::Not(inner) => {
                let mut cases = inner.cases(log, index);
                cases.not();
                cases
            }
            Node::Cases(cases) => cases.clone(),
            Node::Trace(test) => test.cases(index),
            Node::Directly(first, second, pair) => directly((*first, *second), pair, log, index),
            Node::Eventually(first, second, pair) => {
                eventually((*first, *second), pair, log, index)
            }
            Node::Path(path) => path.cases(log, index),
            Node::Duration(test) => {
                CaseSet::from_fn(index.n_cases(), |case| test.holds(index.duration(case)))
            }
            Node::Start(test) => spans(index, |start, _| test.holds(start)),
            Node::End(test) => spans(index, |_, end| test.holds(end)),
            Node::Period(relation, from, to) => period(*relation, *from, *to, index),
            Node::Time(from, to) => CaseSet::from_fn(n_cases, |case| {
                let inside = |&time: &i64| *from <= time && time < *to;
                log.time[log.events_of(case)].iter().any(inside)
            }),
            Node::Since(elapsed) => CaseSet::from_fn(n_cases, |case| {
                let events = log.events_of(case);
                // Instances stand by start, so that the first row has the earliest.
                let start = log.begin_tick(events.start);
                let ticks = &log.ticks()[events];
                ticks.iter().any(|tick| elapsed.holds(tick - start))
            }),
            Node::Event(EventTest::Activity(passes)) => {
                TraceTest::HasAny(passes.clone()).cases(index)
            }
            Node::Event(test @ EventTest::Time(InstantTest::Test(ends))) => {
                rows::cases_by_ends(ends, log).unwrap_or_else(|| rows::cases(test, log))
            }
            Node::Event(test) => rows::cases(test, log),
            Node::OneEvent(conditions) => rows::cases_of_one(conditions, log),
            Node::Chain(tests) => chain::chained(tests, log),
            Node::BackAndForth(source) => chain::back_and_forth(*source, log),
            Node::EventAt(anchor, test) => rows::cases_at(*anchor, test, log),
            Node::Clock(end, dial, test, tz) => clock((*end, *dial), test, *tz, index),
            Node::Queued(Waiting::Activity(activity), range) => {
                // Cases without the activity need not be walked over.
                let possible = TraceTest::Has(*activity).variants(index);
                queued(log, *range, |case, wait| {
                    bits::contains(&possible, index.case_variant[case] as usize)
                        && log.activity.get(wait.event) == *activity
                })
            }
            Node::Queued(Waiting::Resource(test), range) => {
                let passes = rows::events(test, log);
                queued(log, *range, |_, wait| bits::contains(&passes, wait.event))
            }
        }
    }
}

/// The cases whose first and last instant are as said.
fn spans(index: &Index, holds: impl Fn(i64, i64) -> bool + Sync) -> CaseSet {
    CaseSet::from_fn(index.n_cases(), |case| {
        holds(index.case_start[case], index.case_end[case])
    })
}

/// The cases at whose start or end the clock of a zone shows what passes.
fn clock((end, dial): (Anchor, Dial), test: &Test<i64>, tz: Tz, index: &Index) -> CaseSet {
    let instants = match end {
        Anchor::Starts => &index.case_start,
        Anchor::Ends => &index.case_end,
    };
    let ends = (instants.iter().min(), instants.iter().max());
    let (Some(&first), Some(&last)) = ends else {
        return CaseSet::none(index.n_cases());
    };
    let clock = WallClock::over(tz, first, last);
    CaseSet::from_fn(index.n_cases(), |case| {
        let (weekday, hour) = clock.weekday_and_hour(instants[case]);
        test.holds(match dial {
            Dial::Weekday => weekday as i64,
            Dial::Hour => hour as i64,
        })
    })
}

/// The cases with a wait that counts, at some moment of the range where there is one.
fn queued(
    log: &EventLog,
    range: Option<(i64, i64)>,
    counts: impl Fn(usize, &Wait) -> bool + Sync,
) -> CaseSet {
    CaseSet::from_fn(log.n_cases(), |case| {
        log.waits_of(case)
            .any(|wait| range.is_none_or(|(from, to)| wait.meets(from, to)) && counts(case, &wait))
    })
}

/// The cases that lie so to the instants `from..to`.
fn period(relation: Relation, from: i64, to: i64, index: &Index) -> CaseSet {
    match relation {
        Relation::During => spans(index, |start, end| from <= start && end < to),
        Relation::Started => spans(index, |start, _| from <= start && start < to),
        Relation::Ended => spans(index, |_, end| from <= end && end < to),
        // An empty range is met by nothing.
        Relation::Overlaps => spans(index, |start, end| from < to && start < to && from <= end),
    }
}

#[cfg(test)]
mod tests {
    use crate::event_log::{EventLog, NO_INSTANT, Progress};
    use crate::filter::{bind, parse};
    use crate::index::Index;
    use crate::test_support::log;
    use chrono_tz::Tz;

    fn cases(log: &EventLog, text: &str) -> Vec<usize> {
        let index = Index::build(log, &Progress::default()).unwrap();
        let bound = bind(&parse(text).unwrap(), log, Tz::UTC).unwrap();
        bound.cases(log, &index).iter().collect()
    }

    #[test]
    fn paths_of_events() {
        let log = log("c0: a b c; c1: a c b; c2: b a; c3: a a b @0 +10 +20; c4: c");
        for (text, wanted) in [
            ("\"a\"", vec![0, 1, 2, 3]),
            ("\"a\" -> \"b\"", vec![0, 3]),
            ("\"a\" ~> \"b\"", vec![0, 1, 3]),
            ("\"a\" -> \"a\"", vec![3]),
            ("\"a\" ~> \"a\"", vec![3]),
            ("\"a\" -> \"b\" within 10s", vec![3]),
            ("\"a\" -> \"b\" within 9s", vec![]),
            ("\"a\" -> \"b\" after 11s", vec![0]),
            ("\"a\" ~> \"b\" after 11s", vec![0, 1, 3]),
            ("\"a\" ~> \"b\" within 60s", vec![0, 3]),
            ("\"a\" ~> \"b\" after 121s", vec![]),
            ("\"a\" ~> \"b\" after 10s within 60s", vec![0, 3]),
            ("\"a\" -> \"b\" within 60s after 10s", vec![0, 3]),
            (
                "\"a\" -> \"b\" started 2024-01-01T00:00..2024-01-01T00:01",
                vec![0, 3],
            ),
            ("\"a\" -> \"b\" ended ..2024-01-01T00:01", vec![3]),
            (
                "\"a\" -> \"b\" after 11s during ..=2024-01-01T00:01",
                vec![0],
            ),
            (
                "\"a\" ~> \"b\" after 61s overlaps 2024-01-01T00:02",
                vec![1],
            ),
            (
                "\"a\" ~> \"b\" after 61s started 2024-01-01T00:01..",
                vec![],
            ),
            ("time in 2024-01-01T00:01..2024-01-01T00:02", vec![0, 1, 2]),
            (
                "time in ..=2024-01-01T00:00 and not time in 2024-01-01T00:01..",
                vec![3, 4],
            ),
            ("time after 11s within 119s", vec![0, 1, 2, 3]),
            ("time after 11s within 59s", vec![3]),
            ("time after 2m", vec![0, 1]),
            ("starts with \"a\" and not ends with \"b\"", vec![0]),
            ("count(\"a\") = 2 or events = 1", vec![3, 4]),
            ("duration = 20s", vec![3]),
            ("overlaps 2024-01-01T00:02..", vec![0, 1]),
            ("overlaps 2024-01-01..2024-01-01", vec![]),
            ("queued \"a\"", vec![2, 3]),
            ("queued \"c\" 2024-01-01T00:01:59", vec![0]),
            ("queued \"c\" 2024-01-01T00:02", vec![]),
            ("during ..=2024-01-01T00:01", vec![2, 3, 4]),
        ] {
            assert_eq!(cases(&log, text), wanted, "{text}");
        }
    }

    #[test]
    fn instances_that_overlap_go_back_in_time() {
        // By start: a (ends at 100), a (ends at 20), b (ends at 30): the nearer a is the later one
        // in the sequence, the further one ended after b.
        let mut log = log("c0: a a b");
        let base = log.time[0];
        let by_start = [(100, 0), (20, 10), (30, 15)];
        log.time = by_start.map(|(t, _)| base + t * 1_000_000).to_vec().into();
        log.start = Some(by_start.map(|(_, s)| base + s * 1_000_000).to_vec().into());
        for (text, wanted) in [
            ("\"a\" ~> \"b\" within 0s", true),
            ("\"a\" ~> \"b\" after 10s", true),
            ("\"a\" ~> \"b\" after 11s", false),
            ("\"a\" -> \"a\" within 0s", true),
            ("\"a\" -> \"b\" within 9s", false),
            ("\"a\" ~> \"b\" within -70s", true),
            ("\"a\" ~> \"b\" within -71s", false),
            ("\"a\" ~> \"b\" after -70s within -1us", true),
            ("\"a\" ~> \"b\" after -69s within -1us", false),
            ("duration = 100s", true),
            ("time < 2024-01-01T00:00:21", true),
        ] {
            assert_eq!(!cases(&log, text).is_empty(), wanted, "{text}");
        }
        log.start = Some(vec![NO_INSTANT; 3].into());
        assert_eq!(cases(&log, "duration = 80s"), [0]);
        assert_eq!(cases(&log, "start = 2024-01-01T00:00:20"), [0]);
    }
}

//! Evaluates bound filters to sets of cases, on the index where it can. The rows and the sequences
//! have files of their own; here are the tree, the spans of cases and the times between two events.

use super::ast::{Anchor, Dial, Relation};
use super::bits;
use super::field::EventTest;
use super::rows;
use super::trace::TraceTest;
use super::value::Test;
use crate::event_log::{EventLog, Wait, WallClock, with_codes};
use crate::index::{CaseSet, Index};
use chrono_tz::Tz;
use rayon::prelude::*;

/// A filter whose names and values are looked up.
#[derive(Debug, Clone)]
pub(super) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Trace(TraceTest),
    /// The second activity comes right after the first, in the elapsed time.
    Directly(u32, u32, Elapsed),
    /// The second activity comes anywhere after the first, in the elapsed time.
    Eventually(u32, u32, Elapsed),
    Duration(Test<i64>),
    Start(Test<i64>),
    End(Test<i64>),
    /// The case lies so to the instants `from..to`.
    Period(Relation, i64, i64),
    /// Some event passes.
    Event(EventTest),
    /// What the clock of a zone shows at the start or the end of the case.
    Clock(Anchor, Dial, Test<i64>, Tz),
    /// Some instance waited, at some moment of the instants `from..to` where they are given.
    Queued(Waiting, Option<(i64, i64)>),
}

/// Whose waits count.
#[derive(Debug, Clone)]
pub(super) enum Waiting {
    /// Those of an activity.
    Activity(u32),
    /// Those of instances that pass.
    Resource(EventTest),
}

/// A limit on the time between two events, microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Elapsed {
    AtMost(i64),
    AtLeast(i64),
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
            Node::Trace(test) => test.cases(index),
            Node::Directly(first, second, limit) => directly(*first, *second, *limit, index),
            Node::Eventually(first, second, limit) => {
                let possible = TraceTest::Eventually(*first, *second).variants(index);
                with_codes!(&log.activity, codes => {
                    let pair = Pair::new(*first, *second, *limit);
                    pair.map_or_else(
                        || CaseSet::none(n_cases),
                        |pair| pair.cases(codes, &possible, log, index),
                    )
                })
            }
            Node::Duration(test) => {
                CaseSet::from_fn(index.n_cases(), |case| test.holds(index.duration(case)))
            }
            Node::Start(test) => spans(index, |start, _| test.holds(start)),
            Node::End(test) => spans(index, |_, end| test.holds(end)),
            Node::Period(relation, from, to) => period(*relation, *from, *to, index),
            Node::Event(EventTest::Activity(passes)) => {
                TraceTest::HasAny(passes.clone()).cases(index)
            }
            Node::Event(EventTest::Time(test)) => rows::cases_by_ends(test, log)
                .unwrap_or_else(|| rows::cases(&EventTest::Time(test.clone()), log)),
            Node::Event(test) => rows::cases(test, log),
            Node::Clock(end, dial, test, tz) => clock((*end, *dial), test, *tz, index),
            Node::Queued(Waiting::Activity(activity), range) => {
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
        let (weekday, hour) = clock.weekday_and_hour(instants[case], &mut 0);
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

/// The cases with an occurrence of the edge in the limit: a piece of the edge's sorted list.
fn directly(first: u32, second: u32, limit: Elapsed, index: &Index) -> CaseSet {
    let n_cases = index.n_cases();
    let edges = &index.edges;
    let Some(edge) = edges.find(first, second) else {
        return CaseSet::none(n_cases);
    };
    let all = edges.occurrences(edge);
    let elapsed = &edges.elapsed[all.clone()];
    let inside = match limit {
        Elapsed::AtMost(limit) => 0..elapsed.partition_point(|&e| e <= limit),
        Elapsed::AtLeast(limit) => elapsed.partition_point(|&e| e < limit)..elapsed.len(),
    };
    let insert = |mut cases: CaseSet, &case: &u32| {
        cases.insert(case as usize);
        cases
    };
    // A set for every task is worth its memory for long lists only.
    let pieces = edges.case[all][inside]
        .par_iter()
        .with_min_len((n_cases / 8).max(1 << 16));
    pieces
        .fold(|| CaseSet::none(n_cases), insert)
        .reduce_with(|mut a, b| {
            a.or(&b);
            a
        })
        .unwrap_or_else(|| CaseSet::none(n_cases))
}

/// Two activities, the second somewhere after the first, with a limit on the time between them.
/// The activities are as wide as the codes of the log.
struct Pair<C> {
    first: C,
    second: C,
    limit: Elapsed,
}

impl<C: TryFrom<u32> + PartialEq + Copy + Sync> Pair<C> {
    /// `None` where the log's codes are too narrow for them, so that no event has them.
    fn new(first: u32, second: u32, limit: Elapsed) -> Option<Self> {
        Some(Pair {
            first: C::try_from(first).ok()?,
            second: C::try_from(second).ok()?,
            limit,
        })
    }

    /// The cases with a pair in the limit, among those of the `possible` variants. `codes` are the
    /// activities of all events.
    fn cases(&self, codes: &[C], possible: &[u64], log: &EventLog, index: &Index) -> CaseSet {
        CaseSet::from_fn(index.n_cases(), |case| {
            if !bits::contains(possible, index.case_variant[case] as usize) {
                return false;
            }
            // No two events are further apart than the case is long.
            let longest = self.meets(index.duration(case));
            match self.limit {
                Elapsed::AtMost(_) if longest => true,
                Elapsed::AtLeast(_) if !longest => false,
                _ => {
                    let events = log.events_of(case);
                    self.is_in(&codes[events.clone()], &log.ticks()[events])
                }
            }
        })
    }

    /// Whether some pair of a case's events is in the limit. For the shortest time the latest
    /// first event before each second one counts, for the longest the earliest: by timestamp, not
    /// by place, as the timestamps of instances that overlap may go back.
    #[inline]
    fn is_in(&self, activities: &[C], times: &[i64]) -> bool {
        let mut best: Option<i64> = None;
        for (&activity, &time) in activities.iter().zip(times) {
            if activity == self.second && best.is_some_and(|first| self.meets(time - first)) {
                return true;
            }
            if activity == self.first {
                best = Some(match (best, self.limit) {
                    (None, _) => time,
                    (Some(first), Elapsed::AtMost(_)) => first.max(time),
                    (Some(first), Elapsed::AtLeast(_)) => first.min(time),
                });
            }
        }
        false
    }

    fn meets(&self, elapsed: i64) -> bool {
        match self.limit {
            Elapsed::AtMost(limit) => elapsed <= limit,
            Elapsed::AtLeast(limit) => elapsed >= limit,
        }
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

//! Evaluates paths of two activities with what is asked of the time between them: to the cases in
//! which one pair of events meets all of it.

use super::ast::Relation;
use super::time::DurationLiteral;
use super::trace::TraceTest;
use crate::event_log::{EventLog, with_codes};
use crate::index::{CaseSet, Index, bits};
use rayon::prelude::*;

/// Limits on a duration, both included, microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elapsed {
    /// The least; `i64::MIN` for none.
    pub least: i64,
    /// The most; `i64::MAX` for none.
    pub most: i64,
}

impl Elapsed {
    /// `after` and `within`.
    pub fn of(after: Option<&DurationLiteral>, within: Option<&DurationLiteral>) -> Elapsed {
        Elapsed {
            least: after.map_or(i64::MIN, |limit| limit.micros),
            most: within.map_or(i64::MAX, |limit| limit.micros),
        }
    }

    #[inline]
    pub(super) fn holds(self, duration: i64) -> bool {
        self.least <= duration && duration <= self.most
    }
}

/// Conditions on two events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// Limits of the time between them.
    pub elapsed: Elapsed,
    /// Relation of the span between them to the instants `from..to`.
    pub period: Option<(Relation, i64, i64)>,
}

impl Pair {
    /// The instants at which the first event may be, so that the period is met, given that of the
    /// second; an empty range where there are none. The span goes from the earlier to the later one.
    fn first_in(&self, second: i64) -> (i64, i64) {
        let all = (i64::MIN, i64::MAX);
        let Some((relation, from, to)) = self.period else {
            return all;
        };
        let inside = from <= second && second < to;
        match relation {
            Relation::Started => (from, to),
            Relation::During if inside => (from, to),
            Relation::Ended if inside => all,
            Relation::During | Relation::Ended => (0, 0),
            // An empty range is met by nothing.
            Relation::Overlaps if from >= to => (0, 0),
            Relation::Overlaps => (
                if second >= from { i64::MIN } else { from },
                if second < to { i64::MAX } else { to },
            ),
        }
    }

    /// True if events at these instants, with this distance, meet the conditions.
    #[inline]
    fn holds(&self, first: i64, second: i64, elapsed: i64) -> bool {
        let (from, to) = self.first_in(second);
        self.elapsed.holds(elapsed) && from <= first && first < to
    }
}

/// The cases in which the second activity comes right after the first, as asked.
pub(super) fn directly(
    (first, second): (u32, u32),
    pair: &Pair,
    log: &EventLog,
    index: &Index,
) -> CaseSet {
    let Some(edge) = index.edges.find(first, second) else {
        return CaseSet::none(index.n_cases());
    };
    // The list is sorted by elapsed time, so that limits are a piece of it; instants are not in it.
    if pair.period.is_none() {
        return by_list(edge, pair.elapsed, index);
    }
    let possible = TraceTest::Directly(first, second).variants(index);
    let (variants, edge) = (&index.variants, edge as u32);
    CaseSet::from_fn(index.n_cases(), |case| {
        let variant = index.case_variant[case] as usize;
        bits::contains(&possible, variant) && {
            let events = log.events_of(case);
            let times = log.time[events.clone()].windows(2);
            let ticks = log.ticks()[events].windows(2);
            let mut steps = variants.steps(variant).iter().zip(times.zip(ticks));
            steps.any(|(&step, (times, ticks))| {
                step == edge && pair.holds(times[0], times[1], ticks[1] - ticks[0])
            })
        }
    })
}

/// The cases with an occurrence of the edge in the limits: a piece of the edge's sorted list.
fn by_list(edge: usize, limits: Elapsed, index: &Index) -> CaseSet {
    let (n_cases, edges) = (index.n_cases(), &index.edges);
    let all = edges.occurrences(edge);
    let elapsed = &edges.elapsed[all.clone()];
    let from = elapsed.partition_point(|&e| e < limits.least);
    // Where the limits contradict each other the piece is empty.
    let to = elapsed.partition_point(|&e| e <= limits.most).max(from);
    let insert = |mut cases: CaseSet, &case: &u32| {
        cases.insert(case as usize);
        cases
    };
    // A set for every task is worth its memory for long lists only.
    let pieces = edges.case[all][from..to]
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

/// The cases in which the second activity comes anywhere after the first, as asked.
pub(super) fn eventually(
    (first, second): (u32, u32),
    pair: &Pair,
    log: &EventLog,
    index: &Index,
) -> CaseSet {
    let possible = TraceTest::Eventually(first, second).variants(index);
    with_codes!(&log.activity, codes => {
        Search::new(first, second, pair).map_or_else(
            || CaseSet::none(index.n_cases()),
            |search| search.cases(codes, &possible, log, index),
        )
    })
}

/// Looks for two activities, the second somewhere after the first. The activities are as wide as the
/// codes of the log.
struct Search<'a, C> {
    first: C,
    second: C,
    pair: &'a Pair,
}

impl<'a, C: TryFrom<u32> + PartialEq + Copy + Sync> Search<'a, C> {
    /// `None` where the log's codes are too narrow for them, so that no event has them.
    fn new(first: u32, second: u32, pair: &'a Pair) -> Option<Self> {
        Some(Search {
            first: C::try_from(first).ok()?,
            second: C::try_from(second).ok()?,
            pair,
        })
    }

    /// The cases with such a pair, among those of the `possible` variants. `codes` are the
    /// activities of all events.
    fn cases(&self, codes: &[C], possible: &[u64], log: &EventLog, index: &Index) -> CaseSet {
        let Elapsed { least, most } = self.pair.elapsed;
        CaseSet::from_fn(index.n_cases(), |case| {
            if !bits::contains(possible, index.case_variant[case] as usize) {
                return false;
            }
            // No two events are further apart than the case is long.
            let longest = index.duration(case);
            if longest < least {
                return false;
            }
            let events = log.events_of(case);
            let (activities, ticks) = (&codes[events.clone()], &log.ticks()[events.clone()]);
            match (self.pair.period, least, most) {
                // The longest pair of the case is within the limit, and so all are.
                (None, i64::MIN, _) if longest <= most => true,
                (None, i64::MIN, _) => self.nearest(activities, ticks, most),
                (None, _, i64::MAX) => self.furthest(activities, ticks, least),
                _ => self.any(activities, &log.time[events], ticks),
            }
        })
    }

    /// True if some pair is at most this far apart: the latest first event before each second one
    /// counts, by its reading and not by its place, as instances that overlap may go back in time.
    fn nearest(&self, activities: &[C], ticks: &[i64], most: i64) -> bool {
        let near = |first: i64, tick: i64| tick - first <= most;
        self.best(activities, ticks, i64::max, near)
    }

    /// True if some pair is at least this far apart: the earliest first event counts.
    fn furthest(&self, activities: &[C], ticks: &[i64], least: i64) -> bool {
        let far = |first: i64, tick: i64| tick - first >= least;
        self.best(activities, ticks, i64::min, far)
    }

    #[inline]
    fn best(
        &self,
        activities: &[C],
        ticks: &[i64],
        better: impl Fn(i64, i64) -> i64,
        meets: impl Fn(i64, i64) -> bool,
    ) -> bool {
        let mut best: Option<i64> = None;
        for (&activity, &tick) in activities.iter().zip(ticks) {
            if activity == self.second && best.is_some_and(|first| meets(first, tick)) {
                return true;
            }
            if activity == self.first {
                best = Some(best.map_or(tick, |first| better(first, tick)));
            }
        }
        false
    }

    /// True if some pair meets all conditions. The condition on the first event, given the
    /// second, is a range of instants and one of readings, and readings never fall while instants
    /// rise: of the first events in order, the earliest one that is not too early decides.
    fn any(&self, activities: &[C], times: &[i64], ticks: &[i64]) -> bool {
        let Elapsed { least, most } = self.pair.elapsed;
        let mut firsts: Vec<(i64, i64)> = Vec::new();
        for ((&activity, &time), &tick) in activities.iter().zip(times).zip(ticks) {
            if activity == self.second {
                let (from, to) = self.pair.first_in(time);
                let earliest = tick.saturating_sub(most);
                let at = firsts.partition_point(|&(t, k)| t < from || k < earliest);
                let inside = |&(t, k): &(i64, i64)| t < to && tick.saturating_sub(k) >= least;
                if firsts.get(at).is_some_and(inside) {
                    return true;
                }
            }
            if activity == self.first {
                // Nearly always the last place: events stand by time unless instances overlap.
                let at = firsts.partition_point(|&first| first <= (time, tick));
                firsts.insert(at, (time, tick));
            }
        }
        false
    }
}

//! Visits of states by cases that ended, and the time that was left after each.

use super::contexts::{Contexts, Stretch};
use crate::event_log::EventLog;
use crate::index::{CaseSet, Index};

/// Longest context of a state.
pub const STATE_LENGTH: usize = 3;

/// Visits that a state needs, so that a shorter context is not used instead.
pub const LEAST_VISITS: usize = 50;

/// An event of a case that ended. Times are by the clock of the log, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// The case.
    pub case: u32,
    /// Row of the event.
    pub event: u32,
    /// Time until the next event of the case; -1 for the last one, which is below any rest.
    pub gap: i64,
    /// Time until the end of the case.
    pub left: i64,
    /// Time since the first event of the case.
    pub elapsed: i64,
}

/// Last reading of the clock of the log in a case.
fn end_tick(log: &EventLog, case: usize) -> i64 {
    let rows = log.events_of(case);
    if !log.has_instances() {
        return log.ticks()[rows.end - 1];
    }
    // Of overlapping instances, the one that began last need not be the last to end.
    let ticks = log.ticks()[rows].iter();
    ticks.copied().max().unwrap_or_default()
}

impl Visit {
    /// The visit of an event of a case.
    #[inline]
    pub fn of(log: &EventLog, case: usize, event: usize) -> Self {
        let (rows, ticks) = (log.events_of(case), log.ticks());
        let at = ticks[event];
        let gap = if event + 1 < rows.end {
            (ticks[event + 1] - at).max(0)
        } else {
            -1
        };
        Visit {
            case: case as u32,
            event: event as u32,
            gap,
            left: end_tick(log, case) - at,
            elapsed: at - ticks[rows.start],
        }
    }
}

/// Cases that ended, by which others are predicted.
#[derive(Debug, Clone, Copy)]
pub struct Training<'a> {
    /// The log.
    pub log: &'a EventLog,
    /// Index of the log.
    pub index: &'a Index,
    /// The places of its variants.
    pub contexts: &'a Contexts,
    /// The cases.
    pub cases: &'a CaseSet,
    /// Number of them of each variant.
    pub weights: &'a [u32],
}

impl Training<'_> {
    /// Number of visits of a state.
    pub fn n_visits(&self, state: &Stretch) -> usize {
        let places = self.contexts.places(state).iter();
        let weight = |place: &u32| self.weights[self.contexts.variant_of(*place)] as usize;
        places.map(weight).sum()
    }

    /// The visits of a state by those cases for which `of` holds.
    pub fn visits(&self, state: &Stretch, of: impl Fn(usize) -> bool) -> Vec<Visit> {
        let variants = &self.index.variants;
        let mut visits = Vec::new();
        for &place in self.contexts.places(state) {
            let variant = self.contexts.variant_of(place);
            if self.weights[variant] == 0 {
                continue;
            }
            let step = (place - variants.offsets[variant]) as usize;
            for &case in variants.cases_of(variant) {
                let case = case as usize;
                if self.cases.contains(case) && of(case) {
                    let event = self.log.events_of(case).start + step;
                    visits.push(Visit::of(self.log, case, event));
                }
            }
        }
        visits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::{Cancel, Progress};
    use crate::metrics::Selection;
    use crate::test_support::log;

    #[test]
    fn visits_know_the_next_event_and_the_end() {
        let log = log("1: a b c @0 +10 +30; 2: a b a @5 +1 +4; 3: a b @0 +7");
        let index = Index::build(&log, &Progress::default()).unwrap();
        let n = log.activities.len();
        let contexts = Contexts::new(&index.variants, n, &Cancel::never()).unwrap();
        let cases = CaseSet::from_fn(3, |case| case < 2);
        let weights = Selection::count_variants(&index, Some(&cases));
        let training = Training {
            log: &log,
            index: &index,
            contexts: &contexts,
            cases: &cases,
            weights: &weights,
        };
        let codes: Vec<u32> = ["a", "b"]
            .map(|name| log.activities.find(name).unwrap())
            .to_vec();
        let chain = contexts.of_sequence(&index.variants, &codes, STATE_LENGTH);
        let state = &chain[2];
        assert_eq!(training.n_visits(state), 2);
        let mut visits = training.visits(state, |_| true);
        visits.sort_by_key(|visit| visit.case);
        let second = 1_000_000;
        let of = |visit: &Visit| [visit.gap, visit.left, visit.elapsed].map(|t| t / second);
        assert_eq!(of(&visits[0]), [20, 20, 10]);
        assert_eq!(of(&visits[1]), [3, 3, 1]);
        let first = &contexts.of_sequence(&index.variants, &codes[..1], 1)[1];
        let visits = training.visits(first, |case| case == 1);
        assert_eq!(visits.len(), 2);
        assert_eq!(visits.iter().filter(|visit| visit.gap < 0).count(), 1);
    }
}

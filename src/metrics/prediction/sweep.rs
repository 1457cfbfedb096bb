//! Times left of many cases in one state, each of which has rested for a time of its own: visits are
//! added from the longest rest to the shortest, and asked for as they come to be the ones that count.

use super::remaining::Quantiles;
use super::visits::Visit;
use crate::metrics::quantile::type7;

/// A time that no clock shows.
const NONE: i64 = i64::MIN;

/// A case in the state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Time since its last event, by the clock of the log, microseconds.
    pub rest: i64,
    /// For each clock of [`Sweep`] the time that it had left at the last event, microseconds; `None` where it does
    /// not run.
    pub clocks: Vec<Option<i64>>,
}

/// Time left and late visits of a case.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Left {
    /// Quantiles of the time that is left, from now on; `None` where no visit rested for longer.
    pub quantiles: Option<Quantiles>,
    /// For each clock the visits after which more time was left than the case has, and those for which the clock
    /// ran.
    pub late: Vec<(u64, u64)>,
}

/// The visits of a state.
#[derive(Debug, Clone, Copy)]
pub struct Sweep<'a> {
    /// The visits.
    pub visits: &'a [Visit],
    /// For each clock the time that was left on it after each visit; `None` where it did not run.
    pub clocks: &'a [Vec<Option<i64>>],
}

/// Counts of values by their position in a sorted list (a Fenwick tree).
struct Counted {
    sorted: Vec<i64>,
    /// Position of each visit in `sorted`; `u32::MAX` for one without a value.
    position: Vec<u32>,
    tree: Vec<u32>,
    n: u64,
}

impl Counted {
    fn of(values: impl Iterator<Item = i64>) -> Self {
        let values: Vec<i64> = values.collect();
        let mut order: Vec<u32> = (0..values.len() as u32)
            .filter(|at| values[*at as usize] != NONE)
            .collect();
        order.sort_unstable_by_key(|at| values[*at as usize]);
        let mut position = vec![u32::MAX; values.len()];
        for (to, at) in (0..).zip(&order) {
            position[*at as usize] = to;
        }
        Counted {
            sorted: order.iter().map(|at| values[*at as usize]).collect(),
            tree: vec![0; order.len() + 1],
            position,
            n: 0,
        }
    }

    fn add(&mut self, visit: usize) {
        let Some(position) = Some(self.position[visit]).filter(|at| *at != u32::MAX) else {
            return;
        };
        self.n += 1;
        let mut at = position as usize + 1;
        while at < self.tree.len() {
            self.tree[at] += 1;
            at += at & at.wrapping_neg();
        }
    }

    /// The k-th smallest of the values that were added, from 0.
    fn nth(&self, k: u64) -> i64 {
        let (mut at, mut left) = (0, k);
        let mut step = self.tree.len().next_power_of_two();
        while step > 0 {
            let to = at + step;
            if to < self.tree.len() && u64::from(self.tree[to]) <= left {
                left -= u64::from(self.tree[to]);
                at = to;
            }
            step /= 2;
        }
        self.sorted.get(at).copied().unwrap_or_default()
    }

    /// Number of added values above a limit.
    fn above(&self, limit: i64) -> u64 {
        let mut at = self.sorted.partition_point(|value| *value <= limit);
        let mut below = 0;
        while at > 0 {
            below += u64::from(self.tree[at]);
            at -= at & at.wrapping_neg();
        }
        self.n - below
    }
}

impl Sweep<'_> {
    /// Time left of each of these cases.
    pub fn left(&self, asked: &[Asked]) -> Vec<Left> {
        let mut lefts = Counted::of(self.visits.iter().map(|visit| visit.left));
        let clocks = self.clocks.iter();
        let mut clocks: Vec<Counted> = clocks
            .map(|values| Counted::of(values.iter().map(|value| value.unwrap_or(NONE))))
            .collect();
        let by_gap = order(|at| self.visits[at].gap, self.visits.len());
        let by_rest = order(|at| asked[at].rest, asked.len());
        let mut waiting = by_gap.into_iter().peekable();
        let mut found = vec![Left::default(); asked.len()];
        for at in by_rest {
            let of = &asked[at];
            while let Some(visit) = waiting.next_if(|visit| self.visits[*visit].gap > of.rest) {
                lefts.add(visit);
                for clock in &mut clocks {
                    clock.add(visit);
                }
            }
            let n = lefts.n;
            let quantile = |q: f64| type7(n, q, |k| lefts.nth(k) - of.rest);
            found[at] = Left {
                quantiles: (n > 0).then(|| Quantiles {
                    n: n as usize,
                    of: [0.1, 0.5, 0.9].map(quantile),
                }),
                late: clocks
                    .iter()
                    .zip(&of.clocks)
                    .map(|(clock, left)| left.map_or((0, 0), |left| (clock.above(left), clock.n)))
                    .collect(),
            };
        }
        found
    }
}

/// The numbers below `n`, the largest value first.
fn order(value: impl Fn(usize) -> i64, n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_unstable_by_key(|at| std::cmp::Reverse(value(*at)));
    order
}

#[cfg(test)]
mod tests {
    use super::super::remaining::quantiles;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_sweep_finds_what_each_case_finds_alone(
            visits in prop::collection::vec((-1..20i64, 0..50i64, prop::option::of(0..9i64)), 0..40),
            asked in prop::collection::vec((0..20i64, prop::option::of(0..9i64)), 0..20),
        ) {
            let of: Vec<Visit> = visits.iter().map(|(gap, left, _)| Visit {
                case: 0,
                event: 0,
                gap: *gap,
                left: *left,
                elapsed: 0,
            }).collect();
            let clock: Vec<Option<i64>> = visits.iter().map(|visit| visit.2).collect();
            let sweep = Sweep { visits: &of, clocks: &[clock] };
            let cases: Vec<Asked> = asked.iter().map(|(rest, left)| Asked {
                rest: *rest,
                clocks: vec![*left],
            }).collect();
            let found = sweep.left(&cases);
            prop_assert_eq!(found.len(), asked.len());
            for ((rest, left), found) in asked.iter().zip(&found) {
                let rested = visits.iter().filter(|visit| visit.0 > *rest);
                let mut lefts: Vec<i64> = rested.clone().map(|visit| visit.1 - rest).collect();
                prop_assert_eq!(found.quantiles, quantiles(&mut lefts));
                let ran = rested.filter_map(|visit| visit.2);
                let late = left.map_or((0, 0), |left| {
                    let late = ran.clone().filter(|ran| *ran > left).count();
                    (late as u64, ran.count() as u64)
                });
                prop_assert_eq!(found.late[0], late);
            }
        }
    }
}

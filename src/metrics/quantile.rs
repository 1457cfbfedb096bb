//! Exact sums and quantiles over sorted lists, of all or of the selected cases.
//!
//! Sketches such as t-digest would be shorter, but their figures are approximate: a report would
//! differ from what other programs find in the same log, and from one number of threads to another.

use crate::index::CaseSet;
use std::borrow::Cow;
use std::cmp::Ordering;

/// Entries counted together: a quantile then scans a few such blocks only.
const BLOCK: usize = if cfg!(test) { 8 } else { 512 };

/// A block of smaller values sums up in an i64.
// A block has 512 values: 2^9 times 2^53 is below 2^63.
const SMALL: i64 = 1 << 53;

/// Statistics of a distribution of durations: seconds, from exact microseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Number of values.
    pub n: u64,
    /// Sum, microseconds.
    pub total: i128,
    /// Smallest, microseconds.
    pub min: i64,
    /// Largest, microseconds.
    pub max: i64,
    /// Median, microseconds (may end in a half).
    pub median: f64,
    /// 90th percentile, microseconds.
    pub p90: f64,
    /// 99th percentile, microseconds.
    pub p99: f64,
}

/// Number of selected entries of a list, by block, and their sum.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    /// Entries of a block.
    block: usize,
    /// Number of selected entries before each block; the last item is their total.
    before: Vec<u64>,
    total: i128,
}

impl Tally {
    /// Makes a tally from counts and a sum of entries: the selected ones or, where `others` is true,
    /// those that are not selected. `lens` are the lengths of the blocks, each `block` but for
    /// the last; `all` is the sum of all entries.
    pub fn from_smaller_side(
        block: usize,
        lens: impl Iterator<Item = usize>,
        counts: impl Iterator<Item = u64>,
        (sum, all): (i128, i128),
        others: bool,
    ) -> Tally {
        let mut before = vec![0];
        before.extend(counts.zip(lens).scan(0, |n, (count, len)| {
            *n += if others { len as u64 - count } else { count };
            Some(*n)
        }));
        Tally {
            block,
            before,
            total: if others { all - sum } else { sum },
        }
    }

    /// Counts and sums the entries of the selected cases. `values` ascends, `cases[i]` is the case
    /// of `values[i]`.
    pub fn new(values: &[i64], cases: &[u32], set: &CaseSet) -> Tally {
        let mut before = Vec::with_capacity(values.len() / BLOCK + 2);
        let (mut n, mut total) = (0u64, 0i128);
        for (values, cases) in values.chunks(BLOCK).zip(cases.chunks(BLOCK)) {
            before.push(n);
            let (count, sum) = if values[0] > -SMALL && values[values.len() - 1] < SMALL {
                let (count, sum) = tally_block::<i64>(values, cases, set);
                (count, i128::from(sum))
            } else {
                tally_block::<i128>(values, cases, set)
            };
            n += count;
            total += sum;
        }
        // `before` has one entry more than blocks: the last one is the number of all.
        before.push(n);
        Tally {
            block: BLOCK,
            before,
            total,
        }
    }
}

fn tally_block<T: From<i64> + std::ops::AddAssign>(
    values: &[i64],
    cases: &[u32],
    set: &CaseSet,
) -> (u64, T) {
    let (mut count, mut sum) = (0u64, T::from(0));
    for (&value, &case) in values.iter().zip(cases) {
        // Without a branch: which cases are selected cannot be predicted.
        let selected = u64::from(set.contains(case as usize));
        count += selected;
        sum += T::from(value & (selected as i64).wrapping_neg());
    }
    (count, sum)
}

/// A list of durations, ascending, each of one case, seen through a selection of cases.
#[derive(Debug)]
pub struct Scan<'a> {
    values: &'a [i64],
    cases: &'a [u32],
    set: Option<&'a CaseSet>,
    tally: Cow<'a, Tally>,
}

impl<'a> Scan<'a> {
    /// A list through a selection, counted here; `total` is the sum of all of it.
    pub fn new(
        values: &'a [i64],
        cases: &'a [u32],
        set: Option<&'a CaseSet>,
        total: i128,
    ) -> Scan<'a> {
        let tally = match set {
            Some(set) => Tally::new(values, cases, set),
            None => Tally {
                block: values.len().max(1),
                // Without a selection the whole list is one block, whose entries are known by their
                // position.
                before: vec![0, values.len() as u64],
                total,
            },
        };
        Scan {
            values,
            cases,
            set,
            tally: Cow::Owned(tally),
        }
    }

    /// A list through a selection that was counted before.
    pub fn counted(
        values: &'a [i64],
        cases: &'a [u32],
        set: &'a CaseSet,
        tally: &'a Tally,
    ) -> Scan<'a> {
        Scan {
            values,
            cases,
            set: Some(set),
            tally: Cow::Borrowed(tally),
        }
    }

    /// Number of selected entries.
    pub fn n(&self) -> u64 {
        self.tally.before.last().copied().unwrap_or(0)
    }

    /// Sum of the selected entries.
    pub fn total(&self) -> i128 {
        self.tally.total
    }

    #[inline]
    fn selects(&self, case: u32) -> bool {
        self.set.is_none_or(|set| set.contains(case as usize))
    }

    /// The selected entries from number `k` on to the end of its block, ascending.
    fn block_from(&self, k: u64) -> impl Iterator<Item = i64> + '_ {
        let Tally { block, before, .. } = &*self.tally;
        // The first entry is 0, so that at least one is at most `k`.
        let at = before.partition_point(|&n| n <= k) - 1;
        let (from, skip) = (at * block, (k - before[at]) as usize);
        let (from, skip) = match self.set {
            Some(_) => (from, skip),
            // Without a selection entry `k` is at place `k`: none is looked at only to be skipped.
            None => (from + skip, 0),
        };
        let to = ((at + 1) * block).min(self.values.len());
        let entries = self.values[from..to].iter().zip(&self.cases[from..to]);
        let selected = entries.filter(|&(_, &case)| self.selects(case));
        selected.map(|(&value, _)| value).skip(skip)
    }

    /// The selected entry number `k` from 0, ascending.
    pub(super) fn nth(&self, k: u64) -> i64 {
        self.block_from(k).next().unwrap_or_default()
    }

    /// The selected entries number `k` and `k + 1`; the last one is followed by itself.
    fn two(&self, k: u64) -> (i64, i64) {
        let mut entries = self.block_from(k);
        let first = entries.next().unwrap_or_default();
        let next = entries.next().unwrap_or_else(|| {
            // It is the first of another block.
            self.nth((k + 1).min(self.n() - 1))
        });
        (first, next)
    }

    /// Number of selected entries that are at most `limit` (below it, where `strict`).
    pub fn rank(&self, limit: i64, strict: bool) -> u64 {
        let end = self
            .values
            .partition_point(|&v| if strict { v < limit } else { v <= limit });
        let Some(set) = self.set else {
            return end as u64;
        };
        let block = end / self.tally.block;
        let rest = &self.cases[block * self.tally.block..end];
        let rest = rest
            .iter()
            .filter(|&&case| set.contains(case as usize))
            .count();
        self.tally.before[block] + rest as u64
    }

    /// The selected entries from the largest down: value and case.
    pub fn largest(&self) -> impl Iterator<Item = (i64, u32)> + '_ {
        let entries = self.values.iter().zip(self.cases).rev();
        entries
            .filter(|&(_, &case)| self.selects(case))
            .map(|(&value, &case)| (value, case))
    }

    /// The smallest and the largest selected entry.
    fn ends(&self) -> Option<(i64, i64)> {
        let n = self.n();
        (n > 0).then(|| (self.nth(0), self.nth(n - 1)))
    }

    /// A quantile (type 7) of the selected entries; `None` where there is none.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let n = self.n();
        (n > 0).then(|| type7_of_two(n, q, |k| self.two(k)))
    }

    /// The figures of the selected entries; `None` where there is none.
    pub fn figures(&self) -> Option<Figures> {
        let n = self.n();
        let (min, max) = self.ends()?;
        Some(Figures {
            n,
            total: self.tally.total,
            min,
            max,
            median: type7_of_two(n, 0.5, |k| self.two(k)),
            p90: type7_of_two(n, 0.9, |k| self.two(k)),
            p99: type7_of_two(n, 0.99, |k| self.two(k)),
        })
    }
}

/// Type-7 quantile of `n > 0` values: `nth(k)` is the k-th smallest from 0.
pub fn type7(n: u64, q: f64, nth: impl Fn(u64) -> i64) -> f64 {
    type7_of_two(n, q, |k| (nth(k), nth((k + 1).min(n - 1))))
}

/// Returns the quantile where two neighbors are found at once: `two(k)` are the k-th smallest and the next.
fn type7_of_two(n: u64, q: f64, two: impl Fn(u64) -> (i64, i64)) -> f64 {
    let position = q * (n - 1) as f64;
    let below = position.floor();
    let (low, high) = two(below as u64);
    let fraction = position - below;
    // The position is that of a value: its neighbor has no part in it.
    if fraction <= 0.0 {
        return low as f64;
    }
    // In i128, as the difference of two instants may exceed i64.
    low as f64 + (i128::from(high) - i128::from(low)) as f64 * fraction
}

/// The median of a list in any order, which is left in another; `None` where it is empty.
pub fn median(values: &mut [i64]) -> Option<f64> {
    let n = values.len();
    let (lower, &mut high, _) = (n > 0).then(|| values.select_nth_unstable(n / 2))?;
    // Of an even number the lower of the two middle ones is the largest of those below.
    let low = if n.is_multiple_of(2) {
        lower.iter().max().copied()
    } else {
        None
    };
    let nth = |k: u64| {
        if k as usize == n / 2 {
            high
        } else {
            low.unwrap_or(high)
        }
    };
    Some(type7(n as u64, 0.5, nth))
}

/// The figures of a sorted list; `None` where it is empty.
pub fn of_sorted(values: &[i64]) -> Option<Figures> {
    let (&min, &max) = (values.first()?, values.last()?);
    let n = values.len() as u64;
    Some(Figures {
        n,
        total: values.iter().map(|&v| i128::from(v)).sum(),
        min,
        max,
        median: type7(n, 0.5, |k| values[k as usize]),
        p90: type7(n, 0.9, |k| values[k as usize]),
        p99: type7(n, 0.99, |k| values[k as usize]),
    })
}

/// The figures of a list in any order, which is left in another; `None` where it is empty.
pub fn of_unsorted(values: &mut [i64]) -> Option<Figures> {
    let (&min, &max) = (values.iter().min()?, values.iter().max()?);
    let n = values.len() as u64;
    let total = values.iter().map(|&v| i128::from(v)).sum();
    let median = median(values)?;
    // From this place on are the values that are not below the median, then those from the p90 on.
    let mut done = values.len() / 2;
    let mut quantile = |q: f64| {
        let below = (q * (n - 1) as f64).floor() as usize;
        let from = if below < done { 0 } else { done };
        let (_, &mut low, above) = values[from..].select_nth_unstable(below - from);
        done = below;
        // The next value is the least of those that the selection left above.
        let high = above.iter().min().copied().unwrap_or(low);
        type7_of_two(n, q, |_| (low, high))
    };
    let (p90, p99) = (quantile(0.9), quantile(0.99));
    Some(Figures {
        n,
        total,
        min,
        max,
        median,
        p90,
        p99,
    })
}

/// The figures of several scans taken as one list, without merging them.
pub fn of_union(scans: &[&Scan<'_>]) -> Option<Figures> {
    if let [only] = scans {
        return only.figures();
    }
    let n = scans.iter().map(|s| s.n()).sum();
    let ends = scans.iter().filter_map(|s| s.ends());
    let (min, max) = ends.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
    let union = Union::new(scans);
    let whole = scans.iter().all(|s| s.set.is_none());
    let two = |k: u64| {
        // Ranks of whole lists are binary searches, so that halving is the cheapest way.
        if whole {
            (
                nth_of_whole(scans, k),
                nth_of_whole(scans, (k + 1).min(n - 1)),
            )
        } else {
            union.two(k)
        }
    };
    Some(Figures {
        n,
        total: scans.iter().map(|s| s.total()).sum(),
        min,
        max,
        median: type7_of_two(n, 0.5, two),
        p90: type7_of_two(n, 0.9, two),
        p99: type7_of_two(n, 0.99, two),
    })
}

/// The entry number `k` of lists that are not cut by a selection: their ranks cost next to nothing,
/// so the range of values is halved until one is left.
fn nth_of_whole(scans: &[&Scan<'_>], k: u64) -> i64 {
    let ends = |s: &&Scan<'_>| Some((*s.values.first()?, *s.values.last()?));
    let ends = scans
        .iter()
        .filter_map(ends)
        .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let (mut low, mut high) = ends.unwrap_or((0, 0));
    while low < high {
        // i128: the span of all instants may exceed i64.
        let middle = (i128::from(low) + i128::from(high)).div_euclid(2) as i64;
        if scans.iter().map(|s| s.rank(middle, false)).sum::<u64>() > k {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// Several lists as one: where in the order of values their blocks begin.
struct Union<'a> {
    scans: &'a [&'a Scan<'a>],
    /// First value of each block, ascending, and the selected entries of all blocks before it in
    /// this order.
    starts: Vec<(i64, u64)>,
    /// The most entries that the blocks begun before some value can have beyond it.
    slack: u64,
}

impl<'a> Union<'a> {
    fn new(scans: &'a [&'a Scan<'a>]) -> Self {
        let mut starts: Vec<(i64, u64)> = Vec::new();
        for scan in scans {
            let firsts = scan.values.iter().step_by(scan.tally.block).copied();
            let counts = scan.tally.before.windows(2).map(|w| w[1] - w[0]);
            starts.extend(firsts.zip(counts));
        }
        starts.sort_unstable();
        let most = |s: &&Scan<'_>| s.tally.before.windows(2).map(|w| w[1] - w[0]).max();
        let slack = scans.iter().filter_map(most).sum();
        let mut before = 0;
        for start in &mut starts {
            before += std::mem::replace(&mut start.1, before);
        }
        Union {
            scans,
            starts,
            slack,
        }
    }

    /// The entries number `k` and `k + 1` from 0, ascending; the last one is followed by itself. The
    /// counts of blocks bound their values from both sides; only what lies between is looked at.
    fn two(&self, k: u64) -> (i64, i64) {
        // Fewer than `before` entries lie below the start of a block, and more than that less slack.
        let low = self.starts.partition_point(|s| s.1 <= k);
        let low = self
            .starts
            .get(low.saturating_sub(1))
            .map_or(i64::MIN, |s| s.0);
        let high = self.starts.partition_point(|s| s.1 <= k + 1 + self.slack);
        let high = self.starts.get(high).map_or(i64::MAX, |s| s.0);
        let below: u64 = self.scans.iter().map(|s| s.rank(low, true)).sum();
        let mut inside: Vec<i64> = Vec::new();
        for scan in self.scans {
            let from = scan.values.partition_point(|&v| v < low);
            let to = scan.values.partition_point(|&v| v <= high);
            let part = from..to.max(from);
            let entries = scan.values[part.clone()].iter().zip(&scan.cases[part]);
            inside.extend(
                entries
                    .filter(|(_, case)| scan.selects(**case))
                    .map(|(v, _)| *v),
            );
        }
        let at = (k.saturating_sub(below) as usize).min(inside.len().saturating_sub(1));
        if inside.is_empty() {
            return (low, low);
        }
        let (_, &mut first, after) = inside.select_nth_unstable(at);
        (first, after.iter().min().copied().unwrap_or(first))
    }
}

/// Bounds that cut values into ranges of about as many each: the distinct values at a quarter, a half
/// and three quarters, but the largest one. A range is what is more than one bound and at most the next.
pub fn quarters<T: Copy + PartialEq>(
    mut values: Vec<T>,
    order: impl Fn(&T, &T) -> Ordering,
) -> Vec<T> {
    let Some(largest) = values.iter().copied().max_by(&order) else {
        return Vec::new();
    };
    let mut from = 0;
    quarters_of(values.len(), largest, |at| {
        // What is below a quarter is set apart already.
        let (_, &mut bound, _) = values[from..].select_nth_unstable_by(at - from, &order);
        from = at;
        bound
    })
}

/// As [`quarters`], of `n > 0` values of which `largest` is the largest; `nth` is asked for ranks from 0
/// in ascending order.
pub fn quarters_of<T: Copy + PartialEq>(
    n: usize,
    largest: T,
    mut nth: impl FnMut(usize) -> T,
) -> Vec<T> {
    let mut bounds: Vec<T> = Vec::new();
    for quarter in 1..4 {
        // The rank from below: a bound is a value that occurs.
        let bound = nth((n * quarter).div_ceil(4) - 1);
        // Nothing is above the largest value, and equal bounds have nothing between them.
        if bound != largest && bounds.last() != Some(&bound) {
            bounds.push(bound);
        }
    }
    bounds
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn type_7_is_numpys_default() {
        let values = [1, 2, 3, 4];
        assert_eq!(type7(4, 0.5, |k| values[k as usize]), 2.5);
        assert!((type7(4, 0.9, |k| values[k as usize]) - 3.7).abs() < 1e-12);
        assert_eq!(type7(1, 0.9, |_| 7), 7.0);
    }

    #[test]
    fn no_value_gives_no_figures() {
        assert_eq!(median(&mut []), None);
        assert_eq!(of_sorted(&[]), None);
        assert_eq!(of_union(&[]), None);
    }

    proptest! {
        #[test]
        fn a_scan_is_the_list_of_the_selected(
            mut entries in prop::collection::vec((-50i64..50, 0u32..40), 0..200),
            selected in prop::collection::vec(any::<bool>(), 40),
            limit in -60i64..60,
        ) {
            entries.sort_unstable();
            let values: Vec<i64> = entries.iter().map(|e| e.0).collect();
            let cases: Vec<u32> = entries.iter().map(|e| e.1).collect();
            let set = CaseSet::from_fn(40, |case| selected[case]);
            let naive: Vec<i64> =
                entries.iter().filter(|e| selected[e.1 as usize]).map(|e| e.0).collect();
            let mut mixed: Vec<i64> = naive.iter().rev().copied().collect();
            prop_assert_eq!(median(&mut mixed), of_sorted(&naive).map(|f| f.median));
            let scan = Scan::new(&values, &cases, Some(&set), 0);
            prop_assert_eq!(scan.figures(), of_sorted(&naive));
            prop_assert_eq!(scan.rank(limit, false), naive.iter().filter(|&&v| v <= limit).count() as u64);
            prop_assert_eq!(scan.rank(limit, true), naive.iter().filter(|&&v| v < limit).count() as u64);
            let half = entries.len() / 2;
            let first = Scan::new(&values[..half], &cases[..half], Some(&set), 0);
            let second = Scan::new(&values[half..], &cases[half..], Some(&set), 0);
            prop_assert_eq!(of_union(&[&first, &second]), of_sorted(&naive));
        }
    }
}

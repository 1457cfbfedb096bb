//! Exact sums and quantiles over sorted lists, of all or of the selected cases.

use crate::index::CaseSet;

/// Entries counted together: a quantile then scans one such block only.
const BLOCK: usize = 4096;

/// What is told of a distribution of durations: seconds, made of exact microseconds.
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
}

/// A list of durations, ascending, each of one case, seen through a selection of cases.
#[derive(Debug)]
pub struct Scan<'a> {
    values: &'a [i64],
    cases: &'a [u32],
    set: Option<&'a CaseSet>,
    /// Selected entries before each block, and in all.
    before: Vec<u64>,
    total: i128,
}

impl<'a> Scan<'a> {
    /// Counts and sums the selected entries; `total` is the sum of all of them.
    pub fn new(
        values: &'a [i64],
        cases: &'a [u32],
        set: Option<&'a CaseSet>,
        total: i128,
    ) -> Scan<'a> {
        let Some(set) = set else {
            return Scan {
                values,
                cases,
                set: None,
                before: vec![0, values.len() as u64],
                total,
            };
        };
        let mut before = Vec::with_capacity(values.len() / BLOCK + 2);
        let (mut n, mut sum) = (0u64, 0i128);
        for (values, cases) in values.chunks(BLOCK).zip(cases.chunks(BLOCK)) {
            before.push(n);
            let (mut count, mut wide) = (0u64, 0i128);
            for (&value, &case) in values.iter().zip(cases) {
                // Without a branch: which cases are selected cannot be predicted.
                let selected = u64::from(set.contains(case as usize));
                count += selected;
                wide += i128::from(value & (selected as i64).wrapping_neg());
            }
            n += count;
            sum += wide;
        }
        before.push(n);
        Scan {
            values,
            cases,
            set: Some(set),
            before,
            total: sum,
        }
    }

    /// Number of selected entries.
    pub fn n(&self) -> u64 {
        self.before.last().copied().unwrap_or(0)
    }

    /// Sum of the selected entries.
    pub fn total(&self) -> i128 {
        self.total
    }

    /// The selected entry number `k` from 0, ascending.
    fn nth(&self, k: u64) -> i64 {
        let Some(set) = self.set else {
            return self.values[k as usize];
        };
        let block = self.before.partition_point(|&n| n <= k) - 1;
        let mut left = k - self.before[block];
        for i in block * BLOCK..self.values.len() {
            if set.contains(self.cases[i] as usize) {
                if left == 0 {
                    return self.values[i];
                }
                left -= 1;
            }
        }
        self.values.last().copied().unwrap_or(0)
    }

    /// Number of selected entries that are at most `limit` (below it, where `strict`).
    pub fn rank(&self, limit: i64, strict: bool) -> u64 {
        let end = self
            .values
            .partition_point(|&v| if strict { v < limit } else { v <= limit });
        let Some(set) = self.set else {
            return end as u64;
        };
        let block = end / BLOCK;
        let rest = &self.cases[block * BLOCK..end];
        let rest = rest
            .iter()
            .filter(|&&case| set.contains(case as usize))
            .count();
        self.before[block.min(self.before.len() - 1)] + rest as u64
    }

    /// The selected entries from the largest down: value and case.
    pub fn largest(&self) -> impl Iterator<Item = (i64, u32)> + '_ {
        let entries = self.values.iter().zip(self.cases).rev();
        entries
            .filter(|&(_, &case)| self.set.is_none_or(|set| set.contains(case as usize)))
            .map(|(&value, &case)| (value, case))
    }

    /// The figures of the selected entries; `None` where there is none.
    pub fn figures(&self) -> Option<Figures> {
        let n = self.n();
        (n > 0).then(|| Figures {
            n,
            total: self.total,
            min: self.nth(0),
            max: self.nth(n - 1),
            median: type7(n, 0.5, |k| self.nth(k)),
            p90: type7(n, 0.9, |k| self.nth(k)),
        })
    }
}

/// Type-7 quantile of `n > 0` values: `nth(k)` is the k-th smallest from 0.
pub fn type7(n: u64, q: f64, nth: impl Fn(u64) -> i64) -> f64 {
    let position = q * (n - 1) as f64;
    let below = position.floor();
    let low = nth(below as u64);
    let fraction = position - below;
    if fraction <= 0.0 {
        return low as f64;
    }
    let high = nth((below as u64 + 1).min(n - 1));
    low as f64 + (i128::from(high) - i128::from(low)) as f64 * fraction
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
    })
}

/// The figures of several scans taken as one list, without merging them: a quantile is found by
/// halving the range of values, counting in each list.
pub fn of_union(scans: &[&Scan<'_>]) -> Option<Figures> {
    let figures: Vec<Figures> = scans.iter().filter_map(|s| s.figures()).collect();
    if let [only] = figures.as_slice() {
        return Some(*only);
    }
    let min = figures.iter().map(|f| f.min).min()?;
    let max = figures.iter().map(|f| f.max).max()?;
    let n = figures.iter().map(|f| f.n).sum();
    let nth = |k: u64| {
        let (mut low, mut high) = (min, max);
        while low < high {
            // i128: the span of all instants may exceed i64.
            let middle = ((i128::from(low) + i128::from(high)).div_euclid(2)) as i64;
            if scans.iter().map(|s| s.rank(middle, false)).sum::<u64>() > k {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    };
    Some(Figures {
        n,
        total: figures.iter().map(|f| f.total).sum(),
        min,
        max,
        median: type7(n, 0.5, nth),
        p90: type7(n, 0.9, nth),
    })
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

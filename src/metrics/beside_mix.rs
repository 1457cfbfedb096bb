//! Durations of groups of cases beside those that their mix lets expect: cases with the same value of
//! another property take as long as all cases with that value do on average (indirect standardization). The test
//! is one of ranks: within each value of the other property, the cases of the group could be any.

use crate::event_log::{Cancel, Cancelled};

/// Cases with their durations, and ranks of these.
#[derive(Debug)]
pub struct Ranked {
    /// Number of each case.
    pub cases: Vec<usize>,
    /// Duration of each, ascending, microseconds.
    pub durations: Vec<i64>,
    /// Rank of each from 0 to 1; equal durations share their mean rank.
    ranks: Vec<f64>,
}

/// A group beside its mix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beside {
    /// Cases of the group.
    pub n: u64,
    /// Sum of their durations, microseconds.
    pub total: i128,
    /// Sum that their mix lets expect, microseconds.
    pub expected: f64,
    /// Sum of their ranks less the one that is expected, in standard deviations; 0 where all cases of
    /// each value are in the group, or none.
    pub z: f64,
}

/// Sums over the cases of one value.
#[derive(Debug, Clone, Copy, Default)]
struct Stratum {
    n: u64,
    total: i128,
    ranks: f64,
    squares: f64,
}

impl Ranked {
    /// Ranks cases by their durations, which ascend.
    pub fn new(cases: Vec<usize>, durations: Vec<i64>) -> Self {
        let n = durations.len();
        let mut ranks = Vec::with_capacity(n);
        while ranks.len() < n {
            let first = ranks.len();
            let equal = durations[first..].partition_point(|d| *d == durations[first]);
            // Mean of the ranks first + 1 to first + equal, minus a half, by the number of cases.
            let rank = (first as f64 + equal as f64 / 2.0) / n as f64;
            ranks.resize(first + equal, rank);
        }
        Ranked {
            cases,
            durations,
            ranks,
        }
    }

    fn strata(&self, codes: &[u32], n_codes: usize) -> Vec<Stratum> {
        let mut strata = vec![Stratum::default(); n_codes];
        let values = self.durations.iter().zip(&self.ranks);
        for ((&duration, &rank), &code) in values.zip(codes) {
            let stratum = &mut strata[code as usize];
            stratum.n += 1;
            stratum.total += i128::from(duration);
            stratum.ranks += rank;
            stratum.squares += rank * rank;
        }
        strata
    }

    /// Share of the variation of ranks that the values of a property explain, less what as many random
    /// groups would (epsilon squared); below 0 where that is more.
    pub fn explained(&self, codes: &[u32], n_codes: usize) -> f64 {
        let strata = self.strata(codes, n_codes);
        let n = self.ranks.len() as f64;
        let groups = strata.iter().filter(|s| s.n > 0).count() as f64;
        let squares: f64 = self.ranks.iter().map(|r| (r - 0.5).powi(2)).sum();
        let between = strata.iter().filter(|s| s.n > 0);
        let between = between.map(|s| (s.ranks / s.n as f64 - 0.5).powi(2) * s.n as f64);
        let between: f64 = between.sum();
        if squares <= 0.0 || n <= groups {
            return 0.0;
        }
        let within = (squares - between) / (n - groups);
        (between - (groups - 1.0) * within) / squares
    }

    /// Compares each group with its mix of `strata`.
    ///
    /// # Errors
    /// The result is not wanted any more.
    pub fn beside(
        &self,
        groups: Property<'_>,
        strata: Property<'_>,
        cancel: &Cancel,
    ) -> Result<Vec<Beside>, Cancelled> {
        let sums = self.strata(strata.codes, strata.n_codes);
        cancel.check()?;
        let mut crossed = vec![0u64; groups.n_codes * strata.n_codes];
        let none = Beside {
            n: 0,
            total: 0,
            expected: 0.0,
            z: 0.0,
        };
        let mut found = vec![none; groups.n_codes];
        for (at, (&group, &stratum)) in groups.codes.iter().zip(strata.codes).enumerate() {
            let (group, of) = (group as usize, &sums[stratum as usize]);
            crossed[group * strata.n_codes + stratum as usize] += 1;
            let beside = &mut found[group];
            beside.n += 1;
            beside.total += i128::from(self.durations[at]);
            beside.expected += of.total as f64 / of.n as f64;
            beside.z += self.ranks[at] - of.ranks / of.n as f64;
        }
        cancel.check()?;
        for (beside, crossed) in found.iter_mut().zip(crossed.chunks(strata.n_codes)) {
            let variances = crossed.iter().zip(&sums).filter(|(_, of)| of.n > 1);
            let variances = variances.map(|(&n, of)| {
                let (n, all) = (n as f64, of.n as f64);
                let mean = of.ranks / all;
                // Variance of a sum of n values drawn without replacement.
                n * (all - n) / (all - 1.0) * (of.squares / all - mean * mean).max(0.0)
            });
            let variance: f64 = variances.sum();
            beside.z = if variance > 1e-12 {
                beside.z / variance.sqrt()
            } else {
                0.0
            };
        }
        Ok(found)
    }
}

/// Codes of all cases by a property, and the number of codes.
#[derive(Debug, Clone, Copy)]
pub struct Property<'a> {
    /// Code of each case.
    pub codes: &'a [u32],
    /// Number of codes, from 0 on.
    pub n_codes: usize,
}

impl Property<'_> {
    /// Share of the errors in guessing the value of `other` by its most frequent one that are avoided by guessing
    /// it from this property (lambda of Goodman and Kruskal): 1 where this property decides the other one.
    pub fn decides(self, other: Property<'_>) -> f64 {
        let mut crossed = vec![0u64; self.n_codes * other.n_codes];
        let mut totals = vec![0u64; other.n_codes];
        for (&of, &other_code) in self.codes.iter().zip(other.codes) {
            crossed[of as usize * other.n_codes + other_code as usize] += 1;
            totals[other_code as usize] += 1;
        }
        let most = crossed.chunks(other.n_codes.max(1));
        let right: u64 = most.filter_map(|of| of.iter().max()).sum();
        let most = totals.iter().max().copied().unwrap_or(0);
        let errors = self.codes.len() as u64 - most;
        if errors == 0 {
            return 1.0;
        }
        (right - most) as f64 / errors as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::stats::{compare_ranks, two_sided};

    fn property(codes: &[u32]) -> Property<'_> {
        let n_codes = codes.iter().max().map_or(0, |most| *most as usize + 1);
        Property { codes, n_codes }
    }

    #[test]
    fn with_one_stratum_the_test_is_that_of_mann_and_whitney() {
        let durations = vec![1, 2, 2, 3, 5, 8, 8, 13, 21, 34, 55, 89];
        let group = [0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1];
        let ranked = Ranked::new((0..12).collect(), durations.clone());
        let strata = [0; 12];
        let never = Cancel::never();
        let found = ranked.beside(property(&group), property(&strata), &never);
        let found = found.unwrap();
        let of = |wanted: u32| -> Vec<i64> {
            let pairs = durations.iter().zip(group);
            pairs
                .filter(|(_, g)| *g == wanted)
                .map(|(d, _)| *d)
                .collect()
        };
        let test = compare_ranks(&of(1), &of(0)).unwrap();
        // Without the continuity of the other test its p is a little smaller.
        let p = two_sided(found[1].z);
        assert!(p < test.p && p > test.p * 0.8, "{p} {}", test.p);
        assert!((found[0].z + found[1].z).abs() < 1e-9);
        let mean = durations.iter().sum::<i64>() as f64 / 12.0;
        assert!((found[1].expected - 7.0 * mean).abs() < 1e-9);
    }

    #[test]
    fn a_group_that_only_has_the_slow_kind_is_as_expected() {
        // Kind 1 takes ten times as long; group 1 has it twice as often.
        let kinds: Vec<u32> = (0..300).map(|i| u32::from(i >= 150)).collect();
        let group: Vec<u32> = (0..300)
            .map(|i| u32::from(if i < 150 { i % 3 == 0 } else { i % 3 != 0 }))
            .collect();
        let durations: Vec<i64> = (0..300)
            .map(|i| if i < 150 { 100 + i } else { 1000 + i })
            .collect();
        let ranked = Ranked::new((0..300).collect(), durations);
        let never = Cancel::never();
        let whole = vec![0; 300];
        let alone = ranked.beside(property(&group), property(&whole), &never);
        assert!(alone.unwrap()[1].z > 3.0);
        let beside = ranked.beside(property(&group), property(&kinds), &never);
        let beside = beside.unwrap()[1];
        assert!(beside.z.abs() < 0.5, "{beside:?}");
        let excess = beside.total as f64 / beside.expected;
        assert!((excess - 1.0).abs() < 0.01, "{excess}");
        assert!(ranked.explained(&kinds, 2) > 0.7);
        assert!(ranked.explained(&group, 2) < 0.2);
        let decided = property(&kinds).decides(property(&group));
        assert!((decided - 1.0 / 3.0).abs() < 1e-9, "{decided}");
        assert_eq!(property(&kinds).decides(property(&kinds)), 1.0);
    }
}

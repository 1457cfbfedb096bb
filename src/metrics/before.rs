//! How often something happens before something else happens for the first time.

use super::quantile::type7;
use super::selection::Selection;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Cases with a number of occurrences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bar {
    /// Number of occurrences: before the first event of the other kind or, in cases without one, all.
    pub count: u64,
    /// Cases with an event of the other kind.
    pub cases: u64,
    /// Cases without one.
    pub without: u64,
}

/// Returns the selected cases by how many events of `what` they have before the first one of `until`,
/// ascending by that number. Both are sets of activities, by code.
pub fn before(selection: &Selection<'_>, what: &[bool], until: &[bool]) -> Vec<Bar> {
    let variants = &selection.index.variants;
    let count = |mut bars: BTreeMap<u64, Bar>, variant: usize| {
        let sequence = variants.sequence(variant);
        let end = sequence.iter().position(|&a| until[a as usize]);
        let seen = &sequence[..end.unwrap_or(sequence.len())];
        let count = seen.iter().filter(|&&a| what[a as usize]).count() as u64;
        let bar = bars.entry(count).or_default();
        let cases = u64::from(selection.variant_cases[variant]);
        match end {
            Some(_) => bar.cases += cases,
            None => bar.without += cases,
        }
        bars
    };
    let bars = selection
        .pieces_of_variants()
        .map(|variants| variants.fold(BTreeMap::new(), count))
        .reduce(BTreeMap::new, |mut all, bars| {
            // Numbers of cases add up, so that pieces may be joined in any order.
            for (count, bar) in bars {
                let sum = all.entry(count).or_default();
                sum.cases += bar.cases;
                sum.without += bar.without;
            }
            all
        });
    let bar = |(count, bar): (u64, Bar)| Bar { count, ..bar };
    bars.into_iter().map(bar).collect()
}

/// Figures of a number of occurrences.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counts {
    /// Arithmetic mean.
    pub mean: f64,
    /// Median (type 7).
    pub median: f64,
    /// 90th percentile (type 7).
    pub p90: f64,
}

/// Returns the figures of the cases with an event of the other kind; `None` where there are none.
pub fn counts(bars: &[Bar]) -> Option<Counts> {
    let n: u64 = bars.iter().map(|bar| bar.cases).sum();
    let total: u64 = bars.iter().map(|bar| bar.cases * bar.count).sum();
    // Value `k` of all cases in the order of their counts, without a list of them.
    let nth = |k: u64| {
        let mut upto = 0;
        let bar = bars.iter().find(|bar| {
            upto += bar.cases;
            upto > k
        });
        bar.map_or(0, |bar| bar.count as i64)
    };
    (n > 0).then(|| Counts {
        mean: total as f64 / n as f64,
        median: type7(n, 0.5, nth),
        p90: type7(n, 0.9, nth),
    })
}

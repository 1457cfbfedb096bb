//! Axes that a person would choose: bins of time, and bins of durations, with round bounds.

use super::{Scan, Selection, quantile};
use crate::text::steps::{BINS, Step};
use crate::text::time::{DAY, HOUR, MINUTE, SECOND, Tz};
use rayon::prelude::*;

/// The most bins of an axis.
const MOST_BINS: usize = u16::MAX as usize;

/// The bounds of consecutive bins of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeAxis {
    /// Length of a bin, in words.
    pub unit: &'static str,
    /// Bin `i` is `bounds[i]..bounds[i + 1]`, microseconds; at least two bounds.
    pub bounds: Vec<i64>,
}

impl TimeAxis {
    /// The finest axis over `first..=last` with at most `max_bins` bins (at least one), with
    /// bounds that are round in a zone.
    pub fn over(first: i64, last: i64, max_bins: usize, zone: Tz) -> TimeAxis {
        // Bins are numbered in 16 bits where values are gathered by bin.
        let max_bins = max_bins.clamp(1, MOST_BINS);
        for (name, step) in BINS {
            if let Some(bounds) = step.bounds(first, last, max_bins, zone) {
                return TimeAxis { unit: name, bounds };
            }
        }
        TimeAxis {
            unit: "all time",
            bounds: vec![first, last.saturating_add(1)],
        }
    }

    /// Number of bins.
    pub fn n_bins(&self) -> usize {
        self.bounds.len() - 1
    }

    /// The finest axis from `first` on that has the instant `last`, of days, weeks or months of a zone, in
    /// that order from the one named.
    pub fn of(unit: &str, first: i64, last: i64, zone: Tz) -> TimeAxis {
        let mut known = BINS.iter().skip_while(|(name, _)| *name != unit);
        let bounds = |&(name, step): &(&'static str, Step)| {
            let bounds = step.bounds(first, last, MOST_BINS, zone)?;
            Some(TimeAxis { unit: name, bounds })
        };
        known
            .find_map(bounds)
            .unwrap_or_else(|| TimeAxis::over(first, last, MOST_BINS, zone))
    }

    /// The bin of an instant; beside the axis, whether it is before it.
    #[inline]
    pub fn bin(&self, instant: i64) -> Result<usize, bool> {
        let (first, end) = (self.bounds[0], self.bounds[self.n_bins()]);
        // Bins have their first instant and not their last bound.
        if first <= instant && instant < end {
            Ok(self.finder().bin(instant))
        } else {
            Err(instant < first)
        }
    }

    /// Finds bins.
    pub fn finder(&self) -> Finder<'_> {
        let (first, last) = (self.bounds[0], self.bounds[self.n_bins()]);
        let span = (last as f64 - first as f64).max(1.0);
        Finder {
            inner: &self.bounds[1..self.n_bins()],
            first: first as f64,
            scale: self.n_bins() as f64 / span,
        }
    }
}

/// Finds the bins of instants: bins are nearly of one length, so that a guess is almost right.
#[derive(Debug)]
pub struct Finder<'a> {
    /// The bounds but the first and the last.
    inner: &'a [i64],
    first: f64,
    scale: f64,
}

impl Finder<'_> {
    /// The bin of an instant on the axis; the nearest one for an instant beside it.
    #[inline]
    pub fn bin(&self, instant: i64) -> usize {
        // What is beside the axis becomes 0 or the last bin by the cast and the limit.
        let guess = (instant as f64 - self.first) * self.scale;
        let mut bin = (guess as usize).min(self.inner.len());
        // The cast rounds, and months differ in length: a step or two puts the guess right.
        while bin > 0 && self.inner[bin - 1] > instant {
            bin -= 1;
        }
        while bin < self.inner.len() && self.inner[bin] <= instant {
            bin += 1;
        }
        bin
    }
}

/// Counts of one bin of time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TimeBin {
    /// Things that began in it.
    pub started: u64,
    /// Things that ended in it.
    pub ended: u64,
    /// Sum of the durations of what ended in it, microseconds.
    pub total: i128,
    /// Their median, microseconds; `None` where nothing ended.
    pub median: Option<f64>,
}

/// Cases started and ended in each bin.
pub fn throughput(selection: &Selection<'_>, axis: &TimeAxis) -> Vec<TimeBin> {
    let (index, finder) = (selection.index, axis.finder());
    let mut started = vec![0u64; axis.n_bins()];
    let mut ended = Vec::with_capacity(selection.n_cases);
    selection.for_each_case(|case| {
        started[finder.bin(index.case_start[case])] += 1;
        ended.push((
            finder.bin(index.case_end[case]) as u16,
            index.duration(case),
        ));
    });
    let bins = by_bin(axis.n_bins(), &ended);
    let with_starts = |(bin, started)| TimeBin { started, ..bin };
    bins.into_iter().zip(started).map(with_starts).collect()
}

/// Occurrences (timestamp and elapsed time) by the bin they ended in.
pub fn occurrences(occurrences: &[(i64, i64)], axis: &TimeAxis) -> Vec<TimeBin> {
    let finder = axis.finder();
    let ended = occurrences.iter();
    let ended = ended.map(|&(time, elapsed)| (finder.bin(time) as u16, elapsed));
    by_bin(axis.n_bins(), &ended.collect::<Vec<_>>())
}

/// Bins of occurrences that ended, given as (bin, duration). `started` is the number that ended until
/// the caller sets it.
pub(super) fn by_bin(n_bins: usize, ended: &[(u16, i64)]) -> Vec<TimeBin> {
    // A counting sort by bin: the values of each bin come to stand together, and only a median
    // sorts.
    let mut next = vec![0usize; n_bins + 1];
    for &(bin, _) in ended {
        next[usize::from(bin) + 1] += 1;
    }
    for bin in 0..n_bins {
        next[bin + 1] += next[bin];
    }
    let mut durations = vec![0; ended.len()];
    let mut ends = next[..n_bins].to_vec();
    for &(bin, duration) in ended {
        let at = &mut ends[usize::from(bin)];
        durations[*at] = duration;
        *at += 1;
    }
    let mut rest = durations.as_mut_slice();
    let mut lists = Vec::with_capacity(n_bins);
    for bin in next.windows(2) {
        let (list, after) = rest.split_at_mut(bin[1] - bin[0]);
        lists.push(list);
        rest = after;
    }
    let bin = |durations: &mut [i64]| TimeBin {
        started: durations.len() as u64,
        ended: durations.len() as u64,
        total: durations.iter().map(|&d| i128::from(d)).sum(),
        median: quantile::median(durations),
    };
    lists.into_par_iter().map(bin).collect()
}

/// Minimum number of bins worth showing.
const FEW_BINS: usize = 6;

/// Bounds of bins of one round width, at most `max_bins` of them.
fn even_bounds(min: i64, max: i64, max_bins: usize) -> Option<Vec<i64>> {
    // `div_euclid`, as bins go on below 0, where instances overlap.
    let bin = |value: i64, width: i64| value.div_euclid(width);
    let fits = |width: &&i64| (bin(max, **width) - bin(min, **width)) < max_bins as i64;
    // The first step is 0, which is no width.
    let width = *STEPS[1..].iter().find(fits)?;
    Some(
        (bin(min, width)..=bin(max, width) + 1)
            .map(|i| i * width)
            .collect(),
    )
}

/// Round durations: the bounds of distributions.
const STEPS: &[i64] = &[
    0,
    SECOND,
    5 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    4 * HOUR,
    8 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    3 * DAY,
    5 * DAY,
    7 * DAY,
    10 * DAY,
    14 * DAY,
    21 * DAY,
    30 * DAY,
    45 * DAY,
    60 * DAY,
    90 * DAY,
    120 * DAY,
    180 * DAY,
    270 * DAY,
    365 * DAY,
    540 * DAY,
    730 * DAY,
    1095 * DAY,
    1825 * DAY,
    3650 * DAY,
    36_500 * DAY,
    365_000 * DAY,
    3_650_000 * DAY,
];

/// One bin of a distribution: `from <= d < to`, the last one with `to` included; microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DurationBin {
    /// Lower bound.
    pub from: i64,
    /// Upper bound.
    pub to: i64,
    /// Values in it.
    pub count: u64,
}

/// The distribution of a list, with round bounds. Bounds grow with the durations, as a person would
/// choose them; where those would tell too little, bins are of one width. The outermost bins are cut
/// to what occurs; where there are more than `max_bins`, neighbors with the fewest values are joined.
pub fn distribution(scan: &Scan<'_>, max_bins: usize) -> Vec<DurationBin> {
    let Some(figures) = scan.figures() else {
        return Vec::new();
    };
    let bounds = bounds(figures.min, figures.max, max_bins);
    let last = bounds.len() - 2;
    // The last bin has its upper bound, too, or the largest value would be in none.
    let count = |from: i64, to: i64, closed: bool| scan.rank(to, !closed) - scan.rank(from, true);
    let pairs = bounds.windows(2).enumerate();
    let counts: Vec<u64> = pairs.map(|(i, w)| count(w[0], w[1], i == last)).collect();
    joined(&bounds, &counts, max_bins)
}

/// Bounds of the distribution of durations from `min` to `max`, two at least: a bin begins with its bound, and the
/// last one has its upper bound, too.
pub fn bounds(min: i64, max: i64, max_bins: usize) -> Vec<i64> {
    let max_bins = max_bins.max(1);
    let first = STEPS
        .partition_point(|&s| s <= min)
        .saturating_sub(1)
        // A bin has an upper bound, also where all values are beyond the largest step.
        .min(STEPS.len() - 2);
    let last = STEPS
        .partition_point(|&s| s <= max)
        .clamp(first + 1, STEPS.len() - 1);
    let mut bounds = STEPS[first..=last].to_vec();
    if bounds.len() < FEW_BINS.min(max_bins) {
        bounds = even_bounds(min, max, max_bins).unwrap_or(bounds);
    }
    bounds[0] = bounds[0].min(min);
    // Values beyond the largest step stay in the last bin.
    let end = bounds.len() - 1;
    bounds[end] = bounds[end].max(max);
    bounds
}

/// Bins of these bounds, neighbors with the fewest values joined where there are more than `max_bins`.
pub fn joined(bounds: &[i64], counts: &[u64], max_bins: usize) -> Vec<DurationBin> {
    let bins = bounds.windows(2).zip(counts);
    let bin = |(bounds, count): (&[i64], &u64)| DurationBin {
        from: bounds[0],
        to: bounds[1],
        count: *count,
    };
    let mut bins: Vec<DurationBin> = bins.map(bin).collect();
    while bins.len() > max_bins.max(1) {
        let pairs = bins.windows(2).enumerate();
        // Joining the bins with the fewest values loses the least of the shape.
        let Some((i, _)) = pairs.min_by_key(|(_, w)| w[0].count + w[1].count) else {
            break;
        };
        bins[i] = DurationBin {
            to: bins[i + 1].to,
            count: bins[i].count + bins[i + 1].count,
            ..bins[i]
        };
        bins.remove(i + 1);
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn at(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text)
            .expect("a time")
            .timestamp_micros()
    }

    #[test]
    fn durations_beyond_the_largest_step_have_a_bin() {
        let step = STEPS[STEPS.len() - 1];
        // From the year 1 to the year 9999, and around the step.
        for longest in [3_651_694 * DAY, step - 1, step, step + 1] {
            for values in [vec![longest], vec![longest, longest], vec![0, longest]] {
                let bins = distribution(&Scan::new(&values, &[0, 1], None, 0), 12);
                let counted: u64 = bins.iter().map(|bin| bin.count).sum();
                assert_eq!(counted, values.len() as u64, "{values:?}: {bins:?}");
                assert!(bins.iter().all(|bin| bin.from <= bin.to), "{bins:?}");
            }
        }
    }

    #[test]
    fn axes_have_round_bounds() {
        let axis = TimeAxis::over(
            at("2024-01-10T00:00:00Z"),
            at("2024-12-20T00:00:00Z"),
            12,
            Tz::UTC,
        );
        assert_eq!((axis.unit, axis.n_bins()), ("month", 12));
        assert_eq!(axis.bounds[0], at("2024-01-01T00:00:00Z"));
        assert_eq!(axis.bounds[12], at("2025-01-01T00:00:00Z"));
        let axis = TimeAxis::over(
            at("2024-01-03T10:00:00Z"),
            at("2024-01-20T00:00:00Z"),
            5,
            Tz::UTC,
        );
        assert_eq!(
            (axis.unit, axis.bounds[0]),
            ("week", at("2024-01-01T00:00:00Z"))
        );
        assert_eq!(axis.finder().bin(at("2024-01-08T00:00:00Z")), 1);
        assert_eq!(axis.finder().bin(at("2024-01-07T23:59:59Z")), 0);
    }

    #[test]
    fn one_instant_has_one_bin() {
        let axis = TimeAxis::over(5, 5, 40, Tz::UTC);
        assert_eq!((axis.unit, axis.n_bins()), ("second", 1));
    }

    #[test]
    fn all_of_time_fits_into_few_bins() {
        let axis = TimeAxis::over(
            at("0001-01-01T00:00:00Z"),
            at("9999-12-31T23:59:59Z"),
            20,
            Tz::UTC,
        );
        assert!(axis.n_bins() <= 20, "{axis:?}");
    }

    #[test]
    fn a_distribution_counts_every_value_once() {
        let values = [0, SECOND, 2 * SECOND, 50 * SECOND, 2 * HOUR, 3 * DAY];
        let cases = [0, 1, 2, 3, 4, 5];
        let scan = Scan::new(&values, &cases, None, 0);
        for max_bins in 1..20 {
            let bins = distribution(&scan, max_bins);
            assert!(bins.len() <= max_bins);
            assert_eq!(bins.iter().map(|b| b.count).sum::<u64>(), 6, "{bins:?}");
        }
        let values = [30 * DAY, 35 * DAY, 41 * DAY, 59 * DAY];
        let narrow = distribution(&Scan::new(&values, &cases[..4], None, 0), 10);
        let bounds: Vec<i64> = narrow.iter().map(|b| b.from / DAY).collect();
        assert_eq!(bounds, [30, 33, 36, 39, 42, 45, 48, 51, 54, 57]);
        let bins = distribution(&scan, 100);
        assert_eq!(
            bins[0],
            DurationBin {
                from: 0,
                to: SECOND,
                count: 1
            }
        );
        assert_eq!(bins.last().map(|b| (b.from, b.count)), Some((3 * DAY, 1)));
    }
}

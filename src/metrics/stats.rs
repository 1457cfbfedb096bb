//! Statistics of counts and of two groups of durations: intervals, tests, effects. Pure functions; every
//! result is the same for any number of threads and any order of equal values.
//!
//! A test gives `p`, the probability of a difference at least as large if there were none. Values
//! below 1e-300 are 0. Intervals are of 95 %.

mod counts;
#[cfg(test)]
mod tests;

pub use counts::{at_least, sign_test};

use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::{erf::erfc, factorial::ln_binomial, gamma::gamma_ur};

/// Standard normal quantile of 0.975: half the width of a 95 % interval, in standard errors.
pub const Z: f64 = 1.959_963_984_540_054;

/// Probabilities below this are 0.
const LEAST_P: f64 = 1e-300;

/// Expected cases of a cell from which on the chi-square test is used.
const LEAST_EXPECTED: f64 = 5.0;

/// Both ends of an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Returns the interval of a rate of `part` in `whole` (Wilson's score interval); `None` for none.
pub fn wilson(part: u64, whole: u64) -> Option<Interval> {
    if whole == 0 {
        return None;
    }
    let n = whole as f64;
    let (rate, square) = (part as f64 / n, Z * Z);
    let middle = rate + square / (2.0 * n);
    let half = Z * (rate * (1.0 - rate) / n + square / (4.0 * n * n)).sqrt();
    let scale = 1.0 + square / n;
    Some(Interval {
        low: ((middle - half) / scale).max(0.0),
        high: ((middle + half) / scale).min(1.0),
    })
}

/// Returns the interval of a mean of `n` values (Student's t); `squares` is the sum of the squares of their
/// distances from it. `None` for fewer than two values.
pub fn mean_interval(n: u64, mean: f64, squares: f64) -> Option<Interval> {
    let freedom = n.checked_sub(1).filter(|freedom| *freedom > 0)? as f64;
    let half = student(freedom) * (squares / freedom / n as f64).sqrt();
    Some(Interval {
        low: mean - half,
        high: mean + half,
    })
}

/// Returns the net promoter score: the share of promoters minus that of detractors in `n` answers, times
/// 100, with its interval (normal approximation of the difference, within -100 to 100), `None` for fewer
/// than two answers. `None` without answers.
pub fn net_promoters(promoters: u64, detractors: u64, n: u64) -> Option<(f64, Option<Interval>)> {
    if n == 0 {
        return None;
    }
    let [promoters, detractors, n] = [promoters, detractors, n].map(|of| of as f64);
    let difference = (promoters - detractors) / n;
    let variance = ((promoters + detractors) / n - difference * difference).max(0.0) / n;
    let half = Z * variance.sqrt();
    let interval = (n > 1.0).then(|| Interval {
        low: (100.0 * (difference - half)).max(-100.0),
        high: (100.0 * (difference + half)).min(100.0),
    });
    Some((100.0 * difference, interval))
}

/// Quantile 0.975 of Student's t.
fn student(freedom: f64) -> f64 {
    // The inverse of the beta function loses its digits for many degrees of freedom, where the expansion
    // around the normal quantile is exact to 1e-9 (Abramowitz and Stegun 26.7.5).
    if freedom < 100.0 {
        return StudentsT::new(0.0, 1.0, freedom).map_or(Z, |of| of.inverse_cdf(0.975));
    }
    let square = Z * Z;
    let terms = [
        Z * (square + 1.0) / 4.0,
        Z * ((5.0 * square + 16.0) * square + 3.0) / 96.0,
        Z * (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0,
        Z * ((((79.0 * square + 776.0) * square + 1482.0) * square - 1920.0) * square - 945.0)
            / 92_160.0,
    ];
    terms
        .iter()
        .rev()
        .fold(0.0, |sum, term| (sum + term) / freedom)
        + Z
}

/// A rate of a weighted sum of rates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighted {
    /// The factor of the rate in the sum; below 0 where the rate is subtracted.
    pub weight: f64,
    /// Number of cases that count.
    pub part: u64,
    /// Number of all cases.
    pub whole: u64,
}

/// Returns a weighted sum of independent rates with its interval: the distances from each rate to the
/// ends of its Wilson interval are added up as their squares (Zou and Donner 2008). For weights of 1 and
/// -1 that is Newcombe's hybrid score interval of a difference (1998). Rates of no cases count nothing.
pub fn weighted_sum(rates: &[Weighted]) -> (f64, Interval) {
    let (mut sum, mut below, mut above) = (0.0, 0.0, 0.0);
    for rate in rates {
        let Some(interval) = wilson(rate.part, rate.whole) else {
            continue;
        };
        let value = rate.part as f64 / rate.whole as f64;
        let (down, up) = (value - interval.low, interval.high - value);
        let (down, up) = if rate.weight < 0.0 {
            (up, down)
        } else {
            (down, up)
        };
        sum += rate.weight * value;
        below += (rate.weight * down).powi(2);
        above += (rate.weight * up).powi(2);
    }
    let interval = Interval {
        low: sum - below.sqrt(),
        high: sum + above.sqrt(),
    };
    (sum, interval)
}

/// Returns the probability of a chi-square value of at least `value` with `freedom` degrees of freedom.
pub fn chi_square_tail(value: f64, freedom: u32) -> f64 {
    if value <= 0.0 || freedom == 0 {
        return 1.0;
    }
    // With one degree of freedom the tail is that of the normal distribution.
    if freedom == 1 {
        return least(erfc((value / 2.0).sqrt()));
    }
    if value.is_infinite() {
        return 0.0;
    }
    least(gamma_ur(f64::from(freedom) / 2.0, value / 2.0))
}

/// Returns the probability of a standard normal value at least as far from 0 as `z`.
pub fn two_sided(z: f64) -> f64 {
    least(erfc(z.abs() / std::f64::consts::SQRT_2))
}

fn least(p: f64) -> f64 {
    if p < LEAST_P { 0.0 } else { p.min(1.0) }
}

/// A test of two groups of cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// Pearson's chi-square test without correction.
    ChiSquare,
    /// Fisher's exact test, two-sided.
    Fisher,
}

/// Cases with and without a property, and how many of each are selected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FourFold {
    /// Cases with the property.
    pub with: u64,
    /// Selected cases with the property.
    pub selected_with: u64,
    /// Cases without it.
    pub without: u64,
    /// Selected cases without it.
    pub selected_without: u64,
}

/// A risk ratio: the rate of selected cases among those with a property by the rate among the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// The ratio.
    pub ratio: f64,
    /// Interval of it.
    pub interval: Interval,
    /// Half a case was added to each of the four counts, as one of them is 0.
    pub halved: bool,
}

impl FourFold {
    /// All cases.
    pub fn cases(&self) -> u64 {
        self.with + self.without
    }

    /// All selected cases.
    pub fn selected(&self) -> u64 {
        self.selected_with + self.selected_without
    }

    /// Rate of selected cases among those with the property; NaN for none.
    pub fn rate_with(&self) -> f64 {
        self.selected_with as f64 / self.with as f64
    }

    /// Rate of selected cases among those without the property; NaN for none.
    pub fn rate_without(&self) -> f64 {
        self.selected_without as f64 / self.without as f64
    }

    /// The four counts: selected with, other with, selected without, other without the property.
    fn cells(&self) -> [f64; 4] {
        [
            self.selected_with,
            self.with - self.selected_with,
            self.selected_without,
            self.without - self.selected_without,
        ]
        .map(|n| n as f64)
    }

    /// Tests for a difference of the two rates: by Fisher's test where a count below 5 is expected in a
    /// cell, else by chi-square. Without cases on one side p is 1.
    pub fn test(&self) -> (Test, f64) {
        let (n, selected) = (self.cases() as f64, self.selected() as f64);
        let (with, without) = (self.with as f64, self.without as f64);
        let sides = [with, without, selected, n - selected];
        if sides.contains(&0.0) {
            return (Test::Fisher, 1.0);
        }
        // The least of the four expected counts.
        let expected = with.min(without) * selected.min(n - selected) / n;
        if expected < LEAST_EXPECTED {
            return (Test::Fisher, self.fisher());
        }
        // In integers, so that equal rates differ by exactly 0.
        let [a, b, c, d] = [
            self.selected_with,
            self.with - self.selected_with,
            self.selected_without,
            self.without - self.selected_without,
        ]
        .map(i128::from);
        let difference = (a * d - b * c) as f64;
        let chi_square =
            n * difference / (with * without) * (difference / (selected * (n - selected)));
        (Test::ChiSquare, chi_square_tail(chi_square, 1))
    }

    /// Sum of the probabilities of all tables with these margins that are at most as probable as this one.
    fn fisher(&self) -> f64 {
        let (n, selected) = (self.cases(), self.selected());
        let all = ln_binomial(n, selected);
        let probability = |a: u64| {
            (ln_binomial(self.with, a) + ln_binomial(self.without, selected - a) - all).exp()
        };
        // Equally probable tables differ in their last digits.
        let limit = probability(self.selected_with) * (1.0 + 1e-7);
        // Within these bounds no count of the table is below 0.
        let range = selected.saturating_sub(self.without)..=selected.min(self.with);
        least(range.map(probability).filter(|&p| p <= limit).sum())
    }

    /// Returns the risk ratio with its interval (Katz); half a case is added to each count where one is
    /// 0. `None` without cases on one side.
    pub fn ratio(&self) -> Option<Ratio> {
        if self.with == 0 || self.without == 0 {
            return None;
        }
        let cells = self.cells();
        let halved = cells.contains(&0.0);
        let [a, b, c, d] = cells.map(|n| if halved { n + 0.5 } else { n });
        let (with, without) = (a + b, c + d);
        let ratio = (a / with) / (c / without);
        let error = (1.0 / a - 1.0 / with + 1.0 / c - 1.0 / without).sqrt();
        Some(Ratio::of(ratio, error, halved))
    }

    /// Share of the selected cases that would not be selected if the cases with the property were so as
    /// rarely as the others; below 0 where the property protects. `None` without cases on one side.
    pub fn explained(&self) -> Option<f64> {
        let expected = self.with as f64 * self.rate_without();
        let explained = (self.selected_with as f64 - expected) / self.selected() as f64;
        explained.is_finite().then_some(explained)
    }

    /// The share explained by the end of the ratio's interval that is nearer to 1; 0 where 1 is inside.
    pub fn explained_low(&self, ratio: &Ratio) -> f64 {
        let Interval { low, high } = ratio.interval;
        if low <= 1.0 && 1.0 <= high {
            return 0.0;
        }
        let nearer = if ratio.ratio > 1.0 { low } else { high };
        self.selected_with as f64 / self.selected() as f64 * (1.0 - 1.0 / nearer)
    }
}

impl Ratio {
    fn of(ratio: f64, error: f64, halved: bool) -> Ratio {
        let interval = Interval {
            low: ratio * (-Z * error).exp(),
            high: ratio * (Z * error).exp(),
        };
        Ratio {
            ratio,
            interval,
            halved,
        }
    }
}

/// Returns the risk ratio within strata (Mantel-Haenszel) with its interval (Greenland-Robins). Strata
/// without cases on one side say nothing; `None` where no stratum says anything.
pub fn mantel_haenszel(strata: impl IntoIterator<Item = FourFold>) -> Option<Ratio> {
    let (mut above, mut below, mut spread) = (0.0, 0.0, 0.0);
    for stratum in strata {
        if stratum.with == 0 || stratum.without == 0 {
            continue;
        }
        let n = stratum.cases() as f64;
        let (with, without) = (stratum.with as f64, stratum.without as f64);
        let [a, _, c, _] = stratum.cells();
        above += a * without / n;
        below += c * with / n;
        spread += (with * without * (a + c) - a * c * n) / (n * n);
    }
    let known = above > 0.0 && below > 0.0;
    known.then(|| Ratio::of(above / below, (spread / (above * below)).sqrt(), false))
}

/// Returns `q` of each `p`: the share of false findings if all with a smaller or equal p are taken as
/// findings (Benjamini-Hochberg).
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut q = vec![1.0; p.len()];
    // The least of those from here on, so that q never falls while p rises.
    let mut least = 1.0f64;
    for (rank, &i) in order.iter().enumerate().rev() {
        least = least.min(p[i] * p.len() as f64 / (rank + 1) as f64);
        q[i] = least;
    }
    q
}

/// A comparison of two groups of values by their ranks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranks {
    /// Probability of a difference at least as large if there were none (Mann-Whitney, normal
    /// approximation with ties and continuity).
    pub p: f64,
    /// Share of pairs in which the first is larger minus share in which the second is (Cliff's delta).
    pub delta: f64,
}

/// Compares two groups by the sum of the ranks of the first one.
///
/// `doubled` is twice that sum: ranks run from 1 over all values, equal values share their mean rank.
/// `ties` is the sum of `t^3 - t` over the numbers `t` of equal values. `None` for an empty group.
pub fn mann_whitney(first: u64, second: u64, doubled: u128, ties: u128) -> Option<Ranks> {
    if first == 0 || second == 0 {
        return None;
    }
    let (n1, n2) = (u128::from(first), u128::from(second));
    // Twice U, and twice its mean: integers, so that symmetric data give exactly no difference.
    let (doubled_u, mean) = (doubled - n1 * (n1 + 1), n1 * n2);
    let pairs = mean as f64;
    let n = (first + second) as f64;
    let variance = pairs / 12.0 * ((n + 1.0) - ties as f64 / (n * (n - 1.0)));
    // The continuity correction is a half; of twice U it is 1.
    let distance = (doubled_u.abs_diff(mean) as f64 - 1.0) / 2.0;
    // All values are equal.
    let p = if variance > 0.0 {
        two_sided(distance.max(0.0) / variance.sqrt())
    } else {
        1.0
    };
    Some(Ranks {
        p,
        delta: doubled_u as f64 / pairs - 1.0,
    })
}

/// Compares two groups of values by their ranks, as [`mann_whitney`]; both ascend.
pub fn compare_ranks(first: &[i64], second: &[i64]) -> Option<Ranks> {
    let (mut first_rest, mut second_rest) = (first, second);
    let (mut before, mut doubled, mut ties) = (0u64, 0u128, 0u128);
    loop {
        let next = [first_rest.first(), second_rest.first()];
        let Some(&value) = next.into_iter().flatten().min() else {
            break;
        };
        let of_first = first_rest.iter().take_while(|&&v| v == value).count();
        let of_second = second_rest.iter().take_while(|&&v| v == value).count();
        let equal = (of_first + of_second) as u64;
        // Doubled, mean ranks are whole numbers, and sums of them exact.
        doubled += of_first as u128 * u128::from(2 * before + equal + 1);
        let t = u128::from(equal);
        ties += t * t * t - t;
        before += equal;
        first_rest = &first_rest[of_first..];
        second_rest = &second_rest[of_second..];
    }
    mann_whitney(first.len() as u64, second.len() as u64, doubled, ties)
}

/// A difference of two groups of values, such as microseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// Median of the differences of all pairs (Hodges-Lehmann); may end in a half.
    pub median: f64,
    /// Interval of it.
    pub interval: Interval,
}

/// Returns by how much the values of `with` are larger than those of `without`; both ascend. `None` for
/// an empty group.
pub fn shift(with: &[i64], without: &[i64]) -> Option<Shift> {
    if with.is_empty() || without.is_empty() {
        return None;
    }
    let mut pairs = Pairs::of(with, without);
    let n = pairs.n;
    let upper = pairs.nth(n / 2);
    let median = if n.is_multiple_of(2) {
        let lower = pairs.nth(n / 2 - 1);
        (i128::from(lower) + i128::from(upper)) as f64 / 2.0
    } else {
        upper as f64
    };
    let (n1, n2) = (with.len() as f64, without.len() as f64);
    let error = (n1 * n2 * (n1 + n2 + 1.0) / 12.0).sqrt();
    // The normal approximation of how many differences lie outside of the interval on each side.
    let outside = (n as f64 / 2.0 - Z * error).floor().max(1.0) as u64;
    Some(Shift {
        median,
        interval: Interval {
            low: pairs.nth(outside - 1) as f64,
            high: pairs.nth(n - outside) as f64,
        },
    })
}

/// The differences of all pairs of two ascending lists, not written out.
struct Pairs<'a> {
    with: &'a [i64],
    without: &'a [i64],
    n: u64,
    /// Differences looked at, ascending, each with the number of pairs that are at most as large.
    known: Vec<(i64, u64)>,
}

impl<'a> Pairs<'a> {
    fn of(with: &'a [i64], without: &'a [i64]) -> Self {
        let n = with.len() as u64 * without.len() as u64;
        let least = with[0].saturating_sub(without[without.len() - 1]);
        let most = with[with.len() - 1].saturating_sub(without[0]);
        Pairs {
            with,
            without,
            n,
            known: vec![(least.saturating_sub(1), 0), (most, n)],
        }
    }

    /// Number of pairs with a difference of at most `limit`.
    fn count(&self, limit: i64) -> u64 {
        let (mut at, mut sum) = (0, 0);
        for &value in self.without {
            let most = value.saturating_add(limit);
            while at < self.with.len() && self.with[at] <= most {
                at += 1;
            }
            sum += at as u64;
        }
        sum
    }

    /// Difference number `k` from 0, ascending.
    ///
    /// The limits are guessed from the counts around them, every other time halfway; once few pairs are
    /// left between them, these are written out.
    fn nth(&mut self, k: u64) -> i64 {
        let few = 4 * (self.with.len() + self.without.len()) as u64;
        // Guesses are near where values are even, halving bounds their number where they are not.
        for halve in [false, true].into_iter().cycle() {
            let at = self.known.partition_point(|&(_, count)| count <= k);
            let ((low, below), (high, upto)) = (self.known[at - 1], self.known[at]);
            let room = i128::from(high) - i128::from(low);
            if room <= 1 {
                return high;
            }
            if upto - below <= few {
                return self.between(low, high, k - below);
            }
            let step = if halve {
                room / 2
            } else {
                let wanted = i128::from(k - below) + 1;
                (room * wanted / i128::from(upto - below)).clamp(1, room - 1)
            };
            let limit = (i128::from(low) + step) as i64;
            let entry = (limit, self.count(limit));
            self.known.insert(at, entry);
        }
        unreachable!("a cycle has no end")
    }

    /// Difference number `k` of those above `low` and at most `high`.
    fn between(&self, low: i64, high: i64, k: u64) -> i64 {
        let (mut from, mut to) = (0, 0);
        let mut differences = Vec::new();
        for &value in self.without {
            let (least, most) = (value.saturating_add(low), value.saturating_add(high));
            while from < self.with.len() && self.with[from] <= least {
                from += 1;
            }
            while to < self.with.len() && self.with[to] <= most {
                to += 1;
            }
            differences.extend(self.with[from..to.max(from)].iter().map(|&x| x - value));
        }
        *differences.select_nth_unstable(k as usize).1
    }
}

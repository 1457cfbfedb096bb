//! Quantiles of what was left, and how far they are shifted so that they cover what they should.

use super::visits::Visit;
use crate::metrics::quantile::type7;

/// Visits that the nearest ones are limited to.
const NEAREST: usize = 100;

/// Share of the values between the outer quantiles.
const COVERED: f64 = 0.8;

/// Errors that a shift needs.
const LEAST_ERRORS: usize = 100;

/// Quantiles of times that were left, microseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantiles {
    /// Number of visits.
    pub n: usize,
    /// 0.1, 0.5 and 0.9 (type 7).
    pub of: [f64; 3],
}

impl Quantiles {
    /// The error that a shift is to cover: how far a value is outside, below 0 inside.
    pub fn error(&self, left: f64) -> f64 {
        (self.of[0] - left).max(left - self.of[2])
    }

    /// The outer quantiles moved apart by `shift`, the lower one to at least 0.
    pub fn shifted(&self, shift: f64) -> (f64, f64) {
        ((self.of[0] - shift).max(0.0), self.of[2] + shift)
    }
}

/// The quantiles of a list in any order, which is left in another; `None` where it is empty.
pub fn quantiles(values: &mut [i64]) -> Option<Quantiles> {
    if values.is_empty() {
        return None;
    }
    let n = values.len();
    let mut at = |q: f64| {
        let below = (q * (n - 1) as f64).floor() as usize;
        let (_, &mut low, above) = values.select_nth_unstable(below);
        let high = above.iter().min().copied().unwrap_or(low);
        type7(
            n as u64,
            q,
            |k| if k as usize == below { low } else { high },
        )
    };
    Some(Quantiles {
        n,
        of: [at(0.1), at(0.5), at(0.9)],
    })
}

/// The visits that are used for a case after so much time since its start: of those in the order of
/// [`Visit::elapsed`] that rested for longer than `rest`, the nearest ones, half of them before it where there are as
/// many.
pub fn nearest(visits: &[Visit], elapsed: i64, rest: Option<i64>) -> Vec<Visit> {
    let rested = |visit: &&Visit| rest.is_none_or(|rest| visit.gap > rest);
    let at = visits.partition_point(|visit| visit.elapsed < elapsed);
    let before: Vec<&Visit> = visits[..at]
        .iter()
        .rev()
        .filter(rested)
        .take(NEAREST)
        .collect();
    let after: Vec<&Visit> = visits[at..].iter().filter(rested).take(NEAREST).collect();
    // Half on either side; where one side has fewer, more of the other.
    let of_after = (NEAREST - (NEAREST / 2).min(before.len())).min(after.len());
    let of_before = (NEAREST - of_after).min(before.len());
    let before = before.into_iter().take(of_before);
    before
        .chain(after.into_iter().take(of_after))
        .copied()
        .collect()
}

/// Distance by which quantiles are moved apart to cover four in five of such errors: never below 0, and 0
/// for at most 100 errors.
pub fn shift(errors: &mut [f64]) -> f64 {
    let n = errors.len();
    if n <= LEAST_ERRORS {
        return 0.0;
    }
    errors.sort_unstable_by(f64::total_cmp);
    let share = (COVERED * (1.0 + 1.0 / n as f64)).min(1.0);
    let position = share * (n - 1) as f64;
    let below = position.floor() as usize;
    let (low, high) = (errors[below], errors[(below + 1).min(n - 1)]);
    (low + (high - low) * (position - below as f64)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(elapsed: i64, gap: i64) -> Visit {
        Visit {
            case: 0,
            event: 0,
            gap,
            left: 0,
            elapsed,
        }
    }

    #[test]
    fn quantiles_are_of_type_7() {
        assert_eq!(quantiles(&mut []), None);
        let one = quantiles(&mut [4]).unwrap();
        assert_eq!(one.of, [4.0; 3]);
        let of = quantiles(&mut [30, 10, 20, 0]).unwrap();
        let near = |(a, b): (f64, f64)| (a - b).abs() < 1e-9;
        let all = of.of.into_iter().zip([3.0, 15.0, 27.0]);
        assert!(of.n == 4 && all.into_iter().all(near), "{of:?}");
    }

    #[test]
    fn a_shift_covers_four_in_five_and_never_narrows() {
        assert_eq!(shift(&mut [9.0; 100]), 0.0, "too few");
        let mut errors: Vec<f64> = (0..=200).map(|n| f64::from(n) - 100.0).collect();
        let found = shift(&mut errors);
        let covered = errors.iter().filter(|error| **error <= found).count();
        assert!((0.8..0.82).contains(&(covered as f64 / 201.0)), "{covered}");
        assert_eq!(shift(&mut [-5.0; 500]), 0.0);
        let of = Quantiles {
            n: 3,
            of: [2.0, 5.0, 9.0],
        };
        assert_eq!(of.shifted(3.0), (0.0, 12.0));
        assert_eq!(of.error(1.0), 1.0);
        assert_eq!(of.error(11.0), 2.0);
        assert_eq!(of.error(3.0), -1.0);
    }

    #[test]
    fn the_nearest_are_half_before_and_half_after() {
        let visits: Vec<Visit> = (0..300).map(|at| visit(at, at % 2)).collect();
        let found = nearest(&visits, 150, None);
        assert_eq!((found[0].elapsed, found.len()), (149, 100));
        let last = found.iter().map(|visit| visit.elapsed).max();
        assert_eq!(last, Some(199));
        // Only every other one rested for as long.
        let found = nearest(&visits, 150, Some(0));
        let ends = found.iter().map(|visit| visit.elapsed);
        assert_eq!((ends.clone().min(), ends.max()), (Some(51), Some(249)));
        // Near the beginning there are fewer before.
        let found = nearest(&visits, 10, None);
        let ends = found.iter().map(|visit| visit.elapsed);
        assert_eq!((ends.clone().min(), ends.max()), (Some(0), Some(99)));
        let found = nearest(&visits, 299, None);
        assert_eq!(found.iter().map(|visit| visit.elapsed).min(), Some(200));
    }
}

//! Tests of counts: two that came about alike, and one that probabilities let expect.

use super::{least, two_sided};
use statrs::function::factorial::ln_binomial;

/// Most cells of a table of exact probabilities; above, the normal approximation is used.
const MOST_CELLS: usize = 4_000_000;

/// Returns the probability that two counts differ at least as much if each of their items belonged to
/// either side with equal odds (sign test, two-sided, exact).
pub fn sign_test(first: u64, second: u64) -> f64 {
    let n = first + second;
    let most = first.max(second);
    if n == 0 {
        return 1.0;
    }
    // The tail is short where it matters: terms fall by more than half beyond a few standard deviations.
    let probability = |k: u64| (ln_binomial(n, k) - n as f64 * std::f64::consts::LN_2).exp();
    let mut tail = 0.0;
    for k in most..=n {
        let more = probability(k);
        tail += more;
        if more < tail * 1e-16 {
            break;
        }
    }
    least(2.0 * tail)
}

/// Returns the probability that at least `observed` of independent events occur, each with a probability
/// of its own: exact, or by the normal distribution with continuity where they are very many.
pub fn at_least(observed: usize, probabilities: &[f64]) -> f64 {
    if observed == 0 {
        return 1.0;
    }
    if observed > probabilities.len() {
        return 0.0;
    }
    if observed.saturating_mul(probabilities.len()) > MOST_CELLS {
        return normal_tail(observed, probabilities);
    }
    // Probability of each number of events below `observed`; what is left of 1 is the answer.
    let mut numbers = vec![0.0; observed];
    numbers[0] = 1.0;
    let mut reached = 0.0;
    for &p in probabilities {
        reached += numbers[observed - 1] * p;
        for k in (1..observed).rev() {
            numbers[k] = numbers[k] * (1.0 - p) + numbers[k - 1] * p;
        }
        numbers[0] *= 1.0 - p;
    }
    least(reached)
}

fn normal_tail(observed: usize, probabilities: &[f64]) -> f64 {
    let mean: f64 = probabilities.iter().sum();
    let variance: f64 = probabilities.iter().map(|p| p * (1.0 - p)).sum();
    if variance <= 0.0 {
        return if observed as f64 > mean { 0.0 } else { 1.0 };
    }
    let z = (observed as f64 - 0.5 - mean) / variance.sqrt();
    let tail = two_sided(z) / 2.0;
    if z > 0.0 { tail } else { 1.0 - tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_tests_are_those_of_scipy() {
        // scipy.stats.binomtest(k, n).pvalue
        for (first, second, p) in [
            (0, 0, 1.0),
            (5, 5, 1.0),
            (9, 1, 0.021_484_375),
            (35, 22, 0.111_161_119_104),
            (600, 500, 0.002_819_544_991),
        ] {
            let found = sign_test(first, second);
            assert!((found - p).abs() < 1e-8, "{first} {second}: {found}");
            assert!((sign_test(second, first) - found).abs() < 1e-15);
        }
    }

    #[test]
    fn the_tail_of_unequal_probabilities_is_that_of_all_outcomes() {
        let p = [0.1, 0.5, 0.25, 0.9, 0.03];
        for observed in 0..=6 {
            let mut wanted = 0.0;
            for outcome in 0u32..32 {
                let chance = p
                    .iter()
                    .enumerate()
                    .map(|(i, p)| if outcome >> i & 1 == 1 { *p } else { 1.0 - p });
                if outcome.count_ones() as usize >= observed {
                    wanted += chance.product::<f64>();
                }
            }
            let found = at_least(observed, &p);
            assert!(
                (found - wanted).abs() < 1e-12,
                "{observed}: {found} {wanted}"
            );
        }
    }

    #[test]
    fn many_events_are_close_to_the_exact_tail() {
        let p = vec![0.1; 2000];
        let exact = at_least(230, &p);
        let normal = normal_tail(230, &p);
        // The binomial distribution is skewed, the normal one is not.
        assert!((exact - normal).abs() < 2e-3, "{exact} {normal}");
        assert_eq!(at_least(1, &[0.0, 0.0]), 0.0);
    }
}

//! Test of the times that are left, and of the odds of deadlines.

use super::parts::{LeftAt, Parts};
use super::tested::Test;
use crate::engine::predict::{Clocks, Predictor};
use crate::engine::prepared::Prepared;
use crate::engine::query::Context;
use crate::engine::view::AskError;
use crate::metrics::prediction::Visit;
use crate::metrics::quantile::median;

/// Figures of predicted times, seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeftTest {
    /// Events that were tested.
    pub n: u64,
    /// Mean absolute error of the median of what is left.
    pub mae: f64,
    /// Median of the absolute errors.
    pub median: f64,
    /// Mean absolute error of the median of what was left at all events of the training cases.
    pub constant: f64,
    /// Share of the times left within the outer quantiles, which should be 0.8.
    pub coverage: f64,
    /// Share within them and the margin.
    pub coverage_margin: f64,
    /// By how much the outer quantiles are moved apart.
    pub margin: f64,
    /// Mean distance of the outer quantiles with the margin.
    pub width: f64,
}

/// Figures of the odds of a deadline.
#[derive(Debug, Clone, PartialEq)]
pub struct LateTest {
    /// Name of the deadline.
    pub rule: String,
    /// Events at which it was not decided.
    pub n: u64,
    /// Probability that the odds are larger at an event of a case that broke it than at one of a case that did
    /// not, ties counting half; `None` where all did or none.
    pub auc: Option<f64>,
    /// Mean of the squared errors of the odds (Brier score).
    pub brier: Option<f64>,
}

/// Sums over the events of a test.
#[derive(Default)]
struct Sums {
    errors: Vec<i64>,
    error: f64,
    constant: f64,
    covered: u64,
    covered_margin: u64,
    width: f64,
    /// Odds of each deadline, and whether it was broken.
    odds: Vec<Vec<(f64, bool)>>,
}

/// Tests what was left at the events of cases that are over.
pub fn test(
    prepared: &Prepared,
    predictor: &Predictor,
    test: &Test<'_>,
    parts: &mut Parts,
    context: &Context<'_>,
) -> Result<(Option<LeftTest>, Vec<LateTest>), AskError> {
    let log = &prepared.log;
    let clocks = Clocks::of(prepared, context.analysis.zone())?;
    let model = predictor.model(prepared, &clocks);
    let constant = typical(prepared, predictor);
    let mut sums = Sums {
        odds: vec![Vec::new(); clocks.len()],
        ..Sums::default()
    };
    let is_tested = |case: usize| (test.selected)(case) && !(test.open)(case);
    model.test(&is_tested, test.cut, context.cancel, &mut |tested| {
        let left = tested.left as f64;
        if let Some(quantiles) = tested.quantiles {
            let error = (quantiles.of[1] - left).abs();
            let (low, high) = quantiles.shifted(predictor.margin);
            let covered = quantiles.of[0] <= left && left <= quantiles.of[2];
            let covered_margin = low <= left && left <= high;
            sums.errors.push(error.round() as i64);
            sums.error += error;
            sums.constant += (constant - left).abs();
            sums.covered += u64::from(covered);
            sums.covered_margin += u64::from(covered_margin);
            sums.width += high - low;
            parts.left(LeftAt {
                length: tested.event - log.events_of(tested.case).start + 1,
                at: log.time[tested.event],
                error,
                covered,
                covered_margin,
            });
        }
        let Some(state) = tested.state else { return };
        for clock in 0..clocks.len() {
            let Some((shown, left)) = clocks.shown_at(clock, tested.case, tested.event) else {
                continue;
            };
            // What is broken already is not predicted.
            let limit = clocks.limit(clock) - shown;
            let (late, of) = state.late(clock, limit);
            if limit >= 0 && of > 0 {
                sums.odds[clock].push((late as f64 / of as f64, left > limit));
            }
        }
    })?;
    let odds = std::mem::take(&mut sums.odds).into_iter().enumerate();
    let late = odds.map(|(clock, odds)| of_odds(clocks.name(clock), odds));
    Ok((sums.figures(predictor.margin), late.collect()))
}

/// Median of what was left at all events of the training cases, microseconds.
fn typical(prepared: &Prepared, predictor: &Predictor) -> f64 {
    let log = &prepared.log;
    let mut lefts = Vec::new();
    for case in predictor.set.cases.iter() {
        let rows = log.events_of(case);
        lefts.extend(rows.map(|event| Visit::of(log, case, event).left));
    }
    median(&mut lefts).unwrap_or(0.0)
}

impl Sums {
    fn figures(mut self, margin: f64) -> Option<LeftTest> {
        let n = self.errors.len();
        let mean = |sum: f64| sum / n as f64 / 1e6;
        let share = |part: u64| part as f64 / n as f64;
        Some(LeftTest {
            n: n as u64,
            mae: mean(self.error),
            median: median(&mut self.errors)? / 1e6,
            constant: mean(self.constant),
            coverage: share(self.covered),
            coverage_margin: share(self.covered_margin),
            margin: margin / 1e6,
            width: mean(self.width),
        })
    }
}

/// The figures of odds and of whether the deadline was broken.
fn of_odds(rule: &str, mut odds: Vec<(f64, bool)>) -> LateTest {
    let n = odds.len();
    let error = |(share, broken): &(f64, bool)| (share - f64::from(u8::from(*broken))).powi(2);
    let squares: f64 = odds.iter().map(error).sum();
    odds.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut pairs, mut broken) = (0u64, 0.0, 0u64);
    for equal in odds.chunk_by(|a, b| a.0 == b.0) {
        let of_broken = equal.iter().filter(|(_, broken)| *broken).count() as u64;
        let kept = equal.len() as u64 - of_broken;
        // Each broken one is above all kept ones so far, and level with those of equal odds.
        pairs += of_broken as f64 * (below as f64 + kept as f64 / 2.0);
        below += kept;
        broken += of_broken;
    }
    let all = broken as f64 * below as f64;
    LateTest {
        rule: rule.to_owned(),
        n: n as u64,
        auc: (all > 0.0).then(|| pairs / all),
        brier: (n > 0).then(|| squares / n as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odds_are_measured_by_pairs_and_by_squared_errors() {
        let odds = vec![(0.9, true), (0.1, false), (0.5, true), (0.5, false)];
        let test = of_odds("fast", odds);
        // Of the four pairs three are in order and one is level.
        assert_eq!((test.n, test.auc), (4, Some(0.875)));
        let squares = 0.01 + 0.01 + 0.25 + 0.25;
        assert!((test.brier.unwrap() - squares / 4.0).abs() < 1e-12);
        assert_eq!(of_odds("fast", vec![(0.9, true)]).auc, None);
        assert_eq!(of_odds("fast", Vec::new()).brier, None);
    }
}

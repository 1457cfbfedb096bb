//! Scores of cases: numbers of a column, such as the answers to a survey.

use super::cost::micro_units;
use super::quantile::type7;
use super::selection::Selection;
use super::stats::{Interval, mean_interval, net_promoters};
use crate::event_log::{Cancel, Cancelled, Column, ColumnData, Level};
use hashbrown::HashMap;
use rayon::prelude::*;

/// Largest absolute score: micro-units of it, and sums of them, are exact.
pub const MOST: f64 = 1e9;

/// Returns the scores of the selected cases, ascending: micro-units and case. A column of events gives one
/// for each event that has a number, a column of cases one for each case.
///
/// # Errors
/// They are not wanted any more.
pub fn scores(
    selection: &Selection<'_>,
    column: &Column,
    cancel: &Cancel,
) -> Result<Vec<(i64, u32)>, Cancelled> {
    let ColumnData::Number(numbers) = &column.data else {
        return Ok(Vec::new());
    };
    let mut scores = Vec::new();
    selection.each_case(cancel, |case| {
        let rows = match column.level {
            Level::Case => case..case + 1,
            Level::Event => selection.log.events_of(case),
        };
        let known = rows.filter_map(|row| micro_units(numbers.get(row)));
        scores.extend(known.map(|score| (score as i64, case as u32)));
    })?;
    // Of few distinct scores, which most logs have, that is fast; the order of equal ones is of no matter.
    scores.par_sort_unstable_by_key(|&(score, _)| score);
    Ok(scores)
}

/// Numbers of equal scores.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScoreCounts(HashMap<i64, u64>);

/// Scores of a scale from 1 to 5 from which on they are the best two.
const BEST: f64 = 4.0;

/// Answers from this on are those of promoters, up to [`DETRACTORS`] those of detractors.
const PROMOTERS: f64 = 9.0;
const DETRACTORS: f64 = 6.0;

/// Micro-units of a score.
const UNIT: f64 = 1e6;

/// Figures of scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreFigures {
    /// Number of scores.
    pub n: u64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Interval of it (Student's t); `None` for fewer than two.
    pub interval: Option<Interval>,
    /// Median (type 7).
    pub median: f64,
    /// Share of those that are 4 or more, 0 to 1.
    pub best: f64,
}

/// Net promoter score: share of promoters minus share of detractors, times 100.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NetPromoters {
    /// Number of answers.
    pub n: u64,
    /// The score, -100 to 100.
    pub value: f64,
    /// Interval of it; `None` for fewer than two answers.
    pub interval: Option<Interval>,
}

impl ScoreCounts {
    /// The score of a row of a column in micro-units; `None` where it has none.
    #[inline]
    pub fn units_of(column: &Column, row: usize) -> Option<i64> {
        let ColumnData::Number(numbers) = &column.data else {
            return None;
        };
        micro_units(numbers.get(row)).map(|score| score as i64)
    }

    /// Adds a score in micro-units.
    #[inline]
    pub fn add_units(&mut self, units: i64) {
        *self.0.entry(units).or_default() += 1;
    }

    /// Adds the score of a row of a column, where it has one.
    #[inline]
    pub fn add(&mut self, column: &Column, row: usize) {
        if let Some(units) = Self::units_of(column, row) {
            self.add_units(units);
        }
    }

    /// Adds other counts.
    pub fn join(&mut self, other: ScoreCounts) {
        for (score, n) in other.0 {
            *self.0.entry(score).or_default() += n;
        }
    }

    /// Distinct scores, ascending, with their numbers.
    pub fn sorted(&self) -> Vec<(f64, u64)> {
        let counts = self.units().into_iter();
        counts.map(|(units, n)| (units as f64 / UNIT, n)).collect()
    }

    fn units(&self) -> Vec<(i64, u64)> {
        let mut counts: Vec<(i64, u64)> = self.0.iter().map(|(&score, &n)| (score, n)).collect();
        counts.sort_unstable();
        counts
    }

    /// Figures of all scores; `None` without one.
    pub fn figures(&self) -> Option<ScoreFigures> {
        let counts = self.units();
        let n: u64 = counts.iter().map(|(_, n)| n).sum();
        if n == 0 {
            return None;
        }
        let products = counts
            .iter()
            .map(|&(score, n)| i128::from(score) * i128::from(n));
        let mean = products.sum::<i128>() as f64 / n as f64;
        let square = |&(score, n): &(i64, u64)| (score as f64 - mean).powi(2) * n as f64;
        let squares: f64 = counts.iter().map(square).sum();
        let interval = mean_interval(n, mean, squares).map(|of| Interval {
            low: of.low / UNIT,
            high: of.high / UNIT,
        });
        let ends = counts.iter().scan(0, |end, (_, n)| {
            *end += n;
            Some(*end)
        });
        let ends: Vec<u64> = ends.collect();
        let nth = |rank: u64| counts[ends.partition_point(|&end| end <= rank)].0;
        let best = (counts.iter()).filter(|(score, _)| *score as f64 / UNIT >= BEST);
        let best: u64 = best.map(|(_, n)| n).sum();
        Some(ScoreFigures {
            n,
            mean: mean / UNIT,
            interval,
            median: type7(n, 0.5, nth) / UNIT,
            best: best as f64 / n as f64,
        })
    }

    /// The net promoter score of answers from 0 to 10; `None` without one.
    pub fn net_promoters(&self) -> Option<NetPromoters> {
        let (mut n, mut promoters, mut detractors) = (0, 0, 0);
        for (answer, answers) in self.sorted() {
            n += answers;
            promoters += if answer >= PROMOTERS { answers } else { 0 };
            detractors += if answer <= DETRACTORS { answers } else { 0 };
        }
        let (value, interval) = net_promoters(promoters, detractors, n)?;
        Some(NetPromoters { n, value, interval })
    }
}

//! Choices that a model makes by the last part of its training cases: length of contexts, margin of
//! intervals, states by the value of a column.

use super::deadlines::Clocks;
use super::model::{Model, TrainingSet};
use crate::engine::prepared::Prepared;
use crate::event_log::{Cancel, Cancelled};
use crate::metrics::Selection;
use crate::metrics::prediction::{Contexts, Next, ranking, shift};

/// Lengths of contexts that are tried for next activities.
const LENGTHS: [usize; 3] = [3, 5, 8];

/// The length that is used where others are as good.
const USUAL: usize = 5;

/// A choice of states by the value of a column, with the errors that it was made by.
#[derive(Debug, Clone, PartialEq)]
pub struct ByChoice {
    /// The column or property.
    pub by: String,
    /// True if they do.
    pub used: bool,
    /// Mean absolute error on the last fifth of the training cases with it and without it, seconds.
    pub errors: Option<(f64, f64)>,
}

/// Training cases divided by their starts: the first four fifths, and the last one.
pub struct Fifths {
    /// The first four fifths.
    pub first: TrainingSet,
    /// The last fifth.
    pub last: TrainingSet,
}

impl Fifths {
    /// Divides training cases.
    pub fn of(prepared: &Prepared, set: &TrainingSet) -> Self {
        let by_start = set.by_start(prepared);
        let mut is_last = vec![false; prepared.log.n_cases()];
        let from = by_start.len() - by_start.len() / 5;
        for &case in &by_start[from..] {
            is_last[case] = true;
        }
        Fifths {
            first: TrainingSet::of(prepared, |case| set.cases.contains(case) && !is_last[case]),
            last: TrainingSet::of(prepared, |case| is_last[case]),
        }
    }

    /// Returns the length of contexts by which most next activities of the last fifth are right; of equal ones 5,
    /// else the shortest.
    ///
    /// # Errors
    /// It is not wanted any more.
    pub fn length(
        &self,
        prepared: &Prepared,
        contexts: &Contexts,
        cancel: &Cancel,
    ) -> Result<usize, Cancelled> {
        let next = Next {
            variants: &prepared.index.variants,
            contexts,
            weights: &self.first.weights,
            ranks: &prepared.index.activity_rank,
            ends: true,
        };
        let weight = |place: u32| u64::from(self.last.weights[contexts.variant_of(place)]);
        let mut hits = [0u64; LENGTHS.len()];
        let is_wanted = |place: u32| weight(place) > 0;
        next.each(&LENGTHS, &is_wanted, cancel, &mut |at, places, shares| {
            let best = ranking(shares, next.ranks, 1).first().copied();
            let right = places
                .iter()
                .filter(|place| Some(next.after(**place)) == best);
            hits[at] += right.map(|place| weight(*place)).sum::<u64>();
        })?;
        let most = hits.iter().max().copied().unwrap_or(0);
        let mut best = LENGTHS
            .iter()
            .zip(hits)
            .filter(|(_, n)| *n == most)
            .map(|of| *of.0);
        let first = best.clone().next().unwrap_or(USUAL);
        Ok(best.find(|length| *length == USUAL).unwrap_or(first))
    }

    /// Returns the mean absolute error of what is left at the events of the last fifth, by states with classes or
    /// without, seconds; `None` without such events.
    ///
    /// # Errors
    /// It is not wanted any more.
    pub fn error(&self, of: &Model<'_>, cancel: &Cancel) -> Result<Option<f64>, Cancelled> {
        let clocks = Clocks::none(of.prepared);
        let model = Model {
            set: &self.first,
            clocks: &clocks,
            ..*of
        };
        let (mut n, mut sum) = (0u64, 0.0);
        let is_tested = |case: usize| self.last.cases.contains(case);
        model.test(&is_tested, i64::MIN, cancel, &mut |tested| {
            if let Some(quantiles) = tested.quantiles {
                n += 1;
                sum += (quantiles.of[1] - tested.left as f64).abs();
            }
        })?;
        Ok((n > 0).then(|| sum / n as f64 / 1e6))
    }
}

/// Returns by how much the outer quantiles of a model are moved apart, microseconds: by the errors of the
/// last quarter of the training time, predicted by the cases that ended before.
///
/// # Errors
/// It is not wanted any more.
pub fn margin(of: &Model<'_>, cancel: &Cancel) -> Result<f64, Cancelled> {
    let index = &of.prepared.index;
    let mut ends: Vec<i64> = of
        .set
        .cases
        .iter()
        .map(|case| index.case_end[case])
        .collect();
    ends.sort_unstable();
    let Some(&from) = ends.get(ends.len() * 3 / 4) else {
        return Ok(0.0);
    };
    let before = TrainingSet::of(of.prepared, |case| {
        of.set.cases.contains(case) && index.case_end[case] < from
    });
    let clocks = Clocks::none(of.prepared);
    let model = Model {
        set: &before,
        clocks: &clocks,
        ..*of
    };
    let mut errors = Vec::new();
    let is_tested = |case: usize| of.set.cases.contains(case);
    model.test(&is_tested, from, cancel, &mut |tested| {
        let left = tested.left as f64;
        errors.extend(tested.quantiles.map(|quantiles| quantiles.error(left)));
    })?;
    Ok(shift(&mut errors))
}

/// Returns the class of each case by its value of a property, its first one of a column.
pub fn classes(
    prepared: &Prepared,
    by: &crate::engine::groups::GroupBy,
    tz: chrono_tz::Tz,
) -> Result<Vec<u32>, crate::engine::view::AskError> {
    let weights = &prepared.index.variants.n_cases;
    let memo = crate::metrics::Memo::default();
    let all = Selection {
        log: &prepared.log,
        index: &prepared.index,
        cases: None,
        variant_cases: weights,
        n_cases: prepared.index.n_cases(),
        memo: &memo,
    };
    let bound = by.clone().single().bind(prepared, &all, tz)?;
    let key = bound.key();
    let mut codes = Vec::new();
    let class = |case: usize| {
        codes.clear();
        (key.codes)(case, &mut codes);
        codes.first().copied().unwrap_or(0)
    };
    Ok((0..prepared.log.n_cases()).map(class).collect())
}

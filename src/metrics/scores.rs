//! Scores of cases: numbers of a column, such as the answers to a survey.

use super::cost::micro_units;
use super::selection::Selection;
use crate::event_log::{Cancel, Cancelled, Column, ColumnData, Level};
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

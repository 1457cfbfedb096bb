//! Scores of a log: the columns that definitions name.

use super::column_name::{ColumnName, fault};
use super::prepared::Prepared;
use crate::event_log::{Column, ColumnData, with_numbers};
use crate::metrics::scores::MOST;
use rayon::prelude::*;
use std::ops::RangeInclusive;

/// Answers to how likely customers recommend.
pub(super) const ANSWERS: RangeInclusive<f64> = 0.0..=10.0;

/// Numbers that are scores.
pub(super) const SCORES: RangeInclusive<f64> = -MOST..=MOST;

impl Prepared {
    /// The column of scores; `None` where none is defined.
    pub(super) fn scores(&self) -> Option<&Column> {
        let spec = self.timed.timing.journey.score.as_ref()?;
        // It was bound to the whole log before, whose columns this one has.
        self.numbers_of(spec, "scores").ok()
    }

    /// Binds a column of scores to the log.
    ///
    /// # Errors
    /// The log has no such column, or its values are no scores: a sentence with the line.
    pub(super) fn bind_scores(&self, spec: &ColumnName) -> Result<(), String> {
        let column = self.numbers_of(spec, "scores")?;
        match outside(column, &SCORES) {
            None => Ok(()),
            Some(value) => Err(fault(
                spec,
                &format!(
                    "its value {value} is no score: scores are from -1,000,000,000 to 1,000,000,000"
                ),
            )),
        }
    }

    /// Binds a column of answers to how likely customers recommend.
    ///
    /// # Errors
    /// The log has no such column, or its values are no such answers: a sentence with the line.
    pub(super) fn bind_answers(&self, spec: &ColumnName) -> Result<(), String> {
        let column = self.numbers_of(spec, "answers from 0 to 10")?;
        match outside(column, &ANSWERS) {
            None => Ok(()),
            Some(value) => Err(fault(
                spec,
                &format!("its value {value} is no answer from 0 to 10, as the NPS is made of"),
            )),
        }
    }
}

/// The first number of a column outside of a range; `None` where all are inside.
pub(super) fn outside(column: &Column, range: &RangeInclusive<f64>) -> Option<f64> {
    let ColumnData::Number(numbers) = &column.data else {
        return None;
    };
    let is_outside = |value: f64| value < *range.start() || value > *range.end();
    with_numbers!(numbers, (rows, value) => {
        // Pieces without a branch for each row: with one, the journey of ten million events took 691 ms of CPU, not 451.
        let has_any = |piece: &&[_]| piece.iter().fold(false, |any, &row| any | is_outside(value(row)));
        let piece = rows.par_chunks(1 << 14).find_first(has_any)?;
        piece.iter().map(|&row| value(row)).find(|value| is_outside(*value))
    })
}

//! Scores of a log: the column that a definition names.

use super::column_name::{ColumnName, fault};
use super::prepared::Prepared;
use crate::event_log::{Column, ColumnData};
use crate::metrics::scores::MOST;
use rayon::prelude::*;

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
        let ColumnData::Number(numbers) = &column.data else {
            return Ok(());
        };
        let values = (0..numbers.len())
            .into_par_iter()
            .map(|row| numbers.get(row));
        match values.find_first(|value| value.abs() > MOST) {
            None => Ok(()),
            Some(value) => Err(fault(
                spec,
                &format!(
                    "its value {value} is no score: scores are from -1,000,000,000 to 1,000,000,000"
                ),
            )),
        }
    }
}

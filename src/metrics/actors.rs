//! Actors: who an event is of, by the values of a column, such as resources or teams.

use super::Selection;
use super::row_codes::{RowCodes, dense_codes};
use crate::event_log::{Cancelled, Column, EventLog};
use rayon::prelude::*;
use std::ops::Range;

/// Actors up to whose number each thread has counts of its own: those of more would need too much memory.
const MOST_COPIES: usize = 1 << 16;

/// Numbers of the actors of events.
pub struct Actors<'a> {
    source: Source<'a>,
    /// Names of the actors by number.
    pub names: Vec<String>,
}

enum Source<'a> {
    Activities(&'a EventLog),
    Column(&'a Column, RowCodes<'a>),
}

impl<'a> Actors<'a> {
    /// The activities of a log.
    pub fn activities(log: &'a EventLog) -> Self {
        Actors {
            source: Source::Activities(log),
            names: log.activities.iter().map(str::to_owned).collect(),
        }
    }

    /// The values of a column; missing values are no actors.
    pub fn of(column: &'a Column) -> Self {
        let (codes, names) = dense_codes(column);
        Actors {
            source: Source::Column(column, codes),
            names,
        }
    }

    /// The number of the actor of an event; `None` where the value is missing.
    #[inline]
    pub fn get(&self, case: usize, event: usize) -> Option<usize> {
        match &self.source {
            Source::Activities(log) => Some(log.activity.get(event) as usize),
            Source::Column(column, codes) => codes.get(column.row(case, event)),
        }
    }

    /// Number of actors.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// True if no event has an actor.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Counts in pieces of the selected cases, given by words of 64 cases each, and joins the counts.
    ///
    /// # Errors
    /// The result is not wanted any more.
    pub(super) fn in_pieces<T: Send>(
        &self,
        selection: &Selection<'_>,
        piece: impl Fn(Range<usize>) -> Result<T, Cancelled> + Sync,
        join: impl Fn(T, T) -> T + Sync,
    ) -> Result<T, Cancelled> {
        let all = 0..selection.index.n_cases().div_ceil(64);
        if self.len() > MOST_COPIES {
            return piece(all);
        }
        let pieces = selection.pieces().map(&piece);
        let joined = pieces.reduce_with(|a, b| Ok(join(a?, b?)));
        joined.unwrap_or_else(|| piece(all))
    }
}

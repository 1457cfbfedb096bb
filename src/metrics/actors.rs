//! Actors: who an event is of, by the values of a column, such as resources or teams.

use super::Selection;
use super::event_codes::EventCodes;
use crate::event_log::{Cancelled, Column, EventLog};
use rayon::prelude::*;
use std::ops::Range;

/// Actors up to whose number each thread has counts of its own: those of more would need too much memory.
const MOST_COPIES: usize = 1 << 16;

/// The actors of events.
pub struct Actors<'a> {
    /// Their numbers.
    pub codes: EventCodes<'a>,
    /// Names of the actors by number.
    pub names: Vec<String>,
}

impl<'a> Actors<'a> {
    /// The activities of a log.
    pub fn activities(log: &'a EventLog) -> Self {
        let (codes, names) = EventCodes::activities(log);
        Actors { codes, names }
    }

    /// The values of a column; missing values are no actors.
    pub fn of(column: &'a Column) -> Self {
        let (codes, names) = EventCodes::column(column);
        Actors { codes, names }
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

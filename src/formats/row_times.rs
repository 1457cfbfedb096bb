//! Times of one row, alike in all formats: from the texts of its columns to the completion and start
//! of an activity instance, or to the events of a row of milestones.

use super::notes::{Note, Notes};
use super::report::Reason;
use super::timestamp::{Joined, TimeFault, TimeReader};
use crate::event_log::{NO_INSTANT, NOT_ENDED};

/// The text of a timestamp: of its column, or of its date and its time of day joined.
#[inline]
pub fn timestamp<'k>(
    columns: &[usize],
    text: impl Fn(usize) -> &'k [u8],
    joined: Joined,
    buffer: &'k mut Vec<u8>,
) -> &'k [u8] {
    match *columns {
        [column] => text(column),
        [date, clock] => joined.join(text(date), text(clock), buffer),
        _ => b"",
    }
}

/// Finds the events of a row in which each of some columns is a time of its own: the position among
/// the columns, and the instant. Empty cells are no events. `Err` says why the row has none that can
/// be used, and the column at fault.
pub fn milestones<'k>(
    columns: &[usize],
    text: impl Fn(usize) -> &'k [u8],
    reader: &mut TimeReader,
    events: &mut Vec<(usize, i64)>,
) -> Result<(), (Reason, usize)> {
    let read = columns
        .iter()
        .map(|&column| (column, reader.read(text(column))));
    gather(read, events)
}

/// Like [`milestones`], from the timestamps that were read.
pub fn gather(
    read: impl Iterator<Item = (usize, Result<i64, TimeFault>)>,
    events: &mut Vec<(usize, i64)>,
) -> Result<(), (Reason, usize)> {
    events.clear();
    let mut first = None;
    for (at, (column, time)) in read.enumerate() {
        first = first.or(Some(column));
        match time {
            Ok(time) => events.push((at, time)),
            Err(TimeFault::Empty) => {}
            Err(fault) => return Err((fault.reason(), column)),
        }
    }
    match first {
        Some(column) if events.is_empty() => Err((Reason::EmptyTime, column)),
        _ => Ok(()),
    }
}

/// Completion and start of an activity instance.
pub struct Instance {
    /// Completion; of an instance that has not ended, when it began.
    pub time: i64,
    /// Start, [`NO_INSTANT`] where unknown, [`NOT_ENDED`] of an instance that has begun and not ended;
    /// `None` for a log without starts.
    pub start: Option<i64>,
}

impl Instance {
    /// The instance of a row, or why its timestamp cannot be used; `is_empty` says if that is for want
    /// of one. An instance that has not ended is kept as an event at its start, whose service time is
    /// not known.
    #[inline]
    pub fn of_row<F>(
        time: Result<i64, F>,
        start: Option<i64>,
        is_empty: impl FnOnce(&F) -> bool,
    ) -> Result<Self, F> {
        match (time, start) {
            (Err(fault), Some(begun)) if begun != NO_INSTANT && is_empty(&fault) => Ok(Instance {
                time: begun,
                start: Some(NOT_ENDED),
            }),
            (time, start) => time.map(|time| Instance { time, start }),
        }
    }

    /// Notes what is odd about it in the row at `line`.
    #[inline]
    pub fn note(&self, notes: &mut Notes, line: u64) {
        match self.start {
            Some(NOT_ENDED) => notes.add(Note::NotEnded, line),
            Some(NO_INSTANT) => notes.add(Note::MissingStart, line),
            Some(start) if start > self.time => notes.add(Note::NegativeDuration, line),
            _ => {}
        }
    }
}

//! Times of one row, alike in all formats: from the texts of its columns to the completion and start
//! of an activity instance, or to the events of a row of milestones.

use super::notes::{Note, Notes};
use super::report::Reason;
use super::table::Table;
use super::timestamp::{Joined, TimeFault, TimeReader};
use crate::event_log::{NO_INSTANT, NOT_ENDED};

/// A timestamp of a row: its column, or the columns of its date and of its time of day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamp {
    /// One column, or two: date and time of day.
    pub columns: Vec<usize>,
    /// How the time of day is joined to the date.
    pub joined: Joined,
}

impl Stamp {
    /// The timestamp in some columns; `samples` show how times of day are written.
    pub fn new(samples: &Table, columns: Vec<usize>) -> Self {
        let joined = match columns[..] {
            [_, clock] => Joined::learn(samples.column(clock)),
            _ => Joined::default(),
        };
        Stamp { columns, joined }
    }

    /// The text of the timestamp, of the texts of its columns.
    #[inline]
    pub fn text<'k>(&self, text: impl Fn(usize) -> &'k [u8], buffer: &'k mut Vec<u8>) -> &'k [u8] {
        match self.columns[..] {
            [column] => text(column),
            [date, clock] => self.joined.join(text(date), text(clock), buffer),
            _ => b"",
        }
    }
}

/// Finds the events of a row in which each of some timestamps is one: the position of the timestamp
/// and the instant. Empty cells are no events. `Err` says why the row has none that can be used, and
/// the column at fault.
pub fn milestones<'k>(
    stamps: &[Stamp],
    text: impl Fn(usize) -> &'k [u8],
    reader: &mut TimeReader,
    events: &mut Vec<(usize, i64)>,
) -> Result<(), (Reason, usize)> {
    let mut buffer = Vec::new();
    let read = stamps.iter().map(|stamp| {
        let time = reader.read(stamp.text(|column| text(column), &mut buffer));
        (stamp.columns[0], time)
    });
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

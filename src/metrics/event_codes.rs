//! Numbers of the events of a log by their activity, or by the value of a column.

use super::subject::Subject;
use crate::event_log::{Codes, Column, ColumnData, EventLog, Level, Value};
use std::borrow::Cow;
use std::ops::Range;

/// A number for each event, from 0: that of its activity, or of the value that it or its case has.
pub struct EventCodes<'a> {
    codes: Cow<'a, Codes>,
    level: Level,
    /// Added to a code to make 0 a missing value.
    shift: u32,
}

impl<'a> EventCodes<'a> {
    /// Those of activities, and their names.
    pub fn activities(log: &'a EventLog) -> (Self, Vec<String>) {
        let codes = EventCodes {
            codes: Cow::Borrowed(&log.activity),
            level: Level::Event,
            shift: 1,
        };
        (codes, log.activities.iter().map(str::to_owned).collect())
    }

    /// Those of a column, and the names of its values. Numbers and instants are numbered in the order in which
    /// they occur.
    pub fn column(column: &'a Column) -> (Self, Vec<String>) {
        let (codes, names) = match &column.data {
            ColumnData::Text(codes, dictionary) => {
                let names = dictionary.iter().skip(1).map(String::from);
                (Cow::Borrowed(codes), names.collect())
            }
            ColumnData::Number(values) => numbered(column, values.len()),
            ColumnData::Instant(values) => numbered(column, values.len()),
        };
        let codes = EventCodes {
            codes,
            level: column.level,
            shift: 0,
        };
        (codes, names)
    }

    /// Those of a subject, and the names of its values; `None` for the resources of a log without any.
    pub fn by(log: &'a EventLog, subject: Subject) -> Option<(Self, Vec<String>)> {
        match subject {
            Subject::Activity => Some(EventCodes::activities(log)),
            Subject::Resource => log.resource_column().map(EventCodes::column),
        }
    }

    /// That of an event; `None` where the value is missing.
    #[inline]
    pub fn get(&self, case: usize, event: usize) -> Option<usize> {
        let row = match self.level {
            Level::Event => event,
            Level::Case => case,
        };
        ((self.codes.get(row) + self.shift) as usize).checked_sub(1)
    }

    /// Those of the events of a case, in order, each plus 1; 0 where the value is missing. They are written to
    /// `room`. One look at the width of the codes for a case instead of one for an event.
    #[inline]
    pub fn of_case<'r>(
        &self,
        case: usize,
        events: Range<usize>,
        room: &'r mut Vec<u32>,
    ) -> &'r [u32] {
        room.clear();
        match self.level {
            Level::Event => self.codes.add_to(events, room),
            Level::Case => room.resize(events.len(), self.codes.get(case)),
        }
        if self.shift > 0 {
            for code in room.iter_mut() {
                *code += self.shift;
            }
        }
        room
    }
}

fn numbered(column: &Column, n_rows: usize) -> (Cow<'_, Codes>, Vec<String>) {
    let mut names = Vec::new();
    let mut numbers = hashbrown::HashMap::new();
    let codes: Vec<u32> = (0..n_rows)
        .map(|row| {
            let (key, name) = match column.value(row) {
                Value::Number(v) => (v.to_bits(), v.to_string()),
                Value::Instant(v) => (v as u64, v.to_string()),
                _ => return 0,
            };
            *numbers.entry(key).or_insert_with(|| {
                names.push(name);
                names.len() as u32
            })
        })
        .collect();
    let codes = Codes::pack(codes.into_iter(), names.len() + 1);
    (Cow::Owned(codes), names)
}

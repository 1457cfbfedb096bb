//! The log itself: case-major rows and their columns.

use super::codes::gather;
use super::{Buffer, Codes, Column, Dictionary, Level, NO_INSTANT, PerRole, Redacted, Role, Roles};
use rayon::prelude::*;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// An event log. Rows are events; the events of a case are consecutive, in the order of the
/// analysis: by timestamp, ties in file order (activity instances: by start, then completion, then file
/// order). Cases stand in order of first appearance in the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventLog {
    /// Case id of each case.
    pub case_ids: Dictionary,
    /// Events of case `c` are rows `case_offsets[c]..case_offsets[c + 1]`; `n_cases + 1` long.
    pub case_offsets: Buffer<u32>,
    /// Names of the activities. After a derivation some may not occur any more.
    pub activities: Dictionary,
    /// Activity of each event.
    pub activity: Codes,
    /// Timestamp of each event, microseconds since 1970-01-01T00:00Z (activity instances: completion).
    pub time: Buffer<i64>,
    /// Start of each activity instance, [`NO_INSTANT`] where unknown; `None` for a log of plain events.
    pub start: Option<Buffer<i64>>,
    /// 1 for each activity instance that has begun and not ended, whose timestamp is when it began, else 0;
    /// `None` where all have ended.
    pub running: Option<Buffer<u8>>,
    /// For how long each activity instance was suspended between start and completion,
    /// microseconds; `None` where no instance was.
    pub suspended: Option<Buffer<i64>>,
    /// All other columns of the log, in file order.
    pub columns: Vec<Column>,
    /// Number of columns at the end of `columns` that were defined for this log.
    pub n_defined: usize,
    /// Durations of cases that were defined for this log.
    pub case_times: Vec<CaseTime>,
    /// Clock that durations are measured by; `None` measures calendar time.
    pub clock: Option<Clock>,
    /// Position in `columns` of the column of each of [`Role::ATTRIBUTES`]; `None` for other roles.
    pub role_columns: PerRole<Option<usize>>,
    /// Where the roles came from.
    pub roles: Roles,
    /// Formats of the timestamps in the files: strftime, or a count such as `epoch_ms`; empty where they are
    /// not known.
    pub time_formats: Vec<String>,
    /// Key and columns of its pseudonyms; `None` where all values are as they were read.
    pub redacted: Option<Arc<Redacted>>,
}

/// A duration of every case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseTime {
    /// Column name.
    pub name: String,
    /// Microseconds; [`NO_INSTANT`] where it is unknown.
    pub values: Buffer<i64>,
}

/// Readings of a clock that may stand still, such as the working time that has passed: one for each
/// instant of the log, microseconds, never falling while instants rise within a case. A duration is
/// the difference of two readings of one case.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Clock {
    /// At the timestamp of each event.
    pub time: Buffer<i64>,
    /// At the start of each activity instance, [`NO_INSTANT`] where it is unknown.
    pub start: Option<Buffer<i64>>,
}

impl Default for Codes {
    fn default() -> Self {
        Codes::U8(Buffer::default())
    }
}

impl EventLog {
    /// Number of events.
    pub fn n_events(&self) -> usize {
        self.time.len()
    }

    /// Number of cases.
    pub fn n_cases(&self) -> usize {
        self.case_offsets.len().saturating_sub(1)
    }

    /// The rows of a case.
    #[inline]
    pub fn events_of(&self, case: usize) -> Range<usize> {
        self.case_offsets[case] as usize..self.case_offsets[case + 1] as usize
    }

    /// Returns whether the rows are activity instances (with starts) rather than events.
    pub fn has_instances(&self) -> bool {
        self.start.is_some()
    }

    /// Returns whether the instance of a row has begun and not ended.
    #[inline]
    pub fn is_running(&self, event: usize) -> bool {
        let running = self.running.as_ref();
        running.is_some_and(|running| running[event] != 0)
    }

    /// When the instance of a row begins: its start where known, else its timestamp.
    #[inline]
    pub fn begin(&self, event: usize) -> i64 {
        match &self.start {
            Some(start) if start[event] != NO_INSTANT => start[event],
            _ => self.time[event],
        }
    }

    /// For each event the reading, at its timestamp, of the clock that durations are measured by.
    #[inline]
    pub fn ticks(&self) -> &[i64] {
        self.clock.as_ref().map_or(&self.time, |clock| &clock.time)
    }

    /// The reading at [`EventLog::begin`].
    #[inline]
    pub fn begin_tick(&self, event: usize) -> i64 {
        let start = match &self.clock {
            Some(clock) => &clock.start,
            None => &self.start,
        };
        match start {
            Some(start) if start[event] != NO_INSTANT => start[event],
            _ => self.ticks()[event],
        }
    }

    /// Service time of an activity instance: completion minus start, microseconds. `None` where the
    /// start is not known or after the completion (a fault of the log, counted by the reader).
    #[inline]
    pub fn service(&self, event: usize) -> Option<i64> {
        let (start, end) = (self.start.as_ref()?[event], self.time[event]);
        let known = start != NO_INSTANT && start <= end;
        known.then(|| self.ticks()[event] - self.begin_tick(event))
    }

    /// Processing time of an activity instance: its service time without the spans from suspend
    /// to resume, microseconds (edeaR's `processing_time_activity_instance`). `None` also in a log
    /// where no instance was suspended, or that is measured by a clock of its own: when instances
    /// were suspended is not kept.
    #[inline]
    pub fn active(&self, event: usize) -> Option<i64> {
        if self.clock.is_some() {
            return None;
        }
        let suspended = self.suspended.as_ref()?[event];
        Some((self.service(event)? - suspended).max(0))
    }

    /// The column of that name; of a defined one and one of the log, the defined one.
    pub fn column(&self, name: &str) -> Option<&Column> {
        let (of_log, defined) = self.columns.split_at(self.defined_columns().start);
        // Defined columns come last but go before: a rule may have the name of a column.
        defined.iter().chain(of_log).find(|c| c.name == name)
    }

    /// Positions in `columns` of those that were defined for this log.
    pub fn defined_columns(&self) -> Range<usize> {
        self.columns.len() - self.n_defined..self.columns.len()
    }

    /// Removes and returns the defined columns.
    pub fn take_defined_columns(&mut self) -> Vec<Column> {
        let defined = self.columns.split_off(self.defined_columns().start);
        self.n_defined = 0;
        defined
    }

    /// Replaces the defined columns.
    pub fn define_columns(&mut self, defined: Vec<Column>) {
        self.take_defined_columns();
        self.n_defined = defined.len();
        self.columns.extend(defined);
    }

    /// The resource column.
    pub fn resource_column(&self) -> Option<&Column> {
        self.role_columns[Role::Resource].map(|i| &self.columns[i])
    }

    /// Bytes held by all columns.
    pub fn bytes(&self) -> usize {
        let clock = self.clock.as_ref().map(|clock| {
            let start = clock.start.as_ref();
            clock.time.len() * 8 + start.map_or(0, |start| start.len() * 8)
        });
        clock.unwrap_or(0)
            + self.case_ids.bytes()
            + self.case_offsets.len() * 4
            + self.activities.bytes()
            + self.activity.bytes()
            + self.time.len() * 8
            + self.start.as_ref().map_or(0, |s| s.len() * 8)
            + self.suspended.as_ref().map_or(0, |s| s.len() * 8)
            + self.running.as_ref().map_or(0, Buffer::len)
            + self.columns.iter().map(Column::bytes).sum::<usize>()
            + self
                .case_times
                .iter()
                .map(|t| t.values.len() * 8)
                .sum::<usize>()
    }

    /// The log of only `rows` (ascending), with `start` for each of them if given. Cases left
    /// without a row are gone; dictionaries stay as they are. Cases keep their order; the order of
    /// the events of a case is made anew where starts are given. Durations of cases and readings of
    /// a clock are to be made anew, too.
    pub fn select(&self, rows: &[u32], start: Option<Vec<i64>>) -> EventLog {
        let mut kept_cases = Vec::new();
        let mut case_offsets = vec![0u32];
        let mut at = 0;
        for case in 0..self.n_cases() {
            let end = self.case_offsets[case + 1];
            let from = at;
            while at < rows.len() && rows[at] < end {
                at += 1;
            }
            if at > from {
                kept_cases.push(case as u32);
                case_offsets.push(at as u32);
            }
        }
        let start = start.or_else(|| {
            self.start
                .as_ref()
                .map(|s| rows.iter().map(|&r| s[r as usize]).collect())
        });
        // Rows ascend, as plain events do; starts may change the order within a case.
        let (rows, start) = match start {
            None => (Cow::Borrowed(rows), None),
            Some(start) => {
                let order = self.order(rows, &start, &case_offsets);
                let rows = order.iter().map(|&i| rows[i as usize]).collect();
                (Cow::Owned(rows), Some(gather(&start, &order)))
            }
        };
        let suspended = self.suspended.as_ref();
        let running = self.running.as_ref();
        let column = |c: &Column| match c.level {
            Level::Event => c.gather(&rows),
            Level::Case => c.gather(&kept_cases),
        };
        let case_ids = || {
            if kept_cases.len() == self.n_cases() {
                return self.case_ids.clone();
            }
            let ids = kept_cases.iter();
            ids.map(|&case| self.case_ids.get(case)).collect()
        };
        // One thread makes the dictionary while the others fill the columns.
        let (case_ids, columns) =
            rayon::join(case_ids, || self.columns.par_iter().map(column).collect());
        EventLog {
            case_ids,
            case_offsets: case_offsets.into(),
            // Dictionaries stay whole, so that codes of this log are those of the other one.
            activities: self.activities.clone(),
            activity: self.activity.gather(&rows),
            time: gather(&self.time, &rows),
            start,
            running: running.map(|running| gather(running, &rows)),
            suspended: suspended.map(|suspended| gather(suspended, &rows)),
            columns,
            n_defined: self.n_defined,
            case_times: Vec::new(),
            clock: None,
            role_columns: self.role_columns,
            roles: self.roles.clone(),
            time_formats: self.time_formats.clone(),
            redacted: self.redacted.clone(),
        }
    }

    /// The order of some rows by begin and time within each case, as positions among them.
    fn order(&self, rows: &[u32], start: &[i64], case_offsets: &[u32]) -> Vec<u32> {
        let mut order: Vec<u32> = (0..rows.len() as u32).collect();
        let begin = |i: u32| {
            let time = self.time[rows[i as usize] as usize];
            let s = start[i as usize];
            (if s == NO_INSTANT { time } else { s }, time)
        };
        for w in case_offsets.windows(2) {
            let slice = &mut order[w[0] as usize..w[1] as usize];
            // Most cases stay in order: looking costs less than sorting.
            if !slice.is_sorted_by_key(|&i| begin(i)) {
                slice.sort_by_key(|&i| begin(i));
            }
        }
        order
    }
}

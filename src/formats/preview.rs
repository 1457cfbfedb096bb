//! The beginning of an input as its reader reads it: what a user needs to see that a mapping is right.

use super::{Bytes, ImportError, ReadOptions, Reject, apply_lifecycle, facts, format_for};
use crate::event_log::{EventLog, NO_INSTANT, Progress};

/// The beginning of an input, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Rows or events of the input that were read, with those that were rejected.
    pub rows: u64,
    /// Events (or activity instances) that were read.
    pub events: u64,
    /// Cases among them.
    pub cases: u64,
    /// Activities among them.
    pub activities: u64,
    /// The first cases.
    pub first: Vec<PreviewCase>,
    /// The first rejected rows.
    pub rejects: Vec<Reject>,
    /// Rejected rows of the beginning.
    pub rejected: u64,
    /// Role and what it was taken from, and how the input is written.
    pub mapping: Vec<(String, String)>,
    /// True if that is all of the input.
    pub whole: bool,
}

impl Preview {
    /// Format of the timestamps.
    pub fn time_format(&self) -> Option<&str> {
        let mut mapping = self.mapping.iter();
        let format = mapping.find(|(what, _)| what == facts::TIME_FORMAT);
        format.map(|(_, format)| format.as_str())
    }
}

/// A case as it would be read, as far as its events stand in the beginning of the input.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreviewCase {
    /// Case id.
    pub case: String,
    /// First events.
    pub events: Vec<PreviewEvent>,
    /// Number of events in the preview.
    pub n_events: usize,
}

/// An event as it would be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreviewEvent {
    /// Activity.
    pub activity: String,
    /// Timestamp, microseconds since 1970.
    pub time: i64,
    /// Start, where it is an activity instance with one.
    pub start: Option<i64>,
}

/// Cases, events of each, and rejected rows that are shown.
const CASES: usize = 40;
const EVENTS: usize = 20;
const REJECTS: usize = 50;
/// Events that are read where the options do not say how many.
const FIRST: usize = 500;

/// Reads the beginning of an input.
pub fn preview(
    input: &dyn Bytes,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Preview, ImportError> {
    let first = options.first.unwrap_or(FIRST);
    let options = ReadOptions {
        first: Some(first),
        ..options.clone()
    };
    let loaded = (format_for(input, &options)?.read)(input, &options, progress)?;
    let mut report = loaded.report;
    let loaded_rows = if options.has_milestones() {
        report.lines.loaded
    } else {
        loaded.log.n_events() as u64
    };
    let rows = loaded_rows + report.n_rejected;
    let log = apply_lifecycle(loaded.log, options.lifecycle, &mut report);
    // Counted by what events use: the dictionary keeps names of rows that pairing left out.
    let mut used: Vec<u32> = (0..log.n_events()).map(|e| log.activity.get(e)).collect();
    used.sort_unstable();
    used.dedup();
    report.rejects.truncate(REJECTS);
    Ok(Preview {
        rows,
        events: log.n_events() as u64,
        cases: log.n_cases() as u64,
        activities: used.len() as u64,
        first: (0..log.n_cases().min(CASES))
            .map(|c| case(&log, c))
            .collect(),
        rejects: report.rejects,
        rejected: report.n_rejected,
        mapping: report.mapping,
        whole: rows < first as u64,
    })
}

fn case(log: &EventLog, case: usize) -> PreviewCase {
    let events = log.events_of(case);
    let n_events = events.len();
    let event = |event: usize| PreviewEvent {
        activity: log.activities.get(log.activity.get(event)).to_owned(),
        time: log.time[event],
        start: log
            .start
            .as_ref()
            .map(|starts| starts[event])
            .filter(|&start| start != NO_INSTANT),
    };
    PreviewCase {
        case: log.case_ids.get(case as u32).to_owned(),
        events: events.take(EVENTS).map(event).collect(),
        n_events,
    }
}

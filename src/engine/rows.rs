//! What answers are made of: plain data with public fields, in the words of panes and reports.
//! Instants are microseconds since 1970-01-01T00:00Z; durations are seconds unless said otherwise.

use super::request::FilterError;
use crate::event_log::{ColumnKind, Level};
use std::sync::Arc;

/// A distribution of durations, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stats {
    /// Number of values.
    pub n: u64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Median (type 7).
    pub median: f64,
    /// 90th percentile (type 7: linear between the two nearest ranks).
    pub p90: f64,
    /// 99th percentile.
    pub p99: f64,
    /// Smallest.
    pub min: f64,
    /// Largest.
    pub max: f64,
    /// Sum.
    pub total: f64,
}

/// The figures of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Events selected.
    pub events: u64,
    /// Cases selected.
    pub cases: u64,
    /// Activities that occur.
    pub activities: u64,
    /// Variants that occur.
    pub variants: u64,
    /// Resources that occur; `None` where the log has no resource.
    pub resources: Option<u64>,
    /// First instant.
    pub first_event: Option<i64>,
    /// Last instant.
    pub last_event: Option<i64>,
    /// Events per case (plain numbers, not seconds).
    pub events_per_case: Option<Stats>,
    /// Durations of the cases.
    pub case_duration: Option<Stats>,
    /// Events before `--events` and `--filter`.
    pub total_events: u64,
    /// Cases before `--events` and `--filter`.
    pub total_cases: u64,
}

/// One bin of a time axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeBin {
    /// First instant of the bin; it ends where the next one begins.
    pub start: i64,
    /// Cases that start in it (of an edge: occurrences that end in it).
    pub started: u64,
    /// Cases that end in it (of an edge: occurrences that end in it).
    pub ended: u64,
    /// Sum in seconds of the durations of what ended in it.
    pub total: f64,
    /// Median in seconds of the durations of what ended in it.
    pub median: Option<f64>,
}

/// A time axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// What a bin spans, as a person would say: "day", "6 hours".
    pub unit: String,
    /// The bins, without gaps.
    pub bins: Vec<TimeBin>,
    /// Where the last bin ends.
    pub end: i64,
}

/// One bin of a distribution of durations: `from <= d < to` (the last: `<= to`), in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DurationBin {
    /// Lower bound.
    pub from: f64,
    /// Upper bound.
    pub to: f64,
    /// Values in it.
    pub count: u64,
}

/// Shape of a selection over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// Cases started and ended.
    pub timeline: Timeline,
    /// Distribution of case durations, with bounds a person would choose (1m, 5m, 1h, 1d, ...).
    pub durations: Vec<DurationBin>,
}

/// A list: the rows of the page, and how many there are.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows<T> {
    /// Rows there are (that match the search).
    pub total: usize,
    /// Index of the first row given.
    pub offset: usize,
    /// The rows of the page.
    pub rows: Vec<T>,
}

/// A variant.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantRow {
    /// Rank in the whole log, from 1.
    pub rank: u32,
    /// Selected cases.
    pub cases: u64,
    /// Of the selected cases, 0 to 1.
    pub share: f64,
    /// Share of this and all rows above it in the list's order.
    pub cumulative: f64,
    /// Its activities in order.
    pub activities: Vec<Arc<str>>,
    /// Durations of its selected cases.
    pub duration: Stats,
}

/// A case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseRow {
    /// Case id.
    pub case: String,
    /// Rank of its variant in the whole log, from 1.
    pub variant: u32,
    /// Number of events.
    pub events: u32,
    /// First instant.
    pub start: i64,
    /// Last instant.
    pub end: i64,
    /// Seconds.
    pub duration: f64,
}

/// A value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// No value.
    Missing,
    /// Text.
    Text(Arc<str>),
    /// Number.
    Number(f64),
    /// Instant.
    Instant(i64),
}

/// An event (or an activity instance) of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRow {
    /// Activity.
    pub activity: Arc<str>,
    /// Timestamp (of an instance: completion).
    pub time: i64,
    /// Start of the instance; `None` where unknown.
    pub start: Option<i64>,
    /// Service time of the instance in seconds; `None` where unknown.
    pub service: Option<f64>,
    /// The same without what it was suspended; `None` in a log where none was.
    pub active: Option<f64>,
    /// Seconds from the start of the case to the timestamp.
    pub since: f64,
    /// Seconds from the timestamp of the event before (first event: 0).
    pub elapsed: f64,
    /// Of instances: max(0, start - latest completion before), seconds; `None` for plain events.
    pub waiting: Option<f64>,
    /// Values of [`CaseDetail::columns`].
    pub values: Vec<Field>,
}

/// One case with its events.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseDetail {
    /// The case as in the list.
    pub row: CaseRow,
    /// Names of all attribute columns (resource and lifecycle among them).
    pub columns: Vec<ColumnInfo>,
    /// Position of the resource in `columns`.
    pub resource: Option<usize>,
    /// Whether rows are activity instances.
    pub instances: bool,
    /// The events in order.
    pub events: Vec<EventRow>,
}

/// A column of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnInfo {
    /// Its name.
    pub name: Arc<str>,
    /// What it holds.
    pub kind: ColumnKind,
    /// Of cases or of events.
    pub level: Level,
}

/// An activity.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityRow {
    /// Name.
    pub activity: Arc<str>,
    /// Events.
    pub events: u64,
    /// Cases that have it.
    pub cases: u64,
    /// Cases that start with it.
    pub starts: u64,
    /// Cases that end with it.
    pub ends: u64,
    /// Cases in which it occurs more than once.
    pub rework_cases: u64,
    /// Time from the event before, over all its events but the first of a case.
    pub before: Option<Stats>,
    /// Of instances with a known start: completion minus start.
    pub service: Option<Stats>,
    /// The same without what they were suspended, in a log where some were.
    pub active: Option<Stats>,
    /// Of instances but the first of a case: waiting as in the contract.
    pub waiting: Option<Stats>,
}

/// A directly-follows edge.
#[derive(Debug, Clone, PartialEq)]
pub struct EdgeRow {
    /// First activity.
    pub from: Arc<str>,
    /// Second activity.
    pub to: Arc<str>,
    /// Occurrences.
    pub count: u64,
    /// Cases that have it.
    pub cases: u64,
    /// Timestamp of the second minus timestamp of the first.
    pub elapsed: Stats,
    /// Of instances: start of the second minus completion of the first, 0 at least.
    pub waiting: Option<Stats>,
    /// Of the time of all edges of the selection, 0 to 1.
    pub share: f64,
}

/// A resource.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceRow {
    /// Name.
    pub resource: Arc<str>,
    /// Events.
    pub events: u64,
    /// Cases.
    pub cases: u64,
    /// Different activities.
    pub activities: u64,
}

/// What one filter of a stack leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct FilterCount {
    /// Cases that pass this filter alone, or what is wrong with it.
    pub alone: Result<u64, FilterError>,
    /// Cases left after this one and all before it.
    pub after: u64,
}

/// Something that could stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// Bytes of the text that it replaces.
    pub replace: std::ops::Range<usize>,
    /// What it puts there.
    pub text: String,
    /// What it is: "activity", "column", "value", "word".
    pub kind: &'static str,
}

//! Properties of a loaded log, independent of the view.

use super::definitions::{NamedMilestone, NamedWait};
use crate::event_log::{ColumnKind, Level};
use crate::filter::{Field, Point, quote};
use crate::formats::Notice;
use crate::text::did_you_mean;
use std::sync::Arc;

/// Properties of a loaded log, independent of the view.
#[derive(Debug, Clone, PartialEq)]
pub struct LogInfo {
    /// Name of the opened input, as shown to the user.
    pub name: String,
    /// Events of the whole log.
    pub events: u64,
    /// Cases of the whole log.
    pub cases: u64,
    /// Variants of the whole log.
    pub variants: u64,
    /// Activities by frequency.
    pub activities: Vec<Arc<str>>,
    /// Attribute columns.
    pub columns: Vec<ColumnInfo>,
    /// Position of the resource in `columns`.
    pub resource: Option<usize>,
    /// True where rows are activity instances, false where they are plain events.
    pub instances: bool,
    /// First and last instant.
    pub span: Option<(i64, i64)>,
    /// Role and the columns it was taken from, as printed under `mapping`.
    pub mapping: Vec<(String, String)>,
    /// Where its events are.
    pub place: LogPlace,
    /// Rows that were rejected while reading.
    pub rejected: u64,
    /// True where pseudonyms stand in place of what may be of persons.
    pub redacted: bool,
    /// True where the instants of each case are shifted by a distance of its own.
    pub shifted: bool,
    /// Fewest cases of a group that is shown; 0 where all are.
    pub least: u64,
    /// True where the reading was stopped before the end of the input.
    pub stopped: bool,
    /// Warnings of the reader, as sentences.
    pub warnings: Vec<Notice>,
    /// Milestones that are defined or guessed.
    pub milestones: Vec<MilestoneInfo>,
    /// Deadlines that are defined.
    pub deadlines: usize,
    /// Rules on the order of events that are defined.
    pub conform_rules: usize,
    /// Names of the outcomes that are defined.
    pub outcomes: Vec<Arc<str>>,
    /// True where rates are defined, so that cases and work have a cost.
    pub costs: bool,
    /// True where scores are defined.
    pub scores: bool,
    /// Fields of the tags and notes of cases; none where the log has no notes.
    pub noted: &'static [&'static str],
    /// Changes since the last visit; `None` where there are none.
    pub since: Option<SinceVisit>,
    /// The calendar for all durations where one is wanted and none is named.
    pub calendar: Option<String>,
    /// The zone of bins, axes and shown times, and of times without an offset.
    pub zone: chrono_tz::Tz,
    /// Bytes held by log and index.
    pub bytes: u64,
    /// Filters made of its names and values.
    pub examples: Examples,
}

/// Where the events of a log are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogPlace {
    /// In this program, which read all of them.
    #[default]
    Here,
    /// In an engine, which answers some queries.
    Engine,
    /// In this program, as the part of a log in an engine that was fetched.
    Slice,
}

/// Cases that changed since the explorer was last left for a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinceVisit {
    /// When it was left, microseconds since 1970-01-01T00:00Z.
    pub left: i64,
    /// Cases with an event after the last one of that time.
    pub cases: u64,
    /// The filter of these cases.
    pub filter: String,
}

/// Three filters of a log each, fewer where it has nothing to make them of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Examples {
    /// Conditions on cases.
    pub cases: Vec<String>,
    /// Conditions on events.
    pub events: Vec<String>,
}

impl LogInfo {
    /// Parses the definition of a milestone of this log.
    ///
    /// # Errors
    /// The text is no milestone, or the log has no such activity: a sentence with the nearest names.
    pub fn milestone(&self, text: &str) -> Result<NamedMilestone, String> {
        let named = NamedMilestone::parse(text)?;
        let points = [&named.milestone.from, &named.milestone.to];
        for activity in points.into_iter().flat_map(Point::activities) {
            let name = activity.node.as_str();
            let known = self.activities.iter().map(|known| &**known);
            if !known.clone().any(|known| known == name) {
                let hint = did_you_mean(name, known, quote);
                return Err(format!("the log has no activity {}{hint}", quote(name)));
            }
        }
        Ok(named)
    }

    /// Parses the class of a wait; `None` where the text is none, or the log has no such activity.
    pub fn wait(&self, text: &str) -> Option<NamedWait> {
        let is_known = |name: &str| self.activities.iter().any(|known| **known == *name);
        let wait = NamedWait::parse(text).ok()?;
        let known = wait.activities().all(is_known);
        known.then_some(wait)
    }

    /// Bytes of memory that log and index take for each event; `None` without events.
    pub fn bytes_per_event(&self) -> Option<f64> {
        (self.events > 0).then(|| self.bytes as f64 / self.events as f64)
    }
}

impl NamedMilestone {
    /// Name and origin.
    pub fn info(&self) -> MilestoneInfo {
        MilestoneInfo {
            name: self.name.as_str().into(),
            guessed: self.guessed,
        }
    }
}

/// A milestone of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MilestoneInfo {
    /// Name, also in filters.
    pub name: Arc<str>,
    /// True for a guess from the names of activities.
    pub guessed: bool,
}

/// A column of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnInfo {
    /// Name as in the file.
    pub name: Arc<str>,
    /// Type of the values.
    pub kind: ColumnKind,
    /// Level: attributes of cases or of events.
    pub level: Level,
    /// True where a definition has the same name.
    pub shadowed: bool,
    /// Number of its texts; `None` for numbers and instants.
    pub values: Option<u64>,
}

impl ColumnInfo {
    /// The field of filters that is this column.
    pub fn field(&self) -> Field {
        let name = self.name.to_string();
        if self.shadowed {
            Field::LogColumn(name)
        } else {
            Field::Column(name)
        }
    }
}

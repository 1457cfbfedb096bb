//! Plan for reading a CSV file: its shape, which column is what, how values are written.

use super::record::{Columns, Shape};
use crate::event_log::Schema;
use crate::formats::mapping::Mapping;
use crate::formats::number::NumberStyle;
use crate::formats::row_times::Stamp;
use crate::formats::timestamp::TimeFormat;

/// Where an attribute column of the log comes from, and how its values are written.
#[derive(Debug, Clone, PartialEq)]
pub struct Sink {
    /// The column of the file.
    pub column: usize,
    /// Format of the values.
    pub kind: SinkKind,
}

/// Format of an attribute column's values.
#[derive(Debug, Clone, PartialEq)]
pub enum SinkKind {
    /// Any text.
    Text,
    /// Numbers.
    Number(NumberStyle),
    /// Timestamps.
    Instant(TimeFormat),
}

/// Plan for reading a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The columns of the log.
    pub schema: Schema,
    /// Delimiter and columns.
    pub shape: Shape,
    /// Columns of each role.
    pub keys: Mapping,
    /// Activity of all rows, where no column has it.
    pub activity_name: Option<String>,
    /// The columns of the timestamp, or of the timestamps of the milestones of a row.
    pub stamps: Vec<Stamp>,
    /// The columns of the start.
    pub start_stamp: Stamp,
    /// Names of all columns of the file.
    pub names: Vec<String>,
    /// Format of the timestamp.
    pub time: TimeFormat,
    /// Format of the start.
    pub start: TimeFormat,
    /// Where the attribute columns of the log come from, in its order.
    pub sinks: Vec<Sink>,
    /// Texts that mean a missing value.
    pub na: Vec<Vec<u8>>,
    /// The zone of timestamps without offset.
    pub tz: Option<chrono_tz::Tz>,
    /// True if valid and invalid UTF-8 sequences must be counted.
    pub count_utf8: bool,
}

impl Plan {
    /// Number of columns.
    pub fn width(&self) -> usize {
        self.columns().width
    }

    /// Number of leading fields that a row needs.
    pub fn need(&self) -> usize {
        self.columns().need
    }

    fn columns(&self) -> Columns {
        self.shape
            .columns
            .expect("a plan is made once the columns are known")
    }
}

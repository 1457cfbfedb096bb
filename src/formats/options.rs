//! Options of the user for reading a log. Each may be left out.

use crate::event_log::Role;
use serde::{Deserialize, Serialize};

/// Which of day and month stands first in dates like 01/02/2024.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DateOrder {
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
    /// Year, month, day.
    Ymd,
}

/// Unit of the analysis, when the log has lifecycle transitions: one row per this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lifecycle {
    /// Every row.
    Events,
    /// Only rows whose transition is complete, or missing.
    Complete,
    /// A start and the complete that matches it are one activity instance.
    Pairs,
    /// `Pairs` where the log has both starts and completes, else `Events`.
    #[default]
    Auto,
}

/// The options of the contract that concern reading. Empty and `None` mean: find it out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ReadOptions {
    /// Columns of the case id, joined with ` - `.
    pub case: Vec<String>,
    /// Columns of the activity, joined with ` - `.
    pub activity: Vec<String>,
    /// Column of the timestamp.
    pub time: Option<String>,
    /// Column of the start of an instance.
    pub start: Option<String>,
    /// Column of the resource.
    pub resource: Option<String>,
    /// Column of the lifecycle transition.
    pub lifecycle_column: Option<String>,
    /// Column of the activity instance.
    pub instance: Option<String>,
    /// chrono's strftime, or `epoch_s`, `epoch_ms`, `epoch_us`, `epoch_ns`.
    pub time_format: Option<String>,
    /// Zone of timestamps without offset; UTC where not given.
    pub tz: Option<chrono_tz::Tz>,
    /// Texts that mean a missing value, besides the empty field.
    pub na: Vec<String>,
    /// Field delimiter of CSV.
    pub delimiter: Option<u8>,
    /// WHATWG label of the encoding.
    pub encoding: Option<String>,
    /// The first row is data; columns are named by position, from 1.
    pub no_header: bool,
    /// Order of day and month.
    pub date_order: Option<DateOrder>,
    /// Order of day and month where nothing in the log decides it: that of another log of its kind.
    pub date_hint: Option<DateOrder>,
    /// Unit of the analysis.
    pub lifecycle: Lifecycle,
    /// Object type to use as case, in logs of several types (OCEL).
    pub object_type: Option<String>,
    /// Columns that are text whatever their values look like, as another log has texts in them.
    pub texts: Vec<String>,
    /// Read only about this many events from the beginning, for a preview.
    pub first: Option<usize>,
}

impl ReadOptions {
    /// The columns that are named for a role; an empty name says that no column has it.
    pub fn columns(&self, role: Role) -> &[String] {
        match role {
            Role::Case => &self.case,
            Role::Activity => &self.activity,
            Role::Time => self.time.as_slice(),
            Role::Start => self.start.as_slice(),
            Role::Resource => self.resource.as_slice(),
            Role::Lifecycle => self.lifecycle_column.as_slice(),
            Role::Instance => self.instance.as_slice(),
        }
    }
}

/// Options for reading one of several logs, and the label that distinguishes its events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct LogOptions {
    /// Value of the column `source` for its events; where empty, a name made of that of the input.
    pub source: String,
    /// Stands before the names of its activities, so that those of two systems stay apart.
    pub activity_prefix: String,
    /// Options for reading it.
    pub read: ReadOptions,
}

/// Options for reading all logs as one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ReadPlan {
    /// One for each input, in their order.
    pub logs: Vec<LogOptions>,
    /// Unit of the analysis.
    pub lifecycle: Lifecycle,
    /// Split a case into visits after this much inactivity, microseconds.
    pub session_gap: Option<i64>,
}

//! Options of the user for reading a log. Each may be left out.

use super::ImportError;
use crate::event_log::{Role, Roles};
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
    /// Year, day, month.
    Ydm,
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
    /// Columns named for each role; several only where they are joined. An empty name says that no
    /// column has the role.
    pub columns: Roles,
    /// Activity of all events, in a table without a column of it.
    pub activity_name: Option<String>,
    /// chrono's strftime, or `epoch_s`, `epoch_ms`, `epoch_us`, `epoch_ns`.
    pub time_format: Option<String>,
    /// Zone of timestamps without offset; UTC where not given.
    pub tz: Option<chrono_tz::Tz>,
    /// Texts that mean a missing value, besides the empty field.
    pub na: Vec<String>,
    /// Field delimiter of CSV.
    pub delimiter: Option<u8>,
    /// Quote of CSV; the double one where only an escape is given.
    pub quote: Option<u8>,
    /// Character of CSV that makes a quote, delimiter or line end behind it plain.
    pub escape: Option<u8>,
    /// Path of the array of records in JSON, keys joined by dots; the longest array where not given.
    pub json_path: Option<String>,
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
    /// Returns whether a table read by these options must have a column of this role.
    pub fn needs(&self, role: Role) -> bool {
        match role {
            Role::Activity | Role::Time if self.has_milestones() => false,
            Role::Activity => self.activity_name.is_none(),
            role => Role::NEEDED.contains(&role),
        }
    }

    /// Returns whether each of some columns of times is an event of its own.
    pub fn has_milestones(&self) -> bool {
        self.names(Role::Milestone)
    }

    /// The first role by which each row is one event, which excludes milestones.
    pub fn role_of_rows(&self) -> Option<Role> {
        let named = Role::OF_ROWS.into_iter().find(|&role| self.names(role));
        named.or(self.activity_name.as_ref().map(|_| Role::Activity))
    }

    /// Returns whether a column of this role is named.
    fn names(&self, role: Role) -> bool {
        self.columns[role].iter().any(|name| !name.is_empty())
    }

    /// Checks that the options do not contradict each other.
    pub(super) fn check(&self) -> Result<(), ImportError> {
        if self.activity_name.is_some() && !self.columns[Role::Activity].is_empty() {
            let message = "the activity is given twice: as a column, and as one name for all rows";
            return Err(ImportError::Usage(message.to_owned()));
        }
        if let (true, Some(role)) = (self.has_milestones(), self.role_of_rows()) {
            let message = format!(
                "each column of times is an event of its own, so that rows have no {}",
                role.name()
            );
            return Err(ImportError::Usage(message));
        }
        Ok(())
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

//! Settings by which a user can change how a log is read: what an error, a warning or a rejected row
//! suggests to change. The layers that speak to the user put them into words, as options of the
//! command line or as keys.

use super::options::DateOrder;
use crate::event_log::Role;
use serde::{Deserialize, Serialize};

/// A setting that the user may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Setting {
    /// The column of a role; several of case and activity.
    Column(Role),
    /// The columns of times of which each may be an event of its own.
    Milestones(Vec<String>),
    /// First row: a header or data.
    Header,
    /// Format of the timestamps.
    TimeFormat,
    /// The unit of timestamps that are counts since 1970.
    EpochUnit,
    /// That timestamps are days as Excel counts them.
    ExcelDates,
    /// The order of day and month; the other one than was taken, where one was.
    DateOrder(Option<DateOrder>),
    /// The zone of timestamps without offset.
    Zone,
    /// A text that means a missing value, in quotes and safe to print.
    Missing(String),
    /// The delimiter of fields.
    Delimiter,
    /// Quote and escape of fields.
    Quoting,
    /// The encoding of the text.
    Encoding,
    /// The type of the objects that are the cases.
    ObjectType,
}

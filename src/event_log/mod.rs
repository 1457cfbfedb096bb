//! The event log in memory: columns of dictionary codes, numbers and instants, one row an event,
//! sorted by case and time. No I/O, no parsing, nothing of the layers above.

mod buffer;
mod builder;
mod codes;
mod column;
mod dictionary;
mod interner;
pub mod lifecycle;
mod log;
pub mod merge;
mod milestone;
mod numbers;
mod progress;
mod redaction;
mod roles;
mod template;
pub mod visits;
mod waits;
mod wall_clock;

pub use buffer::Buffer;
pub use builder::{BlockColumn, BuildFacts, ColumnSpec, LogBuilder, RowBlock, Schema, TextBuilder};
pub use codes::Codes;
pub(crate) use codes::with_codes;
pub use column::{Column, ColumnData, ColumnKind, Level, Value};
pub use dictionary::Dictionary;
pub use log::{CaseTime, Clock, EventLog};
pub use milestone::{Milestone, Point};
pub(crate) use numbers::with_numbers;
pub use numbers::{Numbers, Place, Unit};
pub use progress::{Cancel, Cancelled, Progress, Stage};
pub use redaction::{Redacted, Redaction, Shift};
pub use roles::{PerRole, Role, Roles};
pub use template::Template;
pub use waits::Wait;
pub use wall_clock::WallClock;

/// The microseconds of a missing instant. No readable timestamp has this value.
pub const NO_INSTANT: i64 = i64::MIN;

/// Start of a row of a block that has begun and not ended: its timestamp is when it began.
pub const NOT_ENDED: i64 = i64::MIN + 1;

//! Bytes to an event log. Takes readers, not paths; knows nothing of the index and above.

pub mod options;
pub mod report;

pub use options::{DateOrder, Lifecycle, ReadOptions};
pub use report::{ImportError, ImportReport, Lines, Reject};

//! Bytes to an event log. Takes readers, not paths; knows nothing of the index and above.

pub mod options;
pub mod report;

pub use options::{DateOrder, Lifecycle, ReadOptions};
pub use report::{ImportError, ImportReport, Lines, Reject};

/// Reads logs. Provisional: the reader that is being written takes this file's place.
pub fn read(
    _inputs: Vec<crate::source::Input>,
    _options: &ReadOptions,
    _progress: &crate::event_log::Progress,
) -> Result<(crate::event_log::EventLog, ImportReport), ImportError> {
    Err(ImportError::Usage("no reader yet".into()))
}

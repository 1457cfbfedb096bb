//! stub
use crate::event_log::EventLog;
/// Something that could stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// Bytes of the text that it replaces.
    pub replace: std::ops::Range<usize>,
    /// What it puts there.
    pub text: String,
    /// What it is: "word", "activity", "column" or "value".
    pub kind: &'static str,
}
/// What could stand at the cursor (in bytes) of a filter text.
pub fn complete(_: &str, _: usize, _: bool, _: &EventLog) -> Vec<Completion> {
    Vec::new()
}

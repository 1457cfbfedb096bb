//! Filters of cases in definitions.

/// A filter of cases as a part of a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Text of the filter.
    pub filter: String,
    /// Line of the file in which it is written, from 1; `None` where there is no file.
    pub line: Option<u64>,
}

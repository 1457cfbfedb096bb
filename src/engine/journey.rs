//! Scores as they were defined: how customers see their cases.

use super::column_name::ColumnName;

/// Name of the figure of scores.
pub const SCORE: &str = "score";

/// What is defined on how customers see their cases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JourneySpec {
    /// Column of scores.
    pub score: Option<ColumnName>,
}

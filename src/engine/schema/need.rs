//! What a log or its definitions must have for a column to exist.

/// What a column is made of, where not every log has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing but events.
    Nothing,
    /// Starts of the events, which make service and waiting times.
    Starts,
    /// Rates, which make costs.
    Rates,
    /// Scores.
    Scores,
    /// Deadlines.
    Deadlines,
}

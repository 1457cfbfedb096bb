//! What a log or its definitions must have for a column to exist.

use super::Features;

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
}

impl Need {
    /// True if a log with these properties has it.
    pub fn is_met(self, features: &Features) -> bool {
        match self {
            Need::Nothing => true,
            Need::Starts => features.instances,
            Need::Rates => features.costs,
            Need::Scores => features.scores,
        }
    }
}

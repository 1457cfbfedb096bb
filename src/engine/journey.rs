//! Definitions of how customers see their cases: touchpoints, scores, targets, an outcome.

use super::column_name::ColumnName;
use super::condition::Condition;

/// Name of the figure of scores.
pub const SCORE: &str = "score";

/// Most columns whose values are a touchpoint.
pub const MOST_PARTS: usize = 4;

/// What is defined on how customers see their cases.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JourneySpec {
    /// Columns whose values are a touchpoint; guessed where there are none.
    pub touchpoint: Vec<ColumnName>,
    /// Column of scores.
    pub score: Option<ColumnName>,
    /// Column of answers from 0 to 10 to how likely customers recommend.
    pub nps: Option<ColumnName>,
    /// Column with the system that each event is from.
    pub source: Option<ColumnName>,
    /// Outcome that a journey is to have.
    pub outcome: Option<Condition>,
    /// Expected mean scores by touchpoint.
    pub expect: Vec<(String, f64)>,
}

impl JourneySpec {
    /// Definitions of this one; those that it lacks are taken from `usual`.
    #[must_use]
    pub fn or(self, usual: &JourneySpec) -> JourneySpec {
        let some = |of: Vec<_>, usual: &Vec<_>| if of.is_empty() { usual.clone() } else { of };
        JourneySpec {
            touchpoint: some(self.touchpoint, &usual.touchpoint),
            score: self.score.or_else(|| usual.score.clone()),
            nps: self.nps.or_else(|| usual.nps.clone()),
            source: self.source.or_else(|| usual.source.clone()),
            outcome: self.outcome.or_else(|| usual.outcome.clone()),
            expect: if self.expect.is_empty() {
                usual.expect.clone()
            } else {
                self.expect
            },
        }
    }
}

//! Predictions of open cases, where they were learned.

use super::open::Open;
use crate::engine::predict::{Learned, Odds, OpenCase};
use crate::engine::queries::predict::by_risk;
use crate::engine::queries::prediction::{LeftFigures, NextShare};
use crate::engine::sorting::SortValue;
use std::sync::Arc;

/// The prediction of an open case.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TriagePrediction {
    /// Most probable next step.
    pub next: Option<NextShare>,
    /// The time that is left; `None` in a state that is not known.
    pub left: Option<LeftFigures>,
    /// True where that is the time of cases in any state.
    pub is_any_state: bool,
    /// The deadline of the largest odds, else one that is broken.
    pub worst: Option<Odds>,
}

/// Predictions of all open cases of a triage.
pub struct Predicted<'a> {
    of: Vec<&'a OpenCase>,
    margin: f64,
}

impl<'a> Predicted<'a> {
    /// Those of the open cases, in their order; `None` where nothing was learned.
    pub fn of(learned: &'a Learned, all: &[Open]) -> Option<Self> {
        let predictor = learned.predictor.as_ref()?;
        let of = all.iter().map(|open| predictor.of(open.case));
        Some(Predicted {
            of: of.collect::<Option<_>>()?,
            margin: predictor.margin,
        })
    }

    /// The prediction of the case at a position.
    pub fn at(&self, at: usize, names: &[Arc<str>]) -> TriagePrediction {
        let of = self.of[at];
        TriagePrediction {
            next: NextShare::of(names, of.next),
            left: of.left.map(|left| LeftFigures::of(left, self.margin)),
            is_any_state: of.is_any_state,
            worst: of.worst().cloned(),
        }
    }

    /// The values of a column that the cases are sorted by; `None` for another column.
    pub fn order(&self, column: &str) -> Option<Vec<SortValue>> {
        let quantile = |at: usize| {
            let of = self.of.iter();
            of.map(move |of| of.left.map(|left| left.of[at]).into())
        };
        Some(match column {
            "late" => by_risk(&self.of),
            "left_p50" => quantile(1).collect(),
            "left_p90" => quantile(2).collect(),
            _ => return None,
        })
    }
}

//! Changes of figures if only the cases of a group are kept.

use super::stats::Stats;
use crate::metrics::split::Rate;

/// Figures of a group less those of all selected cases.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moves {
    /// Median of the first of its measures, of scores the mean: seconds, units of money, or points.
    pub measure: Option<f64>,
    /// The first of its rates.
    pub rate: Option<f64>,
}

/// Median of a group less that of all cases, in the unit of the figures; `None` where one of them has none.
pub fn median_change(of: Option<&Stats>, all: Option<&Stats>) -> Option<f64> {
    Some(of?.median - all?.median)
}

/// Mean of a group less that of all cases; `None` where one of them has none.
pub fn mean_change(of: Option<&Stats>, all: Option<&Stats>) -> Option<f64> {
    Some(of?.mean - all?.mean)
}

/// Rate of a group less that of all cases; `None` where one of them has none.
pub fn rate_change(of: Option<Rate>, all: Option<Rate>) -> Option<f64> {
    Some(of?.share()? - all?.share()?)
}

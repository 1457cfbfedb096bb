//! Rates as they were defined: what work and delay cost. Money is in micro-units, millionths of the unit
//! that the rates are written in.

use super::column_name::ColumnName;
use std::collections::BTreeMap;

/// Column of cases with what each costs, as far as that is known; a definition of the rates.
pub const COST: &str = "cost";

/// Column of cases that is `false` where the cost is a lower bound or nothing of it is known.
pub const COST_KNOWN: &str = "cost_known";

/// Prices of work and delay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RateSpec {
    /// Price of an hour of service where no rate below is for it.
    pub per_hour: Option<i64>,
    /// Prices of an hour of service: the first that is for an instance counts.
    pub hourly: Vec<HourlyRates>,
    /// Prices of each execution, by activity.
    pub fixed: BTreeMap<String, i64>,
    /// Column of amounts that the log has already.
    pub amounts: Option<ColumnName>,
    /// Price of each hour past a deadline.
    pub late_hour: Option<i64>,
}

/// Prices of an hour of service by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HourlyRates {
    /// The names they are by.
    pub of: RateOf,
    /// Price of each name.
    pub rates: BTreeMap<String, i64>,
}

/// Names that rates are by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RateOf {
    /// Resources.
    Resource,
    /// Values of a column.
    Column(ColumnName),
    /// Activities.
    Activity,
}

impl RateSpec {
    /// The activities that have a price.
    pub(super) fn activities(&self) -> impl Iterator<Item = &str> {
        let of_activities = self.hourly.iter().filter(|of| of.of == RateOf::Activity);
        let hourly = of_activities.flat_map(|of| of.rates.keys());
        hourly.chain(self.fixed.keys()).map(String::as_str)
    }
}

//! Amounts of groups of cases: what they cost.

use super::{Grouped, Measure, SplitRow};
use crate::engine::rates::COST;
use crate::engine::schema::{Money, Value};
use crate::engine::stats::Stats;
use crate::event_log::Cancelled;
use crate::metrics::split;
use rayon::prelude::*;

/// Amounts of the cases of a group, in units of money.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Amounts {
    /// Figures of what is known, and a test against the rest.
    pub measure: Measure,
    /// Cases whose amount is a lower bound, or of which nothing is known.
    pub lower_bounds: u64,
}

impl Amounts {
    /// A figure as a value of a cell; missing where nothing is known of any case.
    pub fn value(&self, figure: fn(&Stats) -> f64) -> Value<'static> {
        let money = self.measure.stats.as_ref().map(|stats| Money {
            amount: figure(stats),
            at_least: self.lower_bounds > 0,
        });
        money.map_or(Value::Missing, Value::Money)
    }
}

impl Grouped<'_> {
    /// Adds the costs of the cases that are not set apart as open.
    pub(super) fn costs(&self, rows: &mut [SplitRow]) -> Result<(), Cancelled> {
        let Some(costs) = self.prepared().costs() else {
            return Ok(());
        };
        if !self.figures.wants_named(COST) {
            return Ok(());
        }
        let cancel = self.context.cancel;
        let mut values = Vec::new();
        let mut lower_bounds = vec![0; rows.len()];
        self.selected.selection().each_case(cancel, |case| {
            if self.open.contains(case) {
                return;
            }
            values.extend(costs.of(case).map(|amount| (amount, case as u32)));
            if !costs.is_known(case) {
                for &group in self.groups.of(case) {
                    lower_bounds[group as usize] += 1;
                }
            }
        })?;
        values.par_sort_unstable();
        let all = split::distributions(&values, self.groups, cancel)?;
        for ((row, distribution), lower_bounds) in rows.iter_mut().zip(all).zip(lower_bounds) {
            row.costs = Some(Amounts {
                measure: distribution.into(),
                lower_bounds,
            });
        }
        Ok(())
    }
}

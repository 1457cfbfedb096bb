//! Scores of groups of cases.

use super::{Grouped, Measure, SplitRow};
use crate::engine::journey::SCORE;
use crate::event_log::Cancelled;
use crate::metrics::stats::{Interval, mean_interval};
use crate::metrics::{scores, split};

/// Scores of the cases of a group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores {
    /// Figures of the scores, and a test against those of the rest.
    pub measure: Measure,
    /// Interval of their mean (Student's t); `None` for fewer than two.
    pub interval: Option<Interval>,
}

impl Grouped<'_> {
    /// Adds the scores of the cases, of open ones as well: they are known already.
    pub(super) fn scores(&self, rows: &mut [SplitRow]) -> Result<(), Cancelled> {
        let Some(column) = self.prepared().scores() else {
            return Ok(());
        };
        if !self.figures.wants_named(SCORE) {
            return Ok(());
        }
        let cancel = self.context.cancel;
        let values = scores::scores(&self.selected.selection(), column, cancel)?;
        let all = split::distributions(&values, self.groups, cancel)?;
        let mean = |of: &split::Distribution| {
            let figures = of.figures.as_ref();
            figures.map_or(f64::NAN, |of| of.total as f64 / of.n as f64)
        };
        let means: Vec<f64> = all.iter().map(mean).collect();
        let squares = split::squares(&values, self.groups, &means, cancel)?;
        let groups = all.into_iter().zip(means).zip(squares);
        for (row, ((distribution, mean), squares)) in rows.iter_mut().zip(groups) {
            let n = distribution.figures.as_ref().map_or(0, |of| of.n);
            // From millionths, as the figures are.
            let interval = mean_interval(n, mean, squares).map(|of| Interval {
                low: of.low / 1e6,
                high: of.high / 1e6,
            });
            row.scores = Some(Scores {
                measure: distribution.into(),
                interval,
            });
        }
        Ok(())
    }
}

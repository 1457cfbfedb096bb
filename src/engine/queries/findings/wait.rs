//! The wait of a step that grew from the period before to the last one and that the desk can change: of all
//! steps the one whose growth costs the most case time.

use super::row::{Evidence, FindingFigure, FindingKind, FindingRow};
use super::search::{Found, NO_PERIODS, Search, significant};
use crate::engine::basis::Basis;
use crate::engine::queries::bottlenecks::{Ranking, target};
use crate::engine::view::AskError;
use crate::engine::wait_classes::Waits;
use crate::filter::{Expr, Gap, Relation, TimeRange};
use crate::metrics::bottlenecks::{Kind, lists_by_period};
use crate::metrics::periods::Periods;
use crate::metrics::stats::compare_ranks;
use crate::text::count;
use rayon::prelude::*;
use std::sync::Arc;

/// Fewer waits than this in either period are not tested.
const FEW: usize = 10;

/// Growth of the mean below this share is no finding.
const LEAST_GROWTH: f64 = 0.1;

/// The waits of a step in the period before and in the last one.
struct Growth {
    edge: usize,
    n: [u64; 2],
    /// Mean waits, seconds.
    means: [f64; 2],
    p: f64,
    /// True where waits are longer by rank and on average.
    grew: bool,
}

impl Growth {
    fn of(edge: usize, [before, last]: &mut [Vec<i64>; 2]) -> Option<Growth> {
        if before.len() < FEW || last.len() < FEW {
            return None;
        }
        before.sort_unstable();
        last.sort_unstable();
        let ranks = compare_ranks(last, before)?;
        let mean = |waits: &[i64]| {
            let sum: i128 = waits.iter().map(|&wait| i128::from(wait)).sum();
            sum as f64 / waits.len() as f64 / 1e6
        };
        let means = [mean(before), mean(last)];
        Some(Growth {
            edge,
            n: [before.len() as u64, last.len() as u64],
            grew: ranks.delta > 0.0 && means[1] >= means[0] * (1.0 + LEAST_GROWTH),
            means,
            p: ranks.p,
        })
    }

    /// Case time of the growth for each week of a period, seconds.
    fn cost(&self, periods: &Periods) -> f64 {
        (self.means[1] - self.means[0]) * self.n[1] as f64 / periods.weeks()
    }
}

pub fn find(search: &Search<'_>) -> Result<Found, AskError> {
    let Some(periods) = search.periods else {
        return Ok(Found::untested(NO_PERIODS));
    };
    let selected = search.selected;
    let selection = selected.selection();
    let ranking = Ranking {
        kind: Kind::Step,
        waits: Waits::Changeable,
    };
    let Some(target) = target(selected, &selection, ranking) else {
        return Ok(Found::none(0));
    };
    let mut lists = lists_by_period(&selection, &target, &periods);
    search.context.cancel.check()?;
    let steps = lists.par_iter_mut().enumerate();
    let steps = steps.filter_map(|(edge, lists)| Growth::of(edge, lists));
    let steps: Vec<Growth> = steps.collect();
    if steps.is_empty() {
        return Ok(Found::untested("no step has 10 waits in both periods"));
    }
    let p: Vec<f64> = steps.iter().map(|step| step.p).collect();
    let mut grown = significant(&p);
    grown.retain(|of| steps[of.at].grew);
    let (tested, passed) = (steps.len() as u64, grown.len() as u64);
    let cost = |at: usize| steps[at].cost(&periods);
    let Some(found) = grown
        .iter()
        .max_by(|a, b| cost(a.at).total_cmp(&cost(b.at)))
    else {
        return Ok(Found::none(tested));
    };
    let step = &steps[found.at];
    let edges = &selected.prepared.index.edges;
    let name = |code: u32| Arc::clone(&selected.prepared.names[code as usize]);
    let [from, to] = [edges.from[step.edge], edges.to[step.edge]].map(name);
    let [before, last] = step.means.map(|mean| search.duration(mean));
    let more = match passed {
        1 => String::new(),
        n => format!("; {} more steps wait longer", count(n - 1)),
    };
    let since = search.since(&periods);
    let limits = format!("at least {FEW} waits in both periods, 10% longer on average");
    Ok(Found {
        tested,
        passed,
        reason: None,
        row: Some(FindingRow {
            figure: FindingFigure::Seconds(step.means[1]),
            usual: Some(FindingFigure::Seconds(step.means[0])),
            basis: Basis::of(step.n[1], "waits that ended in the last period"),
            evidence: Evidence::test("Mann-Whitney test", step.p, found.q, tested, &limits),
            cost: Some(step.cost(&periods)),
            filter: Some(filter(&from, &to, &periods)),
            subject: vec![Arc::clone(&from), Arc::clone(&to)],
            ..FindingRow::new(
                FindingKind::Wait,
                format!(
                    "The wait from {from} to {to} grew from {before} to {last} on average since \
                     {since}{more}"
                ),
            )
        }),
    })
}

/// The cases with the step in the last period.
fn filter(from: &str, to: &str, periods: &Periods) -> Expr {
    let range = TimeRange::between(periods.last, periods.end);
    let gap = Gap {
        period: range.map(|range| (Relation::Overlaps, range)),
        ..Gap::default()
    };
    Expr::follows(from, to, gap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_grows_by_rank_and_on_average() {
        let before: Vec<i64> = (1..=12).map(|i| i * 1_000_000).collect();
        let longer: Vec<i64> = before.iter().map(|wait| wait * 3).collect();
        let growth = Growth::of(4, &mut [before.clone(), longer]).unwrap();
        assert!(growth.grew && growth.p < 0.01);
        assert_eq!(
            (growth.edge, growth.n, growth.means),
            (4, [12, 12], [6.5, 19.5])
        );
        // One outlier makes the mean longer, and not the waits.
        let mut outlier = before.clone();
        outlier[0] = 900_000_000;
        let growth = Growth::of(0, &mut [before.clone(), outlier]).unwrap();
        assert!(growth.p > 0.5);
        assert!(Growth::of(0, &mut [before, vec![1; 9]]).is_none());
    }
}

//! The queue of an activity that grew from the period before to the last one. Lengths at neighboring times
//! depend on each other, so that only means over parts are compared that are longer than four mean waits.

use super::row::{Evidence, FindingFigure, FindingKind, FindingRow};
use super::search::{Found, NO_PERIODS, Search, WEEK, significant};
use crate::engine::basis::Basis;
use crate::engine::definitions::WaitClass;
use crate::engine::selected::Selected;
use crate::engine::view::AskError;
use crate::engine::wait_classes::Classes;
use crate::filter::{Expr, Queued, TimeRange};
use crate::metrics::queues::parts;
use crate::metrics::stats::compare_ranks;
use crate::text::number;
use std::sync::Arc;

/// Parts of each period.
const PARTS: usize = 10;

/// Fewer waits than this are not tested.
const FEW: u64 = 20;

/// Growth by less than this, or by a smaller share, is no finding.
const LEAST_GROWTH: f64 = 1.0;
const LEAST_SHARE: f64 = 0.25;

/// The queue of an activity in both periods.
struct Growth {
    activity: usize,
    waits: u64,
    /// Mean lengths.
    means: [f64; 2],
    p: f64,
}

impl Growth {
    /// `None` for too few waits, or for waits that are too long.
    fn of(activity: usize, times: &[i128], waits: u64, length: i64) -> Option<Growth> {
        if waits < FEW {
            return None;
        }
        let total: i128 = times.iter().sum();
        let wait = total / i128::from(waits);
        let joined = [1, 2]
            .into_iter()
            .find(|n| 4 * wait <= i128::from(length) * n)?;
        let (before, last) = times.split_at(times.len() / 2);
        let sums = |period: &[i128]| {
            let parts = period.chunks(joined as usize);
            // In milliseconds, so that many cases fit.
            let mut sums: Vec<i64> = parts
                .map(|part| (part.iter().sum::<i128>() / 1000) as i64)
                .collect();
            sums.sort_unstable();
            sums
        };
        let mean = |period: &[i128]| {
            let time = length as f64 * period.len() as f64;
            period.iter().sum::<i128>() as f64 / time
        };
        Some(Growth {
            activity,
            waits,
            means: [mean(before), mean(last)],
            p: compare_ranks(&sums(last), &sums(before))?.p,
        })
    }

    fn grew(&self) -> bool {
        let [before, last] = self.means;
        last - before >= LEAST_GROWTH && last >= before * (1.0 + LEAST_SHARE)
    }
}

pub fn find(search: &Search<'_>) -> Result<Found, AskError> {
    let Some(periods) = search.periods else {
        return Ok(Found::untested(NO_PERIODS));
    };
    let selected = search.selected;
    let found = parts(
        &selected.selection(),
        periods.before,
        periods.end,
        2 * PARTS,
    );
    search.context.cancel.check()?;
    let waited = found.waits.iter().filter(|n| **n > 0).count() as u64;
    let is_apart = is_apart(selected);
    let queues = found.times.iter().zip(&found.waits).enumerate();
    let queues = queues.filter(|(activity, _)| !is_apart[*activity]);
    let queues = queues
        .filter_map(|(activity, (times, waits))| Growth::of(activity, times, *waits, found.length));
    let queues: Vec<Growth> = queues.collect();
    if queues.is_empty() {
        return Ok(Found::untested(
            "no activity has 20 waits that are short against the periods",
        ));
    }
    let p: Vec<f64> = queues.iter().map(|queue| queue.p).collect();
    let mut grown = significant(&p);
    grown.retain(|of| queues[of.at].grew());
    let (tested, passed) = (queues.len() as u64, grown.len() as u64);
    let growth = |at: usize| queues[at].means[1] - queues[at].means[0];
    let Some(most) = grown
        .iter()
        .max_by(|a, b| growth(a.at).total_cmp(&growth(b.at)))
    else {
        return Ok(Found::none(tested));
    };
    let queue = &queues[most.at];
    let name = Arc::clone(&selected.prepared.names[queue.activity]);
    let [before, last] = queue.means.map(|mean| number(mean, 1));
    let since = search.since(&periods);
    let sentence =
        format!("The queue for {name} grew from {before} to {last} on average since {since}");
    let limits = format!("at least {FEW} waits, 1 waiting and 25% more");
    let range = TimeRange::between(periods.last, periods.end);
    let queued = Expr::queued(Queued::Activity(name.to_string().into()), range);
    Ok(Found {
        tested,
        passed,
        reason: None,
        row: Some(FindingRow {
            subject: vec![name],
            figure: FindingFigure::Number(queue.means[1]),
            usual: Some(FindingFigure::Number(queue.means[0])),
            basis: Basis::of(queue.waits, "waits in both periods").without(
                waited - tested,
                "other queues of rare, long or set apart waits",
            ),
            evidence: Evidence::test(
                "Mann-Whitney test of means over parts",
                queue.p,
                most.q,
                tested,
                &limits,
            ),
            cost: Some(growth(most.at) * WEEK),
            filter: Some(queued),
            ..FindingRow::new(FindingKind::Queue, sentence)
        }),
    })
}

/// For every activity whether all of its waits are of a class that the desk cannot change.
fn is_apart(selected: &Selected) -> Vec<bool> {
    let (classes, edges) = (Classes::of(selected), &selected.prepared.index.edges);
    let mut into = vec![Vec::new(); selected.prepared.names.len()];
    for edge in 0..edges.len() {
        into[edges.to[edge] as usize].push(edge);
    }
    let is_apart = |edges: Vec<usize>| {
        let class = classes.steps(edges.into_iter()).and_then(|of| of.class);
        class.is_some_and(|class| class != WaitClass::Own)
    };
    into.into_iter().map(is_apart).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_compared_over_parts_longer_than_its_waits() {
        let times: Vec<i128> = (0..20)
            .map(|i| if i < 10 { 100 + i } else { 400 + i })
            .collect();
        let times: Vec<i128> = times.iter().map(|time| time * 1_000_000).collect();
        // A mean wait of just less than 50 s in parts of 200 s.
        let total: i128 = times.iter().sum();
        let waits = (total / 50_000_000) as u64 + 1;
        let growth = Growth::of(0, &times, waits, 200_000_000).unwrap();
        assert!(growth.grew() && growth.p < 0.001, "{}", growth.p);
        assert!((growth.means[0] - 0.5225).abs() < 1e-9);
        // The same waits are too long for shorter parts.
        let half = Growth::of(0, &times, waits, 110_000_000).unwrap();
        assert!(half.p > growth.p, "parts are joined in pairs");
        assert!(Growth::of(0, &times, waits, 90_000_000).is_none());
        assert!(Growth::of(0, &times, 19, 900_000_000).is_none());
    }
}

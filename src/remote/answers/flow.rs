//! Arrivals, completions and work in progress over time.

use super::bin_of;
use crate::engine::{AskError, Flow, FlowBin, FlowQuery, axis_over};
use crate::metrics::bins::TimeAxis;
use crate::metrics::flow::mean;
use crate::remote::RemoteError;
use crate::remote::ends::{ENDED, Ends};
use crate::remote::frame::{Frame, Parts};
use crate::remote::log::RemoteLog;

/// Cases of a bin.
#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    arrivals: u64,
    completions: u64,
    /// Cases in progress that begin, and those that end, within the bin, and the sums of these instants.
    begins: (i128, i128),
    ends: (i128, i128),
}

/// Returns the bins.
pub(in crate::remote) fn flow(
    log: &RemoteLog,
    frame: &Frame<'_>,
    ends: &Ends,
    query: &FlowQuery,
) -> Result<Flow, AskError> {
    let cases = format!(
        "SELECT t0, t1, {} AS is_open FROM ({ENDED}) AS ended",
        flag(&ends.is_open(frame))
    );
    let select = "SELECT min(t0), max(t1), CAST(coalesce(sum(is_open), 0) AS BIGINT) FROM cs";
    let answer = log.ask(frame, Parts::Events, &[("cs", cases.clone())], select)?;
    let row = answer.only()?;
    let span = row.int(0)?.zip(row.int(1)?);
    let (first, last) = span.unwrap_or((ends.until, ends.until));
    let open = row.count(2)?;
    // Open cases are still there after the last event.
    let last = if open > 0 { last.max(ends.until) } else { last };
    let axis = axis_over(query.range, (first, last), query.bins, log.info.zone);
    let (bins, mut wip) = counted(log, frame, cases, &axis, ends.until)?;
    let mut whole = 0;
    let mut made = Vec::with_capacity(bins.len());
    for (bin, bounds) in bins.iter().zip(axis.bounds.windows(2)) {
        let [from, to] = [bounds[0], bounds[1]].map(i128::from);
        // Cases that are there for all of the bin; those that begin or end in it are put right.
        whole += bin.begins.0;
        let time = whole * (to - from)
            - (bin.begins.1 - bin.begins.0 * from)
            - (bin.ends.0 * to - bin.ends.1);
        whole -= bin.ends.0;
        let there = wip + bin.arrivals;
        made.push(FlowBin {
            start: bounds[0],
            arrivals: bin.arrivals,
            completions: bin.completions,
            wip,
            mean: mean(time, bounds[0], bounds[1].min(ends.until.saturating_add(1))),
            there,
            // The last instant itself is looked at, so a bin may end right after it.
            partial: bounds[1] > ends.until.saturating_add(1),
        });
        wip = there - bin.completions;
    }
    Ok(Flow {
        unit: axis.unit.to_owned(),
        end: axis.bounds[axis.n_bins()],
        bins: made,
        whole: (first, last.saturating_add(1)),
        ending: ends.ending(open),
    })
}

/// 1 where a condition holds.
fn flag(condition: &str) -> String {
    format!("CASE WHEN {condition} THEN 1 ELSE 0 END")
}

/// The bins of an axis, and the cases in progress at its beginning.
fn counted(
    log: &RemoteLog,
    frame: &Frame<'_>,
    cases: String,
    axis: &TimeAxis,
    until: i64,
) -> Result<(Vec<Bin>, u64), RemoteError> {
    let (begin, end) = (axis.bounds[0], axis.bounds[axis.n_bins()]);
    let inner = &axis.bounds[1..axis.n_bins()];
    // Intervals lack their end, and an open case is still there at the last instant.
    let stop = format!(
        "CASE WHEN is_open = 1 THEN {} ELSE t1 END",
        until.saturating_add(1)
    );
    let more = [
        ("cs", cases),
        (
            "spans",
            format!("SELECT t0, t1, is_open, {stop} AS t2 FROM cs"),
        ),
        (
            "inside",
            format!(
                "SELECT CASE WHEN t0 < {begin} THEN {begin} ELSE t0 END AS a, \
                 CASE WHEN t2 > {end} THEN {end} ELSE t2 END AS z FROM spans \
                 WHERE t0 < {end} AND t2 > {begin} AND t0 < t2"
            ),
        ),
        (
            "parts",
            format!(
                "SELECT 0 AS kind, {} AS b, 0 AS value FROM spans WHERE t0 >= {begin} AND t0 < {end} \
                 UNION ALL SELECT 1, {}, 0 FROM spans WHERE is_open = 0 AND t1 >= {begin} AND t1 < {end} \
                 UNION ALL SELECT 2, {}, a FROM inside \
                 UNION ALL SELECT 3, {}, z FROM inside \
                 UNION ALL SELECT 4, 0, 0 FROM spans WHERE t0 < {begin} \
                 UNION ALL SELECT 5, 0, 0 FROM spans WHERE is_open = 0 AND t1 < {begin}",
                bin_of("t0", inner),
                bin_of("t1", inner),
                bin_of("a", inner),
                // The end itself does not belong to the interval.
                bin_of("(z - 1)", inner),
            ),
        ),
    ];
    let select = format!(
        "SELECT kind, b, count(*), {} FROM parts GROUP BY kind, b ORDER BY kind, b",
        (frame.dialect.sum)("value")
    );
    let answer = log.ask(frame, Parts::Events, &more, &select)?;
    let mut bins = vec![Bin::default(); axis.n_bins()];
    let (mut started, mut ended) = (0, 0);
    for row in answer.iter() {
        let (n, sum) = (row.count(2)?, row.sum(3)?);
        let bin = usize::try_from(row.count(1)?).ok();
        let bin = bin.and_then(|bin| bins.get_mut(bin));
        let bin = bin.ok_or_else(|| RemoteError::engine("the engine gave a bin that is none"))?;
        match row.count(0)? {
            0 => bin.arrivals = n,
            1 => bin.completions = n,
            2 => bin.begins = (n.into(), sum),
            3 => bin.ends = (n.into(), sum),
            4 => started = n,
            _ => ended = n,
        }
    }
    Ok((bins, started - ended.min(started)))
}

//! Arrivals, completions and work in progress over time.

use crate::engine::{AskError, Flow, FlowBin, FlowQuery, axis_over};
use crate::metrics::bins::TimeAxis;
use crate::metrics::flow::mean;
use crate::remote::RemoteError;
use crate::remote::clock::bin_of;
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

/// The bins of an axis, and the cases in progress at its beginning. One statement for each kind of count, as engines
/// read the table again for each part of a UNION.
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
    let shared = [
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
    ];
    // What is before the axis has no bin.
    let placed = |of: &str| {
        let bin = bin_of(of, inner);
        format!("CASE WHEN {of} < {begin} THEN {BEFORE} ELSE {bin} END AS b, {of} AS value")
    };
    let kinds = [
        format!("SELECT {} FROM spans WHERE t0 < {end}", placed("t0")),
        format!(
            "SELECT {} FROM spans WHERE is_open = 0 AND t1 < {end}",
            placed("t1")
        ),
        format!("SELECT {} AS b, a AS value FROM inside", bin_of("a", inner)),
        // The end itself does not belong to the interval.
        format!(
            "SELECT {} AS b, z AS value FROM inside",
            bin_of("(z - 1)", inner)
        ),
    ];
    let select = format!(
        "SELECT b, count(*), {} FROM binned GROUP BY b ORDER BY b",
        (frame.dialect.sum)("value")
    );
    let mut bins = vec![Bin::default(); axis.n_bins()];
    let mut before = [0; 2];
    for (kind, body) in kinds.into_iter().enumerate() {
        let [cases, spans, inside] = shared.clone();
        let more = [cases, spans, inside, ("binned", body)];
        let answer = log.ask(frame, Parts::Events, &more, &select)?;
        for row in answer.iter() {
            let (at, n) = (row.known(0)?, row.count(1)?);
            if let (BEFORE, Some(before)) = (at, before.get_mut(kind)) {
                *before = n;
                continue;
            }
            let bin = usize::try_from(at).ok();
            let bin = bin.and_then(|bin| bins.get_mut(bin));
            let none = || RemoteError::engine("the engine gave a bin that is none");
            let bin = bin.ok_or_else(none)?;
            match kind {
                0 => bin.arrivals = n,
                1 => bin.completions = n,
                2 => bin.begins = (n.into(), row.sum(2)?),
                _ => bin.ends = (n.into(), row.sum(2)?),
            }
        }
    }
    let [started, ended] = before;
    Ok((bins, started - ended.min(started)))
}

/// Bin of what is before the axis.
const BEFORE: i64 = -1;

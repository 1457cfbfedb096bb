//! Arrivals, completions and work in progress over time.

use super::summary::whole;
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
    // What the figures of the overview were made of.
    let all = whole(log, frame, ends)?;
    let (first, last) = all.span.unwrap_or((ends.until, ends.until));
    let open = all.open;
    // Open cases are still there after the last event.
    let last = if open > 0 { last.max(ends.until) } else { last };
    let axis = axis_over(query.range, (first, last), query.bins, log.info.zone);
    let (bins, mut wip) = counted(log, frame, ends, &axis)?;
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

/// The bins of an axis, and the cases in progress at its beginning: all kinds of counts in one statement, as each looks
/// at all events.
fn counted(
    log: &RemoteLog,
    frame: &Frame<'_>,
    ends: &Ends,
    axis: &TimeAxis,
) -> Result<(Vec<Bin>, u64), RemoteError> {
    let (begin, end) = (axis.bounds[0], axis.bounds[axis.n_bins()]);
    let inner = &axis.bounds[1..axis.n_bins()];
    let cases = format!(
        "SELECT t0, t1, CASE WHEN {} THEN 1 ELSE 0 END AS is_open FROM ({ENDED}) AS ended",
        ends.is_open(frame)
    );
    // Intervals lack their end, and an open case is still there at the last instant.
    let spans = format!(
        "SELECT t0, t1, is_open, CASE WHEN is_open = 1 THEN {} ELSE t1 END AS t2 FROM cs",
        ends.until.saturating_add(1)
    );
    let within = format!(
        "SELECT t0, t1, is_open, CASE WHEN t0 < {begin} THEN {begin} ELSE t0 END AS a, \
         CASE WHEN t2 > {end} THEN {end} ELSE t2 END AS z, \
         CASE WHEN t0 < {end} AND t2 > {begin} AND t0 < t2 THEN 1 ELSE 0 END AS is_inside FROM spans"
    );
    let placed = |of: &str, none: &str| {
        let bin = bin_of(of, inner);
        format!("CASE WHEN {none} THEN {NONE} WHEN {of} < {begin} THEN {BEFORE} ELSE {bin} END")
    };
    let binned = format!(
        "SELECT {} AS b0, {} AS b1, {} AS b2, {} AS b3, a, z FROM within_axis",
        placed("t0", &format!("t0 >= {end}")),
        placed("t1", &format!("is_open = 1 OR t1 >= {end}")),
        placed("a", "is_inside = 0"),
        // The end itself does not belong to the interval.
        placed("(z - 1)", "is_inside = 0"),
    );
    let more = [
        ("cs", cases),
        ("spans", spans),
        ("within_axis", within),
        ("binned", binned),
    ];
    let sum = frame.dialect.sum;
    let select = format!(
        "SELECT b0, b1, b2, b3, count(*), {}, {} FROM binned GROUP BY GROUPING SETS ((b0), (b1), (b2), (b3))",
        sum("a"),
        sum("z")
    );
    let answer = log.ask(frame, Parts::Events, &more, &select)?;
    let mut bins = vec![Bin::default(); axis.n_bins()];
    let mut before = [0; 2];
    for row in answer.iter() {
        let n = row.count(4)?;
        for kind in 0..4 {
            let Some(at) = row.int(kind)?.filter(|at| *at != NONE) else {
                continue;
            };
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
                2 => bin.begins = (n.into(), row.sum(5)?),
                _ => bin.ends = (n.into(), row.sum(6)?),
            }
        }
    }
    let [started, ended] = before;
    Ok((bins, started - ended.min(started)))
}

/// Bin of what is before the axis, and of what is in none.
const BEFORE: i64 = -1;
const NONE: i64 = -2;

//! Cases over time and the distribution of their durations.

use super::cases::CASES;
use super::summary::whole;
use super::{columns, figures, ranked};
use crate::engine::{AskError, DurationBin, Overview, OverviewQuery, seconds, timeline};
use crate::metrics::bins::{self, TimeAxis, TimeBin};
use crate::remote::RemoteError;
use crate::remote::clock::bin_of;
use crate::remote::ends::Ends;
use crate::remote::frame::{Frame, Parts};
use crate::remote::log::RemoteLog;

/// Returns the bins.
pub(in crate::remote) fn overview(
    log: &RemoteLog,
    frame: &Frame<'_>,
    ends: &Ends,
    query: &OverviewQuery,
) -> Result<Overview, AskError> {
    // What the figures beside it were made of, so that this asks nothing.
    let whole = whole(log, frame, ends)?;
    let (first, last) = whole.span.unwrap_or((0, 0));
    let axis = TimeAxis::over(first, last, query.time_bins, log.info.zone);
    let bounds = match whole.duration {
        Some(duration) => bins::bounds(duration.min, duration.max, query.duration_bins),
        None => Vec::new(),
    };
    let (found, counts) = counted(log, frame, &axis, &bounds)?;
    let bin = |bin: bins::DurationBin| DurationBin {
        from: seconds(bin.from),
        to: seconds(bin.to),
        count: bin.count,
    };
    let durations = bins::joined(&bounds, &counts, query.duration_bins);
    Ok(Overview {
        timeline: timeline(&axis, &found),
        durations: durations.into_iter().map(bin).collect(),
    })
}

/// Cases started and ended in each bin of time, and cases in each bin of durations: all in one statement, as each
/// looks at all events.
fn counted(
    log: &RemoteLog,
    frame: &Frame<'_>,
    axis: &TimeAxis,
    bounds: &[i64],
) -> Result<(Vec<TimeBin>, Vec<u64>), RemoteError> {
    let mut found = vec![TimeBin::default(); axis.n_bins()];
    let mut counts = vec![0; bounds.len().saturating_sub(1)];
    if counts.is_empty() {
        return Ok((found, counts));
    }
    let inner = &axis.bounds[1..axis.n_bins()];
    let binned = format!(
        "SELECT {} AS started, {} AS ended, {} AS lasted, d FROM cs",
        bin_of("t0", inner),
        bin_of("t1", inner),
        bin_of("d", &bounds[1..bounds.len() - 1]),
    );
    let more = [
        ("cs", CASES.to_owned()),
        ("binned", binned),
        (
            "ranked",
            ranked("started, ended, lasted, d", "d", "ended", "binned"),
        ),
    ];
    let select = format!(
        "SELECT started, ended, lasted, {} FROM ranked GROUP BY GROUPING SETS ((started), (ended), (lasted))",
        columns(frame.dialect, "d", "r", "m")
    );
    let answer = log.ask(frame, Parts::Events, &more, &select)?;
    let none = || RemoteError::engine("the engine gave a bin that is none");
    for row in answer.iter() {
        let bin = |column: usize| -> Result<Option<usize>, RemoteError> {
            let at = row.int(column)?;
            at.map(|at| usize::try_from(at).map_err(|_| none()))
                .transpose()
        };
        let n = row.count(3)?;
        if let Some(started) = bin(0)? {
            found.get_mut(started).ok_or_else(none)?.started = n;
        } else if let Some(ended) = bin(1)? {
            let Some(of) = figures(row, 3)? else { continue };
            let bin = found.get_mut(ended).ok_or_else(none)?;
            (bin.ended, bin.total, bin.median) = (of.n, of.total, Some(of.median));
        } else {
            let lasted = bin(2)?.ok_or_else(none)?;
            *counts.get_mut(lasted).ok_or_else(none)? = n;
        }
    }
    Ok((found, counts))
}

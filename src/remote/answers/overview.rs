//! Cases over time and the distribution of their durations.

use super::cases::CASES;
use super::{columns, figures, ranked};
use crate::engine::{AskError, DurationBin, Overview, OverviewQuery, seconds, timeline};
use crate::metrics::bins::{self, TimeAxis, TimeBin};
use crate::remote::RemoteError;
use crate::remote::clock::bin_of;
use crate::remote::frame::{Frame, Parts};
use crate::remote::log::RemoteLog;

/// Returns the bins.
pub(in crate::remote) fn overview(
    log: &RemoteLog,
    frame: &Frame<'_>,
    query: &OverviewQuery,
) -> Result<Overview, AskError> {
    let select = "SELECT min(t0), max(t1), min(d), max(d) FROM cs";
    let answer = log.ask(frame, Parts::Events, &[cases()], select)?;
    let row = answer.only()?;
    let (first, last) = row.int(0)?.zip(row.int(1)?).unwrap_or((0, 0));
    let axis = TimeAxis::over(first, last, query.time_bins, log.info.zone);
    let found = throughput(log, frame, &axis)?;
    Ok(Overview {
        timeline: timeline(&axis, &found),
        durations: match row.int(2)?.zip(row.int(3)?) {
            Some((min, max)) => durations(log, frame, min, max, query.duration_bins)?,
            None => Vec::new(),
        },
    })
}

fn cases() -> (&'static str, String) {
    ("cs", CASES.to_owned())
}

/// Cases started and ended in each bin.
fn throughput(
    log: &RemoteLog,
    frame: &Frame<'_>,
    axis: &TimeAxis,
) -> Result<Vec<TimeBin>, RemoteError> {
    let mut found = vec![TimeBin::default(); axis.n_bins()];
    let inner = &axis.bounds[1..axis.n_bins()];
    let bin = |at: u64| {
        let none = || RemoteError::engine("the engine gave a bin that is none");
        usize::try_from(at)
            .ok()
            .filter(|at| *at < axis.n_bins())
            .ok_or_else(none)
    };
    let started = (
        "started",
        format!("SELECT {} AS b FROM cs", bin_of("t0", inner)),
    );
    let select = "SELECT b, count(*) FROM started GROUP BY b ORDER BY b";
    let answer = log.ask(frame, Parts::Events, &[cases(), started], select)?;
    for row in answer.iter() {
        found[bin(row.count(0)?)?].started = row.count(1)?;
    }
    let more = [
        cases(),
        (
            "ended",
            format!("SELECT {} AS b, d FROM cs", bin_of("t1", inner)),
        ),
        ("ranked", ranked("b, d", "d", "b", "ended")),
    ];
    let select = format!(
        "SELECT b, {} FROM ranked GROUP BY b ORDER BY b",
        columns(frame.dialect, "d", "r", "m")
    );
    let answer = log.ask(frame, Parts::Events, &more, &select)?;
    for row in answer.iter() {
        let Some(of) = figures(row, 1)? else { continue };
        let bin = &mut found[bin(row.count(0)?)?];
        (bin.ended, bin.total, bin.median) = (of.n, of.total, Some(of.median));
    }
    Ok(found)
}

fn durations(
    log: &RemoteLog,
    frame: &Frame<'_>,
    min: i64,
    max: i64,
    most: usize,
) -> Result<Vec<DurationBin>, RemoteError> {
    let bounds = bins::bounds(min, max, most);
    let inner = bounds.get(1..bounds.len() - 1).unwrap_or_default();
    let binned = (
        "binned",
        format!("SELECT {} AS b FROM cs", bin_of("d", inner)),
    );
    let select = "SELECT b, count(*) FROM binned GROUP BY b ORDER BY b";
    let answer = log.ask(frame, Parts::Events, &[cases(), binned], select)?;
    let mut counts = vec![0; bounds.len() - 1];
    for row in answer.iter() {
        let bin = usize::try_from(row.count(0)?).unwrap_or(usize::MAX);
        let count = counts.get_mut(bin);
        *count.ok_or_else(|| RemoteError::engine("the engine gave a bin that is none"))? =
            row.count(1)?;
    }
    let bin = |bin: bins::DurationBin| DurationBin {
        from: seconds(bin.from),
        to: seconds(bin.to),
        count: bin.count,
    };
    Ok(bins::joined(&bounds, &counts, most)
        .into_iter()
        .map(bin)
        .collect())
}

//! Figures of the selection as a whole.

use super::{CASES, COLUMNS, columns, figures, ranked};
use crate::engine::{Summary, duration_stats, number_stats};
use crate::metrics::Figures;
use crate::metrics::quantile::type7;
use crate::remote::RemoteError;
use crate::remote::ends::{ENDED, Ends};
use crate::remote::frame::{Frame, Parts};
use crate::remote::log::RemoteLog;
use crate::remote::rows::Rows;

/// Returns the figures.
pub(in crate::remote) fn summary(
    log: &RemoteLog,
    frame: &Frame<'_>,
    ends: &Ends,
) -> Result<Summary, RemoteError> {
    let cases = ("cs", CASES.to_owned());
    let by_duration = ("ranked", ranked("n, t0, t1, d", "d", "", "cs"));
    let select = format!(
        "SELECT {}, CAST(coalesce(sum(n), 0) AS BIGINT), min(t0), max(t1) FROM ranked",
        columns(frame.dialect, "d", "r", "m")
    );
    let more = [cases.clone(), by_duration];
    let answer = log.ask(frame, Parts::Events, &more, &select)?;
    let row = answer.only()?;
    let case_duration = figures(row, 0)?;
    let (events, first, last) = (
        row.count(COLUMNS)?,
        row.int(COLUMNS + 1)?,
        row.int(COLUMNS + 2)?,
    );

    let select = "SELECT n, count(*) FROM cs GROUP BY n ORDER BY n";
    let answer = log.ask(frame, Parts::Events, &[cases], select)?;
    let events_per_case = of_counts(&answer)?;

    let (activities, resources) = different(log, frame)?;
    let variants = n_variants(log, frame)?;

    let (open, over) = over(log, frame, ends)?;
    let throughput = if open == 0 { case_duration } else { over };
    let (total_events, total_cases) = log.totals(frame.until, &frame.cancel)?;
    Ok(Summary {
        events,
        cases: case_duration.map_or(0, |figures| figures.n),
        activities,
        variants,
        resources,
        first_event: first,
        last_event: last,
        events_per_case: events_per_case.map(number_stats),
        case_duration: case_duration.map(duration_stats),
        open: Some(open),
        throughput: throughput.map(duration_stats),
        total_events,
        total_cases,
    })
}

/// Number of variants of the selected cases.
pub(super) fn n_variants(log: &RemoteLog, frame: &Frame<'_>) -> Result<u64, RemoteError> {
    let of_selected = match frame.cases {
        Some(_) => "seqs JOIN kept ON seqs.case_id = kept.kept_id",
        None => "seqs",
    };
    let select =
        format!("SELECT count(*) FROM (SELECT DISTINCT v FROM {of_selected}) AS different");
    let answer = log.ask(frame, Parts::Sequences, &[], &select)?;
    answer.only()?.count(0)
}

/// Number of open cases, and durations of those that are over.
fn over(
    log: &RemoteLog,
    frame: &Frame<'_>,
    ends: &Ends,
) -> Result<(u64, Option<Figures>), RemoteError> {
    let is_open = ends.is_open(frame);
    let all = ("ended", ENDED.to_owned());
    let select = format!("SELECT count(*) FROM ended WHERE {is_open}");
    let answer = log.ask(frame, Parts::Events, std::slice::from_ref(&all), &select)?;
    let open = answer.only()?.count(0)?;
    if open == 0 {
        return Ok((0, None));
    }
    let over = ("over", format!("SELECT d FROM ended WHERE NOT ({is_open})"));
    let more = [all, over, ("ranked", ranked("d", "d", "", "over"))];
    let select = format!(
        "SELECT {} FROM ranked",
        columns(frame.dialect, "d", "r", "m")
    );
    let answer = log.ask(frame, Parts::Events, &more, &select)?;
    Ok((open, figures(answer.only()?, 0)?))
}

/// Numbers of activities and of resources.
fn different(log: &RemoteLog, frame: &Frame<'_>) -> Result<(u64, Option<u64>), RemoteError> {
    let mut frame = frame.clone();
    let resource = frame.table.resource;
    frame.needs.columns.extend(resource);
    let resources = resource.map_or_else(|| "0".to_owned(), |at| format!("count(DISTINCT c{at})"));
    let select = format!("SELECT count(DISTINCT activity), {resources} FROM e");
    let answer = log.ask(&frame, Parts::Events, &[], &select)?;
    let row = answer.only()?;
    let resources = row.count(1)?;
    Ok((row.count(0)?, resource.map(|_| resources)))
}

/// Figures of values that come with how often each occurs, ascending.
fn of_counts(answer: &Rows) -> Result<Option<Figures>, RemoteError> {
    let counts = answer.iter().map(|row| Ok((row.known(0)?, row.count(1)?)));
    let counts: Vec<(i64, u64)> = counts.collect::<Result<_, RemoteError>>()?;
    let (Some(&(min, _)), Some(&(max, _))) = (counts.first(), counts.last()) else {
        return Ok(None);
    };
    let mut below = Vec::with_capacity(counts.len());
    let mut n = 0;
    for &(_, count) in &counts {
        n = count.saturating_add(n);
        below.push(n);
    }
    if n == 0 {
        return Ok(None);
    }
    let nth = |k: u64| {
        let at = below.partition_point(|&below| below <= k);
        counts.get(at).map_or(max, |&(value, _)| value)
    };
    let times = |&(value, count): &(i64, u64)| i128::from(value) * i128::from(count);
    Ok(Some(Figures {
        n,
        total: counts.iter().map(times).sum(),
        min,
        max,
        median: type7(n, 0.5, nth),
        p90: type7(n, 0.9, nth),
        p99: type7(n, 0.99, nth),
    }))
}

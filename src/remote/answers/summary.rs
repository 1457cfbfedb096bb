//! Figures of the selection as a whole.

use super::{COLUMNS, columns, columns_of_part, figures, ranked};
use crate::engine::{Summary, duration_stats, number_stats};
use crate::metrics::Figures;
use crate::metrics::quantile::type7;
use crate::remote::RemoteError;
use crate::remote::ends::{ENDED, Ends};
use crate::remote::frame::{Frame, Parts};
use crate::remote::log::RemoteLog;

/// Figures of the cases of a view.
pub(super) struct Whole {
    pub duration: Option<Figures>,
    events_per_case: Option<Figures>,
    events: u64,
    /// First and last instant.
    pub span: Option<(i64, i64)>,
    pub open: u64,
    /// Durations of the cases that are over.
    over: Option<Figures>,
}

/// Returns the figures.
pub(in crate::remote) fn summary(
    log: &RemoteLog,
    frame: &Frame<'_>,
    ends: &Ends,
) -> Result<Summary, RemoteError> {
    let whole = whole(log, frame, ends)?;
    let (activities, resources) = different(log, frame)?;
    let variants = n_variants(log, frame)?;
    let (total_events, total_cases) = log.totals(frame.until, &frame.cancel)?;
    Ok(Summary {
        events: whole.events,
        cases: whole.duration.map_or(0, |figures| figures.n),
        activities,
        variants,
        resources,
        first_event: whole.span.map(|(first, _)| first),
        last_event: whole.span.map(|(_, last)| last),
        events_per_case: whole.events_per_case.map(number_stats),
        case_duration: whole.duration.map(duration_stats),
        open: Some(whole.open),
        throughput: whole.over.map(duration_stats),
        total_events,
        total_cases,
    })
}

/// Figures of the cases: all in one statement, as each looks at all events.
pub(super) fn whole(log: &RemoteLog, frame: &Frame<'_>, ends: &Ends) -> Result<Whole, RemoteError> {
    let dialect = frame.dialect;
    let is_open = ends.is_open(frame);
    let cases = format!(
        "SELECT n, n AS k, t0, t1, d, CASE WHEN {is_open} THEN 0 ELSE 1 END AS is_over FROM ({ENDED}) AS ended"
    );
    let by_end = "SELECT *, row_number() OVER (PARTITION BY is_over ORDER BY d) AS r_over, \
        count(*) OVER (PARTITION BY is_over) AS m_over FROM ranked";
    let more = [
        ("cs", cases),
        ("ranked", ranked("n, k, t0, t1, d, is_over", "d", "", "cs")),
        ("by_end", by_end.to_owned()),
    ];
    // A row for each number of events, and one of all cases.
    let select = format!(
        "SELECT k, {}, {}, CAST(sum(n) AS BIGINT), min(t0), max(t1) FROM by_end GROUP BY GROUPING SETS ((), (k)) \
         ORDER BY k",
        columns(dialect, "d", "r", "m"),
        columns_of_part(dialect, "is_over", "d", "r_over", "m_over"),
    );
    let answer = log.ask(frame, Parts::Events, &more, &select)?;
    let mut whole = Whole {
        duration: None,
        events_per_case: None,
        events: 0,
        span: None,
        open: 0,
        over: None,
    };
    let mut counts = Vec::new();
    for row in answer.iter() {
        if let Some(n) = row.int(0)? {
            counts.push((n, row.count(1)?));
            continue;
        }
        let Some(duration) = figures(row, 1)? else {
            continue;
        };
        let (over, after) = (1 + COLUMNS, 1 + 2 * COLUMNS);
        whole.over = figures(row, over)?;
        whole.open = duration.n - whole.over.map_or(0, |over| over.n).min(duration.n);
        whole.duration = Some(duration);
        whole.events = row.count(after)?;
        whole.span = row.int(after + 1)?.zip(row.int(after + 2)?);
    }
    whole.events_per_case = of_counts(&counts);
    Ok(whole)
}

/// Number of variants of the selected cases.
pub(super) fn n_variants(log: &RemoteLog, frame: &Frame<'_>) -> Result<u64, RemoteError> {
    let select = "SELECT count(*) FROM (SELECT DISTINCT v FROM kept) AS different";
    let answer = log.ask(frame, Parts::Sequences, &[], select)?;
    answer.only()?.count(0)
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
fn of_counts(counts: &[(i64, u64)]) -> Option<Figures> {
    let (&(min, _), &(max, _)) = counts.first().zip(counts.last())?;
    let mut below = Vec::with_capacity(counts.len());
    let mut n = 0;
    for &(_, count) in counts {
        n = count.saturating_add(n);
        below.push(n);
    }
    if n == 0 {
        return None;
    }
    let nth = |k: u64| {
        let at = below.partition_point(|&below| below <= k);
        counts.get(at).map_or(max, |&(value, _)| value)
    };
    let times = |&(value, count): &(i64, u64)| i128::from(value) * i128::from(count);
    Some(Figures {
        n,
        total: counts.iter().map(times).sum(),
        min,
        max,
        median: type7(n, 0.5, nth),
        p90: type7(n, 0.9, nth),
        p99: type7(n, 0.99, nth),
    })
}

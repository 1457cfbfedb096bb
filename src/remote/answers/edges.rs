//! Directly-follows edges: occurrences, cases and the time between the two events.

use super::{check_fields, columns, figures, ranked};
use crate::engine::{
    AskError, EDGES, EdgeRow, EdgesQuery, Neighbors, NeighborsQuery, Rows, duration_stats,
};
use crate::event_log::Cancel;
use crate::metrics::Figures;
use crate::remote::RemoteError;
use crate::remote::frame::{Frame, Parts};
use crate::remote::log::RemoteLog;
use std::cmp::Reverse;
use std::sync::Arc;

/// Columns before the figures of the times.
const BEFORE: usize = 3;

/// Returns a page of the edges.
pub(in crate::remote) fn edges(
    log: &RemoteLog,
    frame: &Frame<'_>,
    query: &EdgesQuery,
    cancel: &Cancel,
) -> Result<Rows<EdgeRow>, AskError> {
    check_fields(&query.listing)?;
    EDGES.select(&rows(log, frame)?, &query.listing, cancel, |row| {
        format!("{} > {}", row.from, row.to)
    })
}

/// Returns the edges to and from an activity.
pub(in crate::remote) fn neighbors(
    log: &RemoteLog,
    frame: &Frame<'_>,
    query: &NeighborsQuery,
) -> Result<Neighbors, RemoteError> {
    let all = rows(log, frame)?;
    let of = |end: fn(&EdgeRow) -> &str| -> Vec<EdgeRow> {
        let its = all.iter().filter(|row| end(row) == query.activity);
        its.cloned().collect()
    };
    let (mut before, mut after) = (of(|row| &row.to), of(|row| &row.from));
    before.sort_by(|a, b| (Reverse(a.count), &a.from).cmp(&(Reverse(b.count), &b.from)));
    after.sort_by(|a, b| (Reverse(a.count), &a.to).cmp(&(Reverse(b.count), &b.to)));
    Ok(Neighbors {
        activity: query.activity.clone(),
        before,
        after,
    })
}

/// All edges by name.
fn rows(log: &RemoteLog, frame: &Frame<'_>) -> Result<Vec<EdgeRow>, RemoteError> {
    let more = [
        (
            "steps",
            "SELECT case_id, activity AS a, na AS b, nt - t AS d FROM e WHERE na IS NOT NULL"
                .to_owned(),
        ),
        ("ranked", ranked("case_id, a, b, d", "d", "a, b", "steps")),
    ];
    let select = format!(
        "SELECT a, b, count(DISTINCT case_id), {} FROM ranked GROUP BY a, b ORDER BY a, b",
        columns(frame.dialect, "d", "r", "m")
    );
    let answer = log.ask(frame, Parts::Events, &more, &select)?;
    let read = |row: crate::remote::rows::Row<'_>| {
        let names = [Arc::from(row.name(0)?), Arc::from(row.name(1)?)];
        let figures = figures(row, BEFORE)?;
        let figures =
            figures.ok_or_else(|| RemoteError::engine("the engine gave an empty group"))?;
        Ok((names, row.count(2)?, figures))
    };
    let found = answer.iter().map(read);
    let mut found: Vec<([Arc<str>; 2], u64, Figures)> =
        found.collect::<Result<_, RemoteError>>()?;
    // By name, which is the order of ties, whatever order the engine gives texts.
    found.sort_by(|one, other| one.0.cmp(&other.0));
    let total: i128 = found
        .iter()
        .map(|(_, _, figures)| figures.total.max(0))
        .sum();
    let row = |([from, to], cases, figures): ([Arc<str>; 2], u64, Figures)| EdgeRow {
        from,
        to,
        count: figures.n,
        cases,
        elapsed: duration_stats(figures),
        gap: None,
        share: if total > 0 {
            figures.total as f64 / total as f64
        } else {
            0.0
        },
    };
    Ok(found.into_iter().map(row).collect())
}

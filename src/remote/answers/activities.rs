//! Activities: events, cases, first and last ones, rework, and the time before them.

use super::{check_fields, columns, figures, ranked};
use crate::engine::{
    ACTIVITIES, ActivitiesQuery, ActivityRow, AskError, Rows, Stats, duration_stats,
};
use crate::event_log::Cancel;
use crate::remote::RemoteError;
use crate::remote::frame::{Frame, Parts};
use crate::remote::log::RemoteLog;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Returns a page of the activities.
pub(in crate::remote) fn activities(
    log: &RemoteLog,
    frame: &Frame<'_>,
    query: &ActivitiesQuery,
    cancel: &Cancel,
) -> Result<Rows<ActivityRow>, AskError> {
    check_fields(&query.listing)?;
    let mut before = before(log, frame)?;
    let in_cases = (
        "incases",
        "SELECT case_id, activity, count(*) AS k, max(CASE WHEN pos = 1 THEN 1 ELSE 0 END) AS begins, \
         max(CASE WHEN na IS NULL THEN 1 ELSE 0 END) AS stops FROM e GROUP BY case_id, activity"
            .to_owned(),
    );
    let select = "SELECT activity, CAST(sum(k) AS BIGINT), count(*), CAST(sum(begins) AS BIGINT), \
        CAST(sum(stops) AS BIGINT), CAST(sum(CASE WHEN k > 1 THEN 1 ELSE 0 END) AS BIGINT) \
        FROM incases GROUP BY activity ORDER BY activity";
    let answer = log.ask(frame, Parts::Events, &[in_cases], select)?;
    let mut row = |row: crate::remote::rows::Row<'_>| {
        let name = row.name(0)?;
        Ok(ActivityRow {
            before: before.remove(name),
            activity: Arc::from(name),
            events: row.count(1)?,
            cases: row.count(2)?,
            starts: row.count(3)?,
            ends: row.count(4)?,
            rework_cases: row.count(5)?,
            service: None,
            active: None,
            waiting: None,
            cost: None,
        })
    };
    let rows = answer.iter().map(&mut row);
    let mut rows: Vec<ActivityRow> = rows.collect::<Result<_, RemoteError>>()?;
    // By name, which is the order of ties, whatever order the engine gives texts.
    rows.sort_by(|one, other| one.activity.cmp(&other.activity));
    ACTIVITIES.select(&rows, &query.listing, cancel, |row| {
        row.activity.to_string()
    })
}

/// The time from the event before, by activity.
fn before(log: &RemoteLog, frame: &Frame<'_>) -> Result<BTreeMap<String, Stats>, RemoteError> {
    let more = [
        (
            "steps",
            "SELECT na AS b, nt - t AS d FROM e WHERE na IS NOT NULL".to_owned(),
        ),
        ("ranked", ranked("b, d", "d", "b", "steps")),
    ];
    let select = format!(
        "SELECT b, {} FROM ranked GROUP BY b ORDER BY b",
        columns(frame.dialect, "d", "r", "m")
    );
    let answer = log.ask(frame, Parts::Events, &more, &select)?;
    let mut found = BTreeMap::new();
    for row in answer.iter() {
        if let Some(figures) = figures(row, 1)? {
            found.insert(row.name(0)?.to_owned(), duration_stats(figures));
        }
    }
    Ok(found)
}

//! The sequences of activities: the first ones of an order, while the engine counts all of them.

use super::{COLUMNS, check, columns, figures, names, order, page, ranked};
use crate::engine::{Rows, Stats, Suppressed, VariantRow, VariantsQuery, duration_stats};
use crate::remote::RemoteError;
use crate::remote::frame::{Frame, Parts, activities};
use crate::remote::log::RemoteLog;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Orders of the list, and the columns that they are by.
const ORDERS: [(&str, &str); 6] = [
    ("cases", "q0"),
    ("rank", "place"),
    ("events", "len"),
    ("total", "total"),
    ("mean", "CAST(total AS DOUBLE) / q0"),
    // The middle value, or between the two middle ones.
    (
        "median",
        "CASE WHEN q0 % 2 = 1 THEN CAST(q5 AS DOUBLE) \
         ELSE CAST(q5 AS DOUBLE) + CAST(q6 - q5 AS DOUBLE) * CAST('5e-1' AS DOUBLE) END",
    ),
];

/// Columns before the figures of the durations.
const BEFORE: usize = 4;

/// Returns a page of the variants.
pub(in crate::remote) fn variants(
    log: &RemoteLog,
    frame: &Frame<'_>,
    query: &VariantsQuery,
) -> Result<Rows<VariantRow>, RemoteError> {
    let listing = &query.listing;
    check(listing)?;
    if !query.counting.is_plain() {
        return Err(RemoteError::refused(
            "sequences without some activities, or with repeats counted once",
        ));
    }
    let more = [
        (
            "durations",
            "SELECT case_id AS of_case, max(t) - min(t) AS d FROM e GROUP BY case_id".to_owned(),
        ),
        (
            "cs",
            "SELECT v, len, d FROM seqs JOIN durations ON seqs.case_id = durations.of_case"
                .to_owned(),
        ),
        ("ranked", ranked("v, len, d", "d", "v", "cs")),
        (
            "grouped",
            format!(
                "SELECT v, max(len) AS len, sum(CAST(d AS DECIMAL(38,0))) AS total, {} FROM ranked GROUP BY v",
                columns(frame.dialect, "d", "r", "m")
            ),
        ),
    ];
    let order = order(listing, &ORDERS, "v")?;
    let select = format!(
        "SELECT v, place, count(*) OVER () AS all_variants, CAST(sum(q0) OVER () AS BIGINT) AS all_cases, {}, \
         CAST(sum(q0) OVER (ORDER BY {order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS above \
         FROM grouped JOIN (SELECT v AS sequence, place FROM ranks) AS places ON v = sequence ORDER BY {order}{}",
        names(),
        page(listing)
    );
    let answer = log.ask(frame, Parts::Sequences, &more, &select)?;
    let (mut total, mut found) = (0, Vec::new());
    for row in answer.iter() {
        let activities: Vec<Arc<str>> = activities(row.name(0)?).map(Arc::from).collect();
        let rank = u32::try_from(row.count(1)?).unwrap_or(u32::MAX);
        total = row.count(2)? as usize;
        let all_cases = (row.count(3)? as f64).max(1.0);
        let duration = figures(row, BEFORE)?;
        let duration =
            duration.ok_or_else(|| RemoteError::engine("the engine gave an empty group"))?;
        let duration: Stats = duration_stats(duration);
        let above = row.count(BEFORE + COLUMNS)?;
        let different: BTreeSet<&str> = activities.iter().map(|name| &**name).collect();
        let rework = (activities.len() - different.len()) as f64;
        found.push(VariantRow {
            rank,
            ranks: vec![rank],
            cases: duration.n,
            share: duration.n as f64 / all_cases,
            cumulative: above as f64 / all_cases,
            activities,
            duration,
            rework,
            deadlines: (0, 0),
            cost: None,
        });
    }
    if found.is_empty() && listing.page.offset > 0 {
        // No row says how many there are.
        let select = "SELECT count(*) FROM grouped";
        let answer = log.ask(frame, Parts::Sequences, &more, select)?;
        total = answer.only()?.count(0)? as usize;
    }
    found.truncate(listing.page.limit);
    Ok(Rows {
        total,
        offset: listing.page.offset.min(total),
        rows: found,
        followed: None,
        marked: Vec::new(),
        suppressed: Suppressed::default(),
        full: 1.0,
    })
}

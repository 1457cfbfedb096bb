//! The sequences of activities: the first ones of an order, while the engine counts all of them.

use super::{COLUMNS, check, columns_of_part, figures, names, order, page, ranked};
use crate::engine::{Rows, Stats, Suppressed, VariantRow, VariantsQuery, duration_stats};
use crate::remote::RemoteError;
use crate::remote::frame::{Frame, Parts, activities};
use crate::remote::log::RemoteLog;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Orders of the list, and the columns that they are by.
const ORDERS: [(&str, &str); 6] = [
    ("cases", "p0"),
    ("rank", "place"),
    ("events", "len"),
    ("total", "total"),
    ("mean", "CAST(total AS DOUBLE) / p0"),
    // The middle value, or between the two middle ones.
    (
        "median",
        "CASE WHEN p0 % 2 = 1 THEN CAST(p5 AS DOUBLE) \
         ELSE CAST(p5 AS DOUBLE) + CAST(p6 - p5 AS DOUBLE) * CAST('5e-1' AS DOUBLE) END",
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
        // All cases, as a sequence has its place by all of them.
        (
            "cs",
            format!(
                "SELECT v, n AS len, t1 - t0 AS d, CASE WHEN {} THEN 1 ELSE 0 END AS is_kept FROM {}",
                frame.cases.as_deref().unwrap_or("TRUE"),
                frame.cases_table()
            ),
        ),
        ("ranked", ranked("v, len, d, is_kept", "d", "v, is_kept", "cs")),
        (
            "counted",
            format!(
                "SELECT v, max(len) AS len, count(*) AS n_all, {} FROM ranked GROUP BY v",
                columns_of_part(frame.dialect, "is_kept", "d", "r", "m")
            ),
        ),
        (
            "placed_all",
            "SELECT *, CAST(p1 AS DECIMAL(38,0)) AS total, row_number() OVER (ORDER BY n_all DESC, v) AS place FROM counted"
                .to_owned(),
        ),
        ("grouped", "SELECT * FROM placed_all WHERE p0 > 0".to_owned()),
    ];
    let order = order(listing, &ORDERS, "v")?;
    let select = format!(
        "SELECT v, place, count(*) OVER () AS all_variants, CAST(sum(p0) OVER () AS BIGINT) AS all_cases, {}, \
         CAST(sum(p0) OVER (ORDER BY {order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS above \
         FROM grouped ORDER BY {order}{}",
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

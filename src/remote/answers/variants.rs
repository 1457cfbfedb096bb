//! The sequences of activities: the first ones of an order, while the engine counts all of them.

use super::listed::{Fetched, Listed, Searched, Wanted};
use super::{COLUMNS, check_fields, columns, figures, names, order, ranked};
use crate::engine::{
    AskError, Listing, Rows, State, Stats, VariantRow, VariantsQuery, View, duration_stats,
};
use crate::event_log::Cancel;
use crate::remote::RemoteError;
use crate::remote::deadlines::count_of;
use crate::remote::dialects::Dialect;
use crate::remote::frame::{Frame, Parts, activities, sequence};
use crate::remote::log::RemoteLog;
use crate::remote::rows::Row;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Orders of the list, and what they are by.
fn orders(dialect: &Dialect) -> [(&'static str, String); 9] {
    // The middle value, or between the two middle ones.
    let median = "CASE WHEN q0 % 2 = 1 THEN CAST(q5 AS DOUBLE) \
         ELSE CAST(q5 AS DOUBLE) + CAST(q6 - q5 AS DOUBLE) * CAST('5e-1' AS DOUBLE) END";
    let place = format!("({} * (q0 - 1))", dialect.number(0.9));
    let below = (dialect.div)("((q0 - 1) * 90)", "100");
    // A position that is computed in floating point may be just below the right one.
    let of = |exact: &str, less: &str| {
        format!("CASE WHEN floor({place}) >= {below} THEN {exact} ELSE {less} END")
    };
    let (low, high) = (of("q8", "q7"), of("coalesce(q9, q8)", "q8"));
    let p90 = format!(
        "CAST({low} AS DOUBLE) + CAST({high} - {low} AS DOUBLE) * ({place} - floor({place}))"
    );
    let rate = "CASE WHEN known > 0 THEN CAST(broken AS DOUBLE) / known END";
    [
        ("cases", "q0"),
        ("rank", "place"),
        ("median", median),
        ("p90", &p90),
        ("mean", "CAST(total AS DOUBLE) / q0"),
        ("total", "total"),
        ("events", "len"),
        ("rework", "repeats"),
        ("breach_rate", rate),
    ]
    .map(|(name, by)| (name, by.to_owned()))
}

/// Columns before the figures of the durations.
const BEFORE: usize = 4;

/// Returns a page of the variants.
pub(in crate::remote) fn variants(
    log: &RemoteLog,
    view: &View,
    query: &VariantsQuery,
    cancel: &Cancel,
) -> Result<Rows<VariantRow>, AskError> {
    let listing = &query.listing;
    check_fields(listing)?;
    if !query.counting.is_plain() {
        let why = "sequences without some activities, or with repeats counted once";
        return Err(RemoteError::refused(why).into());
    }
    let (frame, tables) = grouped(log, view, listing, cancel)?;
    let list = Listed {
        log,
        frame: &frame,
        tables: &tables,
        from: FROM.to_owned(),
        name: "v",
        cases: "q0",
        order: order(listing, &orders(frame.dialect), "v")?,
        listing,
        name_of: |key| sequence(key.split('\0')),
        text_of: |name| activities(name).collect::<Vec<_>>().join(" > "),
    };
    let fetch = |wanted: &Wanted<'_>| fetched(&list, wanted);
    let (mut rows, searched) = list.page(&fetch, cancel)?;
    if let Some(Searched { all, mut above }) = searched {
        let all = (all as f64).max(1.0);
        for row in &mut rows.rows {
            above += row.cases;
            row.share = row.cases as f64 / all;
            row.cumulative = above as f64 / all;
        }
    }
    Ok(rows)
}

/// A view with tables that are made of it.
type Tables<'a> = (Frame<'a>, Vec<(&'static str, String)>);

/// The view, and the tables whose last one is `grouped`: a row for each sequence with its figures.
fn grouped<'a>(
    log: &'a RemoteLog,
    view: &View,
    listing: &Listing,
    cancel: &Cancel,
) -> Result<Tables<'a>, AskError> {
    let rules = log.timing.rules.len();
    let (frame, durations) = if rules == 0 {
        let durations =
            "SELECT kept_id AS of_case, t1 - t0 AS d, 0 AS known, 0 AS broken FROM kept";
        (
            log.frame(view, cancel)?,
            vec![("durations", durations.to_owned())],
        )
    } else {
        let judged = log.judged(view, false, cancel)?;
        let durations = format!(
            "SELECT case_id AS of_case, t1 - t0 AS d, {} AS known, {} AS broken FROM judged",
            count_of(rules, &[State::Kept, State::Broken, State::Overdue]),
            count_of(rules, &[State::Broken, State::Overdue])
        );
        (judged.frame, vec![judged.table, ("durations", durations)])
    };
    // Of all orders only this one needs it.
    let (repeats, table) = match listing.sort.own() {
        Some("rework") => (
            "repeats",
            "seqs LEFT JOIN durations ON seqs.case_id = durations.of_case LEFT JOIN (SELECT case_id AS again, \
             count(*) - count(DISTINCT activity) AS repeats FROM e GROUP BY case_id) AS repeated \
             ON seqs.case_id = again",
        ),
        _ => (
            "0 AS repeats",
            "seqs LEFT JOIN durations ON seqs.case_id = durations.of_case",
        ),
    };
    let cases = [
        (
            "cs",
            // All cases, as a sequence has its place by all of them; those that are not selected have no duration.
            format!(
                "SELECT v, len, d, CASE WHEN d IS NULL THEN 0 ELSE 1 END AS is_kept, known, broken, {repeats} FROM {table}"
            ),
        ),
        (
            "ranked",
            ranked("v, len, d, known, broken, repeats", "d", "v, is_kept", "cs"),
        ),
        (
            "counted",
            format!(
                "SELECT v, count(*) AS n_all, max(len) AS len, max(repeats) AS repeats, sum(CAST(d AS DECIMAL(38,0))) AS total, \
                 CAST(sum(known) AS BIGINT) AS known, CAST(sum(broken) AS BIGINT) AS broken, {} \
                 FROM ranked GROUP BY v",
                columns(frame.dialect, "d", "r", "m")
            ),
        ),
        (
            "placed_all",
            "SELECT *, row_number() OVER (ORDER BY n_all DESC, v) AS place FROM counted".to_owned(),
        ),
        (
            "grouped",
            "SELECT * FROM placed_all WHERE q0 > 0".to_owned(),
        ),
    ];
    Ok((frame, durations.into_iter().chain(cases).collect()))
}

/// All variants, with their places.
const FROM: &str = "grouped";

/// Asks for variants.
fn fetched(list: &Listed<'_>, wanted: &Wanted<'_>) -> Result<Fetched<VariantRow>, AskError> {
    let ask = |select: &str| {
        list.log
            .ask(list.frame, Parts::Sequences, list.tables, select)
    };
    let named = match wanted {
        Wanted::Page(_) => String::new(),
        Wanted::Named(names) => {
            let names = names.iter().map(String::as_str);
            format!(" WHERE {}", list.log.dialect.one_of("v", names))
        }
    };
    let order = &list.order;
    let answer = ask(&format!(
        "SELECT v, place, count(*) OVER () AS all_variants, CAST(sum(q0) OVER () AS BIGINT) AS all_cases, {}, \
         CAST(sum(q0) OVER (ORDER BY {order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS above, \
         known, broken FROM {FROM}{named} ORDER BY {order}{}",
        names(),
        wanted.limit(list.listing)
    ))?;
    let (mut total, mut rows) = (0, Vec::new());
    for row in answer.iter() {
        total = row.count(2)? as usize;
        rows.push((row.name(0)?.to_owned(), of(row)?));
    }
    if rows.is_empty() && matches!(wanted, Wanted::Page(of) if of.offset > 0) {
        // No row says how many there are.
        total = ask("SELECT count(*) FROM grouped")?.only()?.count(0)? as usize;
    }
    Ok(Fetched {
        rows,
        total,
        full: 1.0,
    })
}

fn of(row: Row<'_>) -> Result<VariantRow, RemoteError> {
    let activities: Vec<Arc<str>> = activities(row.name(0)?).map(Arc::from).collect();
    let rank = u32::try_from(row.count(1)?).unwrap_or(u32::MAX);
    let all_cases = (row.count(3)? as f64).max(1.0);
    let duration = figures(row, BEFORE)?;
    let duration = duration.ok_or_else(|| RemoteError::engine("the engine gave an empty group"))?;
    let duration: Stats = duration_stats(duration);
    let after = BEFORE + COLUMNS;
    let different: BTreeSet<&str> = activities.iter().map(|name| &**name).collect();
    let rework = (activities.len() - different.len()) as f64;
    Ok(VariantRow {
        rank,
        ranks: vec![rank],
        cases: duration.n,
        share: duration.n as f64 / all_cases,
        cumulative: row.count(after)? as f64 / all_cases,
        activities,
        duration,
        rework,
        deadlines: (row.count(after + 1)?, row.count(after + 2)?),
        cost: None,
    })
}

//! The cases with their figures, a page of an order.

use super::chosen::{by_field, chosen};
use super::listed::{Fetched, Listed, Wanted};
use super::order;
use crate::engine::{
    AskError, CASES as CASE_LIST, CaseRow, CasesQuery, ColumnKey, Rows, check_fields, seconds,
};
use crate::event_log::Cancel;
use crate::remote::RemoteError;
use crate::remote::frame::{Frame, Parts};
use crate::remote::log::RemoteLog;
use crate::remote::rows::Row;

/// The cases with their figures.
pub(in crate::remote) const CASES: &str = "SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept";

/// Orders of the list, and the columns that they are by.
const ORDERS: [(&str, &str); 6] = [
    ("duration", "d"),
    ("events", "n"),
    ("start", "t0"),
    ("end", "t1"),
    ("case", "case_id"),
    ("variant", "place"),
];

/// Returns a page of the cases.
pub(in crate::remote) fn cases(
    log: &RemoteLog,
    frame: &Frame<'_>,
    query: &CasesQuery,
    cancel: &Cancel,
) -> Result<Rows<CaseRow>, AskError> {
    let listing = &query.listing;
    check_fields(&log.skeleton(), log.info.zone, listing, &CASE_LIST)?;
    let mut frame = frame.clone();
    let mut tables = vec![
        ("cs", CASES.to_owned()),
        (
            "listed",
            "SELECT case_id, ranks.place AS place, n, t0, t1, t1 - t0 AS d FROM kept JOIN ranks ON kept.v = ranks.v"
                .to_owned(),
        ),
    ];
    let mut from = "listed".to_owned();
    let order = match &listing.sort {
        ColumnKey::Own(_) => order(listing, &ORDERS, "case_id")?,
        ColumnKey::Field(field) => {
            let value = by_field(log, &mut frame, field)?;
            tables.extend(value.table);
            from += value.join;
            let direction = if listing.descending { " DESC" } else { "" };
            format!("{}{direction} NULLS LAST, case_id", value.value)
        }
    };
    let of_variants = match query.variants.as_slice() {
        [] => "TRUE".to_owned(),
        ranks => {
            let ranks: Vec<String> = ranks.iter().map(u32::to_string).collect();
            format!("place IN ({})", ranks.join(", "))
        }
    };
    let list = Listed {
        log,
        frame: &frame,
        tables: &tables,
        from: format!("{from} WHERE {of_variants}"),
        name: "case_id",
        cases: "1",
        order,
        listing,
        name_of: str::to_owned,
        text_of: str::to_owned,
    };
    let fetch = |wanted: &Wanted<'_>| fetched(&list, wanted, !query.variants.is_empty());
    let (mut rows, _) = list.page(&fetch, cancel)?;
    let ids: Vec<&str> = rows.rows.iter().map(|row| row.case.as_str()).collect();
    let ranks: Vec<u32> = rows.rows.iter().map(|row| row.variant).collect();
    let values = chosen(log, &frame, &listing.fields, &ids, &ranks)?;
    for (row, values) in rows.rows.iter_mut().zip(values) {
        row.chosen = values;
    }
    Ok(rows)
}

/// Asks for cases; `may_be_none` says that some are left out whatever the page.
fn fetched(
    list: &Listed<'_>,
    wanted: &Wanted<'_>,
    may_be_none: bool,
) -> Result<Fetched<CaseRow>, AskError> {
    let ask = |select: &str| {
        list.log
            .ask(list.frame, Parts::Sequences, list.tables, select)
    };
    let named = match wanted {
        Wanted::Page(_) => String::new(),
        Wanted::Named(names) => {
            let names = names.iter().map(String::as_str);
            format!(" AND {}", list.log.dialect.one_of("case_id", names))
        }
    };
    let (from, order) = (&list.from, &list.order);
    let answer = ask(&format!(
        "SELECT case_id, place, n, t0, t1, d, count(*) OVER () AS total, \
         (SELECT max(d) FROM cs) AS longest FROM {from}{named} ORDER BY {order}{}",
        wanted.limit(list.listing)
    ))?;
    let (mut total, mut longest, mut rows) = (0, None, Vec::new());
    for row in answer.iter() {
        (total, longest) = (row.count(6)? as usize, row.int(7)?);
        let row = of(row)?;
        rows.push((row.case.clone(), row));
    }
    let is_first = matches!(wanted, Wanted::Page(of) if of.offset == 0);
    if rows.is_empty() && (may_be_none || !is_first) {
        // No row says how many there are.
        total = ask(&format!("SELECT count(*) FROM {from}"))?
            .only()?
            .count(0)? as usize;
        longest = ask("SELECT max(d) FROM cs")?.only()?.int(0)?;
    }
    let longest = longest.filter(|longest| *longest > 0);
    Ok(Fetched {
        rows,
        total,
        full: longest.map_or(1.0, seconds),
    })
}

fn of(row: Row<'_>) -> Result<CaseRow, RemoteError> {
    Ok(CaseRow {
        case: row.name(0)?.to_owned(),
        variant: u32::try_from(row.count(1)?).unwrap_or(u32::MAX),
        events: u32::try_from(row.count(2)?).unwrap_or(u32::MAX),
        start: row.known(3)?,
        end: row.known(4)?,
        duration: seconds(row.known(5)?),
        chosen: Vec::new(),
    })
}

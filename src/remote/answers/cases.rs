//! The cases with their figures, a page of an order.

use super::{check, order, page};
use crate::engine::{CaseRow, CasesQuery, Rows, Suppressed, seconds};
use crate::remote::RemoteError;
use crate::remote::frame::{Frame, Parts};
use crate::remote::log::RemoteLog;

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
) -> Result<Rows<CaseRow>, RemoteError> {
    let listing = &query.listing;
    check(listing)?;
    let more = [
        ("cs", CASES.to_owned()),
        (
            "listed",
            "SELECT case_id, ranks.place AS place, n, t0, t1, t1 - t0 AS d FROM kept JOIN ranks ON kept.v = ranks.v"
                .to_owned(),
        ),
    ];
    let wanted = match query.variants.as_slice() {
        [] => String::new(),
        ranks => {
            let ranks: Vec<String> = ranks.iter().map(u32::to_string).collect();
            format!(" WHERE place IN ({})", ranks.join(", "))
        }
    };
    let select = format!(
        "SELECT case_id, place, n, t0, t1, d, count(*) OVER () AS total, longest FROM listed \
         CROSS JOIN (SELECT max(d) AS longest FROM cs) AS most{wanted} ORDER BY {}{}",
        order(listing, &ORDERS, "case_id")?,
        page(listing)
    );
    let answer = log.ask(frame, Parts::Sequences, &more, &select)?;
    let (mut total, mut longest, mut found) = (0, None, Vec::new());
    for row in answer.iter() {
        (total, longest) = (row.count(6)? as usize, row.int(7)?);
        found.push(CaseRow {
            case: row.name(0)?.to_owned(),
            variant: u32::try_from(row.count(1)?).unwrap_or(u32::MAX),
            events: u32::try_from(row.count(2)?).unwrap_or(u32::MAX),
            start: row.known(3)?,
            end: row.known(4)?,
            duration: seconds(row.known(5)?),
            chosen: Vec::new(),
        });
    }
    if found.is_empty() && (listing.page.offset > 0 || !query.variants.is_empty()) {
        // No row says how many there are.
        let select = format!("SELECT count(*) FROM listed{wanted}");
        let answer = log.ask(frame, Parts::Sequences, &more, &select)?;
        total = answer.only()?.count(0)? as usize;
        let select = "SELECT max(d) FROM cs";
        let answer = log.ask(frame, Parts::Events, &more[..1], select)?;
        longest = answer.only()?.int(0)?;
    }
    found.truncate(listing.page.limit);
    let longest = longest.filter(|longest| *longest > 0);
    Ok(Rows {
        total,
        offset: listing.page.offset.min(total),
        rows: found,
        followed: None,
        marked: Vec::new(),
        suppressed: Suppressed::default(),
        full: longest.map_or(1.0, seconds),
    })
}

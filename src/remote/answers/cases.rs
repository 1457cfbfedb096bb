//! The cases with their figures, a page of an order.

use super::{check, order, page};
use crate::engine::{CaseRow, CasesQuery, Rows, Suppressed, seconds};
use crate::remote::RemoteError;
use crate::remote::frame::{Frame, Parts};
use crate::remote::log::RemoteLog;

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
    if !query.variants.is_empty() {
        return Err(RemoteError::refused("the cases of some variants"));
    }
    let more = [
        (
            "cs",
            "SELECT case_id, count(*) AS n, min(t) AS t0, max(t) AS t1, max(t) - min(t) AS d FROM e GROUP BY case_id"
                .to_owned(),
        ),
        (
            "places",
            "SELECT seqs.case_id AS placed, ranks.place AS place FROM seqs JOIN ranks ON seqs.v = ranks.v"
                .to_owned(),
        ),
    ];
    let select = format!(
        "SELECT case_id, place, n, t0, t1, d, count(*) OVER () AS total, max(d) OVER () AS longest \
         FROM cs JOIN places ON case_id = placed ORDER BY {}{}",
        order(listing, &ORDERS, "case_id")?,
        page(listing)
    );
    let answer = log.ask(frame, Parts::Sequences, &more, &select)?;
    let (mut total, mut longest, mut found) = (0, 0, Vec::new());
    for row in answer.iter() {
        (total, longest) = (row.count(6)? as usize, row.known(7)?);
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
    found.truncate(listing.page.limit);
    Ok(Rows {
        total,
        offset: listing.page.offset.min(total),
        rows: found,
        followed: None,
        marked: Vec::new(),
        suppressed: Suppressed::default(),
        full: if longest > 0 { seconds(longest) } else { 1.0 },
    })
}

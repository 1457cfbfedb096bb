//! Cases that each filter of a stack leaves: all of them in one statement.

use crate::engine::{AskError, CaseCount, FilterCount, FilterCountsQuery, View};
use crate::event_log::Cancel;
use crate::remote::frame::Parts;
use crate::remote::log::RemoteLog;

/// Returns the numbers of cases.
pub(in crate::remote) fn filter_counts(
    log: &RemoteLog,
    view: &View,
    query: &FilterCountsQuery,
    cancel: &Cancel,
) -> Result<Vec<FilterCount>, AskError> {
    let (mut frame, filters) = log.compile(view, &query.filters, cancel)?;
    // Without a condition there is no table of cases.
    frame.cases = Some("TRUE".to_owned());
    let count = |condition: &str| {
        format!("CAST(coalesce(sum(CASE WHEN {condition} THEN 1 ELSE 0 END), 0) AS BIGINT)")
    };
    let (mut columns, mut left) = (vec![count("TRUE")], Vec::new());
    for filter in filters.iter().flatten() {
        left.push(filter.condition.as_str());
        columns.push(count(&filter.condition));
        columns.push(count(&left.join(" AND ")));
    }
    let select = format!("SELECT {} FROM {}", columns.join(", "), frame.cases_table());
    let answer = log.ask(&frame, Parts::Events, &[], &select)?;
    let row = answer.only()?;
    let (mut at, mut after) = (1, row.count(0)?);
    let mut counts = Vec::with_capacity(filters.len());
    for filter in filters {
        // A wrong filter leaves all cases, so that those after it still say something.
        counts.push(match filter {
            Ok(filter) => {
                let alone = row.count(at)?;
                after = row.count(at + 1)?;
                at += 2;
                FilterCount {
                    alone: Ok(CaseCount::Exactly(alone)),
                    after: CaseCount::Exactly(after),
                    notes: filter.notes,
                }
            }
            Err(error) => FilterCount {
                alone: Err(error),
                after: CaseCount::Exactly(after),
                notes: Vec::new(),
            },
        });
    }
    Ok(counts)
}

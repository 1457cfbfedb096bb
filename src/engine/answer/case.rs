//! One case with its events.

use super::seconds;
use crate::engine::analysis::Selected;
use crate::engine::{AskError, CaseDetail, CaseRow, EventRow, Field};
use crate::event_log::{Column, NO_INSTANT, Value};
use crate::metrics::instances;
use std::sync::Arc;

/// A case as in the list.
pub(super) fn row(selected: &Selected, case: u32) -> CaseRow {
    let selection = selected.selection();
    let (log, index, case) = (selection.log, selection.index, case as usize);
    CaseRow {
        case: log.case_ids.get(case as u32).to_owned(),
        variant: index.case_variant[case] + 1,
        events: log.events_of(case).len() as u32,
        start: index.case_start[case],
        end: index.case_end[case],
        duration: seconds(index.duration(case)),
    }
}

/// The case of that id, whether selected or not.
pub(super) fn detail(selected: &Selected, id: &str) -> Result<CaseDetail, AskError> {
    let selection = selected.selection();
    let (prepared, log) = (&selected.prepared, selection.log);
    let unknown = || AskError::UnknownCase(id.to_owned());
    let case = log.case_ids.find(id).ok_or_else(unknown)?;
    let waits = log
        .has_instances()
        .then(|| instances::waiting_of_case(&selection, case as usize));
    let rows = log.events_of(case as usize);
    let first = rows.clone().map(|event| log.begin_tick(event)).min();
    let first = first.unwrap_or_default().min(log.ticks()[rows.start]);
    let events = rows.clone().map(|event| {
        let start = log
            .start
            .as_ref()
            .map(|s| s[event])
            .filter(|&s| s != NO_INSTANT);
        let previous = if event == rows.start {
            log.ticks()[event]
        } else {
            log.ticks()[event - 1]
        };
        let wait = waits.as_ref().map(|w| w[event - rows.start].unwrap_or(0));
        EventRow {
            activity: Arc::clone(&prepared.names[log.activity.get(event) as usize]),
            time: log.time[event],
            start,
            service: log.service(event).map(seconds),
            active: log.active(event).map(seconds),
            since: seconds(log.ticks()[event] - first),
            elapsed: seconds(log.ticks()[event] - previous),
            waiting: wait.map(seconds),
            values: log
                .columns
                .iter()
                .map(|c| field(c, case as usize, event))
                .collect(),
        }
    });
    Ok(CaseDetail {
        row: row(selected, case),
        columns: prepared.columns.clone(),
        resource: log.resource,
        instances: log.has_instances(),
        events: events.collect(),
    })
}

fn field(column: &Column, case: usize, event: usize) -> Field {
    match column.value(column.row(case, event)) {
        Value::Missing => Field::Missing,
        Value::Text(text) => Field::Text(text.into()),
        Value::Number(number) => Field::Number(number),
        Value::Instant(instant) => Field::Instant(instant),
    }
}

//! One case with its events.

use super::cases::{CaseRow, row};
use crate::engine::ending::Open;
use crate::engine::log_info::ColumnInfo;
use crate::engine::query::{Context, Query};
use crate::engine::selected::Selected;
use crate::engine::stats::seconds;
use crate::engine::timing;
use crate::engine::view::AskError;
use crate::event_log::{Column, NO_INSTANT, Role, Value};
use crate::metrics::deadlines::State;
use crate::metrics::instances;
use std::sync::Arc;

/// The events of the case of that id, whether the view selects it or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseQuery {
    /// Case id.
    pub case: String,
}

/// A value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// No value.
    Missing,
    /// Text.
    Text(Arc<str>),
    /// Number.
    Number(f64),
    /// Instant.
    Instant(i64),
}

/// An event (or an activity instance) of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRow {
    /// Activity.
    pub activity: Arc<str>,
    /// Timestamp (of an instance: completion).
    pub time: i64,
    /// Start of the instance; `None` where unknown.
    pub start: Option<i64>,
    /// Service time of the instance in seconds; `None` where unknown.
    pub service: Option<f64>,
    /// Service time without suspensions, seconds; `None` in a log without any.
    pub active: Option<f64>,
    /// Seconds from the start of the case to the timestamp.
    pub since: f64,
    /// Seconds from the timestamp of the event before (first event: 0).
    pub elapsed: f64,
    /// Waiting time max(0, start - latest completion so far), seconds; `None` for plain events.
    pub waiting: Option<f64>,
    /// Values of [`CaseDetail::columns`].
    pub values: Vec<Field>,
}

/// One case with its events.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseDetail {
    /// The case as in the list.
    pub row: CaseRow,
    /// Names of all attribute columns (resource and lifecycle among them).
    pub columns: Vec<ColumnInfo>,
    /// Position of the resource in `columns`.
    pub resource: Option<usize>,
    /// True where rows are activity instances.
    pub instances: bool,
    /// The zone of its instants where they are shown.
    pub zone: chrono_tz::Tz,
    /// The events in order.
    pub events: Vec<EventRow>,
    /// What is still going on; `None` for a closed case.
    pub open: Option<OpenCase>,
}

/// State of an open case at [`OpenCase::now`].
#[derive(Debug, Clone, PartialEq)]
pub struct OpenCase {
    /// The instant at which open cases are looked at, microseconds.
    pub now: i64,
    /// Seconds since the case started.
    pub age: f64,
    /// Seconds since its last event.
    pub wait: f64,
    /// Names of the deadlines that it breaks.
    pub overdue: Vec<String>,
}

impl Query for CaseQuery {
    type Answer = CaseDetail;

    fn run(&self, context: &Context<'_>) -> Result<CaseDetail, AskError> {
        detail(&*context.selected()?, &self.case, context.analysis.zone())
    }
}

fn detail(selected: &Selected, id: &str, zone: chrono_tz::Tz) -> Result<CaseDetail, AskError> {
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
        open: open(selected, case as usize, zone)?,
        zone,
        row: row(selected, case),
        columns: prepared.columns.clone(),
        resource: log.role_columns[Role::Resource],
        instances: log.has_instances(),
        events: events.collect(),
    })
}

/// What is still going on in a case, by the calendar of the view.
fn open(
    selected: &Selected,
    case: usize,
    zone: chrono_tz::Tz,
) -> Result<Option<OpenCase>, AskError> {
    let prepared = &selected.prepared;
    let open = Open::of(selected);
    if !open.is_open(case) {
        return Ok(None);
    }
    let (index, now, hours) = (&prepared.index, open.until, prepared.hours(zone)?);
    let since = |instant: i64| seconds(hours.between(case, instant, now));
    let mut overdue = Vec::new();
    for rule in &prepared.timed.timing.rules {
        let verdict = timing::verdict(prepared, rule, case, zone)?;
        if verdict.is_some_and(|verdict| verdict.state == State::Overdue) {
            overdue.push(rule.name.clone());
        }
    }
    Ok(Some(OpenCase {
        now,
        age: since(index.case_start[case]),
        wait: since(index.case_end[case]),
        overdue,
    }))
}

fn field(column: &Column, case: usize, event: usize) -> Field {
    match column.value(column.row(case, event)) {
        Value::Missing => Field::Missing,
        Value::Text(text) => Field::Text(text.into()),
        Value::Number(number) => Field::Number(number),
        Value::Instant(instant) => Field::Instant(instant),
    }
}

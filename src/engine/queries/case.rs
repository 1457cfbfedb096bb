//! One case with its events.

use super::cases::{CaseRow, row};
use crate::engine::ending::Open;
use crate::engine::log_info::ColumnInfo;
use crate::engine::notes::CaseRemark;
use crate::engine::query::{Context, Query};
use crate::engine::selected::Selected;
use crate::engine::stats::seconds;
use crate::engine::timing;
use crate::engine::view::AskError;
use crate::event_log::{Column, NO_INSTANT, Role, Value};
use crate::metrics::deadlines::State;
use crate::metrics::instances;
use std::collections::BTreeSet;
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
    /// True where durations are working time of the calendar of the view.
    pub working: bool,
    /// The events in order.
    pub events: Vec<EventRow>,
    /// Milestones that it reached and instants at which deadlines are due, in the order of time.
    pub marks: Vec<Mark>,
    /// Stretches in which nobody works by the calendar of the view, or by the one that all its marks are
    /// measured by, microseconds, in order; empty where there is none.
    pub off: Vec<(i64, i64)>,
    /// What is still going on; `None` for a closed case.
    pub open: Option<OpenCase>,
    /// Tags and notes, oldest first.
    pub remarks: Vec<CaseRemark>,
}

/// An instant of a case that is no event.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// The instant, microseconds.
    pub at: i64,
    /// Seconds since the start of the case by the calendar of the view.
    pub since: f64,
    /// Name of the milestone or deadline.
    pub name: String,
    /// What it is.
    pub kind: MarkKind,
}

/// Kinds of [`Mark`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MarkKind {
    /// A milestone is reached.
    Reached {
        /// Seconds that it took.
        after: f64,
        /// True where these are working hours of its own calendar.
        working: bool,
        /// True for a milestone that is guessed from the names of activities.
        guessed: bool,
    },
    /// The limit of a deadline is over; the state of the case under it.
    Due(State),
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
}

impl CaseDetail {
    /// The names of the deadlines that the case breaks while it is open.
    pub fn overdue(&self) -> impl Iterator<Item = &str> {
        let overdue = |mark: &&Mark| mark.kind == MarkKind::Due(State::Overdue);
        self.marks.iter().filter(overdue).map(|mark| &*mark.name)
    }
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
    let case = log.case_of(id).ok_or_else(unknown)?;
    let waits = log
        .has_instances()
        .then(|| instances::waiting_of_case(&selection, case as usize));
    let rows = log.events_of(case as usize);
    let first = rows.clone().map(|event| log.begin_tick(event)).min();
    // A later instance may have begun before the first row was completed.
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
    let (open, events) = (open(selected, case as usize, zone)?, events.collect());
    let (marks, calendar) = marks(selected, case as usize, zone)?;
    let now = open.as_ref().map(|open| open.now);
    let last = (marks.iter().map(|mark| mark.at).chain(now)).max();
    // Of overlapping instances, the one that began last need not be the last to end.
    let to = last
        .unwrap_or(i64::MIN)
        .max(prepared.index.case_end[case as usize]);
    let hours = prepared.calendar_hours(calendar, zone)?;
    let hours = hours.of(case as usize);
    let from = prepared.index.case_start[case as usize];
    Ok(CaseDetail {
        open,
        marks,
        off: hours.map_or_else(Vec::new, |work| work.off(from, to)),
        zone,
        working: prepared.calendar.is_some(),
        row: row(selected, case, Vec::new()),
        columns: prepared.columns.clone(),
        resource: log.role_columns[Role::Resource],
        instances: log.has_instances(),
        events,
        remarks: prepared.remarks(case),
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
    Ok(Some(OpenCase {
        now,
        age: since(index.case_start[case]),
        wait: since(index.case_end[case]),
    }))
}

/// Milestones and deadlines of a case in the order of time, and the calendar whose off hours are shown
/// beside them.
fn marks(
    selected: &Selected,
    case: usize,
    zone: chrono_tz::Tz,
) -> Result<(Vec<Mark>, Option<&str>), AskError> {
    let (prepared, open) = (&selected.prepared, Open::of(selected));
    let (hours, start) = (prepared.hours(zone)?, prepared.index.case_start[case]);
    let since = |at: i64| seconds(hours.between(case, start, at));
    let (mut marks, mut calendars) = (Vec::new(), BTreeSet::new());
    for named in &prepared.timed.timing.milestones {
        let cases = case..case + 1;
        for (_, duration, at) in prepared.reached(named, cases, |case| open.is_open(case), zone)? {
            calendars.extend(named.calendar.as_deref());
            let kind = MarkKind::Reached {
                after: seconds(duration),
                working: named.calendar.is_some(),
                guessed: named.guessed,
            };
            let name = named.name.clone();
            let since = since(at);
            marks.push(Mark {
                at,
                since,
                name,
                kind,
            });
        }
    }
    for rule in &prepared.timed.timing.rules {
        let Some(verdict) = timing::verdict(prepared, rule, case, zone)? else {
            continue;
        };
        calendars.extend(rule.calendar.as_deref());
        marks.extend(verdict.limit_at.map(|at| Mark {
            at,
            since: since(at),
            name: rule.name.clone(),
            kind: MarkKind::Due(verdict.state),
        }));
    }
    marks.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.name.cmp(&b.name)));
    // Marks of several calendars have no common off hours.
    let only = (calendars.len() == 1).then(|| calendars.first().copied());
    Ok((marks, prepared.calendar.as_deref().or(only.flatten())))
}

fn field(column: &Column, case: usize, event: usize) -> Field {
    match column.value(column.row(case, event)) {
        Value::Missing => Field::Missing,
        Value::Text(text) => Field::Text(text.into()),
        Value::Number(number) => Field::Number(number),
        Value::Instant(instant) => Field::Instant(instant),
    }
}

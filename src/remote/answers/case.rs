//! One case with its events.

use crate::engine::{
    AskError, CaseDetail, CaseQuery, CaseRow, EventRow, Field, Mark, MarkKind, OpenCase, State,
    View, seconds,
};
use crate::event_log::{Cancel, ColumnKind};
use crate::remote::RemoteError;
use crate::remote::frame::{Frame, Parts, sequence};
use crate::remote::log::RemoteLog;
use crate::remote::rows::{Row, Rows};
use std::sync::Arc;

/// Frequent variants whose ranks are asked for at once, as one case after another is looked at.
const FREQUENT: usize = 1000;

/// Columns before the attributes.
const BEFORE: usize = 2;

/// Returns the events of a case, whether the view selects it or not.
pub(in crate::remote) fn case(
    log: &RemoteLog,
    view: &View,
    query: &CaseQuery,
    cancel: &Cancel,
) -> Result<CaseDetail, AskError> {
    let (all, _) = log.compile(view, &[], cancel)?;
    let mut frame = all.clone();
    let id = query.case.as_str();
    frame.events.push(log.dialect.one_of("case_id", [id]));
    let attributes: Vec<usize> = log.table.attributes().collect();
    frame.needs.columns.extend(&attributes);
    let columns: Vec<String> = attributes.iter().map(|at| format!(", c{at}")).collect();
    let select = format!("SELECT activity, t{} FROM e ORDER BY pos", columns.concat());
    let answer = log.ask(&frame, Parts::Events, &[], &select)?;
    let kinds = attributes.iter().map(|&at| log.table.columns[at].kind);
    let events = events(&answer, &kinds.collect::<Vec<_>>())?;
    let (Some(first), Some(last)) = (events.first(), events.last()) else {
        return Err(AskError::UnknownCase(id.to_owned()));
    };
    let ends = log.ends(view, cancel)?;
    let is_open = ends.is_open_at(&last.activity);
    let steps = sequence(events.iter().map(|event| &*event.activity));
    let (row_start, row_end) = (first.time, last.time);
    let row = CaseRow {
        case: id.to_owned(),
        variant: rank(log, &all, &steps)?,
        events: u32::try_from(events.len()).unwrap_or(u32::MAX),
        start: row_start,
        end: row_end,
        duration: seconds(row_end - row_start),
        chosen: Vec::new(),
    };
    Ok(CaseDetail {
        row,
        columns: log.info.columns.clone(),
        resource: log.info.resource,
        instances: false,
        zone: log.info.zone,
        working: false,
        events,
        marks: marks(log, view, id, row_start, cancel)?,
        off: Vec::new(),
        open: is_open.then(|| OpenCase {
            now: ends.until,
            age: seconds(ends.until - row_start),
            wait: seconds(ends.until - row_end),
        }),
        remarks: Vec::new(),
    })
}

/// Instants at which the deadlines of a case are due, in the order of time.
fn marks(
    log: &RemoteLog,
    view: &View,
    id: &str,
    start: i64,
    cancel: &Cancel,
) -> Result<Vec<Mark>, AskError> {
    let rules = &log.timing.rules;
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let unfiltered = View {
        filters: Vec::new(),
        ..view.clone()
    };
    let mut judged = log.judged(&unfiltered, false, cancel)?;
    judged
        .frame
        .events
        .push(log.dialect.one_of("case_id", [id]));
    let states: Vec<String> = (0..rules.len()).map(|rule| format!("s{rule}")).collect();
    let select = format!("SELECT {} FROM judged", states.join(", "));
    let answer = log.ask(&judged.frame, Parts::Events, &[judged.table], &select)?;
    let row = answer.only()?;
    let mut marks = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        let state = row.int(at)?.and_then(|state| usize::try_from(state).ok());
        let state = state.and_then(|state| State::ALL.get(state));
        let due = start.checked_add(rule.limit);
        marks.extend(state.zip(due).map(|(state, due)| Mark {
            at: due,
            since: seconds(rule.limit),
            name: rule.name.clone(),
            kind: MarkKind::Due(*state),
        }));
    }
    marks.sort_by(|one, other| (one.at, &one.name).cmp(&(other.at, &other.name)));
    Ok(marks)
}

fn events(answer: &Rows, kinds: &[ColumnKind]) -> Result<Vec<EventRow>, RemoteError> {
    let mut events: Vec<EventRow> = Vec::new();
    for row in answer.iter() {
        let time = row.known(1)?;
        let values = kinds.iter().enumerate();
        let values = values.map(|(at, kind)| value(row, BEFORE + at, *kind));
        let first = events.first().map_or(time, |event| event.time);
        let previous = events.last().map_or(time, |event| event.time);
        events.push(EventRow {
            activity: Arc::from(row.name(0)?),
            time,
            start: None,
            service: None,
            active: None,
            since: seconds(time - first),
            elapsed: seconds(time - previous),
            waiting: None,
            values: values.collect::<Result<_, RemoteError>>()?,
        });
    }
    Ok(events)
}

fn value(row: Row<'_>, column: usize, kind: ColumnKind) -> Result<Field, RemoteError> {
    Ok(match kind {
        ColumnKind::Text => row
            .text(column)?
            .map_or(Field::Missing, |text| Field::Text(text.into())),
        ColumnKind::Number => row.double(column)?.map_or(Field::Missing, Field::Number),
        ColumnKind::Instant => row.int(column)?.map_or(Field::Missing, Field::Instant),
    })
}

/// Rank of a sequence in the log.
fn rank(log: &RemoteLog, frame: &Frame<'_>, steps: &str) -> Result<u32, RemoteError> {
    let select = format!("SELECT v, place FROM ranks WHERE place <= {FREQUENT} ORDER BY place");
    let answer = log.ask(frame, Parts::Sequences, &[], &select)?;
    for row in answer.iter() {
        if row.name(0)? == steps {
            return Ok(u32::try_from(row.count(1)?).unwrap_or(u32::MAX));
        }
    }
    let steps = (log.dialect.literal)(steps);
    let select = format!("SELECT place FROM ranks WHERE v = {steps}");
    let answer = log.ask(frame, Parts::Sequences, &[], &select)?;
    Ok(u32::try_from(answer.only()?.count(0)?).unwrap_or(u32::MAX))
}

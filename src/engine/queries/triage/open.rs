//! Open cases: how long they wait, whether that is unusual, and when they are due.

use super::super::deadlines::{Due, due};
use crate::engine::selected::Selected;
use crate::engine::view::AskError;
use crate::event_log::Cancel;
use crate::event_log::Value as LogValue;
use crate::metrics::triage::{After, last_event};

/// Minimum number of cases that show what is usual.
pub(in super::super) const FEW: u64 = 10;

/// An open case before it becomes a row.
pub(in super::super) struct Open {
    /// Number of the case.
    pub case: usize,
    /// Its last event.
    pub event: usize,
    /// Time since its start, microseconds.
    pub age: i64,
    /// Time since the last event, microseconds.
    pub wait: i64,
    /// True where that is longer than the p90 of the time from that activity to the next event.
    pub unusual: bool,
    /// Most urgent deadline.
    pub due: Option<Due>,
}

impl Open {
    /// Larger for what needs attention first; cases without a deadline come last, the oldest first.
    pub fn urgency(&self) -> (u8, i64) {
        let due = self.due.as_ref().map(Due::urgency);
        due.filter(|urgency| urgency.0 > 0).unwrap_or((0, self.age))
    }
}

/// Resource of an event of a case; `None` where it has none.
pub(super) fn resource_of(selected: &Selected, case: usize, event: usize) -> Option<String> {
    let column = selected.prepared.log.resource_column()?;
    match column.value(column.row(case, event)) {
        LogValue::Text(text) => Some(text.to_owned()),
        LogValue::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Returns the open cases of the selection.
pub(in super::super) fn open_cases(
    selected: &Selected,
    tz: chrono_tz::Tz,
    after: &[Option<After>],
    cancel: &Cancel,
) -> Result<Vec<Open>, AskError> {
    let (prepared, selection) = (&selected.prepared, selected.selection());
    let (log, index, now) = (selection.log, selection.index, prepared.now());
    let open = selected.open();
    let hours = prepared.hours(tz)?;
    let mut dues = due(selected, tz, cancel)?;
    let of = |(case, age): (usize, i64)| {
        let event = last_event(log, index, case);
        let wait = hours.between(case, index.case_end[case], now);
        let usual = after[log.activity.get(event) as usize].map(|a| a.elapsed);
        Open {
            case,
            event,
            age,
            wait,
            unusual: usual.is_some_and(|usual| usual.n >= FEW && wait as f64 > usual.p90),
            due: dues.remove(&case),
        }
    };
    Ok(prepared.ages(&open, tz)?.into_iter().map(of).collect())
}

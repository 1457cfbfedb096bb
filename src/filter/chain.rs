//! Evaluates conditions on events that directly follow each other in a case.

use super::field::{EventTest, Source};
use super::rows;
use crate::event_log::{ColumnData, EventLog, Level, NO_INSTANT, with_numbers};
use crate::index::{CaseSet, bits};

/// The cases in which successive events pass these tests, one after the other.
pub(super) fn chained(tests: &[EventTest], log: &EventLog) -> CaseSet {
    let passing: Vec<Vec<u64>> = tests.iter().map(|test| rows::events(test, log)).collect();
    CaseSet::from_fn(log.n_cases(), |case| {
        let events = log.events_of(case);
        // Later events have too few events behind them.
        let last = events.end.saturating_sub(tests.len() - 1);
        (events.start..last).any(|first| {
            let mut at = passing.iter().zip(first..);
            at.all(|(bits, event)| bits::contains(bits, event))
        })
    })
}

/// The cases in which three successive events have the values r, q and r of a field, all of them known
/// and q not r.
pub(super) fn back_and_forth(source: Source, log: &EventLog) -> CaseSet {
    let column = match source {
        Source::Activity => return alternating(log, |event| Some(log.activity.get(event))),
        Source::Column(i) if log.columns[i].level == Level::Event => &log.columns[i],
        // One value a case.
        _ => return CaseSet::none(log.n_cases()),
    };
    match &column.data {
        ColumnData::Text(codes, _) => alternating(log, |event| {
            Some(codes.get(event)).filter(|code| *code != 0)
        }),
        ColumnData::Number(numbers) => with_numbers!(numbers, (rows, value) => {
            alternating(log, |event| Some(value(rows[event])).filter(|n| !n.is_nan()))
        }),
        ColumnData::Instant(values) => alternating(log, |event| {
            Some(values[event]).filter(|at| *at != NO_INSTANT)
        }),
    }
}

fn alternating<T: PartialEq>(log: &EventLog, value: impl Fn(usize) -> Option<T> + Sync) -> CaseSet {
    CaseSet::from_fn(log.n_cases(), |case| {
        let events = log.events_of(case);
        (events.start + 2..events.end).any(|third| match (value(third), value(third - 1)) {
            (Some(one), Some(other)) => one != other && value(third - 2) == Some(one),
            _ => false,
        })
    })
}

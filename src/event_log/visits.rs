//! A user's stream of events cut into visits: where nothing happens for longer than a gap, a new
//! case begins.

use super::builder::by_case_if_constant;
use super::{Codes, Column, ColumnData, Dictionary, EventLog, Level};

/// The log with one case a visit: `USER #1`, `USER #2`, ... A visit ends where more than `gap`
/// microseconds pass from the latest timestamp so far to the begin of the next event. The former
/// case id is kept as a column, named as the columns that it came from.
pub fn visits(log: &EventLog, gap: i64) -> EventLog {
    let mut case_offsets = vec![0u32];
    let mut case_ids = Dictionary::default();
    let mut user_of: Vec<u32> = Vec::new();
    for case in 0..log.n_cases() {
        let events = log.events_of(case);
        let id = log.case_ids.get(case as u32);
        let mut number = 1u32;
        let mut latest = i64::MIN;
        for event in events.clone() {
            let first = event == events.start;
            if !first && log.begin(event).saturating_sub(latest) > gap {
                case_offsets.push(event as u32);
                case_ids.push(&format!("{id} #{number}"));
                user_of.push(case as u32);
                number += 1;
            }
            latest = latest.max(log.time[event]).max(log.begin(event));
        }
        case_offsets.push(events.end as u32);
        case_ids.push(&format!("{id} #{number}"));
        user_of.push(case as u32);
    }
    let mut columns: Vec<Column> = log
        .columns
        .iter()
        .map(|column| match column.level {
            Level::Event => by_case_if_constant(column.clone(), &case_offsets),
            Level::Case => column.gather(&user_of),
        })
        .collect();
    let name = log.roles.case.join(" - ");
    if log.column(&name).is_none() {
        columns.push(users(log, name, &user_of));
    }
    EventLog {
        case_ids,
        case_offsets: case_offsets.into(),
        columns,
        ..log.clone()
    }
}

/// The former case id of each visit.
fn users(log: &EventLog, name: String, user_of: &[u32]) -> Column {
    let ids: Dictionary = std::iter::once("").chain(log.case_ids.iter()).collect();
    let codes = Codes::pack(user_of.iter().map(|&user| user + 1), ids.len());
    Column {
        name,
        level: Level::Case,
        data: ColumnData::Text(codes, ids),
    }
}

//! Lifecycle transitions: from start and complete events to activity instances. Definitions: the
//! pairing of pm4py's `to_interval`; service and waiting time are computed above.

use super::{EventLog, Role};
use hashbrown::HashMap;
use std::collections::VecDeque;

/// Which transitions a log has, ignoring letter case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Transitions {
    /// Some row is a start.
    pub start: bool,
    /// Some row is a complete.
    pub complete: bool,
}

/// The class of a transition's text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Transition {
    Start,
    Suspend,
    Resume,
    Complete,
    Other,
}

fn class(text: &str) -> Transition {
    let known = [
        ("start", Transition::Start),
        ("suspend", Transition::Suspend),
        ("resume", Transition::Resume),
        ("complete", Transition::Complete),
    ];
    let of = known
        .iter()
        .find(|(word, _)| text.eq_ignore_ascii_case(word));
    of.map_or(Transition::Other, |(_, transition)| *transition)
}

/// An instance that was started and is not completed.
#[derive(Clone, Copy)]
struct Open {
    start: i64,
    /// Since when it is suspended.
    since: Option<i64>,
    /// For how long it was suspended before.
    suspended: i64,
}

impl Open {
    fn resume(&mut self, now: i64) {
        if let Some(since) = self.since.take() {
            self.suspended = self.suspended.saturating_add(now.saturating_sub(since));
        }
    }
}

/// Class of each event; a missing transition counts as complete. `None` without a lifecycle column.
fn classes(log: &EventLog) -> Option<Vec<Transition>> {
    use super::{ColumnData, Value};
    let column = &log.columns[log.role_columns[Role::Lifecycle]?];
    let of_value = |value: Value<'_>| match value {
        Value::Text(text) => class(text),
        Value::Missing => Transition::Complete,
        _ => Transition::Other,
    };
    let by_code: Vec<Transition> = match &column.data {
        ColumnData::Text(_, dictionary) => dictionary
            .iter()
            .enumerate()
            .map(|(i, text)| {
                if i == 0 {
                    Transition::Complete
                } else {
                    class(text)
                }
            })
            .collect(),
        _ => Vec::new(),
    };
    let mut classes = Vec::with_capacity(log.n_events());
    for case in 0..log.n_cases() {
        // The column may have a value for each case only, so that rows are found through their
        // case.
        for event in log.events_of(case) {
            let row = column.row(case, event);
            classes.push(match &column.data {
                ColumnData::Text(codes, _) => by_code[codes.get(row) as usize],
                _ => of_value(column.value(row)),
            });
        }
    }
    Some(classes)
}

/// The transitions that the log's lifecycle column bears.
pub fn transitions(log: &EventLog) -> Transitions {
    let classes = classes(log).unwrap_or_default();
    Transitions {
        start: classes.contains(&Transition::Start),
        complete: classes.contains(&Transition::Complete),
    }
}

/// The log of only the rows whose transition is complete or missing; the log itself where it has
/// no lifecycle column.
pub fn complete_only(log: EventLog) -> EventLog {
    let Some(classes) = classes(&log) else {
        return log;
    };
    let rows: Vec<u32> = (0..classes.len() as u32)
        .filter(|&i| classes[i as usize] == Transition::Complete)
        .collect();
    log.select(&rows, None)
}

/// Result of pairing.
pub struct Paired {
    /// The log of activity instances.
    pub log: EventLog,
    /// Starts that no complete matched.
    pub lone_starts: u64,
    /// Events of each transition that makes no instance, most first.
    pub left_out: Vec<(String, u64)>,
}

/// Makes activity instances of starts and completes.
///
/// Per case, activity and instance column (which may be missing), by timestamp, then file order:
/// a complete takes the oldest waiting start (first in, first out) and bears the columns of the
/// completion; a complete without a start has no known start. A suspend takes the oldest start that
/// is not suspended, a resume the oldest that is; a complete ends a suspension too. Other
/// transitions make no instance and are counted. As in edeaR's `processing_time_activity_instance`, what is not
/// suspended is worked on.
pub fn pairs(mut log: EventLog) -> Paired {
    // Without transitions every event is complete, and no start is known.
    let Some(classes) = classes(&log) else {
        let starts = vec![super::NO_INSTANT; log.n_events()];
        let rows: Vec<u32> = (0..log.n_events() as u32).collect();
        return Paired {
            log: log.select(&rows, Some(starts)),
            lone_starts: 0,
            left_out: Vec::new(),
        };
    };
    let mut left_out: HashMap<String, u64> = HashMap::new();
    let mut rows = Vec::new();
    let mut starts = Vec::new();
    let mut suspended = vec![0; log.n_events()];
    let mut lone_starts = 0;
    let mut waiting: HashMap<(u32, u64), VecDeque<Open>> = HashMap::new();
    for case in 0..log.n_cases() {
        // Instances never go on in another case; clearing keeps the memory of the map.
        waiting.clear();
        for event in log.events_of(case) {
            let class = classes[event];
            if class == Transition::Other {
                *left_out
                    .entry(transition_name(&log, case, event))
                    .or_default() += 1;
                continue;
            }
            let key = (log.activity.get(event), instance_key(&log, case, event));
            let (open, now) = (waiting.entry(key).or_default(), log.time[event]);
            match class {
                Transition::Start => open.push_back(Open {
                    start: now,
                    since: None,
                    suspended: 0,
                }),
                Transition::Suspend => {
                    if let Some(open) = open.iter_mut().find(|open| open.since.is_none()) {
                        open.since = Some(now);
                    }
                }
                Transition::Resume => {
                    if let Some(open) = open.iter_mut().find(|open| open.since.is_some()) {
                        open.resume(now);
                    }
                }
                Transition::Complete => {
                    rows.push(event as u32);
                    starts.push(match open.pop_front() {
                        Some(mut open) => {
                            // An instance that is completed while suspended was suspended until
                            // then.
                            open.resume(now);
                            suspended[event] = open.suspended;
                            open.start
                        }
                        None => super::NO_INSTANT,
                    });
                }
                Transition::Other => {}
            }
        }
        lone_starts += waiting.values().map(|w| w.len() as u64).sum::<u64>();
    }
    let mut left_out: Vec<_> = left_out.into_iter().collect();
    left_out.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
    // Gathered like the other columns of the completions.
    let some = suspended.iter().any(|&span| span > 0);
    log.suspended = some.then(|| suspended.into());
    Paired {
        log: log.select(&rows, Some(starts)),
        lone_starts,
        left_out,
    }
}

/// Name of an event's transition.
fn transition_name(log: &EventLog, case: usize, event: usize) -> String {
    use super::Value;
    let column = log.role_columns[Role::Lifecycle].map(|column| &log.columns[column]);
    match column.map(|column| column.value(column.row(case, event))) {
        Some(Value::Text(text)) if !text.trim().is_empty() => text.to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Instant(_)) => "a time".to_owned(),
        Some(Value::Text(_) | Value::Missing) | None => "blank".to_owned(),
    }
}

/// Something equal for events of the same instance; 0 where the instance is missing.
fn instance_key(log: &EventLog, case: usize, event: usize) -> u64 {
    use super::ColumnData;
    let Some(i) = log.role_columns[Role::Instance] else {
        return 0;
    };
    let column = &log.columns[i];
    let row = column.row(case, event);
    match &column.data {
        ColumnData::Text(codes, _) => u64::from(codes.get(row)),
        ColumnData::Number(values) => match values.get(row) {
            value if value.is_nan() => 0,
            // One more than the bits, so that the number 0 is not taken for missing.
            value => value.to_bits().wrapping_add(1),
        },
        ColumnData::Instant(values) => values[row] as u64,
    }
}

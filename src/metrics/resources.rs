//! Who works: events, cases and activities of each resource.

use super::Selection;
use crate::event_log::{Column, ColumnData, Value};
use hashbrown::HashSet;
use std::ops::ControlFlow;

/// Counts of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// Its name.
    pub resource: String,
    /// Events.
    pub events: u64,
    /// Cases.
    pub cases: u64,
    /// Different activities.
    pub activities: u64,
}

/// Number of resources that occur; `None` without a resource column.
pub fn count(selection: &Selection<'_>) -> Option<u64> {
    let column = selection.log.resource_column()?;
    let ColumnData::Text(codes, dictionary) = &column.data else {
        return Some(counts(selection)?.len() as u64);
    };
    let mut seen = vec![false; dictionary.len()];
    let (mut n, all) = (0, dictionary.len().saturating_sub(1));
    // Most often all of them are found long before the last case.
    let _ = selection.try_each_case(|case| {
        codes.for_each_in(rows(selection, column, case), |code| {
            let new = !std::mem::replace(&mut seen[code as usize], true);
            n += usize::from(new && code > 0);
        });
        if n == all {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    Some(n as u64)
}

/// The column's rows that belong to a case.
fn rows(selection: &Selection<'_>, column: &Column, case: usize) -> std::ops::Range<usize> {
    match column.level {
        crate::event_log::Level::Case => case..case + 1,
        crate::event_log::Level::Event => selection.log.events_of(case),
    }
}

/// Counts of every resource that occurs; `None` without a resource column.
pub fn counts(selection: &Selection<'_>) -> Option<Vec<Counts>> {
    let log = selection.log;
    let column = log.resource_column()?;
    let (codes, names) = dense_codes(column);
    let mut all = vec![(0u64, 0u64, 0u64, usize::MAX); names.len()];
    // Pairs that occur: at most one an event, however many names there are on either side.
    let mut seen = HashSet::new();
    for case in selection.each_case() {
        for event in log.events_of(case) {
            let code = codes(column.row(case, event));
            let Some(code) = code else { continue };
            let (events, cases, activities, last) = &mut all[code];
            *events += 1;
            *cases += u64::from(*last != case);
            *last = case;
            *activities += u64::from(seen.insert((code as u32, log.activity.get(event))));
        }
    }
    let counts = names
        .into_iter()
        .zip(all)
        .filter(|(_, counts)| counts.0 > 0);
    Some(
        counts
            .map(|(resource, (events, cases, activities, _))| Counts {
                resource,
                events,
                cases,
                activities,
            })
            .collect(),
    )
}

/// A code for each row of any column (`None` where missing), and the names of the codes. A column
/// of numbers or instants is coded by its distinct values.
#[allow(clippy::type_complexity, reason = "used once, right above")]
fn dense_codes(column: &Column) -> (Box<dyn Fn(usize) -> Option<usize> + '_>, Vec<String>) {
    if let ColumnData::Text(codes, dictionary) = &column.data {
        let names = dictionary.iter().skip(1).map(String::from).collect();
        return (
            Box::new(|row| (codes.get(row) as usize).checked_sub(1)),
            names,
        );
    }
    let n_rows = match &column.data {
        ColumnData::Text(codes, _) => codes.len(),
        ColumnData::Number(values) => values.len(),
        ColumnData::Instant(values) => values.len(),
    };
    let mut names = Vec::new();
    let mut numbers = hashbrown::HashMap::new();
    let codes: Vec<Option<usize>> = (0..n_rows)
        .map(|row| {
            let (key, name) = match column.value(row) {
                Value::Number(v) => (v.to_bits(), v.to_string()),
                Value::Instant(v) => (v as u64, v.to_string()),
                _ => return None,
            };
            Some(*numbers.entry(key).or_insert_with(|| {
                names.push(name);
                names.len() - 1
            }))
        })
        .collect();
    (Box::new(move |row| codes[row]), names)
}

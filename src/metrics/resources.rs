//! Who works: events, cases and activities of each resource.

use super::Selection;
use crate::event_log::{Codes, Column, ColumnData, Value};
use hashbrown::HashSet;
use rayon::prelude::*;
use std::ops::{ControlFlow, Range};

/// Counts of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// Name of the resource.
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
    // Code 0 is a missing value.
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
    let n_activities = log.activities.len();
    let none = || Work {
        resources: vec![(0, 0); names.len()],
        pairs: Pairs::new(names.len(), n_activities),
    };
    let piece = |words: Range<usize>| {
        let mut work = none();
        // No case has this number, so that the first one is new.
        let mut last = vec![usize::MAX; names.len()];
        let _ = selection.try_each_of(words, |case| {
            for event in log.events_of(case) {
                let Some(code) = codes.get(column.row(case, event)) else {
                    continue;
                };
                let (events, cases) = &mut work.resources[code];
                *events += 1;
                *cases += u64::from(last[code] != case);
                last[code] = case;
                work.pairs.insert(code, log.activity.get(event) as usize);
            }
            ControlFlow::Continue(())
        });
        work
    };
    let all = selection.pieces().map(piece).reduce(none, |mut a, b| {
        let pairs = a.resources.iter_mut().zip(b.resources);
        pairs.for_each(|(a, b)| *a = (a.0 + b.0, a.1 + b.1));
        a.pairs.add(b.pairs);
        a
    });
    let mut activities = vec![0; names.len()];
    all.pairs.for_each_first(|code| activities[code] += 1);
    let counts = names.into_iter().zip(all.resources).zip(activities);
    let counts = counts.filter(|((_, (events, _)), _)| *events > 0);
    Some(
        counts
            .map(|((resource, (events, cases)), activities)| Counts {
                resource,
                events,
                cases,
                activities,
            })
            .collect(),
    )
}

/// Counts of a part of the cases.
struct Work {
    /// Events and cases by code.
    resources: Vec<(u64, u64)>,
    pairs: Pairs,
}

/// Pairs of a resource and an activity that occur.
enum Pairs {
    /// A bit for each that is possible, and the number of activities.
    Bits(Vec<u64>, usize),
    /// Those that occur, where that would be too many bits: at most one an event.
    Few(HashSet<(usize, usize)>),
}

/// Bits that cost less than looking pairs up: 1 MB.
const MOST_BITS: usize = 1 << 23;

impl Pairs {
    fn new(n_resources: usize, n_activities: usize) -> Self {
        match n_resources.checked_mul(n_activities) {
            Some(bits @ ..MOST_BITS) => Pairs::Bits(vec![0; bits.div_ceil(64)], n_activities),
            _ => Pairs::Few(HashSet::new()),
        }
    }

    #[inline]
    fn insert(&mut self, resource: usize, activity: usize) {
        match self {
            Pairs::Bits(words, n) => {
                let bit = resource * *n + activity;
                words[bit / 64] |= 1 << (bit % 64);
            }
            Pairs::Few(pairs) => {
                pairs.insert((resource, activity));
            }
        }
    }

    fn add(&mut self, more: Pairs) {
        match (self, more) {
            (Pairs::Bits(all, _), Pairs::Bits(more, _)) => {
                all.iter_mut().zip(more).for_each(|(a, b)| *a |= b);
            }
            (Pairs::Few(all), Pairs::Few(more)) => all.extend(more),
            _ => unreachable!("all pieces are of one log"),
        }
    }

    /// Calls `f` with the resource of each pair.
    fn for_each_first(&self, mut f: impl FnMut(usize)) {
        match self {
            Pairs::Bits(words, n) => {
                let bits =
                    (0..words.len() * 64).filter(|bit| words[bit / 64] >> (bit % 64) & 1 != 0);
                bits.for_each(|bit| f(bit / n));
            }
            Pairs::Few(pairs) => pairs.iter().for_each(|&(resource, _)| f(resource)),
        }
    }
}

/// The codes of a column's rows, from 0.
pub(super) enum RowCodes<'a> {
    /// Those of a dictionary, in which 0 is a missing value.
    Texts(&'a Codes),
    /// Position of the value of each row among the distinct values; `None` where missing.
    Values(Vec<Option<usize>>),
}

impl RowCodes<'_> {
    /// That of a row.
    #[inline]
    pub fn get(&self, row: usize) -> Option<usize> {
        match self {
            RowCodes::Texts(codes) => (codes.get(row) as usize).checked_sub(1),
            RowCodes::Values(codes) => codes[row],
        }
    }
}

/// A code for each row of any column (`None` where missing), and the names of the codes. A column
/// of numbers or instants is coded by its distinct values.
pub(super) fn dense_codes(column: &Column) -> (RowCodes<'_>, Vec<String>) {
    if let ColumnData::Text(codes, dictionary) = &column.data {
        let names = dictionary.iter().skip(1).map(String::from).collect();
        return (RowCodes::Texts(codes), names);
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
    (RowCodes::Values(codes), names)
}

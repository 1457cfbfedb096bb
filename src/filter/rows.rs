//! Evaluates tests of events: to the cases that have such an event, or to the events themselves.
//! What depends on a dictionary is decided once an entry; the rest is one pass over a column.

use super::field::EventTest;
use super::value::{Order, Test, TextTest};
use crate::event_log::{ColumnData, Dictionary, EventLog, Level, NO_INSTANT, with_codes};
use crate::index::CaseSet;
use rayon::prelude::*;

/// The cases that have an event which passes.
pub(super) fn cases(test: &EventTest, log: &EventLog) -> CaseSet {
    scan(test, log, &AnyEvent(log))
}

/// The events that pass (with `negated`: that do not), ascending.
pub(super) fn rows(test: &EventTest, negated: bool, log: &EventLog) -> Vec<u32> {
    scan(test, log, &Events { log, negated })
}

/// The events whose timestamp is inside `from..to`, ascending.
pub(super) fn rows_in(from: i64, to: i64, log: &EventLog) -> Vec<u32> {
    let events = Events {
        log,
        negated: false,
    };
    events.of_rows(Level::Event, |row| (from..to).contains(&log.time[row]))
}

/// What is made of a test of rows. The test is a type of its own for each kind of column, so that
/// the loop over the rows has no branch for it.
trait Scan {
    type Out;
    /// `level` says whether a row is a case or an event.
    fn of_rows(&self, level: Level, passes: impl Fn(usize) -> bool + Sync) -> Self::Out;
}

struct AnyEvent<'a>(&'a EventLog);

impl Scan for AnyEvent<'_> {
    type Out = CaseSet;

    fn of_rows(&self, level: Level, passes: impl Fn(usize) -> bool + Sync) -> CaseSet {
        let n_cases = self.0.n_cases();
        match level {
            Level::Case => CaseSet::from_fn(n_cases, passes),
            Level::Event => CaseSet::from_fn(n_cases, |case| self.0.events_of(case).any(&passes)),
        }
    }
}

struct Events<'a> {
    log: &'a EventLog,
    negated: bool,
}

impl Scan for Events<'_> {
    type Out = Vec<u32>;

    fn of_rows(&self, level: Level, passes: impl Fn(usize) -> bool + Sync) -> Vec<u32> {
        let log = self.log;
        let kept = |row: usize| passes(row) != self.negated;
        match level {
            Level::Case => {
                let cases = CaseSet::from_fn(log.n_cases(), kept);
                let events = |case| log.events_of(case).map(|event| event as u32);
                cases.iter().flat_map(events).collect()
            }
            Level::Event => {
                let all = (0..log.n_events() as u32).into_par_iter();
                all.filter(|&event| kept(event as usize)).collect()
            }
        }
    }
}

fn scan<S: Scan>(test: &EventTest, log: &EventLog, with: &S) -> S::Out {
    match test {
        EventTest::Case(test) => with.of_rows(Level::Case, |case| {
            test.holds(log.case_ids.get(case as u32))
        }),
        EventTest::Activity(passes) => with_codes!(&log.activity, codes => {
            with.of_rows(Level::Event, |event| passes[codes[event] as usize])
        }),
        EventTest::Time(test) => with.of_rows(Level::Event, |event| test.holds(log.time[event])),
        EventTest::Start(test) => {
            let start = log.start.as_deref().unwrap_or_default();
            with.of_rows(Level::Event, |event| {
                start.get(event).is_some_and(|&t| holds_at(test, t))
            })
        }
        EventTest::Text(column, test) => {
            let column = &log.columns[*column];
            let ColumnData::Text(codes, dictionary) = &column.data else {
                return with.of_rows(Level::Case, |_| false);
            };
            let passes = entries(test, dictionary);
            with_codes!(codes, codes => {
                with.of_rows(column.level, |row| passes[codes[row] as usize])
            })
        }
        EventTest::Number(column, test) => {
            let column = &log.columns[*column];
            let ColumnData::Number(values) = &column.data else {
                return with.of_rows(Level::Case, |_| false);
            };
            with.of_rows(column.level, |row| test.holds(values[row]))
        }
        EventTest::Instant(column, test) => {
            let column = &log.columns[*column];
            let ColumnData::Instant(values) = &column.data else {
                return with.of_rows(Level::Case, |_| false);
            };
            with.of_rows(column.level, |row| holds_at(test, values[row]))
        }
    }
}

#[inline]
fn holds_at(test: &Test<i64>, instant: i64) -> bool {
    instant != NO_INSTANT && test.holds(instant)
}

/// Which entries of a column's dictionary pass; entry 0 is the missing value.
fn entries(test: &TextTest, dictionary: &Dictionary) -> Vec<bool> {
    let codes = (0..dictionary.len() as u32)
        .into_par_iter()
        .with_min_len(1024);
    codes
        .map(|code| code != 0 && test.holds(dictionary.get(code)))
        .collect()
}

/// The cases with an event before or after an instant, where the events of a case stand in the
/// order of time: their first or last one decides.
pub(super) fn cases_by_ends(test: &Test<i64>, log: &EventLog) -> Option<CaseSet> {
    let Test::Order(order, _) = test else {
        return None;
    };
    if log.has_instances() {
        return None;
    }
    let first = matches!(order, Order::Less | Order::LessEqual);
    Some(CaseSet::from_fn(log.n_cases(), |case| {
        let events = log.events_of(case);
        let event = if first { events.start } else { events.end - 1 };
        test.holds(log.time[event])
    }))
}

//! Evaluates tests of events: to the cases that have such an event, or to the events themselves.
//! What depends on a dictionary is decided once an entry; the rest is one pass over a column.

use super::ast::Anchor;
use super::field::{ColumnTest, EventTest, Source};
use super::value::{Bounded, InstantTest, NumberTest, Test, TextTest};
use crate::event_log::{
    Codes, ColumnData, Dictionary, EventLog, Level, NO_INSTANT, with_codes, with_numbers,
};
use crate::index::{CaseSet, bits};
use rayon::prelude::*;

/// The cases that have an event which passes.
pub(super) fn cases(test: &EventTest, log: &EventLog) -> CaseSet {
    CaseSet::from_words(scan(test, log, &AnyEvent(log)), log.n_cases())
}

/// A bit an event: whether it passes.
pub(super) fn events(test: &EventTest, log: &EventLog) -> Vec<u64> {
    scan(test, log, &EachEvent(log))
}

/// An end of a part of a case: the first or last event of an activity, by its code.
#[derive(Debug, Clone, Copy)]
pub struct PartEnd {
    /// Which of its events.
    pub at: Anchor,
    /// Code of the activity.
    pub activity: u32,
}

/// A condition on events.
#[derive(Debug, Clone)]
pub enum Condition {
    /// The event passes; with `negated` it does not.
    Test {
        /// The test.
        test: EventTest,
        /// True if it must not hold.
        negated: bool,
    },
    /// The timestamp is in the instants `from..to`.
    Time {
        /// First instant.
        from: i64,
        /// First instant after them.
        to: i64,
    },
    /// The event is in the part of its case from one event of an activity to another one.
    Between {
        /// First event.
        from: PartEnd,
        /// Last event.
        to: PartEnd,
    },
}

impl Condition {
    /// A bit an event: whether it meets the condition.
    pub fn events(&self, log: &EventLog) -> Vec<u64> {
        match self {
            Condition::Test { test, negated } => {
                let mut words = events(test, log);
                if *negated {
                    invert(&mut words, log.n_events());
                }
                words
            }
            &Condition::Time { from, to } => bits::of_values(&log.time, |t| from <= t && t < to),
            &Condition::Between { from, to } => {
                with_codes!(&log.activity, codes => between(log, codes, from, to))
            }
        }
    }
}

/// A bit an event: whether it is in the part of its case from the first or last event of an activity to
/// the first or last one of another that is not before it.
fn between<C>(log: &EventLog, codes: &[C], from: PartEnd, to: PartEnd) -> Vec<u64>
where
    C: TryFrom<u32> + PartialEq + Copy,
{
    let mut words = vec![0u64; log.n_events().div_ceil(64)];
    // A code that is too wide for the column occurs in no row.
    let (Ok(first), Ok(last)) = (C::try_from(from.activity), C::try_from(to.activity)) else {
        return words;
    };
    let find = |mut rows: std::ops::Range<usize>, anchor, code: C| match anchor {
        Anchor::Starts => rows.find(|&row| codes[row] == code),
        Anchor::Ends => rows.rfind(|&row| codes[row] == code),
    };
    for case in 0..log.n_cases() {
        let rows = log.events_of(case);
        let Some(begin) = find(rows.clone(), from.at, first) else {
            continue;
        };
        let Some(end) = find(begin..rows.end, to.at, last) else {
            continue;
        };
        for row in begin..=end {
            words[row / 64] |= 1 << (row % 64);
        }
    }
    words
}

/// The cases with an event that meets all of the conditions.
pub(super) fn cases_of_one(conditions: &[Condition], log: &EventLog) -> CaseSet {
    let each = conditions.iter().map(|condition| condition.events(log));
    let all = each.reduce(|mut all, other| {
        for (word, other) in all.iter_mut().zip(other) {
            *word &= other;
        }
        all
    });
    let meeting = bits::of_spans(&log.case_offsets, &all.unwrap_or_default());
    CaseSet::from_words(meeting, log.n_cases())
}

/// The cases whose first or last event passes.
pub(super) fn cases_at(anchor: Anchor, test: &EventTest, log: &EventLog) -> CaseSet {
    CaseSet::from_words(scan(test, log, &EventAt(log, anchor)), log.n_cases())
}

fn invert(words: &mut [u64], n: usize) {
    for word in words.iter_mut() {
        *word = !*word;
    }
    // Bits beyond the last event stay 0: they would be events that there are not.
    if let (Some(last), rest @ 1..) = (words.last_mut(), n % 64) {
        *last &= (1 << rest) - 1;
    }
}

/// Builds tests of rows, with bits as their result. A test is a type of its own for each kind of
/// column and of comparison, so that the loop over the rows has no branch for them.
trait Scan {
    /// Tests every case.
    fn of_cases(&self, cases: Vec<u64>) -> Vec<u64>;
    /// Tests every event.
    fn of_events<T: Copy + Sync>(
        &self,
        events: &[T],
        passes: impl Fn(T) -> bool + Sync,
    ) -> Vec<u64>;

    /// Tests every row.
    fn of_rows<T: Copy + Sync>(
        &self,
        level: Level,
        rows: &[T],
        passes: impl Fn(T) -> bool + Sync,
    ) -> Vec<u64> {
        match level {
            Level::Case => self.of_cases(bits::of_values(rows, passes)),
            Level::Event => self.of_events(rows, passes),
        }
    }

    /// Tests numbers or instants.
    fn of_test<T: PartialOrd + Copy + Sync>(
        &self,
        level: Level,
        rows: &[T],
        test: &Test<T>,
    ) -> Vec<u64> {
        match *test {
            // Bounds in the closure and not behind a reference, so that the loop becomes vector
            // instructions.
            Test::Between(low, high) => self.of_rows(level, rows, |v| low <= v && v <= high),
            Test::OneOf(_) => self.of_rows(level, rows, |v| test.holds(v)),
        }
    }

    /// Tests that a code is this one, in the width of the codes.
    fn of_code<C>(&self, level: Level, codes: &[C], only: u32) -> Vec<u64>
    where
        C: TryFrom<u32> + PartialEq + Copy + Sync,
    {
        // A code that is too wide for the column occurs in no row.
        match C::try_from(only) {
            Ok(only) => self.of_rows(level, codes, |c| c == only),
            Err(_) => self.of_rows(level, codes, |_| false),
        }
    }

    /// Tests codes: `passes` has an entry for each.
    fn of_codes(&self, level: Level, codes: &Codes, passes: &[bool]) -> Vec<u64> {
        let mut passing = (0..).zip(passes).filter(|(_, passes)| **passes);
        // One code that passes, the usual case, is compared without a look into the table.
        let (first, second) = (passing.next(), passing.next());
        with_codes!(codes, codes => match (first, second) {
            (None, _) => self.of_rows(level, codes, |_| false),
            (Some((only, _)), None) => self.of_code(level, codes, only),
            _ => self.of_rows(level, codes, |c| passes[c as usize]),
        })
    }
}

/// A bit a case: whether some event of it passes.
struct AnyEvent<'a>(&'a EventLog);

impl Scan for AnyEvent<'_> {
    fn of_cases(&self, cases: Vec<u64>) -> Vec<u64> {
        cases
    }

    fn of_events<T: Copy + Sync>(
        &self,
        events: &[T],
        passes: impl Fn(T) -> bool + Sync,
    ) -> Vec<u64> {
        bits::of_segments(&self.0.case_offsets, events, passes)
    }
}

/// A bit a case: whether its first or last event passes.
struct EventAt<'a>(&'a EventLog, Anchor);

impl Scan for EventAt<'_> {
    fn of_cases(&self, cases: Vec<u64>) -> Vec<u64> {
        cases
    }

    fn of_events<T: Copy + Sync>(
        &self,
        events: &[T],
        passes: impl Fn(T) -> bool + Sync,
    ) -> Vec<u64> {
        bits::of_range(self.0.n_cases(), |case| {
            let rows = self.0.events_of(case);
            passes(match self.1 {
                Anchor::Starts => events[rows.start],
                Anchor::Ends => events[rows.end - 1],
            })
        })
    }
}

/// A bit an event: whether it passes.
struct EachEvent<'a>(&'a EventLog);

impl Scan for EachEvent<'_> {
    fn of_cases(&self, cases: Vec<u64>) -> Vec<u64> {
        let mut words = vec![0u64; self.0.n_events().div_ceil(64)];
        for case in bits::places(&cases) {
            for event in self.0.events_of(case as usize) {
                words[event / 64] |= 1 << (event % 64);
            }
        }
        words
    }

    fn of_events<T: Copy + Sync>(
        &self,
        events: &[T],
        passes: impl Fn(T) -> bool + Sync,
    ) -> Vec<u64> {
        bits::of_values(events, passes)
    }
}

fn scan<S: Scan>(test: &EventTest, log: &EventLog, with: &S) -> Vec<u64> {
    match test {
        EventTest::Case(test) => with.of_cases(bits::of_range(log.n_cases(), |case| {
            test.holds(log.case_ids.get(case as u32))
        })),
        EventTest::Activity(passes) => with.of_codes(Level::Event, &log.activity, passes),
        EventTest::Time(test) => instants(test, Level::Event, &log.time, with),
        EventTest::Start(test) => {
            let start = log.start.as_deref().unwrap_or_default();
            instants(test, Level::Event, start, with)
        }
        EventTest::CaseTime(i, test) => with.of_test(Level::Case, &log.case_times[*i].values, test),
        EventTest::Missing(source) => missing(*source, log, with),
        EventTest::Column(column, test) => {
            let column = &log.columns[*column];
            match (&column.data, test) {
                (ColumnData::Text(codes, dictionary), ColumnTest::Text(test)) => {
                    with.of_codes(column.level, codes, &entries(test, dictionary))
                }
                (ColumnData::Number(numbers), ColumnTest::Number(test)) => {
                    with_numbers!(numbers, (rows, value) => match test {
                        NumberTest::Test(Test::Between(low, high)) => {
                            let (low, high) = (*low, *high);
                            with.of_rows(column.level, rows, |v| low <= value(v) && value(v) <= high)
                        }
                        test => with.of_rows(column.level, rows, |v| test.holds(value(v))),
                    })
                }
                (ColumnData::Instant(values), ColumnTest::Instant(test)) => {
                    instants(test, column.level, values, with)
                }
                // A test of another log: it was bound to a column of the same kind.
                _ => with.of_cases(vec![0; log.n_cases().div_ceil(64)]),
            }
        }
    }
}

fn instants<S: Scan>(test: &InstantTest, level: Level, rows: &[i64], with: &S) -> Vec<u64> {
    match test {
        InstantTest::Test(test) => with.of_test(level, rows, test),
        InstantTest::Matches(_) => with.of_rows(level, rows, |micros| test.holds(micros)),
    }
}

/// The rows without a value.
fn missing<S: Scan>(source: Source, log: &EventLog, with: &S) -> Vec<u64> {
    match (source, &log.start) {
        (Source::Start, Some(start)) => with.of_events(start, |v| v == NO_INSTANT),
        (Source::CaseTime(i), _) => {
            with.of_rows(Level::Case, &log.case_times[i].values, |v| v == NO_INSTANT)
        }
        (Source::Column(i), _) => {
            let column = &log.columns[i];
            match &column.data {
                ColumnData::Text(codes, _) => {
                    with_codes!(codes, codes => with.of_code(column.level, codes, 0))
                }
                ColumnData::Number(numbers) => with_numbers!(numbers, (rows, value) =>
                    with.of_rows(column.level, rows, |v| value(v).is_nan())),
                ColumnData::Instant(values) => {
                    with.of_rows(column.level, values, |v| v == NO_INSTANT)
                }
            }
        }
        _ => with.of_cases(vec![0; log.n_cases().div_ceil(64)]),
    }
}

/// Which entries of a column's dictionary pass; entry 0 is the missing value.
fn entries(test: &TextTest, dictionary: &Dictionary) -> Vec<bool> {
    let codes = (0..dictionary.len() as u32).into_par_iter();
    let passes = |code| code != 0 && test.holds(dictionary.get(code));
    // A regex may be slow, but short dictionaries are not worth several threads.
    codes.with_min_len(1024).map(passes).collect()
}

/// The cases with an event before or after an instant, where the events of a case stand in the
/// order of time: their first or last one decides.
pub(super) fn cases_by_ends(test: &Test<i64>, log: &EventLog) -> Option<CaseSet> {
    let ends = |holds: &(dyn Fn(i64, i64) -> bool + Sync)| {
        CaseSet::from_fn(log.n_cases(), |case| {
            let events = log.events_of(case);
            holds(log.time[events.start], log.time[events.end - 1])
        })
    };
    match *test {
        _ if log.has_instances() => None,
        // The first event is the earliest, so that it decides whether any is early enough.
        Test::Between(i64::LEAST, high) => Some(ends(&|first, _| first <= high)),
        Test::Between(low, i64::GREATEST) => Some(ends(&|_, last| low <= last)),
        _ => None,
    }
}

//! Groups of cases by name: the column, or the property of cases, that forms them, bound to a log;
//! and for each group its value as a text.

use super::prepared::Prepared;
use super::view::AskError;
use crate::event_log::{ColumnData, Dictionary, EventLog, Level, NO_INSTANT, Role, WallClock};
use crate::filter::{Anchor, DurationLiteral, TimeLiteral};
use crate::metrics::Selection;
use crate::metrics::groups::{CodesOf, Key};
use crate::text::did_you_mean;
use crate::text::steps::Step;
use crate::text::time::{WEEKDAYS, writable};
use chrono_tz::Tz;
use std::cmp::Ordering;
use std::ops::Range;

/// Numbers of a column up to which each is a value of its own; more are put into ranges.
const MOST_NUMBERS: usize = 32;

/// Ranges that numbers, instants and durations are put into, of about as many values each.
const RANGES: usize = 4;

/// Words that are no columns.
const WORDS: [(&str, GroupBy); 6] = [
    ("variant", GroupBy::Variant),
    ("first", GroupBy::Activity(Anchor::Starts)),
    ("last", GroupBy::Activity(Anchor::Ends)),
    ("start.weekday", GroupBy::Weekday),
    ("start.hour", GroupBy::Hour),
    ("start.month", GroupBy::Month),
];

/// A property that groups cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupBy {
    /// Values of a column: a case is in the group of each value that one of its events has.
    Column(String),
    /// Value of a column at the first or last event.
    At(Anchor, String),
    /// First or last activity.
    Activity(Anchor),
    /// Rank of the variant in the whole log.
    Variant,
    /// Weekday of the start.
    Weekday,
    /// Hour of the day of the start.
    Hour,
    /// Month of the start.
    Month,
}

impl GroupBy {
    /// Reads a property as `--by` names it: `variant`, `first`, `last`, `start.weekday`, `start.hour`,
    /// `start.month`, `first(COLUMN)`, `last(COLUMN)` or a column. In backticks every name is a column.
    pub fn parse(text: &str) -> GroupBy {
        let text = text.trim();
        for (word, anchor) in [("first", Anchor::Starts), ("last", Anchor::Ends)] {
            let rest = text.strip_prefix(word).and_then(|r| r.strip_prefix('('));
            if let Some(column) = rest.and_then(|rest| rest.strip_suffix(')')) {
                return GroupBy::At(anchor, unquoted(column.trim()));
            }
        }
        let word = WORDS.into_iter().find(|(word, _)| *word == text);
        word.map_or_else(|| GroupBy::Column(unquoted(text)), |(_, by)| by)
    }

    /// The property that gives each case one value: of a column, the value at the first event.
    #[must_use]
    pub fn single(self) -> GroupBy {
        match self {
            GroupBy::Column(column) => GroupBy::At(Anchor::Starts, column),
            by => by,
        }
    }

    /// Looks up the property in a log. Numbers, instants and durations are put into ranges of the
    /// values that the selected cases have.
    ///
    /// # Errors
    /// The log has no such column.
    pub fn bind<'a>(
        &self,
        prepared: &'a Prepared,
        selection: &Selection<'_>,
        tz: Tz,
    ) -> Result<Bound<'a>, AskError> {
        let (log, index) = (&prepared.log, &prepared.index);
        let span = prepared.span().unwrap_or((0, 0));
        let start = move |case: usize| index.case_start[case];
        let (values, codes): (Values<'a>, Box<CodesOf<'a>>) = match self {
            GroupBy::Column(name) => column(name, None, prepared, selection)?,
            GroupBy::At(anchor, name) => column(name, Some(*anchor), prepared, selection)?,
            GroupBy::Activity(anchor) => {
                let anchor = *anchor;
                let code = move |case| 1 + log.activity.get(event_at(log, anchor, case));
                (Values::Names(&log.activities), one(code))
            }
            GroupBy::Variant => {
                let ranks = Values::Ranks(index.variants.len());
                (ranks, one(move |case| 1 + index.case_variant[case]))
            }
            GroupBy::Weekday | GroupBy::Hour => {
                let clock = WallClock::over(tz, span.0, span.1);
                let by_day = *self == GroupBy::Weekday;
                let code = move |case| {
                    // A place of its own each time, as threads share the closure.
                    let (day, hour) = clock.weekday_and_hour(start(case), &mut 0);
                    1 + if by_day { day } else { hour } as u32
                };
                let values = if by_day {
                    Values::Weekdays
                } else {
                    Values::Hours
                };
                (values, one(code))
            }
            GroupBy::Month => {
                let bounds = Step::Months(1).bounds(span.0, span.1, usize::MAX, tz);
                let bounds = bounds.unwrap_or_else(|| vec![span.0]);
                let of = bounds.clone();
                let code = move |case| of.partition_point(|&bound| bound <= start(case)) as u32;
                (Values::Months(bounds, tz), one(code))
            }
        };
        Ok(Bound { values, codes })
    }
}

/// A name without the backticks around it.
fn unquoted(name: &str) -> String {
    let inner = name.strip_prefix('`').and_then(|n| n.strip_suffix('`'));
    inner.map_or_else(|| name.to_owned(), |inner| inner.replace("``", "`"))
}

/// The first or last event of a case.
fn event_at(log: &EventLog, anchor: Anchor, case: usize) -> usize {
    let events = log.events_of(case);
    match anchor {
        Anchor::Starts => events.start,
        Anchor::Ends => events.end - 1,
    }
}

fn one<'a>(code: impl Fn(usize) -> u32 + Sync + 'a) -> Box<CodesOf<'a>> {
    Box::new(move |case, codes| codes.push(code(case)))
}

/// A property bound to a log.
pub struct Bound<'a> {
    values: Values<'a>,
    codes: Box<CodesOf<'a>>,
}

/// Meaning of the codes of a key: code 0 is no value.
enum Values<'a> {
    /// Texts by code.
    Texts(&'a Dictionary),
    /// Activities, from code 1 on.
    Names(&'a Dictionary),
    /// Numbers, ascending, from code 1 on.
    Numbers(Vec<f64>),
    /// Ranges of numbers from each bound to the next; the last bound is in the last range.
    Ranges(Vec<f64>),
    /// Ranges of instants, microseconds.
    Instants(Vec<i64>),
    /// Ranges of durations, microseconds.
    Durations(Vec<i64>),
    /// Number of ranks.
    Ranks(usize),
    Weekdays,
    Hours,
    /// Starts of the months.
    Months(Vec<i64>, Tz),
}

impl Values<'_> {
    fn n_codes(&self) -> usize {
        match self {
            Values::Texts(texts) => texts.len().max(1),
            Values::Names(names) => 1 + names.len(),
            Values::Numbers(numbers) => 1 + numbers.len(),
            Values::Ranges(bounds) => bounds.len().max(1),
            Values::Instants(bounds) | Values::Durations(bounds) => bounds.len().max(1),
            Values::Ranks(n) => 1 + n,
            Values::Weekdays => 8,
            Values::Hours => 25,
            Values::Months(bounds, _) => 1 + bounds.len(),
        }
    }
}

impl Bound<'_> {
    /// The property as a key of groups.
    pub fn key(&self) -> Key<'_> {
        Key {
            n_codes: self.values.n_codes(),
            codes: &*self.codes,
        }
    }

    /// The value with that code as in the log; `None` for no value.
    pub fn value(&self, code: u32) -> Option<String> {
        let at = (code as usize).checked_sub(1)?;
        Some(match &self.values {
            Values::Texts(texts) => texts.get(code).to_owned(),
            Values::Names(names) => names.get(code - 1).to_owned(),
            Values::Numbers(numbers) => numbers[at].to_string(),
            Values::Ranges(bounds) => range(bounds, at, f64::to_string),
            Values::Instants(bounds) => range(bounds, at, |&i| exact(i)),
            Values::Durations(bounds) => range(bounds, at, |&d| DurationLiteral::of(d).text),
            Values::Ranks(_) => code.to_string(),
            Values::Weekdays => WEEKDAYS[at].to_owned(),
            Values::Hours => at.to_string(),
            Values::Months(bounds, tz) => month(bounds[at], *tz),
        })
    }
}

/// A range as a text: `1..5`, the last one `5..=9`.
fn range<T>(bounds: &[T], at: usize, text: impl Fn(&T) -> String) -> String {
    let last = at + 2 == bounds.len();
    let (from, to) = (text(&bounds[at]), text(&bounds[at + 1]));
    format!("{from}..{}{to}", if last { "=" } else { "" })
}

/// The month of an instant: `2024-03`.
fn month(start: i64, tz: Tz) -> String {
    let date = crate::text::time::date(start, tz);
    date[..date.len().min(7)].to_owned()
}

/// An instant as filters write it.
fn exact(micros: i64) -> String {
    TimeLiteral::of(writable(micros)).map_or_else(String::new, |time| time.text)
}

/// Values and codes of a column: of the events of a case, or at its first or last event.
fn column<'a>(
    name: &str,
    at: Option<Anchor>,
    prepared: &'a Prepared,
    selection: &Selection<'_>,
) -> Result<(Values<'a>, Box<CodesOf<'a>>), AskError> {
    let log = &prepared.log;
    if let Some(time) = log.case_times.iter().find(|time| time.name == name) {
        let rows = Rows::Cases;
        let bounds = ranges(rows.values(log, selection, |row| known(time.values[row])));
        let of = bounds.clone();
        let code = move |row| known(time.values[row]).map_or(0, |value| range_of(&of, &value));
        return Ok((Values::Durations(bounds), rows.codes(log, code)));
    }
    let is = |role: Role| name == role.name() || log.roles[role] == [name];
    let column = log
        .column(name)
        .or_else(|| log.resource_column().filter(|_| is(Role::Resource)));
    let Some(column) = column else {
        if is(Role::Activity) {
            let codes = Rows::of(Level::Event, at).codes(log, |row| 1 + log.activity.get(row));
            return Ok((Values::Names(&log.activities), codes));
        }
        return Err(no_column(name, log));
    };
    let rows = Rows::of(column.level, at);
    Ok(match &column.data {
        ColumnData::Text(codes, texts) => {
            let codes = rows.codes(log, |row| codes.get(row));
            (Values::Texts(texts), codes)
        }
        ColumnData::Number(numbers) => {
            // The sum makes one number of 0 and -0.
            let number = |row| Some(numbers.get(row) + 0.0).filter(|number| !number.is_nan());
            let values = rows.values(log, selection, |row| number(row).map(Ordered));
            if let Some(few) = few(&values) {
                let of = few.clone();
                let find = move |value| of.binary_search(&value).map_or(0, |at| 1 + at as u32);
                let code = move |row| number(row).map_or(0, |number| find(Ordered(number)));
                let numbers = few.into_iter().map(|number| number.0).collect();
                (Values::Numbers(numbers), rows.codes(log, code))
            } else {
                let bounds = ranges(values);
                let of = bounds.clone();
                let code = move |row| number(row).map_or(0, |n| range_of(&of, &Ordered(n)));
                let bounds = bounds.into_iter().map(|number| number.0).collect();
                (Values::Ranges(bounds), rows.codes(log, code))
            }
        }
        ColumnData::Instant(instants) => {
            let bounds = ranges(rows.values(log, selection, |row| known(instants[row])));
            let of = bounds.clone();
            let code = move |row| known(instants[row]).map_or(0, |value| range_of(&of, &value));
            (Values::Instants(bounds), rows.codes(log, code))
        }
    })
}

/// A number in the order of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ordered(f64);

impl Eq for Ordered {}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> Ordering {
        // NaN was left out as a missing value, so that the order is total in the usual sense.
        self.0.total_cmp(&other.0)
    }
}

fn known(micros: i64) -> Option<i64> {
    (micros != NO_INSTANT).then_some(micros)
}

/// The rows of a column that are of a case.
#[derive(Debug, Clone, Copy)]
enum Rows {
    /// That of the case.
    Cases,
    /// Those of its events.
    Events,
    /// That of one of its events.
    At(Anchor),
}

impl Rows {
    fn of(level: Level, at: Option<Anchor>) -> Rows {
        match (level, at) {
            (Level::Case, _) => Rows::Cases,
            (Level::Event, None) => Rows::Events,
            (Level::Event, Some(anchor)) => Rows::At(anchor),
        }
    }

    fn range(self, log: &EventLog, case: usize) -> Range<usize> {
        let row = match self {
            Rows::Cases => case,
            Rows::Events => return log.events_of(case),
            Rows::At(anchor) => event_at(log, anchor, case),
        };
        row..row + 1
    }

    /// The values of the selected cases.
    fn values<T>(
        self,
        log: &EventLog,
        selection: &Selection<'_>,
        value: impl Fn(usize) -> Option<T>,
    ) -> Vec<T> {
        let mut values = Vec::new();
        selection.for_each_case(|case| values.extend(self.range(log, case).filter_map(&value)));
        values
    }

    /// The codes of a case by the code of a row.
    fn codes<'a>(
        self,
        log: &'a EventLog,
        code: impl Fn(usize) -> u32 + Sync + 'a,
    ) -> Box<CodesOf<'a>> {
        Box::new(move |case, codes| {
            let rows = self.range(log, case);
            // Most columns have one value a case: nothing is sorted.
            if rows.len() == 1 {
                codes.push(code(rows.start));
                return;
            }
            for row in rows {
                let code = code(row);
                // Neighbors are often equal, and need not be kept to be dropped later.
                if code != 0 && codes.last() != Some(&code) {
                    codes.push(code);
                }
            }
            codes.sort_unstable();
            codes.dedup();
            if codes.is_empty() {
                codes.push(0);
            }
        })
    }
}

/// The distinct values, ascending, if they are few.
fn few(values: &[Ordered]) -> Option<Vec<Ordered>> {
    let mut few = Vec::new();
    for value in values {
        // At most a few numbers are kept, so that inserting costs next to nothing.
        if let Err(at) = few.binary_search(value) {
            if few.len() == MOST_NUMBERS {
                return None;
            }
            few.insert(at, *value);
        }
    }
    Some(few)
}

/// Bounds of ranges with about as many values each: smallest value, quartiles, largest value. Two at
/// least where there is a value; fewer ranges where many values are equal.
fn ranges<T: Ord + Copy + Send>(mut values: Vec<T>) -> Vec<T> {
    let (Some(&least), Some(&most)) = (values.iter().min(), values.iter().max()) else {
        return Vec::new();
    };
    let mut bounds = vec![least];
    for quarter in 1..RANGES {
        let at = values.len() * quarter / RANGES;
        bounds.push(*values.select_nth_unstable(at).1);
    }
    bounds.dedup();
    // Many values may equal the largest one; a range needs two bounds.
    if bounds.len() == 1 || bounds[bounds.len() - 1] != most {
        bounds.push(most);
    }
    bounds
}

/// Code of the range that a value is in.
fn range_of<T: Ord>(bounds: &[T], value: &T) -> u32 {
    let above = bounds.partition_point(|bound| bound <= value);
    above.min(bounds.len() - 1) as u32
}

fn no_column(name: &str, log: &EventLog) -> AskError {
    let columns = log.columns.iter().map(|column| column.name.as_str());
    let times = log.case_times.iter().map(|time| time.name.as_str());
    let words = WORDS.iter().map(|(word, _)| *word);
    let names: Vec<&str> = columns.chain(times).chain(words).collect();
    let hint = did_you_mean(name, names.into_iter(), std::borrow::ToOwned::to_owned);
    AskError::Name(format!("the log has no column {name}{hint}"))
}

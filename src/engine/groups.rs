//! Groups of cases by name: the column, or the property of cases, that forms them, bound to a log;
//! and for each group its value as a text and the filter of its cases.

mod all;
mod of_filter;

use super::factors::MOST_NUMBERS;
use super::prepared::Prepared;
use super::view::AskError;
use crate::event_log::{
    ColumnData, ColumnKind, Dictionary, EventLog, Level, NO_INSTANT, WallClock,
};
use crate::filter::{
    Anchor, Dial, DurationLiteral, Expr, Field, Moment, Op, Relation, Source, TimeLiteral,
    TimeRange, Value, truth,
};
use crate::metrics::Selection;
use crate::metrics::groups::{CodesOf, Key};
use crate::metrics::quantile::quarters;
use crate::text::steps::Step;
use crate::text::time::{WEEKDAYS, writable};
use chrono_tz::Tz;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

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
    Column(Field),
    /// Value of a column at the first or last event.
    At(Anchor, Field),
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
    /// The text of a property is read back as the same one.
    pub fn parse(text: &str) -> GroupBy {
        let text = text.trim();
        for (word, anchor) in [("first", Anchor::Starts), ("last", Anchor::Ends)] {
            let rest = text.strip_prefix(word).and_then(|r| r.strip_prefix('('));
            if let Some(column) = rest.and_then(|rest| rest.strip_suffix(')')) {
                return GroupBy::At(anchor, Field::named(column.trim()));
            }
        }
        let word = WORDS.into_iter().find(|(word, _)| *word == text);
        word.map_or_else(|| GroupBy::Column(Field::named(text)), |(_, by)| by)
    }

    /// The property as a noun: `first activity` for `first`, and the name of a column.
    pub fn in_words(&self) -> String {
        match self {
            GroupBy::Activity(Anchor::Starts) => "first activity".to_owned(),
            GroupBy::Activity(Anchor::Ends) => "last activity".to_owned(),
            GroupBy::Weekday => "weekday of the start".to_owned(),
            GroupBy::Hour => "hour of the start".to_owned(),
            GroupBy::Month => "month of the start".to_owned(),
            by => by.to_string(),
        }
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
            GroupBy::Column(field) => column(field, None, prepared, selection)?,
            GroupBy::At(anchor, field) => column(field, Some(*anchor), prepared, selection)?,
            GroupBy::Activity(anchor) => {
                let anchor = *anchor;
                let code = move |case| 1 + log.activity.get(event_at(log, anchor, case));
                (Values::Names(Cow::Borrowed(&log.activities)), one(code))
            }
            GroupBy::Variant => {
                let ranks = Values::Ranks(index.variants.len());
                (ranks, one(move |case| 1 + index.case_variant[case]))
            }
            GroupBy::Weekday | GroupBy::Hour => {
                let clock = WallClock::over(tz, span.0, span.1);
                let by_day = *self == GroupBy::Weekday;
                let code = move |case| {
                    let (day, hour) = clock.weekday_and_hour(start(case));
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
        Ok(Bound {
            codes,
            meaning: Meaning::new(self.clone(), values),
        })
    }

    fn field(&self) -> Field {
        match self {
            GroupBy::Column(field) => field.clone(),
            GroupBy::At(anchor, field) => Field::At(*anchor, Box::new(field.clone().into())),
            GroupBy::Activity(anchor) => Field::At(*anchor, Box::new(Field::Activity.into())),
            GroupBy::Variant => Field::Variant,
            GroupBy::Weekday => Field::Clock(Anchor::Starts, Dial::Weekday),
            GroupBy::Hour => Field::Clock(Anchor::Starts, Dial::Hour),
            GroupBy::Month => Field::Start,
        }
    }
}

impl fmt::Display for GroupBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = |field: &Field| match field {
            Field::Column(name) if WORDS.iter().any(|(word, _)| word == name) => {
                format!("`{name}`")
            }
            field => field.to_string(),
        };
        match self {
            GroupBy::Column(field) => f.write_str(&column(field)),
            GroupBy::At(Anchor::Starts, field) => write!(f, "first({})", column(field)),
            GroupBy::At(Anchor::Ends, field) => write!(f, "last({})", column(field)),
            by => {
                let word = WORDS.iter().find(|(_, of)| of == by);
                f.write_str(word.map_or("", |(word, _)| word))
            }
        }
    }
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
    codes: Box<CodesOf<'a>>,
    /// Values and filters of its codes.
    pub meaning: Meaning<'a>,
}

/// The codes of a property: the value of each and the filter of its cases.
pub struct Meaning<'a> {
    by: GroupBy,
    values: Values<'a>,
}

/// Values of the codes of a key: code 0 is no value.
pub enum Values<'a> {
    /// Texts by code.
    Texts(Cow<'a, Dictionary>),
    /// Texts by code, of which those that are `true` or `false` in some letter case are one each.
    Truths(Cow<'a, Dictionary>),
    /// Activities or case ids, from code 1 on.
    Names(Cow<'a, Dictionary>),
    /// Numbers, ascending, from code 1 on.
    Numbers(Vec<f64>),
    /// Ranges of numbers, each up to its bound, the last one above all.
    Ranges(Vec<f64>),
    /// Ranges of instants, microseconds.
    Instants(Vec<i64>),
    /// Ranges of durations, microseconds.
    Durations(Vec<i64>),
    /// Number of ranks.
    Ranks(usize),
    /// Days of the week from Monday on.
    Weekdays,
    /// Hours of the day.
    Hours,
    /// Starts of the months.
    Months(Vec<i64>, Tz),
}

impl Values<'_> {
    fn n_codes(&self) -> usize {
        match self {
            Values::Texts(texts) | Values::Truths(texts) => texts.len().max(1),
            Values::Names(names) => 1 + names.len(),
            Values::Numbers(numbers) => 1 + numbers.len(),
            Values::Ranges(bounds) => 2 + bounds.len(),
            Values::Instants(bounds) | Values::Durations(bounds) => 2 + bounds.len(),
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
            n_codes: self.meaning.values.n_codes(),
            codes: &*self.codes,
        }
    }
}

impl<'a> Meaning<'a> {
    /// The codes of a property with these values.
    pub fn new(by: GroupBy, values: Values<'a>) -> Self {
        Meaning { by, values }
    }

    /// The value with that code as in the log; `None` for no value.
    pub fn value(&self, code: u32) -> Option<String> {
        let at = (code as usize).checked_sub(1)?;
        Some(match &self.values {
            Values::Texts(texts) => texts.get(code).to_owned(),
            Values::Truths(texts) => match truth(texts.get(code)) {
                Some(truth) => truth.to_string(),
                None => texts.get(code).to_owned(),
            },
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

    /// The filter of the cases with that code; `None` where the language has none.
    pub fn filter(&self, code: u32) -> Option<Expr> {
        let field = || self.by.field();
        let Some(at) = (code as usize).checked_sub(1) else {
            return Some(self.none());
        };
        let equal = |value: Value| Some(Expr::compare(field(), Op::Equal, value));
        match &self.values {
            Values::Texts(texts) => equal(texts.get(code).into()),
            Values::Truths(texts) => equal(match truth(texts.get(code)) {
                Some(truth) => Value::truth(truth),
                None => texts.get(code).into(),
            }),
            Values::Names(names) => match self.by {
                GroupBy::Activity(Anchor::Starts) => Some(Expr::starts_with(names.get(code - 1))),
                GroupBy::Activity(Anchor::Ends) => Some(Expr::ends_with(names.get(code - 1))),
                _ => equal(names.get(code - 1).into()),
            },
            Values::Numbers(numbers) => equal(Value::number(numbers[at])?),
            Values::Ranges(bounds) => self.between(bounds, at, |&x| Value::number(x)),
            Values::Instants(bounds) => self.between(bounds, at, |&i| instant(i)),
            Values::Durations(bounds) => {
                self.between(bounds, at, |&d| Some(DurationLiteral::of(d).into()))
            }
            Values::Ranks(_) => equal(code.into()),
            Values::Weekdays => equal(Value::weekday(at)),
            Values::Hours => equal((at as u32).into()),
            Values::Months(bounds, tz) => {
                let text = month(bounds[at], *tz);
                let moment = Moment::parse(&text).ok()?;
                let whole = TimeRange::Whole(TimeLiteral { text, moment });
                Some(Expr::period(Relation::Started, whole))
            }
        }
    }

    /// The cases of which no event has a value.
    fn none(&self) -> Expr {
        let field = self.by.field();
        let kind = match (&self.by, &self.values) {
            (GroupBy::Column(_), Values::Texts(_) | Values::Truths(_)) => ColumnKind::Text,
            (GroupBy::Column(_), Values::Numbers(_) | Values::Ranges(_)) => ColumnKind::Number,
            (GroupBy::Column(_), Values::Instants(_)) => ColumnKind::Instant,
            _ => return Expr::missing(field),
        };
        Expr::missing_in_all_events(field, kind)
    }

    /// The cases with a value, of one event, inside of a range.
    fn between<T>(
        &self,
        bounds: &[T],
        at: usize,
        value: impl Fn(&T) -> Option<Value>,
    ) -> Option<Expr> {
        let (low, high) = ends(bounds, at);
        if low.is_none() && high.is_none() {
            // All values are equal.
            return Some(self.none().negate());
        }
        let bound = |of: Option<&T>| of.map(&value);
        let (low, high) = match (bound(low), bound(high)) {
            // A bound that the language cannot write.
            (Some(None), _) | (_, Some(None)) => return None,
            (low, high) => (low.flatten(), high.flatten()),
        };
        let of_events =
            matches!(self.by, GroupBy::Column(_)) && !matches!(self.values, Values::Durations(_));
        Expr::in_range(&self.by.field(), low, high, of_events)
    }
}

/// The bounds of a range: more than the first, at most the second.
fn ends<T>(bounds: &[T], at: usize) -> (Option<&T>, Option<&T>) {
    (
        at.checked_sub(1).and_then(|below| bounds.get(below)),
        bounds.get(at),
    )
}

/// A range as a text: `<= 5`, `> 5 to 9`, `> 9`; `any` for the only one.
fn range<T>(bounds: &[T], at: usize, text: impl Fn(&T) -> String) -> String {
    match ends(bounds, at) {
        (None, None) => "any".to_owned(),
        (None, Some(high)) => format!("<= {}", text(high)),
        (Some(low), None) => format!("> {}", text(low)),
        (Some(low), Some(high)) => format!("> {} to {}", text(low), text(high)),
    }
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

fn instant(micros: i64) -> Option<Value> {
    TimeLiteral::of(writable(micros)).map(Value::from)
}

/// Values and codes of a field: of the events of a case, or at its first or last event.
fn column<'a>(
    field: &Field,
    at: Option<Anchor>,
    prepared: &'a Prepared,
    selection: &Selection<'_>,
) -> Result<(Values<'a>, Box<CodesOf<'a>>), AskError> {
    let log = &prepared.log;
    let source = Source::named(field, log).map_err(AskError::Name)?;
    let instants = |rows: Rows, of: &'a [i64]| {
        let bounds = quarters(rows.values(log, selection, |row| known(of[row])), i64::cmp);
        let cuts = bounds.clone();
        let code = move |row| known(of[row]).map_or(0, |value| range_of(&cuts, &value));
        (bounds, rows.codes(log, code))
    };
    let of_events = |of: &'a [i64]| {
        let (bounds, codes) = instants(Rows::of(Level::Event, at), of);
        (Values::Instants(bounds), codes)
    };
    Ok(match source {
        Source::Case => {
            let codes: Box<CodesOf<'a>> = one(|case| 1 + case as u32);
            (Values::Names(Cow::Borrowed(&log.case_ids)), codes)
        }
        Source::Activity => {
            let codes = Rows::of(Level::Event, at).codes(log, |row| 1 + log.activity.get(row));
            (Values::Names(Cow::Borrowed(&log.activities)), codes)
        }
        Source::Time => of_events(&log.time),
        Source::Start => of_events(log.start.as_deref().unwrap_or(&[])),
        Source::CaseTime(time) => {
            let (bounds, codes) = instants(Rows::Cases, &log.case_times[time].values);
            (Values::Durations(bounds), codes)
        }
        Source::Column(column) => {
            let column = &log.columns[column];
            let rows = Rows::of(column.level, at);
            match &column.data {
                ColumnData::Text(codes, texts) => {
                    if let Some(same) = spellings(texts) {
                        let code = move |row| same[codes.get(row) as usize];
                        (Values::Truths(Cow::Borrowed(texts)), rows.codes(log, code))
                    } else {
                        let codes = rows.codes(log, |row| codes.get(row));
                        (Values::Texts(Cow::Borrowed(texts)), codes)
                    }
                }
                ColumnData::Number(numbers) => {
                    // The sum makes one number of 0 and -0.
                    let number = |row| Some(numbers.get(row) + 0.0).filter(|n| !n.is_nan());
                    numbered(rows, log, selection, number)
                }
                ColumnData::Instant(of) => {
                    let (bounds, codes) = instants(rows, of);
                    (Values::Instants(bounds), codes)
                }
            }
        }
    })
}

/// Values and codes of a column of numbers: each by itself where they are few, else ranges.
fn numbered<'a>(
    rows: Rows,
    log: &'a EventLog,
    selection: &Selection<'_>,
    number: impl Fn(usize) -> Option<f64> + Sync + 'a,
) -> (Values<'a>, Box<CodesOf<'a>>) {
    let values = rows.values(log, selection, &number);
    if let Some(few) = few(&values) {
        let of = few.clone();
        let find = move |value: f64| {
            let at = of.binary_search_by(|of| of.total_cmp(&value));
            at.map_or(0, |at| 1 + at as u32)
        };
        let code = move |row| number(row).map_or(0, &find);
        return (Values::Numbers(few), rows.codes(log, code));
    }
    let bounds = quarters(values, f64::total_cmp);
    let of = bounds.clone();
    let code = move |row| number(row).map_or(0, |value| range_of(&of, &value));
    (Values::Ranges(bounds), rows.codes(log, code))
}

/// For each text the first one that filters take for the same: `true` and `false` are read in any
/// letter case. `None` where none is like another.
fn spellings(texts: &Dictionary) -> Option<Vec<u32>> {
    let mut first = [None, None];
    let mut found = false;
    let same = (0u32..)
        .zip(texts.iter())
        .map(|(code, text)| match truth(text) {
            Some(truth) => {
                let of = *first[usize::from(truth)].get_or_insert(code);
                found |= of != code;
                of
            }
            None => code,
        });
    let same: Vec<u32> = same.collect();
    found.then_some(same)
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
fn few(values: &[f64]) -> Option<Vec<f64>> {
    let mut few: Vec<f64> = Vec::new();
    for value in values {
        // At most a few numbers are kept, so that inserting costs next to nothing.
        if let Err(at) = few.binary_search_by(|of| of.total_cmp(value)) {
            if few.len() == MOST_NUMBERS {
                return None;
            }
            few.insert(at, *value);
        }
    }
    Some(few)
}

/// Code of the range that a value is in.
fn range_of<T: PartialOrd>(bounds: &[T], value: &T) -> u32 {
    1 + bounds.partition_point(|bound| bound < value) as u32
}

#[cfg(test)]
mod tests;

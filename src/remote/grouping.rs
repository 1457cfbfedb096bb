//! Groups of cases in an engine: the properties that form them as SQL, and what their codes mean.

use super::RemoteError;
use super::answers::ranked;
use super::clock::{self, bin_of};
use super::dialects::Dialect;
use super::frame::{Frame, Parts};
use super::log::RemoteLog;
use super::rows::Row;
use crate::engine::{AskError, GroupBy, GroupValues, Level, MOST_NUMBERS, Meaning};
use crate::event_log::{ColumnKind, Dictionary, WallClock};
use crate::filter::{Anchor, Dial, Source};
use crate::metrics::quantile::quarters_of;
use crate::text::steps::Step;
use std::borrow::Cow;
use std::collections::HashMap;

/// Names of the codes of each property, and of the tables of those of which a case has several.
const CODES: [&str; 4] = ["g0", "g1", "g2", "g3"];
const SEVERAL: [&str; 4] = ["m0", "m1", "m2", "m3"];

/// Properties that form groups.
pub(super) struct Grouping<'a> {
    /// The view, with the columns that the properties need.
    pub frame: Frame<'a>,
    properties: Vec<Property>,
}

/// A property of the cases of a view.
struct Property {
    by: GroupBy,
    place: Place,
    /// The code as SQL, NULL for no value: texts as they are, of other values a number from 1.
    code: String,
    /// Values of the codes; texts are known once groups are.
    values: GroupValues<'static>,
}

/// Where the codes of a case come from.
enum Place {
    /// From an aggregate of its events, by this name.
    Aggregate(String, String),
    /// From what each case has, such as its start.
    Case,
    /// From the rank of its variant.
    Rank,
    /// From this value of each of its events.
    Events(String),
}

/// Codes of a group, by property; `None` for no value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Codes(Vec<Option<Code>>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Code {
    Text(String),
    Number(u32),
}

/// Meanings of the codes of groups.
pub(super) struct Meanings {
    /// Values and filters, by property.
    pub all: Vec<Meaning<'static>>,
    /// Numbers of the codes that are texts.
    texts: Vec<HashMap<String, u32>>,
}

impl<'a> Grouping<'a> {
    /// Looks up properties in the view of a frame. Numbers and instants are put into ranges of the values that
    /// the cases of `ranges` have.
    ///
    /// # Errors
    /// The log has no such column, or no engine has the property.
    pub fn new(
        log: &RemoteLog,
        frame: &Frame<'a>,
        ranges: &Frame<'a>,
        by: &[GroupBy],
    ) -> Result<Self, AskError> {
        if by.len() > CODES.len() {
            return Err(RemoteError::refused("groups by more than four properties").into());
        }
        let mut found = Grouping {
            frame: frame.clone(),
            properties: Vec::new(),
        };
        for (at, by) in by.iter().enumerate() {
            let mut binder = Binder {
                log,
                frame: ranges.clone(),
                name: format!("k{at}"),
            };
            let property = binder.bind(by)?;
            found.frame.needs.columns.extend(binder.frame.needs.columns);
            found.properties.push(property);
        }
        Ok(found)
    }

    /// Number of properties, and of the columns of a row that are codes.
    pub fn len(&self) -> usize {
        self.properties.len()
    }

    /// Names of the codes.
    pub fn names(&self) -> String {
        CODES[..self.len()].join(", ")
    }

    /// The end of a statement that asks for groups.
    pub fn group_by(&self) -> String {
        match self.len() {
            0 => String::new(),
            _ => format!(" GROUP BY {}", self.names()),
        }
    }

    /// Tables whose last one, `members`, has a row for each case in each of its groups: events `n`, start `t0`,
    /// duration `d`, sequence `v`, `again` and `is_open` as 1 or 0, and the codes. `is_open` is a condition on
    /// the last activity as `stop`.
    pub fn tables(&self, is_open: &str) -> Vec<(&'static str, String)> {
        let (mut aggregates, mut codes, mut by_rank) = (Vec::new(), Vec::new(), "");
        let (mut several, mut joins) = (Vec::new(), Vec::new());
        for (at, of) in self.properties.iter().enumerate() {
            let (name, code) = (CODES[at], &of.code);
            match &of.place {
                Place::Events(value) => {
                    let table = SEVERAL[at];
                    several.push((
                        table,
                        format!(
                            "SELECT DISTINCT case_id AS case{at}, {code} AS {name} FROM e WHERE {value} IS NOT NULL"
                        ),
                    ));
                    joins.push(format!(" LEFT JOIN {table} ON known.case_id = case{at}"));
                    continue;
                }
                Place::Aggregate(name, aggregate) => {
                    aggregates.push(format!(", {aggregate} AS {name}"));
                }
                Place::Rank => {
                    by_rank =
                        " JOIN (SELECT v AS placed, place FROM ranks) AS places ON v = placed";
                }
                Place::Case => {}
            }
            codes.push(format!(", {code} AS {name}"));
        }
        let (aggregates, codes, joins) = (aggregates.concat(), codes.concat(), joins.concat());
        let mut tables = vec![
            (
                "cs",
                format!(
                    "SELECT case_id, count(*) AS n, min(t) AS t0, max(t) - min(t) AS d, \
                     max(CASE WHEN na IS NULL THEN activity END) AS stop, \
                     CASE WHEN count(*) > count(DISTINCT activity) THEN 1 ELSE 0 END AS again{aggregates} \
                     FROM e GROUP BY case_id"
                ),
            ),
            (
                "known",
                format!(
                    "SELECT case_id, n, t0, d, again, v, CASE WHEN {is_open} THEN 1 ELSE 0 END AS is_open{codes} \
                     FROM cs JOIN (SELECT case_id AS of_case, v FROM seqs) AS its ON case_id = of_case{by_rank}"
                ),
            ),
        ];
        tables.extend(several);
        tables.push(("members", format!("SELECT * FROM known{joins}")));
        tables
    }

    /// The codes of a group, which are the first columns of its row.
    pub fn codes(&self, row: Row<'_>) -> Result<Codes, RemoteError> {
        let codes = self.properties.iter().enumerate();
        let codes = codes.map(|(at, of)| {
            if are_texts(&of.values) {
                return Ok(row.text(at)?.map(|text| Code::Text(text.to_owned())));
            }
            let code = row.int(at)?.map(u32::try_from).transpose();
            let none = |_| RemoteError::engine("the engine gave a group that is none");
            Ok(code.map_err(none)?.map(Code::Number))
        });
        Ok(Codes(codes.collect::<Result<_, RemoteError>>()?))
    }

    /// Meanings of the codes of all groups.
    pub fn meanings(self, groups: &[&Codes]) -> Meanings {
        let mut meanings = Meanings {
            all: Vec::new(),
            texts: Vec::new(),
        };
        for (at, of) in self.properties.into_iter().enumerate() {
            let is_name = matches!(of.values, GroupValues::Names(_));
            let (mut texts, mut numbers) = (Dictionary::default(), HashMap::new());
            // Code 0 is a missing value, for which names have no place.
            if !is_name {
                texts.push("");
            }
            for codes in groups {
                if let Some(Some(Code::Text(text))) = codes.0.get(at)
                    && !numbers.contains_key(text)
                {
                    let code = texts.push(text) + u32::from(is_name);
                    numbers.insert(text.clone(), code);
                }
            }
            meanings
                .all
                .push(Meaning::new(of.by, with(of.values, texts)));
            meanings.texts.push(numbers);
        }
        meanings
    }
}

impl Meanings {
    /// The codes of a group as numbers.
    pub fn numbers(&self, codes: &Codes) -> Vec<u32> {
        let numbers = codes.0.iter().zip(&self.texts);
        let numbers = numbers.map(|(code, texts)| match code {
            None => 0,
            Some(Code::Number(code)) => *code,
            Some(Code::Text(text)) => texts.get(text).copied().unwrap_or(0),
        });
        numbers.collect()
    }
}

/// Looks up a property.
struct Binder<'l, 'f> {
    log: &'l RemoteLog,
    /// The cases that have the values of ranges, with the columns that are needed.
    frame: Frame<'f>,
    /// Name of an aggregate of the property.
    name: String,
}

impl Binder<'_, '_> {
    fn bind(&mut self, by: &GroupBy) -> Result<Property, AskError> {
        let names = || GroupValues::Names(Cow::Owned(Dictionary::default()));
        let dialect = self.frame.dialect;
        let (place, code, values) = match by {
            GroupBy::Column(field) => {
                let source = Source::named(field, &self.log.skeleton()).map_err(AskError::Name)?;
                return self.column(by, source, None);
            }
            GroupBy::At(anchor, field) => {
                let source = Source::named(field, &self.log.skeleton()).map_err(AskError::Name)?;
                return self.column(by, source, Some(*anchor));
            }
            GroupBy::Activity(anchor) => {
                let place = self.aggregate("activity", *anchor);
                (place, self.name.clone(), names())
            }
            GroupBy::Variant => (Place::Rank, "place".to_owned(), GroupValues::Ranks(0)),
            GroupBy::Weekday | GroupBy::Hour => {
                let (first, last) = self.span()?;
                let clock = WallClock::over(self.log.info.zone, first, last);
                let (dial, values) = match by {
                    GroupBy::Weekday => (Dial::Weekday, GroupValues::Weekdays),
                    _ => (Dial::Hour, GroupValues::Hours),
                };
                let shown = clock::shown(dialect, "t0", dial, &clock);
                (Place::Case, format!("(1 + {shown})"), values)
            }
            GroupBy::Month => {
                let (bounds, zone) = (self.months()?, self.log.info.zone);
                let bin = bin_of("t0", bounds.get(1..).unwrap_or_default());
                let values = GroupValues::Months(bounds, zone);
                (Place::Case, format!("(1 + {bin})"), values)
            }
        };
        Ok(Property {
            by: by.clone(),
            place,
            code,
            values,
        })
    }

    /// First and last instant of the view, whatever its filters select.
    fn span(&self) -> Result<(i64, i64), RemoteError> {
        Ok(self.log.span(&self.frame)?.unwrap_or_default())
    }

    /// Starts of the months.
    fn months(&self) -> Result<Vec<i64>, RemoteError> {
        let (first, last) = self.span()?;
        let bounds = Step::Months(1).bounds(first, last, usize::MAX, self.log.info.zone);
        Ok(bounds.unwrap_or_else(|| vec![first]))
    }

    fn aggregate(&self, value: &str, anchor: Anchor) -> Place {
        let at = match anchor {
            Anchor::Starts => "pos = 1",
            Anchor::Ends => "na IS NULL",
        };
        let aggregate = format!("max(CASE WHEN {at} THEN {value} END)");
        Place::Aggregate(self.name.clone(), aggregate)
    }

    /// Values of events: those of all of a case, or that at its first or last one.
    fn column(
        &mut self,
        by: &GroupBy,
        source: Source,
        anchor: Option<Anchor>,
    ) -> Result<Property, AskError> {
        let (value, kind, anchor) = match source {
            // All events of a case have its id.
            Source::Case => ("case_id".to_owned(), None, Some(Anchor::Starts)),
            Source::Activity => ("activity".to_owned(), None, anchor),
            Source::Time => ("t".to_owned(), Some(ColumnKind::Instant), anchor),
            Source::Column(column) => {
                let at = self.log.table.attribute(column)?;
                self.frame.needs.columns.insert(at);
                let kind = self.log.table.columns[at].kind;
                // In ranges it matters how often each value occurs.
                let once = kind != ColumnKind::Text
                    && anchor.is_none()
                    && self.log.levels(&self.frame.cancel)?[column] == Level::Case;
                let value = match kind {
                    ColumnKind::Number => number(self.frame.dialect, at),
                    _ => format!("c{at}"),
                };
                (value, Some(kind), anchor.or(once.then_some(Anchor::Starts)))
            }
            Source::Start | Source::CaseTime(_) => {
                let why = "starts of activity instances and milestones";
                return Err(RemoteError::refused(why).into());
            }
        };
        let (place, of) = match anchor {
            Some(anchor) => (self.aggregate(&value, anchor), self.name.clone()),
            None => (Place::Events(value.clone()), value.clone()),
        };
        let (code, values) = match kind {
            None => (of, GroupValues::Names(Cow::Owned(Dictionary::default()))),
            Some(ColumnKind::Text) => self.texts(&value, of)?,
            Some(ColumnKind::Number) => self.numbers(held(&value, &place), &of)?,
            Some(ColumnKind::Instant) => {
                let bounds = self.quarters(held(&value, &place))?;
                (
                    range_of(&of, &bounds, i64::to_string),
                    GroupValues::Instants(bounds),
                )
            }
        };
        Ok(Property {
            by: by.clone(),
            place,
            code,
            values,
        })
    }

    /// Texts as they are, but those that filters take for the same.
    fn texts(
        &self,
        value: &str,
        of: String,
    ) -> Result<(String, GroupValues<'static>), RemoteError> {
        let mut whole = Frame::whole(self.frame.dialect, self.frame.table);
        whole.needs.columns.clone_from(&self.frame.needs.columns);
        whole.cancel = self.frame.cancel.clone();
        let select =
            format!("SELECT DISTINCT {value} FROM ev WHERE lower({value}) IN ('true', 'false')");
        let answer = self.log.ask(&whole, Parts::Events, &[], &select)?;
        let mut spellings = [0; 2];
        for row in answer.iter() {
            let is_true = row.name(0)?.eq_ignore_ascii_case("true");
            spellings[usize::from(is_true)] += 1;
        }
        let none = Cow::Owned(Dictionary::default());
        Ok(if spellings.iter().any(|n| *n > 1) {
            (one_truth(&of), GroupValues::Truths(none))
        } else {
            (of, GroupValues::Texts(none))
        })
    }

    /// Numbers: each by itself where they are few, else ranges.
    fn numbers(
        &self,
        held: String,
        of: &str,
    ) -> Result<(String, GroupValues<'static>), RemoteError> {
        let number = |number: &f64| self.frame.dialect.number(*number);
        let select = format!("SELECT DISTINCT x FROM held LIMIT {}", MOST_NUMBERS + 1);
        let more = [("held", held.clone())];
        let answer = self.log.ask(&self.frame, Parts::Events, &more, &select)?;
        let few = answer.iter().filter_map(|row| row.double(0).transpose());
        let mut few: Vec<f64> = few.collect::<Result<_, RemoteError>>()?;
        if few.len() > MOST_NUMBERS {
            let bounds = self.quarters(held)?;
            return Ok((range_of(of, &bounds, number), GroupValues::Ranges(bounds)));
        }
        few.sort_by(f64::total_cmp);
        let codes = few.iter().zip(1..);
        let codes = codes.map(|(of, code)| format!(" WHEN {} THEN {code}", number(of)));
        let codes: String = codes.collect();
        let code = match few.len() {
            0 => "CAST(NULL AS BIGINT)".to_owned(),
            _ => format!("CASE {of}{codes} END"),
        };
        Ok((code, GroupValues::Numbers(few)))
    }

    /// Bounds of ranges of about as many values each.
    fn quarters<T: Held>(&self, held: String) -> Result<Vec<T>, RemoteError> {
        let dialect = self.frame.dialect;
        let quarters = (1..4).map(|quarter| {
            let rank = (dialect.div)(&format!("(m * {quarter} + 3)"), "4");
            format!(", max(CASE WHEN r = {rank} THEN x END)")
        });
        let quarters: String = quarters.collect();
        let select = format!("SELECT count(*), max(x){quarters} FROM ranked");
        let more = [("held", held), ("ranked", ranked("x", "x", "", "held"))];
        let answer = self.log.ask(&self.frame, Parts::Events, &more, &select)?;
        let row = answer.only()?;
        let values = (1..5).map(|at| T::read(row, at));
        let values: Vec<Option<T>> = values.collect::<Result<_, RemoteError>>()?;
        let values: Vec<T> = values.into_iter().flatten().collect();
        let n = row.count(0)? as usize;
        let [largest, quarters @ ..] = &values[..] else {
            return Ok(Vec::new());
        };
        if n == 0 {
            return Ok(Vec::new());
        }
        let mut quarters = quarters.iter();
        Ok(quarters_of(n, *largest, |_| {
            quarters.next().copied().unwrap_or(*largest)
        }))
    }
}

/// A value that ranges are made of.
trait Held: Copy + PartialEq {
    /// The value of a column of an answer; `None` for NULL.
    fn read(row: Row<'_>, column: usize) -> Result<Option<Self>, RemoteError>;
}

impl Held for i64 {
    fn read(row: Row<'_>, column: usize) -> Result<Option<Self>, RemoteError> {
        row.int(column)
    }
}

impl Held for f64 {
    fn read(row: Row<'_>, column: usize) -> Result<Option<Self>, RemoteError> {
        row.double(column)
    }
}

/// The values that a property is made of, as `x`.
fn held(value: &str, place: &Place) -> String {
    match place {
        Place::Aggregate(_, aggregate) => format!(
            "SELECT x FROM (SELECT {aggregate} AS x FROM e GROUP BY case_id) AS firsts WHERE x IS NOT NULL"
        ),
        _ => format!("SELECT {value} AS x FROM e WHERE {value} IS NOT NULL"),
    }
}

/// A number of the log, of which 0 and -0 are one.
pub(super) fn number(dialect: &Dialect, column: usize) -> String {
    let zero = dialect.number(0.0);
    format!("CASE WHEN c{column} = {zero} THEN {zero} ELSE c{column} END")
}

/// A text, of which `true` and `false` are one each in any letter case.
pub(super) fn one_truth(text: &str) -> String {
    format!("CASE WHEN lower({text}) IN ('true', 'false') THEN lower({text}) ELSE {text} END")
}

/// Number of the range that a value is in, from 1: one ends with its bound.
fn range_of<T>(value: &str, bounds: &[T], text: impl Fn(&T) -> String) -> String {
    let ranges = bounds.iter().zip(1..);
    let ranges =
        ranges.map(|(bound, code)| format!(" WHEN {value} <= {} THEN {code}", text(bound)));
    let ranges: String = ranges.collect();
    let last = bounds.len() + 1;
    format!("CASE WHEN {value} IS NULL THEN NULL{ranges} ELSE {last} END")
}

/// True for values that are texts themselves, not numbers of them.
fn are_texts(values: &GroupValues<'_>) -> bool {
    matches!(
        values,
        GroupValues::Texts(_) | GroupValues::Truths(_) | GroupValues::Names(_)
    )
}

/// Values with their texts, once these are known.
fn with(values: GroupValues<'static>, texts: Dictionary) -> GroupValues<'static> {
    let texts = Cow::Owned(texts);
    match values {
        GroupValues::Texts(_) => GroupValues::Texts(texts),
        GroupValues::Truths(_) => GroupValues::Truths(texts),
        GroupValues::Names(_) => GroupValues::Names(texts),
        values => values,
    }
}

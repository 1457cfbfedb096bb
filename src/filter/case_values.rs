//! Values of a field in a case. A column of a list of cases is a field of the filter language: it shows
//! the values that a filter of the field tests.

use super::QueryError;
use super::ast::{Anchor, Dial, Field, Spanned};
use super::bind::event_source;
use super::field::Source;
use super::noted::{CaseTexts, place_of};
use super::scope::{BindInputs, Scope};
use crate::event_log::{ColumnData, Dictionary, EventLog, Level, NO_INSTANT, Value, WallClock};
use crate::index::Index;
use crate::text::time::WEEKDAYS;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

/// A value of a field in a case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CaseValue<'a> {
    /// Text of the log, or a weekday.
    Text(&'a str),
    /// Number of a column.
    Number(f64),
    /// Number of things, such as events.
    Count(u64),
    /// Microseconds since 1970-01-01T00:00Z.
    Instant(i64),
    /// Microseconds by the clock of the log.
    Duration(i64),
}

impl CaseValue<'_> {
    /// Two values of one field are equal if these are: texts are compared by their place in the
    /// dictionary, which has each once.
    fn identity(&self) -> (u64, usize) {
        match *self {
            // An empty text is where the next one begins.
            CaseValue::Text(text) => (text.as_ptr() as u64, text.len()),
            // The sum makes one number of 0 and -0.
            CaseValue::Number(number) => ((number + 0.0).to_bits(), 0),
            CaseValue::Count(count) => (count, 0),
            CaseValue::Instant(micros) | CaseValue::Duration(micros) => (micros as u64, 0),
        }
    }
}

/// A field bound to a log.
pub struct BoundField<'a> {
    log: &'a EventLog,
    index: &'a Index,
    origin: Origin,
}

/// Where the values of a field come from.
enum Origin {
    /// The case itself.
    Case(Property),
    /// Events of the case, or its first or last one.
    Events(Source, Option<Anchor>),
    /// Texts beside the log, by their position among all of them.
    Noted(Arc<[CaseTexts]>, usize),
}

/// A property that each case has once.
enum Property {
    Duration,
    Events,
    Variant,
    Start,
    End,
    Clock(Anchor, Dial, WallClock),
    /// Number of times that each variant has an activity.
    Counts(Vec<u32>),
}

/// Looks up the names of a field in a log.
///
/// # Errors
/// A name that the log does not have, with the nearest ones.
pub fn bind_field<'a>(
    field: &Field,
    log: &'a EventLog,
    index: &'a Index,
    noted: &Arc<[CaseTexts]>,
    inputs: impl Into<BindInputs<'a>>,
) -> Result<BoundField<'a>, QueryError> {
    let scope = Scope::new(log, inputs.into());
    let is_defined = |name: &str| Source::defined(name, log).is_some();
    if let Some(place) = place_of(field, noted, is_defined) {
        let origin = Origin::Noted(Arc::clone(noted), place);
        return Ok(BoundField { log, index, origin });
    }
    let spanned = Spanned {
        node: field.clone(),
        span: 0..field.to_string().len(),
    };
    let property = match field {
        Field::Duration => Property::Duration,
        Field::Events => Property::Events,
        Field::Variant => Property::Variant,
        Field::Start => Property::Start,
        Field::End => Property::End,
        Field::Clock(anchor, dial) => Property::Clock(*anchor, *dial, clock(index, &scope)),
        Field::Count(activity) => Property::Counts(counts(index, scope.activity(activity)?)),
        _ => {
            let (field, at) = match field {
                Field::At(anchor, inner) => (&**inner, Some(*anchor)),
                _ => (&spanned, None),
            };
            let source = if at.is_some() {
                event_source(field, &scope)?
            } else {
                let none = || QueryError::new(spanned.span.clone(), "no field of cases");
                Source::of(field, log)?.ok_or_else(none)?
            };
            let origin = Origin::Events(source, at);
            return Ok(BoundField { log, index, origin });
        }
    };
    let origin = Origin::Case(property);
    Ok(BoundField { log, index, origin })
}

/// The clock on the wall over the time of the log.
fn clock(index: &Index, scope: &Scope<'_>) -> WallClock {
    let first = index.case_start.iter().min().copied().unwrap_or(0);
    let last = index.case_end.iter().max().copied().unwrap_or(0);
    WallClock::over(scope.tz(), first, last)
}

/// Number of times that each variant has an activity.
fn counts(index: &Index, activity: u32) -> Vec<u32> {
    let variants = &index.variants;
    let count = |v| variants.sequence(v).iter().filter(|&&a| a == activity);
    (0..variants.len())
        .map(|v| count(v).count() as u32)
        .collect()
}

/// The value to sort by of one that is no text of the log: weekdays in the order of the week.
fn ordered(value: CaseValue<'_>) -> CaseValue<'static> {
    match value {
        CaseValue::Text(text) => {
            let day = WEEKDAYS.iter().position(|day| *day == text);
            CaseValue::Count(day.unwrap_or(0) as u64)
        }
        CaseValue::Number(number) => CaseValue::Number(number + 0.0),
        CaseValue::Count(count) => CaseValue::Count(count),
        CaseValue::Instant(micros) => CaseValue::Instant(micros),
        CaseValue::Duration(micros) => CaseValue::Duration(micros),
    }
}

fn known(micros: i64) -> Option<i64> {
    (micros != NO_INSTANT).then_some(micros)
}

impl<'a> BoundField<'a> {
    /// The distinct values of a case, in the order of its events; none where it has no value.
    pub fn values(&self, case: usize) -> Vec<CaseValue<'_>> {
        let (source, at) = match &self.origin {
            Origin::Case(property) => return vec![self.of_case(property, case)],
            Origin::Events(source, at) => (*source, *at),
            Origin::Noted(noted, at) => return noted[*at].of(case).map(CaseValue::Text).collect(),
        };
        let rows = self.rows(source, at, case);
        let single = rows.len() == 1;
        let values = rows.filter_map(|row| self.at(source, case, row));
        if single {
            return values.collect();
        }
        let mut met = HashSet::new();
        values
            .filter(|value| met.insert(value.identity()))
            .collect()
    }

    /// The value to sort each case by: its first one, with texts replaced by their place in the order of
    /// texts; `None` where it has no value. `ranks` gives these places by code.
    pub fn order(
        &self,
        ranks: impl FnOnce(Source, &Dictionary) -> Arc<[u32]>,
    ) -> Box<dyn Fn(usize) -> Option<CaseValue<'static>> + Sync + '_> {
        let (source, at) = match &self.origin {
            Origin::Case(property) => {
                return Box::new(move |case| Some(ordered(self.of_case(property, case))));
            }
            Origin::Events(source, at) => (*source, *at),
            Origin::Noted(noted, at) => {
                let texts = &noted[*at];
                let first = |case| texts.places(case).first().copied();
                return Box::new(move |case| Some(CaseValue::Count(first(case)?.into())));
            }
        };
        let Some(dictionary) = source.dictionary(self.log) else {
            return Box::new(move |case| {
                let mut rows = self.rows(source, at, case);
                rows.find_map(|row| self.at(source, case, row)).map(ordered)
            });
        };
        let ranks = ranks(source, dictionary);
        Box::new(move |case| {
            let mut rows = self.rows(source, at, case);
            let code = rows.find_map(|row| self.code(source, case, row))?;
            Some(CaseValue::Count(u64::from(ranks[code as usize])))
        })
    }

    /// Position among the columns of the log; `None` for any other field.
    pub fn column(&self) -> Option<usize> {
        match self.origin {
            Origin::Events(Source::Column(at), _) => Some(at),
            _ => None,
        }
    }

    /// Position among the durations of cases of the log; `None` for any other field.
    pub fn case_time(&self) -> Option<usize> {
        match self.origin {
            Origin::Events(Source::CaseTime(at), _) => Some(at),
            _ => None,
        }
    }

    /// The events of a case that have its values: one where all have the same.
    fn rows(&self, source: Source, at: Option<Anchor>, case: usize) -> Range<usize> {
        let events = self.log.events_of(case);
        let of_case = match source {
            Source::Case | Source::CaseTime(_) => true,
            Source::Column(i) => self.log.columns[i].level == Level::Case,
            Source::Activity | Source::Time | Source::Start => false,
        };
        match at {
            Some(Anchor::Ends) => events.end - 1..events.end,
            None if !of_case => events,
            _ => events.start..events.start + 1,
        }
    }

    /// The value of a field of the case itself.
    fn of_case(&self, property: &Property, case: usize) -> CaseValue<'static> {
        let (log, index) = (self.log, self.index);
        match property {
            Property::Duration => CaseValue::Duration(index.duration(case)),
            Property::Events => CaseValue::Count(log.events_of(case).len() as u64),
            Property::Start => CaseValue::Instant(index.case_start[case]),
            Property::End => CaseValue::Instant(index.case_end[case]),
            Property::Clock(anchor, dial, clock) => {
                let instant = match anchor {
                    Anchor::Starts => index.case_start[case],
                    Anchor::Ends => index.case_end[case],
                };
                let (weekday, hour) = clock.weekday_and_hour(instant);
                match dial {
                    Dial::Weekday => CaseValue::Text(WEEKDAYS[weekday]),
                    Dial::Hour => CaseValue::Count(hour as u64),
                }
            }
            Property::Counts(counts) => {
                CaseValue::Count(counts[index.case_variant[case] as usize].into())
            }
            Property::Variant => CaseValue::Count(u64::from(index.case_variant[case]) + 1),
        }
    }

    /// The value at an event.
    fn at(&self, source: Source, case: usize, event: usize) -> Option<CaseValue<'a>> {
        let log = self.log;
        if let Some(dictionary) = source.dictionary(log) {
            let code = self.code(source, case, event)?;
            return Some(CaseValue::Text(dictionary.get(code)));
        }
        match source {
            Source::Time => Some(CaseValue::Instant(log.time[event])),
            Source::Start => known(log.start.as_ref()?[event]).map(CaseValue::Instant),
            Source::CaseTime(i) => known(log.case_times[i].values[case]).map(CaseValue::Duration),
            Source::Column(i) => {
                let column = &log.columns[i];
                match column.value(column.row(case, event)) {
                    Value::Number(number) => Some(CaseValue::Number(number)),
                    Value::Instant(micros) => Some(CaseValue::Instant(micros)),
                    _ => None,
                }
            }
            Source::Case | Source::Activity => None,
        }
    }

    /// The code of the text at an event; `None` for no text.
    fn code(&self, source: Source, case: usize, event: usize) -> Option<u32> {
        match source {
            Source::Case => Some(case as u32),
            Source::Activity => Some(self.log.activity.get(event)),
            Source::Column(i) => {
                let column = &self.log.columns[i];
                match &column.data {
                    ColumnData::Text(codes, _) => {
                        Some(codes.get(column.row(case, event))).filter(|code| *code != 0)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

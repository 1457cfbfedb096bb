//! Fields of events: which column of the log a field is, and what the values beside it mean there.
//! Nothing is evaluated here.

use super::ast::{Field, Spanned, Value, field_name};
use super::scope::Scope;
use super::value::{InstantTest, NumberTest, Test, TextTest, Wanted, Way, number_in_text};
use super::{QueryError, shown};
use crate::event_log::{ColumnData, ColumnKind, Dictionary, EventLog, Role};
use crate::text::did_you_mean;
use rayon::prelude::*;

/// Origin of the values of a field of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The case id.
    Case,
    /// The activity.
    Activity,
    /// The timestamp.
    Time,
    /// The start of the activity instance.
    Start,
    /// A column by its position.
    Column(usize),
    /// A duration of cases by its position; no field of events.
    CaseTime(usize),
}

/// A test of the events of a log; a missing value never passes it.
#[derive(Debug, Clone)]
pub enum EventTest {
    /// Case id.
    Case(TextTest),
    /// Activity, by code.
    Activity(Vec<bool>),
    /// Timestamp.
    Time(InstantTest),
    /// Start of the instance.
    Start(InstantTest),
    /// Column, by position.
    Column(usize, ColumnTest),
    /// Duration of cases, by position.
    CaseTime(usize, Test<i64>),
    /// There is no value.
    Missing(Source),
}

/// A test of a column, by what it holds.
#[derive(Debug, Clone)]
pub enum ColumnTest {
    /// Texts.
    Text(TextTest),
    /// Numbers.
    Number(NumberTest),
    /// Instants.
    Instant(InstantTest),
}

impl Source {
    /// Returns the origin of the values of a field; `None` for a field of the case.
    pub(super) fn of(field: &Spanned<Field>, log: &EventLog) -> Result<Option<Source>, QueryError> {
        Ok(Some(match &field.node {
            Field::Case => Source::Case,
            Field::Activity => Source::Activity,
            Field::Time => Source::Time,
            Field::Resource => {
                Source::Column(log.role_columns[Role::Resource].ok_or_else(|| {
                    QueryError::new(field.span.clone(), "the log has no resource")
                })?)
            }
            Field::Column(name) | Field::LogColumn(name) => {
                let defined = || Source::defined(name, log);
                let of_log = || Source::of_log(name, log);
                let found = match field.node {
                    Field::Column(_) => defined().or_else(of_log),
                    _ => of_log().or_else(defined),
                };
                found.ok_or_else(|| QueryError::new(field.span.clone(), no_column(name, log)))?
            }
            _ => return Ok(None),
        }))
    }

    /// Returns the origin of the values of a field that an option names.
    ///
    /// # Errors
    /// The log has no such column, with the nearest names, or the field is one of the case.
    pub fn named(field: &Field, log: &EventLog) -> Result<Source, String> {
        let of_case =
            || format!("{field} is no column; a column of that name is written in backticks");
        match (Source::of(&field.clone().into(), log), field) {
            (Ok(source), _) => source.ok_or_else(of_case),
            (Err(_), Field::Column(name) | Field::LogColumn(name)) => Err(unknown(name, log)),
            (Err(error), _) => Err(error.message),
        }
    }

    /// What was defined by that name: a duration of cases, or a column.
    pub(super) fn defined(name: &str, log: &EventLog) -> Option<Source> {
        let time = log.case_times.iter().position(|t| t.name == name);
        let column = || {
            let defined = log.defined_columns();
            let is = |&i: &usize| log.columns[i].name == name;
            defined.into_iter().find(is)
        };
        time.map(Source::CaseTime)
            .or_else(|| column().map(Source::Column))
    }

    /// The column of the log of that name: one of the other columns, or the one that a role was taken
    /// from.
    fn of_log(name: &str, log: &EventLog) -> Option<Source> {
        let columns = &log.columns[..log.defined_columns().start];
        // An attribute column first: the column of a role may have been kept besides.
        if let Some(i) = columns.iter().position(|c| c.name == name) {
            return Some(Source::Column(i));
        }
        let mut roles = Role::ALL
            .into_iter()
            .filter(|&role| log.roles[role] == [name]);
        roles.find_map(|role| match role {
            Role::Case => Some(Source::Case),
            Role::Activity => Some(Source::Activity),
            Role::Time => Some(Source::Time).filter(|_| !name.is_empty()),
            Role::Start => log.start.as_ref().map(|_| Source::Start),
            Role::Resource => log.role_columns[Role::Resource].map(Source::Column),
            Role::Lifecycle | Role::Instance | Role::Milestone => None,
        })
    }

    /// The texts that the values are from; a missing one is empty.
    pub(super) fn dictionary(self, log: &EventLog) -> Option<&Dictionary> {
        match self {
            Source::Case => Some(&log.case_ids),
            Source::Activity => Some(&log.activities),
            Source::Column(i) => match &log.columns[i].data {
                ColumnData::Text(_, dictionary) => Some(dictionary),
                _ => None,
            },
            _ => None,
        }
    }

    /// Name of the column in the file that the instants are from.
    fn column(self, log: &EventLog) -> Option<&str> {
        match self {
            Source::Time => log.roles[Role::Time].first().map(String::as_str),
            Source::Start => log.roles[Role::Start].first().map(String::as_str),
            Source::Column(i) => Some(&log.columns[i].name),
            Source::Case | Source::Activity | Source::CaseTime(_) => None,
        }
    }

    /// Reads values as a test of these instants; they may be written as in the file.
    pub(super) fn instants(
        self,
        wanted: &Wanted<'_>,
        scope: &Scope<'_>,
    ) -> Result<InstantTest, QueryError> {
        wanted.instants(scope.tz(), &scope.log.time_formats, |text| {
            let column = self.column(scope.log)?;
            scope.inputs.read_time?(column, text)
        })
    }

    /// Type of the values; case ids and activities are numbers if all of them are.
    pub(super) fn kind(self, log: &EventLog) -> ColumnKind {
        let of_texts = |dictionary| {
            if holds_numbers(dictionary) {
                ColumnKind::Number
            } else {
                ColumnKind::Text
            }
        };
        match self {
            Source::Case => of_texts(&log.case_ids),
            Source::Activity => of_texts(&log.activities),
            Source::Time | Source::Start | Source::CaseTime(_) => ColumnKind::Instant,
            Source::Column(i) => log.columns[i].kind(),
        }
    }
}

/// True if all texts are numbers, and there are some.
pub(super) fn holds_numbers(dictionary: &Dictionary) -> bool {
    let n = dictionary.len() as u32;
    // The first one decides nearly always.
    n > 0
        && number_in_text(dictionary.get(0)).is_some()
        && (0..n)
            .into_par_iter()
            .all(|code| number_in_text(dictionary.get(code)).is_some())
}

impl EventTest {
    /// The test that a field of events is to one of some values as said.
    pub(super) fn bind(
        source: Source,
        (field, way, values): (&Field, Way, &[Spanned<Value>]),
        scope: &Scope<'_>,
    ) -> Result<EventTest, QueryError> {
        let log = scope.log;
        let field = shown(&field.to_string());
        let found = source
            // Only equality: patterns and orders mean the letters as they are.
            .dictionary(log)
            .filter(|_| way == Way::Equal)
            .map(|dictionary| scope.in_its_letter_case(&field, values, dictionary));
        let wanted = Wanted {
            way,
            values: found.as_deref().unwrap_or(values),
            field: &field,
            cancel: scope.inputs.cancel,
        };
        // Texts that are numbers, all of them, are compared as such, but searched as text.
        let texts = || {
            if way != Way::Matches && source.kind(log) == ColumnKind::Number {
                wanted.numbers_in_texts().map(TextTest::Number)
            } else {
                wanted.texts()
            }
        };
        Ok(match source {
            Source::Case => EventTest::Case(texts()?),
            Source::Activity => {
                let test = texts()?;
                // Each name is tested once; events are then looked up by code.
                EventTest::Activity(log.activities.iter().map(|name| test.holds(name)).collect())
            }
            Source::Time => EventTest::Time(source.instants(&wanted, scope)?),
            Source::Start => EventTest::Start(source.instants(&wanted, scope)?),
            Source::CaseTime(i) => EventTest::CaseTime(i, wanted.durations()?),
            Source::Column(i) => EventTest::Column(
                i,
                match log.columns[i].kind() {
                    ColumnKind::Text => ColumnTest::Text(wanted.texts()?),
                    ColumnKind::Number => ColumnTest::Number(wanted.numbers()?),
                    ColumnKind::Instant => ColumnTest::Instant(source.instants(&wanted, scope)?),
                },
            ),
        })
    }
}

/// All names that a field can have besides the words of the grammar.
pub(super) fn column_names(log: &EventLog) -> impl Iterator<Item = &str> {
    // Columns of the other roles are among those of the log; the name of joined columns is no field.
    let mapped = log
        .roles
        .iter()
        .filter_map(|(role, names)| match names.as_slice() {
            _ if Role::ATTRIBUTES.contains(&role) || role == Role::Milestone => None,
            _ if role == Role::Start && log.start.is_none() => None,
            [name] if role != Role::Time || !name.is_empty() => Some(name),
            _ => None,
        });
    mapped
        .chain(log.columns.iter().map(|c| &c.name))
        .chain(log.case_times.iter().map(|t| &t.name))
        .map(String::as_str)
}

fn no_column(name: &str, log: &EventLog) -> String {
    if log.activities.find(name).is_some() {
        let quoted = shown(&super::quote(name));
        return format!("an activity is written in double quotes: {quoted}");
    }
    unknown(name, log)
}

/// A sentence that the log has no such column, with the nearest names.
fn unknown(name: &str, log: &EventLog) -> String {
    let write = |name: &str| shown(&field_name(name));
    let hint = did_you_mean(name, column_names(log), write);
    format!("the log has no column {}{hint}", shown(name))
}

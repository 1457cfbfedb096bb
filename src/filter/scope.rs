//! What the names and values of a filter are looked up in: a log, and what else its meaning depends
//! on. Finds names that differ in letter case only, and keeps a note of each and of values that never occur.

use super::ast::{Activity, Conformity, Spanned, TimeLiteral, TimeRange, Value, quote};
use super::noted::CaseTexts;
use super::{QueryError, shown};
use crate::event_log::{Cancel, ColumnData, Dictionary, EventLog};
use crate::index::CaseSet;
use crate::text::did_you_mean;
use chrono_tz::Tz;
use std::cell::RefCell;
use std::collections::HashMap;

/// Reads a time as the file writes it, from the name of the column and the text, to microseconds.
pub type ReadTime<'a> = dyn Fn(&str, &str) -> Option<i64> + 'a;

/// Finds the cases that conform so to what cases are judged by.
pub type Conforming<'a> = dyn Fn(&Conformity) -> Result<CaseSet, QueryError> + 'a;

/// Inputs of binding a filter besides its log: the zone and what relative times, times as the file
/// writes them and `open` stand for. Converts from a time zone alone, where those are errors.
#[derive(Clone, Copy)]
pub struct BindInputs<'a> {
    /// Zone of times without offset.
    pub tz: Tz,
    /// Instant that `today` and `last 30d` refer to, microseconds since 1970-01-01T00:00Z.
    pub now: Option<i64>,
    /// Reads a time as the file writes it, from the name of the column and the text, to microseconds.
    pub read_time: Option<&'a ReadTime<'a>>,
    /// Returns the open cases of the log.
    pub open: Option<&'a dyn Fn() -> CaseSet>,
    /// Returns the cases of the log that conform so.
    pub conforming: Option<&'a Conforming<'a>>,
    /// Tags and notes of the cases of the log.
    pub noted: Option<&'a [CaseTexts]>,
    /// Stops looking for patterns.
    pub cancel: Option<&'a Cancel>,
}

impl From<Tz> for BindInputs<'_> {
    fn from(tz: Tz) -> Self {
        BindInputs {
            tz,
            now: None,
            read_time: None,
            open: None,
            conforming: None,
            noted: None,
            cancel: None,
        }
    }
}

/// Log and inputs of a filter that is being bound.
pub(super) struct Scope<'a> {
    pub log: &'a EventLog,
    pub inputs: BindInputs<'a>,
    notes: RefCell<Vec<String>>,
}

impl<'a> Scope<'a> {
    pub fn new(log: &'a EventLog, inputs: BindInputs<'a>) -> Self {
        Scope {
            log,
            inputs,
            notes: RefCell::default(),
        }
    }

    pub fn tz(&self) -> Tz {
        self.inputs.tz
    }

    /// Returns the open cases of the log.
    pub fn open(&self) -> Result<CaseSet, QueryError> {
        let open = self.inputs.open;
        let unknown = || QueryError::new(0..0, "open cases are not known here");
        open.map(|open| open()).ok_or_else(unknown)
    }

    /// Returns the cases of the log that conform so.
    pub fn conforming(&self, conformity: &Conformity) -> Result<CaseSet, QueryError> {
        let unknown = || QueryError::new(0..0, "cases are not compared with a model here");
        self.inputs.conforming.ok_or_else(unknown)?(conformity)
    }

    /// Returns the notes taken so far.
    pub fn into_notes(self) -> Vec<String> {
        self.notes.into_inner()
    }

    /// Returns the code of an activity; of one in another letter case where there is just one.
    pub fn activity(&self, activity: &Activity) -> Result<u32, QueryError> {
        let names = &self.log.activities;
        if let Some(code) = names.find(&activity.node) {
            return Ok(code);
        }
        let wanted = activity.node.to_lowercase();
        let mut like = (0u32..)
            .zip(names.iter())
            .filter(|(_, name)| name.to_lowercase() == wanted);
        if let (Some((code, name)), None) = (like.next(), like.next()) {
            self.note("activity", &activity.node, &[name]);
            return Ok(code);
        }
        let hint = did_you_mean(&activity.node, names.iter(), quoted);
        let message = format!("the log has no activity {}{hint}", shown(&activity.node));
        Err(QueryError::new(activity.span.clone(), message))
    }

    /// Returns the values beside a field of texts, with each quoted one that does not occur replaced
    /// by those that differ from it in letter case only, where there are some. Notes it, and those that
    /// have none.
    pub fn in_its_letter_case(
        &self,
        field: &str,
        values: &[Spanned<Value>],
        dictionary: &Dictionary,
    ) -> Vec<Spanned<Value>> {
        let mut absent: HashMap<&str, String> = HashMap::new();
        for value in values {
            if let Value::Quoted(text) = &value.node {
                absent.insert(text, text.to_lowercase());
            }
        }
        for name in dictionary.iter() {
            // Mostly all occur, and no name has to be put into lower case.
            if absent.is_empty() {
                return values.to_vec();
            }
            absent.remove(name);
        }
        let mut like: HashMap<&str, Vec<&str>> = absent
            .values()
            .map(|low| (low.as_str(), Vec::new()))
            .collect();
        for name in dictionary.iter() {
            if let Some(names) = like.get_mut(name.to_lowercase().as_str()) {
                names.push(name);
            }
        }
        let mut found = Vec::with_capacity(values.len());
        for value in values {
            let names = match &value.node {
                Value::Quoted(text) => absent
                    .get(text.as_str())
                    .and_then(|low| like.get(low.as_str())),
                Value::Bare(_) => None,
            };
            match (names, &value.node) {
                (Some(names), Value::Quoted(text)) if !names.is_empty() => {
                    self.note(field, text, names);
                    found.extend(names.iter().map(|name| Spanned {
                        node: Value::Quoted((*name).to_owned()),
                        span: value.span.clone(),
                    }));
                }
                (Some(_), Value::Quoted(text)) => {
                    self.note_absent(field, text, dictionary);
                    found.push(value.clone());
                }
                _ => found.push(value.clone()),
            }
        }
        found
    }

    fn note(&self, field: &str, written: &str, names: &[&str]) {
        let names: Vec<String> = names.iter().take(3).map(|name| quoted(name)).collect();
        self.take_note(format!(
            "{field} has no {}; matched {}",
            quoted(written),
            names.join(", ")
        ));
    }

    /// Notes that a value never occurs, with the nearest ones.
    fn note_absent(&self, field: &str, written: &str, dictionary: &Dictionary) {
        /// Most values that are compared, about 10 ms: filters are bound at each key that is typed.
        const MOST_COMPARED: usize = 10_000;
        // Numbers are compared as such, `007` with `7`. Case ids of a log in an engine are not known.
        if dictionary.is_empty() || super::field::holds_numbers(dictionary) {
            return;
        }
        let hint = if dictionary.len() <= MOST_COMPARED {
            let present = dictionary.iter().filter(|name| !name.is_empty());
            did_you_mean(written, present, quoted)
        } else {
            String::new()
        };
        self.take_note(format!("{field} has no {}{hint}", quoted(written)));
    }

    fn take_note(&self, note: String) {
        let mut notes = self.notes.borrow_mut();
        if !notes.contains(&note) {
            notes.push(note);
        }
    }

    /// Returns the error for words that are no condition, with what they may mean.
    pub fn no_condition(&self, words: &Spanned<String>) -> QueryError {
        let name = &words.node;
        let activity = self.log.activities.iter().find(|a| contains(a, name));
        let activity = activity.map(|a| format!("{} (an activity)", quote(a)));
        let meant = activity.or_else(|| {
            self.log.columns.iter().find_map(|column| {
                let ColumnData::Text(_, dictionary) = &column.data else {
                    return None;
                };
                let is_meant = |value: &&str| value.to_lowercase() == name.to_lowercase();
                // The first entry means that a value is missing.
                let value = dictionary.iter().skip(1).find(is_meant)?;
                let field = super::field_name(&column.name);
                Some(format!("{field} = {} (a value)", quote(value)))
            })
        });
        let meant = match meant {
            Some(meant) => format!("Did you mean {}? ", crate::text::escape_line(&meant)),
            None => String::new(),
        };
        let is_column = super::field::column_names(self.log).any(|column| column == name);
        let message = if is_column {
            format!(
                "{} is a column: compare it, such as {} = \"...\"",
                shown(name),
                shown(name)
            )
        } else {
            let name = shown(name);
            format!("{name} is not a column. {meant}Activities need quotes: \"...\"")
        };
        QueryError::new(words.span.clone(), message)
    }

    /// Returns the first instant of a range, and the first one after it. No instant is as late as the
    /// end of an open range.
    pub fn bounds(&self, range: &TimeRange) -> Result<(i64, i64), QueryError> {
        let tz = self.tz();
        let first = |time: &TimeLiteral| time.moment.first_instant(tz);
        let next = |time: &TimeLiteral| time.moment.next_instant(tz);
        let from = |time: &Option<TimeLiteral>| time.as_ref().map_or(i64::MIN, first);
        let now = || {
            let no_now = || QueryError::new(0..0, "today and last need a log with events");
            self.inputs.now.ok_or_else(no_now)
        };
        Ok(match range {
            TimeRange::Whole(time) => (first(time), next(time)),
            TimeRange::From(time) => (first(time), i64::MAX),
            TimeRange::Until(start, end) => (from(start), first(end)),
            TimeRange::Through(start, end) => (from(start), next(end)),
            TimeRange::Last(duration) => {
                let now = now()?;
                let from = now.saturating_sub(duration.micros);
                (from, now.saturating_add(1))
            }
            TimeRange::Today => super::time::day_around(now()?, tz),
        })
    }
}

/// A name as filters and messages write it.
fn quoted(name: &str) -> String {
    shown(&quote(name))
}

/// True if a name contains a text, ignoring letter case.
fn contains(name: &str, text: &str) -> bool {
    name.to_lowercase().contains(&text.to_lowercase())
}

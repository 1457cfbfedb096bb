//! Fields of the filter language as columns of lists of cases: their values for the cases of a page, and
//! the order of cases by one of them.

use super::costs::CaseCosts;
use super::list::Listing;
use super::query::Context;
use super::schema::{FieldValues, Money, Schema, Value};
use super::selected::Selected;
use super::sorting::SortValue;
use super::stats::seconds;
use super::view::AskError;
use crate::event_log::{Dictionary, EventLog, Progress};
use crate::filter::{BoundField, CaseValue, Field, bind_field};
use crate::index::Index;
use chrono_tz::Tz;
use std::borrow::Cow;
use std::sync::Arc;

impl Context<'_> {
    /// The fields of a listing, bound to the log of selected cases.
    ///
    /// # Errors
    /// The log has no such column or activity.
    pub(super) fn fields<'s>(
        &self,
        selected: &'s Selected,
        listing: &Listing,
    ) -> Result<Fields<'s>, AskError> {
        let milestones = &selected.prepared.timed.timing.milestones;
        let costs = selected.prepared.costs();
        let of = |field| {
            let bound = self.bound(selected, field)?;
            let milestone = bound.case_time().and_then(|at| milestones.get(at));
            let calendar = milestone.and_then(|milestone| milestone.calendar.as_deref());
            let costs = costs.filter(|costs| bound.column() == Some(costs.column));
            Ok(Shown {
                bound,
                calendar,
                costs,
            })
        };
        let bound = listing.fields.iter().map(of);
        Ok(Fields(bound.collect::<Result<_, AskError>>()?))
    }

    /// Calls `then` with the value of a field that each case is sorted by.
    ///
    /// # Errors
    /// As of [`Context::fields`], and those of `then`.
    pub(super) fn ordered<T, R: 'static>(
        &self,
        selected: &Selected,
        schema: &Schema<R>,
        field: &Field,
        then: impl FnOnce(&(dyn Fn(usize) -> SortValue + Sync)) -> Result<T, AskError>,
    ) -> Result<T, AskError> {
        let bound = self.bound(selected, field);
        let field = bound.map_err(|error| no_order(&error, schema))?;
        let ranks = |source, texts: &Dictionary| selected.prepared.text_ranks(source, texts);
        let order = field.order(ranks);
        then(&|case| match order(case) {
            None | Some(CaseValue::Text(_)) => SortValue::None,
            Some(CaseValue::Number(number)) => SortValue::Number(number),
            Some(CaseValue::Count(count)) => SortValue::Whole(count as i64),
            Some(CaseValue::Instant(micros) | CaseValue::Duration(micros)) => {
                SortValue::Whole(micros)
            }
        })
    }

    fn bound<'s>(&self, selected: &'s Selected, field: &Field) -> Result<BoundField<'s>, AskError> {
        let prepared = &selected.prepared;
        let tz = self.analysis.zone();
        let noted = prepared.noted();
        let bound = bind_field(field, &prepared.log, &prepared.index, &noted, tz);
        bound.map_err(|error| AskError::Name(format!("column {field}: {}", error.message)))
    }
}

/// Checks that a log has the fields of a listing, and the one that it is sorted by.
///
/// # Errors
/// It has no such column or activity.
pub fn check_fields<R: 'static>(
    log: &EventLog,
    zone: Tz,
    listing: &Listing,
    schema: &Schema<R>,
) -> Result<(), AskError> {
    let index = Index::default();
    let bind = |field: &Field| field_of(field, log, &index, zone).map(drop);
    listing.fields.iter().try_for_each(bind)?;
    let sort = listing.sort.field().map_or(Ok(()), bind);
    sort.map_err(|error| no_order(&error, schema))
}

/// Values of fields in all cases of a small log, one entry for each field; `ranks` are those of the variants of
/// the cases in the log that these are a part of.
///
/// # Errors
/// The log has no such column or activity.
pub fn field_values(
    log: &EventLog,
    zone: Tz,
    fields: &[Field],
    ranks: &[u32],
) -> Result<Vec<Vec<FieldValues>>, AskError> {
    let index = Index::build(log, &Progress::default())?;
    let bound = fields.iter().map(|field| {
        Ok(Shown {
            bound: field_of(field, log, &index, zone)?,
            calendar: None,
            costs: None,
        })
    });
    let bound = Fields(bound.collect::<Result<_, AskError>>()?);
    let of = |(case, rank): (usize, &u32)| {
        let mut values = bound.of(case);
        let variants = fields.iter().zip(&mut values);
        for (_, value) in variants.filter(|(field, _)| **field == Field::Variant) {
            *value = FieldValues::of(vec![Value::Count((*rank).into())]);
        }
        values
    };
    Ok(ranks.iter().enumerate().map(of).collect())
}

fn field_of<'a>(
    field: &Field,
    log: &'a EventLog,
    index: &'a Index,
    zone: Tz,
) -> Result<BoundField<'a>, AskError> {
    let bound = bind_field(field, log, index, &Arc::default(), zone);
    bound.map_err(|error| AskError::Name(format!("column {field}: {}", error.message)))
}

fn no_order<R: 'static>(error: &AskError, schema: &Schema<R>) -> AskError {
    let words = schema.sort_words();
    AskError::Name(format!("{error}; orders of the list are {words}"))
}

/// A field bound to a log.
struct Shown<'a> {
    bound: BoundField<'a>,
    /// The calendar of a milestone that has its own.
    calendar: Option<&'a str>,
    /// The costs, where the field is theirs.
    costs: Option<CaseCosts<'a>>,
}

/// Fields bound to a log.
pub(super) struct Fields<'a>(Vec<Shown<'a>>);

impl Fields<'_> {
    /// The values of a case, one entry for each field.
    pub fn of(&self, case: usize) -> Vec<FieldValues> {
        let of = |shown: &Shown<'_>| {
            let values = shown.bound.values(case).into_iter();
            FieldValues::of(values.map(|value| shown.value(case, value)).collect())
        };
        self.0.iter().map(of).collect()
    }
}

impl Shown<'_> {
    /// A value of a case.
    fn value(&self, case: usize, value: CaseValue<'_>) -> Value<'static> {
        match value {
            CaseValue::Text(text) => Value::Text(Cow::Owned(text.to_owned())),
            CaseValue::Number(amount) if self.costs.is_some() => Value::Money(Money {
                amount,
                at_least: self.costs.is_some_and(|costs| !costs.is_known(case)),
            }),
            CaseValue::Number(number) => Value::Number(number),
            CaseValue::Count(count) => Value::Count(count),
            CaseValue::Instant(micros) => Value::Instant(micros),
            // A calendar of its own counts it whatever the view does.
            CaseValue::Duration(micros) if self.calendar.is_some() => {
                Value::Working(seconds(micros))
            }
            CaseValue::Duration(micros) => Value::Seconds(seconds(micros)),
        }
    }
}

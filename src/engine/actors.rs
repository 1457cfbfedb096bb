//! The column whose values are the actors of a list, bound to a log.

use super::definitions::BY_CASE;
use super::prepared::Prepared;
use super::view::AskError;
use crate::event_log::{ColumnKind, Role};
use crate::filter::{Field, Source};
use crate::metrics::actors::Actors;
use crate::metrics::load::By;

/// Returns the actors that a field is of; `None` for the resource of a log without any.
///
/// # Errors
/// The log has no such column, or its values are ids or times.
pub fn actors<'a>(prepared: &'a Prepared, by: &Field) -> Result<Option<Actors<'a>>, AskError> {
    let log = &prepared.log;
    if *by == Field::Resource && log.role_columns[Role::Resource].is_none() {
        return Ok(None);
    }
    let none = |values: &str| {
        let message = format!("{by} has {values}; choose a column of resources, teams or the like");
        Err(AskError::Name(message))
    };
    match Source::named(by, log).map_err(AskError::Name)? {
        Source::Activity => Ok(Some(Actors::activities(log))),
        Source::Column(at) => match log.columns[at].kind() {
            ColumnKind::Text | ColumnKind::Number => Ok(Some(Actors::of(&log.columns[at]))),
            ColumnKind::Instant => none("times"),
        },
        Source::Case => none("the ids of cases"),
        Source::Time | Source::Start => none("times"),
        Source::CaseTime(_) => none("durations"),
    }
}

/// The clock by which the times of different cases compare.
pub fn common_clock(prepared: &Prepared) -> By {
    if prepared.calendar.as_deref() == Some(BY_CASE) {
        By::Calendar
    } else {
        By::Clock
    }
}

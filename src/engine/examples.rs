//! Filters made of the names and values of a log, to show what one looks like.

use super::log_info::Examples;
use super::prepared::Prepared;
use crate::event_log::{Column, ColumnData, Role, Value};
use crate::filter::{DurationLiteral, Expr, Field, Op, quote};
use crate::text::safe;
use crate::text::time::{DAY, HOUR, MINUTE, SECOND, date};

/// Columns that a name or value may take on the screen.
const SHORT: usize = 20;
/// Cases that are looked at for a value.
const LOOKED_AT: usize = 1000;

impl Examples {
    /// Makes them of a log: an activity that not every case has, a value of a column of texts with few
    /// values, and the median duration or the last month.
    pub(super) fn of(log: &Prepared, zone: chrono_tz::Tz) -> Self {
        let activity = activity(log);
        let value = value(log);
        let on_cases = [
            activity.map(|name| Expr::activity(name).to_string()),
            value.clone(),
            longer(log),
        ];
        let month = log.span().map(|(_, last)| date(last, zone));
        // A month of a year of four digits.
        let month = month.filter(|date| date.len() == 10);
        let on_events = [
            activity.map(|name| format!("activity = {}", quote(name))),
            value,
            month.map(|date| format!("time in {}", &date[..7])),
        ];
        Examples {
            cases: on_cases.into_iter().flatten().collect(),
            events: on_events.into_iter().flatten().collect(),
        }
    }
}

fn is_short(text: &str) -> bool {
    !text.is_empty() && text.chars().nth(SHORT).is_none() && safe(text) == text
}

/// The most frequent activity with fewer events than cases, or the most frequent one.
fn activity(log: &Prepared) -> Option<&str> {
    let (index, cases) = (&log.index, log.log.n_cases() as u64);
    let events = |code: usize| index.activity_events[code];
    let short = |code: &usize| events(*code) > 0 && is_short(&log.names[*code]);
    let codes = (0..log.names.len()).filter(short);
    let best = codes.max_by_key(|&code| {
        let rank = std::cmp::Reverse(index.activity_rank[code]);
        // Activities of at least three quarters of the cases make a poor filter, so they come last.
        (events(code) * 4 < cases * 3, events(code), rank)
    });
    best.map(|code| &*log.names[code])
}

/// A column of texts with the fewest values but more than one, and one of them.
fn value(log: &Prepared) -> Option<String> {
    let columns = log.log.columns.iter().enumerate();
    let found = columns.filter_map(|(at, column)| {
        let ColumnData::Text(_, values) = &column.data else {
            return None;
        };
        // The dictionary has a place for missing values.
        let values = values.len().saturating_sub(1);
        let text = first_text(log, column).filter(|_| values > 1 && is_short(&column.name))?;
        let is_role = [Role::Resource, Role::Lifecycle]
            .iter()
            .any(|&role| log.log.role_columns[role] == Some(at));
        // Values of a role say less of what a filter can do than others.
        Some(((is_role, values, at), text))
    });
    let ((_, _, at), text) = found.min_by_key(|found| found.0)?;
    let field = log.columns[at].field();
    Some(Expr::compare(field, Op::Equal, text).to_string())
}

/// The first short value of a column.
fn first_text<'a>(log: &'a Prepared, column: &'a Column) -> Option<&'a str> {
    let cases = 0..log.log.n_cases().min(LOOKED_AT);
    let mut events = cases.map(|case| (case, log.log.events_of(case).start));
    events.find_map(
        |(case, event)| match column.value(column.row(case, event)) {
            Value::Text(text) if is_short(text) => Some(text),
            _ => None,
        },
    )
}

/// Longer than about the median; by events in a log whose cases take no time.
fn longer(log: &Prepared) -> Option<String> {
    let index = &log.index;
    let &middle = index.by_duration.get(index.n_cases() / 2)?;
    let median = index.duration(middle as usize);
    let unit = [DAY, HOUR, MINUTE, SECOND].into_iter();
    let longer = unit.into_iter().find(|unit| median >= *unit).map(|unit| {
        let rounded = DurationLiteral::of(median / unit * unit);
        Expr::compare(Field::Duration, Op::Greater, rounded).to_string()
    });
    let events = log.log.n_events() / log.log.n_cases().max(1);
    longer.or_else(|| Some(format!("events > {events}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::{Cancel, EventLog, Progress};
    use crate::filter;
    use crate::test_support;
    use crate::text::time::UTC;

    /// What is proposed is in the canonical form, and is a filter of the log.
    #[test]
    fn examples_are_filters_of_their_log() {
        for text in ["c: A B C; d: A C; e: A \"B", "c: A", "c: \\ \"; d: \\"] {
            let log = Prepared::new(test_support::log(text), &Progress::default()).unwrap();
            let examples = Examples::of(&log, UTC);
            assert!(examples.cases.len() >= 2, "{examples:?}");
            for example in &examples.cases {
                let parsed = filter::parse(example).unwrap();
                assert_eq!(parsed.to_string(), *example);
                assert!(
                    log.cases(example, UTC, &Cancel::never()).is_ok(),
                    "{example}"
                );
            }
            for example in &examples.events {
                assert!(filter::parse_events(example).is_ok(), "{example}");
            }
        }
        let none = Prepared::new(EventLog::default(), &Progress::default()).unwrap();
        assert_eq!(Examples::of(&none, UTC), Examples::default());
    }
}

//! Values of cells.

use crate::engine::stats::Stats;
use std::borrow::Cow;
use std::sync::Arc;

/// A value of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Missing,
    /// Text of the log.
    Text(Cow<'a, str>),
    /// Yes or no.
    Flag(bool),
    /// Names in a sequence.
    Names(&'a [Arc<str>]),
    /// A number of things.
    Count(u64),
    /// A plain number.
    Number(f64),
    /// A mean of numbers.
    Mean(f64),
    /// An amount of money.
    Money(Money),
    /// A duration by the calendar of the view, in seconds.
    Seconds(f64),
    /// A duration by a calendar of its own, in seconds.
    Working(f64),
    /// A duration in calendar time whatever the view has, in seconds.
    Elapsed(f64),
    /// A part of a whole, 0 to 1.
    Share(f64),
    /// A part of a whole in a column of durations: JSON writes it as one of these.
    Ratio(f64),
    /// A relative change: 0.25 for a quarter more, -0.5 for a half less.
    Growth(f64),
    /// A change of a plain number, and by which part of what it was; `None` where it was nothing.
    Change(f64, Option<f64>),
    /// An instant, in microseconds since 1970-01-01T00:00Z.
    Instant(i64),
    /// Counts side by side, such as those of the days of the week.
    Counts(&'a [u64]),
    /// Several values of a field, in the order of events.
    Several(&'a [Value<'static>]),
}

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Money {
    /// Units of money.
    pub amount: f64,
    /// True for a lower bound: some part is unknown.
    pub at_least: bool,
}

impl<'a> Value<'a> {
    /// A text of the log.
    pub fn text(text: &'a str) -> Self {
        Value::Text(Cow::Borrowed(text))
    }

    /// A figure of durations, where there are any.
    pub fn seconds(stats: Option<&Stats>, figure: fn(&Stats) -> f64) -> Self {
        stats.map_or(Value::Missing, |stats| Value::Seconds(figure(stats)))
    }

    /// A duration by a calendar of its own, where it has one.
    pub fn counted(seconds: f64, calendar: Option<&str>) -> Self {
        match calendar {
            Some(_) => Value::Working(seconds),
            None => Value::Elapsed(seconds),
        }
    }

    /// A number to sort by; `None` for a value that is missing or is no number.
    pub(in crate::engine) fn number(&self) -> Option<f64> {
        match *self {
            Value::Missing
            | Value::Text(_)
            | Value::Flag(_)
            | Value::Names(_)
            | Value::Counts(_)
            | Value::Several(_) => None,
            Value::Count(n) => Some(n as f64),
            Value::Instant(micros) => Some(micros as f64),
            Value::Money(Money { amount: x, .. })
            | Value::Change(x, _)
            | Value::Number(x)
            | Value::Mean(x)
            | Value::Seconds(x)
            | Value::Working(x)
            | Value::Elapsed(x)
            | Value::Share(x)
            | Value::Ratio(x)
            | Value::Growth(x) => Some(x),
        }
    }
}
